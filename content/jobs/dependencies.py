"""Servers that do not answer: their jobs wait together, one of them probes, all follow a success."""

from datetime import datetime, timedelta

from django.db import transaction

from content.models import Dependency, Job

PROBE_EVERY = timedelta(seconds=15)
FORGET_AFTER = timedelta(minutes=5)


def down() -> dict[str, datetime]:
    """Servers that do not answer, each with the time of its next probe."""
    return dict(Dependency.objects.values_list("name", "probe_at"))


def due_for_probe(down: dict[str, datetime], now: datetime) -> list[str]:
    """Servers that may be probed now. One that no job has asked for lately is forgotten."""
    for name, probe_at in down.items():
        if probe_at <= now - FORGET_AFTER:
            Dependency.objects.filter(name=name, probe_at__lte=now - FORGET_AFTER).delete()
    return [name for name, probe_at in down.items() if probe_at <= now]


def take_probe(name: str, now: datetime) -> bool:
    """Whether the caller may probe now; nobody else may for the next seconds."""
    return bool(
        Dependency.objects.filter(name=name, probe_at__lte=now).update(probe_at=now + PROBE_EVERY)
    )


def report_down(name: str, reason: str, now: datetime) -> None:
    """Remember that a server does not answer."""
    probe_at = now + PROBE_EVERY
    Dependency.objects.update_or_create(
        name=name,
        defaults={"probe_at": probe_at, "error": reason[:1000]},
        create_defaults={"probe_at": probe_at, "error": reason[:1000], "down_since": now},
    )


def report_up(name: str, now: datetime) -> None:
    """A server answered: forget the failure and make its waiting jobs due."""
    with transaction.atomic():
        gone, _by_model = Dependency.objects.filter(name=name).delete()
        if gone:
            waiting = Job.objects.filter(needs=name, state=Job.State.WAITING)
            waiting.filter(run_after__lte=now + PROBE_EVERY).update(run_after=now)
