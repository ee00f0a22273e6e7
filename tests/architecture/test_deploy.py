"""What is shipped for running a hub fits the code: names, addresses, commands, versions, limits."""

import re
import runpy
import shlex
import shutil
import subprocess

import pytest
import yaml
from django.core.management import get_commands

from content.jobs.registry import QUEUES
from content.models import Runner
from hub import health
from hub.settings.env import VARIABLES
from tests.tools import ROOT, missing
from tests.units import PURGE_MODULE, UNITS, Machine, nginx_folder, settings_of

KNOWN = {variable.name: variable for variable in VARIABLES}
# Of other programs: gunicorn, Django, Python, docker-compose.
FOREIGN = {
    *("WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "DJANGO_SETTINGS_MODULE"),
    *("COMPOSE_PROFILES", "HUB_PORT"),
}
NAME = re.compile(r"\b(?:HUB_[A-Z_]+|DATABASE_URL(?:_FILE)?)\b")
PROBES = {f"/-/{name}" for name in health.PROBES}
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))


def read(*path):
    return ROOT.joinpath(*path).read_text(encoding="utf-8")


def compose():
    return yaml.safe_load(read("compose.yaml"))


SHIPPED = [
    "compose.yaml",
    "Containerfile",
    "gunicorn.conf.py",
    "deploy/env.example",
    "deploy/alive.py",
    "docs/operations.md",
    *(f"deploy/systemd/{path.name}" for path in UNITS.iterdir()),
    "deploy/nginx.conf",
    *(f"deploy/nginx/{path.name}" for path in (ROOT / "deploy" / "nginx").iterdir()),
]


@pytest.mark.parametrize("file", SHIPPED)
def test_every_variable_and_probe_that_is_named_exists(file):
    text = read(*file.split("/"))
    secrets = {f"{name}_FILE" for name, variable in KNOWN.items() if variable.is_secret}
    assert set(NAME.findall(text)) - set(KNOWN) - secrets - FOREIGN == set()
    assert set(re.findall(r"/-/\w+", text)) - PROBES == set()


def test_the_example_shows_every_variable_with_its_default():
    shown = dict(
        re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", read("deploy", "env.example"), re.MULTILINE)
    )
    assert set(shown) - FOREIGN == set(KNOWN)
    own = {"HUB_BASE_URL", "HUB_PROXIES", "HUB_DATA_DIR"}  # another machine's are no example
    for name in set(KNOWN) - own:
        assert shown[name] == (KNOWN[name].default or ""), name


def commands():
    """(where, words) of everything that units, compose.yaml and Containerfile start."""
    for name in SERVICES:
        (line,) = settings_of(name, "Service")["ExecStart"]
        yield name, shlex.split(line)
    for name, service in compose()["services"].items():
        if service.get("image") == "civic-knowledge-hub":
            yield name, service["command"]
    (line,) = re.findall(r'^CMD (\["gunicorn.*\])$', read("Containerfile"), re.MULTILINE)
    yield "Containerfile", yaml.safe_load(line)


def test_what_is_started_exists():
    served = set()
    for where, (program, *words) in commands():
        kind = program.rpartition("/")[2]
        if kind == "python":
            assert words[0] == "manage.py", where
            assert words[1] in get_commands(), where
        elif kind == "gunicorn":
            assert words[0] == "hub.wsgi", where
        else:
            assert words[:2] == ["-A", "hub.celery"], where
            assert "beat" in words or "worker" in words, where
            served |= {words[words.index("--queues") + 1]} if "--queues" in words else set()
    assert served == {*QUEUES, "%i"}
    assert re.search(r"^app = Celery", read("hub", "celery.py"), re.MULTILINE)
    assert re.search(r"^application = ", read("hub", "wsgi.py"), re.MULTILINE)
    conflicts = " ".join(settings_of("hub-worker.service", "Unit")["Conflicts"])
    assert set(re.findall(r"hub-celery@(\w+)", conflicts)) == set(QUEUES)


def test_everybody_means_the_same_socket_and_ports():
    (listens,) = settings_of("hub-web.socket", "Socket")["ListenStream"]
    alive = runpy.run_path(str(ROOT / "deploy" / "alive.py"))
    assert listens == alive["WEB_SOCKET"]
    (bind,) = (word for word in compose()["services"]["web"]["command"] if "unix:" in word)
    assert bind == f"unix:{listens}"
    for file in ("nginx.conf", "nginx/compose.conf"):
        text = read("deploy", *file.split("/"))
        assert f"server unix:{listens};" in text
        (purges,) = set(
            re.findall(
                r"listen (?:127\.0\.0\.1:)?(\d+);\n\s*(?:server_name _;\n\s*)?include hub/purge",
                text,
            )
        )
        assert (
            f"HUB_FRONT_CACHE_URL=http://{'nginx' if 'compose' in file else '127.0.0.1'}:{purges}"
            in text
        )
    front = compose()["services"]["web"]["environment"]["HUB_FRONT_CACHE_URL"]
    assert front == f"http://nginx:{purges}"


