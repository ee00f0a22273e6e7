"""What the page of a lesson shows besides its own fields."""

from typing import Any

from content.queries import reference_cards
from lessons.evidence import LEVELS, evidence_level
from partners.queries import english_label


def case_study_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """Evidence with its reasons, status, and the pages by which others can use the lesson."""
    level, reason = evidence_level(page.claims, documented=bool(page.results or page.body))
    return {
        "evidence": {"label": LEVELS[level], "reasons": [reason]},
        "status_label": english_label(type(page).Status, page.status),
        "reusable_as": reference_cards(page.reusable_as, context["references"]),
    }
