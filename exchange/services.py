"""Brings content in: plan, apply, report."""

import contextlib
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from content.jobs import runner
from exchange.apply import Apply, Outcome, known_items
from exchange.models import ImportRun
from exchange.plan import Plan, Progress, make_plan
from exchange.problems import Problem
from exchange.quiet import CHUNK, indexes_off, update_indexes
from exchange.roads import Options
from partners.models import Membership
from partners.services import is_hub_admin
from translations.services import ensure_home, ensure_locales

logger = logging.getLogger(__name__)


class NotAllowedError(Exception):
    """The run was not started: who publishes and why, or who hands in, is not said."""


@dataclass
class Report:
    """Everything a run has to say."""

    read: int = 0
    skipped: int = 0
    refused: int = 0
    dry_run: bool = False
    outcome: Outcome = field(default_factory=Outcome)
    problems: list[Problem] = field(default_factory=list)
    run_id: int | None = None
    batch: str = ""

    @property
    def changed_nothing(self) -> bool:
        outcome = self.outcome
        handed_in = outcome.submitted or outcome.returned
        return not (outcome.created or outcome.updated or outcome.published or handed_in)

    @property
    def codes(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for problem in self.problems:
            counts[problem.code] = counts.get(problem.code, 0) + 1
        return dict(sorted(counts.items()))

    def counts(self) -> dict[str, Any]:
        outcome = self.outcome
        return {
            "read": self.read,
            "created": len(outcome.created),
            "updated": len(outcome.updated),
            "published": len(outcome.published),
            "unchanged": len(outcome.unchanged),
            "left_alone": len(outcome.left_alone),
            "skipped": self.skipped,
            "refused": self.refused,
            "drafts": len(outcome.drafts),
            "submitted": len(outcome.submitted),
            "returned": len(outcome.returned),
            "sections": len(outcome.sections),
            "translations": outcome.translations,
            "codes": self.codes,
        }

    def as_dict(self) -> dict[str, Any]:
        return {
            "dry_run": self.dry_run,
            "run": None if self.dry_run else self.run_id,
            "counts": self.counts(),
            "drafts": self.outcome.drafts,
            "returned": self.outcome.returned,
            "problems": [problem.as_dict() for problem in self.problems],
        }


def check_options(options: Options) -> None:
    """Publishing needs a hub admin and a reason; drafts need somebody who hands them in.

    That is a hub admin, or for one partner an editor or steward of it.

    Raises:
        NotAllowedError: one of them is missing.
    """
    if not options.publish:
        _check_submitter(options)
        return
    if options.approved_by is None or not options.reason.strip():
        raise NotAllowedError("Publishing needs --approved-by USER and --reason TEXT.")
    if not options.approved_by.is_active or not is_hub_admin(options.approved_by):
        raise NotAllowedError(f"{options.approved_by} is not a hub admin.")


def _check_submitter(options: Options) -> None:
    user = options.submitted_by
    if user is None:
        raise NotAllowedError(
            "Drafts are handed in for approval by somebody: --submitted-by USER. To publish at "
            "once: --publish --approved-by USER --reason TEXT."
        )
    roles = [Membership.Role.EDITOR, Membership.Role.STEWARD]
    own = Membership.objects.current().filter(
        user=user, role__in=roles, partner=options.partner, partner__isnull=False
    )
    if not user.is_active or not (is_hub_admin(user) or own.exists()):
        raise NotAllowedError(
            f"{user} can hand nothing in here: that takes a hub admin, or with --partner SLUG an "
            "editor or steward of this partner."
        )


def run_import(
    path: Path, *, options: Options, dry_run: bool = False, progress: Progress | None = None
) -> Report:
    """Import a file or folder of the interchange format.

    A dry run does the same inside a transaction that is rolled back, so its report is the same.

    Raises:
        NotAllowedError: nobody answers for it.
    """
    check_options(options)
    show = progress or (lambda _step, _number, _total: None)
    known = known_items()
    plan = make_plan(path, frozenset(known), show)
    report = Report(dry_run=dry_run)
    outer = transaction.atomic() if dry_run else contextlib.nullcontext()
    with indexes_off(), outer:
        _apply(plan, options, known, path, report, show)
        if dry_run:
            transaction.set_rollback(True)
    if not dry_run and report.batch:
        index_pages(report.batch)
    return report


def index_pages(batch: str) -> None:
    """Do the index jobs of a run at once, many pages in a transaction.

    They were written with their pages: if this fails or the process dies, a worker does them.
    """

    def index(payloads: list[dict[str, Any]]) -> None:
        update_indexes(payload["page_id"] for payload in payloads)

    try:
        while runner.run_together("exchange.index_page", batch, index, limit=CHUNK):
            pass
    except Exception:
        logger.exception("The indexes of %s are left to a worker", batch)


def _apply(
    plan: Plan, options: Options, known: Any, path: Path, report: Report, show: Progress
) -> None:
    for locale in ensure_locales():
        ensure_home(locale)
    run = ImportRun.objects.create(
        source=path.name[:255],
        publish=options.publish,
        overwrite=options.overwrite,
        approved_by=options.approved_by if options.publish else None,
        approver_key=options.approved_by.actor_key if options.publish else None,
        reason=options.reason,
    )
    job = Apply(plan, run, options, known)
    job.files(show)
    job.references(show)
    sections = [] if options.publish else job.hand_in(show)
    report.run_id, report.batch = run.pk, run.batch
    report.outcome = job.outcome
    report.read = plan.read
    report.skipped = plan.skipped
    report.refused = sum(problems.refused for problems in plan.reports)
    report.problems = [line for rows in (*plan.reports, *sections) for line in rows.lines]
    run.counts = report.counts()
    run.finished = timezone.now()
    run.save(update_fields=["counts", "finished"])
