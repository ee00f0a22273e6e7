"""Lessons: case studies that say what worked, what failed and under which conditions."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField

from content.blocks import ClaimBlock, PageListBlock
from content.models.base import facts, texts
from content.richtext import FEATURES
from content.story import StoryField
from editorial.models import KnowledgePage, knowledge_panels
from lessons.evidence import evidence_level
from partners.indexes import IndexPage


class CaseStudyIndexPage(IndexPage):
    section_title = "Lessons"
    section_slug = "lessons"

    subpage_types = ["lessons.CaseStudyPage"]

    class Meta:
        verbose_name = _("lesson section")
        verbose_name_plural = _("lesson sections")


class ClaimsBlock(blocks.StreamBlock):
    claim = ClaimBlock()

    class Meta:
        required = False


class CaseStudyPage(KnowledgePage):
    """One case. What failed and would be done differently has fields of its own, so it is asked for."""

    kind = "lesson"
    schema_type = "Article"

    class Status(models.TextChoices):
        PILOT = "pilot", _("Pilot")
        RUNNING = "running", _("Running")
        SCALED = "scaled", _("Scaled up")
        ENDED = "ended", _("Ended")

    client = models.CharField(_("for whom"), max_length=255, blank=True)
    population = models.PositiveIntegerField(_("people living there"), null=True, blank=True)
    period = models.CharField(_("period"), max_length=100, blank=True)
    budget = models.CharField(_("budget"), max_length=100, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, blank=True)
    problem = RichTextField(_("the problem"), features=FEATURES, blank=True)
    approach = RichTextField(_("what we did"), features=FEATURES, blank=True)
    results = RichTextField(_("what happened"), features=FEATURES, blank=True)
    claims = StoryField(ClaimsBlock(), blank=True, verbose_name=_("results in figures"))
    what_failed = RichTextField(_("what failed"), features=FEATURES, blank=True)
    conditions = RichTextField(_("what it depends on"), features=FEATURES, blank=True)
    equity_effects = RichTextField(_("who gained, who did not"), features=FEATURES, blank=True)
    would_change = RichTextField(_("what we would change"), features=FEATURES, blank=True)
    reusable_as = StoryField(PageListBlock(), blank=True, verbose_name=_("use this"))

    edit_handler = knowledge_panels(
        MultiFieldPanel(
            [
                FieldPanel("client"),
                FieldPanel("population"),
                FieldPanel("period"),
                FieldPanel("budget"),
                FieldPanel("status"),
            ],
            heading=_("The case"),
        ),
        FieldPanel("problem"),
        FieldPanel("approach"),
        FieldPanel("results"),
        FieldPanel("claims"),
        FieldPanel("what_failed"),
        FieldPanel("conditions"),
        FieldPanel("equity_effects"),
        FieldPanel("would_change"),
        FieldPanel("reusable_as"),
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts("population", "period", "budget", "status", "reusable_as"),
        *texts(
            "client", "problem", "approach", "results", "claims", "what_failed", "conditions",
            "equity_effects", "would_change",
        ),
    ]  # fmt: skip

    parent_page_types = ["lessons.CaseStudyIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def card_data(self) -> dict[str, Any]:
        level, _reasons = evidence_level(self.claims, documented=bool(self.results or self.body))
        return {"evidence_level": level, "status": self.status, "failed": bool(self.what_failed)}

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from lessons.queries import case_study_context

        return case_study_context(self, context)
