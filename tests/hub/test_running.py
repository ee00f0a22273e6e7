"""The shipped units and nginx.conf: a whole hub on PostgreSQL and Redis, run by an ordinary user."""

import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import time

import pytest
from wagtail.test.utils.form_data import rich_text

from tests.chaos.people import APPROVER, REVIEW, Browser, Refused, problems
from tests.servers import free_port, postgres_server, redis_server
from tests.tools import ROOT, server_binary
from tests.units import Machine

CELERY = ["hub-celery@publish.service", "hub-celery@bulk.service", "hub-beat.service"]
PATIENCE = 40


def until(condition, machine=None):
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, machine.logs() if machine else "nothing came"
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def machine():
    for name, package in (
        ("nginx", "nginx-light"),
        ("initdb", "postgresql"),
        ("redis-server", "redis-server"),
    ):
        server_binary(name, package)
    port, purge_port = free_port(), free_port()
    with (
        postgres_server() as database,
        redis_server("cache") as cache,
        redis_server("broker") as broker,
    ):
        environment = {
            "HUB_BASE_URL": f"http://127.0.0.1:{port}",
            "HUB_SECRET_KEY": secrets.token_urlsafe(48),
            "HUB_HTTPS": "false",
            "HUB_LANGUAGES": "en,es",
            "DATABASE_URL": database.tcp_url,
            "HUB_REDIS_URL": cache.tcp_url,
            "HUB_BROKER_URL": broker.tcp_url,
            "HUB_FRONT_CACHE_URL": f"http://127.0.0.1:{purge_port}",
            "WEB_CONCURRENCY": "2",
        }
        with Machine(**environment) as machine:
            machine.port = port
            _collect_static_files(machine)
            machine.run("hub-migrate.service")
            for unit in ("hub-web.service", *CELERY):
                machine.start(unit)
            machine.start_nginx(port, purge_port)
            yield machine


def _collect_static_files(machine):
    """The part of the installation that root does; left out if nothing has changed."""
    manifest = ROOT / "staticfiles" / "staticfiles.json"
    sources = [ROOT / "requirements.txt", *(ROOT / "hub" / "static").rglob("*")]
    newest = max(path.stat().st_mtime for path in sources)
    if manifest.exists() and manifest.stat().st_mtime > newest:
        return
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput"],
        cwd=ROOT,
        env={**os.environ, **machine.environment_of("hub-web.service"),
             "HUB_DATA_DIR": str(machine.folder / "installing")},
        check=True,
        capture_output=True,
    )  # fmt: skip


def ask(machine, path, **headers):
    line = http.client.HTTPConnection("127.0.0.1", machine.port, timeout=30)
    try:
        line.request("GET", path, headers={"Host": "127.0.0.1", **headers})
        answer = line.getresponse()
        answer.body = answer.read()
        return answer
    finally:
        line.close()


def answers(machine):
    try:
        return ask(machine, "/-/ready").status == 200
    except OSError:
        return False


def lines(machine, unit):
    for line in machine.log(unit).read_text(errors="replace").splitlines():
        yield json.loads(line)


def publish(machine, browser, approver, places, slug):
    """Hand in a notice by the form and approve it; returns the id of the request that did it."""
    path = f"/admin/pages/add/partners/noticepage/{places['notice']}/"
    form = {
        **browser.form(path, "slug"),
        "title": f"Quay {slug} closed",
        "slug": slug,
        "summary": "About the quay",
        "text": rich_text("<p>For repairs.</p>"),
        "ends": "2040-01-01 12:00",
        "severity": "info",
        "partner": str(places["partner"]),
        "action-submit": "action-submit",
        "csrfmiddlewaretoken": browser.cookies["csrftoken"],
    }
    answer, text = browser.ask("POST", path, form)
    assert answer.status == 302, problems(text)
    review = REVIEW.search(approver.get("/admin/")[1])[0]
    vote = {**approver.form(review, "seen_hash"), "act": "approve"}
    answer, text = approver.ask("POST", review, vote)
    assert answer.status == 302, problems(text)
    return answer.headers["X-Request-ID"]


