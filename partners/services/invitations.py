"""Inviting people by mail, and what becomes of an invitation."""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext, override
from wagtail.log_actions import LogContext
from wagtail.users.models import UserProfile

from content import audit
from content.limits import Allowance, allow
from content.registry import answer
from partners.models import Invitation, Membership
from partners.models.invitation import LIFETIME
from partners.queries import partner_card
from partners.queries.memberships import account_of_address, may_give
from partners.services.memberships import add_membership

User = get_user_model()

SENT, REVOKED, ACCEPTED = "invitation_sent", "invitation_revoked", "invitation_accepted"
KEEP = timedelta(days=30)
DAY = 24 * 60 * 60
MOST_OF_ONE_PERSON, MOST_TO_ONE_ADDRESS = 50, 5
USERNAME_LENGTH = 150
NOT_IN_USERNAMES = re.compile(r"[^\w.@+-]")


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def allowance(by: Any, email: str) -> Allowance:
    """Whether somebody may send one more invitation today, and to this address."""
    mine = allow("invite-by", str(by.actor_key), MOST_OF_ONE_PERSON, DAY)
    if not mine.ok:
        return mine
    return allow("invite-to", email.casefold(), MOST_TO_ONE_ADDRESS, DAY)


@transaction.atomic
def invite(invitation: Invitation, *, by: Any) -> None:
    """Write an invitation and its mail. An older one to the same role has no use any more."""
    invitation.invited_by = by
    older = Invitation.objects.open().filter(
        email__iexact=invitation.email,
        partner=invitation.partner,
        role=invitation.role,
        specialism=invitation.specialism,
    )
    older.update(revoked_at=timezone.now())
    _send(invitation)
    _record(SENT, invitation, by)


@transaction.atomic
def resend(invitation: Invitation, *, by: Any) -> None:
    """Send a new link for another week; the link sent before ends."""
    invitation.expires_at = timezone.now() + LIFETIME
    _send(invitation)
    _record(SENT, invitation, by)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Any) -> None:
    invitation.revoked_at = timezone.now()
    invitation.save()
    _record(REVOKED, invitation, by)


def _send(invitation: Invitation) -> None:
    token = secrets.token_urlsafe(32)
    invitation.token_hash = token_hash(token)
    invitation.save()
    with override(invitation.language):
        path = reverse("invitation", args=[token])
        context = {
            "invitation": invitation,
            "inviter": _name(invitation.invited_by),
            "partner": _partner_name(invitation),
            "hub_name": settings.HUB_NAME,
            "link": f"{settings.HUB_BASE_URL}{iri_to_uri(path)}",
        }
        subject = gettext("Invitation to %(hub)s") % {"hub": settings.HUB_NAME}
        text = render_to_string("partners/mails/invitation.txt", context)
        EmailMultiAlternatives(subject, text, None, [invitation.email]).send()


def _partner_name(invitation: Invitation) -> str:
    """The partner in the language of the mail."""
    if invitation.partner is None:
        return ""
    card = partner_card(invitation.partner_id, invitation.language)
    return card["name"] if card else str(invitation.partner)


def is_usable(invitation: Invitation) -> bool:
    """Whether it can be accepted: open, and whoever sent it may still invite to this role."""
    inviter = invitation.invited_by
    return (
        invitation.is_open
        and inviter.is_active
        and may_give(inviter, invitation.partner_id, invitation.role)
    )


@transaction.atomic
def accept_as(invitation: Invitation, user: Any) -> Membership | None:
    """Make an account that is there already a member; nothing if the link was used meanwhile."""
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not is_usable(held):
        return None
    with LogContext(user=user):
        membership = add_membership(
            user=user,
            role=held.role,
            partner=held.partner,
            languages=held.languages,
            specialism=held.specialism,
        )
    held.accepted_at = timezone.now()
    held.save()
    _record(ACCEPTED, held, user)
    answer(
        "notify",
        "invitation_accepted",
        [held.invited_by],
        membership,
        url=reverse("people:list"),
        period=str(held.pk),
    )
    return membership


@transaction.atomic
def accept_as_newcomer(invitation: Invitation, *, name: str, password: str) -> Any:
    """Make an account and its membership; nothing if the link was used meanwhile."""
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not is_usable(held) or account_of_address(held.email) is not None:
        return None
    first, _space, last = name.strip().rpartition(" ")
    user = User(
        username=_free_username(held.email),
        email=held.email,
        first_name=(first or last)[:150],
        last_name=last[:150] if first else "",
    )
    user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    _choose_language(user, held.language)
    accept_as(held, user)
    return user


def _free_username(email: str) -> str:
    base = NOT_IN_USERNAMES.sub("-", email.casefold())[:USERNAME_LENGTH]
    name, number = base, 2
    while User.objects.filter(username__iexact=name).exists():
        end = f"-{number}"
        name, number = base[: USERNAME_LENGTH - len(end)] + end, number + 1
    return name


def _choose_language(user: Any, language: str) -> None:
    """The admin speaks the language of the mail, where it can."""
    if language in dict(settings.WAGTAILADMIN_PERMITTED_LANGUAGES):
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})


@transaction.atomic
def forget_old() -> int:
    """Delete invitations that were settled or expired a month ago."""
    removed, _by_model = Invitation.objects.over(timezone.now() - KEEP).delete()
    return removed


def _record(kind: str, invitation: Invitation, by: Any) -> None:
    """Evidence names neither address nor name: who accepts is named by the membership."""
    audit.record(
        kind,
        actor=by,
        obj=invitation,
        role=invitation.role,
        specialism=invitation.specialism,
        languages=invitation.languages,
    )


def _name(user: Any) -> str:
    return user.get_full_name() or user.get_username()
