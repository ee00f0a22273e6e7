"""Reads the demo's YAML files.

A page is one file with one YAML document per language. The first document is the source. The others
name only what is text; everything else comes from the source, item by item, so that a translation
always has the source's blocks in the source's order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.utils import timezone

FOLDER = Path(__file__).parent / "data"


class DemoError(ValueError):
    """A mistake in the demo's files; the message names the file and the place."""


@dataclass(frozen=True)
class Document:
    """One page in one language; ``values`` are complete."""

    key: str
    language: str
    is_source: bool
    values: dict[str, Any]


def records(name: str) -> Any:
    """Return the content of ``data/records/<name>.yaml``."""
    return yaml.safe_load((FOLDER / "records" / f"{name}.yaml").read_text(encoding="utf-8"))


def page_file(name: str) -> Any:
    """Return the only document of ``data/pages/<name>.yaml``."""
    return yaml.safe_load((FOLDER / "pages" / f"{name}.yaml").read_text(encoding="utf-8"))


def keys_of(kind: str) -> list[str]:
    """Return the keys of all pages of a kind, by name."""
    return sorted(f"{kind}/{path.stem}" for path in (FOLDER / "pages" / kind).glob("*.yaml"))


def documents(key: str, languages: list[str]) -> Iterator[Document]:
    """Yield a page in those of ``languages`` that it has, the source first.

    Where the source's language is not wanted, the first wanted translation takes its place.
    """
    text = (FOLDER / "pages" / f"{key}.yaml").read_text(encoding="utf-8")
    source, *translations = list(yaml.safe_load_all(text))
    complete = [
        source,
        *(merge(source, other, f"{key} ({other['lang']})") for other in translations),
    ]
    wanted = [values for values in complete if values["lang"] in languages]
    for number, values in enumerate(wanted):
        rest = {name: value for name, value in values.items() if name != "lang"}
        yield Document(key, values["lang"], number == 0, rest)


def merge(source: Any, translation: Any, where: str) -> Any:
    """Put the texts of ``translation`` into the place of the source's.

    Raises:
        DemoError: the translation has another number of items, or names what the source lacks.
    """
    if isinstance(source, dict) and isinstance(translation, dict):
        unknown = set(translation) - set(source)
        if unknown:
            raise DemoError(f"{where}: the source has no {', '.join(sorted(unknown))}")
        return {
            name: merge(value, translation[name], f"{where}.{name}")
            if name in translation
            else value
            for name, value in source.items()
        }
    if isinstance(source, list) and isinstance(translation, list):
        if len(source) != len(translation):
            raise DemoError(f"{where}: {len(translation)} items instead of {len(source)}")
        return [
            merge(one, other, f"{where}[{number}]")
            for number, (one, other) in enumerate(zip(source, translation, strict=True))
        ]
    if isinstance(source, dict | list) or isinstance(translation, dict | list):
        raise DemoError(f"{where}: another shape than in the source")
    return translation


def day(offset: Any) -> Any:
    """Return the date of an offset from today such as ``+14d``; None stays None."""
    if not offset:
        return None
    return timezone.localdate() + timedelta(days=int(str(offset).removesuffix("d")))


def moment(offset: str, zone: str = "America/Chicago") -> datetime:
    """Return the time of an offset such as ``-40d 18:00`` on clocks of ``zone``; else midnight."""
    days, _space, clock = offset.partition(" ")
    return datetime.combine(day(days), time.fromisoformat(clock or "00:00"), tzinfo=ZoneInfo(zone))


def clock(value: str) -> time:
    """Return a time of day such as ``08:30``."""
    return time.fromisoformat(value)