@pytest.mark.servers
@pytest.mark.enable_socket
def test_log_in_publish_and_read_behind_nginx(machine):
    until(lambda: answers(machine), machine)
    assert "hub answers at" in machine.manage(
        "manage.py", "setup_hub", "--admin", "chaos-admin", "--email", "chaos@example.org"
    )
    word = "a password for no one but the tests"
    places = json.loads(machine.manage("-m", "tests.chaos.prepare", word))
    browser = Browser(machine.port)
    browser.sign_in()
    approver = Browser(machine.port, APPROVER)
    approver.sign_in()
    first = publish(machine, browser, approver, places, "one")

    listed = browser.get(f"/admin/pages/{places['notice']}/")[1]
    page = re.search(r'href="(?:http://[^/"]*)?(/en/[^"]*/one/)"', listed)[1]
    answer = until(lambda: (found := ask(machine, page)).status == 200 and found, machine)
    assert b"Quay one closed" in answer.body
    assert "Set-Cookie" not in answer.headers
    until(lambda: ask(machine, page).headers["X-Cache"] == "HIT", machine)
    assert browser.get(page)[0].headers["X-Cache"] == "BYPASS"
    # One id in nginx's log, in that of the web server and in those of its jobs.
    assert first in (machine.places["/var/log/nginx"] / "hub.access.log").read_text()
    (line,) = [row for row in lines(machine, "hub-web.service") if row.get("request_id") == first]
    assert (line["route"], line["status"]) == ("desk:review", 302)
    until(
        lambda: [
            row
            for row in lines(machine, "hub-celery@publish.service")
            if row.get("request_id") == first and row["event"] == "job done"
        ],
        machine,
    )

    # The same hub without Celery: the embedded worker.
    for unit in CELERY:
        machine.stop(unit)
    machine.start("hub-worker.service")
    second = publish(machine, browser, approver, places, "two")
    until(
        lambda: [
            row
            for row in lines(machine, "hub-worker.service")
            if row.get("request_id") == second and row["event"] == "job done"
        ],
        machine,
    )
    # What is taken down goes out of nginx's cache too, long before its time is over.
    ids = set(re.findall(r"/admin/pages/(\d+)/edit/", listed)) - {str(places["notice"])}
    down = f"/admin/reviews/take-down/partners/noticepage/{max(ids, key=int)}/"
    browser.post(down, {**browser.form(down, "reason"), "reason": "The quay is open again."})
    until(lambda: ask(machine, page).status == 404, machine)

    made = machine.run("hub-backup.service")
    assert str(machine.places["/var/backups/hub"]) in made


@pytest.mark.servers
@pytest.mark.enable_socket
def test_static_files_are_compressed_and_kept_for_years(machine):
    until(lambda: answers(machine), machine)
    manifest = json.loads((ROOT / "staticfiles" / "staticfiles.json").read_text())
    name = next(new for old, new in manifest["paths"].items() if old == "wagtailadmin/css/core.css")
    for encoding in ("br", "gzip"):
        answer = ask(machine, f"/static/{name}", **{"Accept-Encoding": encoding})
        assert answer.status == 200
        assert answer.headers["Content-Encoding"] == encoding
        assert "immutable" in answer.headers["Cache-Control"]
    again = ask(machine, f"/static/{name}", **{"Accept-Encoding": "br"})
    assert (again.headers["X-Cache"], again.headers["Content-Encoding"]) == ("HIT", "br")


@pytest.mark.servers
@pytest.mark.enable_socket
def test_nginx_believes_nothing_that_a_client_says_about_itself(machine):
    until(lambda: answers(machine), machine)
    forged = {"X-Request-ID": "forged-by-a-client", "X-Forwarded-For": "192.0.2.1"}
    assert ask(machine, "/en/", **forged).headers["X-Request-ID"] != forged["X-Request-ID"]
    with pytest.raises(http.client.RemoteDisconnected):
        ask(machine, "/en/", Host="somebody-else.example")
    with pytest.raises(Refused):
        Browser(machine.port).form("/admin/", "slug")
