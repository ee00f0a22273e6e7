"""What an import has to say about a file: one line per problem, with a stable code."""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Level = Literal["error", "warning"]

# Code -> what it means. An error refuses the file, a warning goes in with it.
ERRORS = {
    "front-matter-syntax": "The front matter is not the plain YAML of the format.",
    "encoding": "The file is not UTF-8 text without NUL bytes.",
    "too-large": "The file, a line, or the nesting is above the limit.",
    "invalid-id": "The id is not made of allowed parts, or is not the path of the file.",
    "duplicate-id": "Another file of the batch has the same id.",
    "unknown-language": "The hub does not have this language.",
    "unknown-kind": "No app of this hub imports this kind.",
    "circular-translation": "The translation points at itself or at another translation.",
    "duplicate-translation": "Another document is the translation into this language.",
    "wrong-target": "The page this one refers to is of another kind or collection.",
    "missing-target": "The page this one refers to is neither in the batch nor imported before.",
    "missing-field": "A field that every document needs is missing.",
    "wrong-type": "A field holds something else than what is wanted.",
    "not-readable": "The file cannot be read.",
    "circular-parent": "The document is inside itself.",
    "not-saved": "The page could not be saved; nothing of it was kept.",
}
WARNINGS = {
    "unsafe-html": "Markup that may do something was removed; its text stays.",
    "markup-dropped": "Markup that only styles was removed; its text stays.",
    "image-dropped": "An image was left out; its alternative text stays as text.",
    "embed-as-link": "An embedded player or frame became a link.",
    "link-unresolved": "A link that does not resolve here became plain text.",
    "link-dropped": "A link in a place that cannot hold one became plain text.",
    "heading-dropped": "A first heading that repeats the page title was left out.",
    "list-differs": "The typed list and its copy in the body are not the same.",
    "unknown-field": "A field the format does not know was ignored.",
    "unknown-form": "A structure of unknown form was ignored.",
    "unknown-topic": "No topic has this name; it is kept as a free tag.",
    "shortened": "A text longer than its field was cut.",
    "missing-contact": "The partner came in without phone, mail or web site.",
    "bad-phone": "The phone field holds no number that can be dialled.",
    "wrong-address": "An address that cannot be linked was left out.",
    "bad-date": "A date could not be read.",
    "kind-later": "This kind of content has no place in the hub yet; the file was skipped.",
    "wrong-language": "The text is not in its declared language; it came in as a draft.",
    "legacy-encoding": "The text is in a legacy font encoding; it came in as a draft.",
    "edited-here": "It was edited or approved here since its last import; it was left alone.",
    "needs-changes": "An automatic check asks for a change; the draft waits for it.",
    "not-submitted": "The draft could not be handed in for approval.",
    "not-a-document": "The file is no document with front matter, and was left out.",
}
MEANINGS = ERRORS | WARNINGS
SHOWN = 80


def shorten(value: Any) -> str:
    """A value as one short line for a report, safe to print on a terminal."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(char if char.isprintable() else " " for char in text[: SHOWN * 2])
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


@dataclass(frozen=True)
class Problem:
    """One line of the report."""

    file: str
    code: str
    field: str = ""
    value: str = ""
    wanted: str = ""

    @property
    def level(self) -> Level:
        return "error" if self.code in ERRORS else "warning"

    def as_dict(self) -> dict[str, str]:
        return asdict(self) | {"level": self.level}

    def __str__(self) -> str:
        parts = [f"{self.file}: {self.code}"]
        if self.field:
            parts.append(f"in {self.field}")
        if self.value:
            parts.append(f"“{self.value}”")
        line = " ".join(parts)
        return f"{line}: {self.wanted}" if self.wanted else line


@dataclass
class Problems:
    """Collects the problems of one file; the same line is kept once."""

    file: str
    lines: list[Problem] = field(default_factory=list)
    _seen: set[Problem] = field(default_factory=set)

    def add(self, code: str, field_name: str = "", value: Any = "", wanted: str = "") -> None:
        if code not in MEANINGS:
            raise ValueError(f"Unknown report code {code}")
        place = shorten(field_name)
        problem = Problem(self.file, code, place, shorten(value), wanted or MEANINGS[code])
        if problem not in self._seen:
            self._seen.add(problem)
            self.lines.append(problem)

    @property
    def refused(self) -> bool:
        return any(line.level == "error" for line in self.lines)
