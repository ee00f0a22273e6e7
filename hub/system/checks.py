"""The checks of an installation. Their names are alarms that monitoring relies on: never rename one.

``docs/operations.md`` tells for each what to do.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from content.jobs import queries, registry
from content.jobs.queries import Depth
from content.jobs.signs import SILENT_AFTER_SECONDS
from content.models import Dependency, Milestone, Runner
from hub import backup
from hub.system import probes

STATEMENT_MILLISECONDS = 2000
TIMETABLE = "content.publish_scheduled"
MAILS = "content.send_mail"
# A worker in the middle of a long job shows no life; the job's lease speaks for it.
SILENT_AT_WORK = timedelta(minutes=15)
TICK_LATE = timedelta(minutes=3)
LATE = {registry.PUBLISH: timedelta(minutes=1), registry.BULK: timedelta(minutes=15)}
BACKUP_OLD = timedelta(hours=26)
# Little space is less than 1 GiB; up to 10 GiB also less than a twentieth of the disk.
LITTLE, ENOUGH, SHARE = 1 << 30, 10 << 30, 20
RUNNERS = 100

logger = structlog.get_logger("hub.system")


class Status(StrEnum):
    """How the installation is as a whole."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


# Without these nobody gets a page; everything else readers get by without.
VITAL = frozenset({"database", "migrations", "restore_unfinished"})


@dataclass(frozen=True)
class Check:
    """What was found. ``details`` are JSON and hold no secrets."""

    name: str
    ok: bool
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """What the database says about the installation at one moment."""

    now: datetime
    depths: list[Depth]
    runners: list[Runner]
    down: list[Dependency]
    milestones: dict[str, Milestone]
    last_tick: datetime | None


def read_state() -> State:
    """Ask the database; the number of queries is always the same."""
    now = timezone.now()
    down = queries.dependencies_down()
    return State(
        now=now,
        depths=queries.depths(now, [dependency.name for dependency in down]),
        runners=queries.runners(RUNNERS),
        down=down,
        milestones=queries.milestones(),
        last_tick=queries.last_tick(TIMETABLE, now),
    )


def run_all() -> list[Check]:
    """Run all checks, also with servers that hang, within five seconds."""
    database, *others = probe_all()
    return [*_guarded(database, lambda: [*vital(), *judge(read_state())]), *others]


def probe_all() -> list[Check]:
    """Ask all servers at the same time; the database comes first."""
    until = time.monotonic() + probes.DEADLINE_SECONDS
    asked = {
        "database": probes.DATABASE,
        "cache": probes.CACHE,
        **({"broker": probes.BROKER} if settings.HUB_BROKER_URL else {}),
        "disk": probes.DISK,
    }
    attempts = {name: probe.start() for name, probe in asked.items()}
    found = [_probed(name, attempt.wait(until)) for name, attempt in attempts.items()]
    return [*found[:-1], _disk(found[-1])]


def ready() -> list[Check]:
    """The checks that decide whether this process can serve pages."""
    attempt = probes.DATABASE.start()
    database = _probed("database", attempt.wait(time.monotonic() + probes.DEADLINE_SECONDS))
    return _guarded(database, vital)


def status_of(checks: Iterable[Check]) -> Status:
    """One word for all checks."""
    failed = {check.name for check in checks if not check.ok}
    if failed & VITAL:
        return Status.DOWN
    return Status.DEGRADED if failed else Status.OK


def _probed(name: str, attempt: probes.Attempt) -> Check:
    if attempt.error:
        return Check(name, ok=False, details={"error": attempt.error})
    return Check(name, ok=True, details=attempt.details)


def _guarded(database: Check, read: Callable[[], list[Check]]) -> list[Check]:
    """The database check with those that need the database, which may fail in their midst."""
    if not database.ok:
        return [database]
    try:
        with _bounded():
            return [database, *read()]
    except (DatabaseError, InterfaceError) as error:
        logger.exception("health cannot be read from the database")
        message = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        return [Check("database", ok=False, details={"error": message})]


