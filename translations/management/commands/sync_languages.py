"""Brings the site in line with HUB_LANGUAGES."""

from typing import Any

from django.core.management.base import BaseCommand

from translations.services import sync_languages


class Command(BaseCommand):
    help = "Makes locales, home pages and sections for the languages of HUB_LANGUAGES."

    def handle(self, *args: Any, **options: Any) -> None:
        codes = ", ".join(locale.language_code for locale in sync_languages())
        if options["verbosity"]:
            self.stdout.write(f"Languages: {codes}")
