"""An import that is killed again and again ends as one that was left in peace."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from bench import documents
from tests.stack import ADMIN, Stack
from tests.tools import ROOT, corpus_folder

pytestmark = pytest.mark.slow

CORPUS_LANGUAGES = "en,ar,bn,es,fr,hi,ht,ja,km,ko,nv,pt,ru,tl,vi,ypk,zh-Hans,zh-Hant"
FIXTURES = ROOT / "tests" / "exchange" / "fixtures"
MADE_UP = 48


class Import:
    """``import_content`` into a data folder of its own."""

    def __init__(self, stack, folder, source):
        self.environment = {**stack.environment, "HUB_DATA_DIR": str(folder)}
        self.folder, self.source = folder, source
        shutil.copytree(stack.folder / "data", folder)

    def begin(self):
        command = [
            *("manage.py", "import_content", str(self.source), "--publish"),
            *("--approved-by", ADMIN, "--reason", "Chaos test"),
        ]
        log = (self.folder / "import.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def manage(self, *command):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, env=self.environment, text=True,
            capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-3000:]

    def items(self):
        """How many documents and sections have come in."""
        with closing(sqlite3.connect(self.folder / "hub.sqlite3", timeout=20)) as database:
            query = "SELECT count(DISTINCT external_id) FROM exchange_importitem"
            return database.execute(query).fetchone()[0]

    def finish(self):
        """Let a run come to its end; returns seconds before the first and after the last document."""
        began, running, seen, moments = time.monotonic(), self.begin(), self.items(), []
        while running.poll() is None:
            if (items := self.items()) > seen:
                moments.append(time.monotonic())
                seen = items
            time.sleep(0.05)
        log = (self.folder / "import.log").read_text()
        assert running.returncode == 0, log[-3000:]
        ended = time.monotonic()
        self.manage("manage", "worker", "--drain")
        return moments[0] - began if moments else 0, ended - moments[-1] if moments else 0

    def kill_at(self, items, seconds_later):
        """Start, and kill when so many documents are in; returns how many, None if it had ended."""
        running = self.begin()
        while running.poll() is None and self.items() < items:
            time.sleep(0.01)
        time.sleep(seconds_later)
        was_running = running.poll() is None
        running.send_signal(signal.SIGKILL)
        running.wait()
        return self.items() if was_running else None

    def look(self):
        target = self.folder / "digests.json"
        self.manage("tests.chaos.digests", str(target))
        return json.loads(target.read_text())


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def differences(one, other):
    """The first rows that differ, by table."""
    found = {}
    for name in one:
        if digest(one[name]) == digest(other[name]):
            continue
        if isinstance(one[name], dict):
            keys = sorted(one[name].keys() | other[name].keys())
            pairs = [(k, one[name].get(k), other[name].get(k)) for k in keys]
        else:
            pairs = [("row", row, None) for row in one[name] if row not in other[name]]
            pairs += [("row", None, row) for row in other[name] if row not in one[name]]
        found[name] = [pair for pair in pairs if pair[1] != pair[2]][:3]
    return found


@pytest.fixture
def source(tmp_path, full):
    """The corpus, or in the short form the documents of the import's own tests and made-up ones."""
    if full:
        return corpus_folder()
    folder = tmp_path / "documents"
    shutil.copytree(FIXTURES, folder)
    documents.write(folder, MADE_UP)
    return folder


def test_a_killed_import_ends_like_any_other(tmp_path, source, full, random):
    kills = int(os.environ.get("CHAOS_IMPORT_KILLS") or (20 if full else 3))
    languages = {"HUB_LANGUAGES": CORPUS_LANGUAGES} if full else {}
    with Stack(
        tmp_path / "hub", database="sqlite", redis=False, run=(), variables=languages
    ) as stack:
        stack.manage("setup_hub", "--admin", ADMIN, "--email", "chaos@example.org")
        whole = Import(stack, tmp_path / "whole", source)
        before_first, after_last = whole.finish()
        total = whole.items()
        killed = Import(stack, tmp_path / "killed", source)
        # Most while documents come in; a few when lists and indexes are written.
        late = max(1, kills // 5)
        points = sorted(random.randrange(total) for _ in range(kills - late)) + [total] * late
        hits = []
        while len(hits) < kills:
            point = points[len(hits)]
            pause = random.uniform(0, 0.1)
            if point == total:  # all are in before the second of these starts
                start = before_first if killed.items() == total else 0
                pause = random.uniform(0, start + after_last)
            if (items := killed.kill_at(point, pause)) is not None:
                hits.append(items)
        killed.finish()
        expected, found = whole.look(), killed.look()
        print(f"{total} items, kills at {hits}, {after_last:.1f} s after the last")  # noqa: T201
        assert differences(expected, found) == {}
        assert {name: digest(rows) for name, rows in found.items()} == {
            name: digest(rows) for name, rows in expected.items()
        }
        assert found["tree"] == [[], [], [], [], []]
