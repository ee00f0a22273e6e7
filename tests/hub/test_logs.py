"""Logs: one id from a request to the jobs that it caused, and nothing in them that a visitor sent."""

import io
import json
import logging
import re

import pytest
import structlog
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path, reverse
from wagtail.test.utils.form_data import streamfield

from content.models import Job
from hub import logs
from hub.middleware import RequestIdMiddleware
from tests import actors, forms
from tests.factories import tree
from tests.jobs import drain

pytestmark = pytest.mark.django_db

CANARY = "canary-7d1f9c"
MAIL = "canary.person@example.org"


class Written:
    """What a handler with one of the hub's formatters has written."""

    def __init__(self, *, as_json):
        self.stream = io.StringIO()
        given = dict(logs.settings(as_json=as_json)["formatters"]["hub"])
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(given.pop("()")(**given))

    @property
    def text(self):
        return self.stream.getvalue()

    @property
    def lines(self):
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event):
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def log():
    written = Written(as_json=True)
    logging.root.addHandler(written.handler)
    yield written
    logging.root.removeHandler(written.handler)


def fail(request):
    raise ValueError(f"not understood: {request.GET.get('q')} {request.POST.get('name')}")


urlpatterns = [
    path("fail/", fail, name="fail"),
    path("fine/", lambda request: HttpResponse("fine"), name="fine"),
]
handler500 = "django.views.defaults.server_error"


@pytest.mark.django_db(transaction=True)
def test_one_id_goes_from_a_request_to_the_lines_of_its_jobs(log):
    admin, parent = actors.hub_admin(), tree.section()
    drain()
    url = reverse("wagtailadmin_pages:add", args=["guides", "guidepage", parent.pk])
    answer = admin.post(url, forms.guide_form(body=streamfield([]), **{"action-publish": "1"}))
    request_id = answer.headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    (line,) = [row for row in log.of("request") if row["request_id"] == request_id]
    assert (line["method"], line["route"], line["status"]) == (
        "POST",
        "wagtailadmin_pages:add",
        302,
    )
    caused = set(Job.objects.filter(request_id=request_id).values_list("pk", flat=True))
    assert caused
    drain()
    done = {row["job_id"] for row in log.of("job done") if row["request_id"] == request_id}
    assert done >= caused


def test_lines_hold_nothing_that_a_visitor_sent(log):
    client = Client(raise_request_exception=False, HTTP_USER_AGENT=f"agent-{CANARY}")
    client.cookies["sessionid"] = f"session-{CANARY}"
    client.get("/en/browse/", {"q": CANARY})
    client.get(f"/en/{CANARY}/")
    client.post("/admin/password_reset/", {"email": MAIL})
    client.post("/admin/login/", {"username": MAIL, "password": CANARY})
    client.get("/en/", HTTP_HOST=f"{CANARY}.example.org")
    client.generic(CANARY.upper(), "/en/")
    assert len(log.of("request")) >= 6
    assert CANARY not in log.text.lower()
    assert MAIL not in log.text
    assert "127.0.0.1" not in log.text


@override_settings(ROOT_URLCONF=__name__)
def test_a_failure_is_logged_with_its_place_and_without_its_texts(log):
    client = Client(raise_request_exception=False)
    answer = client.post(f"/fail/?q={CANARY}", {"name": f"name of\n{CANARY}"})
    assert answer.status_code == 500
    (line,) = [row for row in log.lines if "exception" in row]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "ValueError: not understood:" in line["exception"]
    assert "in fail" in line["exception"]
    assert CANARY not in log.text


@pytest.mark.parametrize("as_json", [True, False])
def test_private_parts_of_errors_are_hidden(as_json):
    log = Written(as_json=as_json)
    logging.root.addHandler(log.handler)
    try:
        structlog.get_logger("content.jobs").error(
            "job failed",
            error=f"refused {MAIL} at smtp://hub:{CANARY}@mail.example.org, /x?q={CANARY}&a=b",
        )
        try:
            raise RuntimeError(f"duplicate key\nDETAIL:  Key (name)=({CANARY}) already exists.")
        except RuntimeError:
            logging.getLogger("django.request").exception(
                "Internal Server Error: %s", f"/admin/password_reset/confirm/Mg/{CANARY}/"
            )
    finally:
        logging.root.removeHandler(log.handler)
    assert CANARY not in log.text
    assert MAIL not in log.text
    assert "duplicate key" in log.text


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("breaks", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\x1b[2K"])
def test_no_text_can_begin_a_line_of_its_own(as_json, breaks):
    log = Written(as_json=as_json)
    logging.root.addHandler(log.handler)
    try:
        text = f"one{breaks}2026-01-01 [info] forged"
        structlog.get_logger("content.jobs").warning(text, reason=text)
        logging.getLogger("somebody.else").warning("got %s", text)
    finally:
        logging.root.removeHandler(log.handler)
    assert len(log.text.splitlines()) == 2
    assert "\x1b" not in log.text


def test_the_id_comes_from_a_trusted_proxy_only(settings):
    def id_for(given):
        request = RequestFactory().get("/", headers={"X-Request-ID": given})
        return RequestIdMiddleware(lambda _: HttpResponse())(request).headers["X-Request-ID"]

    settings.HUB_PROXIES = 0
    assert id_for("from-a-client-1") != "from-a-client-1"
    settings.HUB_PROXIES = 1
    assert id_for("0123456789abcdef") == "0123456789abcdef"
    for bad in ("short", "x" * 65, "with space", "line\nbreak", "<script>alert", ""):
        assert id_for(bad) != bad


@override_settings(ROOT_URLCONF=__name__)
def test_each_request_has_an_id_of_its_own_and_leaves_none_behind(log):
    client = Client()
    ids = {client.get("/fine/").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert {line["request_id"] for line in log.of("request")} == ids
    assert all(line["route"] == "fine" for line in log.of("request"))
    assert "request_id" not in structlog.contextvars.get_contextvars()
    assert logs.current_request.get() is None


def test_static_files_and_probes_write_no_line(log, client):
    client.get("/static/nothing.css")
    client.get("/-/live")
    assert log.of("request") == []
