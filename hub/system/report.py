"""What the System report shows, read in the same number of queries however much there is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from content.jobs import queries
from content.jobs.queries import Depth, reason
from content.jobs.registry import describe
from content.jobs.signs import SILENT_AFTER_SECONDS
from content.models import Job, Milestone, Runner
from hub.settings import env
from hub.system import checks
from hub.system.checks import State
from hub.system.sentences import Alarm, alarm
from hub.system.versions import database_version, versions

# Longer lists are cut off: the report is for looking, dead letters have pages of their own.
ROWS = 50

MILESTONES: dict[str, Promise] = {
    "backup": _("Backup"),
    "restore": _("Restore"),
    "tree": _("Check of the page tree"),
    "clean_up": _("Clean-up"),
    "orphan_files": _("Clean-up of uploads"),
}


@dataclass(frozen=True)
class JobRow:
    """A job as one row of a table."""

    job: Job
    what: str
    reason: str


@dataclass(frozen=True)
class RunnerRow:
    """A runner, and whether it is still there."""

    runner: Runner
    is_silent: bool


def job_row(job: Job) -> JobRow:
    return JobRow(job, describe(job.payload), reason(job))


def alarms() -> list[Alarm]:
    """What is wrong at present, in words."""
    return [alarm(check) for check in checks.run_all() if not check.ok]


def report() -> dict[str, Any]:
    """Everything that the report shows."""
    state = checks.read_state()
    found = [*checks.probe_all(), *checks.vital(), *checks.judge(state)]
    return {
        "alarms": [alarm(check) for check in found if not check.ok],
        "now": state.now,
        "depths": [_depth_row(row, state.now) for row in state.depths],
        "dead_count": sum(row.dead for row in state.depths),
        "running": [job_row(job) for job in queries.running(ROWS)],
        "late": [job_row(job) for job in queries.late(ROWS)],
        "down": state.down,
        "batches": queries.batches(ROWS),
        "runners": [_runner_row(runner, state.now) for runner in state.runners],
        "milestones": list(_milestones(state)),
        "mails": queries.failed_mails(ROWS),
        "versions": {**versions(), "database": f"{versions()['database']} {database_version()}"},
        "settings": env.fingerprint(),
        "rows": ROWS,
    }


def _depth_row(row: Depth, now: datetime) -> dict[str, Any]:
    return {"depth": row, "is_late": row.age(now) > checks.LATE[row.queue]}


def _runner_row(runner: Runner, now: datetime) -> RunnerRow:
    silent = now - runner.seen > timedelta(seconds=SILENT_AFTER_SECONDS)
    return RunnerRow(runner, silent)


def _milestones(state: State) -> Any:
    """Known ones in our order, then what else has happened, by name."""
    others = [name for name in sorted(state.milestones) if name not in MILESTONES]
    for name in [*MILESTONES, *others]:
        milestone: Milestone | None = state.milestones.get(name)
        yield {"label": MILESTONES.get(name, name), "at": milestone.at if milestone else None}
