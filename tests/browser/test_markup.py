"""html-validate accepts every kind of page."""

import json
import subprocess
from pathlib import Path

from tests.browser.places import LANGUAGES, PLACES
from tests.tools import ROOT, npm_file


def test_markup_is_valid(site, tmp_path):
    program = npm_file(".bin/html-validate")
    for place in PLACES:
        for language in LANGUAGES:
            status, html = site.get(site.path(place, language))
            assert status == (404 if place == "404" else 200), (place, language)
            (tmp_path / f"{place}-{language}.html").write_text(html, encoding="utf-8")
    report = tmp_path / "report.json"
    subprocess.run(
        [
            *(program, "--config", ROOT / ".htmlvalidate.json"),
            *("--formatter", f"json={report}", *sorted(tmp_path.glob("*.html"))),
        ],
        cwd=ROOT,
        capture_output=True,
    )
    found = sorted(
        f"{message['ruleId']}: {message['message']} "
        f"({Path(file['filePath']).name}:{message['line']})"
        for file in json.loads(report.read_text())
        for message in file["messages"]
    )
    assert not found, "\n".join(found)
