"""The pages that are shown when nothing else works, made once for each language and process."""

import sqlite3
from functools import cache

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import override

from hub.css import stylesheet

FAILURE = "500.html"
NO_DATABASE = "503.html"
# SQLite's code for a statement that is wrong: our mistake, not the state of the database.
WRONG_STATEMENT = sqlite3.SQLITE_ERROR


@cache
def error_page(language: str, template: str = FAILURE) -> str:
    """Return the HTML of an error page; needs neither request nor database."""
    code = language if language in settings.HUB_LANGUAGES else settings.LANGUAGE_CODE
    style = mark_safe(stylesheet())  # noqa: S308  our own file
    with override(code):
        return render_to_string(template, {"frame": {"style": style, "lang": code}})


def prepare() -> None:
    """Make all error pages now, while templates and files can be read."""
    for code in settings.HUB_LANGUAGES:
        for template in (FAILURE, NO_DATABASE):
            error_page(code, template)


def is_database_away(error: BaseException | None) -> bool:
    """Whether the database cannot be used for now: down, restarting, overloaded, locked."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF != WRONG_STATEMENT
