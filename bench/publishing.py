"""What the jobs cost whoever publishes: rows, statements and time of writing them."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench.hub import Hub
from bench.report import Table, answer
from tests.servers import binary, redis_server

TIMES = 40


def measure(demo: Hub) -> Table:
    found = demo.copy("publishing").ask("-m", "bench.publishing")
    rows = _cells(found)
    whole, jobs = found["rows"]["save and publish"], found["rows"]["of it writing jobs"]
    notes = [
        f"{found['jobs']} jobs: {100 * jobs['cpu_ms'] / whole['cpu_ms']:.1f} % of the processor "
        f"time, {100 * jobs['queries'] / whole['queries']:.1f} % of the queries."
    ]
    if binary("redis-server"):
        with redis_server("broker") as broker:
            hub = demo.copy("publishing-celery", HUB_BROKER_URL=broker.tcp_url)
            rows += [
                [f"{name}, with a broker", *cells]
                for name, *cells in _cells(hub.ask("-m", "bench.publishing"))
            ]
    else:
        notes.append("Not measured without redis-server: waking Celery.")
    return Table(
        "publishing",
        f"What jobs add to a publication: median of {TIMES}, SQLite, no request around it",
        ["", "ms", "CPU ms", "queries"],
        rows,
        notes,
    )


def _cells(found: dict[str, Any]) -> list[list[Any]]:
    return [[name, row["ms"], row["cpu_ms"], row["queries"]] for name, row in found["rows"].items()]


@dataclass
class Watch:
    """Time and statements inside ``enqueue``, which modules import by its name, and of wake-ups."""

    inside: bool = False
    ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    queries: int = 0
    all_queries: int = 0

    def install(self) -> None:
        from content.jobs import services

        real = services.enqueue
        for module in list(sys.modules.values()):
            if getattr(module, "enqueue", None) is real:
                module.enqueue = self._timed(real)  # type: ignore[attr-defined]
        if services._waker is not None:  # noqa: SLF001  what a broker adds
            services.set_waker(self._timed(services._waker))  # noqa: SLF001

    def _timed(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            started, cpu, self.inside = time.perf_counter(), time.process_time(), True
            try:
                return real(*args, **options)
            finally:
                self.ms.append((time.perf_counter() - started) * 1000)
                self.cpu_ms.append((time.process_time() - cpu) * 1000)
                self.inside = False

        return timed

    def note(self, execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN")):
            self.all_queries += 1
            self.queries += self.inside
        return execute(sql, *rest)


def measure_here() -> dict[str, Any]:
    """Publish the same page again and again."""
    from django.db import connection, transaction

    from content.models import Job
    from content.publication import Road, release
    from lessons.models import CaseStudyPage

    page = CaseStudyPage.objects.live().order_by("pk").first()
    watch = Watch()
    watch.install()
    times, processor, inside, inside_processor = [], [], [], []
    for number in range(TIMES + 3):
        watch.ms, watch.cpu_ms = [], []
        started, cpu = time.perf_counter(), time.process_time()
        with transaction.atomic(), release(Road.SETUP, reason="measuring"):
            page.save_revision().publish()
        if number >= 3:
            times.append((time.perf_counter() - started) * 1000)
            processor.append((time.process_time() - cpu) * 1000)
            inside.append(sum(watch.ms))
            inside_processor.append(sum(watch.cpu_ms))
    jobs = Job.objects.count()
    opened = release(Road.SETUP, reason="measuring")
    with connection.execute_wrapper(watch.note), transaction.atomic(), opened:
        page.save_revision().publish()
    whole = {"ms": median(times), "cpu_ms": median(processor), "queries": watch.all_queries}
    part = {"ms": median(inside), "cpu_ms": median(inside_processor), "queries": watch.queries}
    rows = {"save and publish": whole, "of it writing jobs": part}
    return {"rows": rows, "jobs": Job.objects.count() - jobs}


if __name__ == "__main__":
    import django

    django.setup()
    answer(measure_here())
