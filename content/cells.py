"""Cells of tables that people open in a spreadsheet."""

from typing import Any

# What makes a spreadsheet calculate, East Asian forms included.
STARTERS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def safe_cell(value: Any) -> str:
    """A value that no spreadsheet takes for a formula: what looks like one gets an apostrophe."""
    text = "" if value is None else str(value)
    looks_like_one = text.startswith(STARTERS) or text.lstrip().startswith(STARTERS)
    return f"'{text}" if looks_like_one else text
