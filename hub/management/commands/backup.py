"""``manage.py backup``: makes a backup, or checks one."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from content.housekeeping import reach
from hub.backup import files, making, verifying
from hub.backup.errors import BackupError


class Command(BaseCommand):
    help = (
        "Write database and uploads into a new folder below DIR while the hub goes on working. "
        "With --verify, check the backup in DIR instead. See docs/backup.md."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="an existing folder")
        parser.add_argument(
            "--keep", type=int, metavar="N", help="delete older backups in DIR beyond N"
        )
        parser.add_argument(
            "--verify", action="store_true", help="check the backup in DIR, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keep = options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep wants 1 or more.")
        try:
            if options["verify"]:
                self._verify(options["dir"])
            else:
                self._make(options["dir"], keep)
        except BackupError as error:
            raise CommandError(str(error), returncode=error.exit_code) from error

    def _verify(self, folder: Path) -> None:
        made = verifying.check_backup(folder)
        self.stdout.write(
            f"{folder} is sound: made {made.made}, {made.database}, {len(made.media)} uploads, "
            f"{files.readable_size(made.size)}."
        )

    def _make(self, place: Path, keep: int | None) -> None:
        made = making.make_backup(place, keep=keep, say=self.stdout.write)
        for name in made.missing_media:
            self.stderr.write(f"The database names an upload that does not exist: {name}")
        self.stdout.write(
            f"{made.folder}: {made.media} uploads, {files.readable_size(made.size)}, "
            f"{made.seconds} s"
        )
        try:
            reach(
                "backup",
                folder=made.folder.name,
                bytes=made.size,
                seconds=made.seconds,
                uploads=made.media,
                missing=len(made.missing_media),
            )
        except DatabaseError as error:
            self.stderr.write(f"The backup is complete, but this could not be noted: {error}")
