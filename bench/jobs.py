"""Jobs a second under both runners, each beside the same work in a bare loop."""

import sys
import time
from contextlib import ExitStack
from typing import Any

from bench.hub import Hub
from bench.report import Table, answer
from bench.server import background
from tests.servers import binary, postgres_server, redis_server

COUNT = 1_000
PATIENCE_SECONDS = 300


def measure(demo: Hub) -> Table:
    rows: list[list[Any]] = []
    notes = [
        "A job: claim, handler with one row, end. The loop: the handler in a transaction each."
    ]
    with ExitStack() as stack:
        small = demo.copy("jobs")
        _add(rows, small, "SQLite")
        missing = [name for name in ("postgres", "redis-server") if binary(name) is None]
        if missing:
            notes.append(f"Not measured without {' and '.join(missing)}: PostgreSQL, Celery.")
        else:
            postgres = stack.enter_context(postgres_server())
            cache = stack.enter_context(redis_server("cache"))
            broker = stack.enter_context(redis_server("broker"))
            variables = {"DATABASE_URL": postgres.tcp_url, "HUB_REDIS_URL": cache.tcp_url}
            large = demo.copy("jobs-postgresql", **variables)
            large.run("manage.py", "migrate", "--verbosity", "0")
            _add(rows, large, "PostgreSQL")
            with_celery = large.with_variables(HUB_BROKER_URL=broker.tcp_url)
            bare = rows[-2][1]
            rate = _under(with_celery, ["-m", "celery", "-A", "hub.celery", "--quiet", "worker",
                                        "--queues", "publish", "--concurrency", "1"])  # fmt: skip
            rows.append(["Celery, Redis, PostgreSQL", rate, f"{100 * rate / bare:.0f} %"])
    return Table(
        "jobs",
        f"Jobs a second: {COUNT:,} jobs, one process",
        ["", "jobs/s", "of the loop"],
        rows,
        notes,
    )


def _add(rows: list[list[Any]], hub: Hub, name: str) -> None:
    """Two rows: the bare loop and the worker."""
    bare = hub.ask("-m", "bench.jobs", "loop")
    rate = _under(hub, ["manage.py", "worker", "--queue", "publish"])
    rows.append([f"bare loop, {name}", bare, None])
    rows.append([f"worker, {name}", rate, f"{100 * rate / bare:.0f} %"])


def _under(hub: Hub, command: list[str]) -> float:
    """Jobs a second while a runner runs, from the first end to the last."""
    with background(hub, command):
        return float(hub.ask("-m", "bench.jobs", "jobs"))


def loop() -> float:
    """The handler in a loop, a transaction each time."""
    from django.db import transaction

    from bench.tasks import effect

    started = time.monotonic()
    for number in range(COUNT):
        with transaction.atomic():
            effect(number=number)
    return COUNT / (time.monotonic() - started)


def jobs() -> float:
    """Write jobs for the runner that is there, and wait for them."""
    from django.db import transaction
    from django.db.models import Max, Min

    from content.jobs.services import enqueue
    from content.models import Job, Milestone

    Milestone.objects.all().delete()
    enqueue("bench.effect", {"number": -1})  # the runner is up once this one is done
    mine = Job.objects.filter(kind="bench.effect")
    _wait(mine)
    mine.delete()
    with transaction.atomic():
        for number in range(COUNT):
            enqueue("bench.effect", {"number": number})
    _wait(mine)
    times = mine.aggregate(first=Min("finished"), last=Max("finished"))
    return COUNT / (times["last"] - times["first"]).total_seconds()


def _wait(rows: Any) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while rows.exclude(state="done").exists():
        if time.monotonic() > end:
            sys.exit("The jobs are not done.")
        time.sleep(0.2)


if __name__ == "__main__":
    import django

    django.setup()
    answer({"loop": loop, "jobs": jobs}[sys.argv[1]]())
