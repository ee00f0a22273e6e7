"""Notifications: written with their cause, mailed once, and only of what the receiver may see."""

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from wagtail.models import GroupApprovalTask, PageSubscription, Workflow, WorkflowTask
from wagtail.test.utils.form_data import inline_formset, streamfield

from content.jobs import runner
from content.models import Job
from editorial.models import Notification
from editorial.notifications import sending
from editorial.services.submission import submit
from editorial.services.votes import vote
from partners.models import Membership
from tests.actors import person, signed_in
from tests.editorial.notices import Role, approval, mails, open_state, profile, tell, text_of
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.factories.tree import section
from tests.forms import guide_form
from tests.jobs import drain, waiting
from tests.mails import later
from tests.publishing import publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mail_rows")]
CANARY = "Canary of the draft"


@pytest.fixture
def mail_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"
    settings.HUB_KEEP_MAILS = True


@pytest.fixture
def city():
    return PartnerFactory()


@pytest.fixture
def draft(city):
    return GuidePageFactory(parent=section(city), owner_partner=city, title=CANARY, published=False)


@pytest.fixture
def editor(city):
    return person(Role.EDITOR, city)


class TestTheMail:
    def test_it_says_title_state_step_and_day_in_the_language_of_the_receiver(self, draft, editor):
        profile(editor, "es")
        approval()
        submit(draft, editor)
        approver = profile(person(Role.APPROVER, draft.owner_partner), "es")
        tell("step_opened", approver, draft, step="Legal check", due=dt.date(2026, 12, 4))
        drain()
        (mail,) = mails(approver)
        assert CANARY in mail["Subject"]
        assert CANARY in text_of(mail)
        assert "Legal check" in text_of(mail)
        assert "4 de diciembre de 2026" in text_of(mail)
        assert mail["Auto-Submitted"] == "auto-generated"

    def test_its_link_leads_to_the_draft_by_way_of_the_sign_in(self, draft, editor):
        editor.set_password("correct horse battery")
        editor.save()
        tell("rejected", editor, draft)
        drain()
        link = next(
            line for line in text_of(mails()[0]).splitlines() if "/admin/notifications/" in line
        )
        client = Client()
        path = link.partition("8000")[2]
        door = client.get(path)
        assert door.status_code == 302
        signing_in = client.post(
            door.url,
            {"username": editor.username, "password": "correct horse battery", "next": path},
        )
        assert signing_in.url == path
        assert client.get(path).url == f"/admin/pages/{draft.pk}/edit/"

    def test_it_says_where_to_change_what_is_mailed(self, draft, editor):
        tell("rejected", editor, draft)
        drain()
        assert "/admin/account/#tab-notifications" in text_of(mails()[0])

    def test_it_holds_no_comment(self, draft, editor):
        tell("rejected", editor, draft, comment="The third sentence is wrong")
        drain()
        assert len(mails()) == 1
        assert "third sentence" not in text_of(mails()[0])
        listed = signed_in(editor).get("/admin/notifications/").content.decode()
        assert "third sentence" in listed

    def test_a_title_with_a_line_break_breaks_no_header(self, draft, editor):
        draft.title = draft.draft_title = "One\nBcc: everybody@example.org"
        draft.save()
        tell("rejected", editor, draft)
        drain()
        (mail,) = mails()
        assert mail["Bcc"] is None
        assert "One Bcc:" in mail["Subject"]

    def test_only_paths_of_the_hub_are_linked(self, draft, editor):
        tell("rejected", editor, draft, url="//evil.example/")
        drain()
        assert "evil" not in text_of(mails()[0])


class TestOnce:
    def test_the_same_occasion_twice_is_one_mail(self, draft, editor):
        for _again in range(2):
            tell("approved", [editor, editor], draft, period="7")
        drain()
        assert len(mails()) == 1

    def test_another_revision_is_another_occasion(self, draft, editor):
        tell("approved", editor, draft)
        drain()
        draft.save_revision()
        tell("approved", editor, draft)
        drain()
        assert len(mails()) == 2

    def test_a_job_run_twice_mails_once(self, draft, editor):
        tell("approved", editor, draft)
        job = waiting("editorial.send_notification")[0]
        drain()
        Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING, attempts=0)
        assert runner.run_job(job.pk)
        drain()
        assert len(mails()) == 1
        row = Notification.objects.get()
        assert row.state == Notification.State.MAILED
        assert row.sent_at is not None

    def test_mark_and_mail_are_one_transaction(self, draft, editor):
        tell("approved", editor, draft)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            assert sending.send_one(Notification.objects.get().pk)
            raise ZeroDivisionError  # the runner dies
        assert mails() == []
        drain()
        assert len(mails()) == 1

    def test_what_is_rolled_back_is_never_told(self, draft, editor):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell("approved", editor, draft)
            raise ZeroDivisionError
        drain()
        assert mails() == []
        assert not Notification.objects.exists()

    def test_somebody_who_goes_on_writing_causes_one_mail(self, draft, editor):
        approval()
        submit(draft, editor)
        approver = person(Role.APPROVER, draft.owner_partner)
        for period in "abc":
            tell("content_changed", approver, draft, period=period)
        drain()
        assert mails(approver) == []
        with later(6 * 60):
            drain()
        assert len(mails(approver)) == 1
        states = sorted(Notification.objects.filter(user=approver).values_list("state", flat=True))
        assert states == ["mailed", "replaced", "replaced"]

    def test_a_step_that_is_decided_is_told_to_nobody(self, draft, editor):
        approval()
        approver = person(Role.APPROVER, draft.owner_partner)
        other = person(Role.APPROVER, draft.owner_partner)
        submit(draft, editor)
        vote(open_state(draft), approver, "approve")
        drain()
        assert [mail for user in (approver, other) for mail in mails(user)] == []
        assert Notification.objects.get(user=other).state == Notification.State.SETTLED


