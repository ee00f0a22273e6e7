"""The import beside the least that Wagtail could do: as many pages of the same kinds and sizes."""

import json
import os
from pathlib import Path

from bench import documents
from bench.hub import ROOT, Hub
from bench.report import Table, verdict

RATIO_GOAL, MEMORY_GOAL = 1.5, 400


def measure(demo: Hub) -> Table:
    corpus = _corpus() or documents.write(demo.folder.with_name("documents"))
    imported = demo.copy("imported", HUB_LANGUAGES=",".join(_languages(corpus)))
    report, shapes = demo.folder.with_name("report.json"), demo.folder.with_name("shapes.json")
    took, printed = imported.run(
        "manage.py", "import_content", str(corpus), "--publish", "--approved-by", "hubadmin",
        "--reason", "measuring", "--report", str(report), may_fail=True,
    )  # fmt: skip
    if not report.exists():
        raise SystemExit(f"import_content failed:\n{printed[-2000:]}")
    counts = json.loads(report.read_text(encoding="utf-8"))["counts"]
    pages = imported.ask("-m", "bench.bare_pages", "describe", str(shapes))
    bare, _printed = demo.copy("bare").run("-m", "bench.bare_pages", "make", str(shapes))
    start, _printed = demo.copy("start").run("manage.py", "version")
    ratio, cpu_ratio = took.seconds / bare.seconds, took.cpu_seconds / bare.cpu_seconds
    rows = [
        ["import", pages, took.seconds, took.cpu_seconds, 1000 * took.cpu_seconds / pages,
         took.peak_mb, verdict(took.peak_mb, MEMORY_GOAL)],
        ["bare pages", pages, bare.seconds, bare.cpu_seconds, 1000 * bare.cpu_seconds / pages,
         bare.peak_mb, ""],
        ["ratio", None, ratio, cpu_ratio, None, None, verdict(cpu_ratio, RATIO_GOAL)],
        ["Django alone", None, start.seconds, start.cpu_seconds, None, start.peak_mb, ""],
    ]  # fmt: skip
    name = "the corpus" if _corpus() else "made-up documents"
    return Table(
        "import",
        f"Import of {name}: {counts['created']:,} documents, {counts['refused']:,} refused",
        ["", "pages", "seconds", "CPU s", "CPU ms/page", "peak MB", ""],
        rows,
        [
            f"Goals: ratio of processor time {RATIO_GOAL}, peak {MEMORY_GOAL} MB.",
            "Bare pages: add_child, save_revision, publish in one transaction a page, one text block.",
        ],
    )


def _corpus() -> Path | None:
    """The public corpus: the folder in HUB_CORPUS, or beside the project."""
    named = os.environ.get("HUB_CORPUS")
    folder = Path(named) if named else ROOT.parent / "shared" / "data" / "content"
    return folder if (folder / "manifest.json").is_file() else None


def _languages(corpus: Path) -> list[str]:
    manifest = corpus / "manifest.json"
    if not manifest.is_file():
        return ["en"]
    items = json.loads(manifest.read_text(encoding="utf-8"))["items"]
    return list(dict.fromkeys(["en", *sorted(item["language"] for item in items)]))
