"""Which way content takes from a document to readers: a hub admin answers for it, or it is handed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from wagtail.models import WorkflowState

from content import audit
from content.hashing import content_hash, revision_hash
from content.models import AuditEvent
from content.publication import Road, release
from editorial.checks import REFUSE, render
from editorial.services.submission import said, submit
from partners.models import Partner

# What people did to a revision that makes it theirs.
WORK = frozenset({
    "approved", "scheduled", "claimed", "fact_check_invited", "fact_check_answered",
    "fact_check_accepted", "emergency_ratified", "taken_down",
})  # fmt: skip
IMPORTED = "imported"


@dataclass
class Options:
    """How an import is run. Publishing needs a person who answers for it, drafts one who hands in."""

    publish: bool = False
    overwrite: bool = False
    approved_by: Any = None
    submitted_by: Any = None
    reason: str = ""
    partner: Partner | None = None

    @property
    def user(self) -> Any:
        """Who wrote the drafts, as far as evidence is concerned."""
        return self.approved_by if self.publish else self.submitted_by


@dataclass
class Roads:
    """Brings drafts of one import on their way; ``source`` says from where."""

    options: Options
    source: dict[str, str] = field(default_factory=dict)
    # Records of the document that is being written, to be handed in with it.
    waiting: list[Any] = field(default_factory=list)

    @contextmanager
    def opened(self, document_id: str, address: str = "") -> Iterator[None]:
        """Write one document; what it publishes is recorded with its source."""
        self.source, self.waiting = {"document": document_id, "source": address}, []
        if not self.options.publish:
            yield
            return
        options = self.options
        with release(Road.IMPORT, actor=options.approved_by, reason=options.reason, **self.source):
            yield

    def keep(self, record: Any, *, publish: bool) -> bool:
        """Save a record that was filled; return False where it was left to those who edited it here.

        Args:
            publish: readers see it at once; otherwise it is a draft that is handed in.
        """
        if record.pk is None:
            record.live, record.has_unpublished_changes = publish, not publish
            record.save()
            if publish:
                return True
        elif is_edited(record):
            return False
        elif content_hash(record) == _latest_hash(record):
            if publish and _waits(record):
                self.publish(record.latest_revision)
            return True
        revision = self.draft(record, publish=publish, clean=False)
        if publish:
            self.publish(revision)
        else:
            self.waiting.append(record)
        return True

    def draft(self, obj: Any, *, publish: bool, clean: bool = True) -> Any:
        """Save a draft of what an import has filled."""
        revision = obj.save_revision(user=self.options.user, clean=clean)
        if not publish:
            audit.record(
                IMPORTED, actor=self.options.user, obj=obj, revision_id=revision.pk,
                content_hash=revision_hash(revision), **self.source,
            )  # fmt: skip
        return revision

    def publish(self, revision: Any) -> None:
        """Let a draft go live on the word of a hub admin; a review of it ends."""
        with said(self.options.reason):
            revision.publish(user=self.options.approved_by)

    def hand_in(self, obj: Any) -> list[dict[str, Any]]:
        """Hand in a draft that is not in review yet; return what the automatic checks refuse in it.

        Raises:
            ReviewRefused: nothing is new, or the person may not.
        """
        running = obj.current_workflow_state
        if running is not None and running.status == WorkflowState.STATUS_IN_PROGRESS:
            # A change of what is in review is reviewed with it.
            return []
        state = submit(obj, self.options.submitted_by)
        if state.status != WorkflowState.STATUS_NEEDS_CHANGES:
            return []
        found = getattr(state.current_task_state.specific, "findings", None) or []
        return [render(row) for row in found if row["level"] == REFUSE]


def is_edited(obj: Any) -> bool:
    """Whether people have edited or approved the newest draft here; the import leaves it to them."""
    if obj.latest_revision_id is None:
        return False
    events = _events(obj, obj.latest_revision_id)
    return has_work(events) or not any(_is_import(kind, data) for kind, data in events)


def is_approved(obj: Any, revision_id: int | None) -> bool:
    """Whether somebody has judged or taken down the revision that an import made."""
    return revision_id is not None and has_work(_events(obj, revision_id))


def was_handed_in(obj: Any) -> bool:
    """Whether the newest draft was handed in before, whatever became of it."""
    events = _events(obj, obj.latest_revision_id)
    return any(kind == "submitted" for kind, _data in events)


def has_work(events: list[tuple[str, dict[str, Any]]]) -> bool:
    return any(
        kind in WORK
        or (kind == "voted" and data.get("decision") == "approve")
        or (kind == "published" and data.get("road") != Road.IMPORT)
        for kind, data in events
    )


def _is_import(kind: str, data: dict[str, Any]) -> bool:
    return kind == IMPORTED or (kind == "published" and data.get("road") == Road.IMPORT)


def _events(obj: Any, revision_id: int) -> list[tuple[str, dict[str, Any]]]:
    rows = AuditEvent.objects.filter(
        object_type=obj._meta.label_lower, object_id=str(obj.pk), revision_id=revision_id
    )
    return list(rows.values_list("kind", "data"))


def _latest_hash(record: Any) -> str:
    if record.latest_revision_id:
        return revision_hash(record.latest_revision)
    return content_hash(type(record).objects.get(pk=record.pk))


def _waits(record: Any) -> bool:
    return record.latest_revision_id and (record.has_unpublished_changes or not record.live)
