"""Writes about requests: asking a guest, asking again, taking back, forgetting who it was."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from content import audit
from content.drafts import draft_to_read
from content.hashing import revision_hash
from content.limits import allow
from content.models import ActorName
from editorial.factcheck import queries
from editorial.models import FactCheckRequest
from editorial.models.factcheck import LINK_DAYS

TOKEN_BYTES = 32
DAY = 24 * 60 * 60
MOST_A_PAGE, MOST_AN_ADDRESS = 30, 5
KEEP_ADDRESS = timedelta(days=365)
MOST_DAYS = 60


class InvitationRefusedError(Exception):
    """The guest cannot be asked; the message is for the person who asks."""


@transaction.atomic
def invite(
    *,
    obj: Any,
    user: Any,
    name: str,
    email: str,
    language: str,
    organisation: str = "",
    subject: str = "",
    questions: Iterable[Mapping[str, str]] = (),
    days: int = LINK_DAYS,
) -> FactCheckRequest:
    """Ask a guest about the latest draft; the mail with the link is written with the row.

    Raises:
        InvitationRefusedError: too many mails for this page or address today, or there is no draft.
    """
    obj = queries.fresh(obj)
    _keep_to_limits(obj, email)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    request = FactCheckRequest(
        **queries.names_object(obj),
        page_key=getattr(obj, "translation_key", None),
        name=name,
        email=email,
        organisation=organisation,
        language=language,
        subject=subject,
        questions=[dict(question) for question in questions],
        expires_at=timezone.now() + timedelta(days=days),
        token_hash=queries.digest_of(token),
        invited_by=user,
        **_of_draft(obj, subject),
    )
    request.save()
    ActorName.objects.create(actor_key=request.actor_key, name=name, organisation=organisation)
    _send(request, obj, user, token)
    _record("fact_check_invited", request, obj, user)
    return request


@transaction.atomic
def resend(request_id: int, user: Any) -> FactCheckRequest:
    """Ask the guest again, about the latest draft and with a new link; the old one ends.

    Raises:
        InvitationRefusedError: the address is forgotten, or too many mails were sent today.
    """
    request, obj = _locked(request_id)
    if obj is None or not request.email:
        raise InvitationRefusedError(gettext("There is no address to send it to any more."))
    _keep_to_limits(obj, request.email)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    values = {
        **_of_draft(obj, request.subject),
        "token_hash": queries.digest_of(token),
        "expires_at": timezone.now() + timedelta(days=LINK_DAYS),
        "revoked_at": None,
        "closed_reason": "",
        "invited_by": user,
        "sent_at": timezone.now(),
        "sent_count": request.sent_count + 1,
    }
    for field, value in values.items():
        setattr(request, field, value)
    request.save(update_fields=list(values))
    _send(request, obj, user, token)
    _record("fact_check_sent_again", request, obj, user)
    return request


@transaction.atomic
def revoke(request_id: int, user: Any) -> None:
    """Take a request back; its link ends at once. Answers that were given stay."""
    request, obj = _locked(request_id)
    if request.revoked_at is not None:
        return
    request.revoked_at = timezone.now()
    request.save(update_fields=["revoked_at"])
    _record("fact_check_revoked", request, obj, user)


@transaction.atomic
def blank(request_id: int, user: Any) -> None:
    """Forget name, address and organisation of a guest. The link ends; the answers stay."""
    request, obj = _locked(request_id)
    if request.blanked_at is not None:
        return
    request.name = request.email = request.organisation = ""
    request.blanked_at = timezone.now()
    request.revoked_at = request.revoked_at or request.blanked_at
    request.save(update_fields=["name", "email", "organisation", "blanked_at", "revoked_at"])
    audit.blank_name(request.actor_key, by=user)
    _record("fact_check_blanked", request, obj, user)


def forget_addresses(now: datetime) -> int:
    """Drop addresses of guests whose links ended a year ago; return how many."""
    old = FactCheckRequest.objects.filter(expires_at__lt=now - KEEP_ADDRESS).exclude(email="")
    return old.update(email="")


def _locked(request_id: int) -> tuple[FactCheckRequest, Any]:
    request = FactCheckRequest.objects.select_for_update().get(pk=request_id)
    return request, queries.content_of(request.object_type, request.object_id)


def _of_draft(obj: Any, subject: str) -> dict[str, Any]:
    revision = obj.get_latest_revision()
    if revision is None:
        raise InvitationRefusedError(gettext("There is no draft yet that could be checked."))
    state = queries.open_check(obj, subject)
    return {
        "task_state_id": state.pk if state else None,
        "revision_id": revision.pk,
        "content_hash": revision_hash(revision),
    }


def _keep_to_limits(obj: Any, email: str) -> None:
    page = ":".join(queries.names_object(obj).values())
    limits = [
        ("fact_check_page", page, MOST_A_PAGE),
        ("fact_check_address", email.strip().casefold(), MOST_AN_ADDRESS),
    ]
    for name, who, most in limits:
        if not allow(name, who, most, DAY).ok:
            raise InvitationRefusedError(
                gettext("Too many mails were sent about this page or to this address today.")
            )


def _record(kind: str, request: FactCheckRequest, obj: Any, user: Any) -> None:
    audit.record(
        kind,
        actor=user,
        obj=obj,
        revision_id=request.revision_id,
        content_hash=request.content_hash,
        request=request.pk,
        guest=str(request.actor_key),
        subject=request.subject,
    )


def _send(request: FactCheckRequest, obj: Any, user: Any, token: str) -> None:
    """Write the mail in the language of the guest; a job sends it."""
    draft = draft_to_read(obj)
    title = " ".join(str(getattr(draft, "title", "") or draft).split())
    asker = user.get_full_name() or user.get_username()
    with override(request.language):
        words = {
            "name": request.name,
            "asker": asker,
            "hub": settings.HUB_NAME,
            "title": title,
            "link": settings.HUB_BASE_URL + reverse("fact_check", args=[token]),
            "day": timezone.localtime(request.expires_at).strftime("%Y-%m-%d"),
        }
        EmailMessage(
            gettext("Please check a text: %(title)s") % words,
            _text() % words,
            to=[request.email],
            reply_to=[user.email] if user.email else [],
        ).send()


def _text() -> str:
    return "\n\n".join(
        [
            gettext("Dear %(name)s,"),
            gettext("%(asker)s of %(hub)s asks you to check whether this text is correct:"),
            "%(title)s",
            gettext("Read it and answer here; you need no account:"),
            "%(link)s",
            gettext(
                "The link is for you alone and works until %(day)s. It ends earlier if the text "
                "changes; you may then get a new one."
            ),
            gettext("Your answer is kept with the history of the text."),
            gettext("If you do not want to be asked, you need not do anything."),
        ]
    )
