"""Guides: services explained to residents; journeys: guides in the order of a life event."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable

from content.blocks import PageListBlock, RichBlock
from content.models.base import facts, texts
from content.richtext import FEATURES
from content.story import StoryField
from editorial.models import KnowledgePage, knowledge_panels
from partners.indexes import IndexPage


class JourneyStage(models.TextChoices):
    INTAKE = "intake", _("First contact")
    ELIGIBILITY = "eligibility", _("Find out if it is for you")
    NAVIGATION = "navigation", _("Find your way")
    ISSUE_RESOLUTION = "issue_resolution", _("If something goes wrong")


class GuideIndexPage(IndexPage):
    section_title = "Guides"
    section_slug = "guides"

    subpage_types = ["guides.GuidePage", "guides.JourneyPage"]

    class Meta:
        verbose_name = _("guide section")
        verbose_name_plural = _("guide sections")


class GuidePage(KnowledgePage):
    """A service for residents. The template prints its blocks in one fixed order."""

    kind = "guide"
    schema_type = "GovernmentService"

    who_for = RichTextField(_("who it is for"), features=FEATURES, blank=True)
    short_answer = RichTextField(_("short answer"), features=FEATURES, blank=True)
    urgent = RichTextField(_("if it is urgent"), features=FEATURES, blank=True)
    after_approval = RichTextField(_("after the approval"), features=FEATURES, blank=True)
    if_refused = RichTextField(_("if you are refused"), features=FEATURES, blank=True)
    appeal = RichTextField(_("how to appeal"), features=FEATURES, blank=True)
    journey_stage = models.CharField(
        _("stage of a journey"), max_length=20, choices=JourneyStage.choices, blank=True
    )

    edit_handler = knowledge_panels(
        FieldPanel("urgent"),
        FieldPanel("short_answer"),
        FieldPanel("who_for"),
        MultiFieldPanel(
            [
                InlinePanel("guide_services", heading=_("Services"), label=_("Service")),
                FieldPanel("journey_stage"),
            ],
            heading=_("Service"),
        ),
        FieldPanel("body"),
        FieldPanel("after_approval"),
        FieldPanel("if_refused"),
        FieldPanel("appeal"),
        body=False,
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts("guide_services", "journey_stage"),
        *texts("who_for", "short_answer", "urgent", "after_approval", "if_refused", "appeal"),
    ]

    parent_page_types = ["guides.GuideIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")

    def card_data(self) -> dict[str, Any]:
        return {
            "journey_stage": self.journey_stage,
            "services": [row.service_id for row in self.guide_services.all()],
        }

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from guides.queries import guide_context

        return guide_context(self, context)


class GuideService(Orderable):
    """A service that the guide explains; its facts are read from the record."""

    page = ParentalKey(GuidePage, on_delete=models.CASCADE, related_name="guide_services")
    service = models.ForeignKey(
        "partners.Service", on_delete=models.PROTECT, related_name="+", verbose_name=_("service")
    )

    panels = [FieldPanel("service")]


class StageBlock(blocks.StructBlock):
    stage = blocks.ChoiceBlock(choices=JourneyStage.choices, label=_("Stage"))
    intro = RichBlock(required=False, label=_("Introduction"))
    guides = PageListBlock(required=False, label=_("Guides"))

    class Meta:
        icon = "arrow-right"
        label = _("Stage")
        template = "blocks/stage.html"
        preview_value = {"stage": "intake", "intro": "<p>Start here.</p>", "guides": []}


class StagesBlock(blocks.StreamBlock):
    stage = StageBlock()

    class Meta:
        required = False


class JourneyPage(KnowledgePage):
    """Guides of several partners in the order in which a resident needs them."""

    kind = "journey"
    schema_type = "HowTo"

    stages = StoryField(StagesBlock(), blank=True, verbose_name=_("stages"))

    edit_handler = knowledge_panels(FieldPanel("stages"))
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *texts("stages"),
    ]

    parent_page_types = ["guides.GuideIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from guides.queries import journey_context

        return journey_context(self, context)
