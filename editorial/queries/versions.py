"""Which versions somebody relies on."""

from typing import Any

from wagtail.models import Revision, TaskState


def is_evidence(obj: Any, revision: Revision) -> bool:
    """Whether a revision was handed in, judged or planned, or is what readers see: it stays as it is."""
    return (
        obj.live_revision_id == revision.pk
        or revision.approved_go_live_at is not None
        or TaskState.objects.filter(revision=revision).exists()
    )
