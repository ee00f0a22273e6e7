"""What every page that holds knowledge has: a body, an owner, a licence, a date for the next check."""

from datetime import date
from html import unescape
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.models import Page

from content.models import BasePage
from content.models.base import facts, texts
from content.story import StoryField
from partners.blocks import HubStoryBlock
from partners.models import PartnerContent


class KnowledgePage(PartnerContent, BasePage):
    """Base of toolkits, lessons, courses and guides."""

    class ChangeKind(models.TextChoices):
        MINOR = "minor", _("Minor: wording")
        MAJOR = "major", _("Major: meaning")
        CRITICAL = "critical", _("Critical: fee, deadline, eligibility, contact, safety")

    class OnExpiry(models.TextChoices):
        NOTICE = "notice", _("Show a notice")
        LEAVE_SEARCH = "notice_and_leave_search", _("Show a notice and leave search")
        NONE = "none", _("Do nothing")

    body = StoryField(HubStoryBlock(), blank=True, verbose_name=_("body"))
    content_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("content owner"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("deputy"),
    )
    review_months = models.PositiveSmallIntegerField(
        _("check every (months)"), null=True, blank=True
    )
    on_expiry = models.CharField(
        _("when the check is overdue"),
        max_length=30,
        choices=OnExpiry.choices,
        default=OnExpiry.NOTICE,
    )
    checked_on = models.DateField(_("last checked on"), null=True, blank=True)
    licence = models.CharField(
        _("licence"), max_length=200, blank=True, help_text=_("SPDX id, or an address")
    )
    attribution = models.CharField(_("attribution"), max_length=500, blank=True)
    source_url = models.URLField(_("address of the source"), max_length=2000, blank=True)
    source_note = models.CharField(_("about the source"), max_length=500, blank=True)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)
    authors = models.CharField(_("authors"), max_length=500, blank=True)
    version = models.CharField(_("version"), max_length=40, blank=True)
    change_kind = models.CharField(
        _("kind of change"), max_length=10, choices=ChangeKind.choices, default=ChangeKind.MAJOR
    )
    change_note = models.TextField(_("what changed"), blank=True)

    own_panels: list = []
    body_panels = [FieldPanel("body")]
    about_panels = [
        *BasePage.subject_panels,
        *PartnerContent.partner_panels,
        MultiFieldPanel(
            [
                FieldPanel("licence"),
                FieldPanel("attribution"),
                FieldPanel("authors"),
                FieldPanel("source_url"),
                FieldPanel("source_note"),
                FieldPanel("source_date"),
            ],
            heading=_("Licence and source"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("content_owner"),
                FieldPanel("deputy"),
                FieldPanel("review_months"),
                FieldPanel("on_expiry"),
            ],
            heading=_("Who looks after it"),
        ),
        MultiFieldPanel(
            [FieldPanel("version"), FieldPanel("change_kind"), FieldPanel("change_note")],
            heading=_("This version"),
        ),
    ]

    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *PartnerContent.partner_translatable_fields,
        *facts(
            "content_owner", "deputy", "review_months", "on_expiry", "checked_on", "licence",
            "source_url", "source_date", "authors", "version", "change_kind",
        ),
        *texts("body", "attribution", "source_note", "change_note"),
    ]  # fmt: skip

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context.update(self.kind_context(request, context))
        return context

    def kind_context(self, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
        """What the template of this kind shows besides the common parts."""
        return {}

    @property
    def lede(self) -> str:
        """The summary, unless the body begins with the same words: nobody reads them twice."""
        rows = self.body.raw_data
        first = rows[0]["value"] if len(rows) and rows[0]["type"] == "text" else ""
        begins = "".join(unescape(strip_tags(first)).split())
        told = "".join(self.summary.split()).rstrip("….")
        return "" if told and begins.startswith(told) else self.summary

    @property
    def last_changed_on(self) -> date | None:
        """Day of the last publication."""
        return self.last_published_at.date() if self.last_published_at else None


def knowledge_panels(*own: Any, body: bool = True) -> TabbedInterface:
    """Tabs of the editor: content first, then what the page is about, then address and search."""
    content = [*BasePage.content_panels, *own, *(KnowledgePage.body_panels if body else [])]
    return TabbedInterface(
        [
            ObjectList(content, heading=_("Content")),
            ObjectList(KnowledgePage.about_panels, heading=_("About this page")),
            ObjectList(Page.promote_panels, heading=_("Address")),
            ObjectList(BasePage.settings_panels, heading=_("Publication")),
        ]
    )
