"""A whole running hub: its servers, web processes and runners, watched as systemd would watch them.

What dies is started again within a second, with its data. Faults are SIGKILLs to single processes;
containers and virtual machines are not needed. Everything lives in one temporary folder.
"""

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.servers import free_port, postgres_server, redis_server
from tests.tools import ROOT

HOST = "127.0.0.1"
ADMIN, PASSWORD = "chaos-admin", "a password for no one but the tests"
RESTART_SECONDS = 0.5
PATIENCE = 90
EVERYTHING = ("web", "worker", "celery", "beat")


class Process:
    """A process of the hub itself."""

    def __init__(self, command, environment, log):
        self.command, self.environment, self.log = command, dict(environment), log
        self.process = None
        self.groups = []

    def start(self):
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.groups.append(self.process.pid)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(20)
        # Children that outlived a killed parent.
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)
        if self.process:
            self.process.wait()

    close = stop


class Watched:
    """Starts a process or server again whenever it has died."""

    def __init__(self, kind, thing):
        self.kind, self.thing = kind, thing
        self.restarts = 0
        self.up_since = 0.0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def start(self):
        self.thing.start()
        self.up_since = time.monotonic()
        self.thread.start()

    def _watch(self):
        while not self.stopping.wait(0.1):
            if self.is_up():
                continue
            if self.stopping.wait(RESTART_SECONDS):
                return
            with contextlib.suppress(TimeoutError):
                self.thing.start()
            self.restarts += 1
            self.up_since = time.monotonic()

    def is_up(self):
        process = self.thing.process
        return process is not None and process.poll() is None

    def pids(self, with_children=False):
        if not self.is_up():
            return []
        pid = self.thing.process.pid
        return [pid, *children(pid)] if with_children else [pid]

    def stop(self):
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join(PATIENCE)
        self.thing.close()


def children(pid):
    try:
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class Stack:
    """The hub in full (PostgreSQL, two Redis, Celery and the worker), or as one small machine has it.

    Args:
        folder: for data and logs.
        database: ``postgresql`` or ``sqlite``.
        redis: whether there are two Redis, one for the cache and one for Celery.
        run: kinds of processes that are started at once; ``celery`` is a worker for each queue.
        variables: more of the environment.
    """

    def __init__(
        self, folder, *, database="postgresql", redis=True, run=EVERYTHING, variables=None
    ):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.run = run
        self.watched = []
        self.kills = []
        self.environment = {
            **{n: v for n, v in os.environ.items() if not n.startswith(("HUB_", "DATABASE_URL"))},
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "HUB_DATA_DIR": str(self.folder / "data"),
            "HUB_SECRET_KEY": secrets.token_urlsafe(48),
            "HUB_BASE_URL": f"http://{HOST}:{self.port}",
            "HUB_HTTPS": "0",
            "HUB_LANGUAGES": "en,es",
            "PYTHONWARNINGS": "ignore",
            "PYTHONUNBUFFERED": "1",
            **(variables or {}),
        }
        self._servers = []
        if database == "postgresql":
            self._servers.append(("postgres", postgres_server(), "DATABASE_URL"))
        if redis:
            self._servers.append(("redis", redis_server("cache"), "HUB_REDIS_URL"))
            self._servers.append(("redis", redis_server("broker"), "HUB_BROKER_URL"))

    # -- life -------------------------------------------------------------------------------

    def __enter__(self):
        try:
            (self.folder / "data").mkdir(exist_ok=True)
            for kind, server, variable in self._servers:
                self._watch(kind, server)
                self.environment[variable] = server.tcp_url
            self.manage("migrate", "--run-syncdb", "--verbosity", "0")
            self.start(*self.run)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        for watched in reversed(self.watched):
            watched.stop()
        for _kind, server, _variable in self._servers:
            server.close()

    def _watch(self, kind, thing):
        watched = Watched(kind, thing)
        self.watched.append(watched)
        watched.start()

    def start(self, *kinds):
        """Start processes of the hub; they are watched from now on."""
        for kind in kinds:
            if kind == "web":
                self.manage("setup_hub", "--admin", ADMIN, "--email", "chaos@example.org")
            for command in self._commands(kind):
                log = self.folder / f"{len(self.watched)}-{kind}.log"
                self._watch(kind, Process(command, self.environment, log))
        if "web" in kinds:
            self.wait_for_web()

    def stop(self, *kinds):
        """Stop processes for good."""
        for watched in [watched for watched in self.watched if watched.kind in kinds]:
            watched.stop()
            self.watched.remove(watched)

    def _commands(self, kind):
        if kind == "web":  # gunicorn reads gunicorn.conf.py of the project by itself
            options = ["--bind", f"{HOST}:{self.port}", "--pid", str(self.folder / "web.pid")]
            return [["gunicorn", "hub.wsgi:application", "--workers", "2", *options]]
        if kind == "worker":
            return [["manage", "worker"]]
        celery = ["celery", "-A", "hub.celery", "--quiet"]
        if kind == "beat":
            return [[*celery, "beat"]]
        options = ["--concurrency", "1", "--without-mingle", "--without-gossip"]
        return [
            [*celery, "worker", "--queues", queue, "--hostname", f"{queue}@%h", *options]
            for queue in ("publish", "bulk")
        ]

    def manage(self, *command):
        return self.python("manage", *command)

    def python(self, module, *arguments):
        """Run a module with the hub's settings; returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{module} {arguments}\n{done.stdout}\n{done.stderr[-4000:]}"
        return done.stdout

    def wait_for_web(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, http.client.HTTPException):
                line = http.client.HTTPConnection(HOST, self.port, timeout=10)
                line.request("GET", "/en/")
                if line.getresponse().status == 200:
                    return
            time.sleep(0.2)
        raise TimeoutError(f"gunicorn does not answer\n{self.logs()}")

    def wait_until_up(self):
        """Wait until everything runs again; returns when the last of it came up (monotonic)."""
        deadline = time.monotonic() + PATIENCE
        while not all(watched.is_up() for watched in self.watched):
            assert time.monotonic() < deadline, f"not everything came back\n{self.logs()}"
            time.sleep(0.1)
        last = max(watched.up_since for watched in self.watched)
        if any(watched.kind == "web" for watched in self.watched):
            self.wait_for_web()
        return last

    def logs(self, length=1500):
        """Ends of all logs."""
        texts = {
            log.name: log.read_text(errors="replace")[-length:]
            for log in sorted(self.folder.glob("*.log"))
        }
        return "\n".join(f"--- {name}\n{text}" for name, text in texts.items())

    # -- faults -----------------------------------------------------------------------------

    @property
    def kinds(self):
        """What can be killed, gunicorn's workers apart from their master."""
        kinds = {watched.kind for watched in self.watched}
        return sorted(kinds | ({"web worker"} if "web" in kinds else set()))

    def kill(self, kind, random):
        """SIGKILL one process of a kind, as soon as there is one; returns its pid."""
        deadline = time.monotonic() + PATIENCE
        while not (pids := self._pids(kind)):
            assert time.monotonic() < deadline, f"no {kind} to kill\n{self.logs()}"
            time.sleep(0.1)
        pid = random.choice(pids)
        os.kill(pid, signal.SIGKILL)
        self.kills.append({"kind": kind, "pid": pid, "at": time.time()})
        return pid

    def _pids(self, kind):
        if kind == "web worker":
            return [
                p
                for w in self.watched
                if w.kind == "web"
                for pid in w.pids()
                for p in children(pid)
            ]
        # A Celery worker is a process and the child that does the work.
        return [pid for w in self.watched if w.kind == kind for pid in w.pids(kind == "celery")]
