"""A SQLite file of keys and values, shared by the processes of one machine and losable at any time."""

import os
import random
import sqlite3
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

WAIT_SECONDS = 0.3
LARGEST_BYTES = 512 * 1024 * 1024
PAGE_BYTES = 4096

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
DAMAGED = {
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_ERROR,  # another schema; our statements themselves are known to be right
}
SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, expires REAL NOT NULL, value BLOB NOT NULL
)
"""

Rows = list[tuple[Any, ...]]

_files: dict[Path, "_Opened"] = {}
# Threads take turns: waiting for each other here costs less than at the locks of the file.
_turn = threading.Lock()
# SQLite forbids even closing a connection that was opened before a fork.
_of_parent: list[Any] = []


def _begin_anew() -> None:
    """A child may have been forked while a thread of its parent had its turn."""
    global _turn
    _turn = threading.Lock()


os.register_at_fork(after_in_child=_begin_anew)


class _Opened:
    """The connection of this process, and which file it is open on."""

    def __init__(self, connection: sqlite3.Connection, file: tuple[int, int] | None) -> None:
        self.connection, self.file, self.pid = connection, file, os.getpid()


class CacheFile:
    """Runs statements on the file. Makes it when it is missing, and anew when it is damaged.

    Before each statement it looks whether the file is still the one that it opened: a process that
    went on writing to a deleted file would miss what others purge.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, statement: str, values: Sequence[Any] = ()) -> tuple[int, Rows]:
        """Run one statement as one transaction; return the number of changed rows and all rows.

        Raises:
            sqlite3.Error, OSError: the file is locked for too long, or cannot be written.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        may_repair = True
        while True:
            with _turn:
                try:
                    cursor = self._opened().connection.execute(statement, values)
                    rows = cursor.fetchall()
                    return cursor.rowcount, rows
                except sqlite3.Error as error:
                    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISUSE) & 0xFF
                    if code in DAMAGED and may_repair:
                        may_repair = False
                        self._make_anew()
                    elif code not in BUSY or time.monotonic() >= deadline:
                        raise
            if code in BUSY:
                # SQLite's own waiting sleeps ever longer and loses against busy neighbours.
                time.sleep(random.uniform(0.0005, 0.002))  # noqa: S311  no secret

    def _opened(self) -> _Opened:
        opened = _files.get(self.path)
        if opened is not None and opened.pid != os.getpid():
            _of_parent.append(_files.pop(self.path))
            opened = None
        if opened is not None and opened.file != self._file():
            _files.pop(self.path).connection.close()
            opened = None
        if opened is None:
            opened = _files[self.path] = self._open()
        return opened

    def _file(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self.path)  # noqa: PTH116  before each statement: the quickest way
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _open(self) -> _Opened:
        file = self._file() or self._made()
        connection = sqlite3.connect(
            self.path, timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            for line in (
                # Not WAL: its shared memory would end a process that maps it while another makes the
                # file anew.
                "PRAGMA journal_mode=TRUNCATE",
                "PRAGMA synchronous=OFF",
                f"PRAGMA max_page_count={LARGEST_BYTES // PAGE_BYTES}",
                SCHEMA,
            ):
                connection.execute(line).fetchall()
        except sqlite3.Error:
            connection.close()
            raise
        return _Opened(connection, file)

    def _made(self) -> tuple[int, int] | None:
        """Make an empty file for nobody else's eyes: sessions lie in it.

        Under another name first: closing a handle of a file drops the locks that SQLite holds on it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{self.path.name}-", dir=self.path.parent)
        os.close(handle)
        with suppress(FileExistsError):  # another process or thread was quicker
            os.link(name, self.path)  # noqa: PTH200
        os.unlink(name)  # noqa: PTH108
        return self._file()

    def _make_anew(self) -> None:
        """Delete the damaged file, unless another process has already done so."""
        opened = _files.pop(self.path, None)
        damaged = opened.file if opened else self._file()
        if opened is not None:
            opened.connection.close()
        if damaged != self._file():
            return
        for suffix in ("", "-journal"):
            with suppress(FileNotFoundError):
                os.unlink(f"{self.path}{suffix}")  # noqa: PTH108
