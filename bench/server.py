"""Requests a second behind gunicorn, beside a bare Django view in the same server."""

import os
import secrets
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

WORKERS, CLIENTS, SECONDS, WARM_UP_SECONDS = 2, 4, 6.0, 1.0
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
    with serving(demo, "bench.bare:application") as (port, process):
        bare = put_load(port, "/", process)
    rows: list[list[Any]] = [["bare Django view", bare.per_second, None, bare.cpu_ms, None]]
    with serving(demo.copy("server"), "hub.wsgi:application") as (port, process):
        for name, address in ADDRESSES.items():
            load = put_load(port, address, process)
            share = f"{100 * load.per_second / bare.per_second:.1f} %"
            times = load.cpu_ms / bare.cpu_ms if load.cpu_ms and bare.cpu_ms else None
            rows.append([name, load.per_second, share, load.cpu_ms, times])
    return Table(
        "server",
        f"gunicorn, {WORKERS} workers, {CLIENTS} clients for {SECONDS:.0f} s on {HOST}",
        ["", "requests/s", "of bare", "server CPU ms", "x bare"],
        rows,
        ["Pages are made anew for each request. The clients share the cores with the server."],
    )


@contextmanager
def serving(hub: Hub, application: str) -> Iterator[tuple[int, int]]:
    """Run a server; yields its port and process id."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    environment = {
        **hub.environment(),
        "HUB_BASE_URL": f"http://{HOST}:{port}",
        "HUB_SECRET_KEY": secrets.token_urlsafe(48),
    }
    command = ["-m", "gunicorn", application, "--workers", str(WORKERS), "--log-level", "error"]
    server = subprocess.Popen(
        [sys.executable, *command, "--bind", f"{HOST}:{port}"], cwd=ROOT, env=environment
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


def put_load(port: int, address: str, process: int) -> Load:
    """Ask for one address from several clients for a while."""
    _clients(port, address, WARM_UP_SECONDS)
    before, started = _cpu_seconds(process), time.monotonic()
    number = _clients(port, address, SECONDS)
    seconds = time.monotonic() - started
    after = _cpu_seconds(process)
    cpu = (after - before) * 1000 / number if before is not None and after is not None else None
    return Load(number / seconds, cpu)


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
