"""``manage.py restore``: brings a backup back into an empty instance."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.backup.errors import BackupError
from hub.backup.restoring import restore
from hub.backup.state import marker_file


class Command(BaseCommand):
    help = (
        "Restore the backup in DIR into this instance, which must be empty. A damaged backup is "
        "refused before anything is written. See docs/backup.md."
    )
    # They would refuse an instance that an unfinished restore has left.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="folder of one backup")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = restore(options["dir"], say=self.stdout.write)
        except BackupError as error:
            told = str(error)
            if marker_file().exists():
                told += "\nThe instance is unusable until manage.py restore has come to its end."
            raise CommandError(told, returncode=error.exit_code) from error
        rows = sum(table.rows for table in made.tables.values())
        self.stdout.write(
            f"Restored: {rows} rows in {len(made.tables)} tables, {len(made.media)} uploads, "
            f"as of {made.made}. Everybody signs in anew."
        )
