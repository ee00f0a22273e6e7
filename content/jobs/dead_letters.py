"""What people decide about dead letters: another set of attempts, or none."""

from collections.abc import Callable

import structlog
from django.utils import timezone

from content.jobs import queries, services

RETRY, DISCARD = "retry", "discard"
ACTIONS: dict[str, Callable[[list[int]], int]] = {
    RETRY: services.retry,
    DISCARD: services.discard,
}
# So many at once keep a transaction short and stay below the number of parameters of a query.
BATCH = 500

logger = structlog.get_logger("content.jobs")


def settle(action: str, job_ids: list[int], *, by: str) -> int:
    """Retry or discard dead letters by their ids; the log tells who did it. Return how many."""
    settled = sum(
        ACTIONS[action](job_ids[start : start + BATCH]) for start in range(0, len(job_ids), BATCH)
    )
    logger.info("dead letters settled", action=action, by=by, jobs=job_ids[:50], settled=settled)
    return settled


def settle_all(action: str, kind: str = "", *, most: int | None = None, by: str) -> int:
    """Retry or discard all dead letters (of one kind), the oldest first; return how many.

    Jobs that die again meanwhile are left for another decision.
    """
    now = timezone.now()
    settled = 0
    while most is None or settled < most:
        size = BATCH if most is None else min(BATCH, most - settled)
        job_ids = queries.dead_ids(kind, now, size)
        if not job_ids:
            break
        settled += settle(action, job_ids, by=by)
    return settled
