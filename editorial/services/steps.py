"""Opening steps, and keeping them in step with what is written meanwhile."""

from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Task, TaskState, WorkflowState

from content import audit
from content.drafts import draft_to_read
from content.hashing import content_hash, revision_hash
from content.jobs.services import enqueue
from content.registry import answer
from editorial.errors import ReviewRefused
from editorial.models import Ask, ReviewState
from editorial.queries.reviewers import (
    Panel,
    draft_of,
    language_of,
    panel_of,
    still_asked,
    votes_on,
)
from editorial.queries.rules import parties_of
from editorial.workdays import add_workdays

REFRESH = "editorial.refresh_asks"


def open_step(task: Any, workflow_state: WorkflowState, user: Any) -> ReviewState:
    """Open a step for the latest draft and tell its reviewers."""
    state = _new_state(task, workflow_state, TaskState.STATUS_IN_PROGRESS)
    obj = draft_of(state)
    panel = panel_of(state, obj)
    refresh_asks(state, obj, panel)
    audit.record(
        "step_opened", actor=user, obj=obj, revision_id=state.revision_id,
        content_hash=state.content_hash, step=task.name, task_state=state.pk,
    )  # fmt: skip
    answer(
        "notify", "step_opened", still_asked(state, panel), obj, step=task.name, due=state.due_on,
        period=str(state.pk),
    )  # fmt: skip
    return state


def run_checks(task: Any, workflow_state: WorkflowState, user: Any) -> ReviewState:
    """Run the automatic checks: they agree, or send the draft back with what they found."""
    from editorial import checks

    state = _new_state(task, workflow_state, TaskState.STATUS_APPROVED)
    obj = draft_of(state)
    found = checks.findings(obj)
    refused = [finding for finding in found if finding.level == checks.REFUSE]
    state.findings = [finding.to_json() for finding in found]
    state.finished_at = timezone.now()
    if refused:
        state.status = TaskState.STATUS_REJECTED
    state.save()
    audit.record(
        "step_rejected" if refused else "step_approved",
        obj=obj, revision_id=state.revision_id, content_hash=state.content_hash,
        step=task.name, task_state=state.pk, by="checks",
        codes=sorted({finding.code for finding in refused}),
    )  # fmt: skip
    if refused:
        answer("notify", "rejected", people_behind(workflow_state), obj, step=task.name)
    return state


def open_fact_check(task: Any, workflow_state: WorkflowState, user: Any) -> ReviewState:
    """Open a fact check; an optional one to which nobody was invited is left out."""
    from editorial.factcheck import services as factcheck

    obj = draft_to_read(workflow_state.content_object)
    if task.optional and not factcheck.has_requests(obj, task.subject):
        state = _new_state(task, workflow_state, TaskState.STATUS_SKIPPED)
        audit.record(
            "step_skipped", actor=user, obj=obj, revision_id=state.revision_id,
            content_hash=state.content_hash, step=task.name, task_state=state.pk,
        )  # fmt: skip
        return state
    state = open_step(task, workflow_state, user)
    answer(
        "notify", "step_opened", factcheck.specialists_for(state), obj, step=task.name,
        due=state.due_on, period=str(state.pk),
    )  # fmt: skip
    return state


def _new_state(task: Any, workflow_state: WorkflowState, status: str) -> ReviewState:
    revision = workflow_state.content_object.get_latest_revision()
    state = ReviewState(
        workflow_state=workflow_state,
        revision=revision,
        task=Task.objects.get(pk=task.pk),
        status=status,
        content_hash=revision_hash(revision),
        due_on=add_workdays(timezone.localdate(), task.due_working_days),
    )
    if status != TaskState.STATUS_IN_PROGRESS:
        state.finished_at = timezone.now()
    state.save()
    return state


