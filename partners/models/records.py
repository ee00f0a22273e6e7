"""Bases of records: facts that are kept once, approved once and read wherever they are shown."""

from typing import Any

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    Orderable,
    RevisionMixin,
    WorkflowMixin,
)

from content.models import Gated, LocaleText
from content.models.labels import RecordKey
from content.pagecache import tags
from content.pagecache.purge import purge


def validate_phone(value: str) -> None:
    """Accept a phone number in E.164 form (ITU-T E.164: ``+`` and up to 15 digits)."""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(
            _("“%(value)s” is no phone number in international form, such as +12025550123."),
            params={"value": value},
        )


class Record(
    RecordKey, Gated, WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, ClusterableModel
):
    """A language-free record. Its live row and rows below it are what readers see.

    ``projection`` is everything a page needs to show the record, in all languages, so that a page
    reads all its records of one kind in one query. It follows every save of the record, its rows
    and its texts.
    """

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    projection = models.JSONField(default=dict, editable=False)

    class Meta:
        abstract = True
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.projection.get("name") or self.slug

    @property
    def owner_partner_id(self) -> int | None:
        """The partner who answers for the record; None: the hub does."""
        return None

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.refresh_projection()

    def refresh_projection(self) -> None:
        """Write the live row's projection anew."""
        from partners.projections import project

        live = type(self).objects.filter(pk=self.pk)
        projection = project(live.get())
        live.update(projection=projection)
        self.projection = projection
        purge(self.page_tags())

    def page_tags(self) -> set[str]:
        """What kept pages that show this record are tagged with."""
        return {tags.record(self._meta.model_name or "", self.pk)}


class RecordText(LocaleText):
    """Texts of a record in one language; a subclass adds ``record``."""

    class Meta(LocaleText.Meta):
        abstract = True

    @property
    def owner_partner_id(self) -> int | None:
        return self.record.owner_partner_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.record.refresh_projection()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        record = self.record
        result = super().delete(*args, **kwargs)
        record.refresh_projection()
        return result


class PhoneRow(Orderable):
    """A phone number (HSDS ``phone``); ``key`` names it in texts."""

    class Type(models.TextChoices):
        VOICE = "voice", _("Phone")
        SMS = "sms", _("Text message")
        FAX = "fax", _("Fax")
        TTY = "tty", _("Text telephone")

    key = models.SlugField(_("key"), max_length=40, default="main")
    number = models.CharField(
        _("number"),
        max_length=20,
        validators=[validate_phone],
        help_text=_("International form: +12025550123"),
    )
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    type = models.CharField(_("type"), max_length=10, choices=Type.choices, default=Type.VOICE)

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.number


class ScheduleRow(Orderable):
    """Opening hours (HSDS ``schedule``): weekdays by RFC 5545 ``BYDAY``, local wall-clock times."""

    byday = models.CharField(
        _("weekdays"), max_length=30, help_text=_("MO,TU,WE,TH,FR,SA,SU – those that apply")
    )
    opens_at = models.TimeField(_("opens at"))
    closes_at = models.TimeField(_("closes at"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid until"), null=True, blank=True)

    class Meta(Orderable.Meta):
        abstract = True

    def clean(self) -> None:
        super().clean()
        days = [day.strip().upper() for day in self.byday.split(",") if day.strip()]
        if not days or set(days) - {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}:
            raise ValidationError({"byday": _("Use MO, TU, WE, TH, FR, SA, SU with commas.")})
        self.byday = ",".join(days)
