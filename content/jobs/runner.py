"""Taking jobs from the table and running them, the same under every runner.

One job at a time: a killed runner charges an attempt to each job that it holds.
"""

import random
import traceback
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation

from content.jobs import dependencies, registry
from content.jobs.errors import DependencyDown, LeaseLost, PermanentError
from content.jobs.registry import describe
from content.models import Job

MAX_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(minutes=15)
ERROR_LENGTH = 8000

logger = structlog.get_logger("content.jobs")


def run_next(queues: Iterable[str] = registry.QUEUES) -> bool:
    """Run one due job, of the first of the queues that has one; return whether there was one."""
    for queue in queues:
        job = claim(queue)
        if job is not None:
            run(job)
            return True
    return False


def run_job(job_id: int) -> bool:
    """Run one job if it is due; return whether it was."""
    now = timezone.now()
    job = _take(Job.objects.filter(_due(now), pk=job_id), now, set(dependencies.down()))
    if job is None:
        return False
    run(job)
    return True


def run_together(
    kind: str, batch: str, handle: Callable[[list[dict[str, Any]]], None], limit: int
) -> int:
    """Run up to ``limit`` waiting jobs of a batch in one transaction; return how many.

    For whoever wrote the batch and still runs: one transaction for many rows is quicker. What is left
    when that process dies is done by a runner, row by row.
    """
    with transaction.atomic():
        rows = Job.objects.filter(kind=kind, batch=batch, state=Job.State.WAITING).order_by("pk")
        jobs = list(rows.select_for_update(skip_locked=True)[:limit])
        handle([job.payload for job in jobs])
        Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
            state=Job.State.DONE, finished=timezone.now(), attempts=1
        )
    return len(jobs)


def claim(queue: str) -> Job | None:
    """Take a job of a queue: one whose runner has died, else the one that has waited longest."""
    now = timezone.now()
    jobs = Job.objects.filter(queue=queue)
    waiting = jobs.filter(state=Job.State.WAITING)
    down = dependencies.down()
    for name in dependencies.due_for_probe(down, now):
        probes = waiting.filter(needs=name).order_by("run_after")
        if probes.exists() and dependencies.take_probe(name, now):
            return _take(probes, now, set())
    orphans = jobs.filter(state=Job.State.RUNNING, locked_until__lte=now)
    due = waiting.filter(run_after__lte=now).order_by("run_after", "pk")
    return _take(orphans, now, set(down)) or _take(due, now, set(down))


def _due(now: datetime) -> Q:
    return Q(state=Job.State.WAITING, run_after__lte=now) | Q(
        state=Job.State.RUNNING, locked_until__lte=now
    )


def _take(jobs: QuerySet[Job], now: datetime, down: set[str]) -> Job | None:
    """Lock one of the jobs and mark it as ours.

    PostgreSQL passes over rows that others have locked. SQLite has no such lock: there the
    transaction begins IMMEDIATE, which shuts out every other writer, so a look without it comes first.
    """
    if down:
        jobs = jobs.exclude(needs__in=down)
    if not connection.features.has_select_for_update and not jobs.exists():
        return None
    with transaction.atomic():
        job = jobs.select_for_update(skip_locked=True).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:
            _bury(job, f"{job.error}\nIts runner died {MAX_ATTEMPTS} times.".strip())
            return None
        job.state = Job.State.RUNNING
        job.attempts += 1
        job.token = uuid.uuid4()
        job.locked_until = now + _lease(job)
        job.save(update_fields=["state", "attempts", "token", "locked_until"])
        return job


def _lease(job: Job) -> timedelta:
    try:
        return registry.get(job.kind).lease
    except LookupError:
        return registry.LEASE


def run(job: Job) -> None:
    """Run a claimed job and write down how it went. Never raises for the handler's failures.

    Raises:
        DatabaseError: the database went away; the lease will run out and another runner take over.
    """
    with (
        structlog.contextvars.bound_contextvars(
            request_id=job.request_id or f"job-{job.pk}", job_id=job.pk, job_kind=job.kind
        ),
        translation.override(settings.LANGUAGE_CODE),
    ):
        started = timezone.now()
        try:
            _handle(job)
        except LeaseLost:
            logger.warning("job taken over by another runner")
        except DependencyDown as error:
            _wait_for(job, error)
            logger.warning("job waits", needs=error.name, reason=str(error))
        except PermanentError as error:
            _bury(job, _told(error))
            logger.error("job dead", error=str(error), payload=describe(job.payload))
        except Exception as error:  # noqa: BLE001  whatever a handler raises is written to its row
            _try_again(job, error)
        else:
            seconds = (timezone.now() - started).total_seconds()
            logger.info("job done", seconds=round(seconds, 3), attempts=job.attempts)


def _handle(job: Job) -> None:
    try:
        handler = registry.get(job.kind)
    except LookupError as error:
        raise PermanentError(str(error)) from error
    if handler.atomic:
        with transaction.atomic():
            handler.call(**job.payload)
            _finish(job)
    else:
        handler.call(**job.payload)
        _finish(job)
    if job.needs:
        dependencies.report_up(job.needs, timezone.now())


def _finish(job: Job) -> None:
    ended = _held(job).update(
        state=Job.State.DONE, finished=timezone.now(), token=None, locked_until=None, error=""
    )
    if not ended:
        raise LeaseLost


def _held(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, token=job.token, state=Job.State.RUNNING)


def _wait_for(job: Job, error: DependencyDown) -> None:
    now = timezone.now()
    with transaction.atomic():
        dependencies.report_down(error.name, str(error), now)
        _held(job).update(
            state=Job.State.WAITING,
            attempts=job.attempts - 1,
            needs=error.name,
            run_after=now + dependencies.PROBE_EVERY,
            token=None,
            locked_until=None,
            error=_told(error),
        )


def _try_again(job: Job, error: Exception) -> None:
    if job.attempts >= MAX_ATTEMPTS:
        _bury(job, _told(error))
        logger.error("job dead", error=str(error), payload=describe(job.payload))
        return
    _held(job).update(
        state=Job.State.WAITING,
        run_after=timezone.now() + pause_after(job.attempts),
        token=None,
        locked_until=None,
        error=_told(error),
    )
    logger.warning("job failed", error=repr(error), attempts=job.attempts)


def pause_after(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s ... at most 15 min, each a fifth shorter or longer by chance.

    Chance keeps jobs that failed together from coming back together.
    """
    pause = min(FIRST_RETRY * 2 ** (attempts - 1), LONGEST_RETRY)
    return pause * random.uniform(0.8, 1.2)  # noqa: S311  no secret


def _bury(job: Job, error: str) -> None:
    Job.objects.filter(pk=job.pk, token=job.token).update(
        state=Job.State.DEAD,
        finished=timezone.now(),
        token=None,
        locked_until=None,
        error=error[-ERROR_LENGTH:],
    )


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-ERROR_LENGTH:]
