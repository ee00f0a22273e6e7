"""Brings the demo to its readers as a real hub does: people hand in, others check and agree.

Nobody judges own work, so authors and reviewers are different people of ``records/users.yaml``.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from wagtail.models import Page

from content.hashing import revision_hash
from content.models import Job
from editorial.factcheck import services as factcheck
from editorial.models import (
    Checklist,
    FactCheckTask,
    Notification,
    ReviewSchedule,
    ReviewState,
)
from editorial.notifications.services import SEND
from editorial.queries.reviewers import language_of
from editorial.queries.rules import Slot, parties_of, slots_of
from editorial.reviews import schedules
from editorial.services.emergency import publish_urgently
from editorial.services.submission import submit
from editorial.services.votes import vote
from partners.models import Membership
from translations.queries import is_translation

from .data import DemoError

Role = Membership.Role
WRITERS_OF_PAGES = (Role.AUTHOR, Role.EDITOR)
WRITERS_OF_RECORDS = (Role.EDITOR, Role.STEWARD)
# Kinds of pages that only hold others: the set-up of a hub publishes them.
SECTIONS = frozenset({"home", "partners", "indexes", "topics"})


class Crew:
    """The people of the demo by what they do. The first who fits acts."""

    def __init__(self) -> None:
        rows = Membership.objects.current().select_related("user").order_by("pk")
        self.rows = list(rows)
        self.items = {
            checklist.pk: {item.key: ("yes", "") for item in checklist.items.all()}
            for checklist in Checklist.objects.all()
        }

    def writer(
        self, partner_ids: tuple[int, ...], roles: tuple[str, ...], language: str = ""
    ) -> Any:
        """Who writes for the owner: a translator where the language has one, else by role."""
        owner = partner_ids[:1]
        for row in self.rows:
            is_theirs = row.role == Role.TRANSLATOR and row.partner_id in owner
            if is_theirs and language in row.language_codes:
                return row.user
        for role in roles:
            for row in self.rows:
                if row.role == role and row.partner_id in owner:
                    return row.user
        return self._hub_admins()[-1]

    def judge(self, slot: Slot, language: str, excluded: set[int]) -> Any:
        """Somebody with the role of a slot; a hub admin where a partner has nobody."""
        for row in self.rows:
            if row.user_id not in excluded and _fits(row, slot, language):
                return row.user
        for user in self._hub_admins():
            if user.pk not in excluded:
                return user
        raise DemoError(f"nobody fills {slot}")

    def specialist(self, subject: str, partner_ids: tuple[int, ...]) -> Any:
        for row in self.rows:
            if row.specialism == subject and row.partner_id in (None, *partner_ids):
                return row.user
        raise DemoError(f"no specialist for {subject}")

    def emergency_starter(self, partner_ids: tuple[int, ...]) -> Any:
        return next(
            row.user
            for row in self.rows
            if row.may_start_emergency and row.partner_id in partner_ids
        )

    def _hub_admins(self) -> list[Any]:
        return [row.user for row in self.rows if row.role == Role.HUB_ADMIN]


def _fits(row: Membership, slot: Slot, language: str) -> bool:
    if row.role != slot.role or (slot.specialism and row.specialism != slot.specialism):
        return False
    if row.role == Role.TRANSLATION_REVIEWER and language not in row.language_codes:
        return False
    return row.partner_id is None or slot.partner_ids is None or row.partner_id in slot.partner_ids


class Approvals:
    """Takes drafts of the demo through their reviews."""

    def __init__(self) -> None:
        self.crew = Crew()
        self.stages = {
            "second_sector": self.wait_for_second_sector,
            "changes": self.ask_for_changes,
            "guest": self.ask_guest,
            "emergency": self.publish_urgently,
        }

    def author_of(self, page: Page) -> Any:
        """Who writes a page of the demo."""
        partner_ids = parties_of(page).partner_ids
        code = page.locale.language_code if is_translation(page) else ""
        return self.crew.writer(partner_ids, WRITERS_OF_PAGES, code)

    def approve(self, obj: Any, stage: Mapping[str, Any] | None = None) -> None:
        """Hand in a draft and let everybody agree who is asked; or leave it at a stage before."""
        if stage and stage["at"] in self.stages:
            self.stages[stage["at"]](obj, stage)
            return
        self._submit(obj)
        while state := _open(obj):
            self._agree(state)
        if not type(obj).objects.filter(pk=obj.pk, live=True).exists():
            raise DemoError(f"{obj!r} did not go live")

    # Stages at which something waits -------------------------------------------------------------

    def wait_for_second_sector(self, page: Any, stage: Mapping[str, Any]) -> None:
        """The facts are checked and government has agreed; civil society has not."""
        self._submit(page)
        self._agree(_open(page))
        self._agree(_open(page), sector="government")

    def ask_for_changes(self, page: Any, stage: Mapping[str, Any]) -> None:
        self._submit(page)
        state = _open(page)
        slot = slots_of(state.task.specific, _draft(page))[0]
        excluded = {state.workflow_state.requested_by_id}
        judge = self.crew.judge(slot, language_of(page), excluded)
        vote(state.pk, judge, "reject", comment=stage["comment"])

    def ask_guest(self, page: Any, stage: Mapping[str, Any]) -> None:
        """The legal fact check waits for an answer from outside."""
        self._submit(page)
        factcheck.invite(
            obj=page,
            user=_open(page).workflow_state.requested_by,
            name=stage["name"],
            email=stage["email"],
            organisation=stage["organisation"],
            language=language_of(page),
            subject="legal",
        )

    def publish_urgently(self, page: Any, stage: Mapping[str, Any]) -> None:
        """Readers see it, and its approval is pending."""
        starter = self.crew.emergency_starter(parties_of(page).partner_ids)
        publish_urgently(page, starter, stage["reason"])

    # One step ------------------------------------------------------------------------------------

    def _submit(self, obj: Any) -> None:
        author = obj.owner if isinstance(obj, Page) else self._author_of_record(obj)
        state = submit(obj, author)
        if state.status == "needs_changes":
            found = state.current_task_state.specific.findings
            codes = [row["code"] for row in found if row["level"] == "refuse"]
            raise DemoError(f"{obj!r}: {', '.join(codes)}")

    def _author_of_record(self, obj: Any) -> Any:
        return self.crew.writer(parties_of(obj).partner_ids, WRITERS_OF_RECORDS)

    def _agree(self, state: ReviewState, sector: str = "") -> None:
        """Let one step be decided; with ``sector`` only by its side."""
        task = state.task.specific
        if isinstance(task, FactCheckTask):
            self._check_facts(state, task)
            return
        obj = _draft(state.workflow_state.content_object)
        excluded = {state.workflow_state.requested_by_id}
        for slot in slots_of(task, obj):
            if sector and slot.sector != sector:
                continue
            judge = self.crew.judge(slot, language_of(obj), excluded)
            excluded.add(judge.pk)
            vote(
                state.pk,
                judge,
                "approve",
                requirement_key=slot.requirement_key,
                answers=self.crew.items.get(slot.checklist_id or 0),
            )

    def _check_facts(self, state: ReviewState, task: FactCheckTask) -> None:
        """A specialist answers, and an approver of the owner closes the step."""
        obj = state.workflow_state.content_object
        ids = parties_of(_draft(obj)).partner_ids
        lawyer = self.crew.specialist(task.subject, ids)
        said = factcheck.Said(verdict="correct", comment="Checked against the rules in force.")
        factcheck.answer_as_specialist(obj, lawyer, said, revision_hash(obj.latest_revision))
        slot = Slot("close", Role.APPROVER, "", frozenset(ids[:1]), "", 1)
        excluded = {state.workflow_state.requested_by_id}
        factcheck.close(state, self.crew.judge(slot, "", excluded), accept=True)


def _open(obj: Any) -> Any:
    """The step that waits for people now."""
    state = type(obj).objects.get(pk=obj.pk).current_workflow_task_state
    return state.specific if state is not None and state.status == "in_progress" else None


def _draft(obj: Any) -> Any:
    return obj.get_latest_revision_as_object()


def quiet() -> None:
    """What the demo has behind it is no news to anybody."""
    Notification.objects.all().delete()
    Job.objects.filter(kind=SEND).delete()


def spread_checks(overdue: set[int]) -> None:
    """Move last checks back by some weeks, each page by its own number, and some past their date."""
    now = timezone.now()
    for schedule in ReviewSchedule.objects.exclude(last_reviewed_at=None):
        days = 3 + (int(schedule.pk) * 7) % 40
        if schedule.page_key and int(schedule.object_id) in overdue:
            days = 31 * schedule.every_months + 12
        schedules.note_check(
            schedule,
            at=now - timedelta(days=days),
            by=schedule.last_reviewed_by,
            partner_id=schedule.last_reviewed_partner_id,
            text=schedule.last_hash,
        )
        schedules.keep(schedule)
