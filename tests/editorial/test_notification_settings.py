"""How people want to be told, and their list in the admin."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.users.models import UserProfile

from editorial.models import Notification, NotificationPreference
from editorial.notifications.kinds import KINDS
from editorial.notifications.queries import preferences_of
from editorial.services.submission import submit
from partners.models import Membership
from tests.actors import person, signed_in
from tests.editorial.notices import Role, approval, mails, tell
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.factories.tree import section
from tests.jobs import drain
from tests.tools import ROOT

pytestmark = pytest.mark.django_db
PREFIX = "notification_preferences"
LIST = "/admin/notifications/"
READ = "/admin/notifications/read/"


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
    return GuidePageFactory(parent=section(city), owner_partner=city, published=False)


def account_form(user, **wanted):
    """What the account's settings post."""
    return {
        "name_email-first_name": "Ada",
        "name_email-last_name": "Ray",
        "name_email-email": user.email,
        "locale-preferred_language": "",
        "locale-current_time_zone": "",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
        **{f"{PREFIX}-{kind}": delivery for kind, delivery in wanted.items()},
    }


class TestForm:
    def test_every_kind_has_a_row_but_those_that_nobody_switches_off(self, editor):
        html = signed_in(editor).get("/admin/account/").content.decode()
        fields = set(re.findall(rf'name="{PREFIX}-(\w+)"', html))
        assert fields == {name for name, kind in KINDS.items() if not kind.is_fixed}
        assert str(KINDS["emergency_published"].label) in html

    def test_what_is_chosen_counts(self, draft, editor):
        response = signed_in(editor).post(
            "/admin/account/", account_form(editor, approved="off", rejected="immediate")
        )
        assert response.status_code == 302
        assert preferences_of(editor)["approved"] == "off"
        tell("approved", editor, draft)
        tell("rejected", editor, draft)
        drain()
        assert len(mails()) == 1
        assert Notification.objects.count() == 2  # both in the list

    def test_what_is_not_posted_stays(self, editor):
        NotificationPreference.objects.create(user=editor, kind="approved", delivery="weekly")
        signed_in(editor).post("/admin/account/", account_form(editor))
        assert preferences_of(editor)["approved"] == "weekly"

    def test_an_unknown_delivery_is_refused(self, editor):
        response = signed_in(editor).post(
            "/admin/account/", account_form(editor, approved="hourly")
        )
        assert response.status_code == 200
        assert preferences_of(editor)["approved"] == "immediate"

    def test_emergencies_cannot_be_switched_off(self, draft, editor):
        signed_in(editor).post("/admin/account/", account_form(editor, emergency_published="off"))
        NotificationPreference.objects.create(
            user=editor, kind="emergency_published", delivery="off"
        )
        tell("emergency_published", editor, draft)
        drain()
        assert len(mails()) == 1

    def test_one_person_s_choice_is_no_other_s(self, draft, city, editor):
        other = person(Role.EDITOR, city)
        signed_in(other).post("/admin/account/", account_form(other, approved="off"))
        tell("approved", [editor, other], draft)
        drain()
        assert [mail["To"] for mail in mails()] == [editor.email]


