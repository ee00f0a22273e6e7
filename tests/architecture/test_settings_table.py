"""The README's table of settings is the list that the code reads, and nothing else."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured

from hub.settings.env import VARIABLES, read
from scripts.settings_table import shown
from tests.tools import ROOT

ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def rows():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return {name: (default, text) for name, default, text in ROW.findall(readme)}


def test_the_readme_lists_every_variable_with_its_default():
    assert {name: row[0] for name, row in rows().items()} == {
        v.name: shown(v.default) for v in VARIABLES
    }


def test_the_readme_says_what_the_code_says():
    assert {name: row[1] for name, row in rows().items()} == {v.name: v.help for v in VARIABLES}


def test_variables_are_read_in_one_place_only():
    reads = re.compile(r"os\.environ|os\.getenv")
    allowed = {"hub/settings/env.py", "hub/wsgi.py", "hub/celery.py"}
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
    found = {
        str(path.relative_to(ROOT))
        for app in apps
        for path in (ROOT / app).rglob("*.py")
        if reads.search(path.read_text(encoding="utf-8"))
    }
    assert found <= allowed


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("HUB_LANGUAGES", "en,es_MX", "'es_MX' is none; did you mean 'es-MX'?"),
        ("HUB_LANGUAGES", "en,EN", "'EN' stands twice"),
        ("HUB_BASE_URL", "hub.example.org", "https://hub.example.org"),
        ("HUB_TIME_ZONE", "Mars/Olympus", "HUB_TIME_ZONE='Mars/Olympus'"),
        ("HUB_MAX_UPLOAD_MB", "many", "a whole number"),
    ],
)
def test_a_wrong_value_is_refused_by_name(name, value, part, monkeypatch):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        read(name)
    assert str(caught.value).startswith(f"{name}=")
    assert part in str(caught.value)


def test_a_secret_comes_from_a_file_and_is_never_shown(monkeypatch, tmp_path):
    file = tmp_path / "key"
    file.write_text("too short\n")
    monkeypatch.setenv("HUB_SECRET_KEY_FILE", str(file))
    with pytest.raises(ImproperlyConfigured) as caught:
        read("HUB_SECRET_KEY")
    assert "too short" not in str(caught.value)
    file.write_text("k" * 40 + "\n")
    assert read("HUB_SECRET_KEY") == "k" * 40
