"""Media files: found, copied, and copied again until they are what the database dump refers to."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage

from . import files
from .errors import BackupError


@dataclass(frozen=True)
class Sign:
    """What changes when a file does: Django never writes into a file under its final name twice."""

    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> "Sign":
        status = path.stat()
        return cls(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def root() -> Path:
    """Folder of the uploads.

    Raises:
        BackupError: they are kept somewhere else than in a folder.
    """
    if not isinstance(default_storage, FileSystemStorage):
        raise BackupError(
            f"Uploads are kept by {default_storage.__class__.__name__}; only those in a folder "
            "can be backed up and restored. Use the means of that store."
        )
    return Path(default_storage.location)


def walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """All files below a folder with their names relative to it.

    Raises:
        BackupError: there is something else than plain files and folders.
    """
    for place, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = Path(place) / name
            if path.is_symlink():
                raise BackupError(f"{path} is a symbolic link; put the file itself there.")
        for name in names:
            path = Path(place) / name
            if path.exists() and not path.is_file():
                raise BackupError(f"{path} is neither a file nor a folder.")
            yield path.relative_to(folder).as_posix(), path


@dataclass
class Copies:
    """The copy of the media in a backup that is being made."""

    source: Path
    target: Path
    signs: dict[str, Sign] = field(default_factory=dict)
    contents: dict[str, files.Content] = field(default_factory=dict)

    def catch_up(self) -> None:
        """Copy files that are new or have changed since the last time. What has gone stays."""
        for name, path in walk(self.source):
            try:
                if self.signs.get(name) != Sign.of(path):
                    self._copy(name, path)
            except FileNotFoundError:
                continue  # deleted meanwhile

    def _copy(self, name: str, path: Path) -> None:
        target = self.target / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=files.PRIVATE_FOLDER)
        sign = Sign.of(path)
        content = files.copy(path, target)
        self.signs[name], self.contents[name] = sign, content

    def doubtful(self, names: set[str], before: dict[str, Sign], since: int) -> set[str]:
        """Which of the files that a dump refers to may be others than the dump means.

        Those that nobody has copied, that have changed, or whose name was given to another file
        after the dump had begun (``since``, in nanoseconds).
        """
        return {
            name
            for name in names
            if name not in self.signs
            or (name in before and before[name] != self.signs[name])
            or (name not in before and self.signs[name].changed >= since)
        }

    def forget_deleted(self, names: set[str]) -> None:
        """Remove copies of files that are gone and that the dump does not refer to."""
        for name in set(self.contents) - names:
            if not (self.source / name).exists():
                (self.target / name).unlink()
                del self.contents[name], self.signs[name]
