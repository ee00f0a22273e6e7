"""Writing mails in tests, and finding their jobs."""

from datetime import timedelta

import time_machine
from django.core.mail import send_mail
from django.utils import timezone

from content.mail.services import KIND
from content.models import Job, OutgoingMail


def write(to="ada@example.org", subject="Review", text="Please look."):
    send_mail(subject, text, None, [to] if isinstance(to, str) else to)
    return OutgoingMail.objects.latest("pk")


def job_of(mail):
    return Job.objects.get(kind=KIND, payload={"mail_id": mail.pk})


def later(seconds):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds))
