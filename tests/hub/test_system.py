"""The System report: hub admins see what is wrong and decide about dead letters; nobody else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml.html import fromstring
from structlog.testing import capture_logs
from wagtail.users.models import UserProfile

from content.housekeeping import reach
from content.jobs import registry, signs, timetable
from content.models import Dependency, Job, OutgoingMail, Runner
from hub.system.checks import Check
from hub.system.sentences import WORDS, alarm
from partners.models import Membership
from tests import actors
from tests.factories.jobs import dead_letter, job
from tests.factories.partners import PartnerFactory
from tests.hub.test_health import ALARMS
from tests.jobs import drain

pytestmark = pytest.mark.django_db
REPORT, LETTERS, SETTLE = (
    "/admin/reports/system/",
    "/admin/reports/system/dead-letters/",
    "/admin/reports/system/dead-letters/settle/",
)
OTHER_ROLES = [role for role in Membership.Role if role != Membership.Role.HUB_ADMIN]


@pytest.fixture
def admin():
    return actors.hub_admin()


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return fromstring(response.content)


def text(html, section=""):
    path = f"//section[@aria-labelledby='{section}']" if section else "//main"
    (found,) = html.xpath(path)
    return " ".join(found.text_content().split())


def told(response):
    return [str(message).strip() for message in get_messages(response.wsgi_request)]


class TestWhoMaySeeIt:
    @pytest.mark.parametrize("role", OTHER_ROLES)
    def test_other_roles_are_led_home_and_get_no_menu_item(self, role):
        client = actors.signed_in(actors.person(role, PartnerFactory()))
        letter = dead_letter()
        for url in (REPORT, LETTERS, reverse("system:job", args=[letter.pk])):
            assert client.get(url).url in {"/admin/", f"/admin/login/?next={url}"}
        home = client.get("/admin/")
        assert b"reports/system" not in home.content

    def test_hub_admins_find_it_in_the_menu_and_on_the_home_page(self, admin):
        html = page(admin, "/admin/")
        assert html.xpath(f"//main//a[@href='{REPORT}']")
        assert f'"{REPORT}"' in admin.get("/admin/").content.decode()

    @pytest.mark.parametrize("role", OTHER_ROLES)
    @pytest.mark.parametrize("action", ["retry", "discard"])
    def test_other_roles_cannot_settle_anything(self, role, action):
        letter = dead_letter()
        client = actors.signed_in(actors.person(role, PartnerFactory()))
        client.post(SETTLE, {action: letter.pk, "confirmed": "1"})
        letter.refresh_from_db()
        assert letter.state == "dead"

    def test_strangers_and_forged_forms_cannot_either(self):
        letter = dead_letter()
        Client().post(SETTLE, {"retry": letter.pk})
        forged = actors.hub_admin(enforce_csrf_checks=True).post(SETTLE, {"retry": letter.pk})
        letter.refresh_from_db()
        assert (forged.status_code, letter.state) == (403, "dead")


class TestReport:
    def test_a_quiet_installation_says_so(self, admin, settings, tmp_path):
        settings.DATA_DIR = settings.MEDIA_ROOT = tmp_path
        signs.show_life("worker", registry.QUEUES)
        timetable.write_due()
        drain()
        html = page(admin, REPORT)
        assert text(html, "alarms") == "Alarms Everything works."
        assert "All jobs are done." in text(html, "queues")

    def test_alarms_come_first_and_say_what_to_do(self, admin):
        dead_letter()
        html = page(admin, REPORT)
        assert html.xpath("//main//section/@aria-labelledby")[0] == "alarms"
        assert "1 job has failed for good." in text(html, "alarms")
        assert "Start a worker" in text(html, "alarms")
        assert html.xpath(f"//section[@aria-labelledby='alarms']//a[@href='{LETTERS}']")

    def test_it_shows_what_waits_runs_and_failed(self, admin):
        now = timezone.now()
        for _ in range(1200):
            job("tests.many", run_after=now - timedelta(minutes=3))
        job("tests.runs", {"page": 7}, state="running", locked_until=now + timedelta(minutes=1))
        job("tests.fails", attempts=3, error="Traceback\nValueError: no such page")
        html = page(admin, REPORT)
        queues = text(html, "queues")
        assert "tests.many 1,200 0 0 0 3\xa0minutes (late)".replace("\xa0", " ") in queues
        assert "tests.runs page=7" in text(html, "running")
        assert "ValueError: no such page" in text(html, "late")

    def test_it_shows_larger_works_servers_and_runners(self, admin):
        job("tests.a", batch="import 1", state="done", finished=timezone.now())
        job("tests.a", batch="import 1")
        Dependency.objects.create(name="mail", probe_at=timezone.now(), error="refused")
        signs.show_life("worker", registry.QUEUES, name="worker@here")
        html = page(admin, REPORT)
        assert "import 1 1 of 2" in text(html, "batches")
        assert "mail" in text(html, "down")
        assert "worker@here worker publish,bulk" in text(html, "runners")
        assert "silent" not in text(html, "runners")

    def test_a_silent_runner_is_marked(self, admin):
        signs.show_life("worker", registry.QUEUES)
        Runner.objects.update(seen=timezone.now() - timedelta(minutes=1))
        assert "(silent)" in text(page(admin, REPORT), "runners")

    def test_failed_mails_are_shown_without_their_text(self, admin):
        OutgoingMail.objects.create(
            recipients="ana@example.org", sender="hub@example.org", subject="Set your password",
            message=b"secret link", error="550 unknown",
        )  # fmt: skip
        html = page(admin, REPORT)
        assert "Set your password ana@example.org" in text(html, "mails")
        assert "secret link" not in text(html)

    def test_milestones_versions_and_settings(self, admin, settings):
        reach("backup")
        html = page(admin, REPORT)
        assert "Backup" in text(html, "milestones")
        assert "Check of the page tree not yet" in text(html, "milestones")
        assert "wagtail" in text(html, "versions")
        assert "HUB_LANGUAGES" in text(html, "settings")
        assert settings.SECRET_KEY not in text(html)

    def test_the_number_of_queries_is_always_the_same(self, admin):
        def asked():
            with CaptureQueriesContext(connection) as queries:
                page(admin, REPORT)
            return len(queries)

        def fill(count):
            for number in range(count):
                dead_letter(f"tests.{number}")
                job("tests.a", attempts=1)
                job("tests.a", batch=f"batch {number}")
                job("tests.a", state="running", locked_until=timezone.now())
                Dependency.objects.create(name=f"server {number}", probe_at=timezone.now())
                signs.show_life("worker", ["bulk"], name=f"worker {number}")
                OutgoingMail.objects.create(
                    recipients="a@example.org", sender="b@example.org", subject="x",
                    message=b"", error="550",
                )  # fmt: skip

        asked()  # fills Wagtail's caches
        empty = asked()
        fill(60)
        assert asked() == empty

    def test_it_speaks_the_language_and_the_time_of_the_person(self):
        user = actors.person(Membership.Role.HUB_ADMIN)
        UserProfile.objects.create(
            user=user, preferred_language="es", current_time_zone="America/Bogota"
        )
        letter = dead_letter(finished=datetime(2026, 3, 1, 2, 30, tzinfo=UTC))
        html = page(actors.signed_in(user), reverse("system:job", args=[letter.pk]))
        assert html.get("lang") == "es"
        assert "28/02/2026 21:30" in text(html)

    @pytest.mark.parametrize("language", ["es", "fr", "ar"])
    def test_every_admin_language_opens(self, language):
        user = actors.person(Membership.Role.HUB_ADMIN)
        UserProfile.objects.create(user=user, preferred_language=language)
        dead_letter()
        client = actors.signed_in(user)
        for url in ("/admin/", REPORT, LETTERS):
            assert page(client, url).get("lang") == language

    def test_tables_and_fields_are_labelled(self, admin):
        letter = dead_letter()
        job("tests.a", attempts=1)
        for url in (REPORT, LETTERS, reverse("system:job", args=[letter.pk])):
            (main,) = page(admin, url).xpath("//main")
            for table in main.xpath(".//table"):
                assert table.xpath("./caption")
                assert table.xpath("./thead//th[@scope='col']")
            for field in main.xpath(".//select | .//input[not(@type='hidden')]"):
                assert main.xpath(f".//label[@for='{field.get('id')}']")
            for button in main.xpath(".//form//button"):
                assert button.text_content().strip()
                assert button.get("type") == "submit"
            assert not main.xpath(".//*[@style]")


class TestDeadLetters:
    def test_they_are_listed_with_the_end_of_their_error(self, admin):
        letter = dead_letter("tests.a", {"page": 7}, error="Traceback\nValueError: no such page")
        shown = text(page(admin, LETTERS))
        assert "tests.a" in shown
        assert "page=7" in shown
        assert "ValueError: no such page" in shown
        assert str(letter.pk) in shown

    def test_one_is_shown_with_its_whole_error_and_payload(self, admin):
        letter = dead_letter("tests.a", {"page": 7}, error="Traceback\n  <b>\nValueError: x")
        html = page(admin, reverse("system:job", args=[letter.pk]))
        assert [pre.text_content() for pre in html.xpath("//pre")] == [
            '{\n  "page": 7\n}',
            "Traceback\n  <b>\nValueError: x",
        ]
        assert html.xpath("//main//button[@name='retry']")

    def test_a_job_that_is_not_dead_has_no_buttons(self, admin):
        html = page(admin, reverse("system:job", args=[job("tests.a").pk]))
        assert not html.xpath("//main//button[@name='retry']")

    def test_a_job_that_is_gone_is_not_found(self, admin):
        assert admin.get(reverse("system:job", args=[99])).status_code == 404

    def test_they_are_filtered_by_kind_and_paginated(self, admin):
        for _ in range(51):
            dead_letter("tests.a")
        dead_letter("tests.b")
        assert len(page(admin, LETTERS).xpath("//main//tbody/tr")) == 50
        assert len(page(admin, f"{LETTERS}?kind=tests.b").xpath("//main//tbody/tr")) == 1
        second = page(admin, f"{LETTERS}?kind=tests.a&p=2")
        assert len(second.xpath("//main//tbody/tr")) == 1
        assert second.xpath("//option[@selected]/@value") == ["tests.a"]
        assert second.xpath("//nav//a[contains(@href, 'kind=tests.a')]")

    def test_the_number_of_queries_is_always_the_same(self, admin):
        def asked():
            with CaptureQueriesContext(connection) as queries:
                page(admin, LETTERS)
            return len(queries)

        dead_letter()
        asked()
        few = asked()
        for number in range(60):
            dead_letter(f"tests.{number}")
        assert asked() == few


class TestSettling:
    def test_a_retried_job_is_due_and_runs(self, admin, monkeypatch):
        ran = []
        monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
        registry.handler("tests.a")(lambda page: ran.append(page))
        letter = dead_letter("tests.a", {"page": 7})
        response = admin.post(SETTLE, {"retry": letter.pk})
        assert response.url == LETTERS
        assert told(response) == ["1 job will be tried again."]
        letter.refresh_from_db()
        assert (letter.state, letter.attempts) == ("waiting", 0)
        drain()
        assert ran == [7]

    def test_discarding_asks_once_more(self, admin):
        letter = dead_letter()
        html = fromstring(admin.post(SETTLE, {"discard": letter.pk}).content)
        assert Job.objects.filter(pk=letter.pk).exists()
        (form,) = html.xpath("//main//form")
        (button,) = form.xpath(".//button")
        fields = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        response = admin.post(
            form.get("action"), {**fields, button.get("name"): button.get("value")}
        )
        assert told(response) == ["1 job has been discarded."]
        assert not Job.objects.filter(pk=letter.pk).exists()

    @pytest.mark.parametrize("action", ["retry", "discard"])
    def test_the_selected_ones(self, admin, action):
        letters = [dead_letter() for _ in range(3)]
        chosen = [letter.pk for letter in letters[:2]]
        admin.post(SETTLE, {action: "selected", "job": chosen, "confirmed": "1"})
        assert list(Job.objects.filter(state="dead")) == [letters[2]]

    @pytest.mark.parametrize("action", ["retry", "discard"])
    def test_all_of_a_kind(self, admin, action):
        for _ in range(3):
            dead_letter("tests.a")
        other = dead_letter("tests.b")
        response = admin.post(SETTLE, {action: "all", "kind": "tests.a", "confirmed": "1"})
        assert response.url == f"{LETTERS}?kind=tests.a"
        assert list(Job.objects.filter(state="dead")) == [other]

    def test_the_question_tells_how_many(self, admin):
        for _ in range(3):
            dead_letter("tests.a")
        shown = text(fromstring(admin.post(SETTLE, {"discard": "all"}).content))
        assert "3 dead letters will be deleted" in shown

    def test_nothing_selected_changes_nothing(self, admin):
        dead_letter()
        response = admin.post(SETTLE, {"retry": "selected"})
        assert told(response) == ["You have selected nothing."]
        assert Job.objects.filter(state="dead").count() == 1

    @pytest.mark.parametrize(
        "posted",
        [{}, {"retry": "x"}, {"retry": "1", "discard": "1"}, {"retry": "-1"}, {"retry": "9" * 30}],
    )
    def test_what_no_button_sends_is_refused(self, admin, posted):
        assert admin.post(SETTLE, posted).status_code == 400

    def test_it_is_no_address_to_look_at(self, admin):
        assert admin.get(SETTLE).status_code == 405

    def test_the_log_says_who_did_it(self):
        user = actors.person(Membership.Role.HUB_ADMIN)
        letter = dead_letter()
        with capture_logs() as entries:
            actors.signed_in(user).post(SETTLE, {"retry": letter.pk})
        (entry,) = [e for e in entries if e["event"] == "dead letters settled"]
        assert (entry["by"], entry["jobs"]) == (user.username, [letter.pk])

    def test_very_many_are_taken_in_portions(self, admin, monkeypatch):
        monkeypatch.setattr("hub.system.views.MOST_AT_ONCE", 2)
        for _ in range(3):
            dead_letter()
        response = admin.post(SETTLE, {"retry": "all"})
        assert told(response) == ["2 jobs will be tried again."]
        assert Job.objects.filter(state="dead").count() == 1


def test_every_alarm_has_words():
    assert set(WORDS) == ALARMS | {"broker"}


@pytest.mark.parametrize(
    ("name", "details", "words"),
    [
        ("worker_silent", {"silent": ["bulk"]}, "Nobody runs the jobs of: bulk."),
        ("timetable_silent", {"last_slot": None}, "No timed work has been written"),
        ("timetable_silent", {"last_slot": "2026-03-01T10:00:00+00:00"}, "03/01/2026"),
        ("backup_age", {"last": None}, "No backup has been made yet."),
        ("backup_age", {"last": "x", "hours": 27.4}, "27 hours old"),
        ("disk", {"free": 1 << 29}, "512.0"),
        ("disk", {"error": "OSError"}, "cannot be read"),
        ("jobs_late", {"late": ["publish"]}, "publish"),
        ("dependency_down", {"since": {"mail": "x"}}, "mail"),
        ("database", {"error": "x"}, "The database does not answer"),
        ("migrations", {"missing": []}, "older than the program"),
        ("restore_unfinished", {}, "A restore was begun"),
        ("cache", {}, "The cache does not answer"),
        ("broker", {}, "The broker does not answer"),
        ("page_tree", {"problems": {}}, "The page tree is damaged."),
        ("evidence_damaged", {"count": 2, "first": "vote 7: missing"}, "2 places, first: vote 7"),
        ("mail_failed", {"count": 2}, "2 mails could not be sent."),
    ],
)
def test_an_alarm_is_one_sentence_and_a_hint(name, details, words):
    found = alarm(Check(name, ok=False, details=details))
    assert words in found.sentence
    assert found.hint
