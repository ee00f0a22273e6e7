"""Who may judge an open step, and how far its requirements are met."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from wagtail.models import TaskState

from content.drafts import revision_to_read
from editorial.models import ApprovalTask, ApprovalVote, FactCheckTask, ReviewState
from editorial.queries.contributors import contributors
from editorial.queries.rules import Slot, parties_of, slots_of
from partners.models import Membership
from partners.services import is_hub_admin

Role = Membership.Role


@dataclass(frozen=True)
class Judge:
    """A person who may fill a slot, for themselves or for a member whom they represent."""

    user_id: int
    actor_key: UUID
    behalf_id: int | None = None
    behalf_key: UUID | None = None


@dataclass(frozen=True)
class Tally:
    """A slot and the people who agreed to it so far."""

    slot: Slot
    voters: tuple[UUID, ...]

    @property
    def missing(self) -> int:
        return max(0, self.slot.needed - len(self.voters))


@dataclass(frozen=True)
class Panel:
    """Who may judge an open step, read once: what it needs, people for each part, contributors."""

    slots: tuple[Slot, ...]
    people: dict[Slot, list[Judge]]
    excluded: frozenset[int]

    def tally(self, votes: Iterable[ApprovalVote]) -> list[Tally]:
        """How far each slot is met by these votes, of people who may still vote.

        A person who fits several slots of one requirement counts where it helps most: a largest
        matching of voters and places (augmenting paths, Kuhn 1955).
        """
        by_requirement: dict[str, list[ApprovalVote]] = defaultdict(list)
        for vote in votes:
            if vote.decision == ApprovalVote.Decision.APPROVE:
                by_requirement[vote.requirement_key].append(vote)
        return [
            tally
            for key in dict.fromkeys(slot.requirement_key for slot in self.slots)
            for tally in _matched(
                [slot for slot in self.slots if slot.requirement_key == key],
                by_requirement[key],
                self.people,
            )
        ]


def panel_of(state: ReviewState, obj: Any) -> Panel:
    """Who may judge a step, for what its draft says now."""
    slots = slots_of_step(state.task.specific, obj)
    excluded = excluded_from(state, obj)
    return Panel(tuple(slots), judges(slots, language_of(obj), excluded), frozenset(excluded))


def votes_on(state: ReviewState) -> list[ApprovalVote]:
    """Votes of a step on its present content, oldest first."""
    return list(
        ApprovalVote.objects.filter(
            task_state_id=state.pk, content_hash=state.content_hash
        ).order_by("pk")
    )


def slots_of_step(task: Any, obj: Any) -> list[Slot]:
    """What a step needs: requirements of an approval, or who closes a fact check."""
    if isinstance(task, ApprovalTask):
        return slots_of(task, obj)
    if isinstance(task, FactCheckTask):
        owner = parties_of(obj).owner_id
        if owner is None:
            return [Slot("close", Role.HUB_ADMIN, "", None, "", 1)]
        return [Slot("close", Role.APPROVER, "", frozenset([owner]), "", 1, is_strict=True)]
    return []


def judges(slots: Iterable[Slot], language: str, excluded: set[int]) -> dict[Slot, list[Judge]]:
    """People for each slot, in one query: members of today and those who represent them.

    Contributors neither vote nor are represented. Hub admins stand in wherever the role of a partner
    is asked for, but for no sector: the two sides agree themselves.
    """
    rows = list(
        Membership.objects.current()
        .filter(_asked(slots))
        .select_related("user", "delegate_to", "partner")
    )
    today = timezone.localdate()
    found: dict[Slot, list[Judge]] = {}
    for slot in slots:
        people: dict[UUID, Judge] = {}
        for row in rows:
            if not _fits(row, slot, language) or row.user_id in excluded:
                continue
            people.setdefault(row.user.actor_key, Judge(row.user_id, row.user.actor_key))
            delegate = row.delegate_to
            represented = row.delegate_until is not None and row.delegate_until >= today
            if delegate and represented and delegate.is_active and delegate.pk not in excluded:
                people.setdefault(
                    delegate.actor_key,
                    Judge(delegate.pk, delegate.actor_key, row.user_id, row.user.actor_key),
                )
        found[slot] = list(people.values())
    return _with_superusers(found, excluded)


def _asked(slots: Iterable[Slot]) -> Q:
    roles = {slot.role for slot in slots} | {Role.HUB_ADMIN}
    return Q(role__in=roles)


def _fits(row: Membership, slot: Slot, language: str) -> bool:
    if row.role == Role.HUB_ADMIN:
        return not (slot.sector or slot.is_strict)
    if row.role != slot.role or (slot.specialism and row.specialism != slot.specialism):
        return False
    if row.role == Role.TRANSLATION_REVIEWER and language not in row.language_codes:
        return False
    if slot.sector:
        return row.partner_id in (slot.partner_ids or ())
    # Specialists of the whole hub count for every partner.
    return row.partner_id is None or slot.partner_ids is None or row.partner_id in slot.partner_ids


def _with_superusers(found: dict[Slot, list[Judge]], excluded: set[int]) -> dict[Slot, list[Judge]]:
    """Superusers are hub admins without a membership."""
    for user in get_user_model().objects.filter(is_superuser=True, is_active=True):
        for slot, people in found.items():
            stands_in = not (slot.sector or slot.is_strict) and user.pk not in excluded
            if stands_in and all(judge.user_id != user.pk for judge in people):
                people.append(Judge(user.pk, user.actor_key))
    return found


def language_of(obj: Any) -> str:
    locale = getattr(obj, "locale", None)
    return locale.language_code if locale else ""


def draft_of(state: ReviewState) -> Any:
    """The draft that is judged: always the latest."""
    return revision_to_read(state.workflow_state.content_object.latest_revision)


def excluded_from(state: ReviewState, obj: Any) -> set[int]:
    """Contributors, asked anew."""
    return contributors(obj, state.workflow_state.requested_by_id)


def eligible_reviewers(state: Any) -> QuerySet:
    """People who may judge a step that is open now and have not yet."""
    state = state.specific
    return still_asked(state, panel_of(state, draft_of(state)))


def still_asked(state: ReviewState, panel: Panel) -> QuerySet:
    """Of a panel, the people who have not voted and could fill what is missing."""
    votes = votes_on(state)
    ids = {
        judge.user_id
        for tally in panel.tally(votes)
        if tally.missing
        for judge in panel.people[tally.slot]
    }
    voted = {vote.actor_key for vote in votes}
    return get_user_model().objects.filter(pk__in=ids).exclude(actor_key__in=voted)


def tally_of(state: ReviewState, obj: Any) -> list[Tally]:
    """How far each slot of a step is met."""
    return panel_of(state, obj).tally(votes_on(state))


def _matched(
    slots: list[Slot], votes: list[ApprovalVote], people: dict[Slot, list[Judge]]
) -> list[Tally]:
    places = [(number, slot) for slot in slots for number in range(slot.needed)]
    allowed = {
        vote.pk: [
            place
            for place in range(len(places))
            if any(
                (judge.actor_key, judge.behalf_key) == (vote.actor_key, vote.on_behalf_of)
                for judge in people[places[place][1]]
            )
        ]
        for vote in votes
    }
    taken: dict[int, int] = {}

    def seat(pk: int, tried: set[int]) -> bool:
        for place in allowed[pk]:
            if place in tried:
                continue
            tried.add(place)
            if place not in taken or seat(taken[place], tried):
                taken[place] = pk
                return True
        return False

    for vote in votes:
        seat(vote.pk, set())
    keys = {vote.pk: vote.actor_key for vote in votes}
    return [
        Tally(
            slot,
            tuple(keys[pk] for place, pk in sorted(taken.items()) if places[place][1] == slot),
        )
        for slot in slots
    ]


def is_asked(state: Any, user: Any) -> bool:
    """Whether a person could judge a step at all; contributors read, but do not vote."""
    state = state.specific
    obj = draft_of(state)
    people = judges(slots_of_step(state.task.specific, obj), language_of(obj), set())
    return any(judge.user_id == user.pk for found in people.values() for judge in found)


def may_act(state: Any, user: Any) -> bool:
    """Whether a person may judge a step now."""
    state = state.specific
    return (
        state.status == TaskState.STATUS_IN_PROGRESS
        and eligible_reviewers(state).filter(pk=user.pk).exists()
    )


def may_write(obj: Any, user: Any) -> bool:
    """Whether a person may change a draft, by their roles at its partners."""
    if user.is_superuser or is_hub_admin(user):
        return True
    if getattr(obj, "owner_id", None) == user.pk:
        return True
    return (
        Membership.objects.current()
        .filter(
            user=user,
            role__in=[Role.EDITOR, Role.STEWARD, Role.TRANSLATOR],
            partner_id__in=parties_of(obj).partner_ids,
        )
        .exists()
    )


def states_waiting_for(user: Any) -> QuerySet[ReviewState]:
    """Open steps that ask for a role of this person, without those of own work. One query."""
    today = timezone.localdate()
    memberships = [
        *Membership.objects.current().filter(user=user),
        *Membership.objects.current().filter(delegate_to=user, delegate_until__gte=today),
    ]
    asked = Q(pk__in=[])
    admin = user.is_superuser
    for row in memberships:
        if row.role == Role.HUB_ADMIN:
            admin = True
            continue
        fits = Q(asks__role=row.role, asks__missing__gt=0)
        if row.role == Role.SPECIALIST:
            fits &= Q(asks__specialism=row.specialism)
        if row.partner_id is not None:
            fits &= Q(asks__partner=row.partner_id) | Q(asks__partner=None, asks__sector="")
        if row.role == Role.TRANSLATION_REVIEWER:
            fits &= Q(asks__language__in=row.language_codes)
        asked |= fits
    if admin:
        asked |= Q(asks__role=Role.HUB_ADMIN, asks__missing__gt=0)
    return (
        ReviewState.objects.filter(asked, status=TaskState.STATUS_IN_PROGRESS)
        .exclude(contributors=user)
        .exclude(
            Exists(
                ApprovalVote.objects.filter(
                    task_state_id=OuterRef("pk"),
                    content_hash=OuterRef("content_hash"),
                    actor_key=user.actor_key,
                )
            )
        )
        .distinct()
    )
