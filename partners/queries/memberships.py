"""Who works where, for the screens about people. Everything here is limited to whom one looks after."""

import unicodedata
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from partners.models import Invitation, Membership, Partner
from partners.standing import standing_of

Role = Membership.Role
User = get_user_model()


def partners_administered(user: Any) -> QuerySet[Partner]:
    """Partners whose people somebody looks after: hub admins all, partner admins their own."""
    standing = standing_of(user)
    partners = Partner.objects.order_by("slug")
    if standing.sees_everything:
        return partners
    return partners.filter(pk__in=standing.partners_with({Role.PARTNER_ADMIN}))


def may_administer_people(user: Any) -> bool:
    standing = standing_of(user)
    return standing.sees_everything or standing.has_role({Role.PARTNER_ADMIN})


def may_give(user: Any, partner_id: int | None, role: str) -> bool:
    """Whether somebody may make members of this role at a partner (None: of the whole hub)."""
    standing = standing_of(user)
    if standing.sees_everything:
        return True
    return role != Role.HUB_ADMIN and partner_id in standing.partners_with({Role.PARTNER_ADMIN})


def memberships_administered(user: Any) -> QuerySet[Membership]:
    """Memberships that somebody may change, past and future ones too."""
    rows = Membership.objects.select_related("user", "partner", "delegate_to")
    return rows.filter(_administered(user)).order_by(
        "partner__slug", "user__last_name", "user__first_name", "user__username", "role", "pk"
    )


def invitations_administered(user: Any) -> QuerySet[Invitation]:
    """Invitations that have not been settled, the newest first; expired ones may be sent again."""
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return rows.select_related("partner", "invited_by").filter(_administered(user))


def _administered(user: Any) -> Q:
    standing = standing_of(user)
    if standing.sees_everything:
        return Q()
    partners = standing.partners_with({Role.PARTNER_ADMIN})
    return Q(partner__in=partners) & ~Q(role=Role.HUB_ADMIN)


def memberships_of(user: Any) -> QuerySet[Membership]:
    """A person's own memberships in force."""
    rows = Membership.objects.current().filter(user=user)
    return rows.select_related("user", "partner", "delegate_to").order_by(
        "partner__slug", "role", "specialism"
    )


def colleagues(partner_id: int | None, besides: int) -> QuerySet[Any]:
    """Who may stand in for a member: others who work for the same partner, or for the whole hub."""
    there = Membership.objects.current().filter(partner=partner_id)
    people = User.objects.filter(is_active=True, pk__in=there.exclude(user=besides).values("user"))
    return people.order_by("last_name", "first_name", "username")


def account_of_address(email: str) -> Any:
    """The account with an e-mail address, whether open or closed; an open one before others."""
    wanted = _folded(email)
    rows = User.objects.filter(email__iexact=email).order_by("-is_active", "pk")
    return next((user for user in rows if _folded(user.email) == wanted), None)


def is_address_of(user: Any, email: str) -> bool:
    return bool(user.email) and _folded(user.email) == _folded(email)


def _folded(email: str) -> str:
    """Databases call addresses equal that belong to others: they fold letters in ways of their own."""
    return unicodedata.normalize("NFKC", email).casefold()


def representing(user: Any) -> QuerySet[Membership]:
    """Memberships of others for whom somebody stands in today."""
    rows = Membership.objects.current().filter(
        delegate_to=user, delegate_until__gte=timezone.localdate()
    )
    return rows.select_related("user", "partner").order_by("partner__slug", "role", "pk")
