"""What is done at night: old rows, orphan files, the soundness of the page tree."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Q
from django.utils import timezone
from wagtail.models import Page

from content.jobs.registry import Every, timed_every
from content.mail.queries import expired
from content.models import HubDocument, HubImage, HubRendition, Job, Milestone, Runner

logger = structlog.get_logger("content.housekeeping")

KEEP_DONE = timedelta(days=14)
# A slot that is a day old is not written again, so its row has done its duty.
KEEP_TICKS = timedelta(days=1)
KEEP_SILENT_RUNNERS = timedelta(days=1)
# An upload whose form has not been saved yet has a file and no row.
ORPHAN_AGE = timedelta(days=1)
BATCH = 1000
UPLOADS: dict[Any, str] = {
    HubImage: "original_images",
    HubRendition: "images",
    HubDocument: "documents",
}


def reach(name: str, **data: Any) -> None:
    """Remember that something has happened to this installation."""
    Milestone.objects.update_or_create(name=name, defaults={"at": timezone.now(), "data": data})


def clean_up() -> None:
    """Delete rows whose time is over, in small transactions."""
    now = timezone.now()
    done = Job.objects.filter(state=Job.State.DONE)
    ticks = Q(kind__in=timed_every(Every), finished__lt=now - KEEP_TICKS)
    removed = _delete(done.filter(Q(finished__lt=now - KEEP_DONE) | ticks))
    removed += _delete(expired(now))
    removed += _delete(Runner.objects.filter(seen__lt=now - KEEP_SILENT_RUNNERS))
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    reach("clean_up", rows=removed)


def _delete(rows: Any) -> int:
    removed = 0
    while batch := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model.objects.filter(pk__in=batch).delete()
        removed += len(batch)
    return removed


def check_tree() -> None:
    """Let treebeard look for damage in the page tree and keep the numbers of pages concerned."""
    names = ("characters", "steps", "orphans", "depth", "children")
    problems = dict(zip(names, map(list, Page.find_problems()), strict=True))
    damaged = {name: ids[:50] for name, ids in problems.items() if ids}
    if damaged:
        logger.error("page tree damaged", problems=damaged)
    reach("tree", problems=damaged)


def delete_file(name: str) -> None:
    """Delete an upload unless a row names it, perhaps a new one of the same name."""
    if not any(model.objects.filter(file=name).exists() for model in UPLOADS):
        delete = getattr(default_storage, "delete_now", default_storage.delete)
        delete(name)


def sweep_orphan_files() -> None:
    """Delete files of uploads that are a day old and belong to no row."""
    oldest = timezone.now().timestamp() - ORPHAN_AGE.total_seconds()
    root = Path(settings.MEDIA_ROOT)
    removed = 0
    for model, folder in UPLOADS.items():
        old = [
            path
            for path in (root / folder).rglob("*")
            if path.is_file() and path.stat().st_mtime < oldest
        ]
        for start in range(0, len(old), BATCH):
            part = {path.relative_to(root).as_posix(): path for path in old[start : start + BATCH]}
            known = set(model.objects.filter(file__in=part).values_list("file", flat=True))
            for name in part.keys() - known:
                part[name].unlink(missing_ok=True)
                removed += 1
    reach("orphan_files", removed=removed)
