"""A hub with its demo content, served once per session, and a chromium to look at it."""

import os
import re
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.browser.places import VIEWS
from tests.tools import ROOT, chromium, npm_file

HERE = Path(__file__).parent
QUIET_CHROMIUM = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)


class Site:
    def __init__(self, address: str, data: Path) -> None:
        self.address = address
        self.data = data
        with sqlite3.connect(data / "hub.sqlite3") as database:
            self.rows = database.execute(
                "SELECT kind, locale_code, url FROM content_pagefacts WHERE public ORDER BY position"
            ).fetchall()

    def path(self, place: str, language: str) -> str:
        """A place of places.py in a language; the page deepest in the demo stands for its kind."""
        if place in VIEWS:
            return f"/{language}/{VIEWS[place]}"
        found = [url for kind, code, url in self.rows if (kind, code) == (place, language)]
        assert found, f"the demo has no {place} in {language}"
        return found[0]

    def url(self, place: str, language: str) -> str:
        return self.address + self.path(place, language)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=30) as response:  # noqa: S310  own server
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def manage(*command: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, f"manage.py {' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def seed(folder: Path) -> Path:
    """A data folder with the demo: SITE_DATA=folder takes one that is there, which saves a minute."""
    if ready := os.environ.get("SITE_DATA"):
        return Path(ready)
    env = environment(folder, "hub.settings.dev")
    manage("migrate", "--verbosity", "0", env=env)
    manage("seed_demo", env=env)
    return folder


def environment(data: Path, settings: str) -> dict[str, str]:
    """The site's own SQLite, whatever database the other tests run on."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("HUB_") and name != "DATABASE_URL"
    }
    return {**kept, "HUB_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": settings}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hub")
    data = seed(folder)
    log = folder / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "hub.wsgi:application"),
                *("--bind", "127.0.0.1:0", "--workers", "1", "--threads", "4"),
            ],
            cwd=ROOT,
            env=environment(data, "tests.browser.settings"),
            stdout=output,
            stderr=output,
        )
    try:
        site = Site(wait_for_address(server, log), data)
        assert site.get("/robots.txt")[0] == 200, log.read_text()
        yield site
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for_address(server: subprocess.Popen, log: Path) -> str:
    for _ in range(300):
        if match := re.search(r"Listening at: (http://[\d.:]+)", log.read_text()):
            return match[1]
        assert server.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Playwright keeps an event loop in this thread; later database tests must not mind it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {
        **browser_type_launch_args,
        "executable_path": chromium(),
        "chromium_sandbox": False,
        "args": QUIET_CHROMIUM,
    }


@pytest.fixture(scope="session")
def axe_source():
    return npm_file("axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.fixture
def watched(page, site):
    """A page that notes requests to other hosts and messages about broken policies."""
    page.complaints = []
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((site.address, "data:"))
            else page.complaints.append(f"request to {request.url}")
        ),
    )
    page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: (
            page.complaints.append(message.text)
            if message.type in {"error", "warning"} and "status of 404" not in message.text
            else None
        ),
    )
    return page
