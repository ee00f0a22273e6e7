"""What a test needs besides Python: skipped where it is missing, demanded where CI says so."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers import binary

ROOT = Path(__file__).resolve().parent.parent


def missing(reason: str) -> NoReturn:
    """Skip with the reason; under REQUIRE_ALL=1 (CI) fail, since nothing may be left out there."""
    if os.environ.get("REQUIRE_ALL"):
        pytest.fail(f"REQUIRE_ALL is set, but: {reason}")
    pytest.skip(reason)


def corpus_folder() -> Path:
    """The public corpus of interchange documents, from CORPUS or beside the clone."""
    folder = Path(os.environ.get("CORPUS") or ROOT.parent / "shared" / "data" / "content")
    if not (folder / "manifest.json").is_file():
        missing(f"no corpus in {folder}; CORPUS=folder names another place")
    return folder


def chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    return missing("chromium is not installed (Debian: apt install chromium)")


def npm_file(path: str) -> Path:
    """A file of a test-only npm package."""
    file = ROOT / "node_modules" / path
    if not file.exists():
        missing(f"{path} is not installed (make browser-tools, needs node)")
    return file


def server_binary(name: str, package: str) -> str:
    return binary(name) or missing(f"{name} is not installed (Debian: apt install {package})")
