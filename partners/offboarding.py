"""What somebody leaves behind. Apps above register what a person looks after, and take it over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.dispatch import Signal

# Sent with ``user`` and ``partner`` (None: the whole hub) in the transaction in which somebody's last
# membership there, or the account, ends.
person_left = Signal()


@dataclass(frozen=True)
class Holding:
    """One thing that a person looks after, as a link in the admin."""

    title: str
    url: str


Source = Callable[[Any, Any], Iterable[Holding]]
_sources: dict[str, Source] = {}


def register_holdings(name: str, source: Source) -> None:
    """Register ``source(user, partner)`` -> what the person looks after; partner None: anywhere."""
    _sources[name] = source


def holdings_of(user: Any, partner: Any = None) -> list[Holding]:
    """What a person looks after for a partner, or anywhere, of all registered sources."""
    return [holding for source in _sources.values() for holding in source(user, partner)]
