"""People of a partner: seen and changed by whoever looks after them, and by nobody else."""

import datetime as dt

import pytest
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone

from content.models import AuditEvent
from partners import offboarding
from partners.models import Membership
from partners.offboarding import Holding
from partners.services import add_membership
from tests import actors
from tests.factories import tree
from tests.factories.content import UserFactory
from tests.factories.partners import PartnerFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def partner():
    partner = PartnerFactory()
    tree.section(partner)
    return partner


@pytest.fixture
def admin(partner):
    return actors.person(Role.PARTNER_ADMIN, partner)


@pytest.fixture
def member(partner):
    return actors.person(Role.EDITOR, partner)


def form(**values):
    data = {"role": "editor", "specialism": "", "valid_from": "", "valid_until": ""}
    return {**data, "delegate_to": "", "delegate_until": "", **values}


def edit(membership):
    return reverse("people:edit", args=[membership.pk])


def day(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


class TestList:
    def test_a_partner_admin_sees_the_own_people_and_no_others(self, admin, member, partner):
        stranger = actors.person(Role.EDITOR, PartnerFactory())
        chief = actors.person(Role.HUB_ADMIN)
        page = actors.signed_in(admin).get(reverse("people:list")).content.decode()
        assert member.username in page
        assert stranger.username not in page
        assert chief.username not in page

    def test_a_filter_shows_no_others_either(self, admin):
        stranger = actors.person(Role.EDITOR, PartnerFactory(slug="theirs"))
        page = actors.signed_in(admin).get(reverse("people:list"), {"partner": "theirs"})
        assert stranger.username not in page.content.decode()

    def test_a_hub_admin_sees_all_or_those_of_one_partner(self, member, partner):
        stranger = actors.person(Role.EDITOR, PartnerFactory())
        client, url = actors.hub_admin(), reverse("people:list")
        both = client.get(url).content.decode()
        assert member.username in both
        assert stranger.username in both
        one = client.get(url, {"partner": partner.slug}).content.decode()
        assert member.username in one
        assert stranger.username not in one

    @pytest.mark.parametrize("role", set(Role) - {Role.PARTNER_ADMIN, Role.HUB_ADMIN})
    def test_others_see_no_list(self, partner, role):
        client = actors.signed_in(actors.person(role, partner))
        assert client.get(reverse("people:list")).status_code == 302

    def test_the_queries_do_not_grow_with_the_people(
        self, admin, partner, django_assert_num_queries
    ):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client, url = actors.signed_in(admin), reverse("people:list")

        def queries():
            client.get(url)
            with CaptureQueriesContext(connection) as counted:
                client.get(url)
            return len(counted)

        actors.person(Role.EDITOR, partner)
        before = queries()
        for role in (Role.EDITOR, Role.TRANSLATOR, Role.APPROVER) * 4:
            actors.person(role, partner)
        assert queries() == before

    def test_the_menu_leads_there(self, admin, member):
        home = reverse("wagtailadmin_home")
        assert "/admin/people/" in actors.signed_in(admin).get(home).content.decode()
        theirs = actors.signed_in(member).get(home).content.decode()
        assert "/admin/people/own/" in theirs
        assert '"/admin/people/"' not in theirs

    def test_the_list_of_all_accounts_stays_with_hub_admins(self, admin):
        url = reverse("wagtailusers_users:index")
        assert actors.signed_in(admin).get(url).status_code == 302
        assert actors.hub_admin().get(url).status_code == 200


class TestChanging:
    def test_role_dates_delegate_and_right_are_changed_by_form(self, admin, member, partner):
        other = actors.person(Role.APPROVER, partner)
        membership = member.memberships.get()
        client = actors.signed_in(admin)
        assert client.get(edit(membership)).status_code == 200
        data = form(
            role="approver",
            valid_until=day(30).isoformat(),
            delegate_to=other.pk,
            delegate_until=day(7).isoformat(),
            may_start_emergency="on",
        )
        assert client.post(edit(membership), data).status_code == 302
        membership.refresh_from_db()
        assert (membership.role, membership.valid_until) == (Role.APPROVER, day(30))
        assert (membership.delegate_to, membership.delegate_until) == (other, day(7))
        assert membership.may_start_emergency
        event = AuditEvent.objects.filter(kind="membership_changed").get()
        assert event.actor_key == admin.actor_key

    def test_languages_are_ticked_and_leave_with_the_role(self, admin, member):
        membership = member.memberships.get()
        client = actors.signed_in(admin)
        client.post(edit(membership), form(role="translator", languages=["ar", "es"]))
        membership.refresh_from_db()
        assert set(membership.language_codes) == {"ar", "es"}
        page = client.get(edit(membership)).content.decode()
        assert page.count("checked") >= 2
        client.post(edit(membership), form(role="author", languages=["ar", "es"]))
        membership.refresh_from_db()
        assert (membership.role, membership.languages) == (Role.AUTHOR, "")

    @pytest.mark.parametrize(
        "values",
        [
            {"role": "hub_admin"},
            {"role": "translator"},
            {"role": "specialist"},
            {"role": "king"},
            {"valid_from": "2026-02-02", "valid_until": "2026-02-01"},
        ],
    )
    def test_what_does_not_fit_is_refused(self, admin, member, values):
        membership = member.memberships.get()
        assert actors.signed_in(admin).post(edit(membership), form(**values)).status_code == 200
        membership.refresh_from_db()
        assert membership.role == Role.EDITOR

    def test_a_role_that_is_there_already_is_named(self, admin, member, partner):
        add_membership(user=member, role=Role.AUTHOR, partner=partner)
        membership = member.memberships.get(role=Role.EDITOR)
        answer = actors.signed_in(admin).post(edit(membership), form(role="author"))
        assert "role" in answer.context_data["form"].errors

    def test_people_of_others_cannot_be_changed_nor_ended(self, admin):
        theirs = actors.person(Role.EDITOR, PartnerFactory()).memberships.get()
        chiefs = actors.person(Role.HUB_ADMIN).memberships.get()
        client = actors.signed_in(admin)
        for membership in (theirs, chiefs):
            for url in (edit(membership), reverse("people:end", args=[membership.pk])):
                assert client.get(url).status_code == 404
                assert client.post(url, form(role="author")).status_code == 404
        assert Membership.objects.filter(pk__in=[theirs.pk, chiefs.pk]).count() == 2

    def test_an_ended_partner_admin_changes_nothing_more(self, admin, member):
        client = actors.signed_in(admin)
        assert client.get(reverse("people:list")).status_code == 200
        Membership.objects.filter(user=admin).update(valid_until=day(-1))
        assert client.post(edit(member.memberships.get()), form()).status_code == 302
        assert client.get(reverse("people:list")).status_code == 302

    def test_a_delegate_comes_from_the_same_partner(self, admin, member):
        stranger = actors.person(Role.APPROVER, PartnerFactory())
        membership = member.memberships.get()
        data = form(delegate_to=stranger.pk, delegate_until=day(3).isoformat())
        answer = actors.signed_in(admin).post(edit(membership), data)
        assert "delegate_to" in answer.context_data["form"].errors


class TestEnding:
    def test_it_asks_first_and_ends_at_once(self, admin, member):
        url = reverse("people:end", args=[member.memberships.get().pk])
        client, theirs = actors.signed_in(admin), actors.signed_in(member)
        assert client.get(url).status_code == 200
        assert member.memberships.exists()
        assert theirs.get(reverse("wagtailadmin_home")).status_code == 200
        client.post(url)
        assert not member.memberships.exists()
        assert theirs.get(reverse("wagtailadmin_home")).status_code == 302

    def test_what_the_person_looked_after_is_named(self, admin, member, partner, monkeypatch):
        asked = []

        def source(user, where):
            asked.append((user, where))
            return [Holding("A page of theirs", "/admin/pages/7/")]

        monkeypatch.setattr(offboarding, "_sources", {"test": source})
        url = reverse("people:end", args=[member.memberships.get().pk])
        assert "A page of theirs" in actors.signed_in(admin).get(url).content.decode()
        assert asked == [(member, partner)]
        add_membership(user=member, role=Role.AUTHOR, partner=partner)
        assert "A page of theirs" not in actors.signed_in(admin).get(url).content.decode()

    def test_whoever_closes_an_account_learns_what_it_held(self, member, monkeypatch):
        held = [Holding("A page of <theirs>", "/admin/pages/7/")]
        monkeypatch.setattr(offboarding, "_sources", {"test": lambda user, where: held})
        client = actors.hub_admin()
        url = reverse("wagtailusers_users:edit", args=[member.pk])
        data = {"username": member.username, "email": member.email}
        data |= {"first_name": "A", "last_name": "B", "password1": "", "password2": ""}
        answer = client.post(url, data)
        assert answer.status_code == 302
        said = [str(m) for m in messages.get_messages(answer.wsgi_request)]
        assert any("A page of &lt;theirs&gt;" in text for text in said)
        member.refresh_from_db()
        assert not member.is_active

    def test_a_partner_admin_who_leaves_is_led_home(self, admin):
        url = reverse("people:end", args=[admin.memberships.get().pk])
        answer = actors.signed_in(admin).post(url)
        assert answer["Location"] == reverse("wagtailadmin_home")


class TestOwnRoles:
    def test_everybody_sees_the_own_roles(self, partner):
        user = actors.person(Role.TRANSLATOR, partner, languages="es")
        page = actors.signed_in(user).get(reverse("people:own")).content.decode()
        assert "Translator" in page
        assert "Español" in page

    def test_everybody_names_a_stand_in_and_the_other_learns_of_it(self, member, partner):
        other = actors.person(Role.APPROVER, partner)
        url = reverse("people:delegate", args=[member.memberships.get().pk])
        client = actors.signed_in(member)
        assert client.get(url).status_code == 200
        data = {"delegate_to": other.pk, "delegate_until": day(5).isoformat()}
        assert client.post(url, data).status_code == 302
        assert member.memberships.get().delegate_to == other
        page = actors.signed_in(other).get(reverse("people:own")).content.decode()
        assert member.username in page

    @pytest.mark.parametrize(
        "values",
        [{"delegate_until": ""}, {"delegate_until": "2020-01-01"}, {"delegate_to": "self"}],
    )
    def test_not_themselves_nor_without_end_nor_in_the_past(self, member, partner, values):
        other = actors.person(Role.APPROVER, partner)
        data = {"delegate_to": other.pk, "delegate_until": day(5).isoformat(), **values}
        if data["delegate_to"] == "self":
            data["delegate_to"] = member.pk
        url = reverse("people:delegate", args=[member.memberships.get().pk])
        assert actors.signed_in(member).post(url, data).status_code == 200
        assert member.memberships.get().delegate_to is None

    def test_nobody_names_a_stand_in_for_others(self, admin, member):
        url = reverse("people:delegate", args=[member.memberships.get().pk])
        assert actors.signed_in(admin).post(url, {"delegate_to": ""}).status_code == 404

    def test_the_page_has_nothing_for_accounts_without_the_admin(self, client):
        client.force_login(UserFactory())
        assert client.get(reverse("people:own")).status_code == 302
