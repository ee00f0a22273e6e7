"""Review dates in the admin: the list, its export, an answer, passing content on."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from content.models import AuditEvent
from editorial.models import ReviewAnswer
from editorial.reviews.queries import due_for
from editorial.reviews.schedules import turn_overdue
from tests import actors
from tests.editorial.review_dates import Role, at, guide, post, schedule_of, text_of
from tests.factories.partners import PartnerFactory

pytestmark = pytest.mark.django_db
INDEX = "/admin/reports/reviews/"


@pytest.fixture(autouse=True)
def first_of_january():
    with at("2026-01-01"):
        yield


@pytest.fixture
def partner():
    return PartnerFactory()


def listed(client, query=""):
    return text_of(client.get(f"{INDEX}{query}"))


def exported(client):
    response = client.get(f"{INDEX}?export=csv")
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


class TestList:
    def test_a_partner_sees_its_own_and_hub_admins_see_all(self, partner):
        guide(partner, title="Ours")
        guide(title="Theirs")
        for role in (Role.AUTHOR, Role.STEWARD):
            client = actors.signed_in(actors.person(role, partner))
            assert "Ours" in listed(client)
            assert "Theirs" not in listed(client)
            assert [row["Title"] for row in exported(client)] == ["Ours"]
        both = listed(actors.hub_admin())
        assert "Ours" in both
        assert "Theirs" in both

    def test_filters(self, partner):
        guide(partner, title="Late", review_months=1)
        page = guide(partner, title="In time")
        with at("2026-03-01"):
            client = actors.hub_admin()
            turn_overdue(date(2026, 3, 1))
            assert "In time" not in listed(client, "?state=overdue")
            assert "Late" in listed(client, "?state=overdue")
            by_owner = listed(client, f"?owner={page.content_owner_id}")
            assert "Late" not in by_owner
            assert "In time" in by_owner
            assert "Late" in listed(client, f"?partner_id={partner.pk}&locale=en")
            guide(title="Of others")
            assert "Of others" not in listed(client, f"?partner_id={partner.pk}")
            assert "Of others" in listed(client, "?partner_id=")

    def test_the_export_holds_no_formula(self, partner):
        guide(partner, title="=HYPERLINK(1)")
        assert [row["Title"] for row in exported(actors.hub_admin())] == ["'=HYPERLINK(1)"]

    def test_queries_do_not_grow(self, partner):
        client = actors.hub_admin()
        guide(partner)
        client.get(INDEX)
        with CaptureQueriesContext(connection) as few:
            client.get(INDEX)
        for _number in range(6):
            guide()
        client.get(INDEX)
        with CaptureQueriesContext(connection) as many:
            client.get(INDEX)
        assert len(many) <= len(few)


class TestAnswer:
    def url(self, page):
        return reverse("reviews:answer", args=[schedule_of(page).pk])

    def test_the_owner_answers_without_a_mail(self, partner):
        page = guide(partner)
        with at("2026-06-20"):
            client = actors.signed_in(page.content_owner)
            assert post(client, self.url(page), "correct").status_code == 302
            assert (
                post(client, self.url(page), "will_edit", edit_by="2026-07-01").status_code == 302
            )
            post(client, self.url(page), "not_mine")
        assert list(ReviewAnswer.objects.order_by("pk").values_list("answer", "road")) == [
            ("correct", "admin"),
            ("will_edit", "admin"),
            ("not_mine", "admin"),
        ]
        assert schedule_of(page).due_on == date(2026, 12, 20)

    def test_looking_answers_nothing(self, partner):
        page = guide(partner)
        actors.signed_in(page.content_owner).get(self.url(page))
        assert not ReviewAnswer.objects.exists()

    def test_a_colleague_looks_and_cannot_answer(self, partner):
        page = guide(partner)
        client = actors.signed_in(actors.person(Role.AUTHOR, partner))
        shown = client.get(self.url(page))
        assert b"Still correct" not in shown.content
        posted = {"answer": "correct", "seen": "x" * 64}
        client.post(self.url(page), posted)
        assert not ReviewAnswer.objects.exists()

    def test_another_partner_does_not_even_look(self, partner):
        page = guide(partner, title="Heating aid")
        client = actors.signed_in(actors.person(Role.STEWARD, PartnerFactory()))
        for response in (
            client.get(self.url(page), follow=True),
            client.post(self.url(page), {"answer": "correct", "seen": "x"}, follow=True),
        ):
            assert b"Heating aid" not in response.content
        assert not ReviewAnswer.objects.exists()


class TestPassingOn:
    def pass_on(self, client, owner, *pages):
        posted = {"owner": owner.pk, "schedule": [schedule_of(page).pk for page in pages]}
        return client.post(reverse("reviews:pass"), posted, follow=True)

    def test_the_steward_passes_content_to_a_colleague(self, partner):
        pages = [guide(partner), guide(partner)]
        other = actors.person(Role.EDITOR, partner)
        client = actors.signed_in(actors.person(Role.STEWARD, partner))
        self.pass_on(client, other, *pages)
        assert [schedule_of(page).owner for page in pages] == [other, other]
        assert AuditEvent.objects.filter(kind="review_owner_passed").count() == 2

    def test_not_to_a_stranger(self, partner):
        page = guide(partner)
        stranger = actors.person(Role.EDITOR, PartnerFactory())
        for client in (
            actors.signed_in(actors.person(Role.STEWARD, partner)),
            actors.hub_admin(),
        ):
            self.pass_on(client, stranger, page)
        assert schedule_of(page).owner == page.content_owner

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR, Role.APPROVER])
    def test_others_pass_nothing_on(self, partner, role):
        page = guide(partner)
        person = actors.person(role, partner)
        self.pass_on(actors.signed_in(person), person, page)
        assert schedule_of(page).owner == page.content_owner

    def test_not_what_belongs_to_others(self, partner):
        page = guide()
        steward = actors.person(Role.STEWARD, partner)
        self.pass_on(actors.signed_in(steward), steward, page)
        assert schedule_of(page).owner == page.content_owner


class TestDashboard:
    def due(self, user):
        return [row["title"] for row in due_for(user, 5)]

    def test_each_sees_what_has_come_to_them(self, partner):
        page = guide(partner, title="Heating aid", deputy=actors.person(Role.EDITOR, partner))
        steward, admin = actors.person(Role.STEWARD, partner), actors.person(Role.HUB_ADMIN)
        rungs = [
            ("2026-06-02", page.content_owner),
            ("2026-07-01", page.deputy),
            ("2026-07-15", steward),
            ("2026-07-29", admin),
        ]
        for day, user in rungs:
            with at(day):
                assert self.due(user) == ["Heating aid"]
            with at("2026-05-31"):
                assert self.due(user) == []
        with at("2026-07-14"):
            assert self.due(steward) == []

    def test_it_names_the_address_of_the_answer(self, partner):
        page = guide(partner)
        with at("2026-07-04"):
            row = due_for(page.content_owner, 1)[0]
            assert row["url"] == reverse("reviews:answer", args=[schedule_of(page).pk])
            assert row["days_overdue"] == 3
