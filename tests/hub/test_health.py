"""What probes and monitoring are told: each fault by its name, and nothing to strangers."""

import json
import shutil
import sqlite3
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from lxml.html import fromstring

from content.housekeeping import reach
from content.jobs import signs, timetable
from content.models import Dependency, Job, Milestone, Runner
from hub.backup import state as restore
from hub.settings import databases
from hub.system import checks, probes
from tests import actors
from tests.factories.jobs import dead_letter, job

TOKEN = "token-of-the-monitoring-0123456789abcdef"
GIB = 1 << 30
AT_ONCE = 5.0
MINUTE = timedelta(minutes=1)
ALARMS = {
    "database", "migrations", "cache", "worker_silent", "timetable_silent", "jobs_late",
    "jobs_dead", "dependency_down", "mail_failed", "disk", "backup_age", "restore_unfinished",
    "page_tree", "evidence_damaged",
}  # fmt: skip


def disk(free, total=100 * GIB):
    return lambda folder: SimpleNamespace(free=free, total=total)


@pytest.fixture(autouse=True)
def _surroundings(settings, monkeypatch, tmp_path):
    settings.HUB_HEALTH_TOKEN = TOKEN
    settings.HUB_BROKER_URL = ""
    settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(shutil, "disk_usage", disk(50 * GIB))
    monkeypatch.setattr(checks._Migrated, "seen", False)
    for name in ("DATABASE", "CACHE", "BROKER", "DISK"):
        monkeypatch.setattr(probes, name, probes.Probe(getattr(probes, name)._ask))


@pytest.fixture
def sound(db):
    """An installation without any fault."""
    signs.show_life("worker", ["publish", "bulk"])
    timetable.write_due()
    reach("backup")
    reach("tree", problems={})


def told():
    """All that the monitoring is told, within five seconds."""
    started = time.monotonic()
    response = Client().get("/-/health", headers={"Authorization": f"Bearer {TOKEN}"})
    assert time.monotonic() - started < AT_ONCE
    body = json.loads(response.content)
    assert (response.status_code == 503) == (body["status"] == "down")
    return body


def alarms():
    return told()["alarms"]


def answer(path, **options):
    response = Client(**options).get(path)
    return response.status_code


class TestLive:
    """Without the mark for the database any query would fail."""

    def test_it_answers_without_asking_anybody(self):
        response = Client().get("/-/live")
        assert (response.status_code, response.content) == (200, b"ok")
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Content-Type"].startswith("text/plain")

    def test_a_session_cookie_is_not_looked_at(self, settings):
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
        assert client.get("/-/live").status_code == 200


@pytest.mark.django_db
class TestEveryProbe:
    @pytest.mark.parametrize("path", ["/-/live", "/-/ready", "/-/health"])
    def test_it_answers_to_any_host_and_without_https(self, path, sound, settings):
        settings.SECURE_SSL_REDIRECT = True
        response = Client().get(path, headers={"Host": "10.0.0.7:8000"})
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers
        assert Client().get("/en/", headers={"Host": "10.0.0.7:8000"}).status_code == 400

    @pytest.mark.parametrize("path", ["/-/live", "/-/ready", "/-/health"])
    def test_it_answers_head_and_refuses_post(self, path, sound):
        response = Client().head(path)
        assert (response.status_code, response.content) == (200, b"")
        assert Client().post(path).status_code == 405


@pytest.mark.django_db
class TestReady:
    def test_a_sound_process_is_ready(self):
        assert answer("/-/ready") == 200

    def test_without_a_database_it_is_not(self, no_database):
        response = Client().get("/-/ready")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert response.content == b"not ready"

    def test_with_migrations_to_come_it_is_not(self, missing_migration):
        assert answer("/-/ready") == 503

    def test_migrations_are_looked_at_until_all_were_applied(self, monkeypatch):
        assert answer("/-/ready") == 200
        monkeypatch.setattr(checks, "MigrationExecutor", None)
        assert answer("/-/ready") == 200

    def test_with_half_a_restore_it_is_not(self):
        restore.mark("backup of yesterday")
        assert answer("/-/ready") == 503

    def test_everything_else_may_be_broken(self, settings):
        """No worker, no mail, no cache, no broker: readers get their pages."""
        settings.CACHES = {"default": broken_cache()}
        settings.HUB_BROKER_URL = "unix:///nowhere/redis.sock"
        settings.HUB_DEMO = False
        dead_letter()
        Dependency.objects.create(name="mail", probe_at=timezone.now())
        assert answer("/-/ready") == 200


@pytest.fixture
def no_database(monkeypatch, db):
    """New connections fail, as they do when the server is gone."""
    gone = {
        **connections.settings["default"],
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": "/nowhere/hub.sqlite3",
        "OPTIONS": {},
    }
    monkeypatch.setitem(connections.settings, "default", gone)


@pytest.fixture
def missing_migration(settings, db):
    settings.MIGRATION_MODULES = {}
    recorder = MigrationRecorder(connection)
    if recorder.has_table():
        recorder.migration_qs.filter(app="content").delete()