@contextmanager
def _bounded() -> Iterator[None]:
    """Let no query wait long for a lock. SQLite's readers wait for nobody."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {STATEMENT_MILLISECONDS}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


def vital() -> list[Check]:
    """The checks that no page can do without."""
    missing = _missing_migrations()
    return [
        Check("restore_unfinished", ok=not backup.unfinished_restore()),
        Check("migrations", ok=not missing, details={"missing": missing[:20]}),
    ]


class _Migrated:
    """Whether all migrations were seen applied. They stay so while this process lives."""

    seen = False


def _missing_migrations() -> list[str]:
    if _Migrated.seen:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _Migrated.seen = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def judge(state: State) -> list[Check]:
    """The checks that follow from what the database says."""
    return [
        _workers(state),
        _timetable(state),
        _late(state),
        _dead(state),
        _dependencies(state),
        _mails(state),
        _backup(state),
        _tree(state),
        _evidence(state),
    ]


def _workers(state: State) -> Check:
    leased = any(row.lease_until for row in state.depths)
    patience = SILENT_AT_WORK if leased else timedelta(seconds=SILENT_AFTER_SECONDS)
    seen = {queue: _last_seen(state.runners, queue) for queue in registry.QUEUES}
    silent = [
        queue for queue, moment in seen.items() if not moment or state.now - moment > patience
    ]
    details = {"silent": silent, "last_seen": {name: _iso(when) for name, when in seen.items()}}
    return Check("worker_silent", ok=not silent, details=details)


def _last_seen(runners: list[Runner], queue: str) -> datetime | None:
    return max(
        (runner.seen for runner in runners if queue in runner.queues.split(",")), default=None
    )


def _timetable(state: State) -> Check:
    tick = state.last_tick
    ok = tick is not None and state.now - tick <= TICK_LATE
    return Check("timetable_silent", ok=ok, details={"last_slot": _iso(tick)})


def _late(state: State) -> Check:
    oldest = {queue: timedelta() for queue in registry.QUEUES}
    depth = {queue: {"waiting": 0, "retrying": 0, "running": 0, "dead": 0} for queue in oldest}
    for row in state.depths:
        oldest[row.queue] = max(oldest[row.queue], row.age(state.now))
        for name in depth[row.queue]:
            depth[row.queue][name] += getattr(row, name)
    queues = {
        queue: {"oldest_due_seconds": round(age.total_seconds()), **depth[queue]}
        for queue, age in oldest.items()
    }
    late = [queue for queue, age in oldest.items() if age > LATE[queue]]
    return Check("jobs_late", ok=not late, details={"late": late, "queues": queues})


def _dead(state: State) -> Check:
    kinds: Counter[str] = Counter()
    for row in state.depths:
        kinds[row.kind] += row.dead
    kinds = +kinds  # drops those without any
    return Check(
        "jobs_dead", ok=not kinds, details={"count": sum(kinds.values()), "by_kind": kinds}
    )


def _dependencies(state: State) -> Check:
    since = {server.name: _iso(server.down_since) for server in state.down}
    return Check("dependency_down", ok=not since, details={"since": since})


def _mails(state: State) -> Check:
    failed = sum(row.dead for row in state.depths if row.kind == MAILS)
    return Check("mail_failed", ok=not failed, details={"count": failed})


def _backup(state: State) -> Check:
    """A site for trying out needs no backup; once it has one, that may grow old there too."""
    last = state.milestones.get("backup")
    if last is None:
        return Check("backup_age", ok=settings.HUB_DEMO, details={"last": None})
    hours = (state.now - last.at).total_seconds() / 3600
    details = {"last": _iso(last.at), "hours": round(hours, 1)}
    return Check("backup_age", ok=state.now - last.at <= BACKUP_OLD, details=details)


def _tree(state: State) -> Check:
    last = state.milestones.get("tree")
    problems = last.data.get("problems", {}) if last else {}
    details = {"checked": _iso(last.at) if last else None, "problems": problems}
    return Check("page_tree", ok=not problems, details=details)


def _evidence(state: State) -> Check:
    last = state.milestones.get("evidence")
    count = last.data.get("count", 0) if last else 0
    details = {"checked": _iso(last.at) if last else None, **(last.data if last else {})}
    return Check("evidence_damaged", ok=not count, details=details)


def _disk(probed: Check) -> Check:
    if not probed.ok:
        return probed
    free, total = probed.details["free"], probed.details["total"]
    ok = free >= LITTLE and (free >= ENOUGH or free * SHARE >= total)
    return Check("disk", ok=ok, details=probed.details)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
