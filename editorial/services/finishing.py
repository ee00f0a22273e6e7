"""The end of a workflow: exactly what was agreed to goes live."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Task, TaskState, WorkflowState

from content import audit
from content.hashing import revision_hash
from content.models.gated import lock
from content.publication import Road, release
from content.registry import answer
from editorial.errors import ReviewRefused
from editorial.models import AutomatedChecksTask, ReviewState
from editorial.services import emergency
from editorial.services.steps import people_behind


@transaction.atomic
def finish(workflow_state: WorkflowState, user: Any = None) -> None:
    """Publish (or schedule) the revision that every step has approved.

    Wagtail's own action publishes whatever is latest. This one refuses unless each step of the
    workflow was approved on the content that the latest revision holds.

    Raises:
        ReviewRefused: a step was approved on other content, or not at all.
    """
    lock(workflow_state.content_object)
    revision = workflow_state.content_object.get_latest_revision()
    obj = revision.content_object
    said = revision_hash(revision)
    if missing := _not_agreed(workflow_state, revision.pk, said):
        raise ReviewRefused(
            _("Nobody agreed to this text in: %(steps)s. Take it back and hand it in again.")
            % {"steps": ", ".join(missing)}
        )
    audit.record(
        "approved", actor=user, obj=obj, revision_id=revision.pk, content_hash=said,
        workflow=workflow_state.workflow.name, workflow_state=workflow_state.pk,
    )  # fmt: skip
    if emergency.ratify(obj, revision, said, user):
        return
    with release(
        Road.APPROVAL,
        actor=user,
        revision_id=revision.pk,
        content_hash=said,
        workflow_state=workflow_state.pk,
    ):
        revision.publish(user=user)
    people = people_behind(workflow_state)
    answer("notify", "approved", people, revision.as_object(), period=str(revision.pk))


def _not_agreed(workflow_state: WorkflowState, revision_id: int, said: str) -> list[str]:
    """Names of steps without an approval of this content; a step may be left out if it is optional.

    A step that was opened counts, also if it was taken out of the workflow or closed since. Checks
    alone approve nothing.
    """
    agreed = ReviewState.objects.filter(
        workflow_state=workflow_state,
        revision_id=revision_id,
        content_hash=said,
        status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED],
    )
    done = set(agreed.values_list("task_id", flat=True))
    tasks = Task.objects.filter(
        Q(workflow_tasks__workflow=workflow_state.workflow_id, active=True)
        | Q(task_states__workflow_state=workflow_state)
    ).distinct()
    missing = [task.name for task in tasks if task.pk not in done]
    by_people = agreed.filter(status=TaskState.STATUS_APPROVED).exclude(
        task__in=AutomatedChecksTask.objects.values("pk")
    )
    if not missing and not by_people.exists():
        missing = [workflow_state.workflow.name]
    return missing
