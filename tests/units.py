"""Running the shipped systemd units without systemd: their own command lines, as an ordinary user.

``/opt/hub``, ``/var/lib/hub``, ``/run/hub`` and ``/var/backups/hub`` become folders of a temporary one;
everything else of a unit's command and environment stays as it is shipped.
"""

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from socket import AF_UNIX
from socket import socket as Socket  # noqa: N812  the real one: pytest-socket replaces it later

from tests.tools import ROOT, missing

UNITS = ROOT / "deploy" / "systemd"
NGINX = ROOT / "deploy"
PURGE_MODULE = Path("/usr/lib/nginx/modules/ngx_http_cache_purge_module.so")
STOP_SECONDS = 60


def settings_of(name, section):
    """Settings of a unit file, each with all its values."""
    text = (UNITS / name).read_text(encoding="utf-8")
    body = re.search(rf"^\[{section}\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    found = {}
    for line in body[1].splitlines() if body else ():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def variables(text):
    """Lines NAME=value of an environment file that are not commented out."""
    lines = (line.partition("=") for line in text.splitlines() if re.match(r"[A-Z]", line))
    return {name: value for name, _, value in lines}


def ordinary_user():
    """Who runs the hub: nobody special if this is root, else the current user."""
    if os.geteuid():
        return None
    for name in ("www-data", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return missing("there is no user www-data or nobody")


class Machine:
    """A Debian machine of a temporary folder: /opt/hub, /etc/hub/hub.env, the services."""

    def __init__(self, **environment):
        self.folder = Path(tempfile.mkdtemp(prefix="hub-machine-"))
        self.folder.chmod(0o755)
        self.user = ordinary_user()
        self.places = {
            "/opt/hub": self.folder / "opt",
            "/var/lib/hub": self._own("data"),
            "/run/hub": self._own("run"),
            "/var/backups/hub": self._own("backups"),
            "/var/lib/nginx": self._own("nginx-data"),
            "/var/log/nginx": self._own("nginx-log"),
        }
        self.environment = environment
        self.processes = {}
        self._install()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        try:
            for name in list(self.processes):
                self.stop(name)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _own(self, name):
        folder = self.folder / name
        folder.mkdir()
        if self.user:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        return folder

    def _install(self):
        """/opt/hub: the project itself, and programs that this user may run."""
        opt = self.places["/opt/hub"]
        programs = opt / ".venv" / "bin"
        programs.mkdir(parents=True)
        for path in ROOT.iterdir():
            if path.name not in {".venv", ".git", "data"}:
                (opt / path.name).symlink_to(path)
        packages = sysconfig.get_path("purelib")
        python = next(filter(self._may_run, (sys.executable, "/usr/bin/python3")), None)
        if python is None:
            missing(f"an ordinary user can run neither {sys.executable} nor /usr/bin/python3")
        for name in ("python", "gunicorn", "celery"):
            module = "" if name == "python" else f"-m {name}"
            program = programs / name
            program.write_text(
                f'#!/bin/sh\nexport PYTHONPATH={packages}\nexec {python} {module} "$@"\n'
            )
            program.chmod(0o755)

    def _may_run(self, python):
        """Whether the user can run this Python with the packages of the current one."""
        wanted = f"import sys, django; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
        try:
            done = subprocess.run(
                [python, "-c", wanted],
                env={"PYTHONPATH": sysconfig.get_path("purelib")},
                cwd="/",
                capture_output=True,
                **self.identity(),
            )
        except OSError:
            return False
        return done.returncode == 0

    def identity(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def here(self, text):
        """Paths of a real machine as paths of this one."""
        for path, place in self.places.items():
            text = text.replace(path, str(place))
        return text

    def environment_of(self, unit):
        example = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
        own = "\n".join(settings_of(unit, "Service").get("Environment", ()))
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            **variables(self.here(own)),
            **variables(example),
            **self.environment,
        }

    def command_of(self, unit):
        """The words of ExecStart; ``hub-celery@bulk.service`` is an instance of a template."""
        file = re.sub("@[^.]*", "@", unit)
        (line,) = settings_of(file, "Service")["ExecStart"]
        instance = unit.partition("@")[2].partition(".")[0]
        words = shlex.split(self.here(line).replace("%i", instance).replace("%%", "%"))
        return file, words

    def start(self, unit):
        """Start a service. A socket of the same name waits for it as file descriptor 3."""
        file, words = self.command_of(unit)
        socket_file = unit.replace(".service", ".socket")
        listener = self._listen(socket_file) if (UNITS / socket_file).exists() else None
        self.processes[unit] = self._popen(words, self.environment_of(file), unit, listener)

    def _popen(self, words, environment, name, listener=None):
        handed = {}
        if listener:
            # LISTEN_PID is the service itself, so the shell that sets it becomes the service.
            words = ["bash", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@" 3<&"$0"',
                     str(listener.fileno()), *words]  # fmt: skip
            handed = {"pass_fds": [listener.fileno()]}
        with self.log(name).open("ab") as log:
            return subprocess.Popen(
                words,
                cwd=self.places["/opt/hub"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **handed,
                **self.identity(),
            )

    def _listen(self, unit):
        if unit not in self.processes:
            path = self.here(settings_of(unit, "Socket")["ListenStream"][0])
            listener = Socket(AF_UNIX)
            listener.bind(path)
            Path(path).chmod(0o666)
            listener.listen(1024)
            self.processes[unit] = listener
        return self.processes[unit]

    def run(self, unit):
        """Run a oneshot service; returns what it printed."""
        file, words = self.command_of(unit)
        return self.command(*words, environment=self.environment_of(file))

    def manage(self, *arguments):
        return self.command("./.venv/bin/python", *arguments)

    def command(self, *words, environment=None):
        done = subprocess.run(
            words,
            cwd=self.places["/opt/hub"],
            env=environment or self.environment_of("hub-web.service"),
            capture_output=True,
            text=True,
            **self.identity(),
        )
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr[-4000:]}"
        return done.stdout

    def start_nginx(self, port, purge_port):
        folder = nginx_folder(self.folder / "nginx", self.here, port, purge_port)
        words = [shutil.which("nginx") or "nginx", "-c", f"{folder}/nginx.conf", "-p", str(folder)]
        self.processes["nginx"] = self._popen(words, {"PATH": "/usr/bin"}, "nginx")

    def stop(self, name):
        process = self.processes.pop(name)
        if isinstance(process, Socket):
            process.close()
            return
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()

    def log(self, name):
        return self.folder / f"{name}.log"

    def logs(self):
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}"
            for path in sorted(self.folder.glob("*.log"))
        )


