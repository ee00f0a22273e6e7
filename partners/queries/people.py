"""What is known of people by their memberships."""

from typing import Any

from partners.models import Partner


def organisation_of(user: Any) -> str:
    """Names of the partners that a person works for today."""
    today = user.memberships.current().filter(partner__isnull=False)
    return ", ".join(map(str, Partner.objects.filter(pk__in=today.values("partner"))))
