"""PostgreSQL: pg_dump and pg_restore of the machine, at one snapshot."""

import glob
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from hub.settings import env

from . import files
from .databases import Snapshot, upload_columns, uploads_named, volatile_tables
from .errors import BackupError, RefusedBackupError
from .manifest import Table

MARKER_TABLE = "hub_unfinished_restore"
RESTORE_LOCK = 0x6875_6272  # any number that nobody else locks
RESTORER = "hub-restore"
TOLD = 1500
# Text of a row must not depend on who asks for it.
SAME_TEXT = (
    "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; "
    "SET extra_float_digits = 1; SET bytea_output = 'hex'; "
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; "
    "SET idle_session_timeout = 0"
)
OWN_SCHEMAS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
NOT_OF_EXTENSION = (
    "NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass "
    "AND d.objid = c.oid AND d.deptype = 'e')"
)
# The hub's own, of its triggers; written with schema, name and arguments, as a statement needs them.
ROUTINES = "SELECT oid::regprocedure::text FROM pg_proc WHERE proname LIKE 'hub\\_%'"


class PostgreSQL:
    """A database of a PostgreSQL server."""

    kind = "postgresql"
    file = "database.dump"

    def __init__(self, given: dict[str, Any]) -> None:
        known = {part.keyword.decode() for part in psycopg.pq.Conninfo.get_defaults()}
        options = {name: value for name, value in given.get("OPTIONS", {}).items() if name in known}
        self._password = str(given.get("PASSWORD") or options.pop("password", "") or "")
        self._name = str(given["NAME"])
        address = {"host": given.get("HOST"), "port": given.get("PORT"), "user": given.get("USER")}
        self._address = {
            **options,
            **{name: value for name, value in address.items() if value},
            "dbname": self._name,
        }

    def size(self) -> int:
        with self._connected() as database:
            row = database.execute("SELECT pg_database_size(current_database())").fetchone()
            return int(row[0]) if row else 0

    def version(self) -> str:
        with self._connected() as database:
            return str(database.info.server_version // 10_000)

    def dump(self, path: Path) -> Snapshot:
        """pg_dump sees the snapshot of the transaction that counts and digests the rows."""
        with self._connected() as database:
            database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            row = database.execute("SELECT pg_export_snapshot()").fetchone()
            left_out = [f"--exclude-table-data={table}" for table in volatile_tables()]
            command = [
                *self._program("pg_dump"), "--format=custom", "--compress=1", "--no-owner",
                "--no-privileges", "--no-publications", "--no-subscriptions",
                f"--snapshot={row[0] if row else ''}", *left_out,
            ]  # fmt: skip
            self._run_into(command, path)
            snapshot = _look(database)
        self._list(path)
        return snapshot

    def check_dump(self, path: Path) -> None:
        try:
            self._list(path)
        except BackupError as error:
            raise RefusedBackupError(f"{path} cannot be loaded: {error}") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep a second restore out, of whatever machine, and end what a killed one left running."""
        with self._connected() as database:
            row = database.execute("SELECT pg_try_advisory_lock(%s)", (RESTORE_LOCK,)).fetchone()
            if not row or not row[0]:
                raise BackupError(f"Another restore into the database {self._name} is running.")
            database.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE application_name = %s AND datname = current_database()",
                (RESTORER,),
            )
            yield

    def contents(self) -> list[str]:
        with self._connected() as database:
            found = [table for _schema, table in _relations(database) if table != MARKER_TABLE]
        return [f"the database {self._name} with {len(found)} tables"] if found else []

    def marked(self) -> bool:
        with self._connected() as database:
            row = database.execute("SELECT to_regclass(%s)", (MARKER_TABLE,)).fetchone()
            return bool(row and row[0])

    def mark(self, text: str) -> None:
        with self._connected() as database, database.transaction():
            database.execute(f"CREATE TABLE IF NOT EXISTS {MARKER_TABLE} (told text)")
            database.execute(f"DELETE FROM {MARKER_TABLE}")  # noqa: S608  own name
            database.execute(f"INSERT INTO {MARKER_TABLE} VALUES (%s)", (text,))  # noqa: S608

    def unmark(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {MARKER_TABLE}")

    def wipe(self) -> None:
        """Only what has no owner in an extension; the marker stays to the end."""
        with self._connected() as database, database.transaction():
            for schema, name in _relations(database):
                if name != MARKER_TABLE:
                    table = sql.Identifier(schema, name)
                    database.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(table))
            for (signature,) in database.execute(ROUTINES).fetchall():
                database.execute(f"DROP ROUTINE {signature}")

    def load(self, path: Path, sha256: str) -> dict[str, Table]:
        """One transaction: all of it or nothing.

        The dump goes through a pipe, so that pg_restore stops when this process is killed.
        """
        connection.close()
        self.wipe()
        command = [
            *self._program("pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner",
            "--no-privileges", "--no-comments",
        ]  # fmt: skip
        self._run_from(command, path, sha256)
        with self._connected() as database:
            database.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            tables = _digests(database)
        tables.pop(MARKER_TABLE, None)
        return tables

    def _run_into(self, command: list[str], path: Path) -> None:
        with self._started(command, stdout=subprocess.PIPE) as process:
            if process.stdout is not None:
                files.write(process.stdout, path)
        self._check_end(command, process)

    def _run_from(self, command: list[str], path: Path, sha256: str) -> None:
        """Feed a program with a dump; the last part only when all of it was what it should be."""
        with self._started(command, stdin=subprocess.PIPE) as process, path.open("rb") as dump:
            digest, held = hashlib.sha256(), b""
            try:
                while chunk := dump.read(files.CHUNK):
                    digest.update(chunk)
                    if process.stdin is not None:
                        process.stdin.write(held)
                    held = chunk
                if digest.hexdigest() != sha256:
                    process.kill()
                    raise RefusedBackupError(f"{path} has changed since it was checked.")
                if process.stdin is not None:
                    process.stdin.write(held)
                    process.stdin.close()
            except BrokenPipeError:
                pass  # its end tells why
        self._check_end(command, process)

    @contextmanager
    def _started(self, command: list[str], **pipes: Any) -> Iterator[subprocess.Popen[bytes]]:
        """A program whose complaints are kept beside it: a full pipe would stop both."""
        with tempfile.TemporaryFile() as told:
            process = subprocess.Popen(  # noqa: S603  no shell, own arguments
                command, stderr=told, env=self._environment(), **pipes
            )
            try:
                yield process
                process.wait()
            except BaseException:
                process.kill()
                process.wait()
                raise
            finally:
                told.seek(0)
                self._complaint = told.read().decode(errors="replace").strip()[-TOLD:]

    def _check_end(self, command: list[str], process: subprocess.Popen[bytes]) -> None:
        if process.returncode:
            raise BackupError(f"{Path(command[0]).name} failed: {self._complaint}")

    def _list(self, path: Path) -> None:
        """Let pg_restore read the table of contents."""
        command = [_binary("pg_restore"), "--list", str(path)]
        with self._started(command, stdout=subprocess.DEVNULL) as process:
            pass
        self._check_end(command, process)

    def _program(self, name: str) -> list[str]:
        flag = "--dbname"
        return [_binary(name), f"{flag}={psycopg.conninfo.make_conninfo('', **self._address)}"]

    def _environment(self) -> dict[str, str]:
        """The password goes by the environment: command lines can be read by everybody."""
        more = {"PGPASSWORD": self._password} if self._password else {}
        return env.for_program(PGAPPNAME=RESTORER, **more)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection]:
        """A connection of our own; the marker and the lock must not hang on one of Django's."""
        given = {**self._address, "password": self._password} if self._password else self._address
        try:
            database = psycopg.connect(**given, autocommit=True)
        except psycopg.Error as error:
            raise BackupError(f"The database {self._name} does not answer: {error}") from error
        try:
            with database:
                database.execute(SAME_TEXT)
                yield database
        except psycopg.Error as error:
            raise BackupError(f"The database {self._name}: {error}".strip()) from error


def _binary(name: str) -> str:
    """Path of a client program, of the newest version installed."""
    if found := shutil.which(name):
        return found
    versions = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=_version)  # noqa: PTH207
    if not versions:
        raise BackupError(f"{name} is not installed (Debian: apt install postgresql-client).")
    return versions[-1]


