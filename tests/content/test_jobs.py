"""The job table: written with the change, run once, tried again, never lost from sight."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import task

from content.jobs import dependencies, registry, runner, services, signs, timetable
from content.jobs.errors import DependencyDown, PermanentError
from content.jobs.services import enqueue
from content.models import Dependency, Job, Runner, Topic
from tests.jobs import drain, waiting

ran = []
answers = {"server": True}


def _remember(*, value):
    ran.append((value, Topic.objects.filter(slug=value).exists()))


def _write_and_fail(*, slug):
    Topic.objects.create(slug=slug)
    raise RuntimeError(f"cannot finish {slug}")


def _write(*, slug):
    Topic.objects.create(slug=slug)


def _give_up(*, value):
    raise PermanentError(f"{value} cannot be helped")


def _ask_server(*, value):
    if not answers["server"]:
        raise DependencyDown("test server", "connection refused")
    ran.append(value)


def _lose_lease(*, slug):
    """Another runner takes the job while this one is at it."""
    Topic.objects.create(slug=slug)
    Job.objects.update(token="00000000-0000-0000-0000-000000000001")


@pytest.fixture(autouse=True)
def _handlers(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_clocks", {})
    ran.clear()
    answers["server"] = True
    registry.handler("tests.remember")(_remember)
    registry.handler("tests.write")(_write)
    registry.handler("tests.write_and_fail")(_write_and_fail)
    registry.handler("tests.give_up")(_give_up)
    registry.handler("tests.lose_lease")(_lose_lease)
    registry.handler("tests.ask_server", atomic=False, needs="test server")(_ask_server)
    registry.handler("tests.later", queue=registry.BULK)(_remember)


def later(**units):
    """Let time pass for the table: everything that waits waits that much less."""
    for job in Job.objects.all():
        job.run_after -= timedelta(**units)
        if job.locked_until:
            job.locked_until -= timedelta(**units)
        job.save()
    for server in Dependency.objects.all():
        server.probe_at -= timedelta(**units)
        server.save()


@pytest.mark.django_db(transaction=True)
class TestWriting:
    def test_a_job_is_seen_after_the_commit_with_the_change(self):
        with transaction.atomic():
            enqueue("tests.remember", {"value": "saved"})
            Topic.objects.create(slug="saved")
        drain()
        assert ran == [("saved", True)]

    def test_a_rolled_back_change_leaves_no_job(self):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            enqueue("tests.remember", {"value": "gone"})
            raise ZeroDivisionError
        assert not Job.objects.exists()

    def test_the_same_job_twice_in_a_transaction_is_one(self):
        with transaction.atomic():
            first = enqueue("tests.remember", {"value": "a"})
            assert enqueue("tests.remember", {"value": "a"}) == first
            assert enqueue("tests.remember", {"value": "b"}) != first
        assert Job.objects.count() == 2

    def test_older_waiting_jobs_are_no_reason_to_leave_one_out(self):
        enqueue("tests.remember", {"value": "a"})
        enqueue("tests.remember", {"value": "a"})
        assert Job.objects.count() == 2

    def test_a_savepoint_that_is_rolled_back_takes_its_job_along(self):
        with transaction.atomic():
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                enqueue("tests.remember", {"value": "a"})
                raise ZeroDivisionError
            enqueue("tests.remember", {"value": "a"})
        assert drain() == 1

    def test_once_is_once_for_ever(self):
        first = enqueue("tests.remember", {"value": "a"}, once="morning")
        drain()
        assert enqueue("tests.remember", {"value": "a"}, once="morning") == first
        assert drain() == 0

    def test_an_unknown_kind_is_refused_where_it_is_written(self):
        with pytest.raises(LookupError, match="tests.nobody"):
            enqueue("tests.nobody")

    def test_whoever_may_wake_a_runner_hears_after_the_commit(self):
        woken = []
        services.set_waker(lambda job_id, queue: woken.append((job_id, queue)))
        try:
            with transaction.atomic():
                job_id = enqueue("tests.later", {"value": "a"})
                enqueue(
                    "tests.later", {"value": "b"}, run_after=timezone.now() + timedelta(hours=1)
                )
                assert woken == []
            assert woken == [(job_id, "bulk")]
        finally:
            services.set_waker(None)

    def test_a_job_waits_for_its_time(self):
        enqueue("tests.remember", {"value": "a"}, run_after=timezone.now() + timedelta(minutes=1))
        assert drain() == 0
        later(minutes=1)
        assert drain() == 1


@pytest.mark.django_db(transaction=True)
class TestRunning:
    def test_effects_of_a_failed_attempt_are_rolled_back(self):
        enqueue("tests.write_and_fail", {"slug": "half"})
        drain()
        job = Job.objects.get()
        assert not Topic.objects.filter(slug="half").exists()
        assert (job.state, job.attempts) == ("waiting", 1)
        assert "cannot finish half" in job.error
        assert timedelta(seconds=3) < job.run_after - timezone.now() <= timedelta(seconds=6)

    def test_after_eight_attempts_a_job_is_a_dead_letter_and_the_others_are_done(self):
        enqueue("tests.write_and_fail", {"slug": "poison"})
        for number in range(50):
            enqueue("tests.remember", {"value": str(number)})
        for _attempt in range(8):
            drain()
            later(minutes=20)
        drain()
        dead = Job.objects.get(state=Job.State.DEAD)
        assert dead.attempts == 8
        assert "cannot finish poison" in dead.error
        assert len(ran) == 50

    def test_pauses_double_up_to_a_quarter_of_an_hour(self):
        pauses = [runner.pause_after(attempts).total_seconds() for attempts in range(1, 9)]
        for pause, wanted in zip(pauses, [5, 10, 20, 40, 80, 160, 320, 640], strict=True):
            assert 0.8 * wanted <= pause <= 1.2 * wanted
        assert runner.pause_after(20) <= timedelta(minutes=18)

    def test_a_permanent_error_is_a_dead_letter_at_once(self):
        enqueue("tests.give_up", {"value": "this"})
        drain()
        job = Job.objects.get()
        assert (job.state, job.attempts) == ("dead", 1)
        assert "this cannot be helped" in job.error

    def test_a_kind_that_nobody_handles_any_more_is_a_dead_letter(self):
        Job.objects.create(kind="tests.old", key="x", queue="publish")
        drain()
        assert Job.objects.get().state == "dead"

    def test_a_job_of_a_dead_runner_is_taken_over_when_its_lease_has_run_out(self):
        enqueue("tests.remember", {"value": "a"})
        assert runner.claim("publish") is not None
        assert drain() == 0
        later(seconds=11)
        assert drain() == 1
        assert Job.objects.get().attempts == 2

    def test_a_runner_that_lost_its_lease_changes_nothing(self):
        enqueue("tests.lose_lease", {"slug": "late"})
        drain()
        assert not Topic.objects.exists()
        assert Job.objects.get(kind="tests.lose_lease").state == "running"

    def test_a_job_that_kills_its_runners_ends_as_a_dead_letter(self):
        enqueue("tests.remember", {"value": "a"})
        for _death in range(8):
            assert runner.claim("publish") is not None
            later(seconds=11)
        assert drain() == 0
        assert "died 8 times" in Job.objects.get(state="dead").error

    def test_the_queues_are_apart(self):
        enqueue("tests.later", {"value": "bulk"})
        enqueue("tests.remember", {"value": "publish"})
        assert drain(["publish"]) == 1
        assert ran == [("publish", False)]
        assert drain() == 1

    def test_a_wake_up_for_a_job_that_is_done_does_nothing(self):
        job_id = enqueue("tests.remember", {"value": "a"})
        assert runner.run_job(job_id)
        assert not runner.run_job(job_id)
        assert len(ran) == 1

    def test_dead_letters_are_tried_again_or_dropped_by_hand(self):
        dead = enqueue("tests.give_up", {"value": "a"})
        gone = enqueue("tests.give_up", {"value": "b"})
        done = enqueue("tests.remember", {"value": "c"})
        drain()
        assert services.retry([dead, done]) == 1
        assert [job.pk for job in waiting()] == [dead]
        assert services.discard([gone, done]) == 1
        assert set(Job.objects.values_list("pk", flat=True)) == {dead, done}

    def test_a_batch_is_run_together_and_what_is_left_one_by_one(self):
        for number in range(5):
            enqueue("tests.write", {"slug": f"t{number}"}, batch="import-1")
        seen = []
        assert runner.run_together("tests.write", "import-1", seen.extend, limit=3) == 3
        assert [row["slug"] for row in seen] == ["t0", "t1", "t2"]
        drain()
        assert set(Topic.objects.values_list("slug", flat=True)) == {"t3", "t4"}


@pytest.mark.django_db(transaction=True)
class TestServersThatDoNotAnswer:
    def test_their_jobs_wait_without_losing_attempts_and_follow_the_first_success(self):
        answers["server"] = False
        for number in range(5):
            enqueue("tests.ask_server", {"value": number})
        assert drain() == 1
        later(seconds=16)
        assert drain() == 1, "one probe, the others wait"
        assert set(Job.objects.values_list("state", "attempts")) == {("waiting", 0)}
        assert "connection refused" in Dependency.objects.get().error
        answers["server"] = True
        later(seconds=16)
        assert drain() == 5
        assert sorted(ran) == [0, 1, 2, 3, 4]
        assert not Dependency.objects.exists()

    def test_other_jobs_go_on(self):
        answers["server"] = False
        enqueue("tests.ask_server", {"value": 1})
        enqueue("tests.remember", {"value": "a"})
        drain()
        assert ran == [("a", False)]

    def test_a_new_job_does_not_ask_a_server_that_is_down(self):
        answers["server"] = False
        enqueue("tests.ask_server", {"value": 1})
        drain()
        new = enqueue("tests.ask_server", {"value": 2})
        assert drain() == 0
        assert not runner.run_job(new)

    def test_a_server_that_nobody_needs_any_more_is_forgotten(self):
        dependencies.report_down("test server", "gone", timezone.now() - timedelta(minutes=10))
        drain()
        assert not Dependency.objects.exists()


@pytest.mark.django_db
class TestTimetable:
    def test_a_slot_is_written_once_whoever_comes(self):
        registry.handler("tests.tick", clock=registry.Every(timedelta(minutes=1)))(lambda: None)
        now = datetime(2026, 11, 22, 10, 5, 30, tzinfo=ZoneInfo("UTC"))
        timetable.write_due(now)
        assert timetable.write_due(now + timedelta(seconds=20)) == 0
        assert timetable.write_due(now + timedelta(seconds=40)) == 1
        names = Job.objects.filter(kind="tests.tick").values_list("once", flat=True)
        assert set(names) == {"tests.tick:2026-11-22T10:05Z", "tests.tick:2026-11-22T10:06Z"}

    def test_a_night_that_was_slept_through_is_made_up_for_once(self, settings):
        settings.TIME_ZONE = "Europe/Madrid"
        clock = registry.Daily(datetime(2026, 1, 1, 3, 10).time())  # noqa: DTZ001  a time of day
        registry.handler("tests.nightly", clock=clock)(lambda: None)
        monday = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("UTC"))
        for moment in (monday, monday + timedelta(hours=3), monday + timedelta(hours=16)):
            timetable.write_due(moment)
        (name,) = Job.objects.filter(kind="tests.nightly").values_list("once", flat=True)
        assert name == "tests.nightly:2026-11-23T02:10Z"

    @pytest.mark.parametrize(
        ("day", "slots"),
        [("2026-03-29", 1), ("2026-10-25", 1), ("2026-06-01", 1)],
        ids=["the clocks skip an hour", "the clocks repeat an hour", "an ordinary day"],
    )
    def test_a_nightly_time_happens_once_on_every_day(self, settings, day, slots):
        settings.TIME_ZONE = "Europe/Madrid"
        clock = registry.Daily(datetime(2026, 1, 1, 2, 30).time())  # noqa: DTZ001  a time of day
        start = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        start = start.astimezone(ZoneInfo("Europe/Madrid")).replace(hour=0)
        seen = {
            clock.slot(start.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minute))
            for minute in range(24 * 60 - 60)
        }
        today = {slot for slot in seen if slot.date().isoformat() == day}
        assert len(today) == slots


@pytest.mark.django_db
def test_a_runner_shows_life_and_leaves():
    signs.show_life("worker", ["publish"])
    started = Runner.objects.get().started
    signs.show_life("worker", ["publish"])
    row = Runner.objects.get()
    assert row.started == started
    assert row.seen > started
    signs.leave("worker")
    assert not Runner.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_finding_the_next_job_costs_the_same_in_a_long_queue(django_assert_num_queries):
    def cost():
        with transaction.atomic():
            before = len(connection.queries_log)
            connection.force_debug_cursor = True
            runner.claim("publish")
            connection.force_debug_cursor = False
            return len(connection.queries_log) - before

    enqueue("tests.remember", {"value": "first"})
    few = cost()
    rows = [Job(kind="tests.remember", key=str(n), queue="publish") for n in range(2000)]
    Job.objects.bulk_create(rows)
    assert cost() == few <= 8


# -- Wagtail's own tasks ---------------------------------------------------------------------


@task()
def remember(value):
    ran.append((value, Topic.objects.filter(slug=value).exists()))


@task()
def miss(value):
    Topic.objects.get(slug="never")


@pytest.mark.django_db(transaction=True)
class TestTasks:
    def test_a_task_is_a_job(self):
        with transaction.atomic():
            result = remember.enqueue("saved")
            Topic.objects.create(slug="saved")
        assert (result.status, result.args) == ("READY", ["saved"])
        assert Job.objects.get(pk=result.id).state == "waiting"
        drain()
        assert ran == [("saved", True)]

    def test_a_task_whose_object_is_gone_is_done(self):
        miss.enqueue("x")
        drain()
        assert Job.objects.get().state == "done"

    def test_arguments_travel_as_json(self):
        with pytest.raises(TypeError):
            remember.enqueue(object())

    def test_wagtails_references_follow_a_save(self):
        from wagtail.models import ReferenceIndex

        from tests.factories import tree
        from tests.factories.partners import PartnerFactory

        partner = PartnerFactory()
        tree.section(partner)
        drain()
        assert ReferenceIndex.objects.filter(to_object_id=str(partner.pk)).exists()
        assert not Job.objects.exclude(state="done").exists()
