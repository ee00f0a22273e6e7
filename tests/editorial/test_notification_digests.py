"""Summaries: once a day or week, in the morning of the person's own time zone."""

import datetime as dt

import pytest
import time_machine

from content.jobs import runner
from content.models import Job
from editorial.models import Notification
from editorial.notifications.services import clean_up, set_preferences
from editorial.services.submission import submit
from editorial.services.votes import vote
from editorial.tasks import clean_up as clean_up_task
from editorial.tasks import summaries
from tests.actors import person
from tests.editorial.notices import Role, approval, mails, open_state, profile, tell, text_of
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.factories.tree import section
from tests.jobs import drain

pytestmark = pytest.mark.django_db
# A Wednesday.
DAY = dt.datetime(2026, 12, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def mail_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"
    settings.HUB_KEEP_MAILS = True


@pytest.fixture
def city():
    return PartnerFactory()


@pytest.fixture
def editor(city):
    return person(Role.EDITOR, city)


@pytest.fixture
def draft(city):
    with at(0):
        return GuidePageFactory(parent=section(city), owner_partner=city, published=False)


def at(hour, minute=0, day=0):
    return time_machine.travel(DAY + dt.timedelta(days=day, hours=hour, minutes=minute), tick=False)


def tick(hour, minute=0, day=0):
    """What the clock does at that moment, and all jobs that follow; return the mails so far."""
    with at(hour, minute, day):
        summaries()
        drain()
    return mails()


def told(hour, *args, day=0, **data):
    with at(hour, day=day):
        tell(*args, **data)


class TestMorning:
    def test_the_summary_waits_for_eight_o_clock(self, draft, editor):
        told(1, "guest_answered", editor, draft)
        assert tick(7, 59) == []
        assert len(tick(8)) == 1

    def test_it_is_eight_o_clock_where_the_person_is(self, draft, city):
        tokyo = profile(person(Role.EDITOR, city), zone="Asia/Tokyo")
        bogota = profile(person(Role.EDITOR, city), zone="America/Bogota")
        told(1, "guest_answered", [tokyo, bogota], draft)
        assert tick(12, 59) == []  # in Tokyo the morning lies before the event
        assert [mail["To"] for mail in tick(13)] == [bogota.email]
        assert [mail["To"] for mail in tick(23)] == [bogota.email, tokyo.email]

    def test_a_time_zone_that_no_longer_exists_is_the_hub_s(self, draft, editor):
        profile(editor, zone="Mars/Olympus")
        told(1, "guest_answered", editor, draft)
        assert len(tick(8)) == 1

    def test_it_is_in_the_language_of_the_person(self, draft, editor):
        profile(editor, "fr")
        told(1, "guest_answered", editor, draft, due=dt.date(2026, 12, 4))
        assert "4 décembre 2026" in text_of(tick(8)[0])

    def test_a_hub_that_slept_makes_up_for_it(self, draft, editor):
        told(1, "guest_answered", editor, draft)
        assert len(tick(22)) == 1


class TestOnce:
    def test_one_a_day(self, draft, editor):
        told(1, "guest_answered", editor, draft, period="1")
        assert len(tick(8)) == 1
        told(8, "guest_answered", editor, draft, period="2")
        for hour in range(9, 24):
            assert len(tick(hour)) == 1
        assert len(tick(8, day=1)) == 2

    def test_a_job_run_twice_mails_once(self, draft, editor):
        told(1, "guest_answered", editor, draft, period="1")
        tick(8)
        told(9, "guest_answered", editor, draft, period="2")
        with at(10):
            Job.objects.filter(kind="editorial.send_digest").update(
                state=Job.State.WAITING, attempts=0
            )
            assert runner.run_job(Job.objects.get(kind="editorial.send_digest").pk)
            drain()
        assert len(mails()) == 1

    def test_all_news_of_a_morning_are_one_mail(self, city, editor):
        with at(1):
            pages = [
                GuidePageFactory(parent=section(city), owner_partner=city, published=False)
                for _number in range(3)
            ]
            for page in pages:
                tell("guest_answered", editor, page)
                tell("review_due", editor, page)
        (mail,) = tick(8)
        assert "6" in mail["Subject"]
        assert all(text_of(mail).count(page.title) == 2 for page in pages)

    def test_the_later_of_two_about_the_same_counts(self, draft, editor):
        told(1, "review_due", editor, draft, period="30", due=dt.date(2026, 12, 20))
        told(2, "review_due", editor, draft, period="7", due=dt.date(2026, 12, 9))
        text = text_of(tick(8)[0])
        assert text.count(draft.title) == 1
        assert "Dec. 9, 2026" in text
        states = Notification.objects.order_by("pk").values_list("state", flat=True)
        assert list(states) == ["replaced", "mailed"]

    def test_decided_steps_are_left_out(self, city, draft, editor):
        approval()
        approver, other = person(Role.APPROVER, city), person(Role.APPROVER, city)
        with at(1):
            submit(draft, editor)
            tell("due_soon", other, draft, step="Legal check")
            vote(open_state(draft), approver, "approve")
        tick(8)
        assert mails(other) == []


class TestWeekly:
    def test_it_comes_on_the_first_working_day(self, draft, editor):
        set_preferences(editor, {"guest_answered": "weekly"})
        told(1, "guest_answered", editor, draft)
        for day in range(5):
            assert tick(9, day=day) == []
        assert len(tick(9, day=5)) == 1  # Monday

    def test_the_week_begins_where_the_weekend_ends(self, draft, editor, settings):
        settings.HUB_WEEKEND = {4, 5}
        set_preferences(editor, {"guest_answered": "weekly"})
        told(1, "guest_answered", editor, draft)
        assert tick(9, day=3) == []
        assert len(tick(9, day=4)) == 1  # Sunday

    def test_both_summaries_of_a_monday_are_one_mail(self, draft, editor):
        set_preferences(editor, {"guest_answered": "weekly"})
        told(1, "guest_answered", editor, draft)
        told(10, "review_due", editor, draft, day=4)
        assert len(tick(9, day=5)) == 1


class TestPreferences:
    def test_switching_off_holds_back_what_waits(self, draft, editor):
        told(1, "guest_answered", editor, draft)
        set_preferences(editor, {"guest_answered": "off"})
        assert tick(8) == []

    def test_daily_instead_of_at_once(self, draft, editor):
        set_preferences(editor, {"rejected": "daily"})
        told(1, "rejected", editor, draft)
        assert tick(7) == []
        assert len(tick(8)) == 1


def test_closed_accounts_get_no_summary(draft, editor):
    told(1, "guest_answered", editor, draft)
    editor.is_active = False
    editor.save()
    assert tick(8) == []
    assert Notification.objects.get().state == Notification.State.DROPPED


def test_after_half_a_year_they_are_deleted(draft, editor):
    told(1, "guest_answered", editor, draft)
    with at(1, day=179):
        clean_up_task()
    assert Notification.objects.count() == 1
    assert clean_up(DAY + dt.timedelta(days=181)) == 1


def test_finding_people_costs_the_same_for_many(city, draft, django_assert_num_queries):
    def queries_for(number):
        for _person in range(number):
            told(9, "guest_answered", person(Role.EDITOR, city), draft)
        with at(20), django_assert_num_queries(2):
            summaries()  # nobody's morning has come since

    queries_for(1)
    queries_for(10)
