"""What records and choices look like in templates: phones, hours, words."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import get_day_names
from django.utils.translation import get_language, gettext_noop, override

from content.languages import babel_locale

PHONE_LABELS = {
    "sms": gettext_noop("Text message"),
    "fax": gettext_noop("Fax"),
    "tty": gettext_noop("Text telephone"),
}


def reader_language() -> str:
    """Language in which the page is being shown."""
    return get_language() or "en"


def phone_rows(phones: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return phones with a label for the kinds that are not plain phones."""
    return [{**phone, "label": PHONE_LABELS.get(phone["type"], "")} for phone in phones]


def schedule_rows(schedules: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return opening hours in force today, weekdays named in the reader's language."""
    today = date.today().isoformat()  # noqa: DTZ011  opening hours are local calendar days
    return [
        {**row, "days": day_names(row["byday"], language)}
        for row in schedules
        if (row["valid_from"] or today) <= today <= (row["valid_to"] or today)
    ]


@lru_cache(maxsize=1000)
def day_names(byday: str, language: str) -> str:
    """Return RFC 5545 weekdays as words; three or more in a row become “first – last”."""
    names = get_day_names("wide", locale=babel_locale(language) or "en")
    order = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    numbers = sorted(order.index(day) for day in byday.split(",") if day in order)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{names[numbers[0]]} – {names[numbers[-1]]}"
    return ", ".join(names[number] for number in numbers)


def english_label(choices: Any, value: str) -> str:
    """The English label of a choice: what the ``say`` tag looks up."""
    if value not in choices.values:
        return ""
    with override("en"):
        return str(choices(value).label)
