"""Keeps the embedded cache in a database of its own, out of the way of content writes."""

from typing import Any


class CacheRouter:
    """Sends ``django_cache`` to the ``cache`` database and nothing else there."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "cache" if model._meta.app_label == "django_cache" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if db == "cache" or app_label == "django_cache":
            return db == "cache" and app_label == "django_cache"
        return None
