"""Conventions that a machine can see."""

import re

import pytest

from tests.tools import ROOT

SKIP = {".venv", "node_modules", "data", ".git", "staticfiles"}
SOURCES = [p for p in ROOT.rglob("*.py") if not SKIP & set(p.relative_to(ROOT).parts)]


def names(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def test_a_file_is_named_for_what_it_holds():
    vague = {"utils.py", "helpers.py", "common.py", "misc.py"}
    assert names(p for p in SOURCES if p.name in vague) == []


def test_migrations_are_named_by_hand():
    assert names(p for p in SOURCES if p.parent.name == "migrations" and "_auto_" in p.name) == []


def test_permissions_are_asked_in_one_place():
    allowed = {"partners/permissions.py", *names(ROOT.glob("tests/**/*.py"))}
    asked = re.compile(r"groups\.filter\(name")
    found = names(p for p in SOURCES if asked.search(p.read_text(encoding="utf-8")))
    assert set(found) <= allowed


@pytest.mark.parametrize("suffix", ["py", "html", "md", "toml", "sh", "yaml"])
def test_no_file_names_the_machine_it_was_written_on(suffix):
    private = re.compile(r"(?<![\w.])/(?:home|Users|root)/\w+")
    found = [
        path
        for path in ROOT.rglob(f"*.{suffix}")
        if not SKIP & set(path.relative_to(ROOT).parts)
        and private.search(path.read_text(encoding="utf-8"))
    ]
    assert [name for name in names(found) if not name.endswith("test_house.py")] == []
