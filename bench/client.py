"""Requests to a WSGI application in the same process: nothing between the clock and the hub."""

import statistics
import time
from collections.abc import Callable
from typing import Any
from wsgiref.util import setup_testing_defaults

WARM_UPS = 3
TIMED = 40

Application = Callable[..., Any]


def get(application: Application, address: str) -> tuple[int, bytes]:
    """Return status and body."""
    path, _mark, query = address.partition("?")
    environ = {
        # PEP 3333: bytes of the path, dressed as latin-1.
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "HTTP_HOST": "127.0.0.1",
        "REMOTE_ADDR": "127.0.0.1",
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    response = application(environ, lambda status, _headers, _error=None: statuses.append(status))
    body = b"".join(response)
    response.close()
    return int(statuses[0].split()[0]), body


def cpu_ms(application: Application, address: str) -> float:
    """Median of the processor time of one request, in milliseconds."""
    for _ in range(WARM_UPS):
        get(application, address)
    times = []
    for _ in range(TIMED):
        started = time.process_time()
        get(application, address)
        times.append(time.process_time() - started)
    return statistics.median(times) * 1000
