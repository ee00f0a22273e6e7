"""``manage.py blank_name``: forget whose key evidence names."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from content import audit
from content.models import ActorName, User
from editorial.management.people import hub_admin


class Command(BaseCommand):
    help = "Blank the name of a person in the evidence. What the person did stays. See docs/evidence.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="user name, or the key of an account that is gone")
        parser.add_argument("--by", metavar="USER", required=True, help="the hub admin who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        key = _key(options["person"])
        audit.blank_name(key, by=hub_admin(options["by"]))
        self.stdout.write(f"Evidence names no person behind {key} any more.")


def _key(person: str) -> UUID:
    """The key of a person who has acted.

    Raises:
        CommandError: there is none.
    """
    user = User.objects.filter(username=person).first()
    try:
        key = user.actor_key if user else UUID(person)
    except ValueError:
        raise CommandError(f"There is no user {person}, and it is no key.") from None
    if not ActorName.objects.filter(actor_key=key).exists():
        raise CommandError("Evidence has no name for this person.")
    return key
