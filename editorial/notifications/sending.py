"""Mails: one at once, or a summary of a day or a week. A row is marked with the mail that holds it.

Mark and mail are one transaction, so no runner that dies, and no second run, mails anything twice.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from wagtail.users.models import UserProfile

from content.jobs.services import enqueue
from editorial.models import Delivery, Notification
from editorial.notifications import steps
from editorial.notifications.kinds import KINDS
from editorial.notifications.mails import Receiver, send_digest_mail, send_single_mail
from editorial.notifications.queries import Line, lines
from editorial.workdays import first_of_week

State = Notification.State
DIGEST = "editorial.send_digest"
SUMMARIES = (Delivery.DAILY, Delivery.WEEKLY)


@transaction.atomic
def send_one(notification_id: int) -> bool:
    """Mail a notification that still waits; return whether a mail went.

    What else waits of the same kind about the same object goes with it.
    """
    row = Notification.objects.filter(pk=notification_id, state=State.WAITING).first()
    if row is None:
        return False
    same = _locked(row.user_id, kind=row.kind, object_type=row.object_type, object_id=row.object_id)
    left = _still_to_tell(row.user_id, same)
    if not left:
        return False
    receiver, (line,) = left
    send_single_mail(receiver, line)
    _settle([line.row], State.MAILED, timezone.now())
    return True


@transaction.atomic
def send_digest(user_id: int, now: datetime | None = None) -> int:
    """Mail somebody's summary up to this morning; return how many notifications it holds.

    The moment up to which it reaches does not move within a day, so a second run finds nothing.
    """
    now = now or timezone.now()
    zone = _zones([user_id])[user_id]
    rows = [
        row
        for row in _locked(user_id, delivery__in=SUMMARIES)
        if row.created < reach(row.delivery, now, zone)
    ]
    left = _still_to_tell(user_id, rows)
    if not left:
        return 0
    receiver, told = left
    is_weekly = all(line.row.delivery == Delivery.WEEKLY for line in told)
    send_digest_mail(receiver, told, is_weekly=is_weekly)
    _settle([line.row for line in told], State.MAILED, timezone.now())
    return len(told)


def enqueue_digests(now: datetime | None = None) -> int:
    """Write a job for everybody whose morning has come and who has something to read."""
    now = now or timezone.now()
    waiting = Notification.objects.filter(state=State.WAITING, delivery__in=SUMMARIES)
    oldest = waiting.values_list("user_id", "delivery").annotate(Min("created")).order_by("user_id")
    found = list(oldest)
    zones = _zones({user_id for user_id, _delivery, _created in found})
    due = {
        user_id: reach(Delivery.DAILY, now, zones[user_id])
        for user_id, delivery, created in found
        if created < reach(delivery, now, zones[user_id])
    }
    for user_id, morning in due.items():
        # One a day: what is told later than this morning waits for the next.
        enqueue(DIGEST, {"user_id": user_id}, once=f"{DIGEST}:{user_id}:{morning.date()}")
    return len(due)


def reach(delivery: str, now: datetime, zone: ZoneInfo) -> datetime:
    """The latest morning, or for a weekly summary the latest first morning of a week."""
    local = now.astimezone(zone)
    hour = time(settings.HUB_DIGEST_HOUR)
    day = local.date()
    if datetime.combine(day, hour, tzinfo=zone) > now:
        day -= timedelta(days=1)
    if delivery == Delivery.WEEKLY:
        day = first_of_week(day)
    return datetime.combine(day, hour, tzinfo=zone)


def _locked(user_id: int, **which: Any) -> list[Notification]:
    rows = Notification.objects.select_for_update().filter(
        user_id=user_id, state=State.WAITING, **which
    )
    return list(rows.order_by("created", "pk"))


def _still_to_tell(user_id: int, rows: list[Notification]) -> tuple[Receiver, list[Line]] | None:
    """Who is told what; rows that lead to no mail are closed with the reason."""
    receiver = _receiver(user_id)
    if receiver is None:
        _settle(rows, State.DROPPED)
        return None
    last = {(row.kind, row.object_type, row.object_id): row for row in rows}
    _settle([row for row in rows if row not in last.values()], State.REPLACED)
    decided = steps.decided(receiver.user, last.values())
    _settle(decided, State.SETTLED)
    open_rows = [row for row in last.values() if row not in decided]
    told = [line for line in lines(receiver.user, open_rows) if line.known is not None]
    shown = {line.row.pk for line in told}
    _settle([row for row in open_rows if row.pk not in shown], State.DROPPED)
    return (receiver, _in_order(told)) if told else None


def _in_order(told: Iterable[Line]) -> list[Line]:
    """In the order of the kinds: first what waits for somebody."""
    place = {name: number for number, name in enumerate(KINDS)}
    return sorted(told, key=lambda line: (place[line.row.kind], line.row.created))


def _settle(
    rows: Iterable[Notification], state: Notification.State, sent_at: datetime | None = None
) -> None:
    ids = [row.pk for row in rows]
    if ids:
        Notification.objects.filter(pk__in=ids).update(state=state, sent_at=sent_at)


def _receiver(user_id: int) -> Receiver | None:
    """Somebody who signs in and has an address, read anew: rights may have ended a moment ago."""
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None or not user.email:
        return None
    profile = UserProfile.objects.filter(user=user).first() or UserProfile()
    return Receiver(
        user=user,
        language=profile.preferred_language or settings.LANGUAGE_CODE,
        zone=_zone(profile.current_time_zone),
    )


def _zones(user_ids: Iterable[int]) -> dict[int, ZoneInfo]:
    ids = list(user_ids)
    rows = UserProfile.objects.filter(user__in=ids)
    chosen = dict(rows.values_list("user_id", "current_time_zone"))
    return {pk: _zone(chosen.get(pk, "")) for pk in ids}


def _zone(name: str) -> ZoneInfo:
    """A time zone of a profile; the hub's own for none, or for one that no longer exists."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
