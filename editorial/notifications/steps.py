"""Which notifications about a step are pointless by now, because somebody has decided it."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import TaskState, WorkflowState

from editorial.models import ApprovalVote, Notification, ReviewState
from editorial.notifications.kinds import KINDS

Reference = tuple[str, str]


def decided(user: Any, rows: Iterable[Notification]) -> list[Notification]:
    """Rows about a step that is no longer open, or in which the person has voted already."""
    about = [row for row in rows if KINDS[row.kind].is_about_step]
    if not about:
        return []
    running = _running({row.object_id for row in about})
    voted = _voted(user, running.values())
    return [row for row in about if _is_decided(row, running, voted)]


def _is_decided(row: Notification, running: dict[Reference, ReviewState], voted: set[int]) -> bool:
    state = running.get((row.object_type, row.object_id))
    return state is None or state.pk in voted or row.data.get("task_state", state.pk) != state.pk


def _running(object_ids: set[str]) -> dict[Reference, ReviewState]:
    """The open steps of objects, by type and id."""
    states = open_steps().filter(workflow_state__object_id__in=object_ids)
    found = {}
    for state in states.select_related("workflow_state"):
        workflow = state.workflow_state
        model = ContentType.objects.get_for_id(workflow.content_type_id).model_class()
        if model is not None:
            found[model._meta.label_lower, workflow.object_id] = state
    return found


def open_steps() -> Any:
    """Steps that wait for somebody."""
    return ReviewState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
    )


def _voted(user: Any, states: Iterable[ReviewState]) -> set[int]:
    """Steps in which the person's vote on the present content stands."""
    present = Q()
    for state in states:
        present |= Q(task_state_id=state.pk, content_hash=state.content_hash)
    if not present:
        return set()
    votes = ApprovalVote.objects.filter(present, actor_key=user.actor_key)
    return set(votes.values_list("task_state_id", flat=True))
