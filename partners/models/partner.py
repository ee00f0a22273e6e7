"""Organisations of the partnership."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.images import get_image_model_string

from content import audit
from content.languages import parse_languages
from partners import theming
from partners.panels import RecordTextsPanel, ThemeColoursPanel

from .records import PhoneRow, Record, RecordText

HEX = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour such as #0b5394."))


def validate_language_list(value: str) -> None:
    """Accept BCP 47 codes separated by commas."""
    try:
        if value:
            parse_languages(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class Partner(Record):
    """An organisation (HSDS ``organization``), municipal or civil society."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("Government")
        CIVIL_SOCIETY = "civil_society", _("Civil society")
        FUNDER = "funder", _("Funder")
        ACADEMIC = "academic", _("Academic")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="members",
        verbose_name=_("parent body"),
    )
    jurisdictions = ParentalManyToManyField(
        "partners.Jurisdiction", blank=True, verbose_name=_("areas")
    )
    website = models.URLField(_("website"), blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    languages = models.CharField(
        _("languages spoken"),
        max_length=300,
        blank=True,
        validators=[validate_language_list],
        help_text=_("BCP 47 codes with commas: en, es, zh-Hans"),
    )
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("steward"),
    )
    external_name = models.CharField(
        _("name in imported files"), max_length=255, blank=True, db_index=True
    )

    panels = [
        FieldPanel("slug"),
        RecordTextsPanel(heading=_("Words by language")),
        FieldPanel("kind"),
        FieldPanel("parent"),
        FieldPanel("jurisdictions"),
        MultiFieldPanel(
            [
                FieldPanel("website"),
                FieldPanel("email"),
                InlinePanel("phones", heading=_("Phones"), label=_("Phone")),
                FieldPanel("languages"),
            ],
            heading=_("How to reach them"),
        ),
        InlinePanel("themes", heading=_("Logo and colours"), label=_("Look"), max_num=1),
        FieldPanel("steward"),
        FieldPanel("external_name"),
    ]

    class Meta(Record.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")

    @property
    def owner_partner_id(self) -> int | None:
        return self.pk

    def refresh_projection(self) -> None:
        """Write the projection anew; evidence learns the name once it is approved."""
        had_name = bool(self.projection.get("name"))
        super().refresh_projection()
        if not had_name and (name := self.projection.get("name")):
            audit.name_organisation(self.slug, name)

    @property
    def is_government(self) -> bool:
        return self.kind == self.Kind.GOVERNMENT

    def clean(self) -> None:
        super().clean()
        ancestor, seen = self.parent, {self.pk}
        while ancestor is not None:
            if ancestor.pk in seen:
                raise ValidationError({"parent": _("A partner cannot be above itself.")})
            seen.add(ancestor.pk)
            ancestor = ancestor.parent


class PartnerPhone(PhoneRow):
    partner = ParentalKey(Partner, on_delete=models.CASCADE, related_name="phones")


class PartnerTheme(models.Model):
    """Logo and colours. A colour that fails WCAG contrast is repaired, never refused."""

    partner = ParentalKey(Partner, on_delete=models.CASCADE, related_name="themes")
    logo = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("logo"),
    )
    brand = models.CharField(_("colour"), max_length=7, blank=True, validators=[HEX])
    accent = models.CharField(_("colour of the stripe"), max_length=7, blank=True, validators=[HEX])

    panels = [
        FieldPanel("logo"),
        FieldPanel("brand"),
        FieldPanel("accent"),
        ThemeColoursPanel(),
    ]

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        constraints = [models.UniqueConstraint(fields=["partner"], name="one_theme_a_partner")]

    def __str__(self) -> str:
        return self.brand

    @property
    def tokens(self) -> dict[str, str]:
        """The colours that are used, after repair."""
        return theming.theme_tokens(self.brand, self.accent)

    @property
    def css(self) -> str:
        """Custom properties for light and dark; empty without a colour."""
        if not self.brand:
            return ""
        return theming.theme_css(self.tokens)


class PartnerText(RecordText):
    record = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=255)
    alternate_name = models.CharField(_("other name"), max_length=255, blank=True)
    tagline = models.CharField(_("motto"), max_length=255, blank=True)
    description = models.TextField(_("description"), blank=True)
    logo_alt = models.CharField(_("text for the logo"), max_length=255, blank=True)

    panels = [
        FieldPanel("record"),
        FieldPanel("name"),
        FieldPanel("alternate_name"),
        FieldPanel("tagline"),
        FieldPanel("description"),
        FieldPanel("logo_alt"),
    ]

    class Meta:
        verbose_name = _("words of a partner")
        verbose_name_plural = _("words of partners")
        unique_together = [("translation_key", "locale")]

    def __str__(self) -> str:
        return self.name
