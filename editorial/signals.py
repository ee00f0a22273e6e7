"""What Wagtail's own buttons and views do to a review is written down as well."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import WorkflowState
from wagtail.signals import page_unpublished, unpublished, workflow_cancelled

from content.models import Gated
from editorial.services import legacy, steps, submission
from partners.models import Membership


@receiver(post_save, sender=WorkflowState)
def _begun(sender: type, instance: WorkflowState, created: bool, **kwargs: Any) -> None:
    """Before its first step opens: Wagtail's signal comes when the steps have run."""
    if created:
        submission.note_submitted(instance, instance.requested_by)


@receiver(workflow_cancelled)
def _cancelled(sender: type, instance: WorkflowState, user: Any, **kwargs: Any) -> None:
    submission.note_cancelled(instance, user)


@receiver([post_save, post_delete], sender=Membership)
def _people_changed(sender: type, instance: Membership, **kwargs: Any) -> None:
    steps.people_changed(instance.partner_id)


@receiver([page_unpublished, unpublished])
def _taken_down(sender: type, instance: Any, **kwargs: Any) -> None:
    legacy.forget(getattr(instance, "specific", instance))


@receiver(post_delete)
def _deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, Gated):
        legacy.forget(instance)
