"""Answers to the question whether content is still correct, and passing it to somebody else."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from content import audit
from content.models.gated import lock
from editorial.models import ReviewAnswer, ReviewSchedule
from editorial.reviews.ladder import OPEN, hand_over, tell
from editorial.reviews.people import Crew
from editorial.reviews.schedules import keep, live_objects, note_check, said
from partners.models import Membership
from partners.services import is_hub_admin

Answer = ReviewAnswer.Answer
LONGEST_PROMISE = timedelta(days=60)


class TextChangedError(Exception):
    """Another text is live than the one that was shown."""


@transaction.atomic
def answer_review(
    schedule_id: int, user: Any, answer: str, *, seen: str, road: str, edit_by: date | None = None
) -> ReviewAnswer:
    """Take an answer about the text that the person has seen. The same one twice a day counts once.

    Raises:
        PermissionDenied: the person is not asked (any more), or nothing is live.
        TextChangedError: the text has changed since it was shown.
        ValidationError: the day by which it will be edited is missing or too far away.
    """
    schedule, obj = _locked(schedule_id)
    text = said(obj)
    edit_by = _promised(edit_by) if answer == Answer.WILL_EDIT else None
    row = ReviewAnswer(
        schedule_id=schedule.pk,
        object_type=schedule.object_type,
        object_id=schedule.object_id,
        page_key=schedule.page_key,
        locale=schedule.locale,
        partner_id=schedule.partner_id,
        content_hash=text,
        due_on=schedule.due_on,
        actor_key=user.actor_key,
        answer=answer,
        edit_by=edit_by,
        road=road,
    )
    if (given := _given_today(row)) is not None:
        return given
    crew = Crew([schedule])
    if not crew.may_answer(schedule, user):
        raise PermissionDenied(_("You are not asked about this content."))
    if text != seen:
        raise TextChangedError
    row.save()
    _act(schedule, user, row, crew, obj)
    return row


def _locked(schedule_id: int) -> tuple[ReviewSchedule, Any]:
    """The schedule and its live object, both ours until the transaction ends."""
    found = ReviewSchedule.objects.get(pk=schedule_id)
    objects = apps.get_model(found.object_type).objects.filter(live=True)
    obj = objects.filter(pk=found.object_id).first()
    if obj is not None:
        # In the order in which a publication locks them.
        lock(obj)
        obj = objects.filter(pk=found.object_id).first()
    schedule = ReviewSchedule.objects.select_for_update(of=("self",)).get(pk=schedule_id)
    if obj is None or schedule.state == ReviewSchedule.State.PAUSED:
        raise PermissionDenied(_("This is no longer published."))
    return schedule, obj


def _promised(day: date | None) -> date:
    today = timezone.localdate()
    if day is None:
        raise ValidationError(_("Say by when you will edit it."))
    if not today <= day <= today + LONGEST_PROMISE:
        raise ValidationError(_("Choose a day within the next 60 days."))
    return day


def _given_today(row: ReviewAnswer) -> ReviewAnswer | None:
    """The last answer of this person today, if it said the same about the same text."""
    last = (
        ReviewAnswer.objects.filter(schedule_id=row.schedule_id, actor_key=row.actor_key, on=row.on)
        .order_by("pk")
        .last()
    )
    same = ("answer", "content_hash", "edit_by")
    if last is None or any(getattr(last, name) != getattr(row, name) for name in same):
        return None
    return last


def _act(schedule: ReviewSchedule, user: Any, row: ReviewAnswer, crew: Crew, obj: Any) -> None:
    if row.answer == Answer.CORRECT:
        note_check(
            schedule,
            at=row.at,
            by=user.actor_key,
            partner_id=_speaks_for(schedule, user),
            text=row.content_hash,
        )
        keep(schedule)
    elif row.answer == Answer.WILL_EDIT:
        schedule.edit_by = row.edit_by
        keep(schedule)
    promise: dict[str, Any] = {"edit_by": row.edit_by} if row.edit_by else {}
    audit.record(
        f"review_{row.answer}",
        actor=user,
        obj=obj,
        content_hash=row.content_hash,
        rows=[row],
        road=row.road,
        **promise,
    )
    if row.answer == Answer.NOT_MINE:
        _go_up(schedule, user, row, crew, obj)


def _speaks_for(schedule: ReviewSchedule, user: Any) -> int | None:
    """The partner that has checked: the owner, unless the person belongs to another one only."""
    places = list(
        Membership.objects.current()
        .filter(user=user, partner__isnull=False)
        .order_by("pk")
        .values_list("partner_id", flat=True)
    )
    return schedule.partner_id if schedule.partner_id in places or not places else places[0]


def _go_up(schedule: ReviewSchedule, user: Any, row: ReviewAnswer, crew: Crew, obj: Any) -> None:
    """Whoever stands above takes over: the steward, above the steward the hub."""
    stewards = [person for person in crew.stewards(schedule) if person.pk != user.pk]
    is_steward = user.pk in {person.pk for person in crew.stewards(schedule)}
    if schedule.deputy_id == user.pk:
        schedule.deputy = None
        schedule.save(update_fields=["deputy"])
    if schedule.owner_id == user.pk:
        new = stewards[0] if stewards and not is_steward else None
        hand_over(schedule, new, obj=obj, reason="not_mine", actor=user)
    above = stewards if stewards and not is_steward else crew.admins()
    above = [person for person in above if person.pk != user.pk]
    tell("review_escalated", above, schedule, obj, f"not_mine:{row.pk}")


@transaction.atomic
def pass_to(schedule_ids: Iterable[int], new: Any, *, by: Any) -> int:
    """Let another person look after content; return how much was passed on.

    Raises:
        PermissionDenied: somebody else's content is among it.
        ValidationError: the new owner belongs to none of its partners.
    """
    rows = list(
        ReviewSchedule.objects.select_for_update(of=("self",))
        .filter(pk__in=list(schedule_ids), state__in=OPEN)
        .exclude(owner=new)
        .order_by("pk")
    )
    if not all(may_pass(by, {row.partner_id for row in rows})):
        raise PermissionDenied(_("Only the partner's steward passes this on."))
    crew, objects = Crew(rows), live_objects(rows)
    places = _places_of(new)
    for schedule in rows:
        if not new.is_active or not (None in places or places & crew.partners(schedule)):
            raise ValidationError(
                _("%(person)s does not work for the partner of “%(title)s”."),
                params={
                    "person": new.get_full_name() or new.get_username(),
                    "title": schedule.title,
                },
            )
        hand_over(schedule, new, obj=objects.get(schedule.pk), reason="passed", actor=by)
    return len(rows)


def may_pass(user: Any, partner_ids: Iterable[int | None]) -> list[bool]:
    """For each partner, whether somebody may say who looks after its content."""
    if is_hub_admin(user):
        return [True for _partner in partner_ids]
    ruled = set(
        Membership.objects.current()
        .filter(user=user, role__in=[Membership.Role.STEWARD, Membership.Role.PARTNER_ADMIN])
        .values_list("partner_id", flat=True)
    )
    return [partner_id in ruled for partner_id in partner_ids]


def _places_of(user: Any) -> set[int | None]:
    hub_wide = Q(partner__isnull=True, role=Membership.Role.HUB_ADMIN)
    rows = Membership.objects.current().filter(hub_wide | Q(partner__isnull=False), user=user)
    return set(rows.values_list("partner_id", flat=True))
