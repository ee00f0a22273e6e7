"""Headings: in order, with words, and real ones."""

from collections.abc import Iterator
from unicodedata import category

from django.utils.translation import gettext_lazy as _

from .finding import ADVISE, REFUSE, Finding, rule
from .material import Material
from .registry import check
from .walk import Passage

EMPTY = rule(
    "heading-empty",
    REFUSE,
    _("A heading has no words."),
    source="WCAG 2.2, 2.4.6; HTML: a heading with content",
)
GAP = rule(
    "heading-gap",
    REFUSE,
    _("“%(text)s” skips a level: after level %(before)s comes level %(expected)s at most."),
    source="WCAG 2.2, 1.3.1 (technique G141)",
    shared=True,
)
BOLD = rule(
    "heading-bold",
    ADVISE,
    _("“%(text)s” looks like a heading. Make it a heading block, so that everybody finds it."),
    source="WCAG 2.2, 1.3.1 (failure F2)",
)

TITLE_LEVEL = 1
LONGEST = 80
CLOSING = ")]}»”’\"'」』）】"
COLON = "ៈ"  # a letter by Unicode, and the colon of many Khmer texts


@check
def heading_order(material: Material) -> Iterator[Finding]:
    before: dict[str, int] = {}
    for part in material.parts:
        if part.name != "heading":
            continue
        text = str(part.value.get("text") or "").strip()
        if not text:
            yield EMPTY.at(part.place)
            continue
        level = int(part.value.get("level") or 2)
        above = before.get(part.place.field, TITLE_LEVEL)
        if level > above + 1:
            yield GAP.at(part.place, text=text[:100], before=above, expected=above + 1)
        before[part.place.field] = level


@check
def bold_paragraphs(material: Material) -> Iterator[Finding]:
    for passage in material.passages:
        if passage.may_have_headings and passage.is_rich:
            yield from _bold(passage)


def _bold(passage: Passage) -> Iterator[Finding]:
    for line in passage.rich.lines:
        if line.tag == "p" and line.is_all_bold and is_heading_like(line.text):
            yield BOLD.at(passage.place, text=line.text)


def is_heading_like(text: str) -> bool:
    """Whether a line is short and ends without punctuation, in whatever script."""
    end = text.rstrip(CLOSING)[-1:]
    return len(text) <= LONGEST and bool(end) and end != COLON and category(end) != "Po"
