"""Small documents of our own, and the command that imports them."""

import io
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from partners.services import add_membership
from translations.services import ensure_home, ensure_locales

FIXTURES = Path(__file__).parent / "fixtures"

HEAD = """---
id: {id}
title: {title}
kind: {kind}
collection: small
language: {language}
{extra}partner: {{name: Small Partner, type: government, jurisdiction: US}}
format: markdown
licence: CC0-1.0
source: {{repo: small/repo, path: x.md}}
---
{body}
"""


class Import:
    """Runs the command and reads its report."""

    def __init__(self, folder: Path, report: Path) -> None:
        self.folder = folder
        self.report = report
        self.out = ""
        self.code = 0

    def __call__(self, *arguments, path=None):
        out = io.StringIO()
        self.code = 0
        if "--publish" not in arguments and "--submitted-by" not in arguments:
            arguments = (*arguments, "--submitted-by", "chief")
        try:
            call_command(
                "import_content", str(path or self.folder), *arguments,
                "--report", str(self.report), stdout=out, stderr=out,
            )  # fmt: skip
        except SystemExit as stop:
            self.code = stop.code
        self.out = out.getvalue()
        return json.loads(self.report.read_text())

    def publish(self, *arguments, path=None):
        who = ["--publish", "--approved-by", "chief", "--reason", "Agreed in May"]
        return self(*who, *arguments, path=path)

    def write(self, name, body="Some words.", *, extra="", **fields):
        """Write a small valid document at ``name`` (its id)."""
        values = {"id": name, "title": "Small", "kind": "lesson", "language": "en", **fields}
        path = self.folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD.format(**values, extra=extra, body=body), encoding="utf-8")
        return path

    def raw(self, name, data):
        path = self.folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path


@pytest.fixture
def hub(db, django_user_model):
    """A hub with its languages and a hub admin called chief."""
    for locale in ensure_locales():
        ensure_home(locale)
    chief = django_user_model.objects.create_user("chief")
    add_membership(user=chief, role="hub_admin")
    return chief


@pytest.fixture
def batch(hub, tmp_path):
    """The documents of ``fixtures`` in a folder that a test may change."""
    folder = tmp_path / "batch"
    shutil.copytree(FIXTURES, folder)
    return Import(folder, tmp_path / "report.json")


@pytest.fixture
def small(hub, tmp_path):
    """An empty batch for documents that a test writes."""
    folder = tmp_path / "small"
    folder.mkdir()
    return Import(folder, tmp_path / "report.json")
