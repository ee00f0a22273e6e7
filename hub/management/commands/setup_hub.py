"""Starts a real hub: languages, home pages, first hub admin."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hub.services import set_up


class Command(BaseCommand):
    help = "Makes the languages, their home pages and the first hub admin of a new hub."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--admin", required=True, help="User name of the first hub admin")
        parser.add_argument("--email", required=True, help="E-mail address of that person")

    def handle(self, *args: Any, **options: Any) -> None:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", options["email"]):
            raise CommandError(f"--email {options['email']!r} is no e-mail address.")
        try:
            done = set_up(username=options["admin"], email=options["email"])
        except (ValidationError, ValueError) as error:
            raise CommandError(str(error)) from error
        languages = ", ".join(locale.language_code for locale in done.locales)
        self.stdout.write(f"The hub answers at {settings.HUB_BASE_URL} in: {languages}")
        self.stdout.write(f"{done.admin.username} sets a password here, once, within a day:")
        self.stdout.write(done.link)
