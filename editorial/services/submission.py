"""Handing in, taking back, and what Wagtail's own buttons do to a review."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, WorkflowState

from content import audit, publication
from content.drafts import draft_to_read
from content.hashing import content_hash, revision_hash
from content.models.gated import lock
from editorial.errors import ReviewRefused
from editorial.models import ApprovalVote
from editorial.queries.reviewers import may_write
from editorial.services.legacy import is_unapproved

_reason: ContextVar[str] = ContextVar("reason", default="")


@transaction.atomic
def submit(obj: Any, user: Any, note: str = "") -> WorkflowState:
    """Hand in the latest draft; what came back for changes goes on at the step that asked for them.

    Raises:
        ReviewRefused: it is in review, planned or locked, nothing is new, or the person may not
            change it.
    """
    obj = obj.specific if isinstance(obj, Page) else obj
    lock(obj)
    obj = type(obj).objects.get(pk=obj.pk)
    draft = draft_to_read(obj)
    if not (user.is_active and may_write(draft, user)):
        raise ReviewRefused(_("Only people who may change this can hand it in."))
    running = obj.current_workflow_state
    if running is not None and running.status == WorkflowState.STATUS_IN_PROGRESS:
        raise ReviewRefused(_("This is in review already."))
    if obj.scheduled_revision is not None:
        raise ReviewRefused(_("This is approved and waits for its day."))
    held = obj.get_lock()
    if held is not None and held.for_user(user):
        raise ReviewRefused(_("This is locked."))
    if obj.latest_revision is None:
        obj.save_revision(user=user, clean=False)
    elif (
        obj.live
        and content_hash(obj) == revision_hash(obj.latest_revision)
        and not is_unapproved(obj)
    ):
        raise ReviewRefused(_("Nothing has changed since the last publication."))
    if running is not None:
        running.resume(user=user)
        return running
    workflow = obj.get_workflow()
    if workflow is None:
        raise ReviewRefused(_("No workflow is meant for this content. A hub admin can add a rule."))
    with said(note):
        return workflow.start(obj, user)


@contextmanager
def said(reason: str) -> Iterator[None]:
    """Keep the reason or note of an act for the event that Wagtail's signal leads to."""
    token = _reason.set(reason.strip())
    try:
        yield
    finally:
        _reason.reset(token)


@transaction.atomic
def cancel(obj: Any, user: Any, reason: str = "") -> None:
    """Take a draft out of review. Once somebody has voted, only with a reason.

    Raises:
        ReviewRefused: no review is running, it is not the person's, or the reason is missing.
    """
    lock(obj)
    running = obj.current_workflow_state
    if running is None:
        raise ReviewRefused(_("No review is running."))
    if running.requested_by_id != user.pk and not may_write(obj, user):
        raise ReviewRefused(_("Only people who may change this can take it back."))
    with said(reason):
        running.cancel(user=user)


def note_submitted(workflow_state: WorkflowState, user: Any) -> None:
    """Write the event of a hand-in, whichever button it came from."""
    _note("submitted", workflow_state, user, note=_reason.get())


def note_cancelled(workflow_state: WorkflowState, user: Any) -> None:
    """Write the event of a review that was taken back.

    Raises:
        ReviewRefused: somebody has voted, and no reason is given.
    """
    reason = _reason.get()
    states = list(workflow_state.task_states.values_list("pk", flat=True))
    has_votes = ApprovalVote.objects.filter(task_state_id__in=states).exists()
    # What goes live meanwhile ends the review of what it replaces.
    if has_votes and not reason and not publication.is_open():
        raise ReviewRefused(_("Somebody has voted. Give a reason for taking it back."))
    _note("review_cancelled", workflow_state, user, reason=reason)


def _note(kind: str, workflow_state: WorkflowState, user: Any, **data: str) -> None:
    revision = workflow_state.content_object.get_latest_revision()
    more: dict[str, Any] = {name: value for name, value in data.items() if value}
    audit.record(
        kind,
        actor=user,
        obj=revision.content_object,
        revision_id=revision.pk,
        content_hash=revision_hash(revision),
        workflow=workflow_state.workflow.name,
        workflow_state=workflow_state.pk,
        **more,
    )
