"""``manage.py import_content``: brings a folder of documents in."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from exchange.roads import Options
from exchange.services import NotAllowedError, Report, run_import
from partners.models import Partner

SHOWN_WARNINGS = 20


class Command(BaseCommand):
    help = "Imports documents of the interchange format: one file each, with YAML front matter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="A folder of documents, or one document.")
        parser.add_argument("--partner", metavar="SLUG", help="Put everything under this partner.")
        parser.add_argument("--publish", action="store_true", help="Publish what comes in.")
        parser.add_argument("--approved-by", metavar="USER", help="The hub admin who approves it.")
        parser.add_argument("--reason", metavar="TEXT", default="", help="Why: readers see it too.")
        parser.add_argument(
            "--submitted-by",
            metavar="USER",
            help="Who hands the drafts in for approval: a hub admin, or with --partner an editor or "
            "steward of it. Needed without --publish.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Report only, write nothing.")
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="Also pages that were edited here: as drafts, never as publications.",
        )
        parser.add_argument("--report", metavar="FILE.json", type=Path, help="The whole report.")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"There is nothing at {path}.")
        target: Path | None = options["report"]
        if target and (target.is_dir() or not os.access(target.parent, os.W_OK)):
            raise CommandError(f"No report can be written to {target}.")
        try:
            report = run_import(
                path,
                options=self._options(options),
                dry_run=options["dry_run"],
                progress=self._progress if self.stderr.isatty() else None,
            )
        except NotAllowedError as error:
            raise CommandError(str(error)) from None
        if target:
            text = json.dumps(report.as_dict(), ensure_ascii=False, indent=1)
            target.write_text(text + "\n", encoding="utf-8")
        self._print(report, options["verbosity"])
        if report.refused:
            raise SystemExit(1)

    def _options(self, options: dict[str, Any]) -> Options:
        if options["publish"] and options["submitted_by"]:
            raise CommandError("Either --publish or --submitted-by USER.")
        given = [options["publish"], bool(options["approved_by"])]
        if any(given) and not (all(given) and options["reason"]):
            raise CommandError("--publish, --approved-by USER and --reason TEXT go together.")
        result = Options(
            publish=options["publish"], overwrite=options["overwrite"], reason=options["reason"]
        )
        result.approved_by = self._user(options["approved_by"])
        result.submitted_by = self._user(options["submitted_by"])
        if options["partner"]:
            result.partner = Partner.objects.filter(slug=options["partner"]).first()
            if result.partner is None:
                raise CommandError(f"There is no partner {options['partner']}.")
        return result

    def _user(self, name: str | None) -> Any:
        if not name:
            return None
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        return user

    def _progress(self, step: str, number: int, total: int) -> None:
        end = "\n" if number == total else ""
        self.stderr.write(f"\r{step}: {number} of {total} ", ending=end)

    def _print(self, report: Report, verbosity: int) -> None:
        shown = 0
        for problem in report.problems:
            if problem.level == "error":
                self.stderr.write(self.style.ERROR(str(problem)))
            elif shown < SHOWN_WARNINGS or verbosity > 1:
                self.stdout.write(str(problem))
                shown += 1
        hidden = sum(p.level == "warning" for p in report.problems) - shown
        if hidden:
            self.stdout.write(f"… and {hidden} more lines: --report FILE.json has them all.")
        counts = report.counts()
        for code, number in counts["codes"].items():
            self.stdout.write(f"  {code}: {number}")
        words = (
            "{read} documents read: {created} new, {updated} changed, {published} published, "
            "{unchanged} unchanged, {left_alone} left alone, {skipped} for later, "
            "{refused} refused."
        )
        self.stdout.write(words.format(**counts))
        self.stdout.write(
            "{translations} translations linked, {drafts} as drafts only, "
            "{sections} section pages made.".format(**counts)
        )
        if counts["submitted"] or counts["returned"]:
            self.stdout.write(
                "{submitted} handed in for approval, {returned} need changes first.".format(
                    **counts
                )
            )
        if report.dry_run:
            self.stdout.write("Dry run: nothing was written.")
        elif report.changed_nothing:
            self.stdout.write("Nothing changed.")
