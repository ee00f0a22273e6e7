"""Giving, changing and ending memberships. Who asked is told by Wagtail's log context."""

from datetime import date
from typing import Any

from asgiref.local import Local
from django.core.signals import request_finished, request_started
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from wagtail.log_actions import get_active_log_context

from content import audit
from partners.models import Membership, Partner
from partners.offboarding import person_left
from partners.services.groups import sync_all

Role = Membership.Role

STARTED, CHANGED, ENDED = "membership_started", "membership_changed", "membership_ended"

_request = Local()


@transaction.atomic
def add_membership(
    *,
    user: Any,
    role: str,
    partner: Partner | None = None,
    languages: str = "",
    specialism: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    may_start_emergency: bool = False,
) -> Membership:
    """Give a person a role; the group follows. A role that is there already is changed to this.

    Raises:
        ValidationError: the role does not fit the partner, or the dates do not fit each other.
    """
    known = {"user": user, "role": role, "partner": partner, "specialism": specialism}
    membership = Membership.objects.filter(**known).first() or Membership(**known)
    membership.languages = languages
    membership.valid_from, membership.valid_until = valid_from, valid_until
    membership.may_start_emergency = may_start_emergency
    membership.full_clean()
    membership.save()
    return membership


def is_hub_admin(user: Any) -> bool:
    """Whether the person is a hub admin today, or a superuser; asked once in a request."""
    if user.is_superuser:
        return bool(user.is_active)
    if user.pk is None:
        return False
    held: dict[Any, bool] | None = getattr(_request, "hub_admins", None)
    if held is None:
        return _is_hub_admin(user)
    key = (user.pk, timezone.localdate())
    if key not in held:
        held[key] = _is_hub_admin(user)
    return held[key]


def _is_hub_admin(user: Any) -> bool:
    return Membership.objects.current().filter(user=user, role=Role.HUB_ADMIN).exists()


@receiver(request_started)
def _begin(**kwargs: Any) -> None:
    _request.hub_admins = {}


@receiver(request_finished)
def _finish(**kwargs: Any) -> None:
    _request.hub_admins = None


def forget_hub_admins() -> None:
    """Memberships or accounts have changed within this request."""
    if getattr(_request, "hub_admins", None):
        _request.hub_admins = {}


def record_change(membership: Membership, former: dict[str, Any] | None) -> None:
    """Write down that a membership has begun or changed; ``former`` are its facts before."""
    now = facts(membership)
    if former is None:
        _record(STARTED, membership)
    elif now != former:
        has_ended = _has_ended(membership)
        is_new_end = has_ended and not membership.end_recorded
        membership.end_recorded = has_ended
        Membership.objects.filter(pk=membership.pk).update(end_recorded=has_ended)
        if is_new_end:
            _record_end(membership, before=former)
        else:
            _record(CHANGED, membership, before=former)


def record_end(membership: Membership) -> None:
    """Write down that a membership is gone, unless that is known already."""
    if not membership.end_recorded:
        _record_end(membership)


def _record_end(membership: Membership, **data: Any) -> None:
    if is_last(membership):
        person_left.send(sender=Membership, user=membership.user, partner=membership.partner)
    _record(ENDED, membership, **data)


@transaction.atomic
def end_by_date() -> int:
    """Write down which memberships have ended by their date, and let everybody's groups follow."""
    over = Membership.objects.filter(valid_until__lt=timezone.localdate(), end_recorded=False)
    ended = list(over.select_related("user", "partner", "delegate_to"))
    for membership in ended:
        _record_end(membership)
    Membership.objects.filter(pk__in=[row.pk for row in ended]).update(end_recorded=True)
    sync_all()
    return len(ended)


def end(membership: Membership) -> None:
    """End a membership at once."""
    membership.delete()


def is_last(membership: Membership) -> bool:
    """Whether nothing else lets the person work for this partner (or for the hub)."""
    others = Membership.objects.current().filter(
        user=membership.user_id, partner=membership.partner_id
    )
    return not others.exclude(pk=membership.pk).exists()


def actor() -> Any:
    """The person on whose request this happens, if any."""
    return get_active_log_context().user


def facts(membership: Membership) -> dict[str, Any]:
    """What evidence keeps of a membership. People stand in it by their keys."""
    return {
        "person": str(membership.user.actor_key),
        "partner": membership.partner.slug if membership.partner else "",
        "role": membership.role,
        "specialism": membership.specialism,
        "languages": membership.languages,
        "from": _day(membership.valid_from),
        "until": _day(membership.valid_until),
        "delegate": str(membership.delegate_to.actor_key) if membership.delegate_to else "",
        "delegate_until": _day(membership.delegate_until),
        "may_start_emergency": membership.may_start_emergency,
    }


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _has_ended(membership: Membership) -> bool:
    until = membership.valid_until
    return until is not None and until < timezone.localdate()


def _record(kind: str, membership: Membership, **data: Any) -> None:
    audit.record(
        kind,
        actor=actor(),
        obj=membership,
        partner_id=membership.partner_id,
        **{**facts(membership), "person": membership.user},
        **data,
    )
