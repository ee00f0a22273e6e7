"""Ordered references to pages, as raw StreamField data."""

from collections.abc import Iterable, Mapping
from typing import Any


def with_children(raw: Iterable[Mapping[str, Any]], pages: list[int]) -> list[dict[str, Any]]:
    """The references of a list, followed by those pages that are missing in it."""
    rows = [dict(row) for row in raw]
    known = {row["value"].get("page") for row in rows}
    rows += [
        {"type": "page", "value": {"page": page, "label": "", "required": True}}
        for page in pages
        if page not in known
    ]
    return rows
