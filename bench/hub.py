"""A throw-away hub: its own data folder, its own processes, and what each of them cost."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUSAGE_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss


@dataclass(frozen=True)
class Cost:
    """What a process took. Peak memory is of that process alone."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    exit_code: int


@dataclass(frozen=True)
class Hub:
    """A data folder with the settings that belong to it; ``settings`` is a module's name."""

    folder: Path
    settings: str = "hub.settings.dev"
    env: dict[str, str] = field(default_factory=dict)

    def copy(self, name: str, **env: str) -> "Hub":
        """The same content in another folder, under the settings that are measured."""
        folder = self.folder.with_name(name)
        shutil.copytree(self.folder, folder)
        return replace(self, folder=folder, settings="bench.settings", env={**self.env, **env})

    def with_variables(self, **env: str) -> "Hub":
        """The same folder under more variables."""
        return replace(self, env={**self.env, **env})

    def environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HUB_", "DATABASE_URL"))
        }
        own = {
            "HUB_DATA_DIR": str(self.folder),
            "HUB_SECRET_KEY": "measured-" * 8,
            "DJANGO_SETTINGS_MODULE": self.settings,
            "PYTHONWARNINGS": "ignore",
        }
        return {**inherited, **own, **self.env}

    def run(self, *command: str, may_fail: bool = False) -> tuple[Cost, str]:
        """Run a Python command to its end; return what it cost and what it printed."""
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as output,
            tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        ):
            started = time.monotonic()
            child = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.environment(),
                stdout=output,
                stderr=log,
            )
            _pid, status, used = os.wait4(child.pid, 0)
            seconds = time.monotonic() - started
            child.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            text = output.read()
            log.seek(0)
            complaints = log.read()
        if child.returncode and not may_fail:
            sys.exit(f"{' '.join(command)} failed:\n{text[-2000:]}\n{complaints[-2000:]}")
        memory = used.ru_maxrss * RUSAGE_UNIT / 1e6
        return Cost(seconds, used.ru_utime + used.ru_stime, memory, child.returncode), text

    def ask(self, *command: str) -> Any:
        """Run a Python command whose last line is JSON, and return that."""
        return json.loads(self.run(*command)[1].splitlines()[-1])


def demo_hub(folder: Path) -> Hub:
    """A hub with the demo content, as ``make run`` makes it."""
    folder.mkdir()
    hub = Hub(folder)
    hub.run("manage.py", "migrate", "--verbosity", "0")
    hub.run("manage.py", "seed_demo")
    return hub
