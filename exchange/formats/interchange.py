"""Reads the interchange format: one Markdown or HTML file per document, front matter in YAML.

Nothing a file says is trusted. What could cost time or memory is refused before it is parsed:
YAML aliases, tags and deep nesting never reach the loader.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from exchange.problems import Problems
from exchange.schemas import ID, ID_PART, LANGUAGE, FrontMatter, check_front_matter

MAX_FILE = 2_000_000
MAX_LINE = 200_000
MAX_FRONT = 200_000
MAX_DEPTH = 20
MAX_NODES = 20_000
MAX_MANIFEST = 20_000_000
# A document's Markdown may not nest deeper than this; real ones stay below 8.
MAX_MARKS = 100
MAX_LINES = 20_000
# More marks of one kind in a line, or in a body, than any text has: they only cost time.
MAX_PER_LINE = 3_000
MAX_PER_BODY = 40_000
MARKS = "[<*_`!&|:>"


Check = Callable[[dict[str, Any], Problems], None]


class FrontMatterError(Exception):
    """The front matter is refused; ``line`` counts from the top of the file."""

    def __init__(self, code: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.line = line


@dataclass(frozen=True)
class SourceFile:
    """A file of the batch, not read yet."""

    path: Path
    name: str

    @property
    def root(self) -> Path:
        """The folder its name starts at."""
        return self.path.parents[self.name.count("/")]


@dataclass
class Manifest:
    """What a batch says about its collections. Optional."""

    collections: dict[str, dict[str, Any]] = field(default_factory=dict)

    def title(self, collection: str) -> str:
        title = self.collections.get(collection, {}).get("title")
        return title if isinstance(title, str) and title.strip() else _title_of(collection)

    def attribution(self, collection: str) -> str:
        text = self.collections.get(collection, {}).get("attribution")
        return text if isinstance(text, str) else ""


@dataclass
class ReadFile:
    """A file that was read: its typed front matter and its body."""

    name: str
    front: FrontMatter
    body: str
    sha256: str


def _title_of(collection: str) -> str:
    return collection.replace("-", " ").strip().capitalize()


def batch_root(path: Path) -> Path:
    """The folder ids are relative to: the one with the manifest, at or above ``path``."""
    start = path if path.is_dir() else path.parent
    for folder in (start, *list(start.parents)[:3]):
        if (folder / "manifest.json").is_file():
            return folder
    return start


def list_files(path: Path, root: Path) -> Iterator[SourceFile]:
    """Documents at or below ``path`` in stable order, by names that are safe to print."""
    candidates = sorted(path.rglob("*.md")) if path.is_dir() else [path]
    for candidate in candidates:
        name = candidate.relative_to(root).as_posix()
        yield SourceFile(candidate, "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name))


def _is_inside(path: Path, root: Path) -> bool:
    """Whether this is a plain file of the batch: no device, no link that leads out."""
    try:
        return path.is_file() and path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        # Links that go in a circle.
        return False


def read_manifest(root: Path) -> Manifest:
    """The manifest beside the documents; an unreadable one counts as none."""
    path = root / "manifest.json"
    try:
        if path.stat().st_size > MAX_MANIFEST:
            return Manifest()
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Manifest()
    rows = data.get("collections") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        return Manifest()
    rows = [row for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]
    return Manifest({row["name"]: row for row in rows})


def read_file(
    source: SourceFile, problems: Problems, check: Check | None = None
) -> ReadFile | None:
    """Read and check one file; None when it is refused or is no document.

    ``check`` adds what the caller asks of a front matter, whatever else is wrong with it.
    """
    text = _read_text(source, problems)
    if text is None:
        return None
    parts = _split(text)
    if parts is None:
        if "/" not in source.name and not text.startswith("---"):
            problems.add("not-a-document")
        else:
            problems.add(
                "front-matter-syntax", "", text[:40], "front matter between two lines of ---"
            )
        return None
    head, body = parts
    try:
        raw = load_front_matter(head)
    except FrontMatterError as error:
        place = f"line {error.line}" if error.line else ""
        problems.add(error.code, place, "", str(error))
        _check_body(body, problems)
        return None
    front = check_front_matter(raw, problems)
    _check_id(raw.get("id"), source, problems)
    _check_body(body, problems)
    if check is not None:
        check(raw, problems)
    if isinstance(raw.get("language"), str) and not LANGUAGE.match(raw["language"]):
        problems.add("unknown-language", "language", raw["language"], "a BCP 47 code")
    if problems.refused or front is None:
        return None
    return ReadFile(source.name, front, body, hashlib.sha256(text.encode()).hexdigest())


def _read_text(source: SourceFile, problems: Problems) -> str | None:
    if not _is_inside(source.path, source.root):
        problems.add("not-a-document", "", "", "a plain file below the folder of the import")
        return None
    try:
        with source.path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        problems.add("not-readable", "", error.strerror or "", "a file that this account may read")
        return None
    if len(data) > MAX_FILE:
        size = source.path.stat().st_size
        problems.add("too-large", "", f"{size} bytes", f"at most {MAX_FILE} bytes")
        return None
    if b"\0" in data:
        line = data[: data.index(b"\0")].count(b"\n") + 1
        problems.add("encoding", f"line {line}", "NUL byte", "text without NUL bytes")
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add("encoding", f"line {line}", data[error.start : error.start + 8], "UTF-8")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    longest = max((len(line) for line in text.split("\n")), default=0)
    if longest > MAX_LINE:
        problems.add("too-large", "", f"a line of {longest} characters", f"at most {MAX_LINE}")
        return None
    return text


def _split(text: str) -> tuple[str, str] | None:
    """Front matter and body: only the first two lines of ``---`` delimit."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]) + "\n", "\n".join(lines[number + 1 :])
    return None


