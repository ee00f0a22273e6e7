"""Leaves of the block tree.

A *fact* leaf is the same in every language: translators never see it, and a translation takes the
source's value. Everything else is text.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wagtail import blocks
from wagtail.snippets.blocks import SnippetChooserBlock

from content.richtext import FEATURES, INLINE_FEATURES


class FactMixin:
    """Keeps a leaf away from translators (interface of wagtail-localize)."""

    def get_translatable_segments(self, value: Any) -> list:
        return []

    def restore_translated_segments(self, value: Any, segments: Iterable) -> Any:
        return value


class FactCharBlock(FactMixin, blocks.CharBlock):
    pass


class FactTextBlock(FactMixin, blocks.TextBlock):
    pass


class FactURLBlock(FactMixin, blocks.URLBlock):
    pass


class RichBlock(blocks.RichTextBlock):
    """Paragraphs and lists; headings, pictures and tables are blocks of their own."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", FEATURES)
        super().__init__(**kwargs)


class SentenceBlock(blocks.RichTextBlock):
    """One sentence or short paragraph with emphasis, code and links."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", INLINE_FEATURES)
        super().__init__(**kwargs)


@dataclass(frozen=True)
class RecordRef:
    """Points at a record without fetching it: pages load all their records in one query a model."""

    pk: int


class RecordBlock(FactMixin, SnippetChooserBlock):
    """Chooses a record (service, contact, location ...); the value is a ``RecordRef``."""

    def to_python(self, value: Any) -> RecordRef | None:
        return None if value is None else RecordRef(int(value))

    def bulk_to_python(self, values: Iterable[Any]) -> list[RecordRef | None]:
        return [self.to_python(value) for value in values]

    def normalize(self, value: Any) -> RecordRef | None:
        if value is None or isinstance(value, RecordRef):
            return value
        return RecordRef(getattr(value, "pk", value))

    def value_from_form(self, value: Any) -> RecordRef | None:
        return self.normalize(value or None)

    def value_for_form(self, value: RecordRef | None) -> int | None:
        return None if value is None else value.pk

    def get_form_state(self, value: RecordRef | None) -> Any:
        return self.widget.get_value_data(None if value is None else value.pk)


class PageRefChooserBlock(FactMixin, blocks.PageChooserBlock):
    """Chooses a page; the value is a ``RecordRef``, resolved through ``PageFacts`` when shown."""

    to_python = RecordBlock.to_python
    bulk_to_python = RecordBlock.bulk_to_python
    normalize = RecordBlock.normalize
    value_from_form = RecordBlock.value_from_form
    value_for_form = RecordBlock.value_for_form
    get_form_state = RecordBlock.get_form_state
