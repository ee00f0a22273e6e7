"""Reading the job table: how much waits and since when, what failed, who is at work.

The table may hold a hundred thousand rows, most of them done. Each function asks once, along an index
that leaves the done ones out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from content.jobs import registry
from content.jobs.timetable import slot_name
from content.models import Dependency, Job, Milestone, OutgoingMail, Runner

State = Job.State
OPEN = (State.WAITING, State.RUNNING)
# How far back the last tick of a clock is looked for.
MINUTES_BACK = 60


@dataclass(frozen=True)
class Depth:
    """What is not done of one kind in one queue."""

    queue: str
    kind: str
    waiting: int
    retrying: int
    running: int
    dead: int
    oldest_due: datetime | None
    lease_until: datetime | None

    def age(self, now: datetime) -> timedelta:
        """How long the oldest job that could run has been kept waiting."""
        return now - self.oldest_due if self.oldest_due else timedelta()


def depths(now: datetime, down: Iterable[str] = ()) -> list[Depth]:
    """What is not done, by queue and kind.

    Args:
        down: servers that do not answer; nobody expects their jobs to run.
    """
    waiting, running = Q(state=State.WAITING), Q(state=State.RUNNING)
    due = waiting & Q(run_after__lte=now) & ~Q(needs__in=list(down))
    rows = (
        Job.objects.filter(queue__in=registry.QUEUES, state__in=[*OPEN, State.DEAD])
        .values("queue", "kind")
        .annotate(
            waiting=Count("pk", filter=waiting),
            retrying=Count("pk", filter=waiting & Q(attempts__gt=0)),
            running=Count("pk", filter=running),
            dead=Count("pk", filter=Q(state=State.DEAD)),
            due_since=Min("run_after", filter=due),
            left_since=Min("locked_until", filter=running & Q(locked_until__lte=now)),
            lease_until=Min("locked_until", filter=running & Q(locked_until__gt=now)),
        )
        .order_by("queue", "kind")
    )
    return [_depth(**row) for row in rows]


def _depth(due_since: datetime | None, left_since: datetime | None, **row: Any) -> Depth:
    since = [moment for moment in (due_since, left_since) if moment]
    return Depth(**row, oldest_due=min(since, default=None))


def running(limit: int) -> list[Job]:
    """Jobs that a runner holds, the oldest first."""
    return list(Job.objects.filter(state=State.RUNNING).order_by("run_after")[:limit])


def late(limit: int) -> list[Job]:
    """Jobs that failed and will be tried again, in the order of their next attempt."""
    jobs = Job.objects.filter(
        queue__in=registry.QUEUES, state=State.WAITING, attempts__gt=0
    ).order_by("run_after")
    return list(jobs[:limit])


def dead_letters(kind: str = "") -> QuerySet[Job]:
    """Jobs that nobody will try again by himself, the newest first."""
    jobs = Job.objects.filter(state=State.DEAD).order_by("-finished", "-pk")
    return jobs.filter(kind=kind) if kind else jobs


def reason(job: Job) -> str:
    """Why a job failed, in one line: the end of its traceback."""
    lines = [line for line in job.error.splitlines() if line.strip()]
    return lines[-1].strip()[:300] if lines else ""


def dead_kinds() -> list[tuple[str, int]]:
    """Kinds that have dead letters, with their number."""
    rows = Job.objects.filter(state=State.DEAD).values_list("kind").annotate(Count("pk"))
    return sorted(rows)


def dead_ids(kind: str, until: datetime, limit: int) -> list[int]:
    """The oldest dead letters (of one kind) that died by a moment."""
    jobs = dead_letters(kind).filter(finished__lte=until).order_by("finished", "pk")
    return list(jobs.values_list("pk", flat=True)[:limit])


@dataclass(frozen=True)
class Batch:
    """Progress of a larger work."""

    name: str
    total: int
    done: int
    dead: int


def batches(limit: int) -> list[Batch]:
    """Larger works that are not finished."""
    in_progress = Job.objects.exclude(batch="").filter(state__in=OPEN).values("batch")
    rows = (
        Job.objects.exclude(batch="")
        .filter(batch__in=in_progress)
        .values("batch")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(state=State.DONE)),
            dead=Count("pk", filter=Q(state=State.DEAD)),
        )
        .order_by("batch")
    )
    return [Batch(row["batch"], row["total"], row["done"], row["dead"]) for row in rows[:limit]]


def runners(limit: int) -> list[Runner]:
    """Processes that run jobs, the one that gave the last sign of life first."""
    return list(Runner.objects.order_by("-seen")[:limit])


def dependencies_down() -> list[Dependency]:
    """Servers that do not answer."""
    return list(Dependency.objects.order_by("down_since"))


def milestones() -> dict[str, Milestone]:
    """What last happened to this installation, by name."""
    return {milestone.name: milestone for milestone in Milestone.objects.all()}


def last_tick(kind: str, now: datetime) -> datetime | None:
    """The latest slot of the last hour that a job of this clock was written for."""
    slots = {}
    for minutes in range(MINUTES_BACK):
        for name, slot in registry.timed(now - timedelta(minutes=minutes)):
            if name == kind:
                slots[slot_name(kind, slot)] = slot
    written = Job.objects.filter(once__in=slots).values_list("once", flat=True)
    return max((slots[name] for name in written if name), default=None)


def failed_mails(limit: int) -> list[OutgoingMail]:
    """Mails that were refused and have not been sent since, without their texts."""
    mails = OutgoingMail.objects.filter(sent=None).exclude(error="").defer("message")
    return list(mails.order_by("-created", "-pk")[:limit])
