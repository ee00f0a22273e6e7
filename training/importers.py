"""Imports training: courses from modules, units, sessions that took place."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from content.importing import Batch, Block, Child, Document, Head, PageDraft, Place, Section
from content.references import with_children
from training.models import CourseIndexPage, CoursePage, SessionPage, UnitPage

TRANSCRIPT = re.compile(r"\btranscript", re.IGNORECASE)
_WHEN = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2})(?::\d{2})?\s*(Z|[+-]\d{2}:?\d{2})?\Z")
_BREAK = re.compile(r"</?(?:p|ul|ol|li)>|<br ?/?>")
_TAG = re.compile(r"<[^>]*>")
_MINUTES = re.compile(r"(\d{1,3})\s*min(?:ute)?s?\.?\Z", re.IGNORECASE)


class TrainingImporter:
    def place(self, document: Head, batch: Batch) -> Place:
        if document.form == "session":
            return Place(SessionPage, CourseIndexPage)
        if batch.has_children(document.id) or getattr(document.structure, "units", None):
            return Place(CoursePage, CourseIndexPage, is_container=True)
        if document.parent:
            return Place(UnitPage, CourseIndexPage, parent_id=document.parent)
        title = batch.collection_title(document.collection)
        section = Section(f"course:{document.collection}", CoursePage, title)
        return Place(UnitPage, CourseIndexPage, section=section)

    def build(self, document: Document) -> PageDraft:
        draft = PageDraft()
        if document.form == "session":
            self._session(document, draft)
        elif document.form == "module-unit":
            self._unit(document, draft)
        elif document.form == "module":
            draft.fields["prerequisites_text"] = document.structure.prerequisites
        draft.streams["body"] = document.story.blocks()
        return draft

    def list_children(self, page: Page, children: list[Child]) -> dict[str, list[Block]]:
        """Modules of a course: a new one begins where the source names another."""
        if not isinstance(page, CoursePage):
            return {}
        modules = [dict(row) for row in page.modules.raw_data]
        listed = {
            item["value"].get("page")
            for module in modules
            for item in module["value"].get("items") or []
        }
        current = modules[-1] if modules else None
        for child in children:
            if child.page_id in listed:
                continue
            title = child.group[:255]
            if current is None or (title and current["value"]["title"] != title):
                value: dict[str, Any] = {"title": title or page.title, "objectives": []}
                current = {"type": "module", "value": {**value, "items": []}}
                modules.append(current)
            items = with_children(current["value"]["items"], [child.page_id])
            current["value"] = {**current["value"], "items": items}
        return {"modules": modules}

    def _unit(self, document: Document, draft: PageDraft) -> None:
        story, structure = document.story, document.structure
        objectives = story.take(structure.objectives, name="structure.objectives")
        questions = story.take(structure.questions, name="structure.questions")
        points = story.take(structure.keypoints, name="structure.keypoints")
        if questions.items:
            value = {"title": "", "questions": questions.items}
            block = {"type": "key_questions", "value": value}
            if questions.found:
                story.put(questions, block)
            else:
                story.prepend(block)
        activities = story.take(structure.activities, name="structure.activities")
        if activities.items:
            rows = [{"text": item, "help": "", "must": False} for item in activities.items]
            value = {"title": document.say(_("Activities")), "items": rows}
            block = {"type": "checklist", "value": value}
            if activities.found:
                story.put(activities, block)
            else:
                story.prepend(block)
        for taken in (objectives, points):
            story.put(taken)
        for name, taken in (("objectives", objectives), ("key_points", points)):
            field = f"structure.{name}"
            texts = [document.cut(plain_text(item), 1000, field) for item in taken.items]
            draft.streams[name] = [{"type": "item", "value": text} for text in texts if text]
        minutes = _MINUTES.match(structure.time_required.strip())
        teaching = structure.teaching_minutes
        if teaching is None and minutes:
            teaching = int(minutes[1])
        draft.fields.update(
            teaching_minutes=teaching,
            exercise_minutes=structure.exercise_minutes,
            time_required=""
            if minutes
            else document.cut(structure.time_required, 200, "structure.time_required"),
            prerequisites_text=structure.prerequisites,
            materials=story.rich_from_markdown(structure.materials),
        )

    def _session(self, document: Document, draft: PageDraft) -> None:
        structure = document.structure
        starts, zone = read_time(structure.starts)
        ends, _zone = read_time(structure.ends)
        for name, given, read in (
            ("starts", structure.starts, starts),
            ("ends", structure.ends, ends),
        ):
            if given and read is None:
                wanted = "YYYY-MM-DD HH:MM:SS +HHMM"
                document.report("bad-date", f"structure.{name}", given, wanted)
        if starts and ends and ends < starts:
            document.report("bad-date", "structure.ends", structure.ends, "after the start")
            ends = None
        if starts is None:
            wanted = "when it began: YYYY-MM-DD HH:MM:SS +HHMM"
            document.report("missing-field", "structure.starts", structure.starts or "", wanted)
        draft.fields.update(starts=starts, ends=ends, timezone=zone)
        for name in ("host", "organizer", "platform"):
            plain = document.story.plain(getattr(structure, name))
            draft.fields[name] = document.cut(plain, 100, f"structure.{name}")
        for name in ("recording", "registration_url"):
            draft.fields[name] = document.address(getattr(structure, name), f"structure.{name}")
        draft.fields["transcript"] = document.story.take_rest_after(TRANSCRIPT)


def plain_text(rich: str) -> str:
    """Rich text without its markup."""
    return " ".join(unescape(_TAG.sub("", _BREAK.sub(" ", rich))).split())


def read_time(text: str | None) -> tuple[datetime | None, str]:
    """A time with its zone. An offset alone names no place: it becomes an ``Etc`` zone."""
    found = _WHEN.match((text or "").strip())
    if not found:
        return None, "UTC"
    offset = found[3] or "Z"
    offset = "+00:00" if offset == "Z" else offset
    try:
        moment = datetime.fromisoformat(f"{found[1]}T{found[2]:0>5}{offset}")
    except ValueError:
        return None, "UTC"
    shift = moment.utcoffset() or timedelta()
    hours = shift.total_seconds() / 3600
    if not hours or hours % 1:
        return moment, "UTC"
    # POSIX sign: Etc/GMT+5 is five hours behind UTC.
    return moment, f"Etc/GMT{-int(hours):+d}"
