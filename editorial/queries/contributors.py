"""Who wrote in some content since it last went live: they do not judge it."""

from datetime import datetime
from typing import Any

from wagtail.log_actions import registry as log_registry
from wagtail.models import Revision

from content.models import AuditEvent
from content.publication import Road
from content.registry import contributors_elsewhere
from editorial.models import EmergencyPublication, Unapproved

# Entries of the log that change no content.
NO_WORK = (
    "wagtail.workflow", "wagtail.lock", "wagtail.unlock", "wagtail.publish", "wagtail.unpublish",
    "wagtail.schedule", "wagtail.comments", "wagtail.view_restriction", "wagtail.move",
    "wagtail.reorder",
)  # fmt: skip


def contributors(obj: Any, requested_by_id: int | None = None) -> set[int]:
    """Ids of people who wrote in what is not live yet, asked for its review, or began it.

    Revisions may have been purged; the log of edits still names their authors.
    """
    since = _live_since(obj)
    revisions = Revision.objects.for_instance(obj)
    if since is not None:
        revisions = revisions.filter(created_at__gt=since)
    people = set(revisions.values_list("user_id", flat=True))
    logs = log_registry.get_logs_for_instance(obj)
    if since is not None:
        logs = logs.filter(timestamp__gt=since)
    for prefix in NO_WORK:
        logs = logs.exclude(action__startswith=prefix)
    people |= set(logs.values_list("user_id", flat=True))
    if since is None:
        people.add(getattr(obj, "owner_id", None))
    people.add(requested_by_id)
    people |= contributors_elsewhere(obj, since)
    return {pk for pk in people if pk is not None}


def _live_since(obj: Any) -> datetime | None:
    """Moment of the last revision that went live by approval; None if none did.

    What went live in an emergency, by an import or before approvals were kept still waits for its
    judges: its authors are contributors.
    """
    if not obj.live_revision_id:
        return None
    revision_id: int | None = obj.live_revision_id
    named = {"object_type": obj._meta.label_lower, "object_id": str(obj.pk)}
    if (
        EmergencyPublication.objects.filter(**named, state="open").exists()
        or Unapproved.objects.filter(**named).exists()
    ):
        event = _last_approved(obj)
        if event is None:
            return None
        revision_id = event.revision_id
    return Revision.objects.filter(pk=revision_id).values_list("created_at", flat=True).first()


def _last_approved(obj: Any) -> AuditEvent | None:
    events = AuditEvent.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk), kind="published"
    ).order_by("-seq")
    unapproved = (Road.EMERGENCY, Road.IMPORT)
    return next((event for event in events if event.data.get("road") not in unapproved), None)
