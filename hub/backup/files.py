"""Files that must be complete: copied with their checksum and written through to the disk."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import BackupError

CHUNK = 1024 * 1024
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True)
class Content:
    """Size and SHA-256 of a file."""

    size: int
    sha256: str


def read_content(path: Path) -> Content:
    """Read a file to the end and return what it holds."""
    with path.open("rb") as file:
        return _pump(file, None)


def copy(source: Path, target: Path, mode: int = PRIVATE_FILE) -> Content:
    """Copy a file so that it is on the disk when this returns; return what was read."""
    with source.open("rb") as file:
        return write(file, target, mode)


def write(source: IO[bytes], target: Path, mode: int = PRIVATE_FILE) -> Content:
    """Write a stream to a file so that it is on the disk when this returns."""
    descriptor = os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        content = _pump(source, file)
        file.flush()
        os.fsync(file.fileno())
    return content


def _pump(source: IO[bytes], target: IO[bytes] | None) -> Content:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
        if target is not None:
            target.write(chunk)
    return Content(size, digest.hexdigest())


def sync_file(path: Path) -> None:
    """Write a file that another program has made through to the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Write the names in a folder through to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folders(root: Path) -> None:
    """Write the names in a folder and in all below it through to the disk."""
    for folder, _folders, _files in os.walk(root):
        sync_folder(Path(folder))


@contextmanager
def locked(path: Path, refusal: str) -> Iterator[None]:
    """Hold a lock file; the system lets go of it when the process dies, however it dies.

    Raises:
        BackupError: another process holds it.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(refusal) from error
        yield


def readable_size(size: int) -> str:
    """A number of bytes for people."""
    amount = float(size)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"