def _version(path: str) -> int:
    name = Path(path).parent.parent.name
    return int(name) if name.isdigit() else 0


def _relations(database: psycopg.Connection) -> list[tuple[str, str]]:
    """Tables of all schemas but the server's own and those of extensions."""
    return database.execute(
        "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "  # noqa: S608
        f"WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND {OWN_SCHEMAS} "
        f"AND {NOT_OF_EXTENSION} ORDER BY 1, 2"
    ).fetchall()


def _look(database: psycopg.Connection) -> Snapshot:
    """What the database holds. Before an upgrade its columns may be fewer than those of the models."""
    uploads: set[str] = set()
    for table, column in _columns(database) & set(upload_columns()):
        query = sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), sql.Identifier(table))
        uploads |= uploads_named(iter(database.execute(query)))
    migrations = [
        f"{app}.{name}" for app, name in database.execute("SELECT app, name FROM django_migrations")
    ]
    return Snapshot(_digests(database), uploads, sorted(migrations))


def _columns(database: psycopg.Connection) -> set[tuple[str, str]]:
    return set(
        database.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema()"
        ).fetchall()
    )


def _digests(database: psycopg.Connection) -> dict[str, Table]:
    """Digest every table. Tables outside the usual schema keep its name in front."""
    left_out = set(volatile_tables())
    tables = {}
    for schema, name in _relations(database):
        shown = name if schema == "public" else f"{schema}.{name}"
        is_empty = name in left_out
        tables[shown] = Table(0, _written(0, 0)) if is_empty else _digest(database, schema, name)
    return tables


def _digest(database: psycopg.Connection, schema: str, name: str) -> Table:
    """Sums over the two halves of the digests of all rows, computed where the rows are."""
    query = sql.SQL(
        "SELECT count(*), coalesce(sum(('x' || substr(h, 1, 15))::bit(60)::bigint), 0), "
        "coalesce(sum(('x' || substr(h, 16, 15))::bit(60)::bigint), 0) "
        "FROM (SELECT md5(t::text) AS h FROM {} t) AS digests"
    ).format(sql.Identifier(schema, name))
    count, first, second = database.execute(query).fetchone() or (0, 0, 0)
    return Table(int(count), _written(int(first), int(second)))


def _written(first: int, second: int) -> str:
    return f"{first:x}-{second:x}"
