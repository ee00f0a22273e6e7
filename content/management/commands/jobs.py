"""``manage.py jobs``: what the System report of the admin shows, for the command line."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from content.jobs import dead_letters, dependencies, queries
from content.jobs.registry import describe
from content.models import Job

BY = "command line"


class Command(BaseCommand):
    help = "Show what is not done in the job table; retry or discard dead letters."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("list", help="what waits, runs and failed, by queue and kind")
        dead = actions.add_parser("dead", help="dead letters, the newest first")
        dead.add_argument("--kind", default="", help="only of this kind")
        dead.add_argument("--limit", type=int, default=50, help="at most so many (default: 50)")
        show = actions.add_parser("show", help="one job with its whole error")
        show.add_argument("job", type=int)
        for action, meaning in (
            (dead_letters.RETRY, "give dead letters a new set of attempts"),
            (dead_letters.DISCARD, "delete dead letters for good"),
        ):
            chosen = actions.add_parser(action, help=meaning)
            chosen.add_argument("jobs", nargs="*", type=int, help="numbers of dead letters")
            chosen.add_argument("--kind", default="", help="all dead letters of this kind")
            chosen.add_argument("--all", action="store_true", help="all dead letters")

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action in dead_letters.ACTIONS:
            self._settle(action, options["jobs"], options["kind"], options["all"])
        elif action == "dead":
            self._dead(options["kind"], options["limit"])
        elif action == "show":
            self._show(options["job"])
        else:
            self._list()

    def _list(self) -> None:
        now = timezone.now()
        self.stdout.write("queue    waiting  again  running   dead  oldest  kind")
        for row in queries.depths(now, dependencies.down()):
            self.stdout.write(
                f"{row.queue:8} {row.waiting:7} {row.retrying:6} {row.running:8} {row.dead:6} "
                f"{row.age(now).total_seconds():6.0f}s {row.kind}"
            )

    def _dead(self, kind: str, limit: int) -> None:
        for job in queries.dead_letters(kind)[:limit]:
            self.stdout.write(
                f"{job.pk}  {job.finished:%Y-%m-%d %H:%M}  {job.kind}({describe(job.payload)})  "
                f"{queries.reason(job)}"
            )

    def _show(self, job_id: int) -> None:
        job = Job.objects.filter(pk=job_id).first()
        if job is None:
            raise CommandError(f"There is no job {job_id}.")
        self.stdout.write(f"{job.pk}  {job.state}  {job.kind}  attempts: {job.attempts}")
        self.stdout.write(describe(job.payload))
        self.stdout.write(job.error)

    def _settle(self, action: str, job_ids: list[int], kind: str, is_all: bool) -> None:
        if (bool(job_ids), bool(kind), is_all).count(True) != 1:
            raise CommandError("Name numbers of dead letters, or one of --kind and --all.")
        settled = (
            dead_letters.settle(action, job_ids, by=BY)
            if job_ids
            else dead_letters.settle_all(action, kind, by=BY)
        )
        self.stdout.write(f"{action}: {settled}")
        if job_ids and settled < len(set(job_ids)):
            raise CommandError(f"{len(set(job_ids)) - settled} of them are no dead letters.")
