"""The state of content, in lists and above its editor."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Page

from content.models import Gated
from editorial.desk.locks import why_locked
from editorial.desk.objects import address_parts
from editorial.queries.reviewers import may_write
from editorial.queries.state import ContentState, content_state, content_states
from editorial.rulebook import queries as rulebook
from editorial.services.emergency import may_start
from editorial.services.legacy import is_unapproved
from editorial.services.planned import may_call_off
from editorial.services.takedown import may_take_down

register = template.Library()


@register.simple_tag
def state_in_table(instance: Any, table: Any) -> str:
    """The sentence of one row; the first row asked for loads those of the whole table."""
    known = getattr(table, "content_states", None)
    if known is None:
        rows = [row for row in table.data if not isinstance(row, Page) or row.depth > 1]
        known = table.content_states = content_states(rows)
    state = known.get(instance.pk)
    return state.sentence if state else ""


# Lists of records in the admin. Choosers show records of others, whose drafts are nobody's business.
LISTS = {"list", "list_results"}


@register.simple_tag(takes_context=True)
def state_of_record(context: dict[str, Any]) -> str:
    """The sentence of a record in the list of its kind; empty in any other table."""
    instance, request = context["instance"], context.get("request")
    match = request.resolver_match if request else None
    if match is None or match.url_name not in LISTS or not isinstance(instance, Gated):
        return ""
    return state_in_table(instance, context["table"])


@register.simple_tag
def came_back(obj: Any) -> str:
    """The sentence of what came back for changes, which Wagtail calls “in moderation”."""
    if not isinstance(obj, Gated) or obj.pk is None:
        return ""
    state = content_state(obj)
    return state.sentence if state.key == "changes_requested" else ""


@register.inclusion_tag("wagtailadmin/editorial/rulebook/use.html")
def use_of(thing: Any) -> dict[str, Any]:
    """What hangs on a workflow or step that somebody is about to switch off."""
    return {"use": rulebook.use_of(thing)}


@register.inclusion_tag("wagtailadmin/editorial/desk/banner.html", takes_context=True)
def review_banner(context: dict[str, Any], obj: Any) -> dict[str, Any]:
    """State of what is being edited, and the acts that are no buttons of Wagtail's."""
    user = context["request"].user
    obj = obj.specific if isinstance(obj, Page) else obj
    if not isinstance(obj, Gated) or obj.pk is None:
        return {}
    state = content_state(obj)
    lock = obj.get_lock() if hasattr(obj, "get_lock") else None
    return {
        "state": state,
        "is_page": isinstance(obj, Page),
        "lock_reason": why_locked(obj, user, lock),
        "links": _links(obj, user, state),
    }


def _links(obj: Any, user: Any, state: ContentState) -> list[dict[str, str]]:
    parts = address_parts(obj)
    in_review = state.key == "in_review"
    writes = may_write(obj, user)
    is_out = obj.live and not obj.has_unpublished_changes
    wanted: list[tuple[str, list[Any], str, Any]] = [
        ("desk:review", [state.step_id], _("Open the review"), in_review and state.step_id),
        ("desk:submit", parts, _("Hand in for review"), writes and _is_new(obj, state)),
        ("desk:cancel", parts, _("Take back from review"), writes and in_review),
        ("evidence:record", parts, _("What happened so far"), not isinstance(obj, Page)),
        ("desk:call_off", parts, _("Call off the publication"), _is_to_call_off(obj, user, state)),
        ("desk:take_down", parts, _("Take down"), obj.live and may_take_down(obj, user)),
        ("desk:emergency", parts, _("Publish urgently"), not is_out and may_start(obj, user)),
    ]
    return [
        {"url": reverse(name, args=args), "label": label}
        for name, args, label, shown in wanted
        if shown
    ]


def _is_to_call_off(obj: Any, user: Any, state: ContentState) -> bool:
    return state.key == "scheduled" and may_call_off(obj, user)


def _is_new(obj: Any, state: ContentState) -> bool:
    """Whether there is something to hand in."""
    if state.key in {"in_review", "scheduled"}:
        return False
    return not obj.live or obj.has_unpublished_changes or is_unapproved(obj)