def test_limits_fit_each_other():
    gunicorn = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    proxy, server = read("deploy", "nginx", "proxy.conf"), read("deploy", "nginx", "server.conf")
    waits = int(re.search(r"proxy_read_timeout (\d+)s", proxy)[1])
    assert waits > gunicorn["timeout"]
    (stop,) = settings_of("hub-web.service", "Service")["TimeoutStopSec"]
    grace = compose()["services"]["web"]["stop_grace_period"]
    assert int(stop) > gunicorn["graceful_timeout"]
    assert int(grace.removesuffix("s")) > gunicorn["graceful_timeout"]
    upload = int(re.search(r"client_max_body_size (\d+)m", server)[1])
    assert upload == int(KNOWN["HUB_MAX_UPLOAD_MB"].default) + 1
    assert gunicorn["preload_app"]
    assert gunicorn["accesslog"] is None


def test_the_cache_knows_the_session_cookies_of_production():
    names = re.findall(
        r'SESSION_COOKIE_NAME = "(\S+)" if HTTPS else "(\S+)"',
        read("hub", "settings", "production.py"),
    )
    (pattern,) = re.findall(
        r'^map \$http_cookie .*?"~(.*?)"',
        read("deploy", "nginx", "http.conf"),
        re.MULTILINE | re.DOTALL,
    )
    for name in names[0]:
        assert re.search(pattern, f"{name}=x")
        assert re.search(pattern, f"other=1; {name}=x")
    assert not re.search(pattern, "notsessionid=x; csrftoken=sessionid")


def test_versions_are_those_that_the_hub_wants():
    services = compose()["services"]
    wanted = int(re.search(r"PostgreSQL (\d+) or newer", KNOWN["DATABASE_URL"].help)[1])
    server = int(re.match(r"postgres:(\d+)", services["postgres"]["image"])[1])
    client = int(re.search(r"postgresql-client-(\d+)", read("Containerfile"))[1])
    assert wanted <= server <= client, "pg_dump refuses a server that is newer than itself"
    for name in ("cache", "broker"):
        assert int(re.match(r"redis:(\d+)", services[name]["image"])[1]) >= 7
    python = re.search(r'requires-python = ">=([\d.]+)"', read("pyproject.toml"))[1]
    assert set(re.findall(r"^FROM python:([\d.]+)-", read("Containerfile"), re.MULTILINE)) == {
        python
    }


def test_each_container_can_do_little():
    for name, service in compose()["services"].items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["user"].split(":")[0]) > 0, name
        assert service["mem_limit"], name
        assert service["cpus"], name
        is_once = service.get("restart") == "no"
        assert is_once == bool(service["healthcheck"].get("disable")), name
        assert "ports" not in service or name == "nginx"