def broken_cache():
    return {"BACKEND": "hub.caches.EmbeddedCache", "LOCATION": "/proc/nowhere/cache.sqlite3"}


@pytest.mark.django_db
class TestWithoutToken:
    """One word and nothing else."""

    def test_all_is_well(self, sound):
        response = Client().get("/-/health")
        assert response.status_code == 200
        assert json.loads(response.content) == {"status": "ok"}

    def test_something_is_wrong(self, sound):
        dead_letter(error="secret detail")
        response = Client().get("/-/health")
        assert response.status_code == 200
        assert json.loads(response.content) == {"status": "degraded"}

    def test_nothing_works(self, no_database):
        response = Client().get("/-/health")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert json.loads(response.content) == {"status": "down"}

    @pytest.mark.parametrize(
        "given", ["Bearer wrong", TOKEN, f"Basic {TOKEN}", "Bearer", "Bearer é"]
    )
    def test_a_wrong_token_is_none(self, sound, given):
        response = Client().get("/-/health", headers={"Authorization": given})
        assert json.loads(response.content) == {"status": "ok"}

    @pytest.mark.parametrize("given", ["Bearer ", "Bearer"])
    def test_an_empty_token_opens_nothing(self, sound, settings, given):
        settings.HUB_HEALTH_TOKEN = ""
        response = Client().get("/-/health", headers={"Authorization": given})
        assert json.loads(response.content) == {"status": "ok"}


