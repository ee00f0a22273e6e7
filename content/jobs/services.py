"""Writing jobs: in the transaction of the change that asks for them, so that none is ever missing."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from content.jobs import registry
from content.models import Job

Waker = Callable[[int, str], None]
_waker: Waker | None = None


def set_waker(waker: Waker | None) -> None:
    """Name who is told, after the commit, that a job waits: ``waker(job_id, queue)``.

    Without one the runner finds it by looking. The waker must not raise and must not wait.
    """
    global _waker
    _waker = waker


class Wake:
    """Commit hook of a job. Its presence among the hooks shows that this transaction wrote the job.

    Django drops the hook when a savepoint is rolled back, and the row goes with it.
    """

    def __init__(self, mark: str, job_id: int, queue: str, is_due: bool) -> None:
        self.mark, self.job_id, self.queue, self.is_due = mark, job_id, queue, is_due
        self.fired = False

    def __call__(self) -> None:
        self.fired = True
        if _waker is not None and self.is_due:
            _waker(self.job_id, self.queue)


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    run_after: datetime | None = None,
    once: str | None = None,
    batch: str = "",
    queue: str = "",
    requested_by: Any = None,
) -> int:
    """Write a job into the transaction of the caller and return its id.

    The same kind and payload twice in one transaction is one job. Older waiting jobs are no reason to
    leave it out: a runner may have claimed one of them and read the state before this change.

    Args:
        kind: of a registered handler.
        payload: JSON, given to the handler as keyword arguments.
        run_after: not before this moment.
        once: a name under which a job is written only once, ever (as long as its row is kept).
        batch: name of a larger work that this is a part of; progress is a count of its rows.
        queue: another queue than the handler's own.

    Raises:
        LookupError: nobody handles this kind.
        TypeError: the payload is no JSON.
    """
    handler = registry.get(kind)
    values = payload or {}
    key = job_key(kind, values)
    mark = f"{key} {run_after or ''} {once or ''}"
    for entry in connection.run_on_commit:
        hook = entry[1]
        if isinstance(hook, Wake) and hook.mark == mark and not hook.fired:
            return hook.job_id
    now = timezone.now()
    job = Job(
        kind=kind,
        payload=values,
        key=key,
        queue=queue or handler.queue,
        needs=handler.needs,
        run_after=run_after or now,
        once=once,
        batch=batch,
        requested_by=requested_by,
        request_id=current_request_id(),
        created=now,
    )
    # Both in one transaction: between the row and its wake-up nothing may come.
    with transaction.atomic(savepoint=False):
        if once is None:
            job.save(force_insert=True)
        else:
            Job.objects.bulk_create([job], ignore_conflicts=True)
            job = Job.objects.get(once=once)
        wake = Wake(mark, job.pk, job.queue, is_due=job.run_after <= now)
        transaction.on_commit(wake, robust=True)
    return job.pk


def job_key(kind: str, payload: dict[str, Any]) -> str:
    """SHA-256 of kind and payload, whatever the order of its names."""
    text = json.dumps([kind, payload], sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def current_request_id() -> str:
    """Id of the request or job that this code runs for; it goes on to the jobs that they cause."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]


def retry(job_ids: list[int]) -> int:
    """Give dead letters a new set of attempts; return how many."""
    now = timezone.now()
    with transaction.atomic():
        dead = list(Job.objects.select_for_update().filter(pk__in=job_ids, state=Job.State.DEAD))
        Job.objects.filter(pk__in=[job.pk for job in dead]).update(
            state=Job.State.WAITING, attempts=0, run_after=now, finished=None
        )
        for job in dead:
            wake = Wake(job.key, job.pk, job.queue, is_due=True)
            transaction.on_commit(wake, robust=True)
    return len(dead)


def discard(job_ids: list[int]) -> int:
    """Drop dead letters for good; return how many."""
    dropped, _by_model = Job.objects.filter(pk__in=job_ids, state=Job.State.DEAD).delete()
    return dropped
