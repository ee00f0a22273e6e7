"""Where fact checks are found in the admin."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from editorial.factcheck import queries


@hooks.register("register_admin_urls")
def register_fact_checks() -> list[URLResolver]:
    return [path("fact-checks/", include("editorial.factcheck.urls"))]


def address_of(page: Page) -> str:
    """The screen with the fact checks of a page."""
    names = queries.names_object(page)
    return reverse("fact_checks:list", args=[*names["object_type"].split("."), names["object_id"]])


@hooks.register("register_page_header_buttons")
def fact_check_button(
    page: Page, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    if page.pk and page.depth > 1 and queries.may_invite(user, page.specific):
        yield Button(_("Fact checks"), address_of(page), icon_name="clipboard-list", priority=64)
