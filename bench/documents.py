"""Made-up documents in the interchange format, for machines without a corpus."""

import json
import random
from pathlib import Path
from typing import Any

COUNT = 300
TEXT = (
    "a the of and to for with from by at harbour river bridge market office desk form letter queue "
    "neighbour street answer question paper stamp ladder window lamp kettle bread bicycle garden "
    "asks brings signs waits opens counts repairs carries reads writes morning evening week month "
    "early late plain short careful open small long quiet useful"
)
STRUCTURES: dict[str, dict[str, Any]] = {
    "toolkit": {"form": "play", "checklist": 6, "key_questions": 4},
    "lesson": {"form": "case-study", "sections": 3},
    "training": {"form": "module-unit", "objectives": 3, "questions": 2, "keypoints": 4},
    "guide": {"form": "licence", "documents_and_requirements": 5, "eligibility": 3},
}


def write(folder: Path, count: int = COUNT) -> Path:
    """Write ``count`` documents of all kinds; the same every time."""
    draw = random.Random(20)  # noqa: S311  no secret is made of it
    for number in range(count):
        kind = list(STRUCTURES)[number % len(STRUCTURES)]
        path = folder / f"{kind}s" / f"number-{number:04}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_document(kind, path.stem, number, draw), encoding="utf-8")
    return folder


def _document(kind: str, name: str, number: int, draw: random.Random) -> str:
    structure: dict[str, Any] = {
        key: value if isinstance(value, str) else [_sentence(draw) for _ in range(value)]
        for key, value in STRUCTURES[kind].items()
    }
    lists = {key: value for key, value in structure.items() if isinstance(value, list)}
    front = {
        "id": f"{kind}s/{name}",
        "title": f"{_sentence(draw, 5)} {number}",
        "kind": kind,
        "collection": f"{kind}s",
        "language": "en",
        "summary": _sentence(draw, 20),
        "partner": {"name": f"Example office {number % 5}", "type": "government"},
        "licence": "CC0-1.0",
        "source": {"repo": "example/documents", "path": f"{name}.md"},
        "order": number,
        "structure": structure,
        "format": "markdown",
    }
    sections = [_section(draw) for _ in range(5)]
    sections += [f"## {_sentence(draw, 3)}\n\n{_items(rows)}" for rows in lists.values()]
    # JSON is YAML: no writer of YAML is needed.
    return f"---\n{json.dumps(front, indent=1)}\n---\n\n" + "\n\n".join(sections) + "\n"


def _section(draw: random.Random) -> str:
    paragraphs = [" ".join(_sentence(draw) for _ in range(4)) for _ in range(2)]
    return "\n\n".join([f"## {_sentence(draw, 4)}", *paragraphs])


def _items(rows: list[str]) -> str:
    return "\n".join(f"- {row}" for row in rows)


def _sentence(draw: random.Random, words: int = 12) -> str:
    return " ".join(draw.choices(TEXT.split(), k=words)).capitalize() + "."
