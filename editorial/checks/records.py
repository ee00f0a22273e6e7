"""Records: numbers that can be dialled, addresses that can be found, words for every row."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partners.models import Contact, Location, PartnerText, Service, ServiceText
from partners.models.records import Record, validate_phone

from . import phones
from .finding import ADVISE, Finding, Place, rule
from .material import Material
from .registry import check

UNREACHABLE = rule(
    "contact-empty",
    ADVISE,
    _("The contact has neither a phone number nor an e-mail address."),
    source="Open Referral HSDS 3, contact",
)
NO_ADDRESS = rule(
    "location-empty",
    ADVISE,
    _("The place has no street and no city."),
    source="Open Referral HSDS 3, address",
)
UNCONFIRMED = rule(
    "service-unconfirmed",
    ADVISE,
    _("Nobody has confirmed these facts yet: give the day when they were last right."),
    source="Open Referral HSDS 3, service.assured_date",
)
WORDLESS = rule(
    "record-wordless",
    ADVISE,
    _("The record has no words in any language yet."),
    source="A record without words shows its short name",
)
ROW = rule(
    "row-wordless",
    ADVISE,
    _("“%(key)s” has no words in this language."),
    source="A cost or document without words shows its key",
)
LOGO = rule(
    "logo-alt-missing",
    ADVISE,
    _("The logo has no alternative text in this language."),
    source="WCAG 2.2, 1.1.1",
)


@check
def record_facts(material: Material) -> Iterator[Finding]:
    obj = material.obj
    if not isinstance(obj, Record):
        return
    numbers = list(obj.phones.all()) if hasattr(obj, "phones") else []
    yield from _undialled(numbers)
    if isinstance(obj, Contact) and not numbers and not obj.email:
        yield UNREACHABLE.at(Place("phones"))
    if isinstance(obj, Location) and is_nowhere(obj):
        yield NO_ADDRESS.at(Place("address_1"))
    if isinstance(obj, Service) and obj.assured_date is None:
        yield UNCONFIRMED.at(Place("assured_date"))
    if obj.pk and not obj.texts.exists():
        yield WORDLESS.at(Place())


def is_nowhere(place: Location) -> bool:
    """Whether a place that people go to has neither street nor city."""
    return place.location_type == Location.Type.PHYSICAL and not (place.address_1 or place.city)


def _undialled(numbers: list[Any]) -> Iterator[Finding]:
    for row in numbers:
        try:
            validate_phone(row.number)
        except ValidationError:
            yield phones.MALFORMED.at(Place("phones"), text=row.number)


@check
def words_of_rows(material: Material) -> Iterator[Finding]:
    obj = material.obj
    if not isinstance(obj, ServiceText) or not obj.record_id:
        return
    given = {row["value"].get("key") for row in obj.row_texts.raw_data}
    for rows in (obj.record.cost_options, obj.record.required_documents):
        for row in rows.all():
            if row.key not in given:
                yield ROW.at(Place("row_texts"), key=row.key)


@check
def words_of_logos(material: Material) -> Iterator[Finding]:
    obj = material.obj
    if not isinstance(obj, PartnerText) or not obj.record_id or obj.logo_alt.strip():
        return
    if any(theme.logo_id for theme in obj.record.themes.all()):
        yield LOGO.at(Place("logo_alt"))
