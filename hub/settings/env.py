"""Every environment variable of the hub: declared once, typed, refused with a clear message.

``VARIABLES`` is the table that the README prints and a test compares. A secret may also come from a
file named by ``<NAME>_FILE`` (Docker and systemd hand secrets over that way).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from django.core.mail.message import sanitize_address

from content.languages import parse_languages
from content.mail.address import MailServer, parse_mail_server

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


def text(value: str) -> str:
    return value.strip()


def secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError("at least 32 characters of random text")
    return value


def optional_secret(value: str) -> str:
    return secret(value) if value else ""


def flag(value: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    try:
        return answers[value.strip().lower()]
    except KeyError:
        raise ValueError("one of 1, true, yes, 0, false, no") from None


def whole_number(value: str) -> int:
    try:
        number = int(value)
    except ValueError:
        raise ValueError("a whole number above 0") from None
    if number < 1:
        raise ValueError("a whole number above 0")
    return number


def names(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def folder(value: str) -> Path:
    return Path(value).expanduser().resolve()


def _has_valid_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def site_address(value: str) -> str:
    parts = urlsplit(value.strip())
    is_plain = parts.hostname and parts.path in {"", "/"} and _has_valid_port(parts)
    if parts.scheme not in {"http", "https"} or not is_plain:
        raise ValueError("an address such as https://hub.example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def time_zone(value: str) -> str:
    try:
        ZoneInfo(value.strip())
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("an IANA time zone such as Europe/Madrid") from None
    return value.strip()


def count(value: str) -> int:
    if not value.strip().isascii() or not value.strip().isdigit():
        raise ValueError("a whole number, 0 or more")
    return int(value)


def _server(value: str, schemes: set[str], example: str) -> str:
    """An address of a server, or nothing."""
    parts = urlsplit(value.strip())
    if value.strip() and (
        parts.scheme not in schemes
        or not (parts.hostname or parts.scheme.endswith("unix") or "host=" in parts.query)
        or not _has_valid_port(parts)
    ):
        raise ValueError(f"an address such as {example}")
    return value.strip()


def database_address(value: str) -> str:
    return _server(value, {"postgres", "postgresql"}, "postgres://user:password@host:5432/name")


def redis_address(value: str) -> str:
    return _server(value, {"redis", "rediss", "unix", "redis+socket"}, "redis://host:6379/0")


def mail_server(value: str) -> MailServer | None:
    return parse_mail_server(value)


def front_cache_address(value: str) -> str:
    return _server(value, {"http", "https"}, "http://127.0.0.1:6081")


def sender(value: str) -> str:
    try:
        address = parseaddr(sanitize_address(value.strip(), "utf-8"))[1]
    except ValueError:
        address = ""
    if "@" not in address:
        raise ValueError("a mail address such as Hub of the valley <hub@example.org>")
    return value.strip()


@dataclass(frozen=True)
class Variable:
    """One environment variable. ``default`` is written as it would be in the environment."""

    name: str
    parse: Callable[[str], Any]
    default: str | None
    help: str
    is_secret: bool = False


VARIABLES = [
    Variable(
        "HUB_LANGUAGES",
        parse_languages,
        "en,es,fr,ar,zh-hans,vi",
        "Languages of the site as BCP 47 codes; the first is the default language.",
    ),
    Variable(
        "HUB_NAME", text, "Civic Knowledge Hub", "Name of the hub in its header, titles and mails."
    ),
    Variable(
        "HUB_BASE_URL",
        site_address,
        "http://127.0.0.1:8000",
        "Public address; used in canonical links, hreflang, sitemap and mails.",
    ),
    Variable(
        "HUB_ALLOWED_HOSTS",
        names,
        "",
        "Further host names that the site answers to, separated by commas.",
    ),
    Variable(
        "HUB_DATA_DIR",
        folder,
        str(PROJECT_DIR / "data"),
        "Folder for the SQLite database, uploads and other files that must be kept.",
    ),
    Variable("HUB_TIME_ZONE", time_zone, "UTC", "Time zone of the region (IANA name)."),
    Variable(
        "HUB_MAX_UPLOAD_MB", whole_number, "20", "Largest file that editors may upload, in MB."
    ),
    Variable(
        "HUB_SECRET_KEY",
        secret,
        None,
        "Signing key, 32 characters or more. Needed in production; made by itself in development.",
        is_secret=True,
    ),
    Variable(
        "DATABASE_URL",
        database_address,
        "",
        "PostgreSQL 15 or newer: `postgres://user:password@host/name`. Empty: SQLite in HUB_DATA_DIR.",
        is_secret=True,
    ),
    Variable(
        "HUB_REDIS_URL",
        redis_address,
        "",
        "Redis for the cache, which may evict: `redis://host:6379/0`. Empty: a SQLite file.",
        is_secret=True,
    ),
    Variable(
        "HUB_BROKER_URL",
        redis_address,
        "",
        "Redis for Celery's messages: `noeviction`, append-only. Empty: `manage.py worker`.",
        is_secret=True,
    ),
    Variable(
        "HUB_EMAIL_URL",
        mail_server,
        "",
        "Mail server: `smtp://user:password@host:587?tls=starttls`, `smtps://...` for TLS from the start.",
        is_secret=True,
    ),
    Variable(
        "HUB_MAIL_FROM",
        sender,
        "hub@localhost",
        "Sender of the hub's mails, with or without a name.",
    ),
    Variable(
        "HUB_FRONT_CACHE_URL",
        front_cache_address,
        "",
        "Cache in front of the hub that takes PURGE requests (Varnish, nginx): `http://127.0.0.1:6081`.",
    ),
    Variable(
        "HUB_HEALTH_TOKEN",
        optional_secret,
        "",
        "Whoever sends it as bearer token sees the details of `/-/health`. Empty: nobody does.",
        is_secret=True,
    ),
    Variable(
        "HUB_PROXIES",
        count,
        "0",
        "Trusted proxies in front of the hub; so many entries of X-Forwarded-For are believed.",
    ),
    Variable(
        "HUB_DEBUG",
        flag,
        "false",
        "Development: Django's debug pages and reloading of code instead of the real error pages.",
    ),
    Variable(
        "HUB_HTTPS",
        flag,
        "true",
        "Production: cookies and redirects for https only. Switch off for trials on plain http.",
    ),
]
_BY_NAME = {variable.name: variable for variable in VARIABLES}


def read(name: str) -> Any:
    """Return the typed value of a declared variable.

    Raises:
        ImproperlyConfigured: the value cannot be understood, or is missing without a default.
    """
    variable = _BY_NAME[name]
    raw = os.environ.get(name)
    if raw is None and variable.is_secret and (path := os.environ.get(f"{name}_FILE")):
        try:
            raw = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={path}: {error.strerror}.") from error
    if raw is None:
        raw = variable.default
    if raw is None:
        raise ImproperlyConfigured(f"{name} is not set. {variable.help}")
    try:
        return variable.parse(raw)
    except ValueError as error:
        shown = "(hidden)" if variable.is_secret else repr(raw)
        raise ImproperlyConfigured(f"{name}={shown} was not understood. Wanted: {error}.") from None


def fingerprint() -> dict[str, str]:
    """All variables as they are set now; of secrets only whether they are."""
    shown = {}
    for variable in VARIABLES:
        given = os.environ.get(variable.name)
        if variable.is_secret:
            is_set = given or os.environ.get(f"{variable.name}_FILE")
            shown[variable.name] = "set" if is_set else "not set"
        else:
            shown[variable.name] = variable.default or "" if given is None else given
    return shown


def for_program(**more: str) -> dict[str, str]:
    """The environment of a program that the hub starts, with further variables."""
    return {**os.environ, **more}
