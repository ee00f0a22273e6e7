"""The embedded cache: shared by processes, exact counters, no failure that a reader would see."""

import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache

from content.caching import CacheAwayError
from content.jobs.errors import DependencyDown
from hub import outages
from hub.settings import databases
from tests.tools import ROOT

COUNT = """
import sys
from django.core.cache import cache
for _ in range(500):
    cache.incr("counter")
    cache.decr("counter", 2)
    won = cache.add(f"once-{_}", 1)
    cache.incr("wins", int(won))
"""


@pytest.fixture
def file(tmp_path, settings):
    settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
    return tmp_path / "cache.sqlite3"


@pytest.fixture
def no_pause(monkeypatch):
    """A failed cache is asked again at once."""
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)


def python(code, folder):
    variables = {"HUB_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "hub.settings.dev"}
    return subprocess.Popen(
        [sys.executable, "-c", f"import django; django.setup()\n{code}"],
        cwd=ROOT,
        env={**os.environ, "HUB_REDIS_URL": "", **variables},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_count_and_take_exactly(file):
    cache.set("counter", 0)
    cache.set("wins", 0)
    running = [python(COUNT, file.parent) for _ in range(2)]
    for process in running:
        assert process.wait() == 0, process.stderr.read()
    assert cache.get("counter") == -1000
    assert cache.get("wins") == 500


def test_threads_count_exactly(file):
    cache.set("counter", 0)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: cache.incr("counter"), range(400)))
    assert cache.get("counter") == 400


def test_what_another_process_deletes_is_gone(file):
    cache.set("page", "old")
    assert (
        python("from django.core.cache import cache; cache.delete('page')", file.parent).wait() == 0
    )
    assert cache.get("page") is None


def test_values_come_back_as_they_were(file):
    values = {"text": "ñ\x00", "none": None, "flag": True, "big": 2**80, "list": [1, {"a": b"b"}]}
    assert cache.set_many(values) == []
    found = cache.get_many([*values, "missing"])
    assert found == values
    assert found["flag"] is True
    assert cache.get("none", "default") is None
    assert cache.has_key("none")


def test_time_runs_out(file):
    cache.set("short", 1, timeout=0.01)
    cache.set("long", 1, timeout=None)
    time.sleep(0.02)
    assert cache.get("short") is None
    assert not cache.has_key("short")
    assert cache.get("long") == 1
    assert cache.add("short", 2)
    assert not cache.add("short", 3)
    assert cache.touch("short", 0)
    assert cache.get("short") is None
    with pytest.raises(ValueError, match="short"):
        cache.incr("short")


def test_it_stays_small_and_drops_what_was_stored_first(tmp_path, settings):
    config = databases.embedded_cache(tmp_path)
    settings.CACHES = {"default": {**config, "OPTIONS": {"MAX_ENTRIES": 500}}}
    cache.set("first", 1, timeout=None)
    for number in range(1000):
        cache.set(f"key-{number}", number)
    kept = [n for n in range(1000) if cache.get(f"key-{n}") is not None]
    assert 300 <= len(kept) <= 600
    assert kept[-1] == 999
    assert cache.get("first") is None


def test_a_write_costs_no_more_in_a_full_cache(file):
    value = os.urandom(2000)

    def seconds(first):
        started = time.perf_counter()
        for number in range(first, first + 500):
            cache.set(f"key-{number}", value)
        return time.perf_counter() - started

    small = min(seconds(0), seconds(500))
    for number in range(1000, 10_000):
        cache.set(f"key-{number}", value)
    assert min(seconds(10_000), seconds(10_500)) < 5 * small


class TestTrouble:
    def test_a_missing_file_and_folder_are_made(self, tmp_path, settings):
        settings.CACHES = {"default": databases.embedded_cache(tmp_path / "not" / "there")}
        cache.set("a", 1)
        assert cache.get("a") == 1

    def test_only_the_owner_reads_it(self, file):
        cache.set("a", 1)
        assert {p.stat().st_mode & 0o077 for p in file.parent.glob("cache.sqlite3*")} == {0}

    def test_a_deleted_file_is_made_anew(self, file):
        cache.set("a", 1)
        for part in file.parent.glob("cache.sqlite3*"):
            part.unlink()
        assert cache.get("a") is None
        cache.set("a", 2)
        assert cache.strict.get("a") == 2

    @pytest.mark.parametrize("damage", [b"no database at all" * 400, b"", b"SQLite format 3\x00"])
    def test_a_damaged_file_is_made_anew(self, file, damage):
        cache.set("a", 1)
        file.write_bytes(damage)
        cache.get("a")
        cache.set("b", 2)
        assert cache.strict.get("b") == 2

    def test_a_file_damaged_in_between_is_no_error(self, file):
        for number in range(300):
            cache.set(f"key-{number}", "x" * 1000)
        with file.open("r+b") as opened:
            for offset in range(4096, file.stat().st_size, 4096):
                opened.seek(offset)
                opened.write(os.urandom(2000))
        for number in range(300):
            assert cache.get(f"key-{number}") in ("x" * 1000, None)
            cache.set(f"key-{number}", number)
        assert cache.strict.get("key-299") == 299

    def test_a_locked_file_is_read_and_writes_are_dropped_quickly(self, file):
        cache.set("a", 1)
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        assert cache.get("a") == 1
        started = time.perf_counter()
        cache.set("a", 2)
        for number in range(50):
            cache.set(f"key-{number}", 1)
            cache.get("a")
        assert time.perf_counter() - started < 1
        with pytest.raises(CacheAwayError):
            cache.incr("a")
        with pytest.raises(DependencyDown):
            cache.strict.set("a", 3)
        other.close()

    def test_no_old_value_comes_back_after_a_lock(self, file, no_pause):
        cache.set("a", "old")
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        cache.delete("a")
        other.close()
        assert cache.get("a") is None

    def test_a_folder_in_its_place_is_no_error(self, tmp_path, settings):
        settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
        (tmp_path / "cache.sqlite3").mkdir()
        cache.set("a", 1)
        assert cache.get("a") is None
        with pytest.raises(DependencyDown):
            cache.strict.get("a")

    def test_a_value_of_a_class_that_is_gone_is_a_miss(self, file):
        cache.set("a", 1)
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("UPDATE entries SET value = ?", [b"cgone.module\nClass\n."])
        connection.close()
        assert cache.get("a", "default") == "default"

    def test_a_forked_process_opens_the_file_for_itself(self, file):
        cache.set("a", 1)
        pid = os.fork()
        if pid == 0:
            cache.incr("a")
            os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        assert cache.incr("a") == 3
