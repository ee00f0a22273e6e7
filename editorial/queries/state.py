"""How far content has come, in one sentence: the same words in lists, in the editor and in mails."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext
from wagtail.models import Page, Revision, WorkflowState, WorkflowTask

from editorial.models import Ask, EmergencyPublication, ReviewSchedule, ReviewState
from partners.models import Membership, Partner
from partners.queries.directory import directory, partner_card


@dataclass(frozen=True)
class ContentState:
    """What is true of some content now.

    ``key`` is one of draft, in_review, changes_requested, scheduled, published, overdue, emergency,
    taken_down; ``sentence`` says it with step, people and dates.
    """

    key: str
    sentence: str
    step_id: int | None = None
    due_on: date | None = None
    waits_for: tuple[str, ...] = ()
    is_late: bool = False


def content_state(obj: Any) -> ContentState:
    """The state of one page or record."""
    return content_states([obj])[obj.pk]


def content_states(objects: Iterable[Any]) -> dict[Any, ContentState]:
    """States of objects of one kind, by their keys: a fixed number of queries for any number."""
    objects = list(objects)
    if not objects:
        return {}
    facts = _Facts(objects)
    return {obj.pk: _state(obj, facts) for obj in objects}


class _Facts:
    """Everything that the states of some objects of one kind depend on."""

    def __init__(self, objects: Sequence[Any]) -> None:
        self.base_type = objects[0].get_base_content_type()
        self.is_page = isinstance(objects[0], Page)
        ids = [str(obj.pk) for obj in objects]
        self.running = {
            row.object_id: row
            for row in WorkflowState.objects.active().filter(
                base_content_type=self.base_type, object_id__in=ids
            )
        }
        self.steps = {
            row.pk: row
            for row in ReviewState.objects.filter(
                pk__in=[row.current_task_state_id for row in self.running.values()]
            ).select_related("task", "claimed_by")
        }
        self.asks: dict[int, list[Ask]] = {}
        for ask in Ask.objects.filter(state_id__in=self.steps, missing__gt=0).order_by("pk"):
            self.asks.setdefault(ask.state_id, []).append(ask)
        self.order: dict[int, list[int]] = {}
        workflows = {row.workflow_id for row in self.running.values()}
        for row in WorkflowTask.objects.filter(
            workflow_id__in=workflows, task__active=True
        ).order_by("sort_order"):
            self.order.setdefault(row.workflow_id, []).append(row.task_id)
        self.scheduled = dict(
            Revision.objects.filter(
                base_content_type=self.base_type,
                object_id__in=ids,
                approved_go_live_at__isnull=False,
            ).values_list("object_id", "approved_go_live_at")
        )
        kinds = self._labels(objects)
        self.urgent = {
            row.object_id: row
            for row in EmergencyPublication.objects.filter(
                object_type__in=kinds, object_id__in=ids, state=EmergencyPublication.State.OPEN
            )
        }
        self.due = dict(
            ReviewSchedule.objects.filter(object_type__in=kinds, object_id__in=ids)
            .exclude(state=ReviewSchedule.State.PAUSED)
            .values_list("object_id", "due_on")
        )

    @staticmethod
    def _labels(objects: Sequence[Any]) -> set[str]:
        labels = set()
        for obj in objects:
            if isinstance(obj, Page):
                model = ContentType.objects.get_for_id(obj.content_type_id)
                labels.add(f"{model.app_label}.{model.model}")
            else:
                labels.add(obj._meta.label_lower)
        return labels


def _state(obj: Any, facts: _Facts) -> ContentState:
    key = str(obj.pk)
    running = facts.running.get(key)
    if running is None:
        return _settled(obj, facts)
    if running.status == WorkflowState.STATUS_NEEDS_CHANGES:
        return ContentState(
            "changes_requested", _beside(obj, gettext("Changes requested"), facts),
            running.current_task_state_id,
        )  # fmt: skip
    step = facts.steps.get(running.current_task_state_id)
    if step is None:
        return ContentState("in_review", _beside(obj, gettext("In review"), facts))
    order = facts.order.get(running.workflow_id, [])
    number = order.index(step.task_id) + 1 if step.task_id in order else 1
    waits = waiting_for(facts.asks.get(step.pk, []))
    parts = [
        gettext("In review, step %(number)d of %(count)d")
        % {"number": number, "count": max(len(order), number)}
    ]
    if waits:
        parts.append(gettext("waits for %(people)s") % {"people": ", ".join(waits)})
    if step.claimed_by and step.claimed_until and step.claimed_until > timezone.now():
        parts.append(gettext("%(person)s is at it") % {"person": name_of(step.claimed_by)})
    late = step.due_on is not None and step.due_on < timezone.localdate()
    if step.due_on:
        words = gettext("was due %(day)s") if late else gettext("due %(day)s")
        parts.append(words % {"day": day_of(step.due_on)})
    sentence = pgettext("between parts of a sentence", ", ").join(parts)
    return ContentState(
        "in_review", _beside(obj, sentence, facts), step.pk, step.due_on, tuple(waits), late
    )


def _settled(obj: Any, facts: _Facts) -> ContentState:
    """The state of what is in no review."""
    key = str(obj.pk)
    if urgent := facts.urgent.get(key):
        return ContentState(
            "emergency",
            gettext("Published urgently on %(day)s; full approval pending")
            % {"day": day_of(timezone.localdate(urgent.at))},
            due_on=timezone.localdate(urgent.ratify_due_at),
            is_late=urgent.ratify_due_at < timezone.now(),
        )
    if moment := facts.scheduled.get(key):
        words = gettext("Approved, goes live on %(day)s")
        return ContentState("scheduled", words % {"day": moment_of(moment)})
    if not obj.live:
        if obj.first_published_at:
            return ContentState("taken_down", gettext("Not published any more"))
        return ContentState("draft", gettext("Draft"))
    due = facts.due.get(key)
    if due is not None and due < timezone.localdate():
        words = gettext("Published, check was due %(day)s") % {"day": day_of(due)}
        return ContentState("overdue", _with_draft(obj, words), due_on=due, is_late=True)
    return ContentState("published", _with_draft(obj, gettext("Published")), due_on=due)


def _with_draft(obj: Any, sentence: str) -> str:
    if not obj.has_unpublished_changes:
        return sentence
    return gettext("%(state)s; a newer draft has not been handed in") % {"state": sentence}


def _beside(obj: Any, sentence: str, facts: _Facts) -> str:
    """Say of a draft what readers see meanwhile."""
    if not obj.live:
        return sentence
    if urgent := facts.urgent.get(str(obj.pk)):
        words = gettext("%(state)s; published urgently on %(day)s")
        return words % {"state": sentence, "day": day_of(timezone.localdate(urgent.at))}
    return gettext("%(state)s; readers see the last approved version") % {"state": sentence}


def waiting_for(asks: Iterable[Ask]) -> list[str]:
    """Roles and partners that an open step waits for, each once: “legal (City of Wrenford)”."""
    names: list[str] = []
    sectors: dict[tuple[str, str], str] = {}
    for ask in asks:
        role = role_name(ask.role, ask.specialism)
        if ask.sector:
            sectors[(ask.requirement_key, ask.sector)] = gettext("%(role)s of %(sector)s") % {
                "role": role,
                "sector": Partner.Kind(ask.sector).label.lower(),
            }
            continue
        names.append(f"{role} ({partner_name(ask.partner_id)})" if ask.partner_id else role)
    return list(dict.fromkeys([*names, *sectors.values()]))


def role_name(role: str, specialism: str = "") -> str:
    """A role in running text."""
    label = Membership.Specialism(specialism).label if specialism else Membership.Role(role).label
    return str(label)[:1].lower() + str(label)[1:]


def partner_name(partner_id: int | None) -> str:
    """Name of a partner in the reader's language."""
    card = partner_card(partner_id, get_language() or "en")
    if card is not None:
        return card["name"]
    return str(directory()["partners"].get(partner_id, {}).get("name", ""))


def name_of(user: Any) -> str:
    """A person's name, or the name of their account."""
    return user.get_full_name() or user.get_username()


def moment_of(moment: datetime) -> str:
    """Day and time on the clocks of the hub."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def day_of(day: date) -> str:
    """A day as people write it, without the year if it is this one."""
    same_year = day.year == timezone.localdate().year
    return date_format(day, "MONTH_DAY_FORMAT" if same_year else "DATE_FORMAT")
