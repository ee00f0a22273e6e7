"""Services and contacts, in the terms of Open Referral HSDS 3."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from content.blocks import FactCharBlock
from content.pagecache import tags
from content.story import StoryField
from partners.panels import RecordTextsPanel

from .partner import Partner, validate_language_list
from .records import PhoneRow, Record, RecordText, ScheduleRow

KEY_HELP = _("Short name by which texts refer to this row.")


class Channel(models.TextChoices):
    ONLINE = "online", _("Online")
    IN_PERSON = "in_person", _("In person")
    PHONE = "phone", _("By phone")
    SMS = "sms", _("By text message")
    POST = "post", _("By post")
    HOME_VISIT = "home_visit", _("Home visit")


class Contact(Record):
    """A person or desk to turn to (HSDS ``contact``)."""

    class Audience(models.TextChoices):
        PUBLIC = "public", _("Everybody")
        STAFF = "staff", _("Staff of partners")

    partner = models.ForeignKey(
        Partner, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("partner")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    audience = models.CharField(
        _("shown to"), max_length=10, choices=Audience.choices, default=Audience.PUBLIC
    )

    panels = [
        FieldPanel("slug"),
        RecordTextsPanel(heading=_("Words by language")),
        FieldPanel("partner"),
        FieldPanel("name"),
        FieldPanel("email"),
        InlinePanel("phones", heading=_("Phones"), label=_("Phone")),
        FieldPanel("audience"),
    ]

    class Meta(Record.Meta):
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")

    @property
    def owner_partner_id(self) -> int | None:
        return self.partner_id

    def page_tags(self) -> set[str]:
        """The pages of partners list their contacts without naming them."""
        return {*super().page_tags(), tags.record("contacts", self.partner_id)}


class ContactPhone(PhoneRow):
    contact = ParentalKey(Contact, on_delete=models.CASCADE, related_name="phones")


class ContactText(RecordText):
    record = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    department = models.CharField(_("department"), max_length=200, blank=True)

    panels = [FieldPanel("record"), FieldPanel("title"), FieldPanel("department")]

    class Meta:
        verbose_name = _("words of a contact")
        verbose_name_plural = _("words of contacts")
        unique_together = [("translation_key", "locale")]

    def __str__(self) -> str:
        return self.title


class Service(Record):
    """What an organisation offers (HSDS ``service``)."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        INACTIVE = "inactive", _("Inactive")
        DEFUNCT = "defunct", _("Ended")
        CLOSED = "temporarily closed", _("Temporarily closed")

    organization = models.ForeignKey(
        Partner, on_delete=models.CASCADE, related_name="services", verbose_name=_("organisation")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.ACTIVE
    )
    url = models.URLField(_("address to apply at"), max_length=1000, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    minimum_age = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(_("up to age"), null=True, blank=True)
    languages = models.CharField(
        _("languages spoken"), max_length=300, blank=True, validators=[validate_language_list]
    )
    service_areas = ParentalManyToManyField(
        "partners.Jurisdiction", blank=True, verbose_name=_("areas")
    )
    contacts = ParentalManyToManyField(Contact, blank=True, verbose_name=_("contacts"))
    assured_date = models.DateField(_("last confirmed on"), null=True, blank=True)
    assurer_email = models.EmailField(_("confirmed by (e-mail)"), blank=True)
    assure_months = models.PositiveSmallIntegerField(_("confirm every (months)"), default=6)

    panels = [
        FieldPanel("slug"),
        RecordTextsPanel(heading=_("Words by language")),
        FieldPanel("organization"),
        FieldPanel("status"),
        FieldPanel("url"),
        InlinePanel("urls", heading=_("More addresses"), label=_("Address")),
        FieldPanel("email"),
        InlinePanel("phones", heading=_("Phones"), label=_("Phone")),
        InlinePanel("cost_options", heading=_("Costs"), label=_("Cost")),
        InlinePanel("required_documents", heading=_("Documents"), label=_("Document")),
        InlinePanel("deadlines", heading=_("Deadlines"), label=_("Deadline")),
        InlinePanel("schedules", heading=_("Hours"), label=_("Hours")),
        InlinePanel("service_locations", heading=_("Places"), label=_("Place")),
        MultiFieldPanel(
            [
                FieldPanel("minimum_age"),
                FieldPanel("maximum_age"),
                FieldPanel("languages"),
                FieldPanel("service_areas"),
                FieldPanel("contacts"),
            ],
            heading=_("For whom"),
        ),
        MultiFieldPanel(
            [
                # Follows the answers to review dates.
                FieldPanel("assured_date", read_only=True),
                FieldPanel("assurer_email"),
                FieldPanel("assure_months"),
            ],
            heading=_("Confirmation of these facts"),
        ),
    ]

    class Meta(Record.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")

    @property
    def owner_partner_id(self) -> int | None:
        return self.organization_id


class KeyedRow(Orderable):
    """A row whose words per language stand in ``ServiceText.row_texts`` under ``key``."""

    key = models.SlugField(_("key"), max_length=60, help_text=KEY_HELP)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.key


class ServicePhone(PhoneRow):
    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="phones")


class ServiceSchedule(ScheduleRow):
    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="schedules")


