"""Caches of the hub: a SQLite file for one machine, Redis for several.

Neither fails a request: while the cache is away, reads find nothing and writes are dropped. Their
``strict`` twin raises ``DependencyDown("cache")`` instead; jobs reach it by ``content.caching.strict``.
"""

import functools
import math
import pickle
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache, RedisSerializer
from redis import RedisError

from content.caching import SERVER, CacheAwayError, order_clearing
from content.jobs.errors import DependencyDown
from hub.cachefile import CacheFile
from hub.outages import Breaker

COUNT_EVERY = 100
UNREADABLE = object()
OPERATIONS = (
    "add", "get", "set", "touch", "delete", "get_many", "has_key", "incr", "set_many",
    "delete_many", "clear",
)  # fmt: skip

_breakers: dict[str, Breaker] = {}


def raising_when_away(cache_class: type[BaseCache]) -> type[BaseCache]:
    """Make the operations of a cache raise ``DependencyDown`` where its library raises its own."""

    def wrapped(operation: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(operation)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return operation(*args, **kwargs)
            except (RedisError, sqlite3.Error, OSError) as error:
                raise DependencyDown(SERVER, repr(error)) from error

        return call

    for name in OPERATIONS:
        setattr(cache_class, name, wrapped(getattr(cache_class, name)))
    return cache_class


def unpacked(data: bytes) -> Any:
    """A value as it was stored; ``UNREADABLE``, a miss, for one that this code cannot read."""
    try:
        return pickle.loads(data)  # noqa: S301  the hub's own cache
    except Exception:  # noqa: BLE001  classes come and go with upgrades, bytes get damaged
        return UNREADABLE


class Serializer(RedisSerializer):
    """Integers as they are, so that Redis can count; unreadable values as misses."""

    def loads(self, data: Any) -> Any:
        try:
            return int(data)
        except ValueError:
            return unpacked(data)


@raising_when_away
class StrictSharedCache(RedisCache):
    """Redis."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        options = {"serializer": Serializer, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        value = super().get(key, default, version)
        return default if value is UNREADABLE else value

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        found = super().get_many(keys, version) if keys else {}
        return {key: value for key, value in found.items() if value is not UNREADABLE}


@raising_when_away
class StrictEmbeddedCache(BaseCache):
    """A SQLite file. Each operation is one statement, so counters and ``add`` are atomic."""

    def __init__(self, path: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._file = CacheFile(Path(path))
        self._sets = 0

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self.get_many([key], version).get(key, default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        names = {self.make_and_validate_key(key, version): key for key in keys}
        marks = ",".join("?" * len(names))
        _changed, rows = self._file.run(
            f"SELECT key, value FROM entries WHERE key IN ({marks}) AND expires > ?",  # noqa: S608
            [*names, time.time()],
        )
        found = {names[name]: self._loaded(value) for name, value in rows}
        return {key: value for key, value in found.items() if value is not UNREADABLE}

    def has_key(self, key: str, version: int | None = None) -> bool:
        return key in self.get_many([key], version)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._file.run(
            "INSERT INTO entries (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) "
            "DO UPDATE SET value = excluded.value, expires = excluded.expires",
            self._row(key, value, timeout, version),
        )
        self._keep_small()

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        changed, _rows = self._file.run(
            "INSERT INTO entries (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) "
            "DO UPDATE SET value = excluded.value, expires = excluded.expires "
            "WHERE entries.expires <= ?",
            [*self._row(key, value, timeout, version), time.time()],
        )
        self._keep_small()
        return changed > 0

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        _changed, rows = self._file.run(
            "UPDATE entries SET value = value + ? WHERE key = ? AND expires > ? "
            "AND typeof(value) = 'integer' RETURNING value",
            [delta, self.make_and_validate_key(key, version), time.time()],
        )
        if not rows:
            raise ValueError(f"“{key}” is no counter in the cache.")
        return int(rows[0][0])

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        changed, _rows = self._file.run(
            "UPDATE entries SET expires = ? WHERE key = ? AND expires > ?",
            [self._expires(timeout), self.make_and_validate_key(key, version), time.time()],
        )
        return changed > 0

    def delete(self, key: str, version: int | None = None) -> bool:
        changed, _rows = self._file.run(
            "DELETE FROM entries WHERE key = ?", [self.make_and_validate_key(key, version)]
        )
        return changed > 0

    def clear(self) -> None:
        self._file.run("DELETE FROM entries")

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        is_counter = type(value) is int and abs(value) < 2**62
        packed = value if is_counter else pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        return [self.make_and_validate_key(key, version), packed, self._expires(timeout)]

    def _loaded(self, value: Any) -> Any:
        return unpacked(value) if isinstance(value, bytes) else value

    def _expires(self, timeout: Any) -> float:
        moment = self.get_backend_timeout(timeout)
        return math.inf if moment is None else float(moment)

    def _keep_small(self) -> None:
        """Drop what has expired, then what was stored first.

        Counting costs more than a write: now and then is enough.
        """
        self._sets += 1
        if self._sets % COUNT_EVERY:
            return
        if self._file.run("SELECT COUNT(*) FROM entries")[1][0][0] <= self._max_entries:
            return
        self._file.run("DELETE FROM entries WHERE expires <= ?", [time.time()])
        _changed, rows = self._file.run("SELECT COUNT(*) FROM entries")
        if (number := rows[0][0]) > self._max_entries:
            kept = self._max_entries * 2 // 3
            self._file.run(
                "DELETE FROM entries WHERE id IN (SELECT id FROM entries ORDER BY id LIMIT ?)",
                [number - kept],
            )


class TolerantCache(BaseCache):
    """Hides the failures of a strict cache: reads find nothing, writes are dropped."""

    strict_class: Callable[[Any, dict[str, Any]], BaseCache]

    def __init__(self, place: Any, params: dict[str, Any]) -> None:
        super().__init__(params)
        # The same cache, raising ``DependencyDown`` when it does not answer.
        self.strict = self.strict_class(place, params)
        if str(place) not in _breakers:
            _breakers[str(place)] = Breaker(self.strict.clear, order_clearing)
        self._ask = _breakers[str(place)].call

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._ask(lambda: self.strict.get(key, default, version), default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        return self._ask(lambda: self.strict.get_many(keys, version), {})

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._ask(lambda: self.strict.has_key(key, version), otherwise=False)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        """Whether the key was free; also while the cache is away: nobody has taken it then."""
        return self._ask(lambda: self.strict.add(key, value, timeout, version), otherwise=True)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Count.

        Raises:
            CacheAwayError: the cache is away.
            ValueError: there is no such counter.
        """
        counted = self._ask(lambda: self.strict.incr(key, delta, version), None)
        if counted is None:
            raise CacheAwayError(key)
        return counted

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._ask(lambda: self.strict.touch(key, timeout, version), otherwise=False)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._ask(lambda: self.strict.set(key, value, timeout, version), None, leaves_old=True)

    def set_many(
        self, data: dict[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        """Store several values; return the keys of those that were not."""
        return self._ask(
            lambda: self.strict.set_many(data, timeout, version), list(data), leaves_old=True
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._ask(lambda: self.strict.delete(key, version), otherwise=False, leaves_old=True)

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        self._ask(lambda: self.strict.delete_many(keys, version), None, leaves_old=True)

    def clear(self) -> None:
        self._ask(self.strict.clear, None, leaves_old=True)


class SharedCache(TolerantCache):
    """Shared by all machines: Redis."""

    strict_class = StrictSharedCache


class EmbeddedCache(TolerantCache):
    """Shared by all processes of one machine: a SQLite file."""

    strict_class = StrictEmbeddedCache
