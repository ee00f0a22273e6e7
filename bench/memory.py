"""Memory of the processes of a hub: what each takes, and its share of what they have in common."""

import time
from pathlib import Path
from typing import Any

from bench.hub import Hub
from bench.report import Table
from bench.server import ADDRESSES, WORKERS, background, put_load, serving
from tests.servers import binary, redis_server

SETTLED_SECONDS, PATIENCE_SECONDS = 6, 60


def measure(demo: Hub) -> Table:
    rows: list[list[Any]] = []
    notes = ["RSS counts shared memory fully in each process, PSS by its share. After some load."]
    if not Path("/proc/self/smaps_rollup").exists():
        return Table("memory", "Memory", ["", "RSS MB", "PSS MB"], [], ["Needs Linux's /proc."])
    hub = demo.copy("memory", BENCH_PAGE_CACHE="1")
    for name, config in (("preloaded", ""), ("not preloaded", "bench/gunicorn_each.py")):
        with serving(hub, "hub.wsgi:application", config) as (port, master):
            for address in ADDRESSES.values():
                put_load(port, address, master, seconds=2)
            workers = [_memory(pid) for pid in _children(master)]
            rows.append(
                [f"web worker of {WORKERS}, {name}", *map(_mean, zip(*workers, strict=True))]
            )
            rows.append([f"its master, {name}", *_memory(master)])
    with background(hub, ["manage.py", "worker"]) as worker:
        time.sleep(SETTLED_SECONDS)
        rows.append(["manage.py worker", *_memory(worker)])
    if binary("redis-server"):
        with redis_server("broker") as broker:
            rows += _celery(hub.with_variables(HUB_BROKER_URL=broker.tcp_url))
    else:
        notes.append("Not measured without redis-server: Celery.")
    return Table("memory", "Memory of a process", ["", "RSS MB", "PSS MB"], rows, notes)


def _celery(hub: Hub) -> list[list[Any]]:
    command = ["-m", "celery", "-A", "hub.celery", "--quiet", "worker", "--concurrency", "1"]
    with background(hub, command) as main:
        end = time.monotonic() + PATIENCE_SECONDS
        while not _children(main) and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(SETTLED_SECONDS)
        child = _children(main)[0]
        return [["Celery worker, main process", *_memory(main)], ["its child", *_memory(child)]]


def _children(pid: int) -> list[int]:
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pid: int) -> tuple[float, float]:
    """RSS and PSS in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}
    return kilobytes["Rss"] * 1024 / 1e6, kilobytes["Pss"] * 1024 / 1e6


def _mean(values: tuple[float, ...]) -> float:
    return sum(values) / len(values)
