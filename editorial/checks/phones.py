"""Phone numbers: they can be dialled, and they stand in a record rather than in a text."""

import re
from collections.abc import Iterator

import phonenumbers
from django.utils.translation import gettext_lazy as _

from partners.models.partner import PartnerPhone
from partners.models.place import LocationPhone
from partners.models.service import ContactPhone, ServicePhone

from .finding import ADVISE, REFUSE, Finding, Place, rule
from .material import Material
from .registry import check

MALFORMED = rule(
    "phone-malformed",
    REFUSE,
    _("“%(text)s” cannot be dialled: it is no number in international form."),
    source="ITU-T E.164, by the numbering plans of libphonenumber",
)
NATIONAL = rule(
    "phone-national",
    ADVISE,
    _("“%(text)s” is no phone number of this country."),
    source="ITU-T E.164, by the numbering plans of libphonenumber",
)
IN_RECORD = rule(
    "phone-in-record",
    ADVISE,
    _("“%(text)s” is kept in a record. Show it with a contact block, so that it changes with it."),
    source="A fact that ages is kept once",
)

# A plus sign, then groups of digits: what people write as a number with a country code.
_INTERNATIONAL = re.compile(
    r"(?<![\w+/=])\+\s?\(?\d{1,4}\)?(?:[ \u00a0.\-/()]{1,2}\d{1,6}){2,8}(?![\w%])"
)
# An area code in parentheses, as in (202) 555-0123.
_AREA = re.compile(r"(?<![\w)])\(\d{2,5}\)\s?\d{2,4}[ \u00a0.\-]\d{2,6}(?![\w%/])")
_MAYBE = re.compile(r"\d(?:\D{0,3}\d){6}")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+", re.IGNORECASE)
PHONE_ROWS = (ContactPhone, ServicePhone, LocationPhone, PartnerPhone)


@check
def phone_numbers(material: Material) -> Iterator[Finding]:
    seen: list[tuple[Place, str, str]] = []
    for passage in material.passages:
        text = _ADDRESS.sub(" ", passage.text)
        if not _MAYBE.search(text):
            continue
        yield from _malformed(passage.place, text, material.region)
        for match in phonenumbers.PhoneNumberMatcher(text, material.region or None):
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            seen.append((passage.place, match.raw_string, number))
    kept = in_records({number for _place, _text, number in seen})
    for place, text, number in seen:
        if number in kept:
            yield IN_RECORD.at(place, text=text)


def _malformed(place: Place, text: str, region: str) -> Iterator[Finding]:
    for found in _INTERNATIONAL.finditer(text):
        if not is_possible(found[0], None):
            yield MALFORMED.at(place, text=found[0].strip())
    for found in _AREA.finditer(text) if region else ():
        if not is_possible(found[0], region):
            yield NATIONAL.at(place, text=found[0].strip())


def is_possible(text: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


def in_records(numbers: set[str]) -> set[str]:
    """Those of the numbers that a record holds: one query."""
    if not numbers:
        return set()
    first, *others = (
        model.objects.filter(number__in=numbers).order_by().values_list("number")
        for model in PHONE_ROWS
    )
    return {row[0] for row in first.union(*others)}
