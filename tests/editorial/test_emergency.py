"""Urgent texts: at once, by those who may, with a reason, seen by readers, judged afterwards."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from content.hashing import content_hash
from content.models import AuditEvent
from content.services import public_path
from editorial.errors import ReviewRefused
from editorial.models import EmergencyPublication
from editorial.services.emergency import escalate_late, publish_urgently
from editorial.services.submission import submit
from lessons.models import CaseStudyPage
from tests.actors import person, signed_in
from tests.editorial.fact_checks import answer, ask
from tests.editorial.reviews import Role, approve, edit, fresh, open_step, town
from tests.jobs import drain

pytestmark = pytest.mark.django_db
REASON = "The river is over its banks."
BADGE = "Published urgently"


@pytest.fixture(autouse=True)
def _mails_are_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"


@pytest.fixture
def place():
    return town()


@pytest.fixture
def starter(place):
    return place.someone(Role.EDITOR, may_start_emergency=True)


@pytest.fixture
def lesson(place):
    return place.lesson(place.someone(Role.AUTHOR))


def start(user, page, reason=REASON):
    url = reverse("desk:emergency", args=["lessons", "casestudypage", page.pk])
    return signed_in(user).post(url, {"reason": reason, "until": ""})


def shown(page):
    return Client().get(public_path(page, "en"))


def state_of(page):
    return EmergencyPublication.objects.filter(object_id=str(page.pk)).latest("pk").state


def days_later(days):
    return time_machine.travel(timezone.now() + dt.timedelta(days=days), tick=False)


class TestWho:
    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR, Role.STEWARD, Role.APPROVER])
    def test_not_without_the_right(self, place, lesson, role):
        assert start(place.someone(role), lesson).status_code == 302
        assert not fresh(lesson).live

    def test_not_by_a_right_at_another_partner(self, place, lesson):
        other = place.someone(Role.EDITOR, place.association, may_start_emergency=True)
        start(other, lesson)
        assert not fresh(lesson).live

    def test_not_by_a_right_that_has_ended(self, lesson, starter):
        from partners.models import Membership

        Membership.objects.filter(user=starter).update(
            valid_until=timezone.localdate() - dt.timedelta(days=1)
        )
        start(starter, lesson)
        assert not fresh(lesson).live

    @pytest.mark.parametrize("reason", ["", "soon", "x" * 19, " " * 40])
    def test_not_without_a_reason(self, lesson, starter, reason):
        assert start(starter, lesson, reason).status_code == 422
        assert not fresh(lesson).live

    def test_hub_admins_may(self, lesson):
        assert start(person(Role.HUB_ADMIN), lesson).status_code == 302
        assert fresh(lesson).live


class TestAfterwards:
    def test_readers_see_that_its_approval_is_pending(self, place, lesson, starter):
        start(starter, lesson)
        drain()
        assert BADGE in shown(fresh(lesson)).content.decode()
        approve(lesson, place.someone(Role.APPROVER))
        drain()
        assert BADGE not in shown(fresh(lesson)).content.decode()
        assert state_of(lesson) == "ratified"

    def test_who_started_it_does_not_ratify_it(self, place):
        both = place.someone(Role.APPROVER, may_start_emergency=True)
        page = place.lesson(place.someone(Role.AUTHOR))
        start(both, page)
        with pytest.raises(ReviewRefused, match="contributed"):
            approve(page, both)
        assert state_of(page) == "open"

    def test_its_author_does_not_ratify_it(self, place, starter):
        author = place.someone(Role.APPROVER)
        page = place.lesson(author)
        start(starter, page)
        with pytest.raises(ReviewRefused, match="contributed"):
            approve(page, author)

    def test_it_is_ratified_once(self, place, lesson, starter):
        start(starter, lesson)
        approve(lesson, place.someone(Role.APPROVER))
        kinds = list(
            AuditEvent.objects.filter(object_id=str(lesson.pk)).values_list("kind", flat=True)
        )
        assert kinds.count("emergency_ratified") == 1
        assert kinds.count("published") == 1

    def test_joint_work_needs_the_other_side(self, place):
        author = place.someone(Role.AUTHOR)
        page = place.lesson(author, joint=True)
        starter = place.someone(Role.EDITOR, may_start_emergency=True)
        start(starter, page)
        assert fresh(page).live
        _row, link = ask(page, author)
        answer(link)
        approve(page, place.someone(Role.APPROVER))
        approve(page, place.someone(Role.APPROVER))
        assert state_of(page) == "open"
        approve(page, place.someone(Role.APPROVER, place.association))
        assert state_of(page) == "ratified"

    def test_a_change_in_its_review_is_published_and_ends_it(self, place, lesson, starter):
        start(starter, lesson)
        edit(lesson, starter, "Corrected")
        assert fresh(lesson).title != "Corrected"
        approve(lesson, place.someone(Role.APPROVER))
        assert fresh(lesson).title == "Corrected"
        assert state_of(lesson) == "superseded"

    def test_it_ends_a_review_that_runs(self, place, lesson, starter):
        submit(lesson, lesson.owner)
        before = open_step(lesson)
        start(starter, lesson)
        assert open_step(lesson).pk != before.pk
        assert AuditEvent.objects.filter(kind="review_cancelled").count() == 1

    def test_an_end_is_kept(self, place, lesson, starter):
        publish_urgently(lesson, starter, REASON, timezone.now() + dt.timedelta(days=2))
        from content import scheduling

        with days_later(3):
            scheduling.enqueue_due()
            drain()
        assert not fresh(lesson).live


class TestLate:
    def test_late_is_told_once_and_stays_live(self, place, lesson, starter):
        start(starter, lesson)
        with days_later(4):
            assert escalate_late() == 0
        with days_later(20):
            assert escalate_late() == 1
            assert escalate_late() == 0
        assert fresh(lesson).live
        assert state_of(lesson) == "open"
        assert AuditEvent.objects.filter(kind="emergency_late").count() == 1

    def test_it_is_taken_back_where_the_kind_says_so(self, place, starter, monkeypatch):
        monkeypatch.setattr(CaseStudyPage, "revert_unratified", True, raising=False)
        author = place.someone(Role.AUTHOR)
        page = place.lesson(author)
        submit(page, author)
        approve(page, place.someone(Role.APPROVER))
        approved = content_hash(fresh(page))
        edit(page, starter, "Urgent")
        start(starter, page)
        assert fresh(page).title == "Urgent"
        with days_later(20):
            escalate_late()
        assert content_hash(fresh(page)) == approved
        assert state_of(page) == "reverted"
        last = AuditEvent.objects.filter(object_id=str(page.pk), kind="published").latest("seq")
        assert last.content_hash == approved

    def test_what_was_never_approved_is_taken_down(self, lesson, starter, monkeypatch):
        monkeypatch.setattr(CaseStudyPage, "revert_unratified", True, raising=False)
        start(starter, lesson)
        with days_later(20):
            escalate_late()
        assert not fresh(lesson).live
        assert fresh(lesson).current_workflow_state is None

    def test_an_urgent_text_is_not_brought_back_for_another(self, place, starter, monkeypatch):
        """Two urgent texts in a row: the first was never approved either."""
        monkeypatch.setattr(CaseStudyPage, "revert_unratified", True, raising=False)
        page = place.lesson(place.someone(Role.AUTHOR))
        start(starter, page)
        edit(page, starter, "Urgent again")
        start(starter, page)
        with days_later(20):
            escalate_late()
        assert not fresh(page).live
