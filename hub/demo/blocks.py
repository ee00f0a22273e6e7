"""Turns the compact blocks of the demo's files into the raw data of a stream.

``- text: "<p>…</p>"`` becomes a stream item. Where a stream knows one type only, items are written
without it. Slugs and keys of records, pages and files become ids.
"""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from uuid import UUID, uuid5

from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

from content.blocks import RecordBlock
from content.ids import ensure_ids

from .data import DemoError

NAMESPACE = UUID("0f2a7a52-64c8-5a7e-9d0a-3d8d2f0f6f10")


class Writer:
    """Writes the streams of one page. ``resolve(what, name)`` returns the id behind a reference."""

    def __init__(self, key: str, resolve: Callable[[Any, str], int]) -> None:
        self.key = key
        self.resolve = resolve

    def stream(self, block: blocks.StreamBlock, items: Any, name: str) -> list[dict[str, Any]]:
        """Return raw data with ids that follow from the page's key: equal in all languages."""
        raw = self._stream(block, items, f"{self.key}.{name}")
        return ensure_ids(block, raw, seed=f"demo/{self.key}/{name}")

    def label_id(self, label: str) -> str:
        """Return the id of the block that carries ``key: <label>``."""
        return str(uuid5(NAMESPACE, f"{self.key}#{label}"))

    def _stream(self, block: blocks.StreamBlock, items: Any, where: str) -> list[dict[str, Any]]:
        single = next(iter(block.child_blocks)) if len(block.child_blocks) == 1 else None
        raw = []
        for number, item in enumerate(items or []):
            place = f"{where}[{number}]"
            if single:
                kind, value, label = single, item, None
            else:
                [(kind, value)] = [(k, v) for k, v in item.items() if k in block.child_blocks] or [
                    ("", None)
                ]
                label = self._label(item, kind)
                if not kind:
                    raise DemoError(f"{place}: no such block: {', '.join(item)}")
            entry = {"type": kind, "value": self._value(block.child_blocks[kind], value, place)}
            raw.append({**entry, "id": self.label_id(label)} if label else entry)
        return raw

    @staticmethod
    def _label(item: Mapping[str, Any], kind: str) -> str | None:
        value = item.get(kind)
        return value.get("key") if isinstance(value, Mapping) else None

    def _value(self, block: Any, value: Any, where: str) -> Any:
        if isinstance(block, blocks.StreamBlock):
            return self._stream(block, value, where)
        if isinstance(block, blocks.ListBlock):
            return [
                self._value(block.child_block, item, f"{where}[{number}]")
                for number, item in enumerate(value or [])
            ]
        if isinstance(block, blocks.StructBlock):
            return self._struct(block, value or {}, where)
        if isinstance(block, blocks.PageChooserBlock):
            return self.resolve("page", value) if value else None
        if isinstance(block, RecordBlock):
            return self.resolve(block.target_model, value) if value else None
        if isinstance(block, ImageChooserBlock):
            return self.resolve("image", value) if value else None
        if isinstance(block, DocumentChooserBlock):
            return self.resolve("document", value) if value else None
        if isinstance(block, blocks.RichTextBlock):
            return rich(value)
        if isinstance(block, blocks.BooleanBlock):
            return bool(value)
        if isinstance(block, blocks.IntegerBlock):
            return value
        if isinstance(value, bool):
            raise DemoError(f"{where}: put quotes around yes and no")
        return "" if value is None else str(value)

    def _struct(self, block: Any, value: Mapping[str, Any], where: str) -> dict[str, Any]:
        unknown = set(value) - set(block.child_blocks) - {"key"}
        if unknown:
            raise DemoError(f"{where}: unknown {', '.join(sorted(unknown))}")
        raw = {}
        for name, child in block.child_blocks.items():
            given = value.get(name)
            if name == "block" and str(given or "").startswith("#"):
                given = self.label_id(given[1:])
            raw[name] = self._value(child, given, f"{where}.{name}")
        return raw


def rich(value: Any) -> str:
    """Return rich text; a plain sentence becomes a paragraph."""
    text = "" if value is None else str(value)
    return text if not text or text.startswith("<") else f"<p>{escape(text, quote=False)}</p>"
