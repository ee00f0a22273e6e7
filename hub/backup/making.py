"""Making a backup while the hub goes on working."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.settings import env

from . import databases, files, fingerprint, manifest, media
from .databases import Database, Snapshot
from .errors import BackupError
from .state import unfinished_restore

PREFIX = "hub-"
PARTIAL = ".partial"
LOCK = ".backup.lock"
# Each round copies what has changed since the last one, so rounds become short.
ROUNDS = 10
SPARE_BYTES = 16 * 1024 * 1024

Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """A backup that is complete."""

    folder: Path
    size: int
    seconds: float
    media: int
    missing_media: list[str]


def make_backup(place: Path, *, keep: int | None = None, say: Say = lambda _line: None) -> Made:
    """Write a backup into a new folder below ``place``; only a complete one bears its final name.

    Args:
        place: an existing folder.
        keep: how many complete backups may stay, this one included; older ones are deleted.

    Raises:
        BackupError: with the file and the reason. What was written is removed.
    """
    started = time.monotonic()
    place = place.resolve()
    _check_place(place)
    with files.locked(place / LOCK, f"Another backup into {place} is running."):
        _clear_partial(place)
        folder = place / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        if folder.exists():
            raise BackupError(f"{folder} exists already.")
        partial = folder.with_name(folder.name + PARTIAL)
        try:
            made = _fill(partial, say)
            partial.rename(folder)
            files.sync_folder(place)
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise BackupError(f"{error.filename or partial}: {error.strerror}.") from error
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        if keep is not None:
            _delete_old(folder, keep, say)
    return Made(
        folder,
        made.size + sum(path.stat().st_size for path in folder.glob("MANIFEST.*")),
        round(time.monotonic() - started, 1),
        len(made.media),
        made.missing_media,
    )


def complete_backups(place: Path) -> list[Path]:
    """Folders of complete backups, oldest first."""
    return sorted(
        path
        for path in place.glob(f"{PREFIX}*Z")
        if path.is_dir() and not path.is_symlink() and (path / manifest.CHECKSUM).is_file()
    )


def _check_place(place: Path) -> None:
    if told := unfinished_restore():
        raise BackupError(f"There is nothing to back up: {told} has not come to its end.")
    if not place.is_dir():
        raise BackupError(f"{place} is no folder. Make it first, so that no disk is missing.")
    if not os.access(place, os.W_OK | os.X_OK):
        raise BackupError(f"{place} cannot be written.")
    uploads = media.root().resolve()
    if uploads == place or uploads in place.parents:
        raise BackupError(f"{place} lies among the uploads in {uploads}; take another place.")


def _clear_partial(place: Path) -> None:
    """Remove what killed backups have left; we hold the lock, so none of them is alive."""
    for path in place.glob(f"{PREFIX}*{PARTIAL}"):
        shutil.rmtree(path, ignore_errors=True)


def _fill(folder: Path, say: Say) -> manifest.Manifest:
    database = databases.current()
    copies = media.Copies(media.root(), folder / manifest.MEDIA)
    _check_space(folder.parent, database, copies.source)
    folder.mkdir(mode=files.PRIVATE_FOLDER)
    copies.target.mkdir(mode=files.PRIVATE_FOLDER)
    snapshot, missing = _matching_dump(database, folder / database.file, copies, say)
    found = {database.file: files.read_content(folder / database.file)}
    found |= {f"{manifest.MEDIA}/{name}": content for name, content in copies.contents.items()}
    made = manifest.Manifest(
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        database=database.kind,
        database_file=database.file,
        versions={**fingerprint.versions(), database.kind: database.version()},
        settings=env.fingerprint(),
        migrations=snapshot.migrations,
        tables=snapshot.tables,
        files=found,
        missing_media=missing,
    )
    files.sync_folders(folder)
    made.save(folder)
    files.sync_folder(folder)
    return made


def _matching_dump(
    database: Database, path: Path, copies: media.Copies, say: Say
) -> tuple[Snapshot, list[str]]:
    """Dump until every upload that the dump refers to is in the copy as the dump means it.

    Uploads are copied before the dump and again after it. A file that was deleted or replaced between
    makes its name doubtful, and a new dump is made, which no longer refers to it. A name that two
    dumps in a row refer to and nobody can find has been lost before: that is told, not repeated.
    """
    say("Copying uploads")
    copies.catch_up()
    lost: set[str] = set()
    for _round in range(ROUNDS):
        say("Dumping the database")
        before, started = dict(copies.signs), time.time_ns()
        snapshot = database.dump(path)
        copies.catch_up()
        doubtful = copies.doubtful(snapshot.uploads, before, started)
        if doubtful <= lost - set(copies.signs):
            copies.forget_deleted(snapshot.uploads)
            return snapshot, sorted(doubtful)
        lost = doubtful - set(copies.signs)
        say(f"{len(doubtful)} uploads have changed meanwhile; once more")
    raise BackupError(
        f"Uploads change faster than they can be copied ({ROUNDS} times tried):", sorted(doubtful)
    )


def _check_space(place: Path, database: Database, uploads: Path) -> None:
    needed = database.size() + SPARE_BYTES
    needed += sum(path.stat().st_size for _name, path in media.walk(uploads) if path.exists())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise BackupError(
            f"{place} has {files.readable_size(free)} left, the backup may need "
            f"{files.readable_size(needed)}."
        )


def _delete_old(newest: Path, keep: int, say: Say) -> None:
    """Rename first: a backup of which half is deleted must not look like one.

    Clocks are set back at times, so the one just made is kept whatever its name.
    """
    others = [path for path in complete_backups(newest.parent) if path != newest]
    for path in others[: max(0, len(others) - keep + 1)]:
        gone = path.with_name(path.name + PARTIAL)
        try:
            path.rename(gone)
            shutil.rmtree(gone)
        except OSError as error:
            raise BackupError(
                f"{newest} is complete, but the old {path} cannot be deleted: {error.strerror}."
            ) from error
        say(f"Deleted {path}")
