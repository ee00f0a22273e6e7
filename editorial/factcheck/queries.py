"""Reads of fact checks: who was asked, what was answered, who may ask, answer and close."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import Page, Revision, TaskState

from content.audit import names_of
from content.drafts import draft_to_read
from content.hashing import revision_hash
from editorial.models import FactCheckRequest, FactCheckTask, GuestAnswer, ReviewState
from editorial.queries.contributors import contributors
from editorial.queries.rules import parties_of
from partners.models import Membership

State = FactCheckRequest.State
Role = Membership.Role


@dataclass(frozen=True)
class Shown:
    """An answer with the name of who gave it."""

    answer: GuestAnswer
    name: str
    is_current: bool


def digest_of(token: str) -> str:
    """Digest under which the token of a link is looked up."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def request_by_token(token: str) -> FactCheckRequest | None:
    """The request that a link belongs to."""
    return FactCheckRequest.objects.filter(token_hash=digest_of(token)).first()


def content_of(kind: str, pk: str) -> Any:
    """The page or record that a row names; None if it is gone."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        return None
    try:
        found = model.objects.filter(pk=pk).first()
    except (TypeError, ValueError):
        return None
    return found.specific if isinstance(found, Page) else found


def names_object(obj: Any) -> dict[str, str]:
    """Columns by which rows name a page or record."""
    model = (obj.specific_class or type(obj)) if isinstance(obj, Page) else type(obj)
    return {"object_type": model._meta.label_lower, "object_id": str(obj.pk)}


def requests_of(obj: Any) -> QuerySet[FactCheckRequest]:
    """All requests for a page or record, newest first."""
    return FactCheckRequest.objects.filter(**names_object(obj))


def are_open(rows: QuerySet[FactCheckRequest]) -> QuerySet[FactCheckRequest]:
    """Those of some requests that wait for an answer, or for another one."""
    return rows.filter(revoked_at=None, closed_reason="", expires_at__gt=timezone.now())


def fresh(obj: Any) -> Any:
    """The row as it is now: an object that somebody has held for a while knows an older draft."""
    return type(obj).objects.get(pk=obj.pk)


def latest_hash(obj: Any) -> str:
    """Content hash of the latest draft; empty if there is none."""
    revision = obj.get_latest_revision() if obj is not None else None
    return revision_hash(revision) if revision else ""


def state_of(request: FactCheckRequest, latest: str) -> str:
    """State of a link, the latest content asked: a change closes it even if nobody has told us."""
    if request.state == State.OPEN and request.content_hash != latest:
        return str(State.CHANGED)
    return request.state


def revision_of(request: FactCheckRequest) -> Revision | None:
    """The revision that the guest was asked about."""
    return Revision.objects.filter(pk=request.revision_id).first()


def open_check(obj: Any, subject: str | None = None) -> ReviewState | None:
    """The fact check that is the open step of an object's workflow."""
    state = getattr(obj, "current_workflow_task_state", None)
    if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
        return None
    task = state.task.specific
    if not isinstance(task, FactCheckTask) or subject not in (None, task.subject):
        return None
    return state.specific


def has_requests(obj: Any, subject: str = "") -> bool:
    """Whether somebody is asked, or has answered, about the latest draft in this subject."""
    said = latest_hash(obj)
    asked = _in_subject(are_open(requests_of(obj)), subject).filter(content_hash=said)
    return asked.exists() or answers_on(obj, said, subject).exists()


def open_requests(task_state: Any) -> QuerySet[FactCheckRequest]:
    """Requests that wait for an answer in an open step."""
    obj = task_state.workflow_state.content_object
    return _in_subject(are_open(requests_of(obj)), _subject_of(task_state))


def answers_of(task_state: Any) -> QuerySet[GuestAnswer]:
    """Answers in the subject of a step, on the latest draft."""
    obj = task_state.workflow_state.content_object
    return answers_on(obj, latest_hash(obj), _subject_of(task_state))


def answers_on(obj: Any, content_hash: str, subject: str = "") -> QuerySet[GuestAnswer]:
    """Answers on one content, oldest first; without a subject those in all of them."""
    rows = GuestAnswer.objects.filter(**names_object(obj), content_hash=content_hash)
    return _in_subject(rows, subject).order_by("at", "pk")


def objections(answers: Iterable[GuestAnswer]) -> list[GuestAnswer]:
    """Of each person the last answer, if it asks for changes."""
    last = {answer.actor_key: answer for answer in answers}
    return [a for a in last.values() if a.verdict == GuestAnswer.Verdict.NEEDS_CHANGES]


