"""Content that was live before approvals were recorded, and what an import has published.

Both are live without anybody's approval here. The evidence says so, and a list asks for it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from content import audit
from content.hashing import content_hash
from content.jobs.registry import BULK
from content.jobs.services import job_key
from content.models import AuditEvent, Gated
from content.publication import Road
from editorial.models import Unapproved

BEFORE = "live_before_approvals"
JOB = "editorial.record_legacy"
BATCH = 200
Origin = Unapproved.Origin


def gated_models() -> list[Any]:
    """Everything that has drafts: page types, records and their words."""
    return [model for model in apps.get_models() if issubclass(model, Gated)]


def ask_for_records(registry: Any, schema_editor: Any = None) -> None:
    """Step of a migration: a job writes the events when all tables have their new shape.

    Args:
        registry: the models of the migration. A new hub has nothing to look at.
    """
    if not registry.get_model("content", "PageFacts").objects.exists():
        return
    registry.get_model("content", "Job").objects.create(
        kind=JOB, queue=BULK, key=job_key(JOB, {}), payload={}
    )


def record_legacy() -> int:
    """Write an event for all live content of whose publication nothing is known; return how many.

    Safe to run again and to be cut short. Content keeps its place with readers.
    """
    return sum(_record(model, ids) for model in gated_models() for ids in _unknown(model))


def _unknown(model: Any) -> Iterator[list[int]]:
    known = AuditEvent.objects.filter(
        object_type=model._meta.label_lower, kind__in=["published", BEFORE]
    )
    live = set(model.objects.filter(live=True).values_list("pk", flat=True))
    missing = sorted(live - {int(pk) for pk in known.values_list("object_id", flat=True)})
    for start in range(0, len(missing), BATCH):
        yield missing[start : start + BATCH]


@transaction.atomic
def _record(model: Any, ids: list[int]) -> int:
    objects = list(model.objects.filter(pk__in=ids, live=True).order_by("pk"))
    now = timezone.now()
    Unapproved.objects.bulk_create(
        [_row(obj, Origin.BEFORE, "", now) for obj in objects], ignore_conflicts=True
    )
    for obj in objects:
        audit.record(
            BEFORE, obj=obj, revision_id=obj.live_revision_id, content_hash=content_hash(obj)
        )
    return len(objects)


def on_published(obj: Any, revision: Any, event: Any) -> None:
    """Handler of publications: an import puts content on the list, an approval takes it off."""
    road = event.data.get("road")
    if road in (Road.APPROVAL, Road.SCHEDULE, Road.EMERGENCY):
        forget(obj)
    if road != Road.IMPORT:
        return
    row = _row(obj, Origin.IMPORT, event.data.get("source") or "", event.at)
    Unapproved.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["object_type", "object_id"],
        update_fields=COLUMNS,
    )


def forget(obj: Any) -> None:
    """It was approved, taken down or deleted."""
    Unapproved.objects.filter(**_named(obj)).delete()


def is_unapproved(obj: Any) -> bool:
    """Whether the live text still waits for its first approval."""
    return Unapproved.objects.filter(**_named(obj)).exists()


COLUMNS = ("title", "kind", "locale", "partner_id", "origin", "source", "since")


def _named(obj: Any) -> dict[str, Any]:
    return {"object_type": obj._meta.label_lower, "object_id": str(obj.pk)}


def _row(obj: Any, origin: str, source: str, since: datetime) -> Unapproved:
    return Unapproved(
        **_named(obj),
        title=(obj.title if isinstance(obj, Page) else str(obj))[:255],
        kind=getattr(obj, "kind", "") if isinstance(obj, Page) else obj._meta.model_name,
        locale=obj.locale.language_code if getattr(obj, "locale_id", None) else "",
        partner_id=getattr(obj, "owner_partner_id", None),
        origin=origin,
        source=source[:2000],
        since=since,
    )
