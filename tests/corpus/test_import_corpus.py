"""The public corpus comes in whole: every document a page, every list once, every word in order.

The hub of this test has its own database and the eighteen languages of the corpus, so it runs in
processes of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = "en,ar,bn,es,fr,hi,ht,ja,km,ko,nv,pt,ru,tl,vi,ypk,zh-Hans,zh-Hant"
HUB_ADMIN = """
from django.contrib.auth import get_user_model
from partners.services import add_membership
user = get_user_model().objects.create_user("corpus-admin")
add_membership(user=user, role="hub_admin")
"""


class Hub:
    def __init__(self, folder):
        self.folder = folder
        self.environment = {
            **os.environ,
            "HUB_DATA_DIR": str(folder / "data"),
            "HUB_LANGUAGES": LANGUAGES,
            "DJANGO_SETTINGS_MODULE": "hub.settings.dev",
        }
        (folder / "data").mkdir()

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, text=True,
            capture_output=True, check=False,
        )  # fmt: skip

    def import_content(self, corpus, *arguments):
        report = self.folder / "report.json"
        done = self.run(
            "manage.py", "import_content", str(corpus), "--publish", "--approved-by",
            "corpus-admin", "--reason", "Corpus test", "--report", str(report), *arguments,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(report.read_text()), done.stdout


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    hub = Hub(tmp_path_factory.mktemp("corpus-hub"))
    for arguments in (
        ["manage.py", "migrate", "-v0"],
        ["manage.py", "shell", "-v0", "-c", HUB_ADMIN],
    ):
        done = hub.run(*arguments)
        assert done.returncode == 0, done.stderr[-2000:]
    return hub


@pytest.fixture(scope="module")
def imported(hub, corpus):
    return hub.import_content(corpus)[0]


@pytest.fixture(scope="module")
def pages(hub, corpus, imported):
    target = hub.folder / "pages.json"
    done = hub.run("tests/corpus/check_pages.py", str(corpus), str(target))
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(target.read_text())
    for form, counts in result["forms"].items():
        rest = {name: counts.get(name, 0) for name in ("missing", "doubled", "wrong_block")}
        print(f"{form}: {counts['items']} items, {rest}")  # noqa: T201  shown with pytest -s
    print(f"words: {result['found']} of {result['words']}")  # noqa: T201  shown with pytest -s
    return result


def test_every_document_comes_in_and_every_translation_is_linked(imported):
    counts = imported["counts"]
    assert (counts["created"], counts["skipped"], counts["refused"]) == (1161, 126, 0)
    assert counts["translations"] == 310
    assert counts["codes"]["kind-later"] == 126


def test_drafts_are_few_and_each_has_its_code(imported):
    assert len(imported["drafts"]) <= 30
    reasons = {"wrong-language", "legacy-encoding"}
    coded = {line["file"][:-3] for line in imported["problems"] if line["code"] in reasons}
    assert coded == set(imported["drafts"])
    assert all(name.startswith(("carpentries-git/ja/", "vote-gov/nv/")) for name in coded)


def test_every_live_page_answers_in_its_language(pages):
    assert pages["pages"] == 1161
    assert pages["live"] + pages["drafts"] == 1161
    assert pages["bad_status"] == []
    assert pages["bad_language"] == []


def test_every_typed_item_stands_once_in_a_block_of_its_type(pages):
    assert pages["missing"] == []
    assert pages["doubled"] == []
    assert pages["wrong_block"] == []


def test_the_words_of_every_body_stand_on_its_page_in_order(pages):
    assert pages["low"] == []
    assert pages["low_signed_in"] == []
    assert pages["found"] / pages["words"] > 0.999


def test_a_second_run_changes_nothing(hub, corpus, pages):
    report, said = hub.import_content(corpus)
    assert report["counts"]["unchanged"] == 1161
    assert "Nothing changed." in said


def test_every_combination_of_answers_ends_somewhere(hub, pages):
    target = hub.folder / "eligibility.json"
    done = hub.run("tests/corpus/check_eligibility.py", str(target))
    assert done.returncode == 0, done.stderr[-2000:]
    guides = json.loads(target.read_text())
    assert len(guides) == 10
    for guide in guides:
        assert set(guide["outcomes"]) <= {"likely", "unlikely", "ask"}, guide["page"]
        assert "likely" in guide["outcomes"], guide["page"]
        assert "ask" in guide["outcomes"], guide["page"]
        assert all(shown == [200, True] for shown in guide["shown"].values()), guide
