"""Language-free keys of pages that a list refers to."""

from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.models import Page


def ordered_page_ids(raw: Any) -> list[int]:
    """Return the page ids in raw stream data (whole numbers under ``page``) in reading order."""
    if isinstance(raw, Mapping):
        found = [raw["page"]] if isinstance(raw.get("page"), int) else []
        return found + [pk for child in raw.values() for pk in ordered_page_ids(child)]
    if isinstance(raw, Iterable) and not isinstance(raw, str):
        return [pk for child in raw for pk in ordered_page_ids(child)]
    return []


def ordered_keys(raw: Any) -> list[str]:
    """Return the translation keys of the pages that a stream refers to, in reading order."""
    ids = ordered_page_ids(raw)
    keys = dict(Page.objects.filter(pk__in=ids).values_list("pk", "translation_key"))
    return [str(keys[pk]) for pk in ids if pk in keys]
