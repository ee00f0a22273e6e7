"""Backup and restore of a hub on SQLite, through ``manage.py``."""

import hashlib
import json
import random
import shutil
import signal
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from tests.instances import Instance, result, wait_for

DOCUMENTS = 150
# Not in a backup, or written by the restore itself.
OWN_TABLES = {
    "django_session", "content_runner", "content_dependency", "content_milestone", "sqlite_sequence",
}  # fmt: skip
JOBS = "content_job"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A hub with pages, uploads and a job that was running when the backup was made."""
    instance = Instance(tmp_path_factory.mktemp("source"))
    instance.migrate()
    instance.call("fill", DOCUMENTS)
    return instance


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("backups")


@pytest.fixture(scope="module")
def backup(source, place):
    """A backup made while nothing else happened."""
    source.run("backup", place)
    return only(place)


@pytest.fixture(scope="module")
def before(source, backup):
    return {"tables": tables_of(source), **source.call("look")}


def only(place):
    (folder,) = place.glob("hub-*")
    return folder


def tables_of(instance_or_file):
    """Digest of every table, in another way than the backup's own."""
    path = getattr(instance_or_file, "folder", None)
    found = {}
    with closing(sqlite3.connect(path / "hub.sqlite3" if path else instance_or_file)) as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall():
            rows = sorted(repr(row) for row in database.execute(f'SELECT * FROM "{name}"'))  # noqa: S608
            found[name] = [len(rows), hashlib.sha256("".join(rows).encode()).hexdigest()]
    return found


def without(tables, *names):
    left_out = {*OWN_TABLES, *names}
    return {name: rows for name, rows in tables.items() if name not in left_out}


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_was_backed_up_comes_back(backup, before, tmp_path):
    target = Instance(tmp_path / "target")
    assert f"{DOCUMENTS + 8} uploads" in target.run("restore", backup)
    tables = tables_of(target)
    assert tables["django_session"][0] == 0
    after = target.call("look")
    assert_same(tables, after, before)
    assert len(after["answers"]) == 60 + DOCUMENTS
    assert {status for status, _digest in after["answers"].values()} == {200}
    assert before["job"] == ["running", 8, None]
    assert after["job"] == ["waiting", 7, None]
    assert after["restore"]["folder"] == backup.name
    assert not target.marker.exists()


def assert_same(tables, after, before):
    assert without(tables, JOBS) == without(before["tables"], JOBS)
    # One more: the caches are told that everything has changed.
    assert tables[JOBS][0] == before["tables"][JOBS][0] + 1
    assert after["answers"] == before["answers"]
    assert after["media"] == before["media"]


def test_a_full_instance_is_left_alone(source, backup, tmp_path):
    tables = tables_of(source)
    said = source.run("restore", backup, code=3)
    assert "hub.sqlite3 with" in said
    assert f"uploads in {source.media}" in said
    assert tables_of(source) == tables
    target = Instance(tmp_path / "target")
    (target.folder / "hub.sqlite3-wal").write_bytes(b"content of a database that was lost")
    assert "hub.sqlite3-wal" in target.run("restore", backup, code=3)
    assert not target.marker.exists()


def test_a_byte_that_changed_is_found(backup, tmp_path):
    """Twenty backups, each with another bit of another byte turned, over all files."""
    chance = random.Random(20)  # noqa: S311  no secret
    sizes = {name: len(content) for name, content in sorted(files_of(backup).items())}
    # Half of them over all bytes, where the database weighs most; half over all files.
    damaged = chance.choices(list(sizes), weights=sizes.values(), k=10)
    damaged += ["MANIFEST.json", "MANIFEST.sha256", *chance.sample(list(sizes), k=8)]
    for number, name in enumerate(damaged):
        copy = tmp_path / "copies" / f"{number:02}"
        shutil.copytree(backup, copy)
        content = bytearray((copy / name).read_bytes())
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        (copy / name).write_bytes(content)
    target = Instance(tmp_path / "target")
    (target.folder / "secret-key").write_text("k" * 40)
    said = target.call("restore_each", tmp_path / "copies")
    assert len(said) == 20
    for number, name in enumerate(damaged):
        assert said[f"{number:02}"].startswith("2 "), said[f"{number:02}"]
        assert name in said[f"{number:02}"]
    assert {path.name for path in target.folder.iterdir()} <= {"secret-key", "locale"}


