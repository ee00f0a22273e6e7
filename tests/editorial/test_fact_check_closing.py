"""How a fact check ends, who sees what of it in the admin, and what is forgotten of guests."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml.html import fromstring

from content.audit import name_of
from content.models import AuditEvent
from editorial.errors import ReviewRefused
from editorial.factcheck import services
from editorial.models import FactCheckRequest, GuestAnswer
from editorial.tasks import forget_guests
from partners.models import Membership
from tests.actors import person, signed_in
from tests.editorial.fact_checks import (
    BLOCK,
    CANARY,
    HIDDEN,
    Role,
    admin_path,
    answer,
    ask,
    in_check,
    last_mail,
    link_in,
    rewrite,
    row_of,
    words_of,
)
from tests.editorial.reviews import approve, open_step, reject, town
from tests.factories.partners import PartnerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails_are_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


@pytest.fixture
def approver(place):
    return place.someone(Role.APPROVER)


@pytest.fixture
def text(place, author):
    return in_check(place, author)


def refused(text, user, accept=True, reason=""):
    state = open_step(text)
    with pytest.raises(ReviewRefused):
        services.close(state, user, accept, reason)
    return open_step(text).pk == state.pk


def step_name(text):
    return open_step(text).task.name


class TestWhoCloses:
    def test_an_approver_of_the_owner_accepts_the_answers(self, text, author, approver):
        row, path = ask(text, author)
        answer(path)
        assert step_name(text) == "Legal fact check"
        services.close(open_step(text), approver, True)
        assert step_name(text) == "Approval of both sectors"
        event = AuditEvent.objects.get(kind="fact_check_accepted")
        assert (event.actor_key, event.content_hash) == (approver.actor_key, row.content_hash)
        assert event.data["overridden"] == []

    def test_nobody_else_does(self, place, text, author, approver):
        _row, path = ask(text, author)
        answer(path)
        editor_of_both = place.someone(Role.EDITOR)
        others = [
            author,
            editor_of_both,
            place.someone(Role.APPROVER, place.association),
            place.someone(Role.STEWARD),
            person(Role.HUB_ADMIN),
        ]
        for user in others:
            assert refused(text, user, reason="I say so.")
            assert refused(text, user, accept=False, reason="I say so.")

    def test_an_approver_who_has_written_in_it_does_not(self, place, text, author, approver):
        second = place.someone(Role.APPROVER)
        rewrite(text, approver, title="Changed by the approver")
        _row, path = ask(text, author)
        answer(path)
        assert refused(text, approver)
        services.close(open_step(text), second, True)

    def test_a_former_approver_does_not(self, text, author, approver):
        _row, path = ask(text, author)
        answer(path)
        yesterday = timezone.localdate() - timedelta(days=1)
        Membership.objects.filter(user=approver).update(valid_until=yesterday)
        assert refused(text, approver)

    def test_a_delegate_does_as_long_as_the_delegation_lasts(self, text, author, approver):
        delegate = person()
        _row, path = ask(text, author)
        answer(path)
        rows = Membership.objects.filter(user=approver)
        yesterday = timezone.localdate() - timedelta(days=1)
        rows.update(delegate_to=delegate, delegate_until=yesterday)
        assert refused(text, delegate)
        rows.update(delegate_until=timezone.localdate())
        services.close(open_step(text), delegate, True)

    def test_the_editors_button_keeps_to_the_same_rules(self, text, author, approver):
        with pytest.raises(ReviewRefused):
            approve(text, approver, comment="Fine.")
        _row, path = ask(text, author)
        answer(path)
        approve(text, approver)
        assert step_name(text) == "Approval of both sectors"


class TestOnWhatGround:
    def test_without_an_answer_it_stays_open(self, text, author, approver):
        ask(text, author)
        assert refused(text, approver, reason="I know it myself.")

    def test_an_answer_about_an_earlier_text_does_not_count(self, text, author, approver):
        _row, path = ask(text, author)
        answer(path)
        rewrite(text, author, title="Another title")
        assert refused(text, approver)

    def test_nor_does_one_about_another_subject(self, text, author, approver):
        _row, path = ask(text, author, subject="accessibility")
        answer(path)
        assert refused(text, approver)

    def test_a_wish_for_changes_is_overridden_by_a_reason_only(self, text, author, approver):
        _row, path = ask(text, author)
        answer(path, "needs_changes", comment="It is room 5.")
        assert refused(text, approver)
        assert refused(text, approver, reason="   ")
        services.close(open_step(text), approver, True, "Room 4 was confirmed by phone.")
        event = AuditEvent.objects.get(kind="fact_check_accepted")
        assert event.data["overridden"] == [GuestAnswer.objects.get().pk]
        assert event.data["reason"] == "Room 4 was confirmed by phone."

    def test_who_has_come_round_needs_no_overriding(self, text, author, approver):
        _row, path = ask(text, author)
        answer(path, "needs_changes", comment="It is room 5.")
        answer(path, "correct")
        services.close(open_step(text), approver, True)

    def test_but_one_who_is_content_does_not_outvote_another(self, text, author, approver):
        _row, first = ask(text, author)
        _row, second = ask(text, author, email="second@example.net")
        answer(first, "needs_changes", comment="It is room 5.")
        answer(second, "correct")
        assert refused(text, approver)

    def test_refusing_sends_it_back_to_the_author(self, text, author, approver):
        ask(text, author)
        services.close(open_step(text), approver, False, "Ask somebody else.")
        assert text.current_workflow_state.status == "needs_changes"

    def test_the_end_of_the_check_ends_its_links(self, text, author, approver):
        row, path = ask(text, author)
        answer(path)
        services.close(open_step(text), approver, True)
        response = Client().get(path)
        assert response.status_code == 410
        assert "This fact check is over" in response.content.decode()
        assert row_of(row).closed_reason == FactCheckRequest.State.FINISHED

    def test_rejected_and_handed_in_unchanged_the_link_still_works(self, text, author, approver):
        _row, path = ask(text, author)
        reject(text, approver)
        assert Client().get(path).status_code == 200


class TestSpecialists:
    @pytest.fixture
    def specialist(self, place):
        user = place.someone(Role.SPECIALIST)
        Membership.objects.filter(user=user).update(specialism="legal")
        return user

    def form(self, client, text):
        html = fromstring(client.get(admin_path("answer", text)).content)
        return {
            "seen": html.xpath("//input[@name='seen']/@value")[0],
            "csrfmiddlewaretoken": html.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0],
        }

    def test_they_answer_with_their_account(self, text, specialist, approver):
        client = signed_in(specialist, enforce_csrf_checks=True)
        data = {**self.form(client, text), "verdict": "correct", f"c-{BLOCK}": "As in § 7."}
        assert client.post(admin_path("answer", text), data).status_code == 302
        kept = GuestAnswer.objects.get()
        assert (kept.actor_key, kept.request_id) == (specialist.actor_key, None)
        assert kept.block_comments == {BLOCK: "As in § 7."}
        services.close(open_step(text), approver, True)

    def test_about_the_text_that_they_saw(self, text, author, specialist):
        client = signed_in(specialist)
        data = {**self.form(client, text), "verdict": "correct"}
        rewrite(text, author, title="Another title")
        client.post(admin_path("answer", text), data)
        assert GuestAnswer.objects.count() == 0

    def test_but_not_in_another_subject_nor_about_own_work(self, place, text, author, specialist):
        other = place.someone(Role.SPECIALIST)
        Membership.objects.filter(user=other).update(specialism="accessibility")
        rewrite(text, specialist, title="Changed by the specialist")
        for user in (other, specialist, author):
            client = signed_in(user)
            path = admin_path("answer", text)
            assert client.get(path).status_code in {302, 403}
            client.post(path, {"verdict": "correct", "seen": "x"})
        assert GuestAnswer.objects.count() == 0


class TestAdmin:
    def invite(self, client, text, **more):
        data = {
            "name": "Nora  Lawyer",
            "email": "nora@example.net",
            "organisation": "Legal Aid",
            "language": "es",
            "subject": "legal",
            "days": "7",
            "questions-TOTAL_FORMS": "5",
            "questions-INITIAL_FORMS": "0",
            "questions-0-block_id": BLOCK,
            "questions-0-question": "Is it still room 4?",
            **{f"questions-{n}-question": "" for n in range(1, 5)},
            **more,
        }
        return client.post(admin_path("invite", text), data)

    def test_asking_by_the_form(self, place, text):
        client = signed_in(place.someone(Role.EDITOR))
        html = fromstring(client.get(admin_path("invite", text)).content)
        choices = html.xpath("//select[@name='questions-0-block_id']/option/@value")
        assert BLOCK in choices
        assert HIDDEN not in choices
        assert html.xpath("//select[@name='subject']/option[@selected]/@value") == ["legal"]
        assert self.invite(client, text).status_code == 302
        row = FactCheckRequest.objects.get()
        assert (row.name, row.language, row.sent_count) == ("Nora Lawyer", "es", 1)
        assert row.questions == [{"block_id": BLOCK, "question": "Is it still room 4?"}]
        assert row.task_state_id == open_step(text).pk
        assert row.expires_at - timezone.now() < timedelta(days=7)
        assert link_in(last_mail()).startswith("/es/")
        assert "room" not in words_of(last_mail())

    @pytest.mark.parametrize(
        "wrong",
        [
            {"email": "nobody"},
            {"email": "a@example.net\nBcc: b@example.net"},
            {"name": ""},
            {"language": "xx"},
            {"days": "61"},
            {"questions-0-question": "x" * 501},
            {"questions-0-block_id": HIDDEN},
        ],
    )
    def test_a_wrong_form_asks_nobody(self, place, text, wrong):
        client = signed_in(place.someone(Role.EDITOR))
        assert self.invite(client, text, **wrong).status_code == 200
        assert FactCheckRequest.objects.count() == 0

    def test_only_people_of_the_text_may_ask_or_see_who_was_asked(self, place, text, author):
        row, _path = ask(text, author)
        stranger = place.someone(Role.EDITOR, PartnerFactory())
        translator = place.someone(Role.TRANSLATION_REVIEWER)
        for user in (stranger, translator, person()):
            client = signed_in(user)
            for name in ("list", "invite", "answer"):
                assert client.get(admin_path(name, text)).status_code in {302, 403}
            assert self.invite(client, text).status_code in {302, 403}
            for action in ("resend", "revoke", "blank"):
                client.post(f"/admin/fact-checks/requests/{row.pk}/{action}/")
            client.post(admin_path("close", text), {"accept": "yes", "reason": "x"})
        assert FactCheckRequest.objects.get().state == FactCheckRequest.State.OPEN
        assert row_of(row).sent_count == 1

    def test_people_of_the_co_author_may(self, place, text):
        client = signed_in(place.someone(Role.EDITOR, place.association))
        assert client.get(admin_path("list", text)).status_code == 200
        assert self.invite(client, text).status_code == 302

    def test_the_list_shows_answers_and_what_has_changed(self, place, text, author, approver):
        row, path = ask(text, author)
        answer(path, "needs_changes", comment="It is room 5.", **{f"c-{BLOCK}": "See the door."})
        rewrite(text, author, title="Another title")
        html = signed_in(approver).get(admin_path("list", text)).content.decode()
        for shown in (
            "Nora Lawyer",
            "nora@example.net",
            "It is room 5.",
            "See the door.",
            "closed: the text has changed",
            "about an earlier text",
            "Another title",
        ):
            assert shown in html, shown
        assert CANARY not in html

    def test_the_page_header_leads_there(self, place, text):
        client = signed_in(place.someone(Role.EDITOR))
        html = client.get(f"/admin/pages/{text.pk}/edit/").content.decode()
        assert admin_path("list", text) in html

    def test_closing_by_the_form(self, text, author, approver):
        _row, path = ask(text, author)
        answer(path, "needs_changes", comment="It is room 5.")
        client = signed_in(approver)
        html = client.post(admin_path("close", text), {"accept": "yes", "reason": ""})
        assert "Somebody asks for changes" in html.content.decode()
        assert client.get(admin_path("close", text)).status_code == 405
        done = client.post(admin_path("close", text), {"accept": "yes", "reason": "By phone."})
        assert done.status_code == 302
        assert step_name(text) == "Approval of both sectors"

    def test_only_who_closes_sees_the_form(self, place, text, author, approver):
        address = admin_path("list", text)
        assert admin_path("close", text) in signed_in(approver).get(address).content.decode()
        assert admin_path("close", text) not in signed_in(author).get(address).content.decode()

    def test_buttons_work_by_post_only(self, place, text, author):
        row, path = ask(text, author)
        client = signed_in(place.someone(Role.EDITOR))
        address = f"/admin/fact-checks/requests/{row.pk}"
        assert client.get(f"{address}/revoke/").status_code == 405
        assert row_of(row).state == FactCheckRequest.State.OPEN
        client.post(f"{address}/revoke/")
        assert row_of(row).state == FactCheckRequest.State.REVOKED
        client.post(f"{address}/resend/")
        assert row_of(row).state == FactCheckRequest.State.OPEN
        assert Client().get(path).status_code == 404
        assert Client().get(link_in(last_mail())).status_code == 200

    def test_the_list_asks_as_much_for_many_as_for_one(self, text, author, approver):
        def queries():
            client = signed_in(approver)
            client.get(admin_path("list", text))
            with CaptureQueriesContext(connection) as asked:
                assert client.get(admin_path("list", text)).status_code == 200
            return len(asked)

        def one_more(number):
            _row, path = ask(text, author, email=f"guest{number}@example.net")
            answer(path, comment="Fine.")

        one_more(0)
        rewrite(text, author, title="Another title")
        one_more(1)
        few = queries()
        for number in range(2, 9):
            one_more(number)
        assert queries() == few


class TestForgetting:
    def test_name_and_address_go_and_the_answer_stays(self, place, text, author):
        row, path = ask(text, author)
        answer(path, comment="Fine.")
        assert name_of(row.actor_key) == "Nora Lawyer (Legal Aid)"
        client = signed_in(place.someone(Role.EDITOR))
        client.post(f"/admin/fact-checks/requests/{row.pk}/blank/")
        row = row_of(row)
        assert (row.name, row.email, row.organisation) == ("", "", "")
        assert name_of(row.actor_key) == ""
        assert GuestAnswer.objects.get().comment == "Fine."
        assert Client().get(path).status_code == 410
        html = client.get(admin_path("list", text)).content.decode()
        assert "Nora" not in html
        assert "Fine." in html
        with pytest.raises(services.InvitationRefusedError):
            services.resend(row.pk, author)

    def test_addresses_go_a_year_after_the_link_has_ended(self, text, author):
        row, _path = ask(text, author)
        forget = timedelta(days=14 + 365)
        with time_machine.travel(row.created_at + forget - timedelta(hours=1)):
            forget_guests()
            assert row_of(row).email
        with time_machine.travel(row.created_at + forget + timedelta(hours=1)):
            forget_guests()
        assert row_of(row).email == ""
