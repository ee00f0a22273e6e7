"""Writes about answers of guests and specialists. An answer is never an approval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.urls import reverse

from content import audit
from content.hashing import revision_hash
from content.registry import answer as ask
from editorial.errors import ReviewRefused
from editorial.factcheck import queries
from editorial.models import FactCheckRequest, GuestAnswer


class LinkEndedError(Exception):
    """The link was closed while the guest was reading; ``state`` says how."""

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(state)


@dataclass(frozen=True)
class Said:
    """What somebody wrote into the form."""

    verdict: str
    comment: str = ""
    block_comments: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def answer_as_guest(request_id: int, said: Said) -> GuestAnswer:
    """Keep the answer of a guest, about the revision that the link shows.

    Raises:
        LinkEndedError: the link has ended meanwhile.
    """
    request = FactCheckRequest.objects.select_for_update().get(pk=request_id)
    obj = queries.content_of(request.object_type, request.object_id)
    state = queries.state_of(request, queries.latest_hash(obj))
    if state != FactCheckRequest.State.OPEN:
        raise LinkEndedError(state)
    row = _save(
        obj,
        said,
        request_id=request.pk,
        task_state_id=request.task_state_id,
        revision_id=request.revision_id,
        content_hash=request.content_hash,
        subject=request.subject,
        actor_key=request.actor_key,
    )
    _record(row, obj, None)
    _tell(row, obj, [request.invited_by])
    return row


@transaction.atomic
def answer_as_specialist(obj: Any, user: Any, said: Said, content_hash: str) -> GuestAnswer:
    """Keep the answer of a specialist with an account, about the content that the form showed.

    Raises:
        ReviewRefused: nobody asks this person now.
        LinkEndedError: the text has changed meanwhile.
    """
    obj = queries.fresh(obj)
    state = queries.open_check(obj)
    if state is None or not queries.may_answer(user, obj):
        raise ReviewRefused
    revision = obj.get_latest_revision()
    if revision_hash(revision) != content_hash:
        raise LinkEndedError(FactCheckRequest.State.CHANGED)
    row = _save(
        obj,
        said,
        task_state_id=state.pk,
        revision_id=revision.pk,
        content_hash=content_hash,
        subject=state.task.specific.subject,
        actor_key=user.actor_key,
    )
    _record(row, obj, user)
    _tell(row, obj, queries.closers(obj))
    return row


def _save(obj: Any, said: Said, **values: Any) -> GuestAnswer:
    locale = getattr(obj, "locale", None)
    row = GuestAnswer(
        **queries.names_object(obj),
        page_key=getattr(obj, "translation_key", None),
        locale=locale.language_code if locale else "",
        partner_id=getattr(obj, "owner_partner_id", None),
        verdict=said.verdict,
        comment=said.comment,
        block_comments=dict(said.block_comments),
        **values,
    )
    row.save()
    return row


def _record(row: GuestAnswer, obj: Any, user: Any) -> None:
    audit.record(
        "fact_check_answered",
        actor=user,
        obj=obj,
        revision_id=row.revision_id,
        content_hash=row.content_hash,
        rows=[row],
        guest="" if user else str(row.actor_key),
        verdict=row.verdict,
        subject=row.subject,
    )


def _tell(row: GuestAnswer, obj: Any, recipients: Any) -> None:
    app, model = row.object_type.split(".")
    ask(
        "notify",
        "guest_answered",
        [user for user in recipients if user is not None],
        obj,
        url=reverse("fact_checks:list", args=[app, model, row.object_id]),
        period=f"answer-{row.pk}",
    )
