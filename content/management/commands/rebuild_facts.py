"""Writes PageFacts anew from the published pages."""

from typing import Any

from django.core.management.base import BaseCommand

from content.services import rebuild_facts


class Command(BaseCommand):
    help = "Rebuilds the table behind lists, links and breadcrumbs from the published pages."

    def handle(self, *args: Any, **options: Any) -> None:
        written, removed = rebuild_facts()
        self.stdout.write(f"{written} pages written, {removed} rows removed")
