"""Invitations by mail: one link, one person, one role, and nothing learned by others."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from content.mail.queries import content_of
from content.models import AuditEvent, OutgoingMail, User
from hub.settings import databases
from partners import tasks
from partners.models import Invitation, Membership
from tests import actors
from tests.factories import tree
from tests.factories.content import UserFactory
from tests.factories.partners import PartnerFactory

pytestmark = pytest.mark.django_db
Role = Membership.Role
PASSWORD = "seven quiet green boats"


@pytest.fixture(autouse=True)
def _mail_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"


@pytest.fixture
def partner():
    partner = PartnerFactory()
    tree.section(partner)
    return partner


@pytest.fixture
def admin(partner):
    return actors.person(Role.PARTNER_ADMIN, partner)


def form(partner=None, **values):
    data = {
        "email": "noor@example.org",
        "name": "Noor Haddad",
        "language": "en",
        "partner": partner.pk if partner else "",
        "role": "editor",
        "specialism": "",
    }
    return {**data, **values}


def invited(admin, partner, **values):
    """Send an invitation by the form; return the path of its link."""
    answer = actors.signed_in(admin).post(reverse("people:invite"), form(partner, **values))
    assert answer.status_code == 302
    return newest_link()


def newest_link():
    text = content_of(OutgoingMail.objects.latest("pk")).text
    return re.search(r"https?://[^/\s]+(/\S+)", text)[1]


def newcomer(**values):
    return {"name": "Noor Haddad", "password": PASSWORD, "again": PASSWORD, **values}


class TestSending:
    def test_the_mail_is_in_its_own_language_and_goes_to_the_address(self, admin, partner):
        link = invited(admin, partner, language="ar")
        mail = OutgoingMail.objects.latest("pk")
        assert mail.recipients == "noor@example.org"
        assert link.startswith("/ar/")

    def test_the_link_is_not_in_the_database(self, admin, partner):
        token = invited(admin, partner).strip("/").split("/")[-1]
        row = Invitation.objects.get()
        assert token not in str(row.__dict__)
        assert len(token) >= 40

    def test_a_partner_admin_invites_to_the_own_partner_only(self, admin, partner):
        other = PartnerFactory()
        client = actors.signed_in(admin)
        for values in (form(other), form(None), form(partner, role="hub_admin")):
            assert client.post(reverse("people:invite"), values).status_code == 200
        assert not Invitation.objects.exists()
        assert not OutgoingMail.objects.exists()

    def test_a_hub_admin_invites_to_everything(self, partner):
        client = actors.hub_admin()
        for values in (form(partner), form(None, role="hub_admin")):
            assert client.post(reverse("people:invite"), values).status_code == 302
        assert Invitation.objects.count() == 2

    @pytest.mark.parametrize("role", [Role.EDITOR, Role.STEWARD, Role.APPROVER, Role.AUTHOR])
    def test_others_invite_nobody(self, partner, role):
        client = actors.signed_in(actors.person(role, partner))
        assert client.get(reverse("people:invite")).status_code == 302
        client.post(reverse("people:invite"), form(partner))
        assert not Invitation.objects.exists()

    def test_a_role_without_what_it_needs_is_refused_at_its_field(self, admin, partner):
        client = actors.signed_in(admin)
        answer = client.post(reverse("people:invite"), form(partner, role="translator"))
        assert "languages" in answer.context_data["form"].errors
        answer = client.post(reverse("people:invite"), form(partner, role="specialist"))
        assert "specialism" in answer.context_data["form"].errors

    def test_nothing_tells_whether_the_address_has_an_account(self, admin, partner):
        UserFactory(email="known@example.org")
        client, pages = actors.signed_in(admin), []
        for email in ("known@example.org", "unknown@example.org"):
            answer = client.post(reverse("people:invite"), form(partner, email=email), follow=True)
            page = answer.content.decode().replace(email, "")
            pages.append(re.sub(r"[0-9]+|csrf\S+ value=\S+", "", page))
        # The second list has one invitation more; the words said are the same.
        assert "is on its way" in pages[0]
        assert "is on its way" in pages[1]
        assert "account" not in pages[0].lower().replace("/admin/account", "").split("<main")[1]

    def test_a_second_invitation_to_the_same_role_ends_the_first(self, admin, partner, client):
        first = invited(admin, partner)
        second = invited(admin, partner)
        assert client.get(first).status_code == 410
        assert client.get(second).status_code == 200

    def test_somebody_sends_so_many_a_day(self, admin, partner, settings, tmp_path):
        settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
        cache.clear()
        client = actors.signed_in(admin)
        for _ in range(7):
            client.post(reverse("people:invite"), form(partner))
        assert Invitation.objects.count() == 5


class TestPage:
    def test_looking_changes_nothing_and_says_who_invites_to_what(self, admin, partner, client):
        admin.first_name, admin.last_name = "Ada", "Berg"
        admin.save()
        link = invited(admin, partner, role="translator", languages=["es", "ar"])
        for _ in range(2):
            page = client.get(link)
        text = page.content.decode()
        assert page.status_code == 200
        for word in ("Ada Berg", "Translator", "Español", "العربيّة", str(partner)):
            assert word in text
        assert not User.objects.filter(email="noor@example.org").exists()
        assert Invitation.objects.get().is_open

    def test_it_is_private_and_no_page_of_an_index(self, admin, partner, client):
        page = client.get(invited(admin, partner))
        assert page["Cache-Control"] == "private, no-store"
        assert page["X-Robots-Tag"] == "noindex"
        assert page["Referrer-Policy"] == "same-origin"
        assert 'name="robots" content="noindex"' in page.content.decode()
        assert "canonical" not in page.content.decode()
        assert "'unsafe-inline'" not in page["Content-Security-Policy"]

    def test_it_speaks_arabic(self, admin, partner, client):
        page = client.get(invited(admin, partner, language="ar"))
        assert '<html lang="ar" dir="rtl">' in page.content.decode()

    def test_a_newcomer_gets_account_role_and_session(self, admin, partner, client):
        link = invited(admin, partner, email="Noor@Example.org", language="ar")
        answer = client.post(link, newcomer(name="Noor Al Haddad"), follow=True)
        assert answer.status_code == 200
        user = User.objects.get(email__iexact="noor@example.org")
        assert (user.first_name, user.last_name) == ("Noor Al", "Haddad")
        assert user.username == "noor@example.org"
        assert user.check_password(PASSWORD)
        assert user.wagtail_userprofile.preferred_language == "ar"
        membership = user.memberships.get()
        assert (membership.partner, membership.role) == (partner, Role.EDITOR)
        assert Client().login(username="noor@example.org", password=PASSWORD)

    def test_evidence_names_who_invited_and_who_accepted(self, admin, partner, client):
        client.post(invited(admin, partner), newcomer())
        user = User.objects.get(email="noor@example.org")
        kinds = {event.kind: event.actor_key for event in AuditEvent.objects.all()}
        assert kinds["invitation_sent"] == admin.actor_key
        assert kinds["invitation_accepted"] == kinds["membership_started"] == user.actor_key
        assert "noor" not in str([event.data for event in AuditEvent.objects.all()])

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"password": "short", "again": "short"}, "password"),
            ({"password": "password12345678", "again": "x"}, "again"),
            ({"password": "noor@example.org", "again": "noor@example.org"}, "password"),
            ({"name": ""}, "name"),
        ],
    )
    def test_the_form_names_what_is_wrong(self, admin, partner, client, values, field):
        answer = client.post(invited(admin, partner), newcomer(**values))
        assert answer.context["form"].errors.keys() >= {field}
        assert not User.objects.filter(email="noor@example.org").exists()

    def test_a_user_name_that_is_taken_gets_a_number(self, admin, partner, client):
        UserFactory(username="noor@example.org", email="else@example.org")
        client.post(invited(admin, partner), newcomer())
        assert User.objects.get(email="noor@example.org").username == "noor@example.org-2"

    def test_who_has_an_account_signs_in_first(self, admin, partner, client):
        user = UserFactory(email="noor@example.org")
        link = invited(admin, partner, email="NOOR@example.org")
        assert "/_util/login/?next=" in client.get(link).content.decode()
        client.post(link, newcomer())
        assert not user.memberships.exists()
        client.force_login(user)
        client.get(link)
        assert not user.memberships.exists()
        assert client.post(link).status_code == 302
        assert user.memberships.get().role == Role.EDITOR
        assert not User.objects.filter(username="noor@example.org").exists()

    def test_another_account_cannot_accept_it(self, admin, partner):
        other = actors.person(Role.AUTHOR, PartnerFactory())
        link = invited(admin, partner)
        client = actors.signed_in(other)
        assert "another account" in client.post(link, newcomer()).content.decode()
        assert Invitation.objects.get().is_open
        assert other.memberships.count() == 1

    def test_a_closed_account_does_not_come_back_by_an_invitation(self, admin, partner, client):
        UserFactory(email="noor@example.org", is_active=False)
        client.post(invited(admin, partner), newcomer())
        assert User.objects.filter(email="noor@example.org").count() == 1
        assert not Membership.objects.exclude(user=admin).exists()


class TestLinks:
    def test_a_link_works_once(self, admin, partner):
        link = invited(admin, partner)
        Client().post(link, newcomer())
        again = Client().get(link)
        assert again.status_code == 410
        assert "accepted already" in again.content.decode()
        assert Client().post(link, newcomer(name="Other")).status_code == 410

    def test_a_link_ends_after_a_week(self, admin, partner, client):
        link = invited(admin, partner)
        with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
            page = client.get(link)
            assert page.status_code == 410
            assert "too old" in page.content.decode()
            assert client.post(link, newcomer()).status_code == 410

    def test_a_forged_link_is_no_page(self, admin, partner, client):
        invited(admin, partner)
        with override("ar"):
            url = reverse("invitation", args=["x" * 43])
        assert client.get(url).status_code == 404
        assert client.post(url, newcomer()).status_code == 404
        assert '<html lang="ar" dir="rtl">' in client.get(url).content.decode()

    def test_a_withdrawn_link_opens_nothing(self, admin, partner, client):
        link = invited(admin, partner)
        row = Invitation.objects.get()
        actors.signed_in(admin).post(reverse("people:revoke", args=[row.pk]))
        page = client.get(link)
        assert page.status_code == 410
        assert "withdrawn" in page.content.decode()
        assert client.post(link, newcomer()).status_code == 410

    def test_sent_again_it_has_a_new_link(self, admin, partner, client):
        old = invited(admin, partner)
        row = Invitation.objects.get()
        actors.signed_in(admin).post(reverse("people:resend", args=[row.pk]))
        assert client.get(old).status_code == 404
        assert client.get(newest_link()).status_code == 200

    def test_it_ends_with_the_right_of_whoever_sent_it(self, admin, partner, client):
        link = invited(admin, partner)
        admin.memberships.get().delete()
        assert client.get(link).status_code == 410
        client.post(link, newcomer())
        assert not User.objects.filter(email="noor@example.org").exists()

    def test_invitations_of_others_can_neither_be_sent_nor_withdrawn(self, admin, partner, client):
        invited(admin, partner)
        row = Invitation.objects.get()
        stranger = actors.signed_in(actors.person(Role.PARTNER_ADMIN, PartnerFactory()))
        for name in ("people:resend", "people:revoke"):
            assert stranger.post(reverse(name, args=[row.pk])).status_code == 404
        assert OutgoingMail.objects.count() == 1
        assert row.is_open

    def test_trying_again_and_again_is_slowed_down(
        self, admin, partner, client, settings, tmp_path
    ):
        link = invited(admin, partner)
        settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
        cache.clear()
        answers = [client.post(link, newcomer(again="x")).status_code for _ in range(21)]
        assert answers == [200] * 20 + [429]

    def test_old_invitations_are_forgotten_with_their_addresses(self, admin, partner):
        invited(admin, partner)
        with time_machine.travel(timezone.now() + timedelta(days=30)):
            tasks.forget_invitations()
            assert Invitation.objects.count() == 1
        with time_machine.travel(timezone.now() + timedelta(days=38)):
            tasks.forget_invitations()
            assert not Invitation.objects.exists()
