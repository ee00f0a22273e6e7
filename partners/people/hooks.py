"""Puts the screens about people into Wagtail's admin."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse, reverse_lazy
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from partners.offboarding import holdings_of
from partners.queries.memberships import may_administer_people
from partners.standing import standing_of

MOST_NAMED = 20


@hooks.register("register_admin_urls")
def register_people() -> list[URLResolver]:
    return [path("people/", include("partners.people.urls"))]


class PeopleMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return may_administer_people(request.user)


class OwnRolesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(standing_of(request.user).memberships)


@hooks.register("register_admin_menu_item")
def register_people_menu_item() -> MenuItem:
    return PeopleMenuItem(
        gettext_lazy("People"),
        reverse_lazy("people:list"),
        name="people",
        icon_name="user",
        order=305,
    )


@hooks.register("register_admin_menu_item")
def register_own_roles_menu_item() -> MenuItem:
    return OwnRolesMenuItem(
        gettext_lazy("My roles"),
        reverse_lazy("people:own"),
        name="own-roles",
        icon_name="user",
        order=306,
    )


@hooks.register("register_account_menu_item")
def register_own_roles(request: HttpRequest) -> dict[str, Any]:
    return {
        "url": reverse("people:own"),
        "label": _("My roles"),
        "help_text": _("What you may do here, and who stands in for you."),
    }


@hooks.register("after_edit_user")
def name_what_a_closed_account_held(request: HttpRequest, user: Any) -> None:
    """Whoever closes an account learns what the person looked after."""
    if user.is_active or not getattr(user, "was_active", None):
        return
    held = holdings_of(user)
    if not held:
        return
    links = format_html_join(
        ", ", '<a href="{}">{}</a>', ((row.url, row.title) for row in held[:MOST_NAMED])
    )
    text = _("The person looked after these pages:")
    messages.warning(request, format_html("{} {}", text, links))
