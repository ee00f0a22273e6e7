"""Real servers for tests: PostgreSQL and Redis from the machine's own binaries.

Each server has a temporary folder, a free port on 127.0.0.1 and a unix socket; it can be killed,
frozen and started again with its data. Inside pytest use ``url`` (unix socket): TCP is blocked there.

    python -m tests.servers postgres redis broker -- make test

starts the named servers, exports their addresses and returns the command's exit code.
"""

import contextlib
import os
import pwd
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from socket import AF_UNIX
from socket import socket as Socket  # noqa: N812  the real one: pytest-socket replaces it later

PATIENCE = 30
POSTGRES_FOLDERS = "/usr/lib/postgresql/*/bin"
REDIS_ROLES = {
    "cache": {"maxmemory": "64mb", "maxmemory-policy": "allkeys-lru", "save": ""},
    "broker": {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": ""},
}


def binary(name):
    """Path of a server's program; None where it is not installed."""
    if found := shutil.which(name):
        return found
    newest = sorted(Path("/").glob(f"{POSTGRES_FOLDERS[1:]}/{name}"), key=_version, reverse=True)
    return str(newest[0]) if newest else None


def _version(path):
    name = path.parent.parent.name
    return int(name) if name.isdigit() else 0


def free_port():
    """A free port that no outgoing connection takes while its server is down."""
    for port in random.SystemRandom().sample(range(15_000, 32_000), 100):  # not the seeded one
        with Socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


class Server:
    """A server process that may be killed, frozen and started again on its port and data."""

    owner = None  # user that runs it; None: the current one

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="hub-server-"))
        self.port = free_port()
        self.process = None
        if self.owner:
            shutil.chown(self.folder, self.owner)

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_error):
        self.close()

    @property
    def pid(self):
        return self.process.pid if self.process else None

    def command(self):
        raise NotImplementedError

    def answers(self):
        raise NotImplementedError

    def start(self):
        """Start and wait until it answers. A server that was killed finds its port and data."""
        deadline = time.monotonic() + PATIENCE
        self._launch()
        while not self.answers():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.command()[0]} does not answer:\n{self.log_text()}")
            if self.process.poll() is not None:  # its killed predecessor is still letting go
                time.sleep(0.2)
                self._launch()
            time.sleep(0.03)
        return self

    def _launch(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.identity(),
            )

    def identity(self):
        if not self.owner:
            return {}
        group = pwd.getpwnam(self.owner).pw_gid
        return {"user": self.owner, "group": group, "extra_groups": []}

    @property
    def log(self):
        return self.folder / "log"

    def log_text(self):
        return self.log.read_text(errors="replace")[-3000:]

    def processes(self):
        """Pids of the server and of its own processes, such as PostgreSQL's backends."""
        if self.pid is None:
            return []
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        try:
            return [self.pid, *map(int, children.read_text().split())]
        except OSError:
            return [self.pid]

    def signal(self, number):
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def freeze(self):
        """SIGSTOP: connections are accepted by the kernel, nobody answers."""
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def kill(self):
        """SIGKILL, without any warning."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self):
        """An orderly end; the data stays."""
        if self.process and self.process.poll() is None:
            self.thaw()
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresServer(Server):
    """A cluster with one database ``hub``, in which everybody of this machine may do anything."""

    def __init__(self, **config):
        self.owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        super().__init__()
        self.config = {"max_connections": "60", "shared_buffers": "64MB", **config}
        self.data = self.folder / "data"

    @property
    def url(self):
        return self.url_of("hub")

    def url_of(self, database):
        """Through the unix socket."""
        return f"postgres://hub@/{database}?host={self.folder}&port={self.port}"

    @property
    def tcp_url(self):
        return f"postgres://hub@127.0.0.1:{self.port}/hub"

    def start(self):
        is_new = not self.data.exists()
        if is_new:
            self._run("initdb", "-D", self.data, "-U", "hub", "--auth=trust", "--encoding=UTF8",
                      "--locale=C.UTF-8", "--no-sync", "--no-instructions")  # fmt: skip
        super().start()
        if is_new:
            self._run("createdb", *self.client_options(), "hub")
        return self

    def client_options(self):
        """Options of PostgreSQL's own clients, pg_dump and psql among them."""
        return ["-h", str(self.folder), "-p", str(self.port), "-U", "hub"]

    def command(self):
        config = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            **self.config,
        }
        options = [part for name, value in config.items() for part in ("-c", f"{name}={value}")]
        return [binary("postgres"), "-D", str(self.data), *options]

    def answers(self):
        asked = [binary("pg_isready"), *self.client_options(), "-d", "postgres", "-q"]
        return subprocess.run(asked).returncode == 0

    def _run(self, name, *arguments):
        done = subprocess.run(
            [binary(name), *map(str, arguments)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            **self.identity(),
        )
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr}{done.stdout}")


class RedisServer(Server):
    """A Redis as the hub wants it: ``cache`` evicts and forgets, ``broker`` does neither."""

    def __init__(self, role="cache", **config):
        super().__init__()
        self.config = {
            **REDIS_ROLES[role],
            **{name.replace("_", "-"): value for name, value in config.items()},
        }

    @property
    def socket(self):
        return self.folder / "redis.sock"

    @property
    def url(self):
        return f"unix://{self.socket}?db=0"

    @property
    def tcp_url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self):
        config = {
            "bind": "127.0.0.1",
            "port": self.port,
            "unixsocket": self.socket,
            "dir": self.folder,
            "daemonize": "no",
            **self.config,
        }
        options = [part for name, value in config.items() for part in (f"--{name}", str(value))]
        return [binary("redis-server"), *options]

    def answers(self):
        with contextlib.suppress(OSError), Socket(AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(64) == b"+PONG\r\n"
        return False


def postgres_server(**config):
    """A PostgreSQL as context manager."""
    return PostgresServer(**config)


def redis_server(role="cache", **config):
    """A Redis as context manager."""
    return RedisServer(role, **config)


# A suite empties its tables after each test; nobody pulls the plug of its database.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Name on the command line: what it starts, the variables that lead to it.
STARTERS = {
    "postgres": (lambda: postgres_server(**CARELESS), "DATABASE_URL"),
    "redis": (redis_server, "HUB_REDIS_URL"),
    "broker": (lambda: redis_server("broker"), "HUB_BROKER_URL"),
}


def main(arguments):
    names, _dashes, command = _split(arguments)
    if not command or not set(names) <= set(STARTERS):
        raise SystemExit(f"python -m tests.servers {' '.join(STARTERS)} -- command")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    with contextlib.ExitStack() as stack:
        addresses = {}
        for name in names:
            start, variable = STARTERS[name]
            server = stack.enter_context(start())
            addresses[variable] = server.tcp_url if name == "broker" else server.url
        return subprocess.run(command, env={**os.environ, **addresses}).returncode


def _split(arguments):
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at : at + 1], arguments[at + 1 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
