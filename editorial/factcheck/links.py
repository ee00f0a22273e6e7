"""What the review screen shows of a fact check: the answers, and where to ask and answer."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from editorial.factcheck import queries
from editorial.factcheck.passages import excerpts
from editorial.models import FactCheckTask, GuestAnswer, ReviewState


def fact_check_of(state: ReviewState, obj: Any, user: Any) -> dict[str, Any] | None:
    """Answers on the present text and the addresses open to this person; None for other steps."""
    if not isinstance(state.task.specific, FactCheckTask):
        return None
    names = queries.names_object(obj)
    parts = [*names["object_type"].split("."), names["object_id"]]
    words = excerpts(obj)
    return {
        "answers": [_answer(row, words) for row in queries.shown_answers(obj) if row.is_current],
        "waiting": queries.open_requests(state).count(),
        "list_url": reverse("fact_checks:list", args=parts)
        if queries.may_invite(user, obj)
        else "",
        "answer_url": reverse("fact_checks:answer", args=parts)
        if queries.may_answer(user, obj)
        else "",
    }


def _answer(shown: queries.Shown, words: Mapping[str, str]) -> dict[str, Any]:
    answer = shown.answer
    return {
        "answer": answer,
        "name": shown.name,
        "is_current": True,
        "wants_changes": answer.verdict == GuestAnswer.Verdict.NEEDS_CHANGES,
        "remarks": [(words.get(key, ""), text) for key, text in answer.block_comments.items()],
    }
