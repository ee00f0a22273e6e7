"""When content is to be looked at again, who is asked, and who hears of it when nobody looks."""

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import reverse

from content.hashing import revision_hash
from content.models import AuditEvent, PageFacts
from content.publication import Road, release
from editorial.models import ReviewRung, ReviewSchedule
from editorial.reviews import ladder, schedules
from hub.settings import databases
from tests import actors, jobs
from tests.editorial.review_dates import (
    Role,
    at,
    climb,
    guide,
    names,
    post,
    schedule_of,
    text_of,
    told,
)
from tests.factories import tree
from tests.factories.lessons import CaseStudyPageFactory
from tests.factories.partners import ContactFactory, PartnerFactory, ServiceFactory
from tests.kept import keep, settle, text
from tests.publishing import publish, take_down

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def first_of_january():
    with at("2026-01-01"):
        yield


def go_live(page, road=Road.APPROVAL, actor=None, **changes):
    for name, value in changes.items():
        setattr(page, name, value)
    with release(Road.SETUP):
        revision = page.save_revision()
    with release(road, actor=actor, revision_id=revision.pk, content_hash=revision_hash(revision)):
        revision.publish()
    page.refresh_from_db()
    return page


class TestDates:
    def test_each_kind_has_its_interval(self):
        assert schedule_of(guide()).due_on == date(2026, 7, 1)
        lesson = CaseStudyPageFactory()
        assert schedule_of(lesson).due_on == date(2028, 1, 1)

    def test_a_page_may_say_otherwise(self):
        assert schedule_of(guide(review_months=2)).due_on == date(2026, 3, 1)

    def test_a_month_that_is_shorter_ends_earlier(self):
        with at("2026-08-31"):
            assert schedule_of(guide()).due_on == date(2027, 2, 28)

    def test_the_first_approval_counts_as_a_check_by_the_owner_partner(self):
        approver = actors.person()
        page = go_live(guide(), actor=approver)
        schedule = schedule_of(page)
        assert schedule.checked_on == page.checked_on == date(2026, 1, 1)
        assert schedule.last_reviewed_by == approver.actor_key
        assert schedule.last_reviewed_partner_id == page.owner_partner_id
        assert tree.facts(page).checked_on == date(2026, 1, 1)

    def test_a_later_approval_moves_no_date(self):
        page = go_live(guide())
        with at("2026-03-01"):
            go_live(page, title="Another", change_kind="major")
        assert schedule_of(page).due_on == date(2026, 7, 1)

    def test_a_critical_one_does(self):
        page = go_live(guide())
        with at("2026-03-01"):
            go_live(page, title="Another", change_kind="critical")
        assert schedule_of(page).due_on == date(2026, 9, 1)

    def test_a_change_that_was_asked_for_is_the_check(self):
        page = go_live(guide())
        with at("2026-06-20"):
            go_live(page, title="Another", change_kind="minor")
            assert schedule_of(page).due_on == date(2026, 7, 1)
            go_live(page, title="A third", change_kind="major")
        assert schedule_of(page).due_on == date(2026, 12, 20)

    def test_an_import_is_dated_and_not_checked(self):
        page = go_live(guide(), Road.IMPORT, source_url="https://example.org/guide")
        schedule = schedule_of(page)
        assert (schedule.checked_on, schedule.due_on) == (None, date(2026, 7, 1))
        assert schedule.source == "https://example.org/guide"
        assert page.checked_on is None

    def test_an_import_of_other_words_ends_the_former_check(self):
        page = go_live(guide())
        go_live(page, Road.IMPORT, title="From outside")
        assert schedule_of(page).checked_on is None

    def test_a_day_that_was_brought_along_is_kept(self):
        schedule = schedule_of(guide(checked_on=date(2025, 12, 1)))
        assert (schedule.checked_on, schedule.due_on) == (date(2025, 12, 1), date(2026, 6, 1))

    def test_an_old_draft_takes_no_check_back(self):
        page = go_live(guide())
        page.checked_on = date(2024, 1, 1)
        publish(page)
        assert schedule_of(page).checked_on == page.checked_on == date(2026, 1, 1)

    def test_what_is_taken_down_waits(self):
        page = guide()
        take_down(page)
        assert schedule_of(page).state == "paused"
        climb("2026-07-01")
        assert told() == []
        go_live(page)
        assert schedule_of(page).state == "active"

    def test_a_deleted_page_has_none(self):
        page = guide()
        take_down(page)
        page.delete()
        assert not ReviewSchedule.objects.exists()

    def test_each_language_has_its_own(self):
        page = guide()
        parent = tree.section(page.owner_partner, code="es")
        copy = tree.translated(page, "es", parent, owner_partner=page.owner_partner)
        assert schedule_of(copy).is_translation
        assert not schedule_of(page).is_translation

    def test_content_from_before_there_were_dates_gets_one(self):
        page, service, contact = guide(), ServiceFactory(), ContactFactory()
        ReviewSchedule.objects.all().delete()
        assert schedules.schedule_missing() >= 3
        assert schedule_of(page).due_on == schedule_of(contact).due_on == date(2026, 7, 1)
        assert schedule_of(service).partner_id == service.organization_id
        assert schedules.schedule_missing() == 0

    def test_facts_that_are_written_anew_keep_the_dates(self):
        from content.services import rebuild_facts

        page = go_live(guide())
        PageFacts.objects.all().delete()
        rebuild_facts()
        assert tree.facts(page).review_due == date(2026, 7, 1)
        assert tree.facts(page).checked_by == page.owner_partner_id


