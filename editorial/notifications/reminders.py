"""Reminders of open steps: due soon, overdue, stuck. A step is looked at by a job of its own."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from wagtail.models import Task

from content.jobs.services import enqueue
from editorial.models import ReviewState
from editorial.notifications.services import notify
from editorial.notifications.steps import open_steps
from editorial.queries.reviewers import eligible_reviewers
from editorial.queries.rules import parties_of
from editorial.workdays import add_workdays
from partners.models import Membership

REMIND = "editorial.remind_step"
Role = Membership.Role


class Reminder(StrEnum):
    """What an open step asks for; also the kind of the notification."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


def remind_steps(now: datetime | None = None) -> int:
    """Write a job for each open step that somebody has to be reminded of; return how many."""
    now = now or timezone.now()
    states = list(open_steps().filter(due_on__isnull=False, escalated_at=None))
    ids = {state.task_id for state in states}
    tasks = {task.pk: task for task in Task.objects.filter(pk__in=ids).specific()}
    due = [state.pk for state in states if _reminder(state, tasks[state.task_id], now)]
    for pk in due:
        # One a day: a reminder that fails is not written anew each hour.
        once = f"{REMIND}:{pk}:{timezone.localdate(now)}"
        enqueue(REMIND, {"task_state_id": pk}, once=once)
    return len(due)


@transaction.atomic
def remind_step(task_state_id: int, now: datetime | None = None) -> Reminder | None:
    """Remind of one step, if it still waits; return what was told."""
    now = now or timezone.now()
    # Its own row only: PostgreSQL would lock the joined ones too.
    state = open_steps().select_for_update(of=("self",)).filter(pk=task_state_id).first()
    if state is None:
        return None
    task = state.task.specific
    reminder = _reminder(state, task, now)
    if reminder is None:
        return None
    obj = state.workflow_state.content_object
    obj = getattr(obj, "specific", obj)
    people = list(_asked(state, now))
    if reminder is Reminder.ESCALATED or not people:
        # A step that nobody may judge does not wait until it is late.
        reminder = Reminder.ESCALATED
        people = list(_escalate_to(task.escalate_role, obj))
        state.escalated_at = now
    state.reminded_at = now
    state.save(update_fields=["reminded_at", "escalated_at"])
    notify(
        reminder,
        people,
        obj,
        step=task.name,
        due=state.due_on,
        task_state=state,
        period=f"{state.pk}.{state.due_on}",
    )
    return reminder


def _reminder(state: ReviewState, task: Any, now: datetime) -> Reminder | None:
    """What is to be told of a step today, unless it was."""
    due = state.due_on
    if due is None or state.escalated_at is not None or not hasattr(task, "escalate_after_days"):
        return None
    today = timezone.localdate(now)
    if today > add_workdays(due, task.escalate_after_days):
        return Reminder.ESCALATED
    reminded = timezone.localdate(state.reminded_at) if state.reminded_at else None
    if today > due:
        return Reminder.OVERDUE if reminded is None or reminded <= due else None
    if today >= add_workdays(due, -task.remind_days_before):
        return Reminder.DUE_SOON if reminded is None else None
    return None


def _asked(state: ReviewState, now: datetime) -> Iterable[Any]:
    """Whoever has claimed the step, else all who may judge it."""
    reviewers = eligible_reviewers(state)
    claimed = state.claimed_until is not None and state.claimed_until > now
    if claimed and (claimer := reviewers.filter(pk=state.claimed_by_id).first()):
        return [claimer]
    return reviewers


def _escalate_to(role: str, obj: Any) -> Iterable[Any]:
    """People of the role at the partners of the content; hub admins where there are none."""
    users = get_user_model().objects.filter(is_active=True)
    members = Membership.objects.current()
    own = members.filter(role=role, partner_id__in=parties_of(obj).partner_ids)
    admins = members.filter(role=Role.HUB_ADMIN)
    for people in (
        users.filter(pk__in=own.values("user_id")),
        users.filter(pk__in=admins.values("user_id")),
    ):
        if people.exists():
            return people
    return users.filter(is_superuser=True)
