"""What ends a review date, and what may leave content without its owner."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from wagtail.signals import page_unpublished, unpublished

from content.jobs.services import enqueue
from editorial.models import ReviewSchedule
from editorial.reviews import ladder, schedules
from editorial.reviews.intervals import is_reviewed
from partners.offboarding import Holding, person_left

OWNERS = "editorial.pass_missing_owners"


@receiver([page_unpublished, unpublished])
def _taken_down(sender: type, instance: Any, **kwargs: Any) -> None:
    obj = getattr(instance, "specific", instance)
    if is_reviewed(obj):
        schedules.pause(obj)


@receiver(post_delete)
def _deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    if is_reviewed(instance):
        schedules.forget(instance)


@receiver(person_left)
def _person_left(sender: Any, user: Any, **kwargs: Any) -> None:
    """Named here and not in the job: a deleted account is nobody's owner by then."""
    enqueue_owners(ladder.without_owner(user.pk))


def enqueue_owners(schedule_ids: list[int]) -> None:
    """Ask for a look at who looks after these."""
    for start in range(0, len(schedule_ids), ladder.BATCH):
        enqueue(OWNERS, {"schedule_ids": schedule_ids[start : start + ladder.BATCH]})


def holdings(user: Any, partner: Any) -> list[Holding]:
    """Content that a person looks after, for whoever ends a membership."""
    rows = ReviewSchedule.objects.filter(owner=user, state__in=ladder.OPEN)
    if partner is not None:
        rows = rows.filter(partner_id=partner.pk)
    return [Holding(str(row), reverse("reviews:answer", args=[row.pk])) for row in rows]
