"""The body of a page: a StreamField that stays out of migrations, and who may read which block."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from wagtail.blocks import StreamValue
from wagtail.fields import StreamField
from wagtail.models import Page

from content.registry import audiences_of


class StoryField(StreamField):
    """A StreamField whose migrations name no blocks.

    A block can change without a migration in every content app. In a historic model (built from a
    migration, so without blocks) the stored JSON passes through untouched: reading it as a stream
    of unknown blocks would empty the body, and the next ``save()`` would erase it.
    """

    def __init__(self, block_types: Any = None, **kwargs: Any) -> None:
        self.is_historic = block_types is None
        super().__init__(block_types or [], **kwargs)

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs

    def to_python(self, value: Any) -> Any:
        if self.is_historic:
            return value
        return super().to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        if self.is_historic:
            return value
        return super().get_prep_value(value)

    def get_default(self) -> Any:
        return [] if self.is_historic else super().get_default()

    def value_to_string(self, obj: Any) -> str:
        if self.is_historic:
            return json.dumps(self.value_from_object(obj), cls=DjangoJSONEncoder)
        return super().value_to_string(obj)


def readable_audiences(user: Any, page: Page | None) -> frozenset[str]:
    """Audiences of restricted blocks that ``user`` belongs to on ``page``; anonymous: none."""
    if user is None or not user.is_authenticated or page is None:
        return frozenset()
    return audiences_of(user, page)


def visible(
    stream: StreamValue, audiences: Iterable[str] = ()
) -> Iterator["StreamValue.StreamChild"]:
    """Yield the blocks of ``stream`` that members of ``audiences`` may read.

    The one filter for page, print, search, feed, API, export and machine translation.
    """
    allowed = frozenset(audiences)
    for number, raw in enumerate(stream.raw_data):
        if raw["type"] == "restricted" and raw["value"].get("audience") not in allowed:
            continue
        yield stream[number]


def has_restricted(stream: StreamValue) -> bool:
    """Whether any block of ``stream`` is for signed-in members only."""
    return any(raw["type"] == "restricted" for raw in stream.raw_data)


def blocks_of_type(stream: StreamValue, *names: str) -> Iterator[dict[str, Any]]:
    """Yield the raw items of the given types, restricted parts left out, without building blocks."""
    for raw in stream.raw_data:
        if raw["type"] in names:
            yield raw


def find_block(
    stream: StreamValue, block_id: str, audiences: Iterable[str] = ()
) -> "StreamValue.StreamChild | None":
    """Return the visible block with this id, also from inside a readable restricted part."""
    for child in visible(stream, audiences):
        if child.id == block_id:
            return child
        if child.block_type == "restricted":
            found = find_block(child.value["body"], block_id, audiences)
            if found is not None:
                return found
    return None


def story_fields(page: Page) -> list[str]:
    """Names of the stream fields of a page type, in the order they are declared."""
    return [field.name for field in page._meta.get_fields() if isinstance(field, StreamField)]


__all__ = [
    "StoryField",
    "blocks_of_type",
    "find_block",
    "has_restricted",
    "readable_audiences",
    "story_fields",
    "visible",
]
