"""Buttons of wagtail-localize that lead past the approval are not offered."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from partners.services import is_hub_admin
from translations.closing import RESTART

CONVERT = "localize-convert-to-alias"


@hooks.register("construct_page_action_menu")
def only_what_is_open(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    hidden = {CONVERT} if is_hub_admin(request.user) else {CONVERT, RESTART}
    items[:] = [item for item in items if item.name not in hidden]
