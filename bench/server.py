"""Requests a second behind gunicorn, beside a bare Django view in the same server."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.hub import ROOT, Hub
from bench.report import Table

WORKERS, CLIENTS, SECONDS, WARM_UP_SECONDS = 2, 4, 6, 1
CACHED_GOAL = 0.5
HOST = "127.0.0.1"
ADDRESSES = {
    "guide": "/en/housing-office/guides/rent-help/",
    "home": "/en/",
    "browse": "/en/browse/",
}


@dataclass
class Load:
    """What a server did under load; ``cpu_ms`` is what its processes took for one request."""

    per_second: float
    cpu_ms: float | None


def measure(demo: Hub) -> Table:
    with serving(demo, "bench.bare:application", "bench/gunicorn_bare.py") as (port, process):
        bare = put_load(port, "/", process)
    rows: list[list[Any]] = [["bare Django view", bare.per_second, None, bare.cpu_ms, None, ""]]
    for words, cached in (("made anew", "0"), ("from the page cache", "1")):
        hub = demo.copy(f"server-{cached}", BENCH_PAGE_CACHE=cached)
        with serving(hub, "hub.wsgi:application") as (port, process):
            for name, address in ADDRESSES.items():
                load = put_load(port, address, process)
                share = load.per_second / bare.per_second
                times = load.cpu_ms / bare.cpu_ms if load.cpu_ms and bare.cpu_ms else None
                under = "UNDER" if cached == "1" and share < CACHED_GOAL else ""
                cells = [load.per_second, f"{100 * share:.1f} %", load.cpu_ms, times, under]
                rows.append([f"{name}, {words}", *cells])
    return Table(
        "server",
        f"gunicorn, {WORKERS} workers, {CLIENTS} clients for {SECONDS} s on {HOST}",
        ["", "requests/s", "of bare", "server CPU ms", "x bare", ""],
        rows,
        [
            f"Goal: from the page cache at least {100 * CACHED_GOAL:.0f} % of the bare view.",
            "The clients share the cores with the server; "
            + ("they are wrk." if shutil.which("wrk") else "without wrk they are Python."),
        ],
    )


@contextmanager
def background(hub: Hub, command: list[str]) -> Iterator[int]:
    """Run a Python command meanwhile; yields its process id."""
    with (hub.folder / "background.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=hub.environment(), stdout=log, stderr=log
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def serving(hub: Hub, application: str, config: str = "") -> Iterator[tuple[int, int]]:
    """Run a server; yields its port and process id. Without ``config`` it is the hub's own."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    environment = {
        **hub.environment(),
        "HUB_BASE_URL": f"http://{HOST}:{port}",
        "HUB_SECRET_KEY": secrets.token_urlsafe(48),
    }
    command = ["-m", "gunicorn", application, "--workers", str(WORKERS)]
    command += ["--config", config] if config else []
    with (hub.folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            [sys.executable, *command, "--bind", f"{HOST}:{port}"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(port, server)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int, server: subprocess.Popen) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end and server.poll() is None:
        try:
            ask(port, "/")
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("gunicorn did not answer.")


def ask(port: int, address: str) -> int:
    """One request on a connection of its own; return the status."""
    lines = f"GET {address} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((HOST, port), timeout=30) as connection:
        connection.sendall(lines.encode())
        head = connection.recv(65_536)
        while connection.recv(65_536):
            pass
    return int(head.split()[1]) if head else 0


def put_load(port: int, address: str, process: int, seconds: int = SECONDS) -> Load:
    """Ask for one address from several clients for a while."""
    clients = _wrk if shutil.which("wrk") else _clients
    if ask(port, address) != 200:
        raise RuntimeError(f"{address} is not answered with 200")
    clients(port, address, WARM_UP_SECONDS)
    before, started = _cpu_seconds(process), time.monotonic()
    number = clients(port, address, seconds)
    took = time.monotonic() - started
    after = _cpu_seconds(process)
    cpu = (after - before) * 1000 / number if before is not None and after is not None else None
    return Load(number / took, cpu)


def _wrk(port: int, address: str, seconds: int) -> int:
    """Clients in C, which leave more of the cores to the server; connections stay open."""
    options = ["-t1", f"-c{CLIENTS}", f"-d{seconds}s"]
    done = subprocess.run(
        ["wrk", *options, f"http://{HOST}:{port}{address}"],
        capture_output=True,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout:
        raise RuntimeError(f"{address} is not always answered with 200:\n{done.stdout}")
    return int(re.search(r"(\d+) requests in", done.stdout)[1])  # type: ignore[index]


def _clients(port: int, address: str, seconds: float) -> int:
    end = time.monotonic() + seconds

    def client(_number: int) -> int:
        answered = 0
        while time.monotonic() < end:
            if ask(port, address) != 200:
                raise RuntimeError(f"{address} is not answered with 200")
            answered += 1
        return answered

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(client, range(CLIENTS)))


def _cpu_seconds(process: int) -> float | None:
    """Processor time of a process and its children; None where there is no /proc."""
    children = Path(f"/proc/{process}/task/{process}/children")
    if not children.exists():
        return None
    total = 0
    for pid in [str(process), *children.read_text().split()]:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(after_name[11]) + int(after_name[12])  # utime and stime, proc(5)
    return total / os.sysconf("SC_CLK_TCK")
