"""Keeping review dates in step with what is published, and the rest in step with review dates."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from content.hashing import content_hash
from content.models import PageFacts
from content.pagecache import tags
from content.pagecache.purge import purge, together
from content.publication import Road
from editorial.models import KnowledgePage, ReviewSchedule
from editorial.reviews.intervals import (
    RECORDS,
    is_reviewed,
    kind_of,
    months_after,
    months_of,
    page_models,
)
from partners.models import Service

ChangeKind = KnowledgePage.ChangeKind
State = ReviewSchedule.State
# From this many days before the due day on, approval of a real change is the check that is due.
ASKED_BEFORE = timedelta(days=30)
BATCH = 200


def said(obj: Any) -> str:
    """Hash of what readers see of a live object: for a record, with its words in all languages."""
    own = content_hash(obj)
    if isinstance(obj, Page):
        return own
    words = [content_hash(text) for text in obj.texts.filter(live=True).order_by("pk")]
    return sha256("".join([own, *words]).encode()).hexdigest()


@transaction.atomic
def on_published(obj: Any, revision: Any, event: Any) -> None:
    """Handler of publications: set the next date; the first approval counts as a check."""
    if not is_reviewed(obj):
        return
    schedule = _locked(obj) or _new(obj)
    road = event.data.get("road", "")
    before = (schedule.pk, schedule.state, schedule.every_months)
    text = said(obj)
    _describe(schedule, obj)
    if road in (Road.APPROVAL, Road.SCHEDULE):
        if _is_check(schedule, obj, before[1]):
            note_check(
                schedule, at=event.at, by=event.actor_key, partner_id=schedule.partner_id, text=text
            )
    elif road == Road.IMPORT and schedule.last_hash != text:
        _take_over(schedule, text)
    elif road == Road.SETUP and _known_check(obj):
        _trust(schedule, obj, text)
    elif before[2] != schedule.every_months and before[0]:
        start = schedule.checked_on or timezone.localdate()
        schedule.due_on = months_after(start, schedule.every_months)
    _save(schedule)


def note_check(
    schedule: ReviewSchedule, *, at: datetime, by: Any, partner_id: int | None, text: str
) -> None:
    """Somebody has looked: the next date follows. The caller saves."""
    schedule.last_reviewed_at = at
    schedule.last_reviewed_by = by
    schedule.last_reviewed_partner_id = partner_id
    schedule.last_hash = text
    schedule.edit_by = None
    schedule.due_on = months_after(timezone.localdate(at), schedule.every_months)


def keep(schedule: ReviewSchedule) -> None:
    """Save a changed schedule, and let the live rows and kept pages follow."""
    _save(schedule)


def pause(obj: Any) -> None:
    """Nobody is asked about what readers do not see."""
    _rows(obj).update(state=State.PAUSED, edit_by=None)


def forget(obj: Any) -> None:
    """What is gone needs no check."""
    _rows(obj).delete()


def facts_columns(page: Any) -> dict[str, Any]:
    """Columns of ``PageFacts`` that review dates write."""
    schedule = _rows(page).first() if isinstance(page, KnowledgePage) else None
    if schedule is None:
        return {"checked_on": getattr(page, "checked_on", None)}
    return _columns(schedule)


def live_objects(schedules: Iterable[ReviewSchedule]) -> dict[int, Any]:
    """The live objects of schedules, by the schedule's id; a few queries for each kind."""
    by_type: dict[str, dict[int, int]] = {}
    for row in schedules:
        by_type.setdefault(row.object_type, {})[int(row.object_id)] = row.pk
    found: dict[int, Any] = {}
    for object_type, ids in by_type.items():
        objects = apps.get_model(object_type).objects.filter(pk__in=ids, live=True)
        if object_type not in _record_types():
            objects = objects.select_related("locale")
        found.update({ids[obj.pk]: obj for obj in objects})
    return found


def turn_overdue(today: date) -> int:
    """Let pages say that their day has passed; return how many. Days that were missed are made up."""
    late = ReviewSchedule.objects.filter(state=State.ACTIVE, due_on__lt=today)
    count = 0
    while rows := list(late.order_by("pk")[:BATCH]):
        with transaction.atomic(), together():
            for schedule in rows:
                _save(schedule)
        count += len(rows)
    return count


def schedule_missing() -> int:
    """Give a date to live content that has none: made without a publication, or before there were
    dates; return how many."""
    count = 0
    for model in (*page_models(), *RECORDS):
        label = model._meta.label_lower
        known = ReviewSchedule.objects.filter(object_type=label).exclude(state=State.PAUSED)
        live = set(model.objects.filter(live=True).values_list("pk", flat=True))
        missing = sorted(live - {int(pk) for pk in known.values_list("object_id", flat=True)})
        for start in range(0, len(missing), BATCH):
            with transaction.atomic(), together():
                for obj in model.objects.filter(pk__in=missing[start : start + BATCH]):
                    count += _schedule_one(obj)
    return count


