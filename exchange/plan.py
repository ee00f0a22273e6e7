"""Checks a whole batch before anything is written, and puts it into an order that works."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from content.importing import Importer, Place
from content.registry import importers
from exchange.document import DocumentHead
from exchange.formats.interchange import (
    Manifest,
    SourceFile,
    batch_root,
    list_files,
    read_file,
    read_manifest,
)
from exchange.problems import Problems
from exchange.schemas import LANGUAGE, LATER

Progress = Callable[[str, int, int], None]


@dataclass
class PlannedFile:
    """A document that may go in."""

    file: SourceFile
    head: DocumentHead
    problems: Problems
    place: Place | None = None


@dataclass
class Plan:
    """A checked batch. ``files`` are in the order in which they go in."""

    root: Path
    manifest: Manifest
    files: list[PlannedFile] = field(default_factory=list)
    reports: list[Problems] = field(default_factory=list)
    read: int = 0
    skipped: int = 0
    ids: dict[str, PlannedFile] = field(default_factory=dict)
    parents: set[str] = field(default_factory=set)
    known: frozenset[str] = frozenset()
    # The first document of the batch that translates another one into a language.
    translations: dict[tuple[str, str], str] = field(default_factory=dict)

    def has_children(self, document_id: str) -> bool:
        return document_id in self.parents

    def exists(self, document_id: str) -> bool:
        return document_id in self.ids or document_id in self.known

    def kind_of(self, document_id: str) -> str:
        planned = self.ids.get(document_id)
        return planned.head.kind if planned else ""

    def collection_title(self, collection: str) -> str:
        return self.manifest.title(collection)


def make_plan(path: Path, known: frozenset[str], progress: Progress) -> Plan:
    """Read and check every file; ``known`` are ids of earlier imports that may be referred to."""
    root = batch_root(path)
    plan = Plan(root, read_manifest(root), known=known)
    sources = list(list_files(path, root))
    for number, source in enumerate(sources, start=1):
        progress("check", number, len(sources))
        problems = Problems(source.name)
        plan.reports.append(problems)
        planned = _read(source, problems, plan)
        if planned is None:
            continue
        other = plan.ids.get(planned.head.id)
        if other is not None:
            problems.add("duplicate-id", "id", planned.head.id, f"not the id of {other.file.name}")
            continue
        plan.ids[planned.head.id] = planned
    _check_references(plan)
    plan.parents = {row.head.parent for row in plan.ids.values() if row.head.parent}
    table = importers()
    for planned in plan.ids.values():
        planned.place = _place(table[planned.head.kind], planned.head, plan)
    plan.files = sorted(plan.ids.values(), key=_order)
    return plan


def _read(source: SourceFile, problems: Problems, plan: Plan) -> PlannedFile | None:
    read = read_file(source, problems, _check_hub)
    not_a_document = any(line.code == "not-a-document" for line in problems.lines)
    plan.read += not not_a_document
    if read is None:
        return None
    front = read.front
    if front.kind in LATER and front.kind not in importers():
        problems.add("kind-later", "kind", front.kind)
        plan.skipped += 1
        return None
    head = DocumentHead(front, front.language.lower(), read.sha256)
    return PlannedFile(source, head, problems)


def _check_hub(raw: dict[str, Any], problems: Problems) -> None:
    """What only this hub can say of a front matter: its languages, its kinds."""
    kind, language = raw.get("kind"), raw.get("language")
    if isinstance(kind, str) and kind.strip() and kind not in importers():
        if kind in LATER:
            return
        problems.add("unknown-kind", "kind", kind, ", ".join(sorted(importers())))
    if not isinstance(language, str) or not LANGUAGE.match(language):
        return
    if language.lower() not in settings.HUB_LANGUAGES:
        wanted = f"one of {', '.join(settings.HUB_LANGUAGES)} (setting HUB_LANGUAGES)"
        problems.add("unknown-language", "language", language, wanted)


def _check_references(plan: Plan) -> None:
    """Refuse what points at nothing, until nothing more falls."""
    fallen = True
    while fallen:
        fallen = False
        broken = [key for key, planned in plan.ids.items() if _is_broken(planned, plan)]
        for document_id in broken:
            del plan.ids[document_id]
            fallen = True


def _is_broken(planned: PlannedFile, plan: Plan) -> bool:
    head, problems = planned.head, planned.problems
    target = head.front.translation_of
    before = len(problems.lines)
    if target:
        source = plan.ids.get(target)
        if target == head.id or (source is not None and source.head.front.translation_of):
            wanted = "the id of a document that is no translation itself"
            problems.add("circular-translation", "translation_of", target, wanted)
        elif not plan.exists(target):
            problems.add("missing-target", "translation_of", target)
        elif source is not None and source.head.language == head.language:
            wanted = "a document in another language"
            problems.add("circular-translation", "translation_of", target, wanted)
        elif source is not None and source.head.kind != head.kind:
            wanted = f"a document of kind {head.kind}"
            problems.add("wrong-target", "translation_of", target, wanted)
        else:
            first = plan.translations.setdefault((target, head.language), head.id)
            if first != head.id:
                wanted = f"one translation into {head.front.language}; the first is {first}"
                problems.add("duplicate-translation", "translation_of", target, wanted)
    _check_parent(head, plan, problems)
    return len(problems.lines) > before


def _check_parent(head: DocumentHead, plan: Plan, problems: Problems) -> None:
    target = head.parent
    if not target:
        return
    parent = plan.ids.get(target)
    if target == head.id or head.id in _ancestors(target, plan):
        problems.add("circular-parent", "parent", target, "a document that is not inside this one")
    elif not plan.exists(target):
        problems.add("missing-target", "parent", target)
    elif parent is not None and parent.head.collection != head.collection:
        wanted = f"a document of the collection {head.collection}"
        problems.add("wrong-target", "parent", target, wanted)
    elif parent is not None and parent.head.kind != head.kind:
        problems.add("wrong-target", "parent", target, f"a document of kind {head.kind}")


def _ancestors(document_id: str, plan: Plan) -> set[str]:
    found: set[str] = set()
    planned = plan.ids.get(document_id)
    while planned is not None and planned.head.parent and planned.head.parent not in found:
        found.add(planned.head.parent)
        planned = plan.ids.get(planned.head.parent)
    return found


def _place(importer: Importer, head: DocumentHead, plan: Plan) -> Place:
    """A translation stands where its source stands, in its own tree."""
    source = plan.ids.get(head.front.translation_of or "")
    return importer.place((source.head if source else head), plan)


def _order(planned: PlannedFile) -> tuple[bool, bool, str, float, str]:
    head, place = planned.head, planned.place
    is_child = place is not None and not place.is_container
    number = float("inf") if head.order is None else float(head.order)
    return head.is_translation, is_child, head.collection, number, head.id


def refused(plan: Plan) -> Iterator[Problems]:
    """Reports of files that do not go in."""
    return (report for report in plan.reports if report.refused)
