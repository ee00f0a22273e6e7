"""``manage.py record_legacy_pages``: evidence of what was live before approvals were kept."""

from typing import Any

from django.core.management.base import BaseCommand

from editorial.services.legacy import record_legacy


class Command(BaseCommand):
    help = (
        "Write down what was live before approvals were kept. An upgrade does it by itself, once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = record_legacy()
        self.stdout.write(
            f"{count} live pages and records recorded; they stand in a list to approve."
        )