@pytest.mark.django_db
class TestAlarms:
    """Each fault raises its own alarm; monitoring relies on the names."""

    def test_a_sound_installation_raises_none(self, sound):
        body = told()
        assert (body["status"], body["alarms"]) == ("ok", [])
        assert set(body["checks"]) == ALARMS
        assert {"hub", "wagtail", "django", "python"} <= set(body["versions"])

    def test_database(self, no_database, sound):
        body = told()
        assert (body["status"], body["alarms"]) == ("down", ["database"])

    def test_database_that_fails_while_it_is_read(self, sound):
        with connection.execute_wrapper(failing(OperationalError("server closed"))):
            body = told()
        assert (body["status"], body["alarms"]) == ("down", ["database"])

    def test_migrations(self, missing_migration, sound):
        body = told()
        assert (body["status"], body["alarms"]) == ("down", ["migrations"])
        assert body["checks"]["migrations"]["missing"]

    def test_restore_unfinished(self, sound):
        restore.mark("backup of yesterday")
        body = told()
        assert (body["status"], body["alarms"]) == ("down", ["restore_unfinished"])

    def test_cache(self, sound, settings):
        settings.CACHES = {"default": broken_cache()}
        body = told()
        assert (body["status"], body["alarms"]) == ("degraded", ["cache"])

    def test_broker(self, sound, settings):
        settings.HUB_BROKER_URL = "unix:///nowhere/redis.sock"
        assert alarms() == ["broker"]

    def test_worker_silent(self, sound):
        Runner.objects.update(seen=timezone.now() - MINUTE)
        assert alarms() == ["worker_silent"]

    def test_worker_silent_for_one_queue(self, sound):
        Runner.objects.update(queues="publish")
        body = told()
        assert body["alarms"] == ["worker_silent"]
        assert body["checks"]["worker_silent"]["silent"] == ["bulk"]

    def test_a_worker_in_a_long_job_is_not_silent(self, sound):
        Runner.objects.update(seen=timezone.now() - MINUTE)
        job(state="running", locked_until=timezone.now() + MINUTE)
        assert alarms() == []

    def test_timetable_silent(self, sound):
        Job.objects.filter(kind="content.publish_scheduled").delete()
        assert alarms() == ["timetable_silent"]

    def test_jobs_late(self, sound):
        job(run_after=timezone.now() - 2 * MINUTE)
        body = told()
        assert body["alarms"] == ["jobs_late"]
        assert body["checks"]["jobs_late"]["queues"]["publish"]["oldest_due_seconds"] == 120

    def test_bulk_jobs_may_wait_longer(self, sound):
        job(queue="bulk", run_after=timezone.now() - 2 * MINUTE)
        assert alarms() == []
        job(queue="bulk", run_after=timezone.now() - 20 * MINUTE)
        assert alarms() == ["jobs_late"]

    def test_jobs_dead(self, sound):
        dead_letter("tests.a", queue="publish")
        dead_letter("tests.a", queue="bulk")
        body = told()
        assert body["alarms"] == ["jobs_dead"]
        assert body["checks"]["jobs_dead"]["count"] == 2
        assert body["checks"]["jobs_dead"]["by_kind"] == {"tests.a": 2}

    def test_dependency_down(self, sound):
        Dependency.objects.create(name="mail", probe_at=timezone.now(), error="refused")
        body = told()
        assert body["alarms"] == ["dependency_down"]
        assert set(body["checks"]["dependency_down"]["since"]) == {"mail"}

    def test_mail_failed(self, sound):
        dead_letter("content.send_mail")
        assert alarms() == ["jobs_dead", "mail_failed"]

    @pytest.mark.parametrize(
        ("free", "total", "is_little"),
        [
            (GIB // 2, 20 * GIB, True),
            (2 * GIB, 20 * GIB, False),
            (2 * GIB, 100 * GIB, True),
            (11 * GIB, 1000 * GIB, False),
        ],
    )
    def test_disk(self, sound, monkeypatch, free, total, is_little):
        monkeypatch.setattr(shutil, "disk_usage", disk(free, total))
        assert alarms() == (["disk"] if is_little else [])

    def test_disk_that_cannot_be_read(self, sound, settings, tmp_path):
        settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path / "gone"
        assert alarms() == ["disk"]

    def test_backup_age(self, sound):
        Milestone.objects.filter(name="backup").update(at=timezone.now() - timedelta(hours=27))
        assert alarms() == ["backup_age"]

    def test_no_backup_at_all_matters_outside_of_development(self, sound, settings):
        Milestone.objects.filter(name="backup").delete()
        assert alarms() == []
        settings.HUB_DEMO = False
        assert alarms() == ["backup_age"]

    def test_page_tree(self, sound):
        reach("tree", problems={"orphans": [7]})
        assert alarms() == ["page_tree"]

    def test_evidence_damaged(self, sound):
        reach("evidence", count=1, first="content_auditevent 7: was altered")
        assert alarms() == ["evidence_damaged"]

    def test_no_secret_is_told(self, sound, settings):
        body = json.dumps(told())
        assert TOKEN not in body
        assert settings.SECRET_KEY not in body


class TestHanging:
    """What never answers costs the deadline, and not once for each caller."""

    def test_a_probe_is_asked_once_at_a_time(self):
        asked = []
        probe = probes.Probe(lambda: asked.append(1) or time.sleep(0.3) or {})
        until = time.monotonic() + 0.05
        attempts = [probe.start() for _ in range(5)]
        assert {attempt.wait(until).error for attempt in attempts} == {"no answer in time"}
        assert len(asked) == 1

    def test_a_probe_that_was_given_up_is_asked_anew(self, monkeypatch):
        answers = [lambda: time.sleep(0.3) or {}, dict]
        probe = probes.Probe(lambda: answers.pop(0)())
        assert probe.start().wait(time.monotonic() + 0.05).error
        monkeypatch.setattr(probes, "GIVE_UP_SECONDS", 0.0)
        assert not probe.start().wait(time.monotonic() + 1).error


@pytest.mark.servers
@pytest.mark.django_db
class TestServers:
    def test_postgresql_dies_and_comes_back(self, postgres, sound, monkeypatch, tmp_path):
        config = {**connections.settings["default"], **databases.default(postgres.url, tmp_path)}
        monkeypatch.setitem(connections.settings, "default", config)
        assert told()["status"] == "ok"
        postgres.kill()
        assert told()["status"] == "down"
        postgres.start()
        assert told()["status"] == "ok"

    def test_postgresql_hangs(self, postgres, sound, monkeypatch, tmp_path):
        config = {**connections.settings["default"], **databases.default(postgres.url, tmp_path)}
        monkeypatch.setitem(connections.settings, "default", config)
        postgres.freeze()
        assert told()["status"] == "down"
        assert answer("/-/live") == 200

    @pytest.mark.parametrize("fault", ["kill", "freeze"])
    def test_redis_dies_or_hangs(self, redis, sound, settings, fault):
        settings.CACHES = {"default": databases.redis_cache(redis.url)}
        settings.HUB_BROKER_URL = redis.url
        assert alarms() == []
        getattr(redis, fault)()
        body = told()
        assert (body["status"], set(body["alarms"])) == ("degraded", {"cache", "broker"})
        assert answer("/-/ready") == 200


def failing(error):
    def fail(execute, sql, parameters, many, context):
        raise error

    return fail


def wrong_statement():
    cause = sqlite3.OperationalError("no such table: x")
    cause.sqlite_errorcode = sqlite3.SQLITE_ERROR
    error = OperationalError("no such table: x")
    error.__cause__ = cause
    return error


@pytest.mark.django_db
class TestPagesWithoutDatabase:
    @pytest.mark.parametrize(
        ("path", "language"),
        [("/en/", "en"), ("/ar/none/", "ar"), ("/admin/", "en"), ("/zh-hans/browse/", "zh-Hans")],
    )
    def test_they_say_so_in_the_language_of_the_address(self, path, language):
        client = actors.hub_admin(raise_request_exception=False)
        with connection.execute_wrapper(failing(OperationalError("password in it"))):
            response = client.get(path)
        html = fromstring(response.content)
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        assert "no-store" in response.headers["Cache-Control"]
        assert html.get("lang") == language
        assert len(html.xpath("//h1")) == 1
        assert not html.xpath("//link | //script | //img")
        assert b"password in it" not in response.content

    def test_a_mistake_of_ours_is_a_mistake(self):
        with connection.execute_wrapper(failing(wrong_statement())):
            response = Client(raise_request_exception=False).get("/en/")
        assert response.status_code == 500
        assert "Retry-After" not in response.headers
