"""What a backup must not believe, and uploads that change while it is made."""

import hashlib
import json
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from hub.backup import databases, making, manifest, media, verifying
from hub.backup.databases import Snapshot
from hub.backup.errors import BackupError, RefusedBackupError
from hub.backup.manifest import Manifest
from hub.backup.sqlite import SQLite


class FakeDatabase:
    """Dumps in which each step does something to the uploads and names some of them."""

    kind, file = "sqlite", "database.sqlite3"

    def __init__(self, *steps):
        self.steps, self.dumps = list(steps), 0

    def size(self):
        return 0

    def version(self):
        return "3"

    def dump(self, path):
        step = self.steps[min(self.dumps, len(self.steps) - 1)]
        self.dumps += 1
        with closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE IF NOT EXISTS t (a)")
        return Snapshot({}, set(step()), [])


@pytest.fixture
def uploads(tmp_path, monkeypatch):
    folder = tmp_path / "uploads"
    folder.mkdir()
    (folder / "old.txt").write_text("old")
    monkeypatch.setattr(media, "root", lambda: folder)
    return folder


@pytest.fixture
def make(tmp_path, uploads, monkeypatch, db):
    place = tmp_path / "backups"
    place.mkdir()

    def run(*steps, **options):
        database = FakeDatabase(*steps)
        monkeypatch.setattr(databases, "current", lambda: database)
        return making.make_backup(place, **options), database

    run.place = place
    return run


def test_an_upload_of_the_last_moment_is_in_it(make, uploads):
    def step():
        (uploads / "new.txt").write_text("new")
        return ["old.txt"]

    made, database = make(step)
    assert database.dumps == 1
    assert (made.folder / "media/new.txt").read_text() == "new"


def test_what_was_uploaded_and_deleted_meanwhile_is_dumped_again(make):
    made, database = make(lambda: ["old.txt", "came and went.txt"], lambda: ["old.txt"])
    assert database.dumps == 2
    assert made.missing_media == []


def test_a_deleted_upload_stays_as_long_as_the_dump_names_it(make, uploads):
    def step():
        (uploads / "old.txt").unlink()
        return ["old.txt"]

    made, database = make(step)
    assert database.dumps == 1
    assert (made.folder / "media/old.txt").read_text() == "old"
    assert made.missing_media == []


def test_a_deleted_upload_that_the_dump_does_not_name_is_left_out(make, uploads):
    def step():
        (uploads / "old.txt").unlink()
        return []

    made, _database = make(step)
    assert made.media == 0
    assert not (made.folder / "media/old.txt").exists()


def test_a_name_that_was_given_away_is_not_mixed_up(make, uploads):
    def replace():
        (uploads / "old.txt").unlink()
        (uploads / "old.txt").write_text("other")
        return ["old.txt"]

    made, database = make(replace, lambda: ["old.txt"])
    assert database.dumps == 2
    assert (made.folder / "media/old.txt").read_text() == "other"


def test_a_name_that_was_taken_after_the_dump_is_not_mixed_up(make, uploads):
    def appear():
        (uploads / "young.txt").write_text("another one than the dump means")
        return ["young.txt"]

    made, database = make(appear, lambda: ["young.txt"])
    assert database.dumps == 2
    assert made.missing_media == []


def test_an_upload_that_was_lost_long_ago_is_told(make):
    made, database = make(lambda: ["old.txt", "lost.txt"])
    assert database.dumps == 2
    assert made.missing_media == ["lost.txt"]


def test_uploads_that_never_rest_are_no_backup(make, uploads):
    def replace():
        (uploads / "old.txt").unlink()
        (uploads / "old.txt").write_text("again")
        return ["old.txt"]

    with pytest.raises(BackupError, match=r"old\.txt"):
        make(replace)
    assert list(make.place.glob("hub-*")) == []


