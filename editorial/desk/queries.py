"""What the review screen and the dashboard show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from wagtail.models import Page, TaskState, WorkflowState

from content.audit import names_of
from editorial import checks
from editorial.desk.objects import address_parts
from editorial.factcheck.queries import states_to_answer
from editorial.models import Checklist, KnowledgePage, Requirement, ReviewState
from editorial.queries.people import counts_once, unfillable
from editorial.queries.reviewers import (
    Panel,
    language_of,
    states_waiting_for,
    votes_on,
)
from editorial.queries.rules import WEIGHT, Slot
from editorial.queries.state import (
    ContentState,
    content_states,
    day_of,
    partner_name,
    role_name,
)
from partners.models import Partner
from partners.standing import standing_of

PANEL_ROWS = 8


@dataclass(frozen=True)
class Seat:
    """A requirement that a person may fill, with its questions."""

    key: str
    label: str
    checklist: Checklist | None


@dataclass(frozen=True)
class Row:
    """One line of a list: what it is, how far it has come, where to go."""

    title: str
    language: str
    url: str
    state: ContentState


def label_of_slot(slot: Slot) -> str:
    """A requirement in words: “partner approver (City of Wrenford)”."""
    role = role_name(slot.role, slot.specialism)
    if slot.sector:
        return f"{role} · {Partner.Kind(slot.sector).label}"
    names = [partner_name(pk) for pk in sorted(slot.partner_ids or ())]
    return f"{role} ({', '.join(names)})" if names else role


def progress_of(state: ReviewState, panel: Panel) -> list[dict[str, Any]]:
    """Each requirement of an open step: ``{"label", "needed", "voters", "missing", "nobody"}``."""
    tallies = panel.tally(votes_on(state))
    empty = unfillable(panel.people, panel.people, distinct=counts_once(state.task.specific))
    names = names_of(key for tally in tallies for key in tally.voters)
    return [
        {
            "label": label_of_slot(tally.slot),
            "needed": tally.slot.needed,
            "voters": [names.get(key, "") for key in tally.voters],
            "missing": tally.missing,
            # Said before anybody waits in vain.
            "nobody": tally.missing > 0 and tally.slot in empty,
        }
        for tally in tallies
    ]


def seats_of(state: ReviewState, panel: Panel, user: Any) -> list[Seat]:
    """Requirements that a person may fill now; none for contributors and those who have voted."""
    votes = votes_on(state)
    filled = {vote.requirement_key for vote in votes if vote.actor_key == user.actor_key}
    if user.pk in panel.excluded or (filled and counts_once(state.task.specific)):
        return []
    checklists = {
        row.key: row.checklist
        for row in Requirement.objects.filter(task_id=state.task_id).select_related("checklist")
    }
    seats = {}
    for tally in sorted(panel.tally(votes), key=lambda tally: not tally.missing):
        key = tally.slot.requirement_key
        if (
            key not in seats
            and key not in filled
            and any(judge.user_id == user.pk for judge in panel.people[tally.slot])
        ):
            seats[key] = Seat(key, label_of_slot(tally.slot), checklists.get(key))
    return list(seats.values())


def graver_kinds(obj: Any) -> list[tuple[str, str]]:
    """The kind of change of a draft and those above it, as choices; none if nothing is above."""
    kind = getattr(obj, "change_kind", "")
    if kind not in WEIGHT:
        return []
    found = [
        (value, str(label))
        for value, label in KnowledgePage.ChangeKind.choices
        if WEIGHT[value] >= WEIGHT[kind]
    ]
    return found if len(found) > 1 else []


def findings_of(obj: Any, state: ReviewState) -> list[dict[str, Any]]:
    """What the automatic checks say of this content, advice included."""
    step = (
        ReviewState.objects.filter(
            workflow_state_id=state.workflow_state_id, content_hash=state.content_hash
        )
        .exclude(findings=[])
        .order_by("-pk")
        .first()
    )
    return [checks.render(row) for row in step.findings] if step else []


def edit_url(obj: Any) -> str:
    """Address of the editor of a page or record."""
    if isinstance(obj, Page):
        return reverse("wagtailadmin_pages:edit", args=[obj.pk])
    return reverse(type(obj).snippet_viewset.get_url_name("edit"), args=[obj.pk])


def compare_url(obj: Any) -> str:
    """Address of the comparison between what readers see and the draft; empty if nothing is live."""
    if not obj.live:
        return ""
    try:
        if isinstance(obj, Page):
            name = "wagtailadmin_pages:revisions_compare"
        else:
            name = type(obj).snippet_viewset.get_url_name("revisions_compare")
        return reverse(name, args=[obj.pk, "live", "latest"])
    except NoReverseMatch:
        return ""


def timeline_url(obj: Any) -> str:
    """Address of what was decided about a page or record so far."""
    if isinstance(obj, Page):
        return reverse("evidence:page", args=[obj.translation_key])
    return reverse("evidence:record", args=address_parts(obj))


def preview_url(obj: Any) -> str:
    return reverse("wagtailadmin_pages:view_draft", args=[obj.pk]) if isinstance(obj, Page) else ""


# -- lists ------------------------------------------------------------------------------------


def waiting_for_me(user: Any) -> QuerySet[ReviewState]:
    """Open steps that this person may judge or answer, the most urgent first."""
    rows = ReviewState.objects.filter(
        Q(pk__in=states_waiting_for(user).values("pk"))
        | Q(pk__in=states_to_answer(user).values("pk"))
    )
    return rows.select_related("workflow_state").order_by("due_on", "pk")


def queue_of_partners(user: Any) -> QuerySet[ReviewState]:
    """Open steps of content of one's partners; of everything for hub admins."""
    rows = ReviewState.objects.filter(status=TaskState.STATUS_IN_PROGRESS)
    standing = standing_of(user)
    if not standing.sees_everything:
        rows = rows.filter(partners__in=standing.partner_ids).distinct()
    return rows.select_related("workflow_state").order_by("due_on", "pk")


