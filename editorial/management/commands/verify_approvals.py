"""``manage.py verify_approvals``: is the evidence what the hub wrote?"""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from content import audit
from content.verification import Findings, verify
from editorial.management.people import hub_admin

NOTED = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")


def noted(text: str) -> tuple[int, str]:
    """Number and hash of an event, as this command has once written them."""
    found = NOTED.fullmatch(text)
    if found is None:
        raise ArgumentTypeError("wanted: the number and the hash that an earlier check has told.")
    return int(found[1]), found[2]


class Command(BaseCommand):
    help = (
        "Verify the chain of events and every vote and answer that it covers. The exit code is 1 if "
        "anything was altered, removed or added behind the hub's back. See docs/evidence.md."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="tell what was found as JSON")
        parser.add_argument(
            "--noted",
            metavar="NUMBER:HASH",
            type=noted,
            help="the end of the chain that an earlier check told: it must still be there",
        )
        parser.add_argument(
            "--accept-seal",
            metavar="REASON",
            help="write into the chain why a broken seal is believed, as after a new SECRET_KEY",
        )
        parser.add_argument("--by", metavar="USER", help="the hub admin who accepts it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accept_seal"] is not None:
            audit.accept_seal(_reason(options["accept_seal"]), by=hub_admin(options["by"]))
        found = verify(options["noted"])
        self.stdout.write(json.dumps(found.as_data()) if options["json"] else _told(found))
        if not found.is_sound:
            raise SystemExit(1)


def _told(found: Findings) -> str:
    end = f"The chain ends at {found.seq}:{found.hash}"
    seen = f"{found.events} events, {found.rows} rows."
    if found.is_sound:
        return f"The evidence is sound: {seen}\n{end}"
    more = found.count - len(found.damages)
    lines = [f"  {damage}" for damage in found.damages]
    lines += [f"  and {more} more"] if more else []
    return "\n".join([f"The evidence is DAMAGED: {seen}", *lines, end])


def _reason(text: str) -> str:
    if not text.strip():
        raise CommandError("--accept-seal wants a reason.")
    return text.strip()
