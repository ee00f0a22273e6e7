"""A system check, so that no command and no worker starts on half a database."""

from typing import Any

from django.core.checks import Error, register

from .state import unfinished_restore


@register()
def no_unfinished_restore(app_configs: Any = None, **kwargs: Any) -> list[Error]:
    """A restore that was killed is repeated before anything else happens."""
    told = unfinished_restore()
    if not told:
        return []
    return [
        Error(
            f"This instance is unusable: {told} has not come to its end.",
            hint="Wait for it if it is running; if it was interrupted, run manage.py restore again.",
            id="hub.E101",
        )
    ]
