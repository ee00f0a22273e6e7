"""Publication and expiry by the clock.

Wagtail's command does all objects in one run and stops at the first that fails. Here each object is
a job: one that cannot be published becomes a dead letter and keeps nobody waiting.
"""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils import timezone
from wagtail.models import DraftStateMixin, Page, Revision

from content.hashing import revision_hash
from content.jobs.errors import PermanentError
from content.jobs.services import enqueue
from content.publication import Road, is_approved, release


def enqueue_due(now: datetime | None = None) -> int:
    """Write a job for everything that is due; return how many."""
    now = now or timezone.now()
    jobs = 0
    for pk in _revisions(now).values_list("pk", flat=True):
        enqueue("content.go_live", {"revision_id": pk})
        jobs += 1
    for model in _models():
        expired = model.objects.filter(live=True, expire_at__lte=now)
        for pk in expired.values_list("pk", flat=True):
            enqueue("content.expire", {"model": model._meta.label, "pk": pk})
            jobs += 1
    return jobs


def go_live(revision_id: int) -> None:
    """Publish a revision if it is still meant to go live by now.

    Raises:
        PermanentError: nobody has approved what the revision says.
    """
    revision = _revisions(timezone.now()).select_for_update().filter(pk=revision_id).first()
    if revision is None:
        return
    said = revision_hash(revision)
    if not is_approved(revision.pk, said):
        raise PermanentError(f"Revision {revision.pk} was scheduled, but nobody has approved it.")
    with release(Road.SCHEDULE, revision_id=revision.pk, content_hash=said):
        revision.publish(log_action="wagtail.publish.scheduled")


def expire(model: str, pk: Any) -> None:
    """Take down an object if it is still published and its time is over."""
    objects = apps.get_model(model).objects
    found = objects.select_for_update().filter(pk=pk, live=True, expire_at__lte=timezone.now())
    for item in found:
        content = item.specific if isinstance(item, Page) else item
        with release(Road.EXPIRY):
            content.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")


def _revisions(now: datetime) -> Any:
    return Revision.objects.filter(approved_go_live_at__lte=now).order_by("approved_go_live_at")


def _models() -> list[Any]:
    others = [
        model
        for model in apps.get_models()
        if issubclass(model, DraftStateMixin) and not issubclass(model, Page)
    ]
    return [Page, *others]