def test_containers_wait_for_the_migrations():
    services = compose()["services"]
    for name in ("web", "worker", "worker-publish", "worker-bulk", "beat"):
        condition = services[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully", name
    assert services["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"


def test_the_two_redis_are_what_they_are_for():
    services = compose()["services"]
    cache, broker = (" ".join(services[name]["command"]) for name in ("cache", "broker"))
    assert "--maxmemory-policy allkeys-lru" in cache
    assert "--appendonly no" in cache
    assert "--maxmemory-policy noeviction" in broker
    assert "--appendonly yes" in broker


def test_the_health_check_of_containers_asks_for_what_the_table_has():
    alive = runpy.run_path(str(ROOT / "deploy" / "alive.py"))
    columns = {field.column for field in Runner._meta.concrete_fields}
    assert f"FROM {Runner._meta.db_table} " in alive["SQL"]
    assert {"name", "seen", "queues"} <= columns
    asked = {
        service["healthcheck"]["test"][-1]
        for service in compose()["services"].values()
        if "deploy/alive.py" in service["healthcheck"].get("test", ())
    }
    assert asked == {"web", "worker", "beat", *QUEUES}


def test_an_image_holds_no_secrets():
    ignored = read(".containerignore").split()
    assert {".*", "data", "secrets"} <= set(ignored)
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8") == read(".containerignore")


@pytest.mark.parametrize("name", SERVICES)
def test_units_are_restarted_and_can_do_little(name):
    service = settings_of(name, "Service")
    assert service["User"] == ["hub"]
    for setting in ("NoNewPrivileges", "PrivateTmp"):
        assert service[setting] == ["yes"]
    assert service["ProtectSystem"] == ["strict"]
    assert service["StateDirectory"] == ["hub"]
    if service["Type"] != ["oneshot"]:
        assert service["Restart"] == ["always"]
        assert settings_of(name, "Unit")["StartLimitIntervalSec"] == ["0"]


def tool(name, package):
    return shutil.which(name) or missing(f"{name} is not installed (Debian: apt install {package})")


def accepted(*words, **options):
    done = subprocess.run(words, capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("profile", ["celery", "embedded", "tools"])
def test_docker_compose_accepts_the_file(profile, tmp_path):
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    (tmp_path / ".env").write_text(
        f"{read('deploy', 'env.example')}\nHUB_BROKER_URL=\nCOMPOSE_PROFILES={profile}\n"
    )
    shown = accepted(tool("docker-compose", "docker-compose"), "config", cwd=tmp_path)
    assert set(yaml.safe_load(shown)["services"]) >= {"web", "postgres", "cache", "nginx"}


def test_systemd_accepts_the_units(tmp_path):
    for path in UNITS.iterdir():
        # Whether /opt/hub exists is the machine's affair.
        text = re.sub(r"/opt/hub/\.venv/bin/\w+", "/bin/true", path.read_text(encoding="utf-8"))
        (tmp_path / path.name).write_text(text)
    names = [path.name.replace("@.", f"@{QUEUES[0]}.") for path in UNITS.iterdir()]
    said = accepted(tool("systemd-analyze", "systemd"), "verify", *names, cwd=tmp_path)
    assert said == ""


def test_nginx_accepts_the_file_of_debian():
    nginx = tool("nginx", "nginx-light")
    with Machine() as machine:
        folder = nginx_folder(machine.folder / "nginx", machine.here)
        accepted(nginx, "-t", "-c", f"{folder}/nginx.conf", "-p", str(folder))


def test_nginx_accepts_the_tls_lines(tmp_path):
    nginx, openssl = tool("nginx", "nginx-light"), tool("openssl", "openssl")
    names = ["fullchain.pem", "privkey.pem"]
    accepted(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-subj", "/CN=hub", "-out", tmp_path / names[0], "-keyout", tmp_path / names[1])  # fmt: skip
    with Machine() as machine:
        folder = nginx_folder(machine.folder / "nginx", machine.here)
        site = folder / "site.conf"
        head, given, tail = re.split(r"(?m)^(?=# With TLS|# Purges)", site.read_text())
        head = head[: head.index("server {")] if "\nserver {" in head else head
        text = head + re.sub(r"(?m)^# ?", "", given.partition("\n")[2]) + tail
        text = text.replace("/etc/letsencrypt/live/hub.example.org", str(tmp_path))
        text = re.sub(r"(?m)^\s*listen \[::\].*\n", "", text)
        site.write_text(text.replace("listen 443", "listen 127.0.0.1:8443"))
        assert "listen 127.0.0.1:8443 ssl" in site.read_text()
        accepted(nginx, "-t", "-c", f"{folder}/nginx.conf", "-p", str(folder))


def test_nginx_accepts_the_file_of_the_containers(tmp_path):
    nginx = tool("nginx", "nginx-light")
    if not PURGE_MODULE.exists():
        missing("nginx cannot purge (Debian: apt install libnginx-mod-http-cache-purge)")
    with Machine() as machine:
        shutil.copytree(ROOT / "deploy" / "nginx", tmp_path / "hub")
        for path in (*(tmp_path / "hub").iterdir(),):
            path.write_text(machine.here(path.read_text(encoding="utf-8")))
        text = (tmp_path / "hub" / "compose.conf").read_text(encoding="utf-8")
        text = text.replace("/etc/nginx/modules-enabled/*.conf", f"{tmp_path}/modules.conf")
        (tmp_path / "modules.conf").write_text(f"load_module {PURGE_MODULE};\n")
        conf = tmp_path / "nginx.conf"
        conf.write_text(re.sub(r"(?m)^pid .*;", f"pid {tmp_path}/pid;", text))
        accepted(nginx, "-t", "-c", str(conf), "-p", str(tmp_path))


def test_every_alarm_is_explained():
    names = set(re.findall(r'Check\(\s*"(\w+)"', read("hub", "system", "checks.py")))
    names |= {"database", "cache", "broker", "disk"}
    explained = set(re.findall(r"^\| `(\w+)`", read("docs", "operations.md"), re.MULTILINE))
    assert names - explained == set()
