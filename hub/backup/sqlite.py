"""SQLite: a copy of the file, made within one transaction."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path

from django.db import connection

from . import files, state
from .databases import Snapshot, upload_columns, uploads_named, volatile_tables
from .errors import BackupError, RefusedBackupError
from .manifest import Table

# Files of a database besides its main one. A full WAL without its database holds lost content.
COMPANIONS = ("-wal", "-journal", "-shm")
BUSY_SECONDS = 60
DIGEST_BITS = 128


class SQLite:
    """The database file of one machine."""

    kind = "sqlite"
    file = "database.sqlite3"

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        return sum(part.stat().st_size for part in self._parts() if part.exists())

    def version(self) -> str:
        return str(sqlite3.sqlite_version_info[0])

    def dump(self, path: Path) -> Snapshot:
        """Readers and writers go on meanwhile: VACUUM INTO only reads, in one transaction.

        It leaves out what was deleted, too, which a copy of the pages would carry along.
        """
        path.unlink(missing_ok=True)
        if not self.path.is_file():
            raise BackupError(f"There is no database {self.path}.")
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as source:
                source.execute("VACUUM INTO ?", (str(path),))
            path.chmod(files.PRIVATE_FILE)
            with closing(sqlite3.connect(path)) as copy:
                copy.execute("PRAGMA secure_delete=ON")
                for table in volatile_tables():
                    if table in _tables(copy):
                        copy.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608
                copy.commit()
                _check(copy, self.path)
                snapshot = _look(copy)
        except sqlite3.Error as error:
            raise BackupError(f"{self.path} could not be copied: {error}.") from error
        files.sync_file(path)
        return snapshot

    def check_dump(self, path: Path) -> None:
        try:
            with closing(_read_only(path)) as copy:
                _check(copy, path)
        except (sqlite3.Error, BackupError) as error:
            raise RefusedBackupError(f"{path} is damaged: {error}") from error

    def locked(self) -> AbstractContextManager[None]:
        return nullcontext()  # the lock file in the same folder does

    def contents(self) -> list[str]:
        left = [part for part in self._parts()[1:] if part.exists() and part.stat().st_size]
        if not self.path.exists():
            return [f"{part} (of a database that is gone?)" for part in left]
        if not self.path.stat().st_size and not left:
            return []
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as found:
                tables = _tables(found)
        except sqlite3.Error as error:
            return [f"{self.path}, which cannot be read: {error}"]
        return [f"{self.path} with {len(tables)} tables"] if tables else []

    def marked(self) -> bool:
        return state.marker_file().exists()

    def mark(self, text: str) -> None:
        """The marker file lies beside the database; nothing more is needed."""

    def unmark(self) -> None:
        """See ``mark``."""

    def wipe(self) -> None:
        connection.close()
        for part in [*self._parts(), self._new]:
            part.unlink(missing_ok=True)

    def load(self, path: Path, sha256: str) -> dict[str, Table]:
        """Build the file under another name, look at it, then give it the name."""
        self.wipe()
        if files.copy(path, self._new).sha256 != sha256:
            raise RefusedBackupError(f"{path} has changed since it was checked.")
        try:
            with closing(sqlite3.connect(self._new)) as copy:
                tables = _digests(copy)
                _check(copy, self._new)
        except sqlite3.Error as error:
            raise BackupError(f"{self._new} could not be read: {error}.") from error
        files.sync_file(self._new)
        self._new.rename(self.path)
        files.sync_folder(self.path.parent)
        return tables

    @property
    def _new(self) -> Path:
        return self.path.with_name(f"{self.path.name}.restoring")

    def _parts(self) -> list[Path]:
        return [self.path, *(Path(f"{self.path}{ending}") for ending in COMPANIONS)]


def _read_only(path: Path) -> sqlite3.Connection:
    """Open without leaving a trace: a backup may lie on a disk that cannot be written."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _check(database: sqlite3.Connection, path: Path) -> None:
    answer = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
    if answer != ["ok"]:
        raise BackupError(f"{path} is damaged; SQLite says:", answer)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _tables(database: sqlite3.Connection) -> list[str]:
    """Names of the tables without those that belong to a full text index."""
    rows = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
    )
    found = {str(name): str(sql) for name, sql in rows if not name.startswith("sqlite_")}
    virtual = [name for name, sql in found.items() if sql.upper().startswith("CREATE VIRTUAL")]
    return [
        name
        for name in found
        if name not in virtual and not any(name.startswith(f"{index}_") for index in virtual)
    ]


def _look(database: sqlite3.Connection) -> Snapshot:
    """What the file holds. Before an upgrade its columns may be fewer than those of the models."""
    known = {table: _columns(database, table) for table in _tables(database)}
    uploads: set[str] = set()
    for table, column in upload_columns():
        if column in known.get(table, ()):
            uploads |= uploads_named(_rows(database, table, _quoted(column)))
    migrations = [
        f"{app}.{name}" for app, name in _rows(database, "django_migrations", "app, name")
    ]
    return Snapshot(_digests(database), uploads, sorted(migrations))


def _digests(database: sqlite3.Connection) -> dict[str, Table]:
    return {table: _digest(database, table) for table in _tables(database)}


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in database.execute(f"PRAGMA table_info({_quoted(table)})")}


def _rows(database: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple]:
    return database.execute(f"SELECT {columns} FROM {_quoted(table)}")  # noqa: S608  own names


def _digest(database: sqlite3.Connection, table: str) -> Table:
    """Sum of the digests of all rows; text is taken as bytes, whatever it holds."""
    cursor = database.cursor()
    count = total = 0
    factory, database.text_factory = database.text_factory, bytes
    try:
        for row in cursor.execute(f"SELECT * FROM {_quoted(table)}"):  # noqa: S608  own names
            value = hashlib.sha256(repr(row).encode()).digest()
            total += int.from_bytes(value[: DIGEST_BITS // 8], "big")
            count += 1
    finally:
        database.text_factory = factory
    return Table(count, f"{total % 2**DIGEST_BITS:032x}")
