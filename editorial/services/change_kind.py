"""The kind of a change while it is in review: a reviewer may raise it, and nobody lowers it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision, TaskState

from content import audit
from content.registry import answer
from editorial.errors import ReviewRefused
from editorial.models import ApprovalTask, ReviewState
from editorial.queries.reviewers import Panel, panel_of, still_asked
from editorial.queries.rules import WEIGHT, slots_of
from editorial.services.steps import refresh_asks


@transaction.atomic
def raise_change_kind(
    state: ReviewState, obj: Any, user: Any, kind: str, panel: Panel
) -> tuple[Any, Panel]:
    """Raise the kind of change of a draft in review; return the draft and who judges it then.

    The kind is no part of what was agreed to, so no vote is lost and there is no new revision. What
    the graver kind asks for is asked now, also of steps that were approved before.

    Raises:
        ReviewRefused: it is no kind, or a lighter one.
    """
    former = getattr(obj, "change_kind", None)
    if former is None or kind not in WEIGHT:
        raise ReviewRefused(_("There is no such kind of change."))
    if kind == former:
        return obj, panel
    if WEIGHT[kind] < WEIGHT[former]:
        raise ReviewRefused(_("The kind of change can be raised, not lowered."))
    revision = Revision.objects.get(pk=state.revision_id)
    revision.content["change_kind"] = kind
    asked = set(still_asked(state, panel).values_list("pk", flat=True))
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)
    audit.record(
        "change_kind_raised", actor=user, obj=obj, revision_id=revision.pk,
        content_hash=state.content_hash, task_state=state.pk, former=former, change_kind=kind,
    )  # fmt: skip
    lighter, obj = obj, revision.as_object()
    _repeat_earlier(state, lighter, obj)
    panel = panel_of(state, obj)
    refresh_asks(state, obj, panel)
    new = still_asked(state, panel).exclude(pk__in=asked).exclude(pk=user.pk)
    answer(
        "notify", "step_opened", new, obj, step=state.task.name, due=state.due_on,
        period=f"{state.pk}.{kind}",
    )  # fmt: skip
    return obj, panel


def keep_kind(obj: Any, before: Revision | None, revision: Revision) -> None:
    """Keep a draft in review from getting a lighter kind by a save: others rely on the graver one."""
    former = before.content.get("change_kind") if before is not None else None
    kind = getattr(obj, "change_kind", None)
    if former not in WEIGHT or kind not in WEIGHT or WEIGHT[kind] >= WEIGHT[former]:
        return
    obj.change_kind = former
    revision.content["change_kind"] = former
    Revision.objects.filter(pk=revision.pk).update(content=revision.content)


def _repeat_earlier(state: ReviewState, lighter: Any, graver: Any) -> None:
    """Let earlier steps be asked again where the graver kind needs more people."""
    earlier = ReviewState.objects.filter(
        workflow_state=state.workflow_state, status=TaskState.STATUS_APPROVED
    ).exclude(pk=state.pk)
    for row in earlier.select_related("task"):
        task = row.task.specific
        if isinstance(task, ApprovalTask) and slots_of(task, lighter) != slots_of(task, graver):
            row.status, row.finished_at = TaskState.STATUS_CANCELLED, timezone.now()
            row.save(update_fields=["status", "finished_at"])
