"""How often content of a kind is looked at again, and which objects are."""

import calendar
from datetime import date
from typing import Any

from django.apps import apps

from editorial.models import KnowledgePage
from partners.models import Contact, Service

# Months, by kind of page or record. A page may say otherwise.
EVERY_MONTHS = {
    "guide": 6,
    "journey": 6,
    "service": 6,
    "contact": 6,
    "toolkit": 12,
    "part": 12,
    "course": 12,
    "unit": 12,
    "session": 12,
    "lesson": 24,
}
OTHERWISE = 12
RECORDS: tuple[type, ...] = (Service, Contact)


def is_reviewed(obj: Any) -> bool:
    """Whether content of this kind has a review date; an alias has none of its own."""
    if isinstance(obj, KnowledgePage):
        return obj.alias_of_id is None
    return isinstance(obj, RECORDS)


def page_models() -> list[Any]:
    """Page types that have review dates."""
    return [model for model in apps.get_models() if issubclass(model, KnowledgePage)]


def kind_of(obj: Any) -> str:
    return getattr(obj, "kind", "") or obj._meta.model_name


def months_of(obj: Any) -> int:
    """Months between two checks: as the content says, else as its kind has it."""
    own = getattr(obj, "review_months", None) or getattr(obj, "assure_months", None)
    return own or EVERY_MONTHS.get(kind_of(obj), OTHERWISE)


def months_after(day: date, months: int) -> date:
    """The same day of a later month; the last day of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
