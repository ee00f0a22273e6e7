"""The one door to readers: content goes live only inside a release, and each leaves an event.

``Gated`` (``content.models.gated``) asks here before anything of its content becomes public, whatever
road it came by: a form, a bulk action, the API, a schedule, a copy, an alias, an import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from wagtail.models import Revision

from content import audit
from content.hashing import content_hash as hash_of
from content.models.evidence import AuditEvent
from content.registry import published


class PublicationRefused(PermissionDenied):
    """Somebody tried to bring content to readers past its approval."""


class Road:
    """By what right content goes live or is taken down."""

    APPROVAL = "approval"
    SCHEDULE = "schedule"
    EMERGENCY = "emergency"
    IMPORT = "import"
    SETUP = "setup"
    # Down, not up.
    TAKE_DOWN = "take_down"
    EXPIRY = "expiry"

    # Acts that somebody answers for by name or command, for whatever content they touch.
    RECORDED = frozenset({IMPORT, SETUP})
    DOWN = frozenset({TAKE_DOWN, EXPIRY, EMERGENCY, IMPORT, SETUP})


@dataclass
class Release:
    """An open door. With a revision it lets through this content only."""

    road: str
    actor: Any = None
    reason: str = ""
    revision_id: int | None = None
    content_hash: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    publishing: tuple[str, Any] | None = None

    def lets_through(self, revision_id: int | None, content_hash: str) -> bool:
        """Whether content may go live: any by a recorded act, else only what the release names."""
        if self.road in Road.RECORDED:
            return True
        return self.revision_id == revision_id and self.content_hash == content_hash


_open: ContextVar[Release | None] = ContextVar("release", default=None)


@contextmanager
def release(
    road: str,
    *,
    actor: Any = None,
    reason: str = "",
    revision_id: int | None = None,
    content_hash: str = "",
    **data: Any,
) -> Iterator[Release]:
    """Open the door for the block: for one content, or by a recorded act (set-up, import) for all."""
    opened = Release(road, actor, reason, revision_id, content_hash, data)
    token = _open.set(opened)
    try:
        yield opened
    finally:
        _open.reset(token)


def is_open() -> bool:
    """Whether something goes live or down just now."""
    return _open.get() is not None


def is_recorded_act() -> bool:
    """Whether the open release is an act that may make things public without a revision."""
    opened = _open.get()
    return opened is not None and opened.road in Road.RECORDED


def is_publishing(obj: Any) -> bool:
    """Whether a save of this object belongs to a publication that has been let through."""
    opened = _open.get()
    return opened is not None and opened.publishing == _identity(obj)


def refuse() -> NoReturn:
    """Refuse, in words for the person who tried.

    Raises:
        PublicationRefused: always.
    """
    raise PublicationRefused(
        _("Only approved content is published: submit it, and its reviewers decide.")
    )


def require(revision_id: int | None, content_hash: str) -> None:
    """Let through what the open release is for.

    Raises:
        PublicationRefused: no release is open, or it names other content.
    """
    opened = _open.get()
    if opened is None or not opened.lets_through(revision_id, content_hash):
        refuse()


def require_down() -> None:
    """Let content be taken down.

    Raises:
        PublicationRefused: no release that takes down is open.
    """
    opened = _open.get()
    if opened is None or opened.road not in Road.DOWN:
        raise PublicationRefused(
            _("Pages are taken down with a reason, by an approver or the steward of their partner.")
        )


@contextmanager
def publishing(obj: Any) -> Iterator[None]:
    """Mark the writes of the publication of one object: its event covers them."""
    opened = _open.get()
    if opened is None:
        refuse()
    before, opened.publishing = opened.publishing, _identity(obj)
    try:
        yield
    finally:
        opened.publishing = before


def is_approved(revision_id: int, content_hash: str) -> bool:
    """Whether an event says that this very content was approved."""
    return AuditEvent.objects.filter(
        kind="approved", revision_id=revision_id, content_hash=content_hash
    ).exists()


def note_published(obj: Any, revision: Revision, content_hash: str) -> None:
    """Write the event of a publication, last in its transaction, and tell the registered handlers."""
    revision.refresh_from_db(fields=["approved_go_live_at"])
    planned = revision.approved_go_live_at is not None
    event = _note("scheduled" if planned else "published", obj, revision.pk, content_hash)
    if not planned:
        published(obj, revision, event)


def note_live(obj: Any) -> None:
    """Write the event of content that a recorded act made public without a revision."""
    event = _note("published", obj, obj.live_revision_id, hash_of(obj))
    published(obj, None, event)


def note_down(obj: Any) -> None:
    """Write the event of content that readers no longer see."""
    _note("taken_down", obj, obj.latest_revision_id, hash_of(obj))


def _note(kind: str, obj: Any, revision_id: int | None, content_hash: str) -> AuditEvent:
    opened = _open.get()
    if opened is None:
        refuse()
    data: dict[str, Any] = {"road": opened.road, **opened.data}
    if opened.reason:
        data["reason"] = opened.reason
    return audit.record(
        kind,
        actor=opened.actor,
        obj=obj,
        revision_id=revision_id,
        content_hash=content_hash,
        **data,
    )


def _identity(obj: Any) -> tuple[str, Any]:
    return (obj._meta.label_lower, obj.pk)