def nginx_folder(folder, here, port=8080, purge_port=6081):
    """A folder like /etc/nginx with the shipped files: nginx as an ordinary user, on other ports."""
    folder.mkdir()
    (folder / "hub").mkdir()
    if not PURGE_MODULE.exists():
        missing("nginx cannot purge (Debian: apt install libnginx-mod-http-cache-purge)")
    (folder / "modules").symlink_to(PURGE_MODULE.parent)
    for file in (NGINX / "nginx").iterdir():
        (folder / "hub" / file.name).write_text(here(file.read_text(encoding="utf-8")))
    site = here((NGINX / "nginx.conf").read_text(encoding="utf-8"))
    site = re.sub(r"^\s*listen \[::\].*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 80", f"listen 127.0.0.1:{port}")
    site = site.replace("listen 127.0.0.1:6081", f"listen 127.0.0.1:{purge_port}")
    site = site.replace("server_name hub.example.org", "server_name 127.0.0.1")
    (folder / "site.conf").write_text(site)
    data = here("/var/lib/nginx")
    paths = "".join(
        f"    {kind}_temp_path {data}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"load_module modules/{PURGE_MODULE.name};\n"
        f"daemon off;\npid {data}/nginx.pid;\nerror_log {here('/var/log/nginx')}/error.log;\n"
        f"events {{}}\nhttp {{\n{paths}    include site.conf;\n}}\n"
    )
    return folder
