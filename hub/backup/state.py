"""A restore that was killed leaves an instance that says so.

A file in the data folder stands from the first write of a restore to its last; under PostgreSQL a
table as well, because other machines share the database but not the folder. Asked at every request,
so the file is all that is looked at, except in a process that has not seen a whole database yet.
"""

import os
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import DatabaseError, connection

from .files import sync_folder

FILE = "unfinished-restore"
LOCK = "restore.lock"
ASK_AGAIN_SECONDS = 5.0


def marker_file() -> Path:
    return Path(settings.DATA_DIR) / FILE


def lock_file() -> Path:
    return Path(settings.DATA_DIR) / LOCK


def mark(text: str) -> None:
    """Write the file; it is on the disk when this returns."""
    marker_file().parent.mkdir(parents=True, exist_ok=True)
    with marker_file().open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(marker_file().parent)


def unmark() -> None:
    marker_file().unlink(missing_ok=True)
    sync_folder(marker_file().parent)


def unfinished_restore() -> str:
    """Why this instance may not be used: a restore is running or has not come to its end.

    Returns:
        What was being restored, or nothing if all is well.
    """
    try:
        return marker_file().read_text(encoding="utf-8").strip() or "a restore"
    except FileNotFoundError:
        return _database.told()


class _SharedMarker:
    """What the database says; remembered for good once the database was seen to be whole."""

    def __init__(self) -> None:
        self.is_whole = False
        self.answer = ""
        self.ask_at = 0.0

    def told(self) -> str:
        if self.is_whole or connection.vendor != "postgresql" or time.monotonic() < self.ask_at:
            return self.answer
        self.ask_at = time.monotonic() + ASK_AGAIN_SECONDS
        try:
            self.answer, self.is_whole = _ask()
        except DatabaseError:
            # It does not answer: that is for others to report.
            self.answer, self.is_whole = "", False
        return self.answer

    def doubt(self, **kwargs: Any) -> None:
        """After a failure the database may be another one than before."""
        self.is_whole = False


def _ask() -> tuple[str, bool]:
    """What the marker says, and whether the database has content and no marker."""
    from .postgresql import MARKER_TABLE

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s), to_regclass('django_migrations')", [MARKER_TABLE])
        marker, migrations = cursor.fetchone()
        if marker is None:
            return "", migrations is not None
        cursor.execute(f"SELECT told FROM {MARKER_TABLE}")  # noqa: S608  own name
        row = cursor.fetchone()
        return (row[0] if row else "a restore"), False


_database = _SharedMarker()
got_request_exception.connect(_database.doubt, dispatch_uid="hub.backup.state")
