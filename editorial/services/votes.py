"""Votes: counted on the server, on what the draft says at that moment."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import TaskState

from content import audit
from content.hashing import revision_hash
from content.models.gated import lock
from content.registry import answer, shut_gates
from editorial.errors import ReviewRefused
from editorial.models import (
    ApprovalTask,
    ApprovalVote,
    ChecklistAnswer,
    FactCheckTask,
    Requirement,
    ReviewState,
    TranslationReviewTask,
)
from editorial.queries.reviewers import (
    Judge,
    Panel,
    draft_of,
    language_of,
    panel_of,
    votes_on,
)
from editorial.queries.rules import Slot
from editorial.services.change_kind import raise_change_kind
from editorial.services.steps import people_behind, refresh_asks, refuse_other_workflow

Decision = ApprovalVote.Decision


def act(task_state_id: int, user: Any, action: str, **given: Any) -> None:
    """Do what a button asks: ``approve`` or ``reject`` a step.

    Raises:
        ReviewRefused: a rule stands against it.
    """
    if action not in Decision.values:
        raise ReviewRefused(_("There is no such action."))
    vote(task_state_id, user, action, **given)


@transaction.atomic
def vote(
    task_state_id: int,
    user: Any,
    decision: str,
    *,
    comment: str = "",
    requirement_key: str = "",
    answers: Mapping[str, tuple[str, str]] | None = None,
    seen_hash: str = "",
    change_kind: str = "",
) -> ApprovalVote:
    """Record a vote on what the draft says now; finish the step when it is complete.

    Args:
        requirement_key: which requirement the vote is for; the first open one otherwise.
        answers: item of the checklist -> (answer, reason).
        seen_hash: the content that the person was shown; refused if the draft says something else.
        change_kind: the kind of change that the person takes it for, to raise it.

    Raises:
        ReviewRefused: a rule stands against it.
    """
    state, obj = _locked(task_state_id)
    if seen_hash and seen_hash != state.content_hash:
        raise ReviewRefused(
            _("The text has changed since you opened it. Read it again, then decide.")
        )
    comment = comment.strip()
    if decision == Decision.REJECT and not comment:
        raise ReviewRefused(_("Say in a comment what should change."))
    panel = panel_of(state, obj)
    slot, judge = _seat(state, panel, user, requirement_key)
    if change_kind:
        obj, panel = raise_change_kind(state, obj, user, change_kind, panel)
    task = state.task.specific
    if decision == Decision.APPROVE:
        refuse_other_workflow(state.workflow_state, obj)
        _refuse_shut(task, state, obj, user, comment)
    row = ApprovalVote(
        task_state_id=state.pk,
        requirement_key=slot.requirement_key,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        page_key=getattr(obj, "translation_key", None),
        locale=language_of(obj),
        partner_id=getattr(obj, "owner_partner_id", None),
        partner_ids=sorted(slot.partner_ids or ()),
        revision_id=state.revision_id,
        content_hash=state.content_hash,
        actor_key=judge.actor_key,
        on_behalf_of=judge.behalf_key,
        decision=decision,
        comment=comment,
    )
    answered = _answers(state, slot, judge, answers or {}, decision)
    row.save()
    for item in answered:
        item.save()
    audit.record(
        "voted", actor=user, obj=obj, revision_id=state.revision_id,
        content_hash=state.content_hash, rows=[row, *answered], decision=decision,
        step=task.name, requirement=slot.requirement_key, task_state=state.pk,
    )  # fmt: skip
    if decision == Decision.REJECT:
        _reject(state, obj, user, comment)
    else:
        _complete(state, obj, panel, user, comment)
    return row


def _locked(task_state_id: int) -> tuple[ReviewState, Any]:
    """The step and its draft as they are now, with the object locked until the transaction ends."""
    found = ReviewState.objects.filter(pk=task_state_id).select_related("workflow_state").first()
    if found is None:
        raise ReviewRefused(_("This step no longer exists."))
    lock(found.workflow_state.content_object)
    state = ReviewState.objects.select_related("workflow_state", "task").get(pk=task_state_id)
    if state.status != TaskState.STATUS_IN_PROGRESS:
        raise ReviewRefused(_("This step has been decided already."))
    obj = draft_of(state)
    revision = obj.latest_revision
    said = revision_hash(revision)
    if revision.pk != state.revision_id or said != state.content_hash:
        # Somebody wrote past the services: what the step knew counts for nothing.
        state.revision, state.content_hash = revision, said
        state.save(update_fields=["revision", "content_hash"])
        refresh_asks(state, obj, panel_of(state, obj))
    return state, obj


def _seat(state: ReviewState, panel: Panel, user: Any, requirement_key: str) -> tuple[Slot, Judge]:
    """The requirement that a person's vote is for.

    Raises:
        ReviewRefused: it is own work, another role is asked for, or they have voted.
    """
    if user.pk in panel.excluded:
        raise ReviewRefused(_("You contributed to this content, so others have to judge it."))
    if not user.is_active:
        raise ReviewRefused(_("This account is closed."))
    votes = votes_on(state)
    distinct = getattr(state.task.specific, "distinct_people", True)
    acted = {vote.requirement_key for vote in votes if user.actor_key == vote.actor_key}
    spoken_for = {vote.on_behalf_of or vote.actor_key for vote in votes}
    if acted and distinct:
        raise ReviewRefused(_("You have voted on this already."))
    for tally in sorted(panel.tally(votes), key=lambda tally: not tally.missing):
        if requirement_key and tally.slot.requirement_key != requirement_key:
            continue
        if tally.slot.requirement_key in acted:
            continue
        for judge in panel.people[tally.slot]:
            if judge.user_id == user.pk and (judge.behalf_key or judge.actor_key) not in spoken_for:
                return tally.slot, judge
    raise ReviewRefused(_("This step asks for people with another role."))


def _refuse_shut(task: Any, state: ReviewState, obj: Any, user: Any, comment: str) -> None:
    from editorial.factcheck import services as factcheck

    reasons: list[str] = []
    if isinstance(task, FactCheckTask):
        reasons += factcheck.may_close(state, user, reason=comment)
    if isinstance(task, TranslationReviewTask):
        reasons += shut_gates(obj, state.revision)
    if reasons:
        raise ReviewRefused(" ".join(reasons))


def _answers(
    state: ReviewState,
    slot: Slot,
    judge: Judge,
    given: Mapping[str, tuple[str, str]],
    decision: str,
) -> list[ChecklistAnswer]:
    requirement = (
        Requirement.objects.filter(task_id=state.task_id, key=slot.requirement_key)
        .select_related("checklist")
        .first()
    )
    if requirement is None or requirement.checklist is None:
        return []
    checklist, rows = requirement.checklist, []
    for item in checklist.items.all():
        said, reason = given.get(item.key, ("", ""))
        if decision == Decision.APPROVE and item.must and not _is_met(said, reason):
            raise ReviewRefused(
                _("“%(question)s” must be answered yes, or not applicable with a reason.")
                % {"question": item.question}
            )
        if said in ChecklistAnswer.Answer.values:
            rows.append(
                ChecklistAnswer(
                    task_state_id=state.pk,
                    requirement_key=slot.requirement_key,
                    checklist_key=checklist.key,
                    checklist_version=checklist.version,
                    item_key=item.key,
                    content_hash=state.content_hash,
                    actor_key=judge.actor_key,
                    answer=said,
                    reason=reason.strip(),
                )
            )
    return rows


def _is_met(said: str, reason: str) -> bool:
    return said == ChecklistAnswer.Answer.YES or (
        said == ChecklistAnswer.Answer.NOT_APPLICABLE and bool(reason.strip())
    )


def _reject(state: ReviewState, obj: Any, user: Any, comment: str) -> None:
    people = people_behind(state.workflow_state)
    state.reject(user=user, comment=comment)
    audit.record(
        "step_rejected", actor=user, obj=obj, revision_id=state.revision_id,
        content_hash=state.content_hash, step=state.task.name, task_state=state.pk,
    )  # fmt: skip
    answer("notify", "rejected", people.exclude(pk=user.pk), obj, step=state.task.name)


def _complete(state: ReviewState, obj: Any, panel: Panel, user: Any, comment: str) -> None:
    tallies = panel.tally(votes_on(state))
    if not tallies or any(tally.missing for tally in tallies):
        refresh_asks(state, obj, panel)
        return
    state.asks.all().delete()
    audit.record(
        "step_approved", actor=user, obj=obj, revision_id=state.revision_id,
        content_hash=state.content_hash, step=state.task.name, task_state=state.pk,
    )  # fmt: skip
    state.approve(user=user, comment=comment)


@transaction.atomic
def claim(task_state_id: int, user: Any) -> ReviewState:
    """Say that one is at it; a label with an end, not a lock.

    Raises:
        ReviewRefused: the person cannot judge the step, or it is no step to claim.
    """
    state, obj = _locked(task_state_id)
    task = state.task.specific
    if not isinstance(task, ApprovalTask) or not task.claimable:
        raise ReviewRefused(_("This step cannot be claimed."))
    _seat(state, panel_of(state, obj), user, "")
    state.claimed_by, state.claimed_until = user, timezone.now() + timedelta(days=task.claim_days)
    state.save(update_fields=["claimed_by", "claimed_until"])
    audit.record(
        "claimed", actor=user, obj=obj, revision_id=state.revision_id,
        content_hash=state.content_hash, task_state=state.pk,
    )  # fmt: skip
    return state


@transaction.atomic
def release_claim(task_state_id: int, user: Any) -> ReviewState:
    """Give a claim back."""
    state, obj = _locked(task_state_id)
    if state.claimed_by_id != user.pk:
        raise ReviewRefused(_("Somebody else has claimed this step."))
    state.claimed_by = state.claimed_until = None
    state.save(update_fields=["claimed_by", "claimed_until"])
    audit.record(
        "claim_released", actor=user, obj=obj, revision_id=state.revision_id,
        content_hash=state.content_hash, task_state=state.pk,
    )  # fmt: skip
    return state