class TestWhoMaySee:
    def test_people_of_other_partners_are_told_nothing_of_a_draft(self, draft):
        stranger = person(Role.EDITOR, PartnerFactory())
        for kind in ("approved", "rejected", "emergency_published", "guest_answered"):
            tell(kind, stranger, draft, step=CANARY, comment=CANARY)
        drain()
        with later(3 * 24 * 3600):
            sending.enqueue_digests()
            drain()
        assert mails() == []
        assert CANARY not in signed_in(stranger).get("/admin/notifications/").content.decode()

    def test_a_right_that_ends_before_the_mail_is_sent_counts(self, draft, editor):
        tell("rejected", editor, draft)
        Membership.objects.filter(user=editor).update(valid_until=dt.date(2020, 1, 1))
        drain()
        assert mails() == []
        assert Notification.objects.get().state == Notification.State.DROPPED

    def test_outsiders_know_the_published_title_only(self, city):
        page = GuidePageFactory(parent=section(city), owner_partner=city, title="Public title")
        page.title = CANARY
        page.save_revision()
        outsider = person(Role.EDITOR, PartnerFactory())
        tell("emergency_published", outsider, page)
        drain()
        (mail,) = mails()
        assert "Public title" in mail["Subject"]
        assert CANARY not in mail.as_string()

    def test_own_people_know_the_title_of_the_draft(self, city, editor):
        page = GuidePageFactory(parent=section(city), owner_partner=city, title="Public title")
        page.title = CANARY
        page.save_revision()
        tell("rejected", editor, page)
        drain()
        assert CANARY in mails()[0]["Subject"]

    def test_something_deleted_is_told_to_nobody(self, draft, editor):
        tell("rejected", editor, draft)
        draft.delete()
        drain()
        assert mails() == []
        assert signed_in(editor).get("/admin/notifications/").status_code == 200

    def test_closed_accounts_get_nothing(self, draft, editor):
        tell("approved", editor, draft)
        editor.is_active = False
        editor.save()
        tell("rejected", editor, draft)
        drain()
        assert mails() == []
        assert [row.kind for row in Notification.objects.all()] == ["approved"]

    def test_without_an_address_the_list_is_all(self, draft, editor):
        editor.email = ""
        editor.save()
        tell("approved", editor, draft)
        drain()
        assert mails() == []
        assert CANARY in signed_in(editor).get("/admin/notifications/").content.decode()


class TestWagtailsOwnMails:
    def test_workflow_mails_of_wagtail_do_not_come_beside_ours(self, draft, editor):
        approval()
        approver = person(Role.APPROVER, draft.owner_partner)
        submit(draft, editor)
        vote(open_state(draft), approver, "reject", comment="Quoted in stock mails")
        drain()
        assert [mail["To"] for mail in mails()] == [editor.email]
        assert "Quoted" not in mails()[0].as_string()

    def test_not_even_its_own_group_tasks_mail(self, draft, editor):
        approver = person(Role.APPROVER, draft.owner_partner)
        step = GroupApprovalTask.objects.create(name="Group")
        step.groups.add(approver.groups.get())
        workflow = Workflow.objects.create(name="Stock")
        WorkflowTask.objects.create(workflow=workflow, task=step)
        draft.save_revision(user=editor)
        workflow.start(draft, editor)
        drain()
        assert mails() == []

    def test_mails_about_comments_go_our_way(self, city, editor):
        page = GuidePageFactory(parent=section(city), owner_partner=city)
        reader = person(Role.EDITOR, city)
        former = person(Role.EDITOR, city)
        for user in (reader, former, editor):
            PageSubscription.objects.create(page=page, user=user, comment_notifications=True)
        Membership.objects.filter(user=former).update(valid_until=dt.date(2020, 1, 1))
        comment = {
            "user": "",
            "text": CANARY,
            "contentpath": "title",
            "position": "",
            "resolved": "",
            "replies": inline_formset([]),
        }
        form = guide_form(
            title=page.title,
            slug=page.slug,
            body=streamfield([]),
            comments=inline_formset([comment]),
        )
        response = signed_in(editor).post(f"/admin/pages/{page.pk}/edit/", form)
        assert response.status_code == 302
        told = Notification.objects.filter(kind="commented").values_list("user_id", flat=True)
        assert set(told) == {reader.pk, former.pk}
        with later(2 * 24 * 3600):
            sending.enqueue_digests()
            drain()
        assert [mail["To"] for mail in mails()] == [reader.email]
        assert CANARY not in mails()[0].as_string()

    def test_settings_of_mails_that_never_go_are_hidden(self, editor):
        assert "updated_comments" not in signed_in(editor).get("/admin/account/").content.decode()


def test_published_pages_can_be_told_to_their_people(city, editor):
    page = GuidePageFactory(parent=section(city), owner_partner=city)
    publish(page)
    tell("published", editor, page)
    drain()
    assert len(mails()) == 1
