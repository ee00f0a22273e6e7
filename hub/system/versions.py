"""What runs here: versions, kinds of servers, settings without secrets."""

import platform
import tomllib
from functools import cache
from importlib.metadata import version

from django.conf import settings
from django.db import connection

from hub.settings import env

PACKAGES = ("wagtail", "Django")


@cache
def hub_version() -> str:
    """The hub's own version: it is deployed as a folder, not installed as a package."""
    with (env.PROJECT_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def versions() -> dict[str, str]:
    """Versions of what the hub is made of; asks no server."""
    return {
        "hub": hub_version(),
        **{package.lower(): version(package) for package in PACKAGES},
        "python": platform.python_version(),
        "database": connection.vendor,
        "cache": settings.CACHES["default"]["BACKEND"].rpartition(".")[2],
        "runner": "celery" if settings.HUB_BROKER_URL else "worker",
        "search": settings.WAGTAILSEARCH_BACKENDS["default"]["BACKEND"].rpartition(".")[2],
    }


def database_version() -> str:
    """The version of the database server or library."""
    return ".".join(map(str, connection.get_database_version()))
