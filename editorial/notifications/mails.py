"""The mails: plain text, in the receiver's language and time zone. Title, step and link, nothing else.

Text of the content is never mailed, nor are comments on it: a mailbox is no place that the hub guards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from editorial.notifications.queries import Line

TEMPLATES = "wagtailadmin/editorial/notifications"
# Automatic answers such as “out of office” are not wanted.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Receiver:
    """Whom a mail goes to, and how this person reads."""

    user: Any
    language: str
    zone: ZoneInfo


def send_single_mail(receiver: Receiver, line: Line) -> None:
    """Mail one notification."""
    with translation.override(receiver.language), timezone.override(receiver.zone):
        subject = f"{_title(line)}: {line.sentence}"
        _send(receiver, subject, "single.txt", [line])


def send_digest_mail(receiver: Receiver, lines: list[Line], *, is_weekly: bool) -> None:
    """Mail a summary."""
    number = len(lines)
    with translation.override(receiver.language), timezone.override(receiver.zone):
        if is_weekly:
            subject = ngettext("Your week: %(n)s notice", "Your week: %(n)s notices", number)
        else:
            subject = ngettext("Your day: %(n)s notice", "Your day: %(n)s notices", number)
        _send(receiver, subject % {"n": number}, "digest.txt", lines)


def _send(receiver: Receiver, subject: str, template: str, lines: Iterable[Line]) -> None:
    text = render_to_string(
        f"{TEMPLATES}/{template}",
        {
            "items": [_item(line) for line in lines],
            "hub": settings.HUB_NAME,
            "list_url": absolute(reverse("notifications")),
            "preferences_url": absolute(reverse("wagtailadmin_account") + "#tab-notifications"),
        },
    )
    message = EmailMessage(
        f"[{settings.HUB_NAME}] {subject}", text, None, [receiver.user.email], headers=HEADERS
    )
    message.send()


def _item(line: Line) -> dict[str, Any]:
    return {
        "title": _title(line),
        "sentence": line.sentence,
        "step": line.step,
        "due": line.due,
        "url": absolute(line.path),
    }


def _title(line: Line) -> str:
    """In one line: a title from outside may hold breaks, a header may not."""
    return " ".join(line.known.title.split()) if line.known else _("Notice")


def absolute(path: str) -> str:
    """The whole address of a path. Whoever is not signed in is led there by way of the sign-in."""
    return f"{settings.WAGTAILADMIN_BASE_URL}{path}"
