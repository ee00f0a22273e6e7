"""A draft as a list of passages that can be read, asked about and commented on one by one."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html, linebreaks, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, Revision

from content.blocks.links import PageRefBlock
from content.models import BasePage
from content.queries import reference_cards, rich_text
from content.story import visible
from editorial.factcheck.inert import inert

FIELD = "field-"
EXCERPT = 90
# The title stands above the passages.
LEFT_OUT = {"title", "slug"}
PLAIN = (models.IntegerField, models.DecimalField, models.DateField, models.TimeField)


@dataclass(frozen=True)
class Passage:
    """A block, or a field of its own. ``key`` is the block's id, or names the field."""

    key: str
    label: Any
    html: SafeString

    @property
    def excerpt(self) -> str:
        return _short(strip_tags(self.html))


@dataclass(frozen=True)
class Change:
    """How a passage differs between two drafts."""

    key: str
    kind: str
    text: str


def language_of(obj: Any) -> str:
    """Language that the text itself is in."""
    locale = getattr(obj, "locale", None)
    return locale.language_code if locale else settings.LANGUAGE_CODE


def passages(obj: Any, request: HttpRequest) -> list[Passage]:
    """Passages of a draft in the order of its editor, without what is restricted to members."""
    with override(language_of(obj)):
        context = obj.get_context(request) if isinstance(obj, BasePage) else {}
        context = {**context, "audiences_of_reader": frozenset()}
        return [passage for name in _names(type(obj)) for passage in _of(obj, name, context)]


def excerpts(obj: Any) -> dict[str, str]:
    """Passages by key, each by its first words, without rendering any; for lists and choices."""
    return {
        key: _excerpt_of(value)
        for key, value in _raw(type(obj), obj.serializable_data()).items()
        if not _is_restricted(value)
    }


def changes(before: Revision | None, after: Revision | None) -> list[Change]:
    """Passages that differ between two revisions, compared by the ids of their blocks."""
    old, new = _of_revision(before), _of_revision(after)
    found = [
        Change(key, "added" if key not in old else "changed", _excerpt_of(value))
        for key, value in new.items()
        if old.get(key) != value
    ]
    gone = [Change(key, "removed", _excerpt_of(old[key])) for key in old if key not in new]
    return [*found, *gone]


def _names(model: Any) -> list[str]:
    """Fields of the editor's first tab, where the text stands."""
    handler = getattr(model, "edit_handler", None)
    panels = getattr(handler, "children", None) or (
        model.content_panels if issubclass(model, Page) else getattr(model, "panels", [])
    )
    first = panels[:1] if handler is not None else panels
    own = dict.fromkeys(name for panel in first for name in _named_in(panel))
    return [*dict.fromkeys(["title", *own])] if issubclass(model, Page) else [*own]


def _named_in(panel: Any) -> Iterator[str]:
    if isinstance(panel, str):
        yield panel
        return
    if name := getattr(panel, "field_name", ""):
        yield name
    for child in getattr(panel, "children", ()):
        yield from _named_in(child)


def _of(obj: Any, name: str, context: dict[str, Any]) -> Iterable[Passage]:
    if name in LEFT_OUT:
        return []
    field = obj._meta.get_field(name)
    value = getattr(obj, name, None)
    if isinstance(field, StreamField):
        return [Passage(child.id, "", _block_html(child, context)) for child in visible(value)]
    html = _field_html(obj, field, value)
    return [Passage(f"{FIELD}{name}", field.verbose_name, html)] if html else []


def _block_html(child: Any, context: dict[str, Any]) -> SafeString:
    """A block as readers of no audience see it; of a reference to a page its title."""
    if isinstance(child.block, PageRefBlock):
        cards = reference_cards([child], context.get("references"))
        return format_html("<p>{}</p>", cards[0]["title"]) if cards else SafeString("")
    return inert(conditional_escape(child.render({**context, "block_id": child.id})))


def _field_html(obj: Any, field: Any, value: Any) -> SafeString:
    if value in (None, ""):
        return SafeString("")
    if isinstance(field, RichTextField):
        return inert(rich_text(value)) if strip_tags(value).strip() else SafeString("")
    if field.choices:
        return format_html("<p>{}</p>", getattr(obj, f"get_{field.name}_display")())
    if isinstance(field, models.TextField | models.CharField):
        return mark_safe(linebreaks(value, autoescape=True))  # noqa: S308  escaped there
    if isinstance(field, PLAIN):
        return format_html("<p>{}</p>", localize(value))
    return SafeString("")


def _of_revision(revision: Revision | None) -> dict[str, Any]:
    model = revision.content_type.model_class() if revision else None
    return _raw(model, revision.content) if revision and model else {}


def _raw(model: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Stored values by the key of their passage."""
    found: dict[str, Any] = {}
    for name in _names(model):
        field = model._meta.get_field(name)
        value = data.get(name)
        if isinstance(field, StreamField):
            rows = json.loads(value) if isinstance(value, str) and value else value or []
            found.update({row["id"]: row for row in rows if row.get("id")})
        elif value not in (None, "", []) and name != "slug":
            found[f"{FIELD}{name}"] = value
    return found


def _is_restricted(value: Any) -> bool:
    return isinstance(value, dict) and value.get("type") == "restricted"


def _excerpt_of(value: Any) -> str:
    texts = [_short(strip_tags(text)) for text in _texts(value)]
    return max(texts, key=len, default="")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in {"id", "type"}:
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None:
        yield str(value)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= EXCERPT else words[: EXCERPT - 1].rstrip() + "…"