class TestLadder:
    @pytest.fixture
    def partner(self):
        return PartnerFactory()

    @pytest.fixture
    def people(self, partner):
        return {
            "owner": actors.person(Role.EDITOR, partner),
            "deputy": actors.person(Role.AUTHOR, partner),
            "steward": actors.person(Role.STEWARD, partner),
            "admin": actors.person(Role.HUB_ADMIN),
        }

    @pytest.fixture
    def content(self, partner, people):
        return guide(partner, people["owner"], deputy=people["deputy"])

    def told_on(self, day, people):
        before = len(told())
        climb(day)
        by_name = {user.username: name for name, user in people.items()}
        return sorted((by_name[name], kind) for name, kind in names(told()[before:]))

    def test_it_goes_up(self, content, people):
        due, up = "review_due", "review_escalated"
        assert self.told_on("2026-05-31", people) == []
        assert self.told_on("2026-06-01", people) == [("owner", due)]
        assert self.told_on("2026-06-24", people) == [("owner", due)]
        assert self.told_on("2026-07-01", people) == [("deputy", due), ("owner", due)]
        assert self.told_on("2026-07-15", people) == [("steward", up)]
        assert self.told_on("2026-07-29", people) == [("admin", up)]
        assert self.told_on("2026-08-29", people) == []

    def test_twice_sends_once(self, content, people):
        assert self.told_on("2026-06-01", people)
        assert self.told_on("2026-06-01", people) == []
        assert ladder.climb([schedule_of(content).pk]) == 0
        assert ReviewRung.objects.count() == 1

    def test_the_next_round_begins_anew(self, content, people):
        climb("2026-07-29")
        with at("2026-07-30"):
            go_live(content, change_kind="critical")
        for day in ("2027-01-01", "2027-01-24"):
            assert self.told_on(day, people) == [("owner", "review_due")]

    def test_without_a_steward_the_hub_hears_of_it(self, content, people):
        people["steward"].memberships.all().first().delete()
        assert ("admin", "review_escalated") in self.told_on("2026-07-15", people)

    def test_days_on_which_nothing_ran_are_made_up_for(self, content, people):
        found = self.told_on("2026-07-20", people)
        assert found == [
            ("deputy", "review_due"), ("owner", "review_due"), ("steward", "review_escalated")
        ]  # fmt: skip
        assert sorted(ReviewRung.objects.values_list("rung", flat=True)) == [-30, -7, 0, 14]

    def test_without_anybody_the_hub_is_asked(self, people):
        other = PartnerFactory()
        guide(other, owner=False)
        assert self.told_on("2026-06-01", people) == [("admin", "review_escalated")]

    def test_a_translation_is_asked_of_its_reviewers(self, content, partner, people):
        people["reviewer"] = actors.person(Role.TRANSLATION_REVIEWER, partner, languages="es")
        people["other"] = actors.person(Role.TRANSLATION_REVIEWER, partner, languages="ar")
        parent = tree.section(partner, code="es")
        tree.translated(content, "es", parent, owner_partner=partner, content_owner=people["owner"])
        assert self.told_on("2026-06-01", people) == [
            ("owner", "review_due"), ("reviewer", "review_due")
        ]  # fmt: skip

    def test_without_a_reviewer_the_owner_is(self, content, partner, people):
        parent = tree.section(partner, code="es")
        tree.translated(content, "es", parent, owner_partner=partner, content_owner=people["owner"])
        assert self.told_on("2026-06-01", people) == [("owner", "review_due")] * 2

    def test_queries_do_not_grow_with_the_batch(
        self, partner, people, django_assert_max_num_queries
    ):
        for _number in range(3):
            guide(partner, people["owner"])
        ids = list(ReviewSchedule.objects.values_list("pk", flat=True))
        with at("2026-05-01"), django_assert_max_num_queries(12):
            assert ladder.climb(ids) == 0


