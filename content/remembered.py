"""Small tables that every page reads: kept in the cache, fetched from it once in a request.

Without this, each card of a list would read and decode the whole directory of partners again. A table
is kept with the version that its tag had before it was read (``content.pagecache.store``), so that none
is taken from the cache after the purge of that tag.
"""

from collections.abc import Callable, Iterable
from typing import Any

from asgiref.local import Local
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import transaction
from django.dispatch import receiver

from content.pagecache import store, tags
from content.pagecache.purge import purge

SECONDS = 300

_request = Local()
_asked: set[str] = set()


@receiver(request_started)
def _begin(**kwargs: Any) -> None:
    _request.values = {}


@receiver(request_finished)
def _end(**kwargs: Any) -> None:
    _request.values = None


def remembered(key: str, build: Callable[[], Any]) -> Any:
    """Return what ``build`` made, at most five minutes old unless ``forget`` was called.

    The value is shared within a request: whoever reads it must not change it. Outside of requests
    nothing is held. ``build`` must not return None.
    """
    tags.touch(tags.table(key))
    held: dict[str, Any] | None = getattr(_request, "values", None)
    _asked.add(key)
    if held is None:
        held = _read([key])
    elif key not in held:
        # A page that reads one of the tables will read the others too: one round trip.
        held.update(_read(_asked - held.keys()))
    if key not in held:
        version = store.version_of(tags.table(key))
        with tags.unnoticed():
            held[key] = build()
        cache.set(key, (version, held[key]), SECONDS)
    return held[key]


def _read(keys: Iterable[str]) -> dict[str, Any]:
    """Tables whose tag has the version that they were kept with."""
    versions = {key: store.tag_name(tags.table(key)) for key in keys}
    answer = cache.get_many([*versions, *versions.values()])
    kept = {key: answer[key] for key in versions if key in answer}
    return {
        key: value
        for key, (version, value) in kept.items()
        if version is not None and version == answer.get(versions[key])
    }


def forget(key: str) -> None:
    """The rows of a table have changed: with this transaction it is out of date."""
    purge([tags.table(key)])
    transaction.on_commit(lambda: _drop(key))


def _drop(key: str) -> None:
    held = getattr(_request, "values", None)
    if held is not None:
        held.pop(key, None)
