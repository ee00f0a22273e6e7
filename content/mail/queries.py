"""Reading mails: which may be deleted, which are kept, and what one of them says."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.db.models import Q, QuerySet

from content.mail.services import KIND
from content.models import Job, OutgoingMail

KEEP = timedelta(days=14)
# A mail and its job are written together; younger mails need no look at their jobs.
SETTLED = timedelta(days=1)
SHOWN_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID")


def expired(now: datetime) -> QuerySet[OutgoingMail]:
    """Mails whose time is over.

    Sent ones and dead letters after 14 days; those whose dead letter was discarded at the next
    clean-up. What still waits for its server stays, however long that takes.
    """
    unsent = OutgoingMail.objects.filter(sent=None, created__lt=now - SETTLED)
    jobs = Job.objects.filter(kind=KIND).exclude(state=Job.State.DONE)
    live = jobs.exclude(state=Job.State.DEAD, finished__lt=now - KEEP)
    needed = {payload["mail_id"] for payload in live.values_list("payload", flat=True)}
    over = set(unsent.values_list("pk", flat=True)) - needed
    return OutgoingMail.objects.filter(Q(sent__lt=now - KEEP) | Q(pk__in=over))


def readable() -> QuerySet[OutgoingMail]:
    """Mails whose text is still there, newest first, without the texts."""
    return OutgoingMail.objects.exclude(message=b"").defer("message").order_by("-created", "-pk")


@dataclass(frozen=True)
class Content:
    """What a mail says, for reading in the admin."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    attachments: list[tuple[str, str, int]]


def content_of(mail: OutgoingMail) -> Content:
    """Take a mail apart. Attachments are named with type and size in bytes, never opened."""
    message = message_from_bytes(bytes(mail.message), policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101  the policy decides it
    return Content(
        headers=[(name, str(message[name])) for name in SHOWN_HEADERS if message[name]],
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[
            (part.get_filename() or "", part.get_content_type(), _size(part))
            for part in message.iter_attachments()
        ],
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _size(part: object) -> int:
    payload = part.get_payload(decode=True) if isinstance(part, EmailMessage) else None
    return len(payload) if isinstance(payload, bytes) else 0