class TestOwners:
    def test_pages_of_somebody_who_leaves_go_to_the_steward_at_once(self):
        partner = PartnerFactory()
        steward = actors.person(Role.STEWARD, partner)
        page = guide(partner)
        page.content_owner.memberships.all().first().delete()
        jobs.drain()
        assert schedule_of(page).owner == steward
        event = AuditEvent.objects.filter(kind="review_owner_passed").get()
        assert event.data["reason"] == "owner_gone"
        assert event.data["former"] == str(page.content_owner.actor_key)

    def test_an_account_that_is_closed_too(self):
        partner = PartnerFactory()
        steward = actors.person(Role.STEWARD, partner)
        page = guide(partner)
        page.content_owner.is_active = False
        page.content_owner.save()
        jobs.drain()
        assert schedule_of(page).owner == steward

    def test_a_membership_that_ends_by_its_date(self):
        partner = PartnerFactory()
        steward = actors.person(Role.STEWARD, partner)
        page = guide(partner)
        page.content_owner.memberships.update(valid_until=date(2026, 2, 1))
        with at("2026-02-02"):
            ladder.pass_missing_owners(ladder.without_owner())
        assert schedule_of(page).owner == steward

    def test_a_new_owner_on_the_page_counts_and_an_old_one_does_not_come_back(self):
        partner = PartnerFactory()
        page = guide(partner)
        steward = actors.person(Role.STEWARD, partner)
        ladder.hand_over(schedule_of(page), steward, obj=page, reason="passed")
        publish(page)
        assert schedule_of(page).owner == steward
        page.content_owner = other = actors.person(Role.EDITOR, partner)
        publish(page)
        assert schedule_of(page).owner == other


class TestReaders:
    def seen(self, client, page):
        return text_of(client.get(tree.address(page)))

    def overdue(self):
        with at("2026-07-02", hour=12):
            jobs.drain()
            schedules.turn_overdue(date(2026, 7, 2))
            jobs.drain()

    def test_they_see_who_checked_and_when(self, client):
        page = go_live(guide())
        body = client.get(tree.address(page)).content.decode()
        assert '"lastReviewed":"2026-01-01"' in body
        assert '"reviewedBy":{"@type":"Organization"' in body

    def test_overdue_is_shown(self, client):
        page = go_live(guide())
        with at("2026-07-01", hour=12):
            assert "should have been checked" not in self.seen(client, page)
        with at("2026-07-02", hour=12):
            assert "This should have been checked by" in self.seen(client, page)
            assert "Page" in client.get("/en/browse/").content.decode()

    def test_or_not(self, client):
        page = go_live(guide(on_expiry="none"))
        with at("2026-07-02", hour=12):
            assert "should have been checked" not in self.seen(client, page)

    def test_or_the_page_leaves_the_lists_and_comes_back(self, client):
        page = go_live(guide(on_expiry="notice_and_leave_search", title="Leaves the list"))
        assert "Leaves the list" in client.get("/en/browse/").content.decode()
        self.overdue()
        with at("2026-07-02", hour=13):
            assert "Leaves the list" not in client.get("/en/browse/").content.decode()
            assert "should have been checked" in self.seen(client, page)
            go_live(page, change_kind="critical", title="Leaves the list no more")
            jobs.drain()
            assert "Leaves the list" in client.get("/en/browse/").content.decode()

    def test_an_import_says_where_it_was_taken_from(self, client):
        page = go_live(guide(), Road.IMPORT, source_url="https://city.example/guide")
        assert "Taken over from city.example" in self.seen(client, page)
        assert "lastReviewed" not in client.get(tree.address(page)).content.decode()


class TestKeptPages:
    @pytest.fixture(autouse=True)
    def _kept(self, settings, tmp_path):
        settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
        settings.HUB_PAGE_CACHE = True
        yield
        cache.clear()

    def test_a_page_says_it_from_midnight_on_without_any_job(self, client):
        page = go_live(guide())
        path = tree.address(page)
        with at("2026-07-01", hour=23):
            keep(client, path)
            assert "should have been checked" not in text(client, path)
        with at("2026-07-02", hour=0):
            assert "should have been checked" in text(client, path)

    def test_the_job_of_the_night_purges_it_for_caches_in_front(self, client):
        page = go_live(guide())
        path = tree.address(page)
        settle()
        with at("2026-07-02", hour=0):
            assert schedules.turn_overdue(date(2026, 7, 2)) == 1
            assert any(str(page.translation_key) in str(job.payload) for job in jobs.waiting())
            assert schedules.turn_overdue(date(2026, 7, 2)) == 0
            assert "should have been checked" in text(client, path)


class TestRecords:
    def test_a_service_follows_its_check(self):
        service = ServiceFactory()
        schedules.schedule_missing()
        steward = actors.person(Role.STEWARD, service.organization)
        with at("2026-06-10"):
            url = reverse("reviews:answer", args=[schedule_of(service).pk])
            assert post(actors.signed_in(steward), url, "correct").status_code == 302
        service.refresh_from_db()
        assert service.assured_date == date(2026, 6, 10)
        assert service.projection["assured_date"] == "2026-06-10"
        assert schedule_of(service).due_on == date(2026, 12, 10)
