"""The permission matrix: every address, every kind of person, GET and POST.

``matrix.txt`` beside this file holds the expected answers, a line for each address: its name, then a
letter for each kind of person in the order of the first line, once for GET and once for POST. A new
address needs a line; ``MATRIX=write pytest tests/architecture/test_access_matrix.py`` writes it as the
code answers today, for you to read before you commit it. ``MATRIX=full`` asks everybody everything;
otherwise each address is asked by those whose answers differ most and by one more in turn.
"""

import logging
import os
from http.cookies import SimpleCookie
from pathlib import Path

from django.db import transaction
from django.test import Client

from tests.world import PEOPLE

logger = logging.getLogger(__name__)
FILE = Path(__file__).with_name("matrix.txt")
DOCUMENT = Path(__file__).parents[2] / "docs/permissions.md"
BEGIN, END = "<!-- matrix -->", "<!-- /matrix -->"
OBJECTS_FILE = Path(__file__).with_name("matrix_objects.txt")
LETTERS = {
    "o": "open",
    "l": "to sign in",
    "x": "refused",
    "n": "not found",
    "m": "not with this method",
    "b": "incomplete question",
    "!": "failed",
}
NOT_ASKED = "."
# What a form needs so as not to fail in Wagtail's own code.
POSTED = {"wagtailadmin_choose_page_external_link": {"external-link-chooser-url": "https://x.org"}}
# Ends the session of the walker; fails on purpose.
NOT_WALKED = {"wagtailadmin_logout", "wagtailadmin_error_test"}


def letter(response):
    """The kind of an answer."""
    status = response.status_code
    if status >= 500:
        return "!"
    if status in {301, 302, 303, 307}:
        return _redirect(response.url)
    return {403: "x", 404: "n", 405: "m", 400: "b"}.get(status, "o")


def _redirect(url):
    if url.startswith(("/admin/login/", "/en/_util/login/")):
        return "l"
    return "x" if url == "/admin/" else "o"


IS_FULL = os.environ.get("MATRIX") in {"write", "full"}
ALWAYS = ("anonymous", "editor", "hub_admin", "foreign")
# Screens made by the same class as those of services and their words.
SIBLINGS = ("_contact", "_contacttext", "_location", "_locationtext", "_partnertext", "_audience")


def asked_by(address, number):
    """Who walks to an address in a short run: the four that differ most, and the others in turn."""
    if IS_FULL:
        return PEOPLE
    if address.namespace.endswith(SIBLINGS):
        return ("foreign",)
    return in_turn(number)


def in_turn(number):
    if IS_FULL:
        return PEOPLE
    others = [name for name in PEOPLE if name not in ALWAYS]
    return (*ALWAYS, others[number % len(others)])


class Walker:
    """Asks as each kind of person; nothing that a POST changes stays."""

    def __init__(self, world):
        self.clients = {name: self._client(world, name) for name in PEOPLE}

    def _client(self, world, name):
        client = Client()
        if name != "anonymous":
            client.force_login(world.people[name])
            client.get(
                "/admin/account/"
            )  # groups follow memberships with the first request of a day
        return client

    def ask(self, name, method, path, data=None):
        client = self.clients[name]
        before = SimpleCookie(client.cookies)
        with transaction.atomic():
            answer = self._answer(client, method, path, data)
            transaction.set_rollback(True)
        client.cookies = before
        return answer

    def _answer(self, client, method, path, data):
        try:
            return letter(getattr(client, method.lower())(path, data or {}))
        except KeyError:
            return "b"  # Wagtail's forms of streams and of copies ask for fields that are not sent
        except Exception:
            logger.exception("%s %s", method, path)
            return "!"

    def row(self, method, path, people=PEOPLE, data=None):
        return "".join(
            self.ask(name, method, path, data) if name in people else NOT_ASKED for name in PEOPLE
        )


def read(file):
    """``{name: (letters of GET, letters of POST)}``; rows of objects have GET only."""
    rows = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, *letters = line.split("  ")
            rows[name] = tuple(part.strip() for part in letters if part.strip())
    return rows


def write(file, rows, title):
    head = [
        f"# {title}",
        "# " + ", ".join(f"{key} {meaning}" for key, meaning in LETTERS.items()),
        "# People: " + " ".join(PEOPLE),
    ]
    body = [f"{name}  {'  '.join(letters)}" for name, letters in sorted(rows.items())]
    file.write_text("\n".join([*head, *body]) + "\n", encoding="utf-8")


SHORT = {
    "anonymous": "none", "nobody": "nob", "author": "aut", "editor": "edi", "approver": "app",
    "translator": "tra", "translation_reviewer": "rev", "specialist": "spe", "steward": "ste",
    "partner_admin": "pad", "hub_admin": "hub", "superuser": "sup", "foreign": "oth",
    "deactivated": "off",
}  # fmt: skip
SIGNS = {"o": "✓", "n": "0", "m": "0"}


def table(rows):
    """The matrix of objects in Markdown: who opens what."""
    people = [SHORT[name] for name in PEOPLE]
    lines = [
        "✓ opens it, 0 not there, · refused. " + ", ".join(f"{b}: {a}" for a, b in SHORT.items()),
        "",
        f"| what | {' | '.join(people)} |",
        f"|---|{'---|' * len(people)}",
    ]
    for name, letters in sorted(rows.items()):
        lines.append(f"| {name} | {' | '.join(SIGNS.get(one, '·') for one in letters[0])} |")
    return "\n".join(lines)


def differences(expected, found):
    """Lines that say what differs, for people to read."""
    lines = [f"{name}: no line" for name in sorted(found.keys() - expected.keys())]
    lines += [f"{name}: a line, but no address" for name in sorted(expected.keys() - found.keys())]
    for name in sorted(found.keys() & expected.keys()):
        for method, old, new in zip(("GET", "POST"), expected[name], found[name], strict=False):
            lines += [
                f"{name} {method} {person}: {LETTERS[b]}, expected {LETTERS[a]}"
                for person, a, b in zip(PEOPLE, old, new, strict=True)
                if a != b and b != NOT_ASKED
            ]
    return lines
