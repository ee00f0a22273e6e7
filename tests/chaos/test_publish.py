"""Nothing that was acknowledged is lost, whichever process dies, and the hub comes to rest sound.

Editors hand in through the admin's own forms and an approver votes, while processes get SIGKILL one
after the other. The answer to the vote counts as acknowledgement. ``chaos.json`` (CHAOS_REPORT=file)
keeps what was done and what was found.
"""

import json
import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import pytest

from tests.chaos.people import TROUBLE, Browser, Editor, Ledger, Reader, word
from tests.stack import PASSWORD, Stack
from tests.tools import ROOT

ADDRESSES = {"notice": "/en/harbour/{}/", "lesson": "/en/harbour/lessons/{}/"}
CONSISTENT_SECONDS = 60
EDITORS = ("anna", "bilal", "chen", "dora")
READERS = 4
LIGHT_PAUSE = (10.0, 20.0)


@dataclass(frozen=True)
class Size:
    """How long the storm lasts: until all three are reached."""

    acknowledged: int
    kills: int
    each_kind: int
    pause: tuple[float, float]
    longest_seconds: int


SHORT = Size(acknowledged=100, kills=14, each_kind=2, pause=(3.0, 4.5), longest_seconds=540)
WHOLE = Size(acknowledged=1000, kills=60, each_kind=5, pause=(3.5, 5.0), longest_seconds=3600)
SHORT_SMALL = Size(acknowledged=40, kills=6, each_kind=2, pause=(3.0, 4.5), longest_seconds=360)
WHOLE_SMALL = Size(acknowledged=200, kills=15, each_kind=5, pause=(3.5, 5.0), longest_seconds=1200)


class Storm:
    """One run: people at work, processes dying, then a look at everything."""

    def __init__(self, stack, size, seed):
        self.stack, self.size, self.seed = stack, size, seed
        self.random = Random(seed)  # noqa: S311  no secret
        self.started = time.time()
        self.ledger = Ledger(stack.folder / "ledger.jsonl")
        places = json.loads(stack.python("tests.chaos.prepare", PASSWORD).splitlines()[-1])
        self.editors = [
            Editor(stack, self.ledger, self._chance(), name, places) for name in EDITORS
        ]
        self.reader = Reader(stack, self.ledger, self._chance(), address)

    def _chance(self):
        return Random(self.random.random())  # noqa: S311  no secret

    def rage(self):
        """Kill in rounds: every kind once in each, in another order, until the size is reached."""
        people = [*self.editors, self.reader]
        for person in people:
            person.start()
        end = time.monotonic() + self.size.longest_seconds
        try:
            while not self._is_enough() and time.monotonic() < end:
                for kind in self.random.sample(self.stack.kinds, len(self.stack.kinds)):
                    self._aim(kind)
                    self.stack.kill(kind, self.random)
                    time.sleep(self.random.uniform(*self._pause()))
        finally:
            for person in people:
                person.stop()

    def _aim(self, kind):
        """Mostly wait for a moment that hurts: a form on its way, or jobs just written."""
        if self.random.random() < 0.7:
            during_request = kind in {"web", "web worker", "postgres"}
            self.ledger.wait_for("try" if during_request else "acknowledged", 2)
            time.sleep(self.random.uniform(0, 0.15))

    def _is_enough(self):
        return self.ledger.acknowledged >= self.size.acknowledged and self._were_enough_kills()

    def _were_enough_kills(self):
        kinds = Counter(kill["kind"] for kill in self.stack.kills)
        return (
            len(self.stack.kills) >= self.size.kills
            and min(kinds[kind] for kind in self.stack.kinds) >= self.size.each_kind
        )

    def _pause(self):
        """A slow machine comes back slowly: once enough has died, people get more time to work."""
        return LIGHT_PAUSE if self._were_enough_kills() else self.size.pause

    def settle(self):
        """Wait until readers see everything; returns seconds since the last process came up."""
        came_up = self.stack.wait_until_up()
        stale = dict.fromkeys(sorted(self.acknowledged()), "not asked yet")
        while stale and time.monotonic() < came_up + 3 * CONSISTENT_SECONDS:
            with ThreadPoolExecutor(READERS) as readers:
                seen = zip(stale, readers.map(self._seen_by_readers, stale), strict=True)
                stale = {slug: problem for slug, problem in seen if problem}
            if stale:
                time.sleep(0.5)
        return round(time.monotonic() - came_up, 1), stale

    def _seen_by_readers(self, slug):
        """What is wrong with a page for readers; nothing if they see the newest version."""
        page = self.ledger.pages[slug]
        try:
            answer, text = Browser(self.stack.port).get(address(page["kind"], slug))
        except TROUBLE as error:
            return repr(error)
        versions = range(page["acknowledged"], page["tried"] + 1)
        shown = [version for version in versions if f"{word(slug, version)} closed" in text]
        if answer.status != 200:
            return f"status {answer.status}"
        return "" if shown else "an old version"

    def acknowledged(self):
        return {slug: p for slug, p in self.ledger.pages.items() if p["acknowledged"]}

    def wait_for_jobs(self, seconds=120):
        """Wait until no job waits or runs; those of the clock come and go."""
        end = time.monotonic() + seconds
        while True:
            state = self.look()
            if not state["jobs"]["open"] or time.monotonic() > end:
                return state
            time.sleep(2)

    def look(self):
        target = self.stack.folder / "state.json"
        self.stack.python("tests.chaos.look", str(target))
        return json.loads(target.read_text())

    def sitemap(self):
        """All addresses of the sitemaps."""
        browser = Browser(self.stack.port)
        index = browser.get("/sitemap.xml")[1]
        texts = [browser.get(path)[1] for path in locations(index)]
        return {path for text in texts for path in locations(text)}


