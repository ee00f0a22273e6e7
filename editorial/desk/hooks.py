"""Where the desk is found in the admin."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLResolver, include, path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import action_menu as page_menu
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import WorkflowMixin, WorkflowState
from wagtail.snippets import action_menu as snippet_menu

from editorial import checks
from editorial.desk.panels import panels_for
from editorial.models import ReviewState

# Wagtail's own lists of what is in review: ours take their place.
REPLACED = {"WorkflowObjectsToModeratePanel", "UserObjectsInWorkflowModerationPanel"}
# Taking back asks for a reason: see the links above the form.
CANCEL = "action-cancel-workflow"


@hooks.register("register_admin_urls")
def register_desk() -> list[URLResolver]:
    return [path("reviews/", include("editorial.desk.urls"))]


@hooks.register("insert_global_admin_css")
def desk_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("editorial/desk.css"))


@hooks.register("register_admin_menu_item")
def register_queue() -> MenuItem:
    return MenuItem(
        _("Reviews"), reverse_lazy("desk:queue"), name="desk", icon_name="clipboard-list", order=150
    )


@hooks.register("construct_homepage_panels")
def add_desk(request: HttpRequest, panels: list[Component]) -> None:
    panels[:] = [panel for panel in panels if type(panel).__name__ not in REPLACED]
    panels.extend(panels_for(request))


class JudgeMixin:
    """Leads reviewers from the editor to where they decide.

    Wagtail's own buttons save the form before they approve. Reviewers change nothing, so for them
    those buttons are either missing or make them contributors.
    """

    name = "judge"
    label = _("Approve or request changes")
    icon_name = "clipboard-list"
    order = 0

    def get_url(self, parent_context: dict[str, Any]) -> str:
        obj = parent_context.get("page") or parent_context["instance"]
        return reverse("desk:review", args=[obj.current_workflow_task_state.pk])


class JudgePageItem(JudgeMixin, page_menu.ActionMenuItem):
    pass


class JudgeRecordItem(JudgeMixin, snippet_menu.ActionMenuItem):
    pass


@hooks.register("construct_page_action_menu")
def page_actions(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    stock = page_menu.WorkflowMenuItem
    _lead_to_review(items, request, context.get("page"), stock, JudgePageItem)


@hooks.register("construct_snippet_action_menu")
def record_actions(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    stock = snippet_menu.WorkflowMenuItem
    _lead_to_review(items, request, context.get("instance"), stock, JudgeRecordItem)


@hooks.register("after_edit_page")
@hooks.register("after_create_page")
@hooks.register("after_edit_snippet")
@hooks.register("after_create_snippet")
def say_what_the_checks_said(request: HttpRequest, obj: Any) -> None:
    """Wagtail says “submitted” even where the automatic checks have sent the draft back at once."""
    if "action-submit" not in request.POST or not isinstance(obj, WorkflowMixin):
        return
    obj = type(obj).objects.get(pk=obj.pk)
    running = obj.current_workflow_state
    if running is None or running.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return
    step = running.current_task_state.specific
    if isinstance(step, ReviewState) and step.findings:
        found = map(checks.render, step.findings)
        reasons = [str(row["message"]) for row in found if row["level"] == checks.REFUSE]
        words = _("The automatic checks have sent it back: %(reasons)s")
        messages.error(request, words % {"reasons": " ".join(reasons)})


def _lead_to_review(
    items: list[Any], request: HttpRequest, obj: Any, stock: type, judge: type
) -> None:
    items[:] = [item for item in items if item.name != CANCEL and not isinstance(item, stock)]
    task = obj.current_workflow_task if isinstance(obj, WorkflowMixin) and obj.pk else None
    if task is None or not task.get_actions(obj, request.user):
        return
    locked = (page_menu.PageLockedMenuItem, snippet_menu.LockedMenuItem)
    items[:] = [judge(), *(item for item in items if not isinstance(item, locked))]
