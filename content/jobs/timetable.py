"""Timed work: rows like any other, written once for each slot of their clock.

Every runner may write them at any time: the name in ``once`` lets only the first row in. After a
pause the latest slot is made up for, so nothing of a night is missing in the morning.
"""

from datetime import UTC, datetime

from django.utils import timezone

from content.jobs import registry
from content.jobs.services import enqueue
from content.models import Job


def slot_name(kind: str, slot: datetime) -> str:
    """The name under which the job of a slot is written once."""
    return f"{kind}:{slot.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def write_due(now: datetime | None = None) -> int:
    """Write the jobs of all slots that have begun and have none yet; return how many were missing."""
    names = {slot_name(kind, slot): kind for kind, slot in registry.timed(now or timezone.now())}
    known = set(Job.objects.filter(once__in=names).values_list("once", flat=True))
    missing = {name: kind for name, kind in names.items() if name not in known}
    for name, kind in missing.items():
        enqueue(kind, once=name)
    return len(missing)
