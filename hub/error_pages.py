"""The page that is shown when nothing else works, made once for each language and process."""

from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import override

from hub.css import stylesheet


@cache
def error_page(language: str) -> str:
    """Return the HTML of the 500 page; needs neither request nor database."""
    code = language if language in settings.HUB_LANGUAGES else settings.LANGUAGE_CODE
    style = mark_safe(stylesheet())  # noqa: S308  our own file
    with override(code):
        return render_to_string("500.html", {"frame": {"style": style, "lang": code}})


def prepare() -> None:
    """Make all error pages now, while templates and files can be read."""
    for code in settings.HUB_LANGUAGES:
        error_page(code)
