"""Looking at a backup before anything is done with it."""

import os
import stat
from pathlib import Path

from . import files, fingerprint, manifest
from .databases import Database
from .errors import RefusedBackupError
from .manifest import Manifest


def check_backup(folder: Path) -> Manifest:
    """Read every byte of a backup and compare it with its manifest.

    Raises:
        RefusedBackupError: naming every file that is damaged, missing or does not belong there.
    """
    if not folder.is_dir():
        raise RefusedBackupError(f"{folder} is no folder with a backup.")
    made = manifest.read(folder)
    found, problems = _find(folder)
    listed = set(made.files)
    problems += [f"{name} is missing" for name in sorted(listed - found)]
    problems += [f"{name} does not belong to the backup" for name in sorted(found - listed)]
    for name in sorted(listed & found):
        problems += _compare(folder / name, name, made.files[name])
    if problems:
        raise RefusedBackupError(f"The backup {folder} is damaged:", problems)
    _database_of(made).check_dump(folder / made.database_file)
    return made


def check_fits(made: Manifest, database: Database) -> None:
    """Refuse a backup that this hub cannot take.

    Raises:
        RefusedBackupError: it is of the other kind of database or of a newer version.
    """
    if made.database != database.kind:
        raise RefusedBackupError(
            f"The backup is of a {made.database} database, this hub has {database.kind}. "
            "DATABASE_URL decides."
        )
    unknown = sorted(set(made.migrations) - fingerprint.known_migrations())
    if unknown:
        raise RefusedBackupError(
            "The backup was made by a newer version of the hub; it has migrations unknown here:",
            unknown,
        )


def _find(folder: Path) -> tuple[set[str], list[str]]:
    """Names of all files but the manifest and its checksum; what is no plain file is a problem."""
    found, problems = set(), []
    for place, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(place) / name
            shown = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                problems.append(f"{shown} is neither a file nor a folder")
            elif stat.S_ISREG(mode):
                found.add(shown)
    return found - {manifest.MANIFEST, manifest.CHECKSUM}, problems


def _compare(path: Path, name: str, wanted: files.Content) -> list[str]:
    try:
        size = path.stat().st_size
        if size != wanted.size:
            return [f"{name} has {size} bytes instead of {wanted.size}"]
        if files.read_content(path).sha256 != wanted.sha256:
            return [f"{name} has another content than when it was backed up (SHA-256)"]
    except OSError as error:
        return [f"{name} cannot be read: {error.strerror}"]
    return []


def _database_of(made: Manifest) -> Database:
    """The kind of database that the backup is of, whatever this hub has."""
    from .postgresql import PostgreSQL
    from .sqlite import SQLite

    if made.database == SQLite.kind:
        return SQLite(Path())
    if made.database == PostgreSQL.kind:
        return PostgreSQL({"NAME": ""})
    raise RefusedBackupError(f"Databases of the kind {made.database!r} are not known here.")
