"""Pages of partners, and what every page owned by a partner has."""

from datetime import UTC
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from content.models import BasePage
from content.models.base import facts, texts
from content.richtext import FEATURES

from .partner import Partner


class PartnerRole(Orderable):
    """What another partner does for a page."""

    class Role(models.TextChoices):
        CO_AUTHOR = "co_author", _("Co-author")
        LEAD_AGENCY = "lead_agency", _("Lead agency")
        TRANSLATOR = "translator", _("Translator")
        FUNDER = "funder", _("Funder")

    page = ParentalKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="partner_roles")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="page_roles")
    role = models.CharField(_("role"), max_length=15, choices=Role.choices)

    panels = [FieldPanel("partner"), FieldPanel("role")]


class PartnerContent(models.Model):
    """Who owns a page, who else worked on it, and for which areas it holds."""

    owner_partner = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("partner"),
    )
    jurisdictions = ParentalManyToManyField(
        "partners.Jurisdiction", blank=True, related_name="+", verbose_name=_("areas")
    )

    partner_panels = [
        MultiFieldPanel(
            [
                FieldPanel("owner_partner"),
                InlinePanel("partner_roles", heading=_("Other partners"), label=_("Partner")),
                FieldPanel("jurisdictions"),
            ],
            heading=_("Partners and areas"),
        )
    ]
    partner_translatable_fields = facts("owner_partner", "partner_roles", "jurisdictions")

    class Meta:
        abstract = True

    def facts_data(self) -> dict[str, Any]:
        return {
            **super().facts_data(),
            "areas": [area.pk for area in self.jurisdictions.all()],
            "roles": [[row.partner_id, row.role] for row in self.partner_roles.all()],
        }


class PartnerPage(BasePage):
    """Everything a partner publishes stands below this page: rights follow the tree."""

    kind = "partner"
    schema_type = "Organization"

    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="pages", verbose_name=_("partner")
    )
    about = RichTextField(_("what we do"), features=FEATURES, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("partner"), FieldPanel("about")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *facts("partner"),
        *texts("about"),
    ]

    parent_page_types = ["hub.HomePage"]

    class Meta:
        verbose_name = _("partner page")
        verbose_name_plural = _("partner pages")

    @property
    def title_lang(self) -> str:
        texts = self.partner.projection.get("texts", {})
        own = self.locale.language_code
        if own in texts:
            return ""
        return next((code for code, text in texts.items() if text["name"] == self.title), "")

    @property
    def owner_partner_id(self) -> int:
        return self.partner_id

    @property
    def owner_partner(self) -> Partner:
        return self.partner

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from partners.queries import partner_page_context

        context = super().get_context(request, *args, **kwargs)
        context.update(partner_page_context(self))
        return context


class NoticePage(BasePage):
    """“Office closed today”: stands first where it concerns, begins and ends by itself."""

    kind = "notice"
    schema_type = "SpecialAnnouncement"

    class Severity(models.TextChoices):
        INFO = "info", _("Information")
        WARNING = "warning", _("Warning")
        CRITICAL = "critical", _("Critical")

    severity = models.CharField(
        _("severity"), max_length=10, choices=Severity.choices, default=Severity.INFO
    )
    starts = models.DateTimeField(_("begins"), default=timezone.now)
    ends = models.DateTimeField(_("ends"))
    text = RichTextField(_("text"), features=FEATURES)
    partner = models.ForeignKey(
        Partner,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="notices",
        verbose_name=_("on all pages of this partner"),
    )
    everywhere = models.BooleanField(_("on every page"), default=False)
    jurisdictions = ParentalManyToManyField(
        "partners.Jurisdiction", blank=True, related_name="+", verbose_name=_("on pages of areas")
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("severity"),
        MultiFieldPanel([FieldPanel("starts"), FieldPanel("ends")], heading=_("Time")),
        FieldPanel("text"),
        MultiFieldPanel(
            [
                InlinePanel("concerns", heading=_("Pages"), label=_("Page")),
                FieldPanel("partner"),
                FieldPanel("jurisdictions"),
                FieldPanel("everywhere"),
            ],
            heading=_("Where it stands"),
        ),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *facts("severity", "starts", "ends", "partner", "everywhere", "jurisdictions", "concerns"),
        *texts("text"),
    ]

    parent_page_types = ["partners.PartnerPage", "hub.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    @property
    def owner_partner_id(self) -> int | None:
        return self.partner_id

    @property
    def owner_partner(self) -> Partner | None:
        return self.partner

    def clean(self) -> None:
        super().clean()
        if self.starts and self.ends and self.ends <= self.starts:
            raise ValidationError({"ends": _("The end lies before the start.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from partners.queries import notice_context

        context = super().get_context(request, *args, **kwargs)
        context.update(notice_context(self))
        return context

    def card_data(self) -> dict[str, Any]:
        return {
            "severity": self.severity,
            # In UTC, so that the database can compare them as text.
            "starts": self.starts.astimezone(UTC).isoformat(),
            "ends": self.ends.astimezone(UTC).isoformat(),
            "text": self.text,
            "partner": self.partner_id,
            "everywhere": self.everywhere,
            "areas": [area.pk for area in self.jurisdictions.all()],
            "page_keys": [str(row.page.translation_key) for row in self.concerns.all()],
        }


class NoticeConcern(Orderable):
    notice = ParentalKey(NoticePage, on_delete=models.CASCADE, related_name="concerns")
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("page")
    )

    panels = [PageChooserPanel("page")]
