"""Reading review dates: what waits for a person, what a partner has overdue."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from content.models import User
from editorial.models import ReviewSchedule
from editorial.reviews.ladder import ADMIN, OPEN, STEWARD
from editorial.reviews.people import Role, codes
from partners.models import Membership, PartnerRole
from partners.queries import partner_card, reader_language
from partners.services import is_hub_admin

SOON = timedelta(days=30)


def due_for(user: Any, limit: int = 10) -> list[dict[str, Any]]:
    """What a person should look at again, the longest overdue first, for the dashboard."""
    today = timezone.localdate()
    rows = (
        ReviewSchedule.objects.filter(
            _asked_of(user, today), state__in=OPEN, due_on__lte=today + SOON
        )
        .order_by("due_on", "pk")
        .distinct()[:limit]
    )
    return [
        {
            "title": row.title,
            "locale": row.locale,
            "due_on": row.due_on,
            "edit_by": row.edit_by,
            "days_overdue": row.days_overdue,
            "url": reverse("reviews:answer", args=[row.pk]),
        }
        for row in rows
    ]


def visible_to(user: Any) -> QuerySet[ReviewSchedule]:
    """Review dates that a person may see: of the own partners, all for hub admins."""
    rows = ReviewSchedule.objects.exclude(state=ReviewSchedule.State.PAUSED)
    if is_hub_admin(user):
        return rows
    own = Membership.objects.current().filter(user=user, partner__isnull=False)
    return rows.filter(Q(partner_id__in=own.values("partner_id")) | Q(owner=user) | Q(deputy=user))


def partners_seen_by(user: Any) -> list[tuple[int, str]]:
    """Partners whose review dates a person sees: (id, name)."""
    ids = set(visible_to(user).order_by().values_list("partner_id", flat=True).distinct())
    return sorted(
        ((pk, partner_name(pk)) for pk in ids if pk is not None), key=lambda row: row[1].casefold()
    )


def owners_seen_by(user: Any) -> QuerySet[User]:
    return User.objects.filter(pk__in=visible_to(user).order_by().values("owner"))


def candidates(user: Any) -> QuerySet[User]:
    """Who may be given content by a person: people of the partners that the person speaks for."""
    rows = Membership.objects.current()
    if not is_hub_admin(user):
        ruled = rows.filter(user=user, role__in=[Role.STEWARD, Role.PARTNER_ADMIN])
        rows = rows.filter(partner__in=ruled.values("partner"))
    return User.objects.filter(pk__in=rows.values("user")).order_by(
        "last_name", "first_name", "username"
    )


def partner_name(partner_id: int | None) -> str:
    card = partner_card(partner_id, reader_language()) or {}
    return card.get("name") or (str(partner_id) if partner_id else "")


def _asked_of(user: Any, today: date) -> Q:
    """Schedules whose ladder has come to this person."""
    memberships = list(Membership.objects.current().filter(user=user))
    asked = Q(owner=user) | (Q(deputy=user) & Q(due_on__lte=today))
    for row in memberships:
        if row.role == Role.TRANSLATION_REVIEWER:
            helped = PartnerRole.objects.filter(partner_id=row.partner_id).values(
                "page__translation_key"
            )
            at = Q(partner_id=row.partner_id) | Q(page_key__in=helped)
            asked |= at & Q(is_translation=True, locale__in=codes(row.languages))
        elif row.role == Role.STEWARD:
            late = Q(due_on__lte=today - timedelta(days=STEWARD)) | Q(owner=None)
            asked |= Q(partner_id=row.partner_id) & late
        elif row.role == Role.HUB_ADMIN:
            asked |= Q(due_on__lte=today - timedelta(days=ADMIN)) | Q(partner_id=None, owner=None)
    return asked
