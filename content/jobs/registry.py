"""Handlers of jobs by kind, and the clock that some of them follow.

Apps register in their ``tasks.py``; nobody imports a runner. A handler takes the job's payload as
keyword arguments (ids, never state), reads the state anew and may be called twice with the same
arguments: at most the last call's effects count.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

PUBLISH, BULK = "publish", "bulk"
QUEUES = (PUBLISH, BULK)
# Short, so that the work of a killed runner is taken over within seconds.
LEASE = timedelta(seconds=10)


@dataclass(frozen=True)
class Handler:
    """How jobs of one kind are run."""

    kind: str
    call: Callable[..., None]
    queue: str = PUBLISH
    atomic: bool = True
    needs: str = ""
    lease: timedelta = LEASE


@dataclass(frozen=True)
class Every:
    """A time slot of fixed length, counted from the epoch."""

    length: timedelta

    def slot(self, now: datetime) -> datetime:
        """Start of the slot that ``now`` lies in."""
        seconds = int(self.length.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=now.tzinfo)


@dataclass(frozen=True)
class Daily:
    """A time of day in the hub's time zone. After a pause the latest one is made up for."""

    at: time

    def slot(self, now: datetime) -> datetime:
        """The latest moment of that time of day that is not after ``now``.

        On the day the clocks skip the hour, Python's ``zoneinfo`` reads the time with the offset
        before the change, so it still happens once.
        """
        zone = timezone.get_default_timezone()
        local = now.astimezone(zone)
        today = datetime.combine(local.date(), self.at, tzinfo=zone)
        if today <= now:
            return today
        return datetime.combine(local.date() - timedelta(days=1), self.at, tzinfo=zone)


Clock = Every | Daily
Function = TypeVar("Function", bound=Callable[..., None])
_handlers: dict[str, Handler] = {}
_clocks: dict[str, Clock] = {}


def handler(
    kind: str,
    *,
    queue: str = PUBLISH,
    atomic: bool = True,
    needs: str = "",
    lease: timedelta = LEASE,
    clock: Clock | None = None,
) -> Callable[[Function], Function]:
    """Register a function as the handler of ``kind`` (written ``app.function``).

    Args:
        queue: ``publish`` for what readers wait for, ``bulk`` for the rest.
        atomic: the handler's writes and the job's end are one transaction. False for handlers that
            talk to other servers or to files: no transaction stays open meanwhile, and a runner that
            dies before the end makes the handler run again.
        needs: the server without which it cannot work; see ``DependencyDown``.
        lease: after this time another runner takes the job over.
        clock: run by itself in each slot of this clock, without arguments.

    Raises:
        ImproperlyConfigured: the kind is taken or the queue unknown.
    """

    def register(function: Function) -> Function:
        known = _handlers.get(kind)
        if known is not None and known.call is not function:
            raise ImproperlyConfigured(f"Two handlers of jobs are named “{kind}”.")
        if queue not in QUEUES:
            raise ImproperlyConfigured(f"Job “{kind}”: there is no queue “{queue}”.")
        _handlers[kind] = Handler(kind, function, queue, atomic, needs, lease)
        if clock is not None:
            _clocks[kind] = clock
        return function

    return register


def get(kind: str) -> Handler:
    """Return the handler of a kind.

    Raises:
        LookupError: nobody handles this kind.
    """
    try:
        return _handlers[kind]
    except KeyError:
        raise LookupError(f"No app handles jobs of the kind “{kind}”.") from None


def kinds() -> list[str]:
    """All kinds of jobs that can be run."""
    return sorted(_handlers)


def timed(now: datetime) -> Iterator[tuple[str, datetime]]:
    """Kinds that follow a clock, each with its latest slot."""
    for kind, clock in _clocks.items():
        yield kind, clock.slot(now)


def timed_every(clock: type[Clock]) -> list[str]:
    """Kinds that follow a clock of one type."""
    return [kind for kind, followed in _clocks.items() if isinstance(followed, clock)]


def describe(payload: dict[str, Any]) -> str:
    """A payload as one short line, for logs and lists."""
    return ", ".join(f"{name}={value}" for name, value in payload.items())[:200]
