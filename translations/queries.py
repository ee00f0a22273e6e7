"""Reads about languages: which page is the source of which."""

from typing import Any

from wagtail.models import Page


def is_translation(obj: Any) -> bool:
    """Whether a page was written in another language first: its oldest version is the source."""
    if not isinstance(obj, Page):
        return False
    versions = Page.objects.filter(translation_key=obj.translation_key)
    source = versions.order_by("pk").values_list("locale_id", flat=True).first()
    return source is not None and source != obj.locale_id
