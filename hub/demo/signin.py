"""Keeps the published demo password from opening a hub that is not a demo."""

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend

# Published on purpose: it is printed by seed_demo.
PASSWORD = "ostrel-valley-demo"  # noqa: S105


class DemoAwareBackend(ModelBackend):
    """Refuses the demo password wherever the demo may not be loaded.

    A data folder that was tried out with and then put behind production settings still holds the
    demo's accounts.
    """

    def authenticate(
        self, request: Any, username: Any = None, password: Any = None, **kwargs: Any
    ) -> Any:
        if password == PASSWORD and not settings.HUB_DEMO:
            return None
        return super().authenticate(request, username=username, password=password, **kwargs)
