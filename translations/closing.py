"""wagtail-localize keeps strings and builds drafts; readers get a translation by its approval only.

Those of its views that publish a translation, or put other text in its place, answer 403 to everybody.
Ending and restarting the synchronisation of a page is for hub admins.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from partners.services import is_hub_admin

CLOSED = frozenset({"wagtail_localize:convert_to_alias"})
FOR_HUB_ADMINS = frozenset({"wagtail_localize:stop_translation"})
UPDATE = "wagtail_localize:update_translations"
PAGE_EDITOR, SNIPPETS = "wagtailadmin_pages:edit", "wagtailsnippets_"
API_ACTION = "wagtailadmin_api:pages:action"
RESTART = "localize-restart-translation"


class TranslationsMiddleware:
    """Refuses what would bring a translation to readers past its approval."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> None:
        """Refuse by the name of the address.

        Raises:
            PermissionDenied: the view publishes, or the person is no hub admin.
        """
        name = request.resolver_match.view_name if request.resolver_match else ""
        if (
            name in CLOSED
            or _copies(name, kwargs)
            or (request.method == "POST" and _publishes(request, name))
        ):
            raise PermissionDenied(_("A translation is published by its approval."))
        if name in FOR_HUB_ADMINS or (request.method == "POST" and _restarts(request, name)):
            user = request.user
            if user.is_authenticated and not is_hub_admin(user):
                raise PermissionDenied(_("Only hub admins do this."))


def _copies(name: str, kwargs: dict[str, Any]) -> bool:
    """Wagtail's admin API makes copies past the request for a translation, and fails on a second one."""
    return name == API_ACTION and kwargs.get("action_name") == "copy_for_translation"


def _is_editor(name: str) -> bool:
    return name == PAGE_EDITOR or (name.startswith(SNIPPETS) and name.endswith(":edit"))


def _publishes(request: HttpRequest, name: str) -> bool:
    if name == UPDATE:
        return bool(request.POST.get("publish_translations"))
    return _is_editor(name) and request.POST.get("action") == "publish"


def _restarts(request: HttpRequest, name: str) -> bool:
    return _is_editor(name) and RESTART in request.POST
