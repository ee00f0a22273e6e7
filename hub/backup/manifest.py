"""The list of everything in a backup, and its own checksum.

It is read as something that a stranger may have written: size, types and every path are checked
before anything else happens.
"""

import hashlib
import io
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import RefusedBackupError
from .files import PRIVATE_FILE, Content, write

MANIFEST, CHECKSUM = "MANIFEST.json", "MANIFEST.sha256"
MEDIA = "media"
FORMAT = 1
# About a million files.
MAX_MANIFEST_BYTES = 200 * 1024 * 1024
SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True)
class Table:
    """Rows of a table and a digest of them that does not depend on their order."""

    rows: int
    digest: str


@dataclass
class Manifest:
    """What is in a backup and what it was made of."""

    made: str
    database: str
    database_file: str
    versions: dict[str, str]
    settings: dict[str, str]
    migrations: list[str]
    tables: dict[str, Table]
    files: dict[str, Content] = field(default_factory=dict)
    missing_media: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Bytes of all files that the manifest names."""
        return sum(content.size for content in self.files.values())

    @property
    def media(self) -> dict[str, Content]:
        """Uploads by their name below the media folder."""
        start = f"{MEDIA}/"
        return {
            name.removeprefix(start): content
            for name, content in self.files.items()
            if name.startswith(start)
        }

    def save(self, folder: Path) -> None:
        """Write the manifest and, last of all, its checksum."""
        text = json.dumps(asdict(self), indent=1, sort_keys=True).encode()
        write(io.BytesIO(text), folder / MANIFEST, PRIVATE_FILE)
        write(io.BytesIO(_checksum_line(text)), folder / CHECKSUM, PRIVATE_FILE)


def _checksum_line(text: bytes) -> bytes:
    """As ``sha256sum`` writes it, so that ``sha256sum --check`` reads it."""
    return f"{hashlib.sha256(text).hexdigest()}  {MANIFEST}\n".encode()


def read(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        RefusedBackupError: it is missing, damaged, too large or not of our making.
    """
    text = _read_small(folder / MANIFEST, MAX_MANIFEST_BYTES)
    if _read_small(folder / CHECKSUM, 1024) != _checksum_line(text):
        raise RefusedBackupError(
            f"The backup {folder} is damaged: {MANIFEST} and {CHECKSUM} do not agree."
        )
    try:
        return _parse(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise RefusedBackupError(f"{folder / MANIFEST} cannot be used: {error}") from error


def _read_small(path: Path, limit: int) -> bytes:
    try:
        if path.is_symlink() or not path.is_file():
            raise RefusedBackupError(f"{path} is missing: this is no complete backup.")
        if path.stat().st_size > limit:
            raise RefusedBackupError(f"{path} is too large to be what its name says.")
        return path.read_bytes()
    except OSError as error:
        raise RefusedBackupError(f"{path} cannot be read: {error.strerror}.") from error


def _parse(data: dict[str, Any]) -> Manifest:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']!r} is not known here; use a newer version")
    manifest = Manifest(
        made=_text(data["made"]),
        database=_text(data["database"]),
        database_file=_text(data["database_file"]),
        versions=_texts(data["versions"]),
        settings=_texts(data["settings"]),
        migrations=[_text(name) for name in data["migrations"]],
        tables={
            _text(name): Table(_number(row["rows"]), _text(row["digest"]))
            for name, row in data["tables"].items()
        },
        files={
            name: Content(_number(row["size"]), _sha256(row["sha256"]))
            for name, row in data["files"].items()
        },
        missing_media=[_text(name) for name in data["missing_media"]],
    )
    for name in manifest.files:
        _check_path(name, manifest.database_file)
    if manifest.database_file not in manifest.files:
        raise ValueError("it names no database")
    return manifest


def _check_path(name: str, database_file: str) -> None:
    """A file of a backup is the database or lies below the media folder, nowhere else."""
    path = PurePosixPath(name)
    is_plain = str(path) == name and "\x00" not in name and ".." not in path.parts
    is_ours = name == database_file and len(path.parts) == 1
    if not is_plain or path.is_absolute() or not (is_ours or path.parts[0] == MEDIA):
        raise ValueError(f"{name!r} is no path inside a backup")
    if name in {MANIFEST, CHECKSUM, MEDIA}:
        raise ValueError(f"{name!r} cannot be listed")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: dict[str, Any]) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in value.items()}


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError(f"{value!r} is no size")
    return value


def _sha256(value: Any) -> str:
    if not SHA256.match(_text(value)):
        raise ValueError(f"{value!r} is no SHA-256")
    return str(value)
