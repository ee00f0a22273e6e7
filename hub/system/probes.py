"""Questions to servers and disks, asked in threads: whatever hangs costs the deadline and no more."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from redis import Redis

from content.caching import strict

DEADLINE_SECONDS = 2.0
# An answer that is still missing then will not come; the next caller asks anew.
GIVE_UP_SECONDS = 10.0
BROKER_SECONDS = 1.0
CACHE_KEEP_SECONDS = 60

Details = dict[str, Any]


@dataclass
class Attempt:
    """One question on its way."""

    started: float = field(default_factory=time.monotonic)
    done: threading.Event = field(default_factory=threading.Event)
    details: Details = field(default_factory=dict)
    error: str = ""

    def run(self, ask: Callable[[], Details]) -> None:
        try:
            self.details = ask()
        except Exception as error:  # noqa: BLE001  any failure is the answer, and is shown
            self.error = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        finally:
            self.done.set()

    def wait(self, until: float) -> "Attempt":
        """Wait for the answer, at most until then (monotonic time)."""
        if not self.done.wait(max(0.0, until - time.monotonic())):
            self.error = self.error or "no answer in time"
        return self


class Probe:
    """A question that is asked once at a time, by however many callers."""

    def __init__(self, ask: Callable[[], Details]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._latest: Attempt | None = None

    def start(self) -> Attempt:
        """Ask, or join the question that somebody has just asked."""
        with self._lock:
            latest = self._latest
            is_old = latest is None or time.monotonic() - latest.started > GIVE_UP_SECONDS
            if latest is None or latest.done.is_set() or is_old:
                latest = self._latest = Attempt()
                threading.Thread(target=latest.run, args=(self._ask,), daemon=True).start()
            return latest


def ask_database() -> Details:
    """By a connection of its own: one that is open already could hang."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()
    return {}


def ask_cache() -> Details:
    """Write and read back."""
    if settings.CACHES["default"]["BACKEND"].endswith("DummyCache"):
        return {}
    key, value = f"health:{os.getpid()}", time.time_ns()
    store = strict()
    store.set(key, value, CACHE_KEEP_SECONDS)
    if store.get(key) != value:
        raise RuntimeError("what was written is not read back")
    return {}


def ask_broker() -> Details:
    with Redis.from_url(
        redis_url(settings.HUB_BROKER_URL),
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
    ) as client:
        client.ping()
    return {}


def redis_url(address: str) -> str:
    """Celery's spelling of a unix socket as redis-py knows it."""
    parts = urlsplit(address)
    if parts.scheme != "redis+socket":
        return address
    database = parts.query.removeprefix("virtual_host=") or "0"
    return f"unix://{parts.path}?db={database}"


def ask_disk() -> Details:
    """Free space where the database file and the uploads lie: the smaller one."""
    folders = {Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)}
    usages = [shutil.disk_usage(folder) for folder in folders if folder.is_dir()]
    least = min(usages, key=lambda usage: usage.free)
    return {"free": least.free, "total": least.total}


DATABASE = Probe(ask_database)
CACHE = Probe(ask_cache)
BROKER = Probe(ask_broker)
DISK = Probe(ask_disk)