class TestList:
    def test_it_tells_title_state_step_and_what_is_new(self, draft, editor):
        tell("rejected", editor, draft, step="Legal check")
        html = signed_in(editor).get(LIST).content.decode()
        assert draft.title in html
        assert "Legal check" in html
        assert "1 is new" in html

    def test_looking_marks_nothing(self, draft, editor):
        tell("rejected", editor, draft)
        client = signed_in(editor)
        for _again in range(2):
            assert "1 is new" in client.get(LIST).content.decode()
        client.get(f"{LIST}{Notification.objects.get().pk}/")
        assert Notification.objects.get().read_at is None

    def test_one_is_marked_as_read(self, draft, editor):
        tell("rejected", editor, draft)
        tell("approved", editor, draft)
        row = Notification.objects.get(kind="rejected")
        assert signed_in(editor).post(READ, {"notification": row.pk}).status_code == 302
        assert [row.kind for row in Notification.objects.filter(read_at=None)] == ["approved"]

    def test_all_are_marked_but_not_what_came_since(self, draft, editor):
        tell("rejected", editor, draft)
        client = signed_in(editor)
        until = re.search(r'name="until" value="([^"]+)"', client.get(LIST).content.decode())
        tell("approved", editor, draft)
        client.post(READ, {"until": until.group(1)})
        assert [row.kind for row in Notification.objects.filter(read_at=None)] == ["approved"]

    def test_nobody_marks_or_opens_those_of_others(self, draft, city, editor):
        tell("rejected", editor, draft)
        row = Notification.objects.get()
        other = signed_in(person(Role.EDITOR, city))
        other.post(READ, {"notification": row.pk})
        row.refresh_from_db()
        assert row.read_at is None
        assert other.get(f"{LIST}{row.pk}/").status_code == 404
        assert draft.title not in other.get(LIST).content.decode()

    @pytest.mark.parametrize("posted", [{}, {"notification": "x"}, {"until": "soon"}])
    def test_a_post_without_sense_is_refused(self, editor, posted):
        assert signed_in(editor).post(READ, posted).status_code == 400

    def test_reading_needs_a_post(self, editor):
        assert signed_in(editor).get(READ).status_code == 405

    def test_what_somebody_may_no_longer_see_keeps_its_place_without_its_title(
        self, draft, city, editor
    ):
        tell("rejected", editor, draft, step="Legal check", comment="Secret comment")
        Membership.objects.filter(user=editor).delete()
        Membership.objects.create(user=editor, partner=PartnerFactory(), role=Role.EDITOR)
        client = signed_in(editor)
        html = client.get(LIST).content.decode()
        assert "Something that you may no longer see" in html
        for secret in (draft.title, "Legal check", "Secret comment"):
            assert secret not in html
        assert client.get(f"{LIST}{Notification.objects.get().pk}/").url == LIST

    def test_the_menu_names_how_many_are_new(self, draft, editor):
        client = signed_in(editor)
        assert "Notifications (" not in client.get("/admin/").content.decode()
        tell("rejected", editor, draft)
        assert "Notifications (1)" in client.get("/admin/").content.decode()

    def test_it_has_pages(self, draft, editor):
        for number in range(35):
            tell("rejected", editor, draft, period=str(number))
        client = signed_in(editor)
        assert client.get(LIST).content.decode().count("Mark as read") == 30
        assert client.get(LIST, {"p": 2}).content.decode().count("Mark as read") == 5

    @pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
    def test_it_asks_the_database_as_often_for_thirty_as_for_three(self, city, role):
        user = person(role, city)
        UserProfile.get_for_user(user)
        parent = section(city)

        def queries(number):
            for _page in range(number):
                page = GuidePageFactory(parent=parent, owner_partner=city, published=False)
                tell("rejected", user, page)
            client = signed_in(user)
            client.get(LIST)
            with CaptureQueriesContext(
                connection,
            ) as found:
                assert client.get(LIST).content.decode().count("<bdi>") >= number
            return len(found)

        assert queries(3) == queries(25)

    def test_nor_for_somebody_whom_every_partner_asks(self, city):
        lawyer = person()
        Membership.objects.create(user=lawyer, role=Role.SPECIALIST, specialism="legal")
        UserProfile.get_for_user(lawyer)
        task = approval()
        task.requirements.update(role=Role.SPECIALIST, specialism="legal", scope="hub")
        author, parent = person(Role.EDITOR, city), section(city)

        def queries(number):
            for _page in range(number):
                page = GuidePageFactory(parent=parent, owner_partner=city, published=False)
                submit(page, author)
            client = signed_in(lawyer)
            client.get(LIST)
            with CaptureQueriesContext(connection) as found:
                html = client.get(LIST).content.decode()
            assert html.count("<bdi>Page") >= number
            return len(found)

        assert queries(2) == queries(10)


def test_the_document_lists_every_kind_with_its_default():
    text = (ROOT / "docs" / "notifications.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (\w+) \|$", text, re.MULTILINE)
    assert rows == [
        (name, str(kind.default), "no" if kind.is_fixed else "yes") for name, kind in KINDS.items()
    ]
