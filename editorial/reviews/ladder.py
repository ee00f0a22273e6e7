"""The ladder: who is asked before a check is due, and who hears of it when nobody looks.

A rung is a number of days after the asked day. A rung that has been taken has a row, so that a run
that is repeated sends nothing twice; rungs of days on which nothing ran are taken together later.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from content import audit
from content.jobs.services import enqueue
from content.registry import answer
from editorial.models import ReviewRung, ReviewSchedule
from editorial.reviews.links import link_for
from editorial.reviews.people import Crew
from editorial.reviews.schedules import live_objects, said

STEWARD, ADMIN = 14, 28
RUNGS = (-30, -7, 0, STEWARD, ADMIN)
KIND = "editorial.climb_reviews"
BATCH = 100
OPEN = (ReviewSchedule.State.ACTIVE, ReviewSchedule.State.OVERDUE)


def enqueue_due(today: date) -> int:
    """Write a job for each batch of schedules that may have a rung to take; return how many jobs."""
    near = ReviewSchedule.objects.filter(
        state__in=OPEN, due_on__lte=today - timedelta(days=RUNGS[0])
    )
    last = ReviewRung.objects.filter(
        schedule=OuterRef("pk"), rung=ADMIN, asked_on=OuterRef("due_on")
    )
    left = near.filter(~Exists(last) | Q(edit_by__isnull=False))
    ids = list(left.order_by("pk").values_list("pk", flat=True))
    starts = range(0, len(ids), BATCH)
    for start in starts:
        enqueue(KIND, {"schedule_ids": ids[start : start + BATCH]})
    return len(starts)


@transaction.atomic
def climb(schedule_ids: Iterable[int]) -> int:
    """Take the rungs that have been reached; return how many schedules moved."""
    today = timezone.localdate()
    rows = list(
        ReviewSchedule.objects.select_for_update(of=("self",))
        .filter(pk__in=list(schedule_ids), state__in=OPEN)
        .order_by("pk")
    )
    taken = set(
        ReviewRung.objects.filter(schedule__in=rows).values_list("schedule", "asked_on", "rung")
    )
    crew, objects = Crew(rows), live_objects(rows)
    moved = 0
    for schedule in rows:
        rungs = [
            r for r in _reached(schedule, today) if (schedule.pk, schedule.asked_on, r) not in taken
        ]
        if rungs and schedule.pk in objects:
            _take(schedule, rungs, crew, objects[schedule.pk])
            moved += 1
    return moved


def tell(kind: str, people: Iterable[Any], schedule: ReviewSchedule, obj: Any, period: str) -> None:
    """Ask or tell each person, with a link of their own."""
    text = said(obj)
    for person in people:
        answer(
            "notify",
            kind,
            [person],
            obj,
            url=link_for(schedule, person, text),
            due=schedule.due_on,
            period=period,
        )


@transaction.atomic
def pass_missing_owners(schedule_ids: Iterable[int]) -> int:
    """Give what has lost its owner to the partner's steward; return how many were passed on."""
    rows = list(
        ReviewSchedule.objects.select_for_update(of=("self",))
        .filter(pk__in=list(schedule_ids), state__in=OPEN)
        .order_by("pk")
    )
    crew = Crew(rows)
    stewards = {row.pk: next(iter(crew.stewards(row)), None) for row in rows}
    orphans = [
        row
        for row in rows
        if crew.owner(row) is None and (row.owner_id is not None or stewards[row.pk] is not None)
    ]
    objects = live_objects(orphans)
    for schedule in orphans:
        hand_over(
            schedule, stewards[schedule.pk], obj=objects.get(schedule.pk), reason="owner_gone"
        )
    return len(orphans)


def hand_over(
    schedule: ReviewSchedule, new: Any, *, obj: Any, reason: str, actor: Any = None
) -> None:
    """Let somebody else look after content, and write it down."""
    former = schedule.owner
    schedule.owner = new
    schedule.save(update_fields=["owner"])
    audit.record("review_owner_passed", actor=actor, obj=obj, former=former, new=new, reason=reason)


def without_owner(user_id: int | None = None) -> list[int]:
    """Ids of open schedules whose owner may be gone: all, or those of one person."""
    rows = ReviewSchedule.objects.filter(state__in=OPEN)
    if user_id is not None:
        rows = rows.filter(owner_id=user_id)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _reached(schedule: ReviewSchedule, today: date) -> list[int]:
    """Rungs whose day has come. Who has promised a day is not reminded before it."""
    first = 0 if schedule.edit_by and schedule.edit_by > schedule.due_on else RUNGS[0]
    return [r for r in RUNGS if r >= first and schedule.asked_on + timedelta(days=r) <= today]


def _take(schedule: ReviewSchedule, rungs: list[int], crew: Crew, obj: Any) -> None:
    asked = crew.asked(schedule) if any(rung <= 0 for rung in rungs) else []
    deputy = crew.deputy(schedule) if 0 in rungs else None
    if deputy is not None:
        asked = [*asked, deputy]
    told = crew.stewards(schedule) if STEWARD in rungs else []
    if ADMIN in rungs or not (told or (asked and STEWARD not in rungs)):
        told = [*told, *crew.admins()]
    known = {person.pk for person in asked}
    told = list({person.pk: person for person in told if person.pk not in known}.values())
    period = f"{schedule.asked_on}:{max(rungs)}"
    tell("review_due", asked, schedule, obj, period)
    tell("review_escalated", told, schedule, obj, period)
    keys = sorted({str(person.actor_key) for person in [*asked, *told]})
    ReviewRung.objects.bulk_create(
        ReviewRung(schedule=schedule, asked_on=schedule.asked_on, rung=rung, recipients=keys)
        for rung in rungs
    )
