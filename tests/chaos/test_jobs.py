"""Every job has its effect exactly once, whoever dies while it runs, under both runners."""

import json
import os
import subprocess
import sys
import time

import pytest

from tests.stack import Stack
from tests.tools import ROOT

pytestmark = pytest.mark.slow
RUNNERS = {"worker": ("worker", "worker"), "celery": ("celery", "beat")}
PAIRS = ["sqlite-worker", "postgresql-celery"]
if os.environ.get("CHAOS") == "full":
    PAIRS += ["sqlite-celery", "postgresql-worker"]
LONGEST_SECONDS = 900
# Enough to have jobs in flight whenever something dies.
JOB_SECONDS = {"short": "0.05", "full": "0.01"}


@pytest.fixture(scope="module", params=PAIRS)
def stack(request, tmp_path_factory, full):
    """A hub without any runner yet; jobs are written as they are with the runner of its name."""
    database, runner = request.param.split("-")
    seconds = JOB_SECONDS["full" if full else "short"]
    variables = {"CHAOS_FIRST_RETRY": "0.5", "CHAOS_JOB_SECONDS": seconds}
    request.getfixturevalue("real_servers")
    folder = tmp_path_factory.mktemp("jobs") / request.param
    with Stack(folder, database=database, run=(), variables=variables) as stack:
        if runner == "worker":
            stack.environment["HUB_BROKER_URL"] = ""
        stack.runner = RUNNERS[runner]
        yield stack


def ask(stack, *arguments):
    return json.loads(stack.python("tests.chaos.job_work", *arguments).splitlines()[-1])


def begin(stack, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.job_work", *arguments],
        cwd=ROOT,
        env=stack.environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process):
    text, _errors = process.communicate()
    assert process.returncode == 0
    return json.loads(text.splitlines()[-1])


def is_busy(stack):
    """Whether jobs are running: each leaves a line in the log."""
    before = written(stack)
    time.sleep(0.2)
    return written(stack) > before


def written(stack):
    return sum(log.stat().st_size for log in stack.folder.glob("*.log"))


def test_all_jobs_but_the_poison_are_done_once(stack, full, random):
    runner = stack.runner
    ask(stack, "forget")
    count, special = (10_000, ["poison", "killer"]) if full else (500, ["poison"])
    ask(stack, "write", str(count), *special)
    started = time.monotonic()
    stack.start(*runner)
    waiting = begin(stack, "wait", str(LONGEST_SECONDS))
    kinds = sorted({*runner, "redis", *stack.kinds} - {"web", "web worker"})
    kills, most = 0, 60 if full else 4
    while waiting.poll() is None:
        time.sleep(random.uniform(1, 4))
        if kills < most and is_busy(stack) and waiting.poll() is None:
            stack.kill(random.choice(runner if kills % 2 else kinds), random)
            kills += 1
    found = answer(waiting)
    print(f"{count} jobs, {kills} kills, {time.monotonic() - started:.0f} s: {found}")  # noqa: T201
    dead = {job["kind"]: job for job in found["dead"]}
    stack.stop(*runner)
    assert found["open"] == 0, stack.logs()
    assert (found["done"], found["effects"], found["twice"]) == (count, count, []), stack.logs()
    assert set(dead) == {f"chaos.{name}" for name in special}, dead
    assert dead["chaos.poison"]["attempts"] == 8
    assert "this job can never succeed" in dead["chaos.poison"]["error"]
    assert found["of_poison"] == 0
    if "killer" in special:
        assert dead["chaos.killer"]["attempts"] == 8
        assert "runner died" in dead["chaos.killer"]["error"]


def test_several_schedulers_write_each_slot_once(stack, full):
    ask(stack, "forget")
    kinds = ("worker", "worker", *(stack.runner if "beat" in stack.runner else ()))
    stack.start(*kinds)
    try:
        hours = "24" if full else "2"
        schedulers = [begin(stack, "clock", hours) for _number in range(3)]
        found = [answer(scheduler) for scheduler in schedulers][-1]
        assert found["written"] == found["wanted"]
        assert ask(stack, "timed", str(LONGEST_SECONDS)) == {"open": 0, "dead": 0}
    finally:
        stack.stop(*kinds)
