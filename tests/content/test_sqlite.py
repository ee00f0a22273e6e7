"""SQLite under several processes: web workers and runners of jobs write at once."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import ROOT

WRITER = Path(__file__).with_name("sqlite_writer.py")
SHARES = {"first": 334, "second": 333, "third": 333}


@pytest.fixture
def start(tmp_path):
    variables = {"HUB_DATA_DIR": str(tmp_path), "DATABASE_URL": "", "HUB_REDIS_URL": ""}

    def start(*arguments):
        return subprocess.Popen(
            [sys.executable, str(WRITER), *arguments],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            text=True,
        )

    return start


@pytest.mark.slow
def test_three_processes_write_at_once_and_nothing_is_locked(start, tmp_path):
    assert start("prepare").wait() == 0
    running = [start("write", name, str(share)) for name, share in SHARES.items()]
    told = [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]
    assert told == [{"written": share, "errors": {}} for share in SHARES.values()]
    database = sqlite3.connect(tmp_path / "hub.sqlite3")
    (jobs,) = database.execute("SELECT COUNT(*) FROM content_job WHERE batch != ''").fetchone()
    (pages,) = database.execute("SELECT COUNT(*) FROM guides_guidepage").fetchone()
    (sound,) = database.execute("PRAGMA integrity_check").fetchone()
    assert (jobs + pages, sound) == (1000, "ok")
    database.close()