def refresh_asks(state: ReviewState, obj: Any, panel: Panel) -> None:
    """Write anew whose agreement an open step waits for, and who may not give it."""
    state.asks.all().delete()
    language = language_of(obj)
    rows = []
    for tally in panel.tally(votes_on(state)):
        slot = tally.slot
        partner_ids = [None] if slot.partner_ids is None else sorted(slot.partner_ids)
        rows += [
            Ask(
                state=state,
                requirement_key=slot.requirement_key,
                role=slot.role,
                specialism=slot.specialism,
                partner_id=partner_id,
                sector=slot.sector,
                language=language,
                missing=tally.missing,
            )
            for partner_id in partner_ids
        ]
    Ask.objects.bulk_create(rows)
    state.contributors.set(panel.excluded)
    state.partners.set(parties_of(obj).partner_ids)


def people_changed(partner_id: int | None) -> None:
    """Plan a new look at the open steps of a partner: a vote may have lost its right."""
    enqueue(REFRESH, {"partner_id": partner_id}, once=f"{REFRESH}:{partner_id}")


def refresh_open(partner_id: int | None) -> None:
    """Write the asks of open steps anew: of one partner's content, or of all."""
    states = ReviewState.objects.filter(status=TaskState.STATUS_IN_PROGRESS)
    if partner_id is not None:
        states = states.filter(partners=partner_id)
    for state in states.select_related("workflow_state", "task").iterator(chunk_size=200):
        obj = draft_of(state)
        refresh_asks(state, obj, panel_of(state, obj))


def revision_saved(obj: Any, before: Any, revision: Any) -> None:
    """Follow a draft that is saved during its review.

    The same content moves the step and its votes to the new revision. Other content leaves the votes
    of the open step behind, and steps approved earlier are repeated, as their revision is no longer
    the latest.
    """
    from editorial.services.change_kind import keep_kind

    workflow_state = WorkflowState.objects.active().for_instance(obj).first()
    if workflow_state is None or workflow_state.current_task_state is None:
        return
    keep_kind(obj, before, revision)
    if workflow_state.status != WorkflowState.STATUS_IN_PROGRESS:
        return
    state = workflow_state.current_task_state.specific
    if not isinstance(state, ReviewState):
        return
    said = content_hash(obj)
    if said == state.content_hash:
        old = ReviewState.objects.filter(workflow_state=workflow_state, content_hash=said)
        TaskState.objects.filter(pk__in=old.values("pk")).update(revision=revision)
        # Whoever saved it has written in it, and a graver kind of change asks more people.
        refresh_asks(state, obj, panel_of(state, obj))
        return
    from editorial.factcheck import services as factcheck

    former = state.content_hash
    state.revision, state.content_hash = revision, said
    state.save(update_fields=["revision", "content_hash"])
    panel = panel_of(state, obj)
    refresh_asks(state, obj, panel)
    factcheck.content_changed(obj, former, said)
    audit.record(
        "content_changed", actor=revision.user, obj=obj, revision_id=revision.pk,
        content_hash=said, former_hash=former, task_state=state.pk,
    )  # fmt: skip
    answer(
        "notify", "content_changed", still_asked(state, panel).exclude(pk=revision.user_id), obj,
        step=state.task.name, due=state.due_on,
    )  # fmt: skip


def refuse_other_workflow(workflow_state: WorkflowState, obj: Any) -> None:
    """Refuse a review that is not the one which the draft needs by now.

    Raises:
        ReviewRefused: its partners, or the rules, have changed since it was handed in.
    """
    if obj.get_workflow() != workflow_state.workflow:
        raise ReviewRefused(
            _("By now this needs another workflow. Its author takes it back and hands it in again.")
        )


def people_behind(workflow_state: WorkflowState) -> Any:
    """Who asked for the review and who wrote the draft."""
    obj = workflow_state.content_object
    ids = {workflow_state.requested_by_id, getattr(obj, "owner_id", None)}
    if obj.latest_revision_id:
        ids.add(obj.latest_revision.user_id)
    return get_user_model().objects.filter(pk__in=ids - {None}, is_active=True)