def address(kind, slug):
    return ADDRESSES[kind].format(slug)


def locations(xml):
    from lxml import etree

    found = etree.fromstring(xml.encode()).iter("{*}loc")
    return ["/" + element.text.split("/", 3)[3] for element in found]


def lost(storm, state):
    """Acknowledged publications that are not there as they should be, each with what is wrong."""
    wrong = {}
    sitemap = storm.sitemap()
    for slug, page in storm.acknowledged().items():
        found = state["pages"].get(slug)
        if found is None:
            wrong[slug] = "no such page"
            continue
        words = [word(slug, v) for v in range(page["acknowledged"], page["tried"] + 1)]
        shown = [w for w in words if found["title"] == f"Quay {w} closed"]
        facts = found["facts"] or {}
        problems = [
            not found["live"] and "not live",
            not shown and f"title {found['title']}",
            shown and f"{shown[0]}." not in found["text"] and "text of another version",
            found["revision_title"] != found["title"] and "live revision differs",
            facts.get("title") != found["title"] and "facts differ",
            not facts.get("public") and "not public",
            facts.get("url") not in sitemap and "not in the sitemap",
            found["published_log_lines"] < 1 and "publication not in the log",
        ]
        if told := [str(problem) for problem in problems if problem]:
            wrong[slug] = ", ".join(told)
    return wrong


def write_report(storm, name, **found):
    """``chaos.json``: what was done, what died, what was found."""
    kills = storm.stack.kills
    target = Path(os.environ.get("CHAOS_REPORT") or ROOT / "test-results" / "chaos.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    report = json.loads(target.read_text()) if target.exists() else {}
    report[name] = {
        "seed": storm.seed,
        "size": asdict(storm.size),
        "seconds": round(time.time() - storm.started, 1),
        "acknowledged": storm.ledger.acknowledged,
        "acknowledged_ids": {s: p["acknowledged"] for s, p in storm.acknowledged().items()},
        "kills": len(kills),
        "kills_by_kind": dict(Counter(kill["kind"] for kill in kills)),
        "killed": [{**kill, "at": round(kill["at"] - storm.started, 1)} for kill in kills],
        "answers_to_readers": storm.reader.statuses,
        "troubles_of_people": storm.ledger.troubles,
        **found,
    }
    target.write_text(json.dumps(report, indent=1, default=str) + "\n")


def check(storm, name):
    """Rage, settle, look, report; then every promise is an assertion."""
    storm.rage()
    seconds, stale = storm.settle()
    state = storm.wait_for_jobs()
    wrong = lost(storm, state)
    rest = {key: state[key] for key in ("tree", "jobs", "effects", "paths_twice")}
    write_report(storm, name, consistent_after_seconds=seconds, stale=stale, lost=wrong, state=rest)
    logs = storm.stack.logs()
    size, kills = storm.size, storm.stack.kills
    kinds = Counter(kill["kind"] for kill in kills)
    assert wrong == {}, logs
    assert stale == {}, logs
    assert seconds <= CONSISTENT_SECONDS, logs
    assert state["tree"] == [[], [], [], [], []]
    assert state["paths_twice"] == []
    assert state["jobs"]["open"] == [], (state["jobs"], logs)
    assert all(job["error"] for job in state["jobs"]["dead"])
    for table, found in state["effects"].items():
        assert (found["missing"], found["stale"]) == ([], []), (table, found)
    assert storm.ledger.acknowledged >= size.acknowledged, storm.ledger.troubles
    assert len(kills) >= size.kills
    assert min(kinds[kind] for kind in storm.stack.kinds) >= size.each_kind, kinds


@pytest.mark.slow
def test_no_acknowledged_publication_is_lost(tmp_path, real_servers, full, seed):
    with Stack(tmp_path / "hub") as stack:
        check(Storm(stack, WHOLE if full else SHORT, seed), "postgresql, redis, celery and worker")


@pytest.mark.slow
def test_nor_on_one_small_machine_with_sqlite(tmp_path, full, seed):
    with Stack(tmp_path / "hub", database="sqlite", redis=False, run=("web", "worker")) as stack:
        check(Storm(stack, WHOLE_SMALL if full else SHORT_SMALL, seed), "sqlite and worker")
