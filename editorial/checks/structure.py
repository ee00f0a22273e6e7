"""Blocks that do not do their work: tables without headings, recordings without words, empty slots."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StructBlock

from content.blocks import RecordBlock

from .finding import ADVISE, REFUSE, Finding, Place, rule
from .material import Material
from .registry import check
from .rich import read
from .walk import Part, list_items

TABLE = rule(
    "table-header",
    REFUSE,
    _("A table has neither a row nor a column of headings."),
    source="WCAG 2.2, 1.3.1 (technique H51)",
    shared=True,
)
TABLE_EMPTY = rule(
    "table-header-empty",
    ADVISE,
    _("All headings of a table are empty."),
    source="WCAG 2.2, 1.3.1",
)
CAPTIONS = rule(
    "video-captions",
    REFUSE,
    _("The video “%(title)s” has neither captions nor a transcript."),
    source="WCAG 2.2, 1.2.1 and 1.2.2",
    shared=True,
)
RECORDING = rule(
    "recording-transcript",
    ADVISE,
    _("There is a recording without a transcript on this page."),
    source="WCAG 2.2, 1.2.1 and 1.2.2",
)
SLOT = rule(
    "slot-empty",
    REFUSE,
    _("The block “%(block)s” is empty: choose what it shows, or remove it."),
    source="A block for local facts shows nothing without them",
    shared=True,
)
RESTRICTED = rule(
    "restricted-block",
    ADVISE,
    _("A part of the page is for members only. Approve it as well: it is not in the public view."),
    source="Reviewers see what readers with rights see",
)


@check
def tables(material: Material) -> Iterator[Finding]:
    for part in material.parts:
        if part.name == "table" and isinstance(part.value, dict):
            yield from _table(part)


def _table(part: Part) -> Iterator[Finding]:
    rows = [row for _id, row in list_items(part.value.get("rows"))]
    if not rows or part.value.get("header_column"):
        return
    if not part.value.get("header_row", True):
        yield TABLE.at(part.place)
        return
    heads = [cell for _id, cell in list_items(rows[0].get("cells"))]
    if not any(read(str(cell or "")).text for cell in heads):
        yield TABLE_EMPTY.at(part.place)


@check
def recordings(material: Material) -> Iterator[Finding]:
    for part in material.parts:
        if part.name == "video" and isinstance(part.value, dict):
            transcript = read(str(part.value.get("transcript") or "")).text
            if not transcript and not part.value.get("captions"):
                yield CAPTIONS.at(part.place, title=str(part.value.get("title") or ""))
    if getattr(material.obj, "recording", "") and not getattr(material.obj, "transcript", ""):
        yield RECORDING.at(Place("transcript"))


@check
def local_slots(material: Material) -> Iterator[Finding]:
    for part in material.parts:
        if getattr(part.block, "is_local_slot", False) and is_empty(part.block, part.value or {}):
            yield SLOT.at(part.place, block=str(part.block.label or part.name))


def is_empty(block: StructBlock, value: dict[str, Any]) -> bool:
    """Whether a slot lacks the record that it must name, or holds nothing at all."""
    for name, child in block.child_blocks.items():
        if isinstance(child, RecordBlock) and child.required and not value.get(name):
            return True
    # A title or a note stands beside facts and is none.
    beside = ("title", "note")
    return not any(holds(item) for name, item in value.items() if name not in beside)


def holds(value: Any) -> bool:
    """Whether raw data holds a text, a number or an id of something."""
    if isinstance(value, dict):
        inner = value.get("value") if value.get("type") == "item" else value
        if inner is not value:
            return holds(inner)
        return any(holds(item) for item in value.values())
    if isinstance(value, list):
        return any(holds(item) for item in value)
    if isinstance(value, bool) or value is None:
        return False
    return bool(read(value).text) if isinstance(value, str) else True


@check
def restricted_parts(material: Material) -> Iterator[Finding]:
    for part in material.parts:
        if part.name == "restricted":
            yield RESTRICTED.at(part.place)
