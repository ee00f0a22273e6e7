"""Jobs of the editorial work: mails about content, reminders, cleaning up."""

from datetime import time, timedelta

from django.utils import timezone

from content.jobs.registry import BULK, Daily, Every, handler
from editorial.factcheck import services as factcheck
from editorial.notifications import reminders, sending
from editorial.notifications import services as notifications
from editorial.reviews import ladder, schedules
from editorial.reviews import signals as reviews
from editorial.services import emergency, legacy, steps


@handler(notifications.SEND)
def send_notification(*, notification_id: int) -> None:
    """Mail one notification at once."""
    sending.send_one(notification_id)


@handler("editorial.summaries", clock=Every(timedelta(hours=1)))
def summaries() -> None:
    """Ask for the summaries of everybody whose morning has come."""
    sending.enqueue_digests()


@handler(sending.DIGEST)
def send_digest(*, user_id: int) -> None:
    """Mail one person's summary."""
    sending.send_digest(user_id)


@handler("editorial.reminders", clock=Every(timedelta(hours=1)))
def remind() -> None:
    """Ask for a reminder of each open step that is due soon, overdue or stuck."""
    reminders.remind_steps()


@handler(reminders.REMIND)
def remind_step(*, task_state_id: int) -> None:
    """Remind of one step."""
    reminders.remind_step(task_state_id)


@handler(
    "editorial.clean_up",
    queue=BULK,
    atomic=False,
    clock=Daily(time(3, 40)),
    lease=timedelta(minutes=5),
)
def clean_up() -> None:
    """Delete old notifications."""
    notifications.clean_up(timezone.now())


@handler("editorial.turn_overdue", clock=Daily(time(0, 0)), lease=timedelta(minutes=5))
def turn_overdue() -> None:
    """Let pages whose day is over say so, from the first minute of the next one."""
    schedules.turn_overdue(timezone.localdate())


@handler(
    "editorial.keep_reviews",
    queue=BULK,
    atomic=False,
    clock=Daily(time(5, 0)),
    lease=timedelta(minutes=10),
)
def keep_reviews() -> None:
    """Give a date to what has none, and an owner to what has lost its own."""
    schedules.schedule_missing()
    reviews.enqueue_owners(ladder.without_owner())


@handler(reviews.OWNERS)
def pass_missing_owners(*, schedule_ids: list[int]) -> None:
    """Pass to the steward what nobody looks after."""
    ladder.pass_missing_owners(schedule_ids)


@handler("editorial.ask_for_reviews", clock=Daily(time(6, 0)))
def ask_for_reviews() -> None:
    """Ask for reminders of all checks that are near or overdue."""
    ladder.enqueue_due(timezone.localdate())


@handler(ladder.KIND, lease=timedelta(minutes=2))
def climb_reviews(*, schedule_ids: list[int]) -> None:
    """Remind and escalate, each rung once."""
    ladder.climb(schedule_ids)


@handler("editorial.forget_guests", queue=BULK, clock=Daily(time(3, 50)))
def forget_guests() -> None:
    """Forget addresses of guests whose links ended a year ago."""
    factcheck.forget_addresses(timezone.now())


@handler(steps.REFRESH)
def refresh_asks(*, partner_id: int | None) -> None:
    """Look anew whose agreement open steps wait for, after a change of people."""
    steps.refresh_open(partner_id)


@handler("editorial.refresh_all_asks", queue=BULK, clock=Daily(time(0, 5)))
def refresh_all_asks() -> None:
    """Memberships begin and end by date."""
    steps.refresh_open(None)


@handler("editorial.late_emergencies", clock=Every(timedelta(hours=1)))
def late_emergencies() -> None:
    """Tell of urgent publications that were not approved in time."""
    emergency.escalate_late()


@handler(legacy.JOB, queue=BULK, atomic=False, lease=timedelta(minutes=30))
def record_legacy() -> None:
    """Write down what was live before approvals were kept."""
    legacy.record_legacy()
