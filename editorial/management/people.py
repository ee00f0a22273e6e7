"""People who answer for what is done on the command line."""

from typing import Any

from django.core.management.base import CommandError

from content.models import User
from partners.services import is_hub_admin


def hub_admin(username: str | None) -> Any:
    """The hub admin of this name.

    Raises:
        CommandError: there is none.
    """
    user = User.objects.filter(username=username or "").first()
    if user is None or not user.is_active or not is_hub_admin(user):
        raise CommandError("--by wants the user name of a hub admin.")
    return user
