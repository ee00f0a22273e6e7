"""Small tables that every page reads: kept in the cache, fetched from it once in a request.

Without this, each card of a list would read and decode the whole directory of partners again.
"""

from collections.abc import Callable
from typing import Any

from asgiref.local import Local
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.dispatch import receiver

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
    held: dict[str, Any] | None = getattr(_request, "values", None)
    _asked.add(key)
    if held is None:
        known = cache.get_many([key])
    elif key in held:
        known = held
    else:
        # A page that reads one of the tables will read the others too: one round trip.
        held.update(cache.get_many(_asked - held.keys()))
        known = held
    if key not in known:
        known[key] = build()
        cache.set(key, known[key], SECONDS)
    return known[key]


def forget(key: str) -> None:
    """Drop a table whose rows have changed."""
    cache.delete(key)
    held = getattr(_request, "values", None)
    if held is not None:
        held.pop(key, None)