def shown_answers(obj: Any) -> list[Shown]:
    """All answers about a page or record with names, newest first, in two queries."""
    said = latest_hash(obj)
    rows = list(GuestAnswer.objects.filter(**names_object(obj)).order_by("-at", "-pk"))
    names = names_of(row.actor_key for row in rows)
    return [Shown(row, names.get(row.actor_key, ""), row.content_hash == said) for row in rows]


def may_invite(user: Any, obj: Any) -> bool:
    """Whether a person may ask guests: who may edit it, and approvers of its partners."""
    if isinstance(obj, Page) and obj.permissions_for_user(user).can_edit():
        return True
    parties = parties_of(draft_to_read(obj))
    roles = [Role.APPROVER, Role.EDITOR, Role.STEWARD]
    return user.is_superuser or _represented(user).filter(
        Q(role__in=roles, partner_id__in=parties.partner_ids) | Q(role=Role.HUB_ADMIN)
    ).exists()  # fmt: skip


def may_answer(user: Any, obj: Any) -> bool:
    """Whether a person answers as a specialist in the open fact check; nobody on own work."""
    state = open_check(obj)
    if state is None:
        return False
    parties = parties_of(draft_to_read(obj))
    rows = Membership.objects.current().filter(
        Q(partner=None) | Q(partner_id__in=parties.partner_ids), user=user, role=Role.SPECIALIST
    )
    subject = _subject_of(state)
    if subject:
        rows = rows.filter(specialism=subject)
    return rows.exists() and user.pk not in contributors(obj, state.workflow_state.requested_by_id)


def specialists_for(task_state: Any) -> QuerySet:
    """Specialists of the subject of an open step, of its partners or of the whole hub."""
    obj = task_state.workflow_state.content_object
    subject = _subject_of(task_state)
    parties = parties_of(draft_to_read(obj))
    rows = Membership.objects.current().filter(
        Q(partner=None) | Q(partner_id__in=parties.partner_ids),
        role=Role.SPECIALIST,
        specialism=subject or None,
    )
    people = get_user_model().objects.filter(is_active=True, pk__in=rows.values("user"))
    return people.exclude(pk__in=contributors(obj, task_state.workflow_state.requested_by_id))


def states_to_answer(user: Any) -> QuerySet[ReviewState]:
    """Open fact checks in a subject of this person, about which they have not answered. One query."""
    asked = Q(pk__in=[])
    for row in Membership.objects.current().filter(user=user, role=Role.SPECIALIST):
        fits = Q(task__in=FactCheckTask.objects.filter(subject=row.specialism).values("pk"))
        asked |= fits if row.partner_id is None else fits & Q(partners=row.partner_id)
    answered = GuestAnswer.objects.filter(
        task_state_id=OuterRef("pk"),
        content_hash=OuterRef("content_hash"),
        actor_key=user.actor_key,
    )
    rows = ReviewState.objects.filter(asked, status=TaskState.STATUS_IN_PROGRESS)
    return rows.exclude(contributors=user).exclude(Exists(answered)).distinct()


def closers(obj: Any) -> QuerySet:
    """People who may accept or refuse the result: approvers of the owner, and who represents them.

    Content without an owner is closed by hub admins.
    """
    owner = parties_of(draft_to_read(obj)).owner_id
    role = Q(role=Role.HUB_ADMIN) if owner is None else Q(role=Role.APPROVER, partner_id=owner)
    excluded = contributors(obj, _requester(obj))
    rows = Membership.objects.current().filter(role).exclude(user__in=excluded)
    delegates = rows.filter(delegate_until__gte=timezone.localdate()).values("delegate_to")
    people = get_user_model().objects.filter(is_active=True)
    return people.filter(Q(pk__in=rows.values("user")) | Q(pk__in=delegates)).exclude(
        pk__in=excluded
    )


def _requester(obj: Any) -> int | None:
    running = getattr(obj, "current_workflow_state", None)
    return running.requested_by_id if running else None


def _represented(user: Any) -> QuerySet[Membership]:
    """Memberships of a person, and those of people whom the person represents today."""
    today = timezone.localdate()
    own = Q(user=user) | Q(delegate_to=user, delegate_until__gte=today)
    return Membership.objects.current().filter(own)


def _subject_of(task_state: Any) -> str:
    return str(getattr(task_state.task.specific, "subject", ""))


def _in_subject(rows: QuerySet[Any], subject: str) -> QuerySet[Any]:
    return rows.filter(subject=subject) if subject else rows
