"""Evidence as people read it, and what outlives what."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Page, Revision

from content import audit, tasks
from content.models import AuditEvent, Milestone
from content.verification import verify
from editorial.models import ApprovalVote
from guides.models import GuideIndexPage
from partners.models import Membership, PartnerRole
from tests import actors
from tests.evidence import HASH, VOTES, execute, vote
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory, ServiceFactory
from tests.factories.tree import section
from tests.publishing import publish, take_down

pytestmark = pytest.mark.django_db
Role = Membership.Role


@pytest.fixture
def city():
    return PartnerFactory()


@pytest.fixture
def guide(city):
    return GuidePageFactory(parent=section(city, GuideIndexPage), title="Water", owner_partner=city)


def judge(guide, person, comment="Looks right", **more):
    """A vote with its event, as the services write it."""
    row = ApprovalVote.objects.create(
        task_state_id=more.pop("step", 1),
        requirement_key="approver",
        object_type=guide._meta.label_lower,
        object_id=str(guide.pk),
        page_key=guide.translation_key,
        revision_id=guide.latest_revision_id,
        content_hash=HASH,
        actor_key=person.actor_key,
        decision=ApprovalVote.Decision.APPROVE,
        comment=comment,
        **more,
    )
    return audit.record(
        "voted",
        actor=person,
        obj=guide,
        revision_id=guide.latest_revision_id,
        content_hash=HASH,
        rows=[row],
        step="Approval",
    )


def timeline(guide, name="page"):
    return reverse(f"evidence:{name}", args=[guide.translation_key])


def read(response):
    return b"".join(response.streaming_content).decode()


def lines(response):
    return list(csv.DictReader(io.StringIO(read(response).removeprefix("\ufeff"))))


class TestTheTimeline:
    def test_tells_who_said_what_about_which_version(self, guide, city):
        approver = actors.person(Role.APPROVER, city)
        approver.first_name, approver.last_name = "Ana", "Díaz"
        approver.save()
        event = judge(guide, approver, comment="Fee is <b>right</b>")
        text = actors.signed_in(approver).get(timeline(guide)).content.decode()
        assert audit.name_of(event.actor_key) in text
        assert "Fee is &lt;b&gt;right&lt;/b&gt;" in text
        assert f"revision {guide.latest_revision_id}" in text
        assert HASH[:32] in text
        assert "Vote" in text

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR, Role.APPROVER, Role.PARTNER_ADMIN])
    def test_is_for_people_of_the_partner(self, guide, city, role):
        person = actors.person(role, city)
        judge(guide, person)
        assert actors.signed_in(person).get(timeline(guide)).status_code == 200

    def test_people_of_a_co_author_read_it_too(self, guide):
        clinic = PartnerFactory()
        editor = actors.editor(clinic)
        assert editor.get(timeline(guide)).status_code == 404
        PartnerRole.objects.create(
            page=guide, partner=clinic, role=PartnerRole.Role.CO_AUTHOR, sort_order=0
        )
        assert actors.editor(clinic).get(timeline(guide)).status_code == 200

    @pytest.mark.parametrize("name", ["page", "page_csv", "page_json"])
    def test_others_do_not_learn_that_it_exists(self, guide, name):
        judge(guide, actors.person())
        assert actors.editor(PartnerFactory()).get(timeline(guide, name)).status_code == 404
        assert actors.signed_in(actors.person()).get(timeline(guide, name)).status_code in (
            302,
            403,
        )

    def test_languages_that_a_person_does_not_see_stay_out(self, guide, city):
        person = actors.person(Role.EDITOR, city)
        judge(guide, person)
        audit.record("voted", obj=guide, note="shown")
        guide.locale = Locale.objects.get(language_code="ar")
        audit.record("voted", obj=guide, note="kept away")
        text = actors.signed_in(person).get(timeline(guide)).content.decode()
        assert "shown" in text
        assert "kept away" not in text
        assert "kept away" in actors.hub_admin().get(timeline(guide)).content.decode()

    def test_of_a_deleted_page_is_there_for_hub_admins(self, guide, city):
        person = actors.person(Role.EDITOR, city)
        judge(guide, person)
        take_down(guide)
        Page.objects.get(pk=guide.pk).delete()
        assert "Looks right" in actors.hub_admin().get(timeline(guide)).content.decode()
        assert actors.signed_in(person).get(timeline(guide)).status_code == 404

    def test_of_a_key_that_never_was_is_not_found(self, city):
        address = reverse("evidence:page", args=[actors.person().actor_key])
        assert actors.hub_admin().get(address).status_code == 404

    def test_a_blanked_name_is_gone_and_what_was_said_stays(self, guide, city):
        approver = actors.person(Role.APPROVER, city)
        judge(guide, approver)
        audit.blank_name(approver.actor_key, by=approver)
        text = actors.hub_admin().get(timeline(guide)).content.decode()
        assert approver.username not in text
        assert "name blanked" in text
        assert "Looks right" in text

    def test_costs_the_same_for_any_number_of_events(self, guide):
        client = actors.hub_admin()
        people = [actors.person() for _ in range(10)]
        judge(guide, people[0])
        client.get(timeline(guide))
        with CaptureQueriesContext(connection) as few:
            client.get(timeline(guide))
        for number, person in enumerate(people * 4):
            judge(guide, person, step=number + 2)
        with CaptureQueriesContext(connection) as many:
            client.get(timeline(guide))
        assert len(many) == len(few)

    def test_stands_in_the_header_of_the_page(self, guide, city):
        edit = reverse("wagtailadmin_pages:edit", args=[guide.pk])
        assert timeline(guide) in actors.editor(city).get(edit).content.decode()


class TestLists:
    @pytest.mark.parametrize("role", [Role.STEWARD, Role.APPROVER, Role.PARTNER_ADMIN])
    def test_who_answers_for_a_partner_reads_its_own_only(self, guide, city, role):
        judge(guide, actors.person(), comment="of the city")
        clinic = PartnerFactory()
        foreign = GuidePageFactory(parent=section(clinic, GuideIndexPage), owner_partner=clinic)
        judge(foreign, actors.person(), comment="of the clinic", step=2)
        client = actors.signed_in(actors.person(role, city))
        text = client.get(reverse("evidence:list")).content.decode()
        assert "of the city" in text
        assert "of the clinic" not in text
        asked = client.get(reverse("evidence:list_csv"), {"partner": clinic.pk})
        assert asked.status_code == 400

    @pytest.mark.parametrize("name", ["list", "list_csv", "list_json"])
    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.EDITOR])
    def test_others_read_none(self, city, role, name):
        client = actors.signed_in(actors.person(role, city))
        assert client.get(reverse(f"evidence:{name}")).status_code == 302

    def test_joint_pages_count_for_both_partners(self, guide):
        clinic = PartnerFactory()
        judge(guide, actors.person(), comment="joint")
        PartnerRole.objects.create(
            page=guide, partner=clinic, role=PartnerRole.Role.CO_AUTHOR, sort_order=0
        )
        client = actors.signed_in(actors.person(Role.STEWARD, clinic))
        assert "joint" in client.get(reverse("evidence:list")).content.decode()

    def test_hub_admins_choose_a_period(self, guide):
        judge(guide, actors.person())
        client, today = actors.hub_admin(), timezone.localdate()
        address = reverse("evidence:list_csv")
        assert lines(client.get(address, {"since": today, "until": today}))
        tomorrow = today + timedelta(days=1)
        assert not lines(client.get(address, {"since": tomorrow}))
        assert not lines(client.get(address, {"until": today - timedelta(days=1)}))
        assert client.get(address, {"since": tomorrow, "until": today}).status_code == 400
        assert client.get(address, {"since": "nonsense"}).status_code == 400

    def test_stands_in_the_menu_of_those_who_may(self, city):
        address = reverse("evidence:list")
        home = reverse("wagtailadmin_home")
        steward = actors.signed_in(actors.person(Role.STEWARD, city))
        assert address in steward.get(home).content.decode()
        assert address not in actors.editor(city).get(home).content.decode()


class TestExports:
    def test_a_line_for_each_vote(self, guide, city):
        approver = actors.person(Role.APPROVER, city)
        judge(guide, approver)
        response = actors.hub_admin().get(timeline(guide, "page_csv"))
        assert "attachment" in response["Content-Disposition"]
        [row] = [row for row in lines(response) if row["kind"] == "voted"]
        assert row["actor"] == audit.name_of(approver.actor_key)
        assert row["step"] == "Approval"
        assert row["comment"] == "Looks right"
        assert row["decision"] == "approve"
        assert row["revision_id"] == str(guide.latest_revision_id)
        assert row["content_hash"] == HASH

    @pytest.mark.parametrize(
        "comment",
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", '=HYPERLINK("http://x")'],
    )
    def test_no_cell_is_a_formula(self, guide, comment):
        judge(guide, actors.person(), comment=comment)
        response = actors.hub_admin().get(timeline(guide, "page_csv"))
        for row in lines(response):
            for cell in row.values():
                assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
        text = json.loads(read(actors.hub_admin().get(timeline(guide, "page_json"))))
        assert text["events"][-1]["rows"][0]["columns"]["comment"] == comment

    def test_hashes_can_be_computed_anew_from_the_json(self, guide, city):
        for number in range(3):
            judge(guide, actors.person(Role.APPROVER, city), step=number)
        exported = json.loads(read(actors.hub_admin().get(reverse("evidence:list_json"))))
        before = audit.GENESIS
        for event in exported["events"]:
            assert event["columns"]["prev_hash"] == before
            assert audit.digest(event["columns"]) == event["hash"]
            digests = [row[2] for row in event["columns"]["data"].get("rows", [])]
            assert [audit.digest(row["columns"]) for row in event["rows"]] == digests
            before = event["hash"]
        assert exported["chain_ends_at"]["hash"] == before

    def test_nothing_to_tell_is_still_json(self):
        client = actors.hub_admin()
        response = client.get(reverse("evidence:list_json"), {"until": date(2000, 1, 1)})
        assert json.loads(read(response))["events"] == []


class TestWhatOutlivesWhat:
    def test_users_pages_and_revisions_go_and_the_evidence_stays(self, guide, city):
        approver = actors.person(Role.APPROVER, city)
        judge(guide, approver)
        guide.title = "Later"
        publish(guide)
        judge(guide, approver, step=2)
        events = AuditEvent.objects.count()
        Revision.objects.update(created_at=timezone.now() - timedelta(days=100))
        call_command("purge_revisions", days=1)
        approver.delete()
        take_down(guide)
        Page.objects.get(pk=guide.pk).delete()
        assert ApprovalVote.objects.count() == 2
        assert AuditEvent.objects.count() >= events
        assert audit.name_of(ApprovalVote.objects.first().actor_key)
        assert verify().is_sound


class TestTheNightlyCheck:
    def test_leaves_what_it_found(self):
        vote(1)
        tasks.verify_evidence()
        found = Milestone.objects.get(name="evidence").data
        assert found["count"] == 0
        assert found["hash"] == AuditEvent.objects.last().hash

    def test_names_the_first_damage(self):
        row = vote(1)
        execute(f"UPDATE {VOTES} SET comment = 'x'")  # noqa: S608  own table
        tasks.verify_evidence()
        found = Milestone.objects.get(name="evidence").data
        assert found["count"] == 1
        assert found["first"] == f"{VOTES} {row.pk}: was altered"


class TestTheCommands:
    def test_blank_a_name(self, capsys):
        person, admin = actors.person(), actors.person(Role.HUB_ADMIN)
        audit.record("one", actor=person)
        call_command("blank_name", person.username, by=admin.username)
        assert audit.name_of(person.actor_key) == ""
        assert AuditEvent.objects.last().actor_key == admin.actor_key

    @pytest.mark.parametrize(
        "name", ["nobody-of-this-name", "12345678-1234-5678-1234-567812345678"]
    )
    def test_blank_nobody(self, name):
        admin = actors.person(Role.HUB_ADMIN)
        with pytest.raises(CommandError):
            call_command("blank_name", name, by=admin.username)

    def test_only_a_hub_admin_accepts_a_seal_and_says_why(self, settings, capsys):
        admin, editor = actors.person(Role.HUB_ADMIN), actors.person()
        settings.SECRET_KEY = "another"
        for reason, by in ((" ", admin), ("New key", editor)):
            with pytest.raises(CommandError):
                call_command("verify_approvals", accept_seal=reason, by=by.username)
        with pytest.raises(SystemExit):
            call_command("verify_approvals")
        call_command("verify_approvals", accept_seal="New key", by=admin.username)
        assert AuditEvent.objects.get(kind=audit.SEAL_ACCEPTED).data == {"reason": "New key"}


class TestARecord:
    """Services, places, contacts and partners have their own evidence."""

    NAMES = ("record", "record_csv", "record_json")

    def addresses(self, record):
        parts = [*record._meta.label_lower.split("."), record.pk]
        return [reverse(f"evidence:{name}", args=parts) for name in self.NAMES]

    def test_its_people_read_what_happened(self, city):
        service, other = ServiceFactory(organization=city), ServiceFactory(organization=city)
        editor = actors.person(Role.EDITOR, city)
        for record, comment in ((service, "Rang them up"), (other, "Not this one")):
            audit.record("review_correct", actor=editor, obj=record, comment=comment)
        client = actors.signed_in(editor)
        for address in self.addresses(service):
            answer = client.get(address)
            text = read(answer) if answer.streaming else answer.content.decode()
            assert "Rang them up" in text
            assert "Not this one" not in text
        edit = reverse("wagtailsnippets_partners_service:edit", args=[service.pk])
        assert self.addresses(service)[0] in client.get(edit).content.decode()

    def test_others_find_nothing(self, city):
        service = ServiceFactory(organization=city)
        client = actors.editor(PartnerFactory())
        for address in self.addresses(service):
            assert client.get(address).status_code == 404

    @pytest.mark.parametrize("path", ["partners/none/1", "partners/service/99", "auth/group/1"])
    def test_what_is_none_is_not_found(self, path):
        assert actors.hub_admin().get(f"/admin/evidence/record/{path}/").status_code == 404

    def test_a_page_has_its_own_screen(self, guide):
        for address in self.addresses(guide):
            assert actors.hub_admin().get(address).status_code == 404
