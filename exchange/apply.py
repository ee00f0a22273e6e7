"""Writes the documents of a plan: each file is one transaction, and a bad one leaves nothing."""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import StreamValue
from wagtail.models import Locale, Page

from content.ids import ensure_ids
from content.importing import Child, PageDraft, Place, Section
from content.jobs.services import enqueue
from content.registry import importers
from editorial.errors import ReviewRefused
from exchange.document import Document, DocumentHead
from exchange.formats.interchange import read_file
from exchange.models import ImportItem, ImportRun
from exchange.plan import Plan, PlannedFile, Progress
from exchange.problems import Problems
from exchange.records import Records
from exchange.roads import Options, Roads, is_approved, was_handed_in
from partners.models import Partner
from translations.services import ensure_index_page, free_slug

logger = logging.getLogger("exchange")
State = ImportItem.State

# Sections get the same page_key in every run and every language.
NAMESPACE = uuid.UUID("2d1c7e9e-5f39-4c6e-9d5f-0a4b3f1f8a11")


@dataclass
class Known:
    """What is known of a document or section from the newest run it was in."""

    page_id: int
    page_key: uuid.UUID
    revision_id: int | None
    sha256: str
    locale_code: str


@dataclass
class Outcome:
    """What became of the documents of a run."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    drafts: list[str] = field(default_factory=list)
    submitted: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    translations: int = 0


def known_items() -> dict[str, Known]:
    """The newest state of everything that was imported before."""
    rows = ImportItem.objects.order_by("pk").values_list(
        "external_id", "page_id", "page_key", "revision_id", "sha256", "locale_code"
    )
    return {row[0]: Known(*row[1:]) for row in rows.iterator()}


class RefusedError(Exception):
    """The file is refused; its report says why."""


class Apply:
    """Applies one plan."""

    def __init__(
        self, plan: Plan, run: ImportRun, options: Options, known: dict[str, Known]
    ) -> None:
        self.plan = plan
        self.run = run
        self.options = options
        self.known = known
        self.roads = Roads(options)
        self.records = Records(self.roads)
        self.outcome = Outcome()
        self.locales = {row.language_code: row for row in Locale.objects.all()}
        self._indexes: dict[tuple[int, str, type[Page]], int] = {}
        self._children: dict[int, list[tuple[str, str]]] = {}
        # Pages to hand in when all are there: external id -> problems of its file.
        self._waiting: dict[str, Problems] = {}
        self._importers = importers()

    def files(self, progress: Progress) -> None:
        """Apply the files in order; each reports to its own list of problems."""
        total = len(self.plan.files)
        for number, planned in enumerate(self.plan.files, start=1):
            progress("import", number, total)
            self._file(planned)

    def _file(self, planned: PlannedFile) -> None:
        before, waiting = dict(self.known), dict(self._waiting)
        source = planned.head.front.source
        address = source.url or "/".join(part for part in (source.repo, source.path) if part)
        try:
            with transaction.atomic(), self.roads.opened(planned.head.id, address):
                self._document(planned)
                if planned.problems.refused:
                    raise RefusedError
        except RefusedError:
            self._forget(before, waiting)
        except (ValidationError, DatabaseError, ValueError, TypeError, KeyError) as error:
            # Reported with the file, and in the log with its place in the code.
            logger.exception("Import of %s failed", planned.file.name)
            planned.problems.add("not-saved", "", _message(error))
            self._forget(before, waiting)

    def _forget(self, known: dict[str, Known], waiting: dict[str, Problems]) -> None:
        """What was found or made inside a transaction that was rolled back does not exist."""
        self.known = known
        self._waiting = waiting
        self.records.forget()
        self._indexes.clear()

    # -- one document -----------------------------------------------------------------------

    def _document(self, planned: PlannedFile) -> None:
        head = planned.head
        known = self.known.get(head.id)
        page = self._page(known)
        if known and page is not None and self._is_unchanged(planned, known, page):
            # A run that was killed has made pages which no container lists yet.
            self._remember_child(page.get_parent(), head.id, head)
            return
        edited = known is not None and self._is_edited(known, page)
        if edited and not self.options.overwrite:
            value = "deleted here" if page is None else page.title
            planned.problems.add("edited-here", "", value)
            self.outcome.left_alone.append(head.id)
            return
        document = self._read(planned, publish=self.options.publish and not edited)
        draft = self._importers[head.kind].build(document)
        if planned.problems.refused:
            raise RefusedError
        if page is None:
            self._create(planned, document, draft)
        else:
            self._update(document, draft, page)
        if document.is_draft_only:
            self.outcome.drafts.append(head.id)
        elif not self.options.publish:
            for record in self.roads.waiting:
                self._hand_in(record, planned.problems)
            self._waiting[head.id] = planned.problems

    def _read(self, planned: PlannedFile, *, publish: bool) -> Document:
        problems = planned.problems
        read = read_file(planned.file, Problems(planned.file.name))
        if read is None or read.sha256 != planned.head.sha256:
            problems.add("not-saved", "", "the file changed while it was imported")
            raise RefusedError
        partner = self.records.partner(read.front.partner, problems)
        head = planned.head
        return Document(read, head.language, problems, partner, publish, self.roads)

    def _page(self, known: Known | None) -> Any:
        if known is None:
            return None
        page = Page.objects.filter(pk=known.page_id).first()
        return page.specific if page is not None else None

    def _is_edited(self, known: Known, page: Any) -> bool:
        if page is None or page.latest_revision_id != known.revision_id:
            return True
        return is_approved(page, known.revision_id)

    def _is_unchanged(self, planned: PlannedFile, known: Known, page: Any) -> bool:
        """An unchanged file changes nothing; with --publish its waiting draft may go live."""
        head = planned.head
        if known.sha256 != head.sha256:
            return False
        waits = page.has_unpublished_changes or not page.live
        done = not self.options.publish and was_handed_in(page)
        if waits and not done and not self._is_edited(known, page):
            document = self._read(planned, publish=self.options.publish)
            if document.publish:
                # Records of the document may still be drafts as well.
                self._importers[head.kind].build(document)
                self.roads.publish(page.latest_revision)
                self._note(head.id, head.kind, page, head.sha256, State.PUBLISHED)
                self.outcome.published.append(head.id)
                return True
            if not document.is_draft_only and not self.options.publish:
                self._waiting[head.id] = planned.problems
        self.outcome.unchanged.append(head.id)
        return True

    def _create(self, planned: PlannedFile, document: Document, draft: PageDraft) -> None:
        place = planned.place
        if place is None:
            raise ValueError("The document has no place.")
        locale = self.locales[document.language]
        parent = self._parent(place, document, locale)
        page = place.page_class(locale=locale, live=False, has_unpublished_changes=True)
        source = self.known.get(document.front.translation_of or "")
        for name, target, found in (
            ("translation_of", document.front.translation_of, source),
            ("parent", place.parent_id, self.known.get(place.parent_id)),
        ):
            if target and found is None:
                # It was refused while it was written.
                document.report("missing-target", name, target)
                raise RefusedError
        if source is not None:
            page.translation_key = source.page_key
            self._check_translation(document, page)
        self._fill(page, document, draft)
        page.slug = free_slug(parent, _slug(document), "page")
        parent.add_child(instance=page)
        self._save(document, draft, page, publish=document.publish)
        self._note(document.id, document.kind, page, document.sha256, State.CREATED)
        self.outcome.created.append(document.id)
        self.outcome.translations += document.is_translation
        self._remember_child(parent, document.id, document)

    def _check_translation(self, document: Document, page: Any) -> None:
        """What the plan cannot see: pages of earlier imports, and those made by hand."""
        target, problems = document.front.translation_of, document.problems
        rows = Page.objects.filter(translation_key=page.translation_key)
        if rows.filter(locale=page.locale).exists():
            wanted = f"one translation into {document.front.language}; there is one"
            problems.add("duplicate-translation", "translation_of", target, wanted)
        first = rows.first()
        if first is not None and first.specific_class is not type(page):
            wanted = f"a document of kind {document.kind}"
            problems.add("wrong-target", "translation_of", target, wanted)
        if problems.refused:
            raise RefusedError

    def _update(self, document: Document, draft: PageDraft, page: Any) -> None:
        page = page.get_latest_revision_as_object()
        self._fill(page, document, draft)
        self._save(document, draft, page, publish=document.publish)
        state = State.UPDATED if document.publish else State.DRAFTED
        self._note(document.id, document.kind, page, document.sha256, state)
        self.outcome.updated.append(document.id)

    def _fill(self, page: Any, document: Document, draft: PageDraft) -> None:
        """Put a draft into a page; nothing is saved."""
        front, cut = document.front, document.cut
        topics, tags = self.records.topics(front.topics, document.problems)
        page.title = cut(front.title, 255, "title")
        page.draft_title = page.title
        page.summary = self._summary(document, draft)
        page.owner_partner = document.partner
        area = self.records.jurisdiction(front.partner.jurisdiction)
        page.jurisdictions = [area] if area else []
        page.topics = topics
        page.tags.set(tags)
        page.licence = cut(front.licence, 200, "licence")
        page.attribution = self.plan.manifest.attribution(front.collection)[:500]
        page.source_url = document.address(front.source.url or "", "source.url")
        page.source_note = _source_note(document)
        page.source_date = self._date(document)
        page.authors = cut(", ".join(front.authors), 500, "authors")
        page.change_note = self.options.reason or document.say(_("Updated from its source."))
        for name, value in draft.fields.items():
            setattr(page, name, value)
        for name, raw in draft.streams.items():
            set_stream(page, name, raw, document.id)
        for name, rows in draft.children.items():
            setattr(page, name, rows)

    def _date(self, document: Document) -> date | None:
        front = document.front
        result = None
        rows = (("updated", front.updated), ("date", front.date),
                ("source.snapshot_date", front.source.snapshot_date))  # fmt: skip
        for name, text in rows:
            if not text:
                continue
            try:
                result = result or date.fromisoformat(text[:10])
            except ValueError:
                document.report("bad-date", name, text, "YYYY-MM-DD")
        return result

    def _summary(self, document: Document, draft: PageDraft) -> str:
        text = (
            draft.summary if draft.summary is not None else document.story.plain(document.summary)
        )
        return document.cut(text, 600, "summary")

    def _save(self, document: Document, draft: PageDraft, page: Any, *, publish: bool) -> None:
        page.full_clean()
        for name in draft.streams:
            field_ = page._meta.get_field(name)
            field_.stream_block.clean(getattr(page, name))
        revision = self.roads.draft(page, publish=publish)
        if publish:
            self.roads.publish(revision)
        self._index_later(page)

    def _index_later(self, page: Any) -> None:
        """In the transaction of the page: a run that is killed leaves no page out of the indexes."""
        enqueue("exchange.index_page", {"page_id": page.pk}, batch=self.run.batch)

    def _note(self, external_id: str, kind: str, page: Any, sha256: str, state: str) -> None:
        revision_id = Page.objects.values_list("latest_revision_id", flat=True).get(pk=page.pk)
        locale_code = page.locale.language_code
        values = {
            "kind": kind,
            "locale_code": locale_code,
            "page_id": page.pk,
            "page_key": page.translation_key,
            "revision_id": revision_id,
            "sha256": sha256,
            "state": state,
        }
        ImportItem.objects.update_or_create(run=self.run, external_id=external_id, defaults=values)
        self.known[external_id] = Known(
            page.pk, page.translation_key, revision_id, sha256, locale_code
        )
        self._index_later(page)

    # -- where it goes ----------------------------------------------------------------------

    def _parent(self, place: Place, document: Document, locale: Locale) -> Page:
        if place.parent_id:
            found = self._page_in(self.known.get(place.parent_id), locale)
            if found is not None and place.page_class.can_exist_under(found):
                return found
        elif place.section is not None:
            return self._section(place.section, place, document, locale)
        return self._index(place.index_class, document.partner, locale)

    def _page_in(self, known: Known | None, locale: Locale) -> Page | None:
        if known is None:
            return None
        return Page.objects.filter(translation_key=known.page_key, locale=locale).first()

    def _index(self, model: type[Page], partner: Partner, locale: Locale) -> Page:
        key = (partner.pk, locale.language_code, model)
        pk = self._indexes.get(key)
        page = Page.objects.filter(pk=pk).first() if pk else None
        if page is None:
            page = ensure_index_page(partner, locale, model)
            self._indexes[key] = page.pk
            page = Page.objects.get(pk=page.pk)
        return page

    def _section(self, section: Section, place: Place, document: Document, locale: Locale) -> Page:
        """The page of a section in a language: made with the first document that needs it."""
        external_id = f"{section.key}@{locale.language_code}"
        known = self.known.get(external_id)
        found = Page.objects.filter(pk=known.page_id).first() if known else None
        if found is not None:
            if document.publish and not found.live:
                self.roads.publish(found.specific.latest_revision)
                self._index_later(found)
            return Page.objects.get(pk=found.pk)
        partner = document.partner
        parent = self._index(place.index_class, partner, locale)
        page: Any = section.page_class(
            title=section.title[:255], locale=locale, live=False, has_unpublished_changes=True
        )
        key = f"{partner.pk}/{section.key}"
        page.translation_key = uuid.uuid5(NAMESPACE, key)
        page.owner_partner = partner
        page.licence = document.front.licence[:200]
        page.attribution = self.plan.manifest.attribution(document.collection)[:500]
        page.slug = free_slug(parent, section.key.rpartition(":")[2].rpartition("/")[2], "section")
        parent.add_child(instance=page)
        revision = self.roads.draft(page, publish=document.publish)
        if document.publish:
            self.roads.publish(revision)
        self._note(external_id, "section", page, "", State.SECTION)
        self.outcome.sections.append(external_id)
        return Page.objects.get(pk=page.pk)

    # -- lists of references ----------------------------------------------------------------

    def _remember_child(self, parent: Page, document_id: str, head: DocumentHead) -> None:
        group = getattr(head.structure, "block", None) or ""
        self._children.setdefault(parent.pk, []).append((document_id, group))

    def references(self, progress: Progress) -> None:
        """List new pages in the containers they came into, each container once."""
        total = len(self._children)
        for number, (parent_id, rows) in enumerate(list(self._children.items()), start=1):
            progress("list", number, total)
            container = Page.objects.filter(pk=parent_id).first()
            if container is None:
                continue
            specific: Any = container.specific
            importer = self._importers.get(_kind_of(rows, self.plan))
            owner = next((k for k, v in self.known.items() if v.page_id == parent_id), None)
            if importer is None or owner is None:
                continue
            with transaction.atomic(), self.roads.opened(owner, specific.source_url):
                self._list(specific, importer, owner, rows)
            if "@" in owner and not self.options.publish:
                self._waiting.setdefault(owner, Problems(owner))

    def _list(self, container: Any, importer: Any, owner: str, rows: list[tuple[str, str]]) -> None:
        known = self.known[owner]
        if self._is_edited(known, container):
            return
        page = container.get_latest_revision_as_object()
        ids = [self.known[name].page_id for name, _group in rows if name in self.known]
        titles = dict(Page.objects.filter(pk__in=ids).values_list("pk", "title"))
        children = [
            Child(self.known[name].page_id, titles[self.known[name].page_id], group)
            for name, group in rows
            if name in self.known and self.known[name].page_id in titles
        ]
        streams = importer.list_children(page, children)
        if all(list(getattr(page, name).raw_data) == raw for name, raw in streams.items()):
            return
        for name, raw in streams.items():
            set_stream(page, name, raw, owner)
        publish = self.options.publish and container.live
        revision = self.roads.draft(page, publish=publish)
        if publish:
            self.roads.publish(revision)
        self._note(owner, "section" if "@" in owner else _kind(owner, self.plan), page,
                   known.sha256, State.SECTION if "@" in owner else State.CREATED)  # fmt: skip

    # -- handing in ---------------------------------------------------------------------------

    def hand_in(self, progress: Progress) -> list[Problems]:
        """Hand in the pages of a run when all are there; return what sections have to say.

        A run that was cut short leaves drafts; the next one hands them in.
        """
        total = len(self._waiting)
        for number, (external_id, problems) in enumerate(self._waiting.items(), start=1):
            progress("hand in", number, total)
            with transaction.atomic():
                page = self._page(self.known.get(external_id))
                if page is None or page.current_workflow_task_state or was_handed_in(page):
                    continue
                returned = self._hand_in(page, problems)
            (self.outcome.returned if returned else self.outcome.submitted).append(external_id)
        return [row for name, row in self._waiting.items() if "@" in name]

    def _hand_in(self, obj: Any, problems: Problems) -> bool:
        """Hand in one draft; return whether it has to be changed first."""
        try:
            refused = self.roads.hand_in(obj)
        except ReviewRefused as error:
            problems.add("not-submitted", str(obj), "", str(error))
            return True
        for row in refused:
            place = row["field"] + (f" #{row['block_id']}" if row["block_id"] else "")
            problems.add("needs-changes", place, row["code"], row["message"])
        return bool(refused)


def set_stream(page: Any, name: str, raw: list[dict[str, Any]], seed: str) -> None:
    """Put raw blocks into a StreamField, with ids that the same document gets again."""
    block = page._meta.get_field(name).stream_block
    filled = ensure_ids(block, raw, seed=f"{seed}#{name}")
    setattr(page, name, StreamValue(block, filled, is_lazy=True))


def _kind_of(rows: list[tuple[str, str]], plan: Plan) -> str:
    return next((_kind(name, plan) for name, _group in rows), "")


def _kind(document_id: str, plan: Plan) -> str:
    return plan.kind_of(document_id)


def _slug(head: DocumentHead) -> str:
    return head.name[:200]


def _source_note(head: DocumentHead) -> str:
    source = head.front.source
    place = "/".join(part for part in (source.repo, source.path) if part)
    return f"{place} @ {source.commit}"[:500] if source.commit else place[:500]


def _message(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(error.messages)
    return f"{type(error).__name__}: {error}"
