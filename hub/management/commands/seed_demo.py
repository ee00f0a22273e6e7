"""Loads the demo content and says how to sign in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hub.demo import loader
from hub.demo.signin import PASSWORD


class Command(BaseCommand):
    help = "Load the demo content once: four partners of a made-up valley, and their log-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = loader.load()
        except loader.DemoRefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        if not made.pages:
            self.stdout.write("The demo is there already; nothing was changed.")
        for kind, languages in made.pages.items():
            listed = "  ".join(f"{code} {count}" for code, count in sorted(languages.items()))
            self.stdout.write(f"{kind:10} {listed}")
        self.stdout.write(f"\nDemo log-ins, all with the password {PASSWORD}")
        for name, roles in loader.logins():
            self.stdout.write(f"  {name:17} {roles}")
