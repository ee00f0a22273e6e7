"""Drafts for whoever only reads them."""

from typing import Any

from wagtail.models import Revision

KEPT = "_kept_to_read"


def draft_to_read(obj: Any) -> Any:
    """Return what ``get_latest_revision_as_object`` returns; not to be changed or saved."""
    if obj.pk and obj.has_unpublished_changes and obj.latest_revision is not None:
        return revision_to_read(obj.latest_revision)
    return obj.get_latest_revision_as_object()


def revision_to_read(revision: Revision) -> Any:
    """Return a revision as the page or record that it holds; not to be changed or saved.

    Building it asks the database for everything that it refers to (some twenty queries), and the steps
    of a review need it many times over: it is kept with the revision in memory.
    """
    kept = revision.__dict__.get(KEPT)
    if kept is None or kept[0] is not revision.content:
        kept = revision.__dict__[KEPT] = (revision.content, revision.as_object())
    return kept[1]
