"""Mails: written with their cause, sent once by a job, through every mood of the mail server."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from wagtail.users.models import UserProfile

from content import housekeeping
from content.jobs import runner
from content.jobs.services import discard, retry
from content.models import Dependency, Job, OutgoingMail
from tests.factories.content import UserFactory
from tests.jobs import drain, waiting
from tests.mails import KIND, job_of, later, write
from tests.smtp import Smtp

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.usefixtures("mail_rows"),
]


class TestWriting:
    def test_nothing_is_sent_while_somebody_waits(self, server):
        write()
        assert server.connections == 0
        assert [job.payload for job in waiting(KIND)] == [
            {"mail_id": OutgoingMail.objects.get().pk}
        ]

    def test_a_mail_of_a_change_that_is_rolled_back_never_goes(self, server):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            write()
            raise ZeroDivisionError
        assert not OutgoingMail.objects.exists()
        assert drain() == 0
        assert server.accepted == []

    def test_everything_of_the_mail_arrives(self, server):
        mail = EmailMultiAlternatives(
            "Visita guiada: mañana",
            "Texto.\n.\nDespués del punto, ñ.\n",
            "El centro <hub@example.org>",
            ["Ada <ada@example.org>"],
            bcc=["Eva <eva@example.org>"],
            cc=["bo@example.org"],
            reply_to=["desk@example.org"],
            headers={"X-Reason": "test", "Bcc": "eva@example.org"},
        )
        mail.attach_alternative("<p>Texto.</p>", "text/html")
        mail.attach("plan.pdf", b"%PDF\r\n.\r\n\x00\xff", "application/pdf")
        assert mail.send() == 1
        drain()
        (got,) = server.accepted
        assert got.sender == "hub@example.org"
        assert got.recipients == ["ada@example.org", "bo@example.org", "eva@example.org"]
        assert got.message["Subject"] == "Visita guiada: mañana"
        assert got.message["From"] == "El centro <hub@example.org>"
        assert got.message["Reply-To"] == "desk@example.org"
        assert got.message["X-Reason"] == "test"
        assert got.text.replace("\r\n", "\n") == "Texto.\n.\nDespués del punto, ñ.\n"
        assert "<p>Texto.</p>" in got.message.get_body(("html",)).get_content()
        (file,) = got.message.iter_attachments()
        assert file.get_content() == b"%PDF\r\n.\r\n\x00\xff"
        assert b"eva@" not in got.raw
        assert got.message["Bcc"] is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"subject": "Hello\nBcc: all@example.org"},
            {"to": ["ada@example.org\nBcc: all@example.org"]},
            {"bcc": ["eva@example.org\r\nRCPT TO:<all@example.org>"]},
            {"from_email": "hub@example.org\nX: y"},
            {"headers": {"X-Reason": "a\nb"}},
        ],
    )
    def test_a_line_break_in_a_header_or_an_address_is_refused(self, wrong):
        message = EmailMessage(**{"subject": "a", "body": "b", "to": ["ada@example.org"], **wrong})
        with pytest.raises((BadHeaderError, ValueError)):
            message.send()
        assert not OutgoingMail.objects.exists()
        assert waiting(KIND) == []

    def test_a_mail_for_nobody_is_none(self):
        assert EmailMessage("a", "b", to=[]).send() == 0
        assert not OutgoingMail.objects.exists()

    def test_the_same_message_twice_is_two_mails(self, server):
        message = EmailMessage("a", "b", to=["ada@example.org"])
        message.send()
        message.send()
        drain()
        assert len({got.message["Message-ID"] for got in server.accepted}) == 2

    def test_sender_and_id_carry_the_address_of_the_hub(self, server, settings):
        settings.DEFAULT_FROM_EMAIL = "Hub of the valley <hub@valley.example>"
        write()
        drain()
        (got,) = server.accepted
        assert got.sender == "hub@valley.example"
        assert got.message["Message-ID"].endswith("@valley.example>")


class TestSending:
    def test_a_sent_mail_is_emptied_and_not_sent_again(self, server):
        mail = write()
        drain()
        mail.refresh_from_db()
        assert mail.sent
        assert bytes(mail.message) == b""
        Job.objects.update(state=Job.State.WAITING)
        drain()
        assert len(server.accepted) == 1

    def test_a_repeat_after_a_crash_carries_the_same_id(self, server):
        mail = write()
        before = bytes(mail.message)
        drain()
        OutgoingMail.objects.update(sent=None, message=before)  # died before the row was marked
        Job.objects.update(state=Job.State.WAITING)
        drain()
        assert len({got.message["Message-ID"] for got in server.accepted}) == 1
        assert len(server.accepted) == 2

    def test_a_refused_recipient_makes_a_dead_letter_that_keeps_the_text(self, server):
        server.answers["ada@example.org"] = ["550 no such person"]
        mail = write()
        drain()
        mail.refresh_from_db()
        job = job_of(mail)
        assert (job.state, job.attempts) == (Job.State.DEAD, 1)
        assert mail.error == "ada@example.org 550 no such person"
        assert b"Please look." in bytes(mail.message)
        retry([job.pk])
        drain()
        mail.refresh_from_db()
        assert mail.sent
        assert mail.error == ""
        assert len(server.accepted) == 1

    def test_whom_the_server_has_accepted_gets_it_once(self, server):
        server.answers["bo@example.org"] = ["451 later"]
        mail = write(["ada@example.org", "bo@example.org"])
        drain()
        with later(20):
            drain()
        assert [got.recipients for got in server.accepted] == [
            ["ada@example.org"],
            ["bo@example.org"],
        ]
        mail.refresh_from_db()
        assert mail.sent

    def test_a_server_that_asks_for_patience_gets_the_mail_later(self, server):
        server.answers["ada@example.org"] = ["451 greylisted"]
        mail = write()
        drain()
        assert (job_of(mail).state, job_of(mail).attempts) == (Job.State.WAITING, 1)
        assert not Dependency.objects.exists()
        with later(20):
            drain()
        assert len(server.accepted) == 1

    @pytest.mark.parametrize(
        ("answer", "state"), [("554 spam", Job.State.DEAD), ("452 full", Job.State.WAITING)]
    )
    def test_a_text_that_is_refused(self, server, answer, state):
        server.text_answer = answer
        mail = write()
        drain()
        mail.refresh_from_db()
        assert job_of(mail).state == state
        assert mail.error == answer
        assert mail.recipients == "ada@example.org"

    def test_a_connection_lost_within_a_mail_counts_for_this_mail_alone(self, server):
        server.drops_at.add("TEXT")
        first = write()
        runner.run_job(job_of(first).pk)
        assert (job_of(first).state, job_of(first).attempts) == (Job.State.WAITING, 1)
        server.drops_at.clear()
        write("bo@example.org")
        with later(20):
            drain()
        assert {got.recipients[0] for got in server.accepted} == {
            "ada@example.org",
            "bo@example.org",
        }

    def test_a_mail_that_is_gone_is_a_dead_letter(self, server):
        mail = write()
        OutgoingMail.objects.all().delete()
        drain()
        assert job_of(mail).state == Job.State.DEAD


class TestPasswordReset:
    def ask(self, language):
        user = UserFactory(username="ada", email="ada@example.org")
        user.set_password("a password that was forgotten")
        user.save()
        UserProfile.objects.create(user=user, preferred_language=language)
        return Client().post("/admin/password_reset/", {"email": "ada@example.org"})

    def test_the_link_works_speaks_the_persons_language_and_leaves_the_table(
        self, server, settings
    ):
        response = self.ask("es")
        assert response.status_code == 302
        assert server.connections == 0
        drain()
        (got,) = server.accepted
        assert got.recipients == ["ada@example.org"]
        assert got.message["Subject"] == "Restablecer contraseña"
        (link,) = re.findall(rf"{settings.HUB_BASE_URL}(/admin/password_reset/\S+)", got.text)
        client = Client()
        form = client.get(link, follow=True)
        assert form.context["validlink"]
        password = "correct horse battery staple"
        client.post(
            form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}
        )
        assert Client().login(username="ada", password=password)
        stored = b"".join(bytes(mail.message) for mail in OutgoingMail.objects.all())
        assert stored == b""
        assert link not in str(list(Job.objects.values()) + list(OutgoingMail.objects.values()))

    def test_an_address_of_nobody_writes_nothing(self, server):
        response = Client().post("/admin/password_reset/", {"email": "nobody@example.org"})
        assert response.status_code == 302
        assert not OutgoingMail.objects.exists()
        assert not get_user_model().objects.filter(email="nobody@example.org").exists()


class TestWithoutServer:
    def test_mails_become_dead_letters_with_the_reason(self):
        mail = write()
        drain()
        mail.refresh_from_db()
        assert job_of(mail).state == Job.State.DEAD
        assert "HUB_EMAIL_URL is not set" in mail.error
        assert "HUB_EMAIL_URL is not set" in job_of(mail).error

    def test_they_go_once_there_is_one(self, server, settings):
        address, settings.HUB_MAIL_SERVER = settings.HUB_MAIL_SERVER, None
        mail = write()
        drain()
        settings.HUB_MAIL_SERVER = address
        retry([job_of(mail).pk])
        drain()
        assert len(server.accepted) == 1

    def test_the_check_before_going_live_says_so(self):
        said = io.StringIO()
        call_command("check", "--deploy", "--tag", "mail", stdout=said, stderr=said)
        assert "HUB_EMAIL_URL is not set" in said.getvalue()


class TestCleaningUp:
    def left_after(self, days):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            housekeeping.clean_up()
        return OutgoingMail.objects.count()

    def test_sent_mails_stay_fourteen_days(self, server):
        write()
        drain()
        assert self.left_after(13) == 1
        assert self.left_after(15) == 0

    def test_failed_mails_stay_fourteen_days(self):
        write()
        drain()
        assert self.left_after(13) == 1
        assert self.left_after(15) == 0

    def test_a_failed_mail_goes_when_its_dead_letter_is_discarded(self):
        mail = write()
        drain()
        discard([job_of(mail).pk])
        assert self.left_after(0.5) == 1
        assert self.left_after(1.5) == 0

    def test_what_waits_for_the_server_stays(self, settings):
        settings.HUB_MAIL_SERVER = Smtp().address()
        write()
        drain()
        assert self.left_after(100) == 1
