"""Links of mails: one person, one schedule, one text; signed, and good for some weeks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import override

from editorial.models import ReviewSchedule

SALT = "editorial.review"
GOOD_FOR = timedelta(days=45)
# So much of a hash tells two texts of one page apart.
HASH_LENGTH = 16


class ForgedLinkError(Exception):
    """The hub has not written this link."""


class ExpiredLinkError(Exception):
    """The link was written too long ago."""


@dataclass(frozen=True)
class Link:
    """What a link says. It proves who was asked; whether the person still may is asked anew."""

    schedule_id: int
    actor_key: UUID
    text: str

    def shows(self, text: str) -> bool:
        """Whether the mail was about this text."""
        return self.text == text[:HASH_LENGTH]


def link_for(schedule: ReviewSchedule, user: Any, text: str) -> str:
    """The path under which a person answers, in the person's language."""
    token = signing.dumps([schedule.pk, user.actor_key.hex, text[:HASH_LENGTH]], salt=SALT)
    with override(language_of(user)):
        return reverse("review_answer", args=[token])


def read_link(token: str) -> Link:
    """Return what a link says.

    Raises:
        ForgedLinkError: it is none of ours.
        ExpiredLinkError: it was, too long ago.
    """
    try:
        schedule_id, actor_key, text = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.SignatureExpired:
        raise ExpiredLinkError from None
    except signing.BadSignature:
        raise ForgedLinkError from None
    return Link(schedule_id, UUID(actor_key), text)


def language_of(user: Any) -> str:
    """The language of a person's profile if readers have it too, else the hub's own."""
    profile = getattr(user, "wagtail_userprofile", None)
    code = (profile.preferred_language if profile else "").lower()
    return code if code in settings.HUB_LANGUAGES else settings.LANGUAGE_CODE
