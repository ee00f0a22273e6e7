"""Telling the page cache what has changed.

A job, written in the transaction of the change, is the guarantee: it is repeated until the cache has
answered. Besides, the process that commits purges at once, so that nobody waits for a worker.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from content.caching import strict
from content.jobs.services import enqueue
from content.pagecache import front, store, tags

KIND = "content.purge"
# Whoever changes more than this purges everything: comparing would cost more than making pages anew.
MOST_TAGS = 500


class AtOnce:
    """Commit hook that purges; one for a transaction, which collects."""

    def __init__(self) -> None:
        self.tags: set[str] = set()
        self.fired = False

    def __call__(self) -> None:
        self.fired = True
        store.forget(self.tags)


class _Batch:
    def __init__(self) -> None:
        self.tags: set[str] = set()
        self.paths: set[str] = set()


_batch: ContextVar[_Batch | None] = ContextVar("page_cache_batch", default=None)


@contextmanager
def together() -> Iterator[None]:
    """One job for all purges inside, which belong to one transaction."""
    if _batch.get() is not None:
        yield
        return
    batch = _Batch()
    token = _batch.set(batch)
    try:
        yield
    finally:
        _batch.reset(token)
    if batch.tags:
        purge(batch.tags, batch.paths)


def purge(changed: Iterable[str], paths: Iterable[str] = ()) -> None:
    """Let no page hold that shows what these tags stand for.

    Args:
        paths: where the changed pages stand and stood, for caches in front of the hub.
    """
    wanted, places = set(changed), set(paths)
    if (batch := _batch.get()) is not None:
        batch.tags |= wanted
        batch.paths |= places
        return
    if len(wanted) > MOST_TAGS:
        wanted, places = {tags.FRAME}, set()
    enqueue(KIND, _payload(wanted, places))
    _at_once(wanted)


def purge_at(moment: datetime, changed: Iterable[str], *, once: str) -> None:
    """Purge when a moment has come at which pages change by themselves."""
    enqueue(KIND, _payload(set(changed), set()), run_after=moment, once=once)


def carry_out(changed: Iterable[str], paths: Iterable[str]) -> None:
    """The job: the hub's own cache first, else one in front would fetch the old page again.

    Raises:
        DependencyDown: the cache does not answer.
    """
    wanted = set(changed)
    store.forget(wanted, strict())
    if front.is_configured():
        for part in front.addresses(wanted, paths):
            enqueue(front.KIND, {"paths": part})


def _payload(wanted: set[str], places: set[str]) -> dict[str, Any]:
    payload: dict[str, Any] = {"changed": sorted(wanted)}
    if places and front.is_configured():
        payload["paths"] = sorted(places)
    return payload


def _at_once(wanted: set[str]) -> None:
    for entry in connection.run_on_commit:
        hook = entry[1]
        if isinstance(hook, AtOnce) and not hook.fired:
            hook.tags |= wanted
            return
    at_once = AtOnce()
    at_once.tags |= wanted
    transaction.on_commit(at_once, robust=True)
