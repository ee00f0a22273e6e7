"""Django's way to send mail, made into rows: nothing is sent while somebody waits for a page."""

from collections.abc import Iterable

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from content.mail.services import write_mail


class JobEmailBackend(BaseEmailBackend):
    """Writes each mail and its job into the transaction of the caller.

    So a mail about a change that is rolled back never goes, and one about a change that stands is
    never missing. ``fail_silently`` hides nothing: there is no server here that could fail.
    """

    def send_messages(self, email_messages: Iterable[EmailMessage]) -> int:
        return sum(write_mail(message) is not None for message in email_messages)
