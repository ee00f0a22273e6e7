"""Whole hubs in folders of their own, used through ``manage.py`` as their operators do."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.tools import ROOT

PATIENCE = 60


class Instance:
    """One hub: its data folder and, if it has one, its PostgreSQL."""

    def __init__(self, folder, database_url=""):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        names = ("DATABASE_URL", "HUB_REDIS_URL", "HUB_BROKER_URL", "DJANGO_SETTINGS_MODULE")
        inherited = {name: value for name, value in os.environ.items() if name not in names}
        self.environment = {
            **inherited,
            "HUB_DATA_DIR": str(self.folder),
            "HUB_LANGUAGES": "en,es",
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "hub.settings.dev",
        }

    @property
    def media(self):
        return self.folder / "media"

    @property
    def marker(self):
        return self.folder / "unfinished-restore"

    def start(self, *arguments, **environment):
        """Start ``manage.py`` and go on."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, code=0, **environment):
        """Run ``manage.py``; return what it said on both channels."""
        process = self.start(*arguments, **environment)
        said, complained = process.communicate(timeout=10 * PATIENCE)
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{said}{complained}"
        return said + complained

    def call(self, function, *arguments):
        """Call a function of ``tests.hub.backup_scripts`` in this hub; return what it returned."""
        return result(self.run(*self._script(function, arguments)))

    def start_call(self, function, *arguments):
        return self.start(*self._script(function, arguments))

    def _script(self, function, arguments):
        given = json.dumps([str(argument) for argument in arguments])
        code = (
            "import json; from tests.hub import backup_scripts as scripts; "
            f"print('RESULT' + json.dumps(scripts.{function}(*json.loads({given!r}))))"
        )
        return ["shell", "-v0", "--no-imports", "-c", code]

    def migrate(self):
        """The tables of all apps, in seconds."""
        self.run("migrate", "--run-syncdb", "-v0", DJANGO_SETTINGS_MODULE="tests.unmigrated")
        self.run("migrate", "--fake", "-v0")

    def kill_when(self, condition, *arguments):
        """Start ``manage.py`` and kill it as soon as the condition holds."""
        process = self.start(*arguments)
        wait_for(lambda: condition() or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
        said = "".join(process.communicate())
        assert process.returncode == -signal.SIGKILL, f"came to its end before the kill: {said}"


def result(said):
    """What a function has returned, among what else was said."""
    return json.JSONDecoder().raw_decode(said.rsplit("RESULT", 1)[1])[0]


def wait_for(condition, seconds=PATIENCE):
    """Look until the condition holds; the process watched is done in a blink, so no long pauses."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.0005)