def _check_id(value: Any, source: SourceFile, problems: Problems) -> None:
    if not isinstance(value, str) or not value:
        return
    wanted = source.name.removesuffix(".md")
    parts = value.split("/")
    # Only the language part, in the middle, may have capitals.
    fits = bool(ID.match(value)) and all(
        ID_PART.match(part) or (0 < place < len(parts) - 1 and LANGUAGE.match(part))
        for place, part in enumerate(parts)
    )
    if not fits:
        problems.add("invalid-id", "id", value, "parts of a-z, 0-9 and - joined by /")
    elif value != wanted and not _is_longer_path(value, wanted, source.path):
        problems.add("invalid-id", "id", value, f"the path of the file: {shorten_path(wanted)}")


def _is_longer_path(value: str, name: str, path: Path) -> bool:
    """Whether the id starts further up than the import: one collection or one file of a batch."""
    whole = path.absolute().as_posix().removesuffix(".md")
    return value.endswith(f"/{name}") and whole.endswith(f"/{value}")


def shorten_path(path: str) -> str:
    """The end of a path, which tells files apart."""
    return path if len(path) <= 80 else "…" + path[-79:]


def _check_body(body: str, problems: Problems) -> None:
    lines = body.split("\n")
    if len(lines) > MAX_LINES:
        problems.add("too-large", "body", f"{len(lines)} lines", f"at most {MAX_LINES}")
        return
    for mark in MARKS:
        number = body.count(mark)
        if number > MAX_PER_BODY:
            wanted = f"at most {MAX_PER_BODY} of one mark"
            problems.add("too-large", "body", f"{number} times {mark}", wanted)
            return
    for number, line in enumerate(lines, start=1):
        depth = 0
        for char in line:
            if char == ">":
                depth += 1
            elif char not in " \t":
                break
        indent = len(line) - len(line.lstrip(" \t"))
        if depth > MAX_MARKS or (indent > 1000 and line.strip()):
            problems.add("too-large", f"body line {number}", "nesting", f"at most {MAX_MARKS} deep")
            return
        for mark in MARKS:
            if line.count(mark) > MAX_PER_LINE:
                wanted = f"at most {MAX_PER_LINE} of one mark"
                problems.add("too-large", f"body line {number}", mark * 20, wanted)
                return


class _Loader(yaml.CSafeLoader):
    """Plain YAML: text, whole numbers, true and false, nothing. Dates stay as written."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def construct_scalar(self, node: Any) -> Any:
        if "\0" in node.value:
            raise FrontMatterError("encoding", "Text without NUL characters.", _line(node))
        return super().construct_scalar(node)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise FrontMatterError(
                    "front-matter-syntax", "A field name must be plain text.", _line(key)
                )
            if key.value in seen:
                raise FrontMatterError(
                    "front-matter-syntax", f"The field {key.value[:40]} stands twice.", _line(key)
                )
            if key.value == "<<":
                raise FrontMatterError("front-matter-syntax", "No merge keys (<<).", _line(key))
            seen.add(key.value)
        return {key.value: self.construct_object(value, deep=True) for key, value in node.value}


def _construct_map(loader: _Loader, node: Any) -> dict[Any, Any]:
    return loader.construct_mapping(node, deep=True)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)\Z"), ["t", "f"])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\Z"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"(?:~|null|)\Z"), ["~", "n", ""]
)
_Loader.add_constructor("tag:yaml.org,2002:map", _construct_map)


def load_front_matter(head: str) -> dict[str, Any]:
    """The front matter as plain data. Raises ``FrontMatterError``, nothing else."""
    if len(head) > MAX_FRONT:
        raise FrontMatterError("too-large", f"Front matter of at most {MAX_FRONT} characters.")
    try:
        _scan(head)
        data = yaml.load(head, Loader=_Loader)  # noqa: S506  a subclass of the safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not readable as YAML"
        line = mark.line + 2 if mark else 0
        raise FrontMatterError("front-matter-syntax", str(problem), line) from None
    except (ValueError, RecursionError) as error:
        raise FrontMatterError("front-matter-syntax", str(error)[:120]) from None
    if not isinstance(data, dict):
        raise FrontMatterError("front-matter-syntax", "Fields with values are wanted.", 2)
    return data


def _scan(head: str) -> None:
    """Refuse what must not reach the loader, on the stream of events, before anything is built."""
    depth = documents = 0
    for nodes, event in enumerate(yaml.parse(head, Loader=yaml.CSafeLoader)):
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontMatterError("front-matter-syntax", "No anchors and aliases (& and *).", line)
        if getattr(event, "tag", None):
            raise FrontMatterError("front-matter-syntax", "No tags (!).", line)
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if documents > 1:
            raise FrontMatterError("front-matter-syntax", "One YAML document only.", line)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            wanted = f"At most {MAX_DEPTH} levels and {MAX_NODES} values."
            raise FrontMatterError("too-large", wanted, line)


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 2
