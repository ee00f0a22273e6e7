"""Writing mails into the transaction of their cause, and sending what was written."""

import copy
from email.message import Message
from email.utils import make_msgid, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address
from django.db import transaction
from django.utils import timezone

from content.jobs import dependencies
from content.jobs.errors import DependencyDown, PermanentError
from content.jobs.services import enqueue
from content.mail.address import MailServer
from content.mail.transport import MailRefusedError, MailServerError, connected, deliver
from content.models import OutgoingMail

KIND = "content.send_mail"
# Name of the mail server among the servers that jobs may wait for.
SERVER = "mail"
NO_SERVER = "HUB_EMAIL_URL is not set, so no mail can be sent. Set it, then try again."
SUBJECT_LENGTH = 998


def write_mail(message: EmailMessage) -> int | None:
    """Write a mail and the job that sends it; return the mail's id, nothing without recipients.

    Raises:
        BadHeaderError: a header holds a line break.
        ValueError: an address is none.
    """
    sender, recipients = _envelope(message)
    if not recipients:
        return None
    with transaction.atomic():
        mail = OutgoingMail.objects.create(
            recipients="\n".join(recipients),
            sender=sender,
            subject=str(message.subject).replace("\0", "")[:SUBJECT_LENGTH],
            message=as_bytes(message, sender),
        )
        enqueue(KIND, {"mail_id": mail.pk})
    return mail.pk


def send_at_once(message: EmailMessage, server: MailServer) -> None:
    """Send outside the queue, for trying out the server.

    Raises:
        MailServerError: the server does not answer or does not let us in.
        MailRefusedError: it does not take the mail.
        ValueError: an address is none.
    """
    sender, recipients = _envelope(message)
    with connected(server) as session:
        deliver(session, sender, recipients, as_bytes(message, sender))


def as_bytes(message: EmailMessage, sender: str) -> bytes:
    """The mail as it will travel, with an id that stays the same however often it is sent.

    Django would ask the name server for the id's host, within the request.
    """
    named = copy.copy(message)
    named.extra_headers = dict(message.extra_headers)
    if "message-id" not in map(str.lower, named.extra_headers):
        host = sender.rpartition("@")[2]
        named.extra_headers["Message-ID"] = make_msgid(domain=host)
    built: Any = named.message()
    _hide_blind_copies(built)
    return bytes(built.as_bytes(linesep="\r\n"))


def _hide_blind_copies(built: Message) -> None:
    for name in ("Bcc", "Resent-Bcc"):
        del built[name]


def _envelope(message: EmailMessage) -> tuple[str, list[str]]:
    sender = _addresses(message, [message.from_email])[0]
    return sender, _addresses(message, message.recipients())


def _addresses(message: EmailMessage, given: list[str]) -> list[str]:
    """Addresses without names, each once, in the spelling of the protocol."""
    encoding = message.encoding or settings.DEFAULT_CHARSET
    plain = [parseaddr(sanitize_address(address, encoding))[1] for address in given]
    if wrong := [address for address, found in zip(given, plain, strict=True) if "@" not in found]:
        raise ValueError(f'Invalid address "{wrong[0]}"')
    return list(dict.fromkeys(plain))


def send(mail_id: int) -> None:
    """Send one mail. What is sent already is left alone.

    A runner that dies after the server's answer and before the row is marked makes the mail go twice,
    with the same Message-ID.

    Raises:
        DependencyDown: the mail server does not answer or does not let us in.
        PermanentError: the server refuses the mail for good, or the mail is no longer kept.
        MailRefusedError: the server asks to try later.
    """
    mail = OutgoingMail.objects.filter(pk=mail_id).first()
    if mail is None:
        raise PermanentError("This mail is no longer kept, so it cannot be sent.")
    if mail.sent is not None:
        return
    if settings.HUB_MAIL_SERVER is None:
        _keep(mail)
        return
    try:
        with connected(settings.HUB_MAIL_SERVER) as session:
            deliver(session, mail.sender, mail.recipients.split("\n"), bytes(mail.message))
            _change(mail, sent=timezone.now(), message=b"", error="")
    except MailServerError as failure:
        raise DependencyDown(SERVER, failure) from None
    except MailRefusedError as refused:
        _note_refusal(mail, refused)
        if refused.is_permanent:
            raise PermanentError(str(refused)) from None
        raise


def _keep(mail: OutgoingMail) -> None:
    """Without a server: to be read in the admin in development, else a failure."""
    if not settings.HUB_KEEP_MAILS:
        _change(mail, error=NO_SERVER)
        raise PermanentError(NO_SERVER)
    _change(mail, sent=timezone.now(), error="")


def _note_refusal(mail: OutgoingMail, refused: MailRefusedError) -> None:
    """The next attempt leaves out whom the server has accepted the mail for."""
    dependencies.report_up(SERVER, timezone.now())  # it answered
    left = [refusal.address for refusal in refused.refusals if refusal.address]
    recipients = "\n".join(left) or mail.recipients
    _change(mail, error=str(refused), recipients=recipients)


def _change(mail: OutgoingMail, **values: Any) -> None:
    OutgoingMail.objects.filter(pk=mail.pk, sent=None).update(**values)
