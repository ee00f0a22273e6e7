"""Every block, list item and nested block carries an id.

The id is what merges, comments, questions and translations hold on to. Raw data without ids gets
some from Wagtail at the top level only; wagtail-localize then drops or crashes on the items inside.
"""

import uuid
from typing import Any

from wagtail.blocks import (
    Block,
    CharBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StreamValue,
    StructBlock,
    TextBlock,
)
from wagtail.fields import StreamField
from wagtail.models import Page

TEXT_BLOCKS = (CharBlock, TextBlock, RichTextBlock)
# Names the random space of seeded ids; the value itself has no meaning.
SEED_NAMESPACE = uuid.UUID("5e0ff2b0-6f0b-4bb3-9a7b-2e6c9b0d1c55")


def ensure_ids(block: Block, raw: Any, seed: str | None = None) -> Any:
    """Return ``raw`` (JSON-like data of ``block``) with an id on every item at every depth.

    Existing ids stay. List items in the short form (plain values) become ``{"type": "item",
    "value": ..., "id": ...}``. With ``seed`` new ids are derived from it and from the item's place,
    so that the same source, or a translation with the same seed, gets the same ids.

    A text that is missing becomes an empty one: wagtail-localize stops at a text that is None.
    """
    return _walk(block, raw, seed, "")


def _new_id(seed: str | None, path: str) -> str:
    return str(uuid.uuid5(SEED_NAMESPACE, f"{seed}/{path}") if seed else uuid.uuid4())


def _walk(block: Block, raw: Any, seed: str | None, path: str) -> Any:
    if isinstance(block, StreamBlock):
        return [
            {
                "type": item["type"],
                "value": _walk(
                    block.child_blocks[item["type"]], item["value"], seed, f"{path}/{number}"
                ),
                "id": item.get("id") or _new_id(seed, f"{path}/{number}"),
            }
            for number, item in enumerate(raw or [])
            if item["type"] in block.child_blocks
        ]
    if isinstance(block, ListBlock):
        return [_list_item(block, item, seed, f"{path}/{n}") for n, item in enumerate(raw or [])]
    if isinstance(block, StructBlock) and isinstance(raw, dict):
        given = {
            name: _walk(block.child_blocks[name], value, seed, f"{path}.{name}")
            if name in block.child_blocks
            else value
            for name, value in raw.items()
        }
        return {**_missing_texts(block, raw), **given}
    return "" if raw is None and isinstance(block, TEXT_BLOCKS) else raw


def _missing_texts(block: StructBlock, raw: dict[str, Any]) -> dict[str, Any]:
    return {
        name: child.get_prep_value(child.get_default()) or ""
        for name, child in block.child_blocks.items()
        if name not in raw and isinstance(child, TEXT_BLOCKS)
    }


def _list_item(block: ListBlock, item: Any, seed: str | None, path: str) -> dict[str, Any]:
    wrapped = isinstance(item, dict) and item.get("type") == "item" and "value" in item
    value = item["value"] if wrapped else item
    return {
        "type": "item",
        "value": _walk(block.child_block, value, seed, path),
        "id": (item.get("id") if wrapped else None) or _new_id(seed, path),
    }


def ensure_page_ids(page: Page) -> None:
    """Give ids to the blocks of a page that is about to be saved, whichever way it was filled."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField) and field.name in page.__dict__:
            value = page.__dict__[field.name]
            if isinstance(value, StreamValue):
                _fill_stream(value)


def _fill_stream(stream: StreamValue) -> None:
    for number, raw in enumerate(stream.raw_data):
        filled = ensure_ids(stream.stream_block, [raw])
        if filled and filled[0] != raw:
            stream.raw_data[number] = filled[0]
