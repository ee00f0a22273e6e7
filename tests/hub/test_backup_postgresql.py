"""Backup and restore of a hub on PostgreSQL, with a real server."""

import hashlib
import shutil
import subprocess

import psycopg
import pytest
from psycopg import sql

from tests.hub.test_backup import DOCUMENTS, JOBS, assert_same, only, without
from tests.instances import Instance, result, wait_for
from tests.servers import postgres_server
from tests.tools import server_binary

pytestmark = [pytest.mark.servers, pytest.mark.slow]


@pytest.fixture(scope="module")
def server():
    server_binary("initdb", "postgresql")
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module")
def instance(server, tmp_path_factory):
    """Makes a hub with a database of its own."""

    def make(name):
        if name != "hub":
            with psycopg.connect(server.url, autocommit=True) as database:
                database.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return Instance(tmp_path_factory.mktemp(name), server.url_of(name))

    return make


@pytest.fixture(scope="module")
def source(instance):
    hub = instance("hub")
    hub.migrate()
    hub.call("fill", DOCUMENTS)
    return hub


@pytest.fixture(scope="module")
def backup(source, tmp_path_factory):
    place = tmp_path_factory.mktemp("backups")
    source.run("backup", place)
    return only(place)


@pytest.fixture(scope="module")
def before(source, backup):
    return {"tables": tables_of(source), **source.call("look")}


def connected(hub):
    return psycopg.connect(hub.environment["DATABASE_URL"], autocommit=True)


def tables_of(hub):
    """Digest of every table, in another way than the backup's own."""
    found = {}
    with connected(hub) as database:
        names = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in names.fetchall():
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
            rows = sorted(repr(row) for row in database.execute(query))
            found[name] = [len(rows), hashlib.sha256("".join(rows).encode()).hexdigest()]
    return found


def count(hub, table):
    with connected(hub) as database:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        return database.execute(query).fetchone()[0]


def test_a_killed_restore_says_so_and_is_repeated(instance, backup, before, tmp_path):
    hub = instance("target")
    # Another machine: the same database, a folder of its own.
    other = Instance(tmp_path / "other", hub.environment["DATABASE_URL"])
    uploaded = hub.media / "documents"
    hub.kill_when(hub.marker.exists, "restore", backup)
    hub.kill_when(
        lambda: uploaded.exists() and 20 < len(list(uploaded.iterdir())) < 100, "restore", backup
    )
    hub.kill_when(lambda: is_loading(hub), "restore", backup)
    for place in (hub, other):
        answers = place.call("visit", backup.parent / "none")
        assert answers["/en/"][0] == 503
        assert answers["/-/live"][0] == 200
        assert answers["/-/ready"][0] == 503
        assert "hub.E101" in place.run("worker", "--drain", code=1)
    hub.kill_when(lambda: is_loaded(hub), "restore", backup)
    assert other.call("visit", backup.parent / "none")["/en/"][0] == 503
    hub.run("restore", backup)
    after = hub.call("look")
    assert_same(tables_of(hub), after, before)
    assert after["job"] == ["waiting", 7, None]
    assert "hub.sqlite3" not in {path.name for path in hub.folder.iterdir()}
    other.run("check")
    assert "tables" in hub.run("restore", backup, code=3)


def is_loading(hub):
    with connected(hub) as database:
        return database.execute(
            "SELECT 1 FROM pg_stat_activity WHERE application_name = 'hub-restore' "
            "AND datname = current_database() AND backend_type = 'client backend'"
        ).fetchone()


def is_loaded(hub):
    with connected(hub) as database:
        (table,) = database.execute("SELECT to_regclass('django_migrations')").fetchone()
        return table is not None


def test_a_backup_under_load_is_whole(server, source, instance, tmp_path):
    busy = Instance(tmp_path / "busy", server.url_of("busy"))
    with psycopg.connect(server.url_of("postgres"), autocommit=True) as database:
        database.execute("CREATE DATABASE busy TEMPLATE hub")
    shutil.copytree(source.folder, busy.folder, dirs_exist_ok=True)
    place, stop = tmp_path / "backups", tmp_path / "stop"
    place.mkdir()
    writer = busy.start_call("write", stop)
    wait_for(lambda: count(busy, "content_hubdocument") > DOCUMENTS + 5)
    revisions = count(busy, "wagtailcore_revision")
    busy.run("backup", place)
    assert count(busy, "wagtailcore_revision") > revisions, "nothing was going on"
    stop.touch()
    said, complained = writer.communicate()
    assert writer.returncode == 0, complained
    assert min(result(said).values()) > 5
    still = busy.call("look")
    target, again = instance("restored"), instance("again")
    target.run("restore", only(place))
    # The same dump loaded by PostgreSQL's own program, to compare with.
    load(server, only(place) / "database.dump", "again")
    assert without(tables_of(target), JOBS) == without(tables_of(again), JOBS)
    after = target.call("look")
    assert after["wrong"] == []
    assert after["answers"] == still["answers"]
    quiet = {name for name in still["media"] if "busy" not in name}
    assert len(quiet) == DOCUMENTS + 8
    assert {name: after["media"][name] for name in quiet} == {
        name: still["media"][name] for name in quiet
    }


def load(server, dump, name):
    command = [server_binary("pg_restore", "postgresql"), *server.client_options(), "--no-owner"]
    subprocess.run([*command, "--dbname", name, dump], check=True)


def test_a_dump_of_the_other_kind_is_refused(backup, tmp_path):
    embedded = Instance(tmp_path / "embedded")
    said = embedded.run("restore", backup, code=2)
    assert "of a postgresql database, this hub has sqlite" in said
    assert not embedded.marker.exists()
