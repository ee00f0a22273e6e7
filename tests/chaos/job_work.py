"""Writes many jobs, waits for them, plays a scheduler: run in a process of its own.

python -m tests.chaos.job_work write COUNT [poison killer]
python -m tests.chaos.job_work wait SECONDS
python -m tests.chaos.job_work clock HOURS
python -m tests.chaos.job_work timed SECONDS
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta

import django

CHUNK = 200
DAY = datetime(2020, 3, 1, tzinfo=UTC)


def write(count, *special):
    """Write jobs with an effect each; those that fail stand in their middle."""
    from django.db import transaction

    from content.jobs.services import enqueue

    for start in range(0, int(count), CHUNK):
        with transaction.atomic():
            for number in range(start, min(start + CHUNK, int(count))):
                enqueue("chaos.effect", {"number": number})
            if start <= int(count) // 2 < start + CHUNK:
                for name in special:
                    enqueue(f"chaos.{name}")
    return int(count)


def wait(seconds):
    """Wait until no job of ours is open; the database may go away meanwhile."""
    from django.db import Error, connections

    end = time.monotonic() + float(seconds)
    while True:
        try:
            found = state()
        except Error:
            connections.close_all()
            found = {"open": None}
        if found["open"] == 0 or time.monotonic() > end:
            return found
        time.sleep(1)


def state():
    from django.db.models import Count

    from content.models import Job
    from tests.chaos.app.models import Effect

    jobs = Job.objects.filter(kind__startswith="chaos.")
    twice = Effect.objects.values("number").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "open": jobs.filter(state__in=("waiting", "running")).count(),
        "done": jobs.filter(state="done").count(),
        "effects": Effect.objects.exclude(number=-1).count(),
        "of_poison": Effect.objects.filter(number=-1).count(),
        "twice": list(twice.values_list("number", "n")),
        "tried_again": jobs.filter(kind="chaos.effect", attempts__gt=1).count(),
        "dead": list(jobs.filter(state="dead").values("kind", "attempts", "error")),
    }


def clock(hours):
    """Write the rows of a day long ago, minute by minute, as a scheduler would have done."""
    from content.jobs import timetable

    for minute in range(int(hours) * 60):
        timetable.write_due(DAY + timedelta(minutes=minute))
    return slots(hours)


def slots(hours):
    """How many rows there are of that day, and how many there should be."""
    from content.jobs import registry
    from content.jobs.timetable import slot_name
    from content.models import Job

    minutes = [DAY + timedelta(minutes=number) for number in range(int(hours) * 60)]
    names = {slot_name(kind, slot) for now in minutes for kind, slot in registry.timed(now)}
    written = Job.objects.filter(once__contains=f":{DAY.year}-")
    return {"wanted": len(names), "written": written.count()}


def timed(seconds):
    """Wait until the timed jobs have run."""
    from content.models import Job

    end = time.monotonic() + float(seconds)
    jobs = Job.objects.exclude(once=None)
    while jobs.filter(state__in=("waiting", "running")).exists() and time.monotonic() < end:
        time.sleep(1)
    return {
        "open": jobs.filter(state__in=("waiting", "running")).count(),
        "dead": jobs.filter(state="dead").count(),
    }


def forget():
    """Leave nothing of an earlier run."""
    from content.models import Job
    from tests.chaos.app.models import Effect

    return Job.objects.all().delete()[0] + Effect.objects.all().delete()[0]


if __name__ == "__main__":
    django.setup()
    actions = {
        "write": write,
        "wait": wait,
        "clock": clock,
        "timed": timed,
        "forget": forget,
    }
    action = actions[sys.argv[1]]
    sys.stdout.write(json.dumps(action(*sys.argv[2:])) + "\n")
