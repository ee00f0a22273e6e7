"""Readers of the six languages of the default configuration never meet a piece of another one."""

import re

import polib
import pytest

from tests.templates_source import messages
from tests.tools import ROOT

READER_LANGUAGES = ["es", "fr", "ar", "zh_Hans", "vi"]
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
WANTED = {}
for _message, _template in messages():
    WANTED.setdefault(_message, _template)


def catalogue(code):
    file = ROOT / "locale" / code / "LC_MESSAGES" / "django.po"
    assert file.exists(), f"{file.relative_to(ROOT)} is missing"
    return {entry.msgid: entry for entry in polib.pofile(str(file)) if not entry.obsolete}


def test_the_templates_say_something():
    assert len(WANTED) > 100


@pytest.mark.parametrize("code", READER_LANGUAGES)
def test_every_message_of_the_templates_is_translated(code):
    entries = catalogue(code)
    absent = {
        message: template
        for message, template in WANTED.items()
        if message not in entries or not entries[message].msgstr or entries[message].fuzzy
    }
    assert absent == {}


@pytest.mark.parametrize("code", READER_LANGUAGES)
def test_translations_keep_their_placeholders(code):
    wrong = [
        entry.msgid
        for entry in catalogue(code).values()
        if entry.msgstr
        and not entry.msgid_plural
        and set(PLACEHOLDER.findall(entry.msgid)) != set(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert wrong == []


def test_digits_are_latin_in_every_catalogue():
    arabic = re.compile("[\u0660-\u0669\u06f0-\u06f9]")
    assert [e.msgid for e in catalogue("ar").values() if arabic.search(e.msgstr)] == []


def test_messages_are_number_neutral():
    """No plural forms in the frame: "Results: 3", not "3 results"."""
    assert [message for message in WANTED if re.match(r"%\(\w+\)s \w+s\b", message)] == []