def _schedule_one(obj: Any) -> int:
    if not is_reviewed(obj):
        return 0
    schedule = _locked(obj) or _new(obj)
    _describe(schedule, obj)
    if schedule.last_reviewed_at is None and _known_check(obj):
        _trust(schedule, obj, said(obj))
    _save(schedule)
    return 1


def _rows(obj: Any) -> Any:
    return ReviewSchedule.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))


def _locked(obj: Any) -> ReviewSchedule | None:
    return _rows(obj).select_for_update().first()


def _new(obj: Any) -> ReviewSchedule:
    months = months_of(obj)
    return ReviewSchedule(
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        every_months=months,
        due_on=months_after(timezone.localdate(), months),
    )


def _describe(schedule: ReviewSchedule, obj: Any) -> None:
    """What lists and mails need to know of the object."""
    schedule.kind = kind_of(obj)
    schedule.title = str(obj)[:255]
    schedule.partner_id = obj.owner_partner_id
    schedule.every_months = months_of(obj)
    schedule.state = State.ACTIVE
    if not isinstance(obj, Page):
        return
    schedule.title = obj.title
    schedule.page_key = obj.translation_key
    schedule.locale = obj.locale.language_code
    schedule.is_translation = _is_translation(obj)
    schedule.source = obj.source_url or obj.source_note
    schedule.on_expiry = obj.on_expiry
    schedule.deputy_id = obj.deputy_id
    if schedule.pk is None or schedule.named_owner_id != obj.content_owner_id:
        schedule.owner_id = schedule.named_owner_id = obj.content_owner_id


def _is_translation(page: Any) -> bool:
    """The first language that a page had is the one it was written in."""
    versions = Page.objects.filter(translation_key=page.translation_key)
    return versions.filter(pk__lt=page.pk).exclude(locale_id=page.locale_id).exists()


def _is_check(schedule: ReviewSchedule, obj: Any, state: str) -> bool:
    """Whether an approval is a check: the first one, a critical one, or the one that was asked for."""
    change = getattr(obj, "change_kind", ChangeKind.MAJOR)
    if schedule.last_reviewed_at is None or state == State.PAUSED or change == ChangeKind.CRITICAL:
        return True
    is_asked = schedule.edit_by or timezone.localdate() >= schedule.due_on - ASKED_BEFORE
    return bool(is_asked) and change != ChangeKind.MINOR


def _take_over(schedule: ReviewSchedule, text: str) -> None:
    """Imported words have a date, and nobody here has checked them."""
    schedule.last_reviewed_at = schedule.last_reviewed_by = None
    schedule.last_reviewed_partner_id, schedule.last_hash = None, text
    schedule.edit_by = None
    schedule.due_on = months_after(timezone.localdate(), schedule.every_months)


def _known_check(obj: Any) -> date | None:
    return getattr(obj, "checked_on", None) or getattr(obj, "assured_date", None)


def _trust(schedule: ReviewSchedule, obj: Any, text: str) -> None:
    """A day that the content brought along when it was set up."""
    day = _known_check(obj)
    if day is None or (schedule.checked_on and day <= schedule.checked_on):
        return
    noon = datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())
    note_check(schedule, at=noon, by=None, partner_id=schedule.partner_id, text=text)


def _save(schedule: ReviewSchedule) -> None:
    before = schedule.state
    if before != State.PAUSED:
        late = schedule.due_on < timezone.localdate()
        schedule.state = State.OVERDUE if late else State.ACTIVE
    schedule.save()
    if schedule.object_type in _record_types():
        _let_record_follow(schedule)
    else:
        # What an overdue page says is in no column that changes at midnight.
        _let_page_follow(schedule, turns=schedule.state != before)


def _record_types() -> set[str]:
    return {model._meta.label_lower for model in RECORDS}  # type: ignore[attr-defined]


def _columns(schedule: ReviewSchedule) -> dict[str, Any]:
    leaves = schedule.on_expiry == KnowledgePage.OnExpiry.LEAVE_SEARCH
    return {
        "checked_on": schedule.checked_on,
        "checked_by": schedule.last_reviewed_partner_id,
        "review_due": schedule.due_on,
        "listed": not (leaves and schedule.state == State.OVERDUE),
    }


def _let_page_follow(schedule: ReviewSchedule, *, turns: bool) -> None:
    model = apps.get_model(schedule.object_type)
    page_id, day = int(schedule.object_id), schedule.checked_on
    model.objects.filter(pk=page_id).exclude(checked_on=day).update(checked_on=day)
    rows, columns = PageFacts.objects.filter(page_id=page_id), _columns(schedule)
    if rows.exclude(**columns).update(**columns) or turns:
        purge(
            {tags.page(schedule.page_key), tags.listing(schedule.locale)},
            paths=rows.values_list("url", flat=True),
        )


def _let_record_follow(schedule: ReviewSchedule) -> None:
    if schedule.object_type != Service._meta.label_lower or schedule.checked_on is None:
        return
    services = Service.objects.filter(pk=int(schedule.object_id))
    if services.exclude(assured_date=schedule.checked_on).update(assured_date=schedule.checked_on):
        services.get().refresh_projection()
