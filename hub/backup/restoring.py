"""Bringing a backup back into an empty instance."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.db.models.functions import Greatest

from content.housekeeping import reach
from content.models import Job, Milestone
from content.pagecache import purge, tags

from . import databases, files, fingerprint, media, state, verifying
from .databases import Database
from .errors import BackupError, NotEmptyError, RefusedBackupError
from .making import SPARE_BYTES, Say
from .manifest import MEDIA, Manifest, Table

UPLOAD_MODE = 0o640


def restore(folder: Path, *, say: Say = lambda _line: None) -> Manifest:
    """Restore a backup. Everything is verified before the first write.

    From there to the end a marker makes the instance unusable, so that one that was left half full
    cannot be mistaken for a whole one. What a killed restore has left is removed by the next one.

    Raises:
        RefusedBackupError: the backup is damaged or does not fit; nothing was written.
        NotEmptyError: the instance holds something; nothing was written.
        BackupError: it failed on the way; the instance says so until a restore succeeds.
    """
    folder = folder.resolve()
    say(f"Checking {folder}")
    made = verifying.check_backup(folder)
    database = databases.current()
    state.lock_file().parent.mkdir(parents=True, exist_ok=True)
    with (
        files.locked(state.lock_file(), "Another restore into this instance is running."),
        database.locked(),
    ):
        if _was_finished(database):
            state.unmark()
            say("An earlier restore had come to its end but for a last note, which is made now.")
            return made
        _check_room(made, database)
        # Not earlier: loading migrations opens the database, and SQLite drops a WAL without one.
        verifying.check_fits(made, database)
        _remove_left_over(say)
        told = f"the restore of {folder.name}, begun {datetime.now(UTC).isoformat()},"
        state.mark(told)
        try:
            database.mark(told)
            _write(folder, made, database, say)
            _settle(made, say)
            _finish(folder, made, database, told)
        except OSError as error:
            raise BackupError(f"{error.filename}: {error.strerror}.") from error
        except DatabaseError as error:
            raise BackupError(f"The database failed: {str(error).strip()}") from error
    return made


def _was_finished(database: Database) -> bool:
    """Whether a restore was killed after its last write to a database that other machines share."""
    if not state.marker_file().exists() or not database.contents() or database.marked():
        return False
    told = state.marker_file().read_text(encoding="utf-8")
    try:
        return Milestone.objects.filter(name="restore", data__marker=told).exists()
    except DatabaseError:
        return False


def _check_room(made: Manifest, database: Database) -> None:
    """Make sure that there is nothing to lose.

    A marker names what a killed restore has written: the file those uploads, and the database that
    lies beside it; the one in a shared database that database.
    """
    uploads = media.root()
    is_ours = state.marker_file().exists()
    found = [] if database.marked() else database.contents()
    if not is_ours and any(path for _name, path in media.walk(uploads)):
        found.append(f"uploads in {uploads}")
    if found:
        raise NotEmptyError("A backup is restored into an empty instance only. Here is:", found)
    free = shutil.disk_usage(state.lock_file().parent).free
    needed = made.size + SPARE_BYTES
    if free < needed and not is_ours:
        raise BackupError(
            f"{state.lock_file().parent} has {files.readable_size(free)} left, the restore needs "
            f"{files.readable_size(needed)}."
        )


def _remove_left_over(say: Say) -> None:
    """Delete the uploads of a killed restore; its database goes when the new one comes."""
    if state.marker_file().exists():
        say("Removing what an unfinished restore has left")
        for path in media.root().glob("*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write(folder: Path, made: Manifest, database: Database, say: Say) -> None:
    """Uploads first: what the database refers to is there before the database is."""
    uploads = media.root()
    say(f"Writing {len(made.media)} uploads")
    uploads.mkdir(parents=True, exist_ok=True)
    for name, wanted in made.media.items():
        target = uploads / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if files.copy(folder / MEDIA / name, target, UPLOAD_MODE) != wanted:
            raise RefusedBackupError(f"{folder / MEDIA / name} has changed since it was checked.")
    files.sync_folders(uploads)
    say("Writing the database")
    dump = folder / made.database_file
    loaded = database.load(dump, made.files[made.database_file].sha256)
    _compare(made.tables, loaded, made.versions.get(database.kind) == database.version())


def _compare(wanted: dict[str, Table], found: dict[str, Table], has_same_digests: bool) -> None:
    """What was loaded has to be what was backed up, row for row.

    Another version of the server may write a row in another way: then only the rows are counted.
    """
    if not has_same_digests:
        wanted, found = _counted(wanted), _counted(found)
    differing = [
        f"{name}: {getattr(wanted.get(name), 'rows', 'no table')} rows backed up, "
        f"{getattr(found.get(name), 'rows', 'no table')} restored"
        for name in sorted(wanted.keys() | found.keys())
        if wanted.get(name) != found.get(name)
    ]
    if differing:
        raise BackupError("The restored tables are not those of the backup:", differing)


def _counted(tables: dict[str, Table]) -> dict[str, Table]:
    return {name: Table(table.rows, "") for name, table in tables.items()}


def _settle(made: Manifest, say: Say) -> None:
    """Bring what was loaded into the state that this code and this machine expect."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("The backup is older than this version: migrating")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("rebuild_facts", verbosity=0)
    # Their runners are gone, and it was not their fault.
    Job.objects.filter(state=Job.State.RUNNING).update(
        state=Job.State.WAITING,
        attempts=Greatest(F("attempts") - 1, 0),
        token=None,
        locked_until=None,
    )
    cache.clear()
    for line in fingerprint.differences(made.settings):
        say(f"Set differently: {line}")
    for name in made.missing_media:
        say(f"Missing already when the backup was made: {name}")


def _finish(folder: Path, made: Manifest, database: Database, told: str) -> None:
    """The note and the end of the marker in the database are one; the file goes last.

    Caches in front of the hub are told that everything has changed.
    """
    with transaction.atomic():
        purge.purge({tags.FRAME})
        reach("restore", folder=folder.name, made=made.made, bytes=made.size, marker=told)
        database.unmark()
    connection.close()
    state.unmark()
