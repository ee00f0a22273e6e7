"""Dates in running text that two readers read as two days."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from .finding import ADVISE, REFUSE, Finding, rule
from .material import Material
from .registry import check

SOURCE = "CLDR short date formats; W3C Internationalization, date formats"
AMBIGUOUS = rule(
    "date-ambiguous",
    REFUSE,
    _("“%(text)s” can be two days: write the month as a word."),
    source=SOURCE,
)
NUMERIC = rule(
    "date-numeric",
    ADVISE,
    _("“%(text)s” is read as another day in some countries: better write the month as a word."),
    source=SOURCE,
)

# Languages in which CLDR knows regions that begin with the day and regions that begin with the month.
BOTH_ORDERS = frozenset(("en", "es", "ks"))

# Digits of every script. A point as separator is nowhere read as month and day.
_DATE = re.compile(r"(?<![\w/.\-])(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/\-]|\.\d)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


@check
def ambiguous_dates(material: Material) -> Iterator[Finding]:
    # Residents lose a right by a wrong day; a course on dates may show such a date.
    strict = material.is_for_residents and material.language.split("-")[0] in BOTH_ORDERS
    for passage in material.passages:
        for found in _DATE.finditer(_ADDRESS.sub(" ", passage.text)):
            if not is_ambiguous(found):
                continue
            refused = strict and len(found[4]) == 4
            yield (AMBIGUOUS if refused else NUMERIC).at(passage.place, text=found[0])


def is_ambiguous(found: re.Match[str]) -> bool:
    """Whether both numbers can be the month, and are not the same."""
    one, other = int(found[1]), int(found[3])
    return 1 <= one <= 12 and 1 <= other <= 12 and one != other
