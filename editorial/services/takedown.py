"""Taking published content down: with a reason, by those who answer for it."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page

from content.models.gated import lock
from content.publication import Road, release
from content.services import public_path
from editorial.errors import ReviewRefused
from editorial.queries.rules import parties_of
from partners.models import Membership
from partners.services import is_hub_admin

MIN_REASON = 10
Role = Membership.Role


def may_take_down(obj: Any, user: Any) -> bool:
    """Approvers and stewards of the owner, and hub admins."""
    if not user.is_active:
        return False
    if is_hub_admin(user):
        return True
    return (
        Membership.objects.current()
        .filter(
            user=user,
            role__in=[Role.APPROVER, Role.STEWARD],
            partner_id__in=parties_of(obj).partner_ids[:1],
        )
        .exists()
    )


@transaction.atomic
def take_down(obj: Any, user: Any, reason: str, successor: Page | None = None) -> None:
    """Take content down; its old address leads to the successor, if there is one.

    Raises:
        ReviewRefused: it is not published, the person may not, or the reason is too short.
    """
    obj = obj.specific if isinstance(obj, Page) else obj
    lock(obj)
    obj = type(obj).objects.get(pk=obj.pk)
    reason = reason.strip()
    if not obj.live:
        raise ReviewRefused(_("This is not published."))
    if not may_take_down(obj, user):
        raise ReviewRefused(_("Only an approver or the steward of its partner takes this down."))
    if len(reason) < MIN_REASON:
        raise ReviewRefused(_("Say in a few words why this is taken down."))
    with release(
        Road.TAKE_DOWN, actor=user, reason=reason, successor=successor.pk if successor else None
    ):
        obj.unpublish(user=user)
    if successor is not None and isinstance(obj, Page):
        old_path = Redirect.normalise_path(public_path(obj, obj.locale.language_code))
        Redirect.objects.update_or_create(
            old_path=old_path, site=None, defaults={"redirect_page": successor, "redirect_link": ""}
        )
