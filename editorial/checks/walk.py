"""Reads stored streams by their block definitions: no block value is built, nothing is queried."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from wagtail.blocks import (
    Block,
    CharBlock,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    TextBlock,
    URLBlock,
)
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from content.blocks import CodeBlock, RecordBlock
from content.blocks.fields import FactMixin

from .finding import Place
from .rich import Rich, plain, read


@dataclass
class Passage:
    """A piece of text. ``prose``: sentences rather than a title, a label or a cell."""

    place: Place
    source: str
    is_rich: bool
    prose: bool
    may_have_headings: bool = False

    @cached_property
    def rich(self) -> Rich:
        return read(self.source) if self.is_rich else plain(self.source)

    @property
    def text(self) -> str:
        return self.rich.text


@dataclass(frozen=True)
class Reference:
    """Something of the hub that a block names by its id. ``kind`` is a model label.

    ``words`` are the author's own for it. Its title is not told: it may be somebody else's draft.
    """

    place: Place
    kind: str
    pk: int
    words: str = ""


@dataclass(frozen=True)
class Address:
    """A web address in a field of its own."""

    place: Place
    url: str


@dataclass(frozen=True)
class Part:
    """A struct or stream child with its raw value."""

    place: Place
    name: str
    block: Block
    value: Any


@dataclass
class Walked:
    """Everything that the checks ask of a stream."""

    passages: list[Passage] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)


PROSE_LENGTH = 60  # a one-line field with more than a label in it


def walk(stream: StreamBlock, raw: Any, name: str, into: Walked) -> None:
    """Add what the stream of field ``name`` holds."""
    _Walker(name, into).stream(stream, raw, "")


class _Walker:
    def __init__(self, name: str, into: Walked) -> None:
        self.name = name
        self.into = into

    def stream(self, block: StreamBlock, raw: Any, owner: str) -> None:
        headings = "heading" in block.child_blocks
        for item in raw or ():
            child = block.child_blocks.get(item.get("type"))
            if child is not None:
                self.item(child, item["type"], item.get("value"), item.get("id") or owner, headings)

    def item(self, block: Block, name: str, value: Any, block_id: str, headings: bool) -> None:
        self.into.ids.add(block_id)
        place = Place(self.name, block_id)
        self.into.parts.append(Part(place, name, block, value))
        self.any(block, value, place, headings)

    def any(self, block: Block, value: Any, place: Place, headings: bool = False) -> None:
        if isinstance(block, CodeBlock):
            return
        if isinstance(block, StreamBlock):
            self.stream(block, value, place.block_id)
        elif isinstance(block, ListBlock):
            for child_id, child in list_items(value, place.block_id):
                self.item(block.child_block, "item", child, child_id, False)
        elif isinstance(block, StructBlock):
            for key, child in block.child_blocks.items():
                self.any(child, (value or {}).get(key), place)
        elif value not in (None, ""):
            self.leaf(block, value, place, headings)

    def leaf(self, block: Block, value: Any, place: Place, headings: bool) -> None:
        if isinstance(block, RichTextBlock):
            self.into.passages.append(Passage(place, str(value), True, True, headings))
        elif isinstance(block, URLBlock):
            self.into.addresses.append(Address(place, str(value)))
        elif isinstance(value, int) and not isinstance(value, bool):
            if kind := kind_of(block):
                self.into.references.append(Reference(place, kind, value))
        elif isinstance(block, CharBlock | TextBlock) and not isinstance(block, FactMixin):
            text = str(value)
            self.into.passages.append(Passage(place, text, False, len(text) > PROSE_LENGTH))


def kind_of(block: Block) -> str:
    """Label of the model whose rows a block chooses; empty for other blocks."""
    if isinstance(block, PageChooserBlock):
        return "wagtailcore.page"
    if isinstance(block, ImageChooserBlock):
        return "image"
    if isinstance(block, DocumentChooserBlock):
        return "document"
    if isinstance(block, RecordBlock):
        return str(block.target_model._meta.label_lower)
    return ""


def list_items(raw: Any, owner: str = "") -> Iterator[tuple[str, Any]]:
    """Ids and values of a list in either form of its storage."""
    for item in raw or ():
        if isinstance(item, dict) and item.get("type") == "item" and "value" in item:
            yield item.get("id") or owner, item["value"]
        else:
            yield owner, item
