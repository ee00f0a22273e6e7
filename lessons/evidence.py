"""How well a lesson is supported, computed from its claims; the reasons are always shown.

0 told, 1 documented, 2 measured, 3 compared. Level 4 (replicated by an independent adopter) comes
with adoption.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop

LEVELS = (
    gettext_noop("Told"),
    gettext_noop("Documented"),
    gettext_noop("Measured"),
    gettext_noop("Compared"),
)
REASONS = (
    gettext_noop("No written results yet."),
    gettext_noop("The results are described, without figures."),
    gettext_noop("Figures with a source, before and after."),
    gettext_noop("Figures with a source, compared with others."),
)


def evidence_level(claims: Iterable[Any], documented: bool) -> tuple[int, str]:
    """Return (level, English reason) from the claim blocks of a lesson."""
    level = 1 if documented else 0
    for block in claims:
        claim: Mapping[str, Any] = block.value
        measured = claim.get("result") and claim.get("source") and claim.get("baseline")
        if measured:
            level = max(level, 3 if claim.get("comparison") else 2)
    return level, REASONS[level]
