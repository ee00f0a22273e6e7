"""Databases and caches: SQLite files by default, PostgreSQL and Redis by their addresses."""

from pathlib import Path
from typing import Any

import dj_database_url
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

CONNECT_SECONDS = 2
REDIS_SECONDS = 0.2
CACHE_ENTRIES = 20_000


def default(url: str, data_dir: Path) -> dict[str, Any]:
    """Where the content lives."""
    return _postgresql(url) if url else _sqlite(data_dir / "hub.sqlite3")


def _postgresql(url: str) -> dict[str, Any]:
    """Host and port may stand in the query, as libpq writes unix sockets: ``?host=/run/postgresql``."""
    database: dict[str, Any] = {
        **dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    }
    options = database.setdefault("OPTIONS", {})
    for name in ("host", "port"):
        if value := options.pop(name, ""):
            database[name.upper()] = value
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    return database


def _sqlite(path: Path) -> dict[str, Any]:
    """WAL and IMMEDIATE: with Django's defaults 35 of 45 concurrent writes fail as "locked".

    ``synchronous=FULL``: NORMAL loses acknowledged commits when the power fails.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,  # opening one and its PRAGMAs cost more than a usual query
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; "
                "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000;"
            ),
        },
    }


def embedded_cache(data_dir: Path) -> dict[str, Any]:
    """A SQLite file of its own, which makes itself and may be deleted at any time."""
    return {
        "BACKEND": "hub.caches.EmbeddedCache",
        "LOCATION": str(data_dir / "cache.sqlite3"),
        "OPTIONS": {"MAX_ENTRIES": CACHE_ENTRIES},
    }


def redis_cache(url: str) -> dict[str, Any]:
    """The shared cache. A server that hangs may cost a reader a fifth of a second.

    A connection that died since its last use is opened anew once; a time-out is not tried again.
    """
    return {
        "BACKEND": "hub.caches.SharedCache",
        "LOCATION": url,
        "KEY_PREFIX": "hub",
        "OPTIONS": {
            "socket_timeout": REDIS_SECONDS,
            "socket_connect_timeout": REDIS_SECONDS,
            "retry": Retry(NoBackoff(), 1, supported_errors=(ConnectionError,)),
            "driver_info": None,  # saves two round trips for each connection
        },
    }
