"""Imports toolkits: playbooks, methods, standards, criteria, guides in chapters."""

import re
from typing import Any

from wagtail.models import Page

from content.importing import Batch, Block, Child, Document, Head, PageDraft, Place, Section
from content.references import with_children
from toolkits.models import ToolkitIndexPage, ToolkitPage, ToolkitPartPage

PartKind = ToolkitPartPage.PartKind
PART_KINDS = {
    "play": PartKind.PLAY,
    "method": PartKind.METHOD,
    "standard": PartKind.STANDARD,
    "criterion": PartKind.CRITERION,
}
# RFC 2119 and its usual translations, most binding first.
LEVELS = [
    ("must", "MUST SHALL REQUIRED DEBE DEBEN DEBERÁ DEBERÁN DOIT DOIVENT"),
    ("should", "SHOULD RECOMMENDED DEBERÍA DEBERÍAN DEVRAIT DEVRAIENT"),
    ("may", "MAY OPTIONAL PUEDE PUEDEN PODRÍA PODRÍAN PEUT PEUVENT"),
]
LEVEL_OF = {word: level for level, words in LEVELS for word in words.split()}
TEST_HEADINGS = ("how to test", "cómo probar", "cómo comprobar", "comment tester")
CHECKLIST_HEADINGS = {"checklist", "lista de verificación", "liste de contrôle"}
ROLES = {
    "policy_makers": "Policy makers",
    "managers": "Managers",
    "developers": "Developers and designers",
}
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"<[^>]*>")


