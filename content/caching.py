"""The cache for those who must know whether it answered, and its emptying after an outage.

``django.core.cache.cache`` never fails: while the cache is away reads find nothing, writes are
dropped and only ``incr`` says so, since it must answer with a number. Jobs that must not lose a
deletion use ``strict()`` instead.
"""

import structlog
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.db import transaction

CLEAR = "content.clear_cache"
SERVER = "cache"

logger = structlog.get_logger("content.caching")


class CacheAwayError(ValueError):
    """Nothing can be counted: the cache does not answer."""


def strict() -> BaseCache:
    """The cache, raising ``DependencyDown("cache")`` when it does not answer.

    It really asks, also shortly after a failure, and waits a fraction of a second for the answer.
    """
    return getattr(cache, "strict", None) or cache


def order_clearing() -> None:
    """Ask for a job that empties the cache once it answers. One that still waits is enough.

    Called when a write to the cache got lost, in the middle of whatever the caller does: it never
    raises and, inside a transaction, undoes nothing but itself.
    """
    from content.jobs.registry import PUBLISH
    from content.jobs.services import enqueue
    from content.models import Job

    try:
        with transaction.atomic():
            waiting = Job.objects.filter(queue=PUBLISH, state=Job.State.WAITING, kind=CLEAR)
            if not waiting.exists():
                enqueue(CLEAR)
    except Exception as error:  # noqa: BLE001  the cache's failure must not become the caller's
        logger.warning("clearing of the cache could not be ordered", error=repr(error))
