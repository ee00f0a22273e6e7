"""Logs of all processes in one form: JSON in production, lines to read in development.

Named by ``LOGGING_CONFIG``, so Django calls ``configure`` with ``LOGGING`` before anything else. A line
says what happened and to which request, never what a visitor sent: no query, no form value, no
address of a person or machine.
"""

import logging.config
import re
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import structlog
from django.http import HttpRequest
from structlog.typing import EventDict, WrappedLogger

REQUEST_ID = "request_id"
HIDDEN = "(hidden)"
# Shorter values stand in every text by chance.
SHORTEST_HIDDEN = 4
TROUBLE = {"warning", "error", "critical"}
OUR_APPS = [
    "content", "editorial", "exchange", "guides", "hub", "lessons", "partners", "search", "toolkits",
    "training", "translations",
]  # fmt: skip

# What this thread works for; its texts are kept out of the lines about trouble.
current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)

_PRIVATE = [
    (re.compile(r"(://)[^/\s@'\"]+@"), rf"\1{HIDDEN}@"),  # password in the address of a server
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "(mail address)"),
    (re.compile(r"\?[^\s'\"<>]*=[^\s'\"<>]*"), f"?{HIDDEN}"),
    (re.compile(r"(password_reset/confirm/)\S+"), rf"\1{HIDDEN}"),
    (re.compile(r"(DETAIL:)[^\n]*"), rf"\1 {HIDDEN}"),  # PostgreSQL quotes the row here
]
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BREAKS = re.compile(r"[\n\t]")


def hide_private(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take out what must not be kept: addresses, passwords, queries, and what the visitor sent."""
    sent = list(_sent()) if event.get("level") in TROUBLE else []
    for name, value in event.items():
        if isinstance(value, str) and name not in {"timestamp", "level", REQUEST_ID}:
            event[name] = _without_private(value, sent)
    return event


def _without_private(value: str, sent: list[str]) -> str:
    for pattern, replacement in _PRIVATE:
        value = pattern.sub(replacement, value)
    for text in sent:
        value = value.replace(text, HIDDEN)
    return value


def _sent() -> Iterator[str]:
    """Texts of the request's query, cookies and form, the latter only if somebody has read it."""
    request = current_request.get()
    if request is None:
        return
    for values in (request.GET, getattr(request, "_post", {}), request.COOKIES):
        for key in values:
            for value in values.getlist(key) if hasattr(values, "getlist") else [values[key]]:
                if len(value) >= SHORTEST_HIDDEN:
                    yield from {value, repr(value)[1:-1]}


def on_one_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Escape what could look like a further line; only tracebacks have several."""
    for name, value in event.items():
        if isinstance(value, str):
            value = _CONTROL.sub(_escaped, value)
            if name not in {"exception", "stack"}:
                value = _BREAKS.sub(_escaped, value)
            event[name] = value
    return event


def _escaped(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode()


# What every line gets, from whichever logger it comes.
_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def _formatter(*renderer: Any) -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": _SHARED,
        "processors": [
            structlog.processors.format_exc_info,
            hide_private,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *renderer,
        ],
    }


def settings(*, as_json: bool) -> dict[str, Any]:
    """``LOGGING`` of Django and of gunicorn."""
    quiet = ["celery.worker.strategy", "celery.app.trace", "celery.beat"]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "hub": _formatter(structlog.processors.JSONRenderer())
            if as_json
            else _formatter(
                on_one_line,
                structlog.dev.ConsoleRenderer(
                    colors=False, exception_formatter=structlog.dev.plain_traceback
                ),
            )
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "hub"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": "INFO"} for name in OUR_APPS},
            **{name: {"level": "INFO"} for name in ("celery", "gunicorn.error")},
            **{name: {"level": "WARNING"} for name in quiet},
            "gunicorn.error": {"level": "INFO", "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "CRITICAL", "handlers": [], "propagate": False},
            # Our own line names every request; Django's adds the traceback of a failure.
            "django": {"level": "INFO", "handlers": [], "propagate": True},
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL", "handlers": [], "propagate": True},
        },
    }


def configure(logging_settings: dict[str, Any]) -> None:
    """Set up structlog and the standard library's logging."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(logging_settings)
