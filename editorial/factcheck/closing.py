"""How a fact check ends: somebody of the owner has seen the answers and accepts or refuses them."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from content import audit
from editorial.errors import ReviewRefused
from editorial.factcheck import queries
from editorial.models import FactCheckRequest

State = FactCheckRequest.State


def may_close(task_state: Any, user: Any, *, accept: bool = True, reason: str = "") -> list[str]:
    """Reasons why a person cannot close a step now; none if they can.

    An open "needs changes" is overridden by a reason only.
    """
    obj = task_state.workflow_state.content_object
    found = []
    if not queries.closers(obj).filter(pk=user.pk).exists():
        found.append(
            gettext(
                "A fact check is closed by an approver of the partner that owns the text, "
                "who has not worked on it."
            )
        )
    if not accept:
        return found
    answers = list(queries.answers_of(task_state))
    if not answers and not task_state.task.specific.optional:
        found.append(gettext("Nobody has answered about the present text yet."))
    if queries.objections(answers) and not reason.strip():
        found.append(gettext("Somebody asks for changes. Say why the text can stay as it is."))
    return found


@transaction.atomic
def close(task_state: Any, user: Any, accept: bool, reason: str = "") -> None:
    """Accept the result, or send the text back to its author.

    Raises:
        ReviewRefused: a rule stands against it.
    """
    if reasons := may_close(task_state, user, accept=accept, reason=reason):
        raise ReviewRefused(" ".join(reasons))
    action = "approve" if accept else "reject"
    task_state.task.specific.on_action(task_state.specific, user, action, comment=reason)


@transaction.atomic
def finished(task_state: Any, user: Any) -> None:
    """The step is approved: links in its subject end, and what was overridden is written down."""
    obj = task_state.workflow_state.content_object
    answers = list(queries.answers_of(task_state))
    objections = queries.objections(answers)
    queries.open_requests(task_state).update(closed_reason=State.FINISHED)
    audit.record(
        "fact_check_accepted",
        actor=user,
        obj=obj,
        revision_id=task_state.revision_id,
        content_hash=queries.latest_hash(obj),
        answers=len(answers),
        overridden=[row.pk for row in objections],
        reason=task_state.comment,
    )


def content_changed(obj: Any, old_hash: str, new_hash: str) -> int:
    """Close the links that show another content than the latest; return how many."""
    if old_hash == new_hash:
        return 0
    rows = queries.are_open(queries.requests_of(obj)).exclude(content_hash=new_hash)
    return rows.update(closed_reason=State.CHANGED)
