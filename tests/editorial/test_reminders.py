"""Reminders of open steps: due soon, overdue, stuck."""

import datetime as dt

import pytest
import time_machine

from editorial.models import Notification
from editorial.notifications.reminders import remind_step
from editorial.services.submission import submit
from editorial.services.votes import claim, vote
from editorial.tasks import remind
from editorial.workdays import add_workdays, first_of_week
from partners.models import Membership
from tests.actors import person
from tests.editorial.notices import Role, approval, open_state
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.factories.tree import section
from tests.jobs import drain

pytestmark = pytest.mark.django_db
# A Monday; five working days later is the Monday after.
START = dt.datetime(2026, 12, 7, 10, tzinfo=dt.UTC)


@pytest.fixture
def city():
    return PartnerFactory()


@pytest.fixture
def approver(city):
    return person(Role.APPROVER, city)


@pytest.fixture
def handed_in(city, approver):
    """Handed in on Monday, due in five working days."""
    approval(due_working_days=5, remind_days_before=1, escalate_after_days=3)
    with time_machine.travel(START, tick=False):
        draft = GuidePageFactory(parent=section(city), owner_partner=city, published=False)
        submit(draft, person(Role.EDITOR, city))
    assert open_state(draft).due_on == dt.date(2026, 12, 14)
    return draft


def after(days):
    """What is told when the clock comes round so many days after the start, twice."""
    before = set(Notification.objects.values_list("pk", flat=True))
    with time_machine.travel(START + dt.timedelta(days=days), tick=False):
        for _again in range(2):
            remind()
            drain()
    rows = Notification.objects.exclude(pk__in=before).order_by("pk")
    return [(row.kind, row.user) for row in rows]


def test_each_reminder_comes_once_and_in_its_turn(handed_in, approver):
    admin = person(Role.HUB_ADMIN)
    Membership.objects.filter(user=admin).exclude(role=Role.HUB_ADMIN).delete()
    told = {day: after(day) for day in range(13)}
    assert {day for day, rows in told.items() if rows} == {4, 8, 11}
    # Friday: one working day before. Hub admins may stand in, so they are reminded too.
    assert ("due_soon", approver) in told[4]
    assert ("overdue", approver) in told[8]
    # Friday of the second week: more than three working days late.
    assert told[11] == [("escalated", admin)]


def test_whoever_has_claimed_it_is_reminded_alone(handed_in, city, approver):
    person(Role.APPROVER, city)
    with time_machine.travel(START + dt.timedelta(days=3), tick=False):
        claim(open_state(handed_in).pk, approver)
    assert after(4) == [("due_soon", approver)]


def test_a_job_run_twice_tells_once(handed_in, approver):
    now = START + dt.timedelta(days=4)
    state = open_state(handed_in)
    assert [remind_step(state.pk, now), remind_step(state.pk, now)] == ["due_soon", None]
    assert Notification.objects.filter(user=approver, kind="due_soon").count() == 1


def test_a_step_that_is_decided_needs_no_reminder(handed_in, approver):
    vote(open_state(handed_in), approver, "approve")
    assert [after(day) for day in (4, 8, 12)] == [[], [], []]


def test_a_hub_that_slept_tells_the_present_state_only(handed_in, approver):
    assert {kind for kind, _user in after(9)} == {"overdue"}


def test_what_nobody_may_judge_goes_to_the_hub_admins(handed_in, approver, city):
    Membership.objects.filter(user=approver).delete()
    admin = person(Role.HUB_ADMIN)
    state = open_state(handed_in)
    state.workflow_state.requested_by = admin  # own work: not even the hub admin may
    state.workflow_state.save()
    assert after(4) == [("escalated", admin)]


def test_escalation_goes_to_the_role_that_the_step_names(city):
    approval(escalate_role=Role.STEWARD)
    steward = person(Role.STEWARD, city)
    person(Role.STEWARD, PartnerFactory())
    person(Role.APPROVER, city)
    with time_machine.travel(START, tick=False):
        draft = GuidePageFactory(parent=section(city), owner_partner=city, published=False)
        submit(draft, person(Role.EDITOR, city))
    assert after(20) == [("escalated", steward)]


def test_many_open_steps_are_found_with_few_queries(handed_in, city, django_assert_max_num_queries):
    with time_machine.travel(START, tick=False):
        author = person(Role.EDITOR, city)
        for _number in range(5):
            draft = GuidePageFactory(parent=section(city), owner_partner=city, published=False)
            submit(draft, author)
        with django_assert_max_num_queries(4):
            remind()


def test_working_days_leave_out_the_weekend(settings):
    friday = dt.date(2026, 12, 4)
    assert add_workdays(friday, 1) == dt.date(2026, 12, 7)
    assert add_workdays(dt.date(2026, 12, 7), -1) == friday
    assert add_workdays(friday, 0) == friday
    settings.HUB_WEEKEND = {4, 5}
    assert add_workdays(dt.date(2026, 12, 3), 1) == dt.date(2026, 12, 6)
    assert first_of_week(dt.date(2026, 12, 9)) == dt.date(2026, 12, 6)
    settings.HUB_WEEKEND = set()
    assert first_of_week(dt.date(2026, 12, 9)) == dt.date(2026, 12, 7)
