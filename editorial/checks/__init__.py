"""Automatic checks of drafts: what must be corrected before anybody reviews, and advice.

``findings`` only reads: no row is written and no address outside the hub is asked.
"""

from typing import Any

from . import (  # noqa: F401  they register their checks
    colours,
    dates,
    headings,
    images,
    links,
    missing,
    phones,
    reading,
    records,
    structure,
    tokens,
)
from .finding import ADVISE, LEVELS, REFUSE, RULES, Finding, Place, Rule, render, rule
from .registry import CHECKS, check, examine


def findings(obj: Any, revision: Any = None) -> list[Finding]:
    """What the checks find in a page or record; with ``revision`` in the content that it holds."""
    return examine(obj if revision is None else revision.as_object())


__all__ = [
    "ADVISE",
    "CHECKS",
    "LEVELS",
    "REFUSE",
    "RULES",
    "Finding",
    "Place",
    "Rule",
    "check",
    "findings",
    "render",
    "rule",
]
