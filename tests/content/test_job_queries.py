"""What can be read from the job table, and what people decide about dead letters."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from content.jobs import dead_letters, queries, timetable
from content.models import Job, OutgoingMail
from tests.factories.jobs import dead_letter, job

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def depth(down=(), **wanted):
    now = timezone.now()
    rows = queries.depths(now, down)
    return next(r for r in rows if all(getattr(r, name) == value for name, value in wanted.items()))


class TestDepths:
    def test_open_jobs_are_counted_by_queue_and_kind(self):
        job("tests.a", queue="publish")
        job("tests.a", queue="publish", attempts=2)
        job("tests.a", queue="publish", state="running")
        job("tests.a", queue="bulk")
        dead_letter("tests.a", queue="publish")
        job("tests.a", queue="publish", state="done", finished=timezone.now())
        row = depth(queue="publish")
        assert (row.waiting, row.retrying, row.running, row.dead) == (2, 1, 1, 1)
        assert depth(queue="bulk").waiting == 1

    def test_done_jobs_are_no_row(self):
        job("tests.a", state="done", finished=timezone.now())
        assert queries.depths(timezone.now()) == []

    def test_the_age_is_that_of_the_oldest_job_that_could_run(self):
        now = timezone.now()
        job("tests.a", run_after=now - 3 * MINUTE)
        job("tests.a", run_after=now + MINUTE)
        assert queries.depths(now)[0].age(now) == 3 * MINUTE

    def test_a_job_of_the_future_has_no_age(self):
        now = timezone.now()
        job("tests.a", run_after=now + MINUTE)
        assert queries.depths(now)[0].age(now) == timedelta()

    def test_a_job_whose_runner_died_grows_old_from_the_end_of_its_lease(self):
        now = timezone.now()
        job("tests.a", state="running", run_after=now - MINUTE, locked_until=now - 2 * MINUTE)
        assert queries.depths(now)[0].age(now) == 2 * MINUTE

    def test_nobody_expects_jobs_to_run_whose_server_is_down(self):
        now = timezone.now()
        job("tests.a", run_after=now - MINUTE, needs="mail")
        assert depth(down=["mail"]).oldest_due is None
        assert depth().oldest_due is not None


class TestDeadLetters:
    def test_the_newest_comes_first(self):
        old = dead_letter(finished=timezone.now() - MINUTE)
        new = dead_letter()
        assert list(queries.dead_letters()) == [new, old]

    def test_of_one_kind(self):
        dead_letter("tests.a")
        other = dead_letter("tests.b")
        assert list(queries.dead_letters("tests.b")) == [other]
        assert queries.dead_kinds() == [("tests.a", 1), ("tests.b", 1)]

    def test_the_reason_is_the_end_of_the_traceback(self):
        error = "Traceback (most recent call last):\n  File x\nValueError: no such page\n"
        assert queries.reason(dead_letter(error=error)) == "ValueError: no such page"
        assert queries.reason(dead_letter(error="")) == ""

    def test_retried_ones_are_due_with_all_their_attempts(self):
        letter = dead_letter()
        assert dead_letters.settle("retry", [letter.pk], by="test") == 1
        letter.refresh_from_db()
        assert (letter.state, letter.attempts, letter.finished) == ("waiting", 0, None)
        assert letter.run_after <= timezone.now()

    def test_discarded_ones_are_gone(self):
        letter = dead_letter()
        assert dead_letters.settle("discard", [letter.pk], by="test") == 1
        assert not Job.objects.exists()

    @pytest.mark.parametrize("action", ["retry", "discard"])
    def test_other_jobs_are_left_alone(self, action):
        waits = job("tests.a", attempts=3)
        assert dead_letters.settle(action, [waits.pk], by="test") == 0
        waits.refresh_from_db()
        assert waits.attempts == 3

    def test_all_of_a_kind_in_portions(self, monkeypatch):
        monkeypatch.setattr(dead_letters, "BATCH", 2)
        for _ in range(5):
            dead_letter("tests.a")
        dead_letter("tests.b")
        assert dead_letters.settle_all("discard", "tests.a", by="test") == 5
        assert [letter.kind for letter in Job.objects.all()] == ["tests.b"]

    def test_not_more_than_asked_for_and_the_oldest_first(self, monkeypatch):
        monkeypatch.setattr(dead_letters, "BATCH", 2)
        now = timezone.now()
        letters = [dead_letter(finished=now - number * MINUTE) for number in range(5)]
        assert dead_letters.settle_all("retry", most=3, by="test") == 3
        assert set(queries.dead_letters()) == set(letters[:2])

    def test_the_log_says_who_did_it(self):
        letter = dead_letter()
        with capture_logs() as entries:
            dead_letters.settle("discard", [letter.pk], by="maria")
        (entry,) = entries
        assert (entry["by"], entry["action"], entry["settled"]) == ("maria", "discard", 1)


class TestBatches:
    def test_progress_is_a_count(self):
        job("tests.a", batch="import 1", state="done", finished=timezone.now())
        job("tests.a", batch="import 1", state="done", finished=timezone.now())
        job("tests.a", batch="import 1")
        dead_letter("tests.a", batch="import 1")
        (batch,) = queries.batches(10)
        assert (batch.name, batch.total, batch.done, batch.dead) == ("import 1", 4, 2, 1)

    def test_finished_ones_are_left_out(self):
        job("tests.a", batch="import 1", state="done", finished=timezone.now())
        dead_letter("tests.a", batch="import 2")
        assert queries.batches(10) == []


class TestClock:
    def test_the_last_tick_is_the_latest_slot_that_was_written(self):
        with time_machine.travel("2026-03-01T10:00:20Z", tick=False):
            timetable.write_due()
        with time_machine.travel("2026-03-01T10:05:40Z", tick=False):
            tick = queries.last_tick("content.publish_scheduled", timezone.now())
        assert tick.isoformat() == "2026-03-01T10:00:00+00:00"

    def test_none_within_an_hour(self):
        with time_machine.travel("2026-03-01T10:00:20Z", tick=False):
            timetable.write_due()
        with time_machine.travel("2026-03-01T11:05:40Z", tick=False):
            assert queries.last_tick("content.publish_scheduled", timezone.now()) is None


def test_failed_mails_are_those_not_sent_since():
    mail = {"recipients": "a@example.org", "sender": "b@example.org", "message": b"text"}
    OutgoingMail.objects.create(subject="waits", **mail)
    OutgoingMail.objects.create(subject="sent", error="", sent=timezone.now(), **mail)
    OutgoingMail.objects.create(subject="refused", error="550 unknown", **mail)
    with CaptureQueriesContext(connection) as asked:
        assert [found.subject for found in queries.failed_mails(10)] == ["refused"]
    assert "message" not in asked.captured_queries[0]["sql"]


def test_running_and_late_jobs_are_listed():
    runs = job("tests.a", state="running")
    fails = job("tests.a", attempts=2)
    job("tests.a")
    assert queries.running(10) == [runs]
    assert queries.late(10) == [fails]


@pytest.mark.parametrize("read", [lambda: queries.depths(timezone.now()), lambda: queries.late(9)])
def test_done_jobs_are_not_looked_at(read):
    """The index leads past them, however many there are."""
    with CaptureQueriesContext(connection) as asked:
        read()
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # it would read a table this small as a whole
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"{explain} {asked.captured_queries[0]['sql']}")
        plan = [str(row[-1]) for row in cursor.fetchall()]
    assert any("job_due" in step or "job_finished" in step for step in plan), plan


class TestCommand:
    def test_it_lists_depths(self, capsys):
        job("tests.a", run_after=timezone.now() - MINUTE)
        call_command("jobs", "list")
        assert "tests.a" in capsys.readouterr().out

    def test_it_lists_dead_letters_with_their_reason(self, capsys):
        dead_letter("tests.a", payload={"page": 7}, error="Traceback\nValueError: broken")
        call_command("jobs", "dead", "--kind", "tests.a")
        line = capsys.readouterr().out
        assert "tests.a(page=7)" in line
        assert "ValueError: broken" in line

    def test_it_shows_one_with_its_whole_error(self, capsys):
        letter = dead_letter("tests.a", error="Traceback\nValueError: broken")
        call_command("jobs", "show", str(letter.pk))
        assert "Traceback\nValueError: broken" in capsys.readouterr().out

    def test_it_retries_and_discards(self):
        first, second = dead_letter("tests.a"), dead_letter("tests.b")
        call_command("jobs", "retry", str(first.pk))
        call_command("jobs", "discard", "--kind", "tests.b")
        assert [(found.pk, found.state) for found in Job.objects.all()] == [(first.pk, "waiting")]
        assert second.pk != first.pk

    @pytest.mark.parametrize("arguments", [["retry"], ["retry", "1", "--all"], ["show", "99"]])
    def test_it_refuses_what_is_not_clear(self, arguments):
        with pytest.raises(CommandError):
            call_command("jobs", *arguments)

    def test_it_says_which_are_no_dead_letters(self):
        waits = job("tests.a")
        with pytest.raises(CommandError, match="1 of them"):
            call_command("jobs", "discard", str(waits.pk))
        assert Job.objects.filter(pk=waits.pk).exists()
