"""Toolkits: playbooks in ordered parts."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField

from content.blocks import ItemsBlock, PageListBlock
from content.keys import ordered_keys
from content.models.base import facts, texts
from content.richtext import FEATURES
from content.story import StoryField
from editorial.models import KnowledgePage, knowledge_panels
from partners.indexes import IndexPage


class ToolkitIndexPage(IndexPage):
    section_title = "Toolkits"
    section_slug = "toolkits"

    subpage_types = ["toolkits.ToolkitPage", "toolkits.ToolkitPartPage"]

    class Meta:
        verbose_name = _("toolkit section")
        verbose_name_plural = _("toolkit sections")


class ToolkitPage(KnowledgePage):
    """An ordered list of parts. A part may stand in several toolkits, so order is kept by reference."""

    kind = "toolkit"
    schema_type = "HowTo"

    purpose = RichTextField(_("what it is for"), features=FEATURES, blank=True)
    outcomes = StoryField(ItemsBlock(), blank=True, verbose_name=_("what you will have"))
    prerequisites = models.TextField(_("what you need first"), blank=True)
    people = models.CharField(_("people needed"), max_length=100, blank=True)
    hours = models.PositiveIntegerField(_("hours of work"), null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3, blank=True)
    parts = StoryField(PageListBlock(), blank=True, verbose_name=_("parts in order"))

    edit_handler = knowledge_panels(
        FieldPanel("purpose"),
        FieldPanel("outcomes"),
        FieldPanel("prerequisites"),
        MultiFieldPanel(
            [
                FieldPanel("people"),
                FieldPanel("hours"),
                FieldPanel("cost"),
                FieldPanel("currency"),
            ],
            heading=_("Effort"),
        ),
        FieldPanel("parts"),
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts("hours", "cost", "currency", "parts"),
        *texts("purpose", "outcomes", "prerequisites", "people"),
    ]

    parent_page_types = ["toolkits.ToolkitIndexPage"]
    subpage_types = ["toolkits.ToolkitPartPage"]

    class Meta:
        verbose_name = _("toolkit")
        verbose_name_plural = _("toolkits")

    def card_data(self) -> dict[str, Any]:
        return {"order": ordered_keys(self.parts.raw_data)}

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from toolkits.queries import toolkit_context

        return toolkit_context(self, context)


class ToolkitPartPage(KnowledgePage):
    """A play, method, standard or chapter of one or more toolkits."""

    kind = "part"
    schema_type = "HowTo"

    class PartKind(models.TextChoices):
        PLAY = "play", _("Play")
        METHOD = "method", _("Method")
        CRITERION = "criterion", _("Criterion")
        STANDARD = "standard", _("Standard")
        CHAPTER = "chapter", _("Chapter")

    part_kind = models.CharField(
        _("kind of part"), max_length=12, choices=PartKind.choices, default=PartKind.CHAPTER
    )
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    why = models.TextField(_("why"), blank=True)
    time_required = models.CharField(_("time needed"), max_length=200, blank=True)
    roles = models.CharField(_("who takes part"), max_length=300, blank=True)
    phase = models.CharField(_("phase"), max_length=100, blank=True)

    edit_handler = knowledge_panels(
        MultiFieldPanel(
            [
                FieldPanel("part_kind"),
                FieldPanel("number"),
                FieldPanel("phase"),
                FieldPanel("time_required"),
                FieldPanel("roles"),
            ],
            heading=_("Part"),
        ),
        FieldPanel("why"),
    )
    override_translatable_fields = [
        *KnowledgePage.override_translatable_fields,
        *facts("part_kind", "number"),
        *texts("why", "time_required", "roles", "phase"),
    ]

    parent_page_types = ["toolkits.ToolkitPage", "toolkits.ToolkitIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("toolkit part")
        verbose_name_plural = _("toolkit parts")

    def card_data(self) -> dict[str, Any]:
        return {"number": self.number, "part_kind": self.part_kind}

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        from toolkits.queries import part_context

        return part_context(self, context)
