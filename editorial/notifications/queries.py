"""Reads: how people want to be told, and what stands in somebody's list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from editorial.models import Notification, NotificationPreference
from editorial.notifications.kinds import KINDS, Kind
from editorial.notifications.visibility import Known, known_to


def deliveries(kind: Kind, user_ids: Iterable[int]) -> dict[int, str]:
    """When each of these people is mailed about a kind."""
    ids = list(user_ids)
    wanted: dict[int, str] = dict.fromkeys(ids, kind.default)
    if not kind.is_fixed:
        rows = NotificationPreference.objects.filter(kind=kind.name, user__in=ids)
        wanted |= dict(rows.values_list("user_id", "delivery"))
    return wanted


def preferences_of(user: Any) -> dict[str, str]:
    """When a person is mailed, by kind."""
    chosen = dict(NotificationPreference.objects.filter(user=user).values_list("kind", "delivery"))
    return {
        name: kind.default if kind.is_fixed else chosen.get(name, kind.default)
        for name, kind in KINDS.items()
    }


def notifications_of(user: Any) -> QuerySet[Notification]:
    """All that a person was told, the newest first."""
    return Notification.objects.filter(user=user).order_by("-created", "-pk")


def unread_count(user: Any) -> int:
    """How much of it the person has not marked as read."""
    return Notification.objects.filter(user=user, read_at=None).count()


@dataclass(frozen=True)
class Line:
    """A notification as its receiver sees it now; ``known`` is missing for what is not theirs."""

    row: Notification
    sentence: Any
    known: Known | None
    due: date | None

    @property
    def step(self) -> str:
        return self.row.data.get("step", "") if self.known else ""

    @property
    def comment(self) -> str:
        return self.row.data.get("comment", "") if self.known else ""

    @property
    def path(self) -> str:
        """Where the person goes from here: an address that the event named, else by way of ours."""
        if self.known is None:
            return ""
        return own_path(self.row.data.get("url", "")) or reverse("notification", args=[self.row.pk])


def lines(user: Any, rows: Iterable[Notification]) -> list[Line]:
    """Notifications with what the person may know of their objects at this moment."""
    found = [row for row in rows if row.kind in KINDS]
    known = known_to(user, {(row.object_type, row.object_id) for row in found})
    return [_line(row, known.get((row.object_type, row.object_id))) for row in found]


def _line(row: Notification, known: Known | None) -> Line:
    kind = KINDS[row.kind]
    if known and not (known.sees_draft or kind.is_public):
        known = None
    due = date.fromisoformat(row.data["due"]) if row.data.get("due") else None
    return Line(row, kind.sentence, known, due)


def own_path(url: str) -> str:
    """A path of this hub; nothing else is ever linked."""
    return url if url.startswith("/") and not url.startswith(("//", "/\\")) else ""
