"""Who may read which evidence. Everything that shows or exports it asks here."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from wagtail.models import Page

from content.models import AuditEvent
from partners.models import Membership, PartnerRole
from partners.permissions import can_see_draft
from partners.standing import standing_of

Role = Membership.Role
# Who answers for what a partner has approved.
READERS = frozenset({Role.STEWARD, Role.APPROVER, Role.PARTNER_ADMIN})


@dataclass(frozen=True)
class Selection:
    """Which events are wanted. Without ``locales`` all languages are."""

    page_key: UUID | None = None
    # Label and key of one record: ``partners.service``, ``12``.
    record: tuple[str, str] | None = None
    locales: frozenset[str] | None = None
    partner_id: int | None = None
    since: date | None = None
    until: date | None = None

    def events(self) -> QuerySet[AuditEvent]:
        """The events, in the order of the chain."""
        found = AuditEvent.objects.order_by("seq")
        if self.page_key is not None:
            found = found.filter(page_key=self.page_key)
        if self.record is not None:
            found = found.filter(object_type=self.record[0], object_id=self.record[1])
        if self.locales is not None:
            found = found.filter(locale__in=[*self.locales, ""])
        if self.partner_id is not None:
            found = found.filter(
                Q(partner_id=self.partner_id) | Q(page_key__in=_joint_pages(self.partner_id))
            )
        if self.since is not None:
            found = found.filter(at__gte=_start_of(self.since))
        if self.until is not None:
            found = found.filter(at__lt=_start_of(self.until + timedelta(days=1)))
        return found


def timeline_of(user: Any, page_key: UUID) -> Selection | None:
    """The part of a page's evidence that a person may read; none if that is none.

    Whoever sees the drafts of one language sees what happened to it. What was deleted only hub
    admins find.
    """
    wanted = Selection(page_key=page_key)
    if standing_of(user).sees_everything:
        return wanted
    pages = Page.objects.filter(translation_key=page_key).select_related("locale").specific()
    seen = {page.locale.language_code for page in pages if can_see_draft(page, user)}
    return replace(wanted, locales=frozenset(seen)) if seen else None


def record_timeline_of(user: Any, record: Any) -> Selection | None:
    """The evidence of a record, for those who see its drafts."""
    if not can_see_draft(record, user):
        return None
    return Selection(record=(record._meta.label_lower, str(record.pk)))


def partners_of(user: Any) -> frozenset[int] | None:
    """Partners whose evidence a person may read as a whole; nothing stands for all."""
    standing = standing_of(user)
    return None if standing.sees_everything else standing.partners_with(READERS)


def _joint_pages(partner_id: int) -> QuerySet[Any]:
    """Keys of pages that name the partner as co-author."""
    roles = PartnerRole.objects.filter(partner_id=partner_id, role=PartnerRole.Role.CO_AUTHOR)
    return Page.objects.filter(pk__in=roles.values("page_id")).values("translation_key")


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
