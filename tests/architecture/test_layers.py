"""Who may import whom. The contract itself is in pyproject.toml."""

import subprocess
import tomllib

from tests.tools import ROOT

CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
NOT_APPS = {"tests", "scripts", "bench"}


def test_every_import_goes_down():
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_the_contract_knows_every_app():
    """A new app takes its place: root_packages, and its layer without parentheses."""
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_APPS
    layers = {
        name.strip()
        for layer in CONFIG["contracts"][0]["layers"]
        for name in layer.split("|")
        if not name.strip().startswith("(")
    }
    assert set(CONFIG["root_packages"]) == apps
    assert layers == apps
