"""Calling off what is approved and waits for its day."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from content import audit
from content.hashing import revision_hash
from content.models.gated import lock
from content.registry import answer
from editorial.errors import ReviewRefused
from editorial.queries.reviewers import may_write
from editorial.services.takedown import MIN_REASON, may_take_down


def may_call_off(obj: Any, user: Any) -> bool:
    """Who may change the draft, and who may take it down once it is out."""
    return user.is_active and (may_write(obj, user) or may_take_down(obj, user))


@transaction.atomic
def call_off(obj: Any, user: Any, reason: str) -> None:
    """Keep an approved revision from going live on its day; the draft stays, to be handed in anew.

    Raises:
        ReviewRefused: nothing is planned, the person may not, or the reason is too short.
    """
    obj = obj.specific if isinstance(obj, Page) else obj
    lock(obj)
    obj = type(obj).objects.get(pk=obj.pk)
    revision, reason = obj.scheduled_revision, reason.strip()
    if revision is None:
        raise ReviewRefused(_("No publication is planned."))
    if not may_call_off(obj, user):
        raise ReviewRefused(_("Only people who may change this or take it down can call it off."))
    if len(reason) < MIN_REASON:
        raise ReviewRefused(_("Say in a few words why this is called off."))
    planned_for = revision.approved_go_live_at
    revision.approved_go_live_at = None
    revision.save(user=user, update_fields=["approved_go_live_at"])
    audit.record(
        "schedule_called_off", actor=user, obj=obj, revision_id=revision.pk,
        content_hash=revision_hash(revision), reason=reason, planned_for=planned_for,
    )  # fmt: skip
    people = get_user_model().objects.filter(
        pk__in={revision.user_id, getattr(obj, "owner_id", None)} - {None, user.pk}, is_active=True
    )
    answer(
        "notify", "called_off", people, obj, comment=reason, period=f"{revision.pk}.{planned_for}"
    )
