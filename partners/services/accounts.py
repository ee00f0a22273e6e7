"""What the end of an account or of the last membership brings about."""

from typing import Any

from content import audit
from partners.models import Membership
from partners.offboarding import person_left
from partners.services.memberships import actor

ENDED, REOPENED = "account_ended", "account_reopened"


def close(user: Any) -> None:
    """Write down that an account is closed or deleted, and let others take over what it held."""
    person_left.send(sender=type(user), user=user, partner=None)
    # Nobody is represented by somebody who cannot sign in.
    for membership in Membership.objects.filter(delegate_to=user).select_related("user", "partner"):
        membership.delegate_to = membership.delegate_until = None
        membership.save()
    audit.record(ENDED, actor=actor(), obj=user, person=user)


def record_reopened(user: Any) -> None:
    audit.record(REOPENED, actor=actor(), obj=user, person=user)
