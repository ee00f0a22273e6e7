"""Areas and places."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel

from content.models import LocalisedLabel
from partners.panels import RecordTextsPanel

from .records import PhoneRow, Record, RecordText, ScheduleRow


class Jurisdiction(ClusterableModel):
    """An area that somebody governs (HSDS ``service_area``)."""

    class Level(models.TextChoices):
        INTERNATIONAL = "international", _("International")
        COUNTRY = "country", _("Country")
        STATE = "state", _("State or region")
        COUNTY = "county", _("County")
        CITY = "city", _("City or town")
        DISTRICT = "district", _("District")

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        help_text=_("ISO 3166-2 where there is one, else a short name of your own."),
    )
    level = models.CharField(_("level"), max_length=20, choices=Level.choices)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="parts",
        verbose_name=_("part of"),
    )
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    extent = models.JSONField(_("extent (GeoJSON)"), null=True, blank=True)

    panels = [
        FieldPanel("code"),
        FieldPanel("level"),
        InlinePanel("labels", heading=_("Names by language"), label=_("Name")),
        FieldPanel("parent"),
        FieldPanel("population"),
        FieldPanel("extent"),
    ]

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def label_in(self, language: str) -> tuple[str, str]:
        """Return (label, its language): the reader's, else English, else any, else the code."""
        labels = {row.language: row.label for row in self.labels.all()}
        for code in (language, "en", *labels):
            if code in labels:
                return labels[code], code
        return self.code, "en"


class JurisdictionLabel(LocalisedLabel):
    jurisdiction = ParentalKey(Jurisdiction, on_delete=models.CASCADE, related_name="labels")

    panels = [FieldPanel("language"), FieldPanel("label")]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "language"], name="area_label_language")
        ]


class Location(Record):
    """A place that people go to (HSDS ``location``, ``address``)."""

    class Type(models.TextChoices):
        PHYSICAL = "physical", _("Physical")
        POSTAL = "postal", _("Postal")
        VIRTUAL = "virtual", _("Virtual")

    organization = models.ForeignKey(
        "partners.Partner",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="locations",
        verbose_name=_("organisation"),
        help_text=_("Who looks after these facts; empty: the hub."),
    )
    location_type = models.CharField(
        _("type"), max_length=10, choices=Type.choices, default=Type.PHYSICAL
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    address_1 = models.CharField(_("street and number"), max_length=255, blank=True)
    address_2 = models.CharField(_("second address line"), max_length=255, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.CharField(_("region"), max_length=120, blank=True)
    state_province = models.CharField(_("state or province"), max_length=120, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(_("country (ISO 3166-1)"), max_length=2, blank=True)

    panels = [
        FieldPanel("slug"),
        RecordTextsPanel(heading=_("Words by language")),
        FieldPanel("organization"),
        FieldPanel("location_type"),
        MultiFieldPanel(
            [
                FieldPanel("address_1"),
                FieldPanel("address_2"),
                FieldPanel("city"),
                FieldPanel("region"),
                FieldPanel("state_province"),
                FieldPanel("postal_code"),
                FieldPanel("country"),
                FieldPanel("latitude"),
                FieldPanel("longitude"),
            ],
            heading=_("Address"),
        ),
        InlinePanel("phones", heading=_("Phones"), label=_("Phone")),
        InlinePanel("schedules", heading=_("Opening hours"), label=_("Hours")),
    ]

    class Meta(Record.Meta):
        verbose_name = _("location")
        verbose_name_plural = _("locations")

    @property
    def owner_partner_id(self) -> int | None:
        return self.organization_id

    def refresh_projection(self) -> None:
        """Services carry the projection of their places."""
        super().refresh_projection()
        for row in self.location_services.select_related("service"):
            row.service.refresh_projection()


class LocationPhone(PhoneRow):
    location = ParentalKey(Location, on_delete=models.CASCADE, related_name="phones")


class LocationSchedule(ScheduleRow):
    location = ParentalKey(Location, on_delete=models.CASCADE, related_name="schedules")


class LocationText(RecordText):
    record = models.ForeignKey(Location, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=255)
    description = models.TextField(_("description"), blank=True)
    transportation = models.TextField(_("how to get there"), blank=True)
    accessibility_details = models.TextField(_("access for people with disabilities"), blank=True)

    panels = [
        FieldPanel("record"),
        FieldPanel("name"),
        FieldPanel("description"),
        FieldPanel("transportation"),
        FieldPanel("accessibility_details"),
    ]

    class Meta:
        verbose_name = _("words of a location")
        verbose_name_plural = _("words of locations")
        unique_together = [("translation_key", "locale")]

    def __str__(self) -> str:
        return self.name


class ServiceAtLocation(models.Model):
    """Says that a service is given at a location (HSDS ``service_at_location``)."""

    service = ParentalKey(
        "partners.Service", on_delete=models.CASCADE, related_name="service_locations"
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.CASCADE,
        related_name="location_services",
        verbose_name=_("location"),
    )

    panels = [FieldPanel("location")]

    class Meta:
        verbose_name = _("place of a service")
        verbose_name_plural = _("places of a service")
        constraints = [
            models.UniqueConstraint(fields=["service", "location"], name="service_at_location")
        ]

    def __str__(self) -> str:
        return f"{self.service} @ {self.location}"