def test_a_link_among_the_uploads_is_refused(make, uploads, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (uploads / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(BackupError, match="link is a symbolic link"):
        make(list)


def test_a_full_disk_is_noticed_before(make, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10, 9, 1))
    with pytest.raises(BackupError, match="has 1 bytes left, the backup may need"):
        make(list)


def test_a_disk_that_fills_up_leaves_nothing(make, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device", "media/old.txt")

    monkeypatch.setattr("hub.backup.files.copy", full)
    with pytest.raises(BackupError, match=r"media/old\.txt: No space left"):
        make(list)
    assert list(make.place.glob("hub-*")) == []


@pytest.mark.parametrize("missing", ["gone", "file"])
def test_a_place_that_is_none_is_refused(uploads, tmp_path, missing, db):
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match="is no folder"):
        making.make_backup(tmp_path / missing)


def test_a_place_among_the_uploads_is_refused(uploads, db):
    (uploads / "backups").mkdir()
    with pytest.raises(BackupError, match="among the uploads"):
        making.make_backup(uploads / "backups")


def test_only_one_backup_at_a_time(make):
    def second():
        with pytest.raises(BackupError, match="Another backup"):
            making.make_backup(make.place)
        return []

    make(second)


# What a stranger may hand over as a backup.


@pytest.fixture
def backup(make):
    return make(lambda: ["old.txt"])[0].folder


def rewrite(folder, change):
    """Change the manifest and give it the right checksum."""
    data = json.loads((folder / "MANIFEST.json").read_text())
    change(data)
    seal(folder, json.dumps(data).encode())


def seal(folder, text):
    (folder / "MANIFEST.json").write_bytes(text)
    line = f"{hashlib.sha256(text).hexdigest()}  MANIFEST.json\n"
    (folder / "MANIFEST.sha256").write_text(line)


def refused(folder):
    with pytest.raises(RefusedBackupError) as refusal:
        verifying.check_backup(folder)
    return str(refusal.value)


def test_a_sound_one_is_taken(backup, capsys):
    call_command("backup", backup, verify=True)
    assert "is sound" in capsys.readouterr().out


def test_the_exit_code_tells_a_damaged_one(backup):
    (backup / "media/old.txt").write_text("0ld")
    with pytest.raises(CommandError, match=r"media/old\.txt has another content") as refusal:
        call_command("backup", backup, verify=True)
    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/passwd", "media/../../evil", "media//evil", "media/./evil", "evil", "media",
     "media/a\x00b", "MANIFEST.json", ""],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused(backup, name):
    entry = {"size": 0, "sha256": hashlib.sha256().hexdigest()}
    rewrite(backup, lambda data: data["files"].update({name: entry}))
    assert "MANIFEST.json cannot be used" in refused(backup)


@pytest.mark.parametrize(
    ("name", "value"),
    [("database_file", "../hub.sqlite3"), ("database_file", None), ("made", 7), ("files", []),
     ("tables", {"t": 1}), ("files", {"media/a": {"size": -1, "sha256": "0" * 64}})],
)  # fmt: skip
def test_a_field_of_another_kind_is_refused(backup, name, value):
    rewrite(backup, lambda data: data.update({name: value}))
    assert "MANIFEST.json cannot be used" in refused(backup)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b"null", b"\xff", b"[" * 100_000, b'{"format": 2}', b'{"format": 1}'],
)
def test_something_else_is_refused(backup, text):
    seal(backup, text)
    assert "MANIFEST.json cannot be used" in refused(backup)


def test_a_huge_manifest_is_not_read(backup, monkeypatch):
    monkeypatch.setattr(manifest, "MAX_MANIFEST_BYTES", 10)
    assert "too large" in refused(backup)


def test_links_and_strangers_are_refused(backup, tmp_path):
    (tmp_path / "elsewhere").write_text("old")
    (backup / "media/old.txt").unlink()
    (backup / "media/old.txt").symlink_to(tmp_path / "elsewhere")
    (backup / "media/extra.txt").touch()
    (backup / "link").symlink_to(tmp_path)
    said = refused(backup)
    assert "media/old.txt is neither a file nor a folder" in said
    assert "media/old.txt is missing" in said
    assert "media/extra.txt does not belong" in said
    assert "link is neither" in said


def test_a_dump_that_is_no_database_is_refused(backup):
    content = b"SQLite format 3\x00 but not really"
    (backup / "database.sqlite3").write_bytes(content)
    entry = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    rewrite(backup, lambda data: data["files"].update({"database.sqlite3": entry}))
    assert "database.sqlite3 is damaged" in refused(backup)


@pytest.mark.django_db  # some migrations ask the database when they are loaded
def test_a_backup_of_a_newer_version_is_refused():
    made = Manifest("", "sqlite", "", {}, {}, ["content.0001_users", "content.9999_later"], {})
    with pytest.raises(RefusedBackupError, match=r"content\.9999_later"):
        verifying.check_fits(made, SQLite(None))
