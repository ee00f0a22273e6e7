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


@receiver(request_started)
def _begin(**kwargs: Any) -> None:
    _request.values = {}


@receiver(request_finished)
def _end(**kwargs: Any) -> None:
    _request.values = None


def remembered(key: str, build: Callable[[], Any]) -> Any:
    """Return what ``build`` made, at most five minutes old unless ``forget`` was called.

    The value is shared within a request: whoever reads it must not change it. Outside of requests
    nothing is held.
    """
    held = getattr(_request, "values", None)
    if held is not None and key in held:
        return held[key]
    value = cache.get(key)
    if value is None:
        value = build()
        cache.set(key, value, SECONDS)
    if held is not None:
        held[key] = value
    return value


def forget(key: str) -> None:
    """Drop a table whose rows have changed."""
    cache.delete(key)
    held = getattr(_request, "values", None)
    if held is not None:
        held.pop(key, None)
