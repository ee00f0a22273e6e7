"""Shows the body of a page: only the blocks that the reader may see, each with its context."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail.blocks import StreamValue

from content.queries import rich_text
from content.story import visible

register = template.Library()

# Blocks that other places link to; the rest needs no element of its own.
ANCHORED = {
    "checklist", "decision", "definition", "eligibility", "exercise", "multiple_choice", "number",
    "restricted", "short_text", "single_choice", "true_false",
}  # fmt: skip


@register.simple_tag(takes_context=True)
def story(context: Context, stream: Any) -> SafeString:
    """Render a stream, or some of its blocks, without what ``audiences`` may not read."""
    if not stream:
        return SafeString("")
    shown: dict[str, Any] = {str(name): value for name, value in context.flatten().items()}
    audiences = shown.get("audiences_of_reader") or ()
    return format_html_join("", "{}", ((html,) for html in _rendered(stream, audiences, shown)))


def _rendered(stream: Any, audiences: Iterable[str], shown: dict[str, Any]) -> Iterator[SafeString]:
    """Blocks in order; one that follows a heading stands in its section and needs no own one."""
    headed = False
    for child in _seen(stream, audiences):
        yield _render(child, {**shown, "in_section": True} if headed else shown)
        headed = child.block_type == "heading"


def _seen(stream: Any, audiences: Iterable[str]) -> Iterator[Any]:
    if isinstance(stream, StreamValue):
        yield from visible(stream, audiences)
        return
    allowed = frozenset(audiences)
    for child in stream:
        if child.block_type != "restricted" or child.value["audience"] in allowed:
            yield child


def _render(child: Any, shown: dict[str, Any]) -> SafeString:
    page_id = getattr(shown.get("page"), "pk", None)
    context = {**shown, "block_id": child.id}
    if hasattr(child.block, "evaluate_answers") and page_id:
        context["check_url"] = reverse("check_block", args=[page_id, child.id])
    html = child.render(context)
    if child.block_type in ANCHORED:
        return format_html('<div id="b-{}" class="block">{}</div>', child.id, html)
    return html


@register.filter
def prose(source: str) -> SafeString:
    """Rich text of a page field as HTML."""
    return rich_text(source) if source else SafeString("")


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``mapping[key]`` or None."""
    return mapping.get(key) if hasattr(mapping, "get") else None