class ServiceUrl(KeyedRow):
    """A further address of the service (HSDS ``url``)."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="urls")
    url = models.URLField(_("address"), max_length=1000)


class CostOption(KeyedRow):
    """A price (HSDS ``cost_option``): decimal amount and ISO 4217 currency."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="cost_options")
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3, default="USD")
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)


class RequiredDocument(KeyedRow):
    """A paper that people bring (HSDS ``required_document``)."""

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="required_documents")
    uri = models.URLField(_("address of the form"), max_length=1000, blank=True)


class Deadline(KeyedRow):
    """Until when something must be done: a date, a recurrence (RFC 5545) or words per language."""

    class Kind(models.TextChoices):
        APPLY_BY = "apply_by", _("Apply by")
        ARRIVE_BY = "arrive_by", _("Arrives by")
        POSTMARKED_BY = "postmarked_by", _("Postmarked by")

    service = ParentalKey(Service, on_delete=models.CASCADE, related_name="deadlines")
    channel = models.CharField(_("way"), max_length=12, choices=Channel.choices, blank=True)
    kind = models.CharField(_("kind"), max_length=15, choices=Kind.choices, default=Kind.APPLY_BY)
    date = models.DateField(_("date"), null=True, blank=True)
    rrule = models.CharField(_("recurrence (RRULE)"), max_length=200, blank=True)
    time = models.TimeField(_("time"), null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=60, blank=True)

    def clean(self) -> None:
        super().clean()
        if self.rrule and not self.rrule.upper().startswith("FREQ="):
            raise ValidationError({"rrule": _("A recurrence such as FREQ=YEARLY;BYMONTH=4.")})


class RowTextBlock(blocks.StructBlock):
    key = FactCharBlock(max_length=60)
    text = blocks.CharBlock(max_length=1000)

    class Meta:
        icon = "list-ul"


class ServiceText(RecordText):
    record = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="texts")
    name = models.CharField(_("name"), max_length=255)
    alternate_name = models.CharField(_("other name"), max_length=255, blank=True)
    description = models.TextField(_("description"), blank=True)
    eligibility_description = models.TextField(_("who can use it"), blank=True)
    application_process = models.TextField(_("how to apply"), blank=True)
    fees_description = models.TextField(_("about costs"), blank=True)
    interpretation_services = models.TextField(_("interpreters"), blank=True)
    alert = models.CharField(_("alert"), max_length=500, blank=True)
    row_texts = StoryField(
        [("row", RowTextBlock())],
        blank=True,
        verbose_name=_("words for costs, documents, deadlines and addresses"),
        help_text=_("One row per key of the service."),
    )

    panels = [
        FieldPanel("record"),
        FieldPanel("name"),
        FieldPanel("alternate_name"),
        FieldPanel("description"),
        FieldPanel("eligibility_description"),
        FieldPanel("application_process"),
        FieldPanel("fees_description"),
        FieldPanel("interpretation_services"),
        FieldPanel("alert"),
        FieldPanel("row_texts"),
    ]

    class Meta:
        verbose_name = _("words of a service")
        verbose_name_plural = _("words of services")
        unique_together = [("translation_key", "locale")]

    def __str__(self) -> str:
        return self.name