class ToolkitImporter:
    """A guide with parts becomes a toolkit; every document is one page."""

    def place(self, document: Head, batch: Batch) -> Place:
        group = document.structure.guide
        first = f"{document.collection}/{group}-index" if group else ""
        if batch.has_children(document.id) or document.id == first:
            return Place(ToolkitPage, ToolkitIndexPage, is_container=True)
        if document.parent:
            return Place(ToolkitPartPage, ToolkitIndexPage, parent_id=document.parent)
        if first and batch.exists(first):
            return Place(ToolkitPartPage, ToolkitIndexPage, parent_id=first)
        title = batch.collection_title(document.collection)
        key = document.collection
        if group:
            key = f"{key}/{group}"
            title = f"{title}: {group.replace('-', ' ').capitalize()}"
        section = Section(f"toolkit:{key}", ToolkitPage, title)
        return Place(ToolkitPartPage, ToolkitIndexPage, section=section)

    def build(self, document: Document) -> PageDraft:
        draft = PageDraft()
        structure = document.structure
        if document.form == "play":
            self._play(document)
            draft.fields["number"] = structure.play_number
        elif document.form == "method":
            self._method(document, draft)
        elif document.form == "criterion":
            self._criterion(document)
        elif getattr(structure, "requirements", None):
            self._requirements(document, structure.requirements)
        if getattr(structure, "checklists", None):
            self._checklists(document)
        draft.fields["part_kind"] = PART_KINDS.get(document.form, PartKind.CHAPTER)
        if document.form == "standard" and not structure.guidelines:
            draft.fields["part_kind"] = PartKind.CHAPTER
        draft.fields.setdefault("number", document.order)
        draft.streams["body"] = document.story.blocks()
        return draft

    def list_children(self, page: Page, children: list[Child]) -> dict[str, list[Block]]:
        if not isinstance(page, ToolkitPage):
            return {}
        return {"parts": with_children(page.parts.raw_data, [child.page_id for child in children])}

    def _play(self, document: Document) -> None:
        story, structure = document.story, document.structure
        checklist = story.take(structure.checklist, name="structure.checklist")
        questions = story.take(structure.key_questions, name="structure.key_questions")
        story.put_each(checklist, checklist_block)
        story.put_each(questions, questions_block)

    def _method(self, document: Document, draft: PageDraft) -> None:
        story, structure = document.story, document.structure
        draft.fields.update(
            why=story.plain(structure.why),
            time_required=document.cut(structure.time_required, 200, "structure.time_required"),
            phase=document.cut(structure.phase, 100, "structure.phase"),
        )
        what = story.plain(structure.what)
        if what and what != story.plain(document.summary) and not story.has_words(what):
            if document.summary:
                text = story.rich_from_markdown(structure.what)
                story.prepend({"type": "text", "value": text})
            else:
                draft.summary = what
        steps = story.take(structure.steps, name="structure.steps")
        story.put_each(steps, steps_block)

    def _criterion(self, document: Document) -> None:
        story, structure = document.story, document.structure
        if not (structure.requirements or structure.how_to_test):
            self._criterion_by_headings(document)
            return
        self._requirements(document, structure.requirements)
        tests = story.take(structure.how_to_test, name="structure.how_to_test")
        story.put_each(tests, lambda items: requirement_block(how_to_test=items))
        for name, default in ROLES.items():
            tasks = story.take(getattr(structure, name), name=f"structure.{name}")
            if tasks.items:
                role = story.heading_before(tasks, remove=True)[:200] or default
                story.put(tasks, role_block(role, tasks.items))

    def _requirements(self, document: Document, requirements: list[str]) -> None:
        taken = document.story.take(requirements, name="structure.requirements")
        document.story.put_each(taken, lambda items: requirement_block(items=with_levels(items)))

    def _criterion_by_headings(self, document: Document) -> None:
        """A criterion without typed lists, in any language: known by its words and headings."""
        story = document.story
        lists = story.lists_below_headings()
        tails = [heading.partition(":")[2].strip() for heading, _node, _parent in lists]
        for number, (heading, node, parent) in enumerate(lists):
            texts = [item.text() for item in node.elements()]
            levels = sum(level_of(text) is not None for text in texts)
            if levels * 2 >= len(texts):
                taken = story.take_list(node, parent)
                story.put(taken, requirement_block(items=with_levels(taken.items)))
            elif heading.casefold().startswith(TEST_HEADINGS):
                taken = story.take_list(node, parent)
                story.put(taken, requirement_block(how_to_test=taken.items))
            elif tails[number] and tails.count(tails[number]) > 1:
                taken = story.take_list(node, parent)
                role = story.heading_before(taken, remove=True)[:200]
                story.put(taken, role_block(role or heading, taken.items))

    def _checklists(self, document: Document) -> None:
        story = document.story
        for heading, node, parent in story.lists_below_headings():
            if heading.casefold().rstrip(":") in CHECKLIST_HEADINGS:
                taken = story.take_list(node, parent)
                story.put(taken, checklist_block(taken.items))


def level_of(text: str) -> str | None:
    """How binding a sentence is, by its first keyword in capitals."""
    return next((LEVEL_OF[word] for word in _WORD.findall(text) if word in LEVEL_OF), None)


def with_levels(items: list[str]) -> list[dict[str, str]]:
    """Requirements with their level; a sentence without a keyword is binding."""
    return [{"level": level_of(_TAG.sub(" ", item)) or "must", "text": item} for item in items]


def checklist_block(items: list[str]) -> Block:
    rows = [{"text": item, "help": "", "must": False} for item in items]
    return {"type": "checklist", "value": {"title": "", "items": rows}}


def questions_block(items: list[str]) -> Block:
    return {"type": "key_questions", "value": {"title": "", "questions": items}}


def steps_block(items: list[str]) -> Block:
    empty = {"heading": "", "who": "", "duration": "", "what_next": "", "options": []}
    steps = [{**empty, "body": item} for item in items]
    return {"type": "numbered_steps", "value": {"title": "", "steps": steps}}


def requirement_block(**lists: Any) -> Block:
    empty: dict[str, Any] = {"title": "", "items": [], "how_to_test": [], "by_role": []}
    return {"type": "requirement", "value": {**empty, **lists}}


def role_block(role: str, tasks: list[str]) -> Block:
    return requirement_block(by_role=[{"role": role, "tasks": tasks}])
