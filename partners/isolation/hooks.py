"""Tells Wagtail which lists are shorter for people of a partner. Loaded by ``wagtail_hooks``."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.images.views.chooser import viewset as image_chooser
from wagtail.permissions import policy_registry

from partners.isolation import media
from partners.isolation.reading import HubPageViewSet
from partners.queries import isolation
from partners.standing import standing_of

# Reports over the content of all partners: see ``guard``.
REPORTS_OF_ALL = frozenset(
    {
        "locked-pages",
        "workflows",
        "workflow-tasks",
        "site-history",
        "aging-pages",
        "page-types-usage",
        "translations",
    }
)

image_chooser.choose_view_class = media.ImageChooseView


@hooks.register("construct_page_chooser_queryset")
def choosable_pages(pages: Any, request: HttpRequest) -> Any:
    """Pages of others when they are published; the steps of the tree that lead to one's own."""
    standing = standing_of(request.user)
    if standing.sees_everything:
        return pages
    steps = isolation.steps(standing)
    return pages.filter(isolation.choosable(standing) | steps)


@hooks.register("construct_reports_menu", order=1000)
def without_reports_of_all(request: HttpRequest, items: list[Any]) -> None:
    if not standing_of(request.user).sees_everything:
        items[:] = [item for item in items if item.name not in REPORTS_OF_ALL]


@hooks.register("construct_admin_api", order=10)  # after Wagtail's own
def files_that_may_be_chosen(router: Any) -> None:
    router.register_endpoint("images", media.ImagesAPI)
    router.register_endpoint("documents", media.DocumentsAPI)


@hooks.register("construct_snippet_action_menu")
def without_publish(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Wagtail looks at the permission itself, which superusers have; the policy says no to all."""
    policy = policy_registry.get_by_type(context["model"])
    if not policy.user_has_permission(request.user, "publish"):
        hidden = {"action-publish", "action-unpublish"}
        menu_items[:] = [item for item in menu_items if item.name not in hidden]


@hooks.register("register_admin_viewset", order=10)  # after Wagtail's own
def page_views() -> HubPageViewSet:
    return HubPageViewSet()
