"""gunicorn.conf.py: a stop cuts no request short, and workers share nothing but code."""

import os
import secrets
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections import Counter

import pytest

from tests.tools import ROOT

REQUESTS = 50
SLOW = """
    import time

    def application(environ, start_response):
        time.sleep(0.3)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]
"""


def ask(path):
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(60)
        line.connect(str(path))
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b""
        while part := line.recv(4096):
            answer += part
    return answer


@pytest.fixture
def server(tmp_path):
    (tmp_path / "slow.py").write_text(textwrap.dedent(SLOW))
    listens = tmp_path / "web.sock"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUB_")},
        "DJANGO_SETTINGS_MODULE": "hub.settings.production",
        "HUB_DATA_DIR": str(tmp_path),
        "HUB_SECRET_KEY": secrets.token_urlsafe(48),
        "PYTHONPATH": str(tmp_path),
        "WEB_CONCURRENCY": "2",
    }
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "slow", "--bind", f"unix:{listens}"],
            cwd=ROOT,
            env=environment,
            stderr=log,
        )
    process.listens = listens
    deadline = time.monotonic() + 40
    while True:
        try:
            ask(listens)
            break
        except OSError:
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            assert process.poll() is None, (tmp_path / "log").read_text()
            time.sleep(0.1)
    yield process
    process.kill()
    process.wait()


def test_a_stop_lets_all_requests_end_that_have_begun(server):
    ends = Counter()

    def one():
        try:
            ends[ask(server.listens).endswith(b"ok")] += 1
        except OSError as error:
            ends[repr(error)] += 1

    people = [threading.Thread(target=one) for _ in range(REQUESTS)]
    for person in people:
        person.start()
    # All have connected and few have been answered.
    time.sleep(0.5)
    assert sum(ends.values()) < REQUESTS / 2
    server.terminate()
    assert server.wait(30) == 0
    for person in people:
        person.join(30)
    assert ends == {True: REQUESTS}
