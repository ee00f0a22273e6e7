"""Going live before the approval: visible, with a reason, and to be approved afterwards."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision, WorkflowState

from content import audit
from content.hashing import revision_hash
from content.models import AuditEvent, PageFacts
from content.models.gated import lock
from content.pagecache import tags
from content.pagecache.purge import purge
from content.publication import Road, release
from content.registry import answer
from editorial.errors import ReviewRefused
from editorial.models import EmergencyPublication
from editorial.queries.rules import parties_of
from editorial.services.submission import said as with_reason
from editorial.workdays import add_workdays
from partners.models import Membership
from partners.services import is_hub_admin

MIN_REASON = 20
State = EmergencyPublication.State
Role = Membership.Role


def may_start(obj: Any, user: Any) -> bool:
    """Whether a person may publish this without waiting for its approval."""
    if not user.is_active:
        return False
    if is_hub_admin(user):
        return True
    return (
        Membership.objects.current()
        .filter(user=user, may_start_emergency=True, partner_id__in=parties_of(obj).partner_ids)
        .exists()
    )


@transaction.atomic
def publish_urgently(
    obj: Any, user: Any, reason: str, until: datetime | None = None
) -> EmergencyPublication:
    """Publish the latest draft now and open its review, which has to follow.

    Raises:
        ReviewRefused: the person may not, the reason is too short, or the end lies in the past.
    """
    from editorial import checks

    obj = obj.specific if isinstance(obj, Page) else obj
    lock(obj)
    obj = type(obj).objects.get(pk=obj.pk)
    reason = reason.strip()
    if not may_start(obj.get_latest_revision_as_object(), user):
        raise ReviewRefused(_("You may not publish this in an emergency."))
    if len(reason) < MIN_REASON:
        raise ReviewRefused(
            _("Say why this cannot wait, in at least %(count)d characters.") % {"count": MIN_REASON}
        )
    if until is not None and until <= timezone.now():
        raise ReviewRefused(_("The end lies in the past."))
    revision = _ready(obj, user, until)
    said = revision_hash(revision)
    warnings = sorted({finding.code for finding in checks.findings(revision.as_object())})
    EmergencyPublication.objects.filter(**_named(obj), state=State.OPEN).update(
        state=State.SUPERSEDED
    )
    row = EmergencyPublication.objects.create(
        **_named(obj),
        page_key=getattr(obj, "translation_key", None),
        locale=obj.locale.language_code if getattr(obj, "locale_id", None) else "",
        revision_id=revision.pk,
        content_hash=said,
        reason=reason,
        by=user,
        until=until,
        ratify_due_at=_due(),
    )
    with release(
        Road.EMERGENCY, actor=user, reason=reason, revision_id=revision.pk, content_hash=said,
        warnings=warnings, emergency=row.pk,
    ):  # fmt: skip
        revision.publish(user=user)
    _review(obj, user)
    answer(
        "notify", "emergency_published", approvers_of(obj), revision.as_object(), comment=reason,
        period=str(row.pk),
    )  # fmt: skip
    return row


def _ready(obj: Any, user: Any, until: datetime | None) -> Revision:
    """The revision that goes live at once, and ends when it was said to end."""
    draft = obj.get_latest_revision_as_object()
    running = obj.current_workflow_state
    if running is not None:
        with with_reason(_("Published in an emergency.")):
            running.cancel(user=user)
    stale = draft.go_live_at is not None or draft.expire_at != (until or draft.expire_at)
    if obj.latest_revision is not None and not stale:
        return obj.latest_revision
    draft.go_live_at = None
    draft.expire_at = until or draft.expire_at
    return draft.save_revision(user=user, clean=False)


def _due() -> datetime:
    day = add_workdays(timezone.localdate(), settings.HUB_RATIFY_WORKING_DAYS)
    return timezone.make_aware(datetime.combine(day, datetime.max.time().replace(microsecond=0)))


def _review(obj: Any, user: Any) -> WorkflowState | None:
    """Open the review that follows: of the same workflow as any other publication."""
    fresh = type(obj).objects.get(pk=obj.pk)
    workflow = fresh.get_workflow()
    return workflow.start(fresh, user) if workflow else None


def ratify(obj: Any, revision: Revision, said: str, user: Any) -> bool:
    """Close the emergency of what has been approved afterwards; return whether it was that.

    Approved content that replaces an urgent text closes its emergency too.
    """
    rows = EmergencyPublication.objects.filter(**_named(obj), state=State.OPEN)
    row = rows.first()
    if row is None:
        return False
    is_same = row.content_hash == said and obj.live
    rows.update(state=State.RATIFIED if is_same else State.SUPERSEDED)
    if not is_same:
        return False
    audit.record(
        "emergency_ratified", actor=user, obj=obj, revision_id=revision.pk, content_hash=said,
        emergency=row.pk,
    )  # fmt: skip
    people = get_user_model().objects.filter(pk__in=[row.by_id])
    answer("notify", "emergency_ratified", people, obj, period=str(row.pk))
    if isinstance(obj, Page):
        PageFacts.objects.filter(page_id=obj.pk).update(urgent_since=None)
        purge([tags.page(obj.translation_key)])
    return True


def facts_of(page: Any) -> dict[str, Any]:
    """What lists and readers know of an emergency: the day since when it is live unapproved."""
    row = EmergencyPublication.objects.filter(**_named(page), state=State.OPEN).first()
    return {"urgent_since": timezone.localdate(row.at) if row else None}


@transaction.atomic
def escalate_late(now: datetime | None = None) -> int:
    """Tell stewards of all partners of what was not approved in time, then hub admins; maybe revert.

    Returns:
        How many emergencies were late.
    """
    now = now or timezone.now()
    late = EmergencyPublication.objects.filter(
        state=State.OPEN, ratify_due_at__lt=now, escalated_at=None
    )
    count = 0
    for row in late.select_for_update():
        obj = object_of(row)
        row.escalated_at = now
        row.save(update_fields=["escalated_at"])
        if obj is None:
            continue
        count += 1
        audit.record(
            "emergency_late", obj=obj, revision_id=row.revision_id,
            content_hash=row.content_hash, emergency=row.pk,
        )  # fmt: skip
        people = _members([Role.STEWARD], parties_of(obj).partner_ids) | _members([Role.HUB_ADMIN])
        answer("notify", "emergency_late", people, obj, period=str(row.pk))
        if getattr(type(obj), "revert_unratified", False):
            revert(row, obj)
    return count


@transaction.atomic
def revert(row: EmergencyPublication, obj: Any, user: Any = None) -> None:
    """Bring back what was approved last, or take the page down if nothing ever was."""
    lock(obj)
    event = _last_approved(row, obj)
    revision = Revision.objects.filter(pk=event.revision_id).first() if event else None
    row.state = State.REVERTED
    row.save(update_fields=["state"])
    reason = _("The urgent text was not approved in time.")
    if running := obj.current_workflow_state:
        with with_reason(reason):
            running.cancel(user=user)
    if event is None or revision is None or revision_hash(revision) != event.content_hash:
        with release(Road.TAKE_DOWN, actor=user, reason=reason, emergency=row.pk):
            obj.unpublish(user=user)
        return
    with release(
        Road.EMERGENCY, actor=user, reason=reason, revision_id=revision.pk,
        content_hash=event.content_hash, emergency=row.pk, reverted=True,
    ):  # fmt: skip
        revision.publish(user=user, previous_revision=obj.live_revision)


def _last_approved(row: EmergencyPublication, obj: Any) -> AuditEvent | None:
    """What readers had before, by approval: not another urgent text that nobody has approved."""
    events = (
        AuditEvent.objects.filter(**_named(obj), kind__in=["published", "emergency_ratified"])
        .exclude(revision_id=row.revision_id)
        .order_by("-seq")
    )
    for event in events.iterator():
        is_urgent = event.data.get("road") == Road.EMERGENCY and not event.data.get("reverted")
        if not is_urgent:
            return event
    return None


def object_of(row: EmergencyPublication) -> Any:
    """The page or record that was published urgently, if it still exists."""
    from django.apps import apps

    return apps.get_model(row.object_type).objects.filter(pk=row.object_id).first()


def approvers_of(obj: Any) -> Any:
    """Approvers of all partners of some content; hub admins where it has none."""
    ids = parties_of(obj).partner_ids
    return _members([Role.APPROVER, Role.STEWARD], ids) if ids else _members([Role.HUB_ADMIN])


def _members(roles: list[str], partner_ids: Any = None) -> Any:
    of = Q() if partner_ids is None else Q(partner_id__in=partner_ids)
    rows = Membership.objects.current().filter(of, role__in=roles)
    return get_user_model().objects.filter(pk__in=rows.values("user_id"))


def _named(obj: Any) -> dict[str, str]:
    return {"object_type": obj._meta.label_lower, "object_id": str(obj.pk)}