def my_work(user: Any, limit: int = PANEL_ROWS) -> list[Row]:
    """What this person handed in or writes on: what came back first, drafts last."""
    running = (
        WorkflowState.objects.active().filter(requested_by=user).order_by("-status", "-pk")[:limit]
    )
    objects = list(objects_of(running).values())
    drafts = (
        Page.objects.filter(has_unpublished_changes=True, latest_revision__user=user)
        .exclude(pk__in=[obj.pk for obj in objects if isinstance(obj, Page)])
        .select_related("locale")
        .order_by("-latest_revision_created_at")[: max(limit - len(objects), 0)]
    )
    return lines_for([*objects, *drafts])


def lines_for(objects: Iterable[Any]) -> list[Row]:
    """Lines for content itself, leading to its editor."""
    objects = list(objects)
    words = _words_for(objects)
    return [
        Row(title_of(obj), language_of(obj), edit_url(obj), words[(_kind_of(obj), obj.pk)])
        for obj in objects
    ]


def _words_for(objects: Iterable[Any]) -> dict[tuple[type, Any], ContentState]:
    by_kind: dict[type, list[Any]] = {}
    for obj in objects:
        by_kind.setdefault(_kind_of(obj), []).append(obj)
    return {
        (kind, pk): state
        for kind, found in by_kind.items()
        for pk, state in content_states(found).items()
    }


def _kind_of(obj: Any) -> type:
    return Page if isinstance(obj, Page) else type(obj)


def rows_of(states: Iterable[ReviewState]) -> list[Row]:
    """Lines for open steps, leading to the review screen: a fixed number of queries for any number."""
    states = list(states)
    found = objects_of(state.workflow_state for state in states)
    words = _words_for(found.values())
    return [
        Row(
            title_of(obj),
            language_of(obj),
            reverse("desk:review", args=[state.pk]),
            words[(_kind_of(obj), obj.pk)],
        )
        for state in states
        if (obj := found.get(state.workflow_state_id)) is not None
    ]


def due_line(row: dict[str, Any]) -> Row:
    """The line of a check that is due (``editorial.reviews.queries.due_for``)."""
    late = row["days_overdue"] > 0
    words = gettext("Check was due %(day)s") if late else gettext("Check is due %(day)s")
    state = ContentState(
        "overdue" if late else "published",
        words % {"day": day_of(row["due_on"])},
        due_on=row["due_on"],
        is_late=late,
    )
    return Row(row["title"], row["locale"], row["url"], state)


def title_of(obj: Any) -> str:
    """Title of the draft."""
    return obj.draft_title if isinstance(obj, Page) else str(obj)


def objects_of(workflow_states: Iterable[WorkflowState]) -> dict[int, Any]:
    """What reviews are about, by their keys: one query for all pages, one for each kind of record."""
    wanted: dict[int, list[WorkflowState]] = {}
    for row in workflow_states:
        wanted.setdefault(row.base_content_type_id, []).append(row)
    found = {}
    for rows in wanted.values():
        model = apps.get_model(*rows[0].base_content_type.natural_key())
        objects = model.objects.filter(pk__in=[row.object_id for row in rows])
        if hasattr(model, "locale"):
            objects = objects.select_related("locale")
        if hasattr(model, "record"):
            objects = objects.select_related("record")
        by_id = {str(obj.pk): obj for obj in objects}
        found.update({row.pk: by_id[row.object_id] for row in rows if row.object_id in by_id})
    return found