@pytest.mark.slow
def test_a_killed_restore_says_so_and_is_repeated(backup, before, tmp_path):
    target = Instance(tmp_path / "target")
    uploaded = target.media / "documents"
    damaged = tmp_path / "backups" / "damaged"
    shutil.copytree(backup, damaged)
    (damaged / "MANIFEST.sha256").write_text("0" * 64 + "  MANIFEST.json\n")
    target.kill_when(target.marker.exists, "restore", backup)
    target.kill_when(
        lambda: uploaded.exists() and 20 < len(list(uploaded.iterdir())) < 100, "restore", backup
    )
    left = len(list(uploaded.iterdir()))
    answers = target.call("visit", damaged)
    for path in ("/en/", "/es/", "/admin/"):
        status, text, retry = answers[path]
        assert (status, retry) == (503, "60")
        assert text
    assert "restored from a backup" in answers["/en/"][1]
    assert answers["/-/live"][0] == 200
    assert answers["/-/ready"][0] == 503
    assert "has not come to its end" in answers["backup"]
    assert answers["restore"].startswith("2 ")
    assert len(list(uploaded.iterdir())) == left, "a damaged backup costs nothing"
    assert "hub.E101" in target.run("worker", "--drain", code=1)
    target.kill_when((target.folder / "hub.sqlite3.restoring").exists, "restore", backup)
    target.kill_when((target.folder / "hub.sqlite3").exists, "restore", backup)
    assert target.marker.exists()
    (uploaded / "left over.txt").write_text("of the killed restore")
    target.run("restore", backup)
    assert not target.marker.exists()
    assert_same(tables_of(target), target.call("look"), before)


def test_killed_and_old_backups_go(source, backup, tmp_path):
    for year in (2019, 2020, 2021):
        folder = tmp_path / f"hub-{year}0101T000000Z"
        folder.mkdir()
        (folder / "MANIFEST.sha256").touch()
    (tmp_path / "hub-of-somebody").mkdir()
    source.kill_when(lambda: any(tmp_path.glob("*.partial/media/*/*")), "backup", tmp_path)
    (partial,) = tmp_path.glob("*.partial")
    with pytest.raises(CommandError, match="no complete backup"):
        call_command("backup", partial, verify=True)
    source.run("backup", tmp_path, "--keep", 2)
    names = sorted(path.name for path in tmp_path.iterdir() if path.is_dir())
    assert names[0] == "hub-20210101T000000Z"
    assert names[2:] == ["hub-of-somebody"]
    call_command("backup", tmp_path / names[1], verify=True)
    milestone = json.loads(row(source, "SELECT data FROM content_milestone WHERE name = 'backup'"))
    assert milestone["folder"] == names[1]
    assert milestone["bytes"] > 0
    assert milestone["uploads"] == DOCUMENTS + 8


def row(instance, query):
    with closing(sqlite3.connect(instance.folder / "hub.sqlite3")) as database:
        return database.execute(query).fetchone()[0]


def test_no_secret_is_told(source, backup):
    manifest = json.loads((backup / "MANIFEST.json").read_text())
    assert manifest["settings"]["HUB_LANGUAGES"] == "en,es"
    assert manifest["settings"]["HUB_SECRET_KEY"] in {"set", "not set"}
    assert manifest["versions"]["Django"]
    key = (source.folder / "secret-key").read_text()
    assert all(key.encode() not in content for content in files_of(backup).values())
    assert (backup / "database.sqlite3").stat().st_mode & 0o077 == 0
    checksum = (backup / "MANIFEST.sha256").read_text().split()[0]
    assert checksum == hashlib.sha256((backup / "MANIFEST.json").read_bytes()).hexdigest()


@pytest.mark.slow
def test_a_backup_under_load_is_whole(source, tmp_path):
    """Uploads, replacements, deletions and publications go on while it is made."""
    busy = Instance(tmp_path / "busy")
    shutil.copytree(source.folder, busy.folder, dirs_exist_ok=True)
    place, stop = tmp_path / "backups", tmp_path / "stop"
    place.mkdir()
    writer = busy.start_call("write", stop)
    wait_for(lambda: row(busy, "SELECT count(*) FROM content_hubdocument") > DOCUMENTS + 5)
    rows = row(busy, "SELECT count(*) FROM wagtailcore_revision")
    for _time in range(2):
        busy.run("backup", place)
    assert row(busy, "SELECT count(*) FROM wagtailcore_revision") > rows, "nothing was going on"
    stop.touch()
    said, complained = writer.communicate()
    assert writer.returncode == 0, complained
    assert min(result(said).values()) > 5
    still = busy.call("look")
    quiet = {name for name in still["media"] if "busy" not in name}
    assert len(quiet) == DOCUMENTS + 8
    for number, folder in enumerate(sorted(place.glob("hub-*Z"))):
        target = Instance(tmp_path / f"target-{number}")
        target.run("restore", folder)
        dump = tables_of(folder / "database.sqlite3")
        assert without(tables_of(target), JOBS) == without(dump, JOBS)
        after = target.call("look")
        assert after["wrong"] == []
        assert len(after["answers"]) == 60 + DOCUMENTS
        assert after["answers"] == still["answers"]
        assert {name: after["media"][name] for name in quiet} == {
            name: still["media"][name] for name in quiet
        }


def test_two_restores_at_once_do_not_meet(backup, tmp_path):
    target = Instance(tmp_path / "target")
    first = target.start("restore", backup)
    wait_for(target.marker.exists)
    first.send_signal(signal.SIGSTOP)
    try:
        assert "Another restore" in target.run("restore", backup, code=1)
    finally:
        first.send_signal(signal.SIGCONT)
    first.communicate(timeout=60)
    assert first.returncode == 0
