"""What both kinds of database have in common, and which of them this hub has."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models

from content.models import Dependency, Runner

from .errors import BackupError
from .manifest import Table

# Left out of backups. Whoever holds a backup shall not hold open sessions; the other two tell which
# processes run and which servers are silent now.
VOLATILE = (Session, Runner, Dependency)


@dataclass(frozen=True)
class Snapshot:
    """What a dump holds: all of it seen at one moment."""

    tables: dict[str, Table]
    uploads: set[str]
    migrations: list[str]


class Database(Protocol):
    """One kind of database."""

    kind: str
    file: str

    def size(self) -> int:
        """Bytes that a dump may need at most."""

    def version(self) -> str:
        """Major version of the server; another one may write the same rows otherwise."""

    def dump(self, path: Path) -> Snapshot:
        """Write a dump and say what is in it."""

    def check_dump(self, path: Path) -> None:
        """Refuse a dump that cannot be loaded, without changing it."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep a second restore out."""

    def contents(self) -> list[str]:
        """What the database holds, in words; nothing if it is empty."""

    def marked(self) -> bool:
        """Whether what the database holds was left by a killed restore."""

    def mark(self, text: str) -> None:
        """Write into the database that a restore has begun."""

    def unmark(self) -> None:
        """Take that back, in the transaction that is open."""

    def wipe(self) -> None:
        """Remove what a killed restore has left."""

    def load(self, path: Path, sha256: str) -> dict[str, Table]:
        """Load a dump and return what is there afterwards."""


def current() -> Database:
    """The database of this hub.

    Raises:
        BackupError: it is of a kind that cannot be backed up.
    """
    settings_of = settings.DATABASES["default"]
    engine = settings_of["ENGINE"].rsplit(".", 1)[-1]
    if engine == "postgresql":
        from .postgresql import PostgreSQL

        return PostgreSQL(settings_of)
    if engine == "sqlite3":
        from .sqlite import SQLite

        return SQLite(Path(settings_of["NAME"]))
    raise BackupError(f"There is no backup of databases of the kind {engine}.")


def volatile_tables() -> list[str]:
    return [model._meta.db_table for model in VOLATILE]


def upload_columns() -> Iterator[tuple[str, str]]:
    """Tables and columns that name files of the media folder."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, models.FileField):
                yield model._meta.db_table, str(field.column)


def uploads_named(rows: Iterator[Any]) -> set[str]:
    """Names from rows of one column; empty ones are no files."""
    return {row[0] for row in rows if row[0]}
