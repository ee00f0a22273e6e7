"""Writes: notifications of an event, what a person has read, how somebody wants to be told."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page, WorkflowMixin

from content.jobs.services import enqueue
from editorial.models import Delivery, Notification, NotificationPreference
from editorial.notifications import queries
from editorial.notifications.kinds import KINDS, Kind

State = Notification.State
SEND = "editorial.send_notification"
KEEP = timedelta(days=180)
COMMENT_LENGTH = 1000
BATCH = 1000


@transaction.atomic
def notify(
    kind: str,
    recipients: Iterable[Any],
    obj: Any,
    *,
    step: str = "",
    comment: str = "",
    url: str = "",
    due: date | None = None,
    period: str = "",
    task_state: Any = None,
) -> None:
    """Tell people of an event, in the transaction of the caller.

    Told twice of the same occasion, with the same ``period``, a person gets one notification.

    Args:
        step: name of the step in which the object is.
        comment: shown in the person's list as long as the object may be seen, never mailed.
        url: path of an admin page; without one the object's own.
        due: the day by which something is wanted.
        period: which occasion; without one the object's step and revision.
        task_state: the step, where it is not yet the current one of the object.

    Raises:
        KeyError: there is no such kind.
    """
    known = KINDS[kind]
    people = {user.pk: user for user in recipients if user is not None and user.is_active}
    if not people:
        return
    data = {
        "step": str(step),
        "comment": str(comment)[:COMMENT_LENGTH],
        "url": url,
        "due": due.isoformat() if due else "",
        "task_state": task_state.pk if task_state else None,
    }
    occasion = {
        "kind": kind,
        "object_type": _model_of(obj)._meta.label_lower,
        "object_id": str(obj.pk),
        "period": (period or _period(obj, str(step), task_state))[:120],
    }
    told = set(
        Notification.objects.filter(**occasion, user__in=people).values_list("user_id", flat=True)
    )
    wanted = queries.deliveries(known, people)
    rows = [
        Notification(
            user_id=pk,
            page_key=getattr(obj, "translation_key", None),
            data={name: value for name, value in data.items() if value},
            delivery=wanted[pk],
            state=State.OFF if wanted[pk] == Delivery.OFF else State.WAITING,
            **occasion,
        )
        for pk in people
        if pk not in told
    ]
    # Whoever tells of the same at the same moment has written the row; its job is written there.
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    new = [row.user_id for row in rows if row.delivery == Delivery.IMMEDIATE]
    _enqueue(known, Notification.objects.filter(**occasion, user__in=new, state=State.WAITING))


def _enqueue(kind: Kind, rows: Any) -> None:
    later = timezone.now() + timedelta(minutes=kind.gather_minutes)
    for pk in rows.values_list("pk", flat=True):
        enqueue(SEND, {"notification_id": pk}, run_after=later if kind.gather_minutes else None)


def _model_of(obj: Any) -> Any:
    return (obj.specific_class or type(obj)) if isinstance(obj, Page) else type(obj)


def _period(obj: Any, step: str, task_state: Any) -> str:
    """Another step, and another draft, is another occasion."""
    step_id = task_state.pk if task_state else None
    if step_id is None and isinstance(obj, WorkflowMixin):
        running = obj.current_workflow_state
        step_id = running.current_task_state_id if running else None
    return f"{step_id or '-'}.{getattr(obj, 'latest_revision_id', None) or '-'}.{step}"


@transaction.atomic
def set_preferences(user: Any, wanted: Mapping[str, str]) -> None:
    """Keep how a person wants to be told; mails that wait follow.

    Kinds that nobody can change are left out, whatever is asked for. What waits to be mailed at once
    or with a summary stays with it when mails at once are wanted from now on.
    """
    for name, delivery in wanted.items():
        if name not in KINDS or KINDS[name].is_fixed:
            continue
        NotificationPreference.objects.update_or_create(
            user=user, kind=name, defaults={"delivery": Delivery(delivery)}
        )
        waiting = Notification.objects.filter(user=user, kind=name, state=State.WAITING)
        if delivery == Delivery.OFF:
            waiting.update(state=State.OFF, delivery=delivery)
        elif delivery != Delivery.IMMEDIATE:
            waiting.update(delivery=delivery)


def mark_read(user: Any, notification_id: int | None = None, until: datetime | None = None) -> int:
    """Mark one or all notifications of a person as read; return how many were not.

    Args:
        until: only those that were there by then: nobody has read what came afterwards.
    """
    rows = Notification.objects.filter(user=user, read_at=None)
    if notification_id is not None:
        rows = rows.filter(pk=notification_id)
    if until is not None:
        rows = rows.filter(created__lte=until)
    return rows.update(read_at=timezone.now())


def clean_up(now: datetime) -> int:
    """Delete notifications that are half a year old, in small transactions; return how many."""
    removed = 0
    old = Notification.objects.filter(created__lt=now - KEEP).order_by("pk")
    while batch := list(old.values_list("pk", flat=True)[:BATCH]):
        Notification.objects.filter(pk__in=batch).delete()
        removed += len(batch)
    return removed
