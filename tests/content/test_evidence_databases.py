"""Evidence on real databases, and people who write into them past the hub."""
# ruff: noqa: S608  statements of tests, with names of tables

import json
import threading

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from content import audit, triggers
from content.models import AuditEvent, AuditHead
from content.verification import verify
from editorial.models import ApprovalVote
from hub.settings import databases
from tests import evidence
from tests.evidence import EVENTS, HEAD, VOTES, execute, vote
from tests.servers import CARELESS, postgres_server
from tests.tools import server_binary

KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(scope="module")
def postgres_url():
    server_binary("initdb", "postgresql")
    with postgres_server(**CARELESS) as server:
        yield server.url


@pytest.fixture(params=KINDS)
def book(request, monkeypatch, tmp_path, django_db_blocker):
    """An own database with six votes and their events."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    config = databases.default(url, tmp_path)
    with django_db_blocker.unblock(), evidence.database(config, monkeypatch):
        for number in range(1, 7):
            vote(number)
        yield request.param


@pytest.fixture
def open_book(book):
    """Somebody has dropped the triggers."""
    triggers.remove(connection, evidence.evidence_tables())
    return book


def damages():
    return [(damage.table, damage.key, damage.what) for damage in verify().damages]


def rewrite(event, **values):
    """An event with other values and the hash that fits them."""
    for name, value in values.items():
        setattr(event, name, value)
    execute(
        f"UPDATE {EVENTS} SET kind = %s, prev_hash = %s, hash = %s WHERE seq = %s",
        event.kind, event.prev_hash, audit.hash_of(event), event.seq,
    )  # fmt: skip
    return audit.hash_of(event)


def test_what_the_hub_writes_is_sound(book):
    found = verify()
    assert (found.is_sound, found.events, found.rows) == (True, 6, 6)


def test_nothing_is_recorded_outside_of_a_transaction(book):
    with pytest.raises(transaction.TransactionManagementError):
        audit.record("one")


@pytest.mark.parametrize("table", [EVENTS, VOTES])
def test_triggers_refuse(book, table):
    column = "kind" if table == EVENTS else "comment"
    replace = {
        "sqlite": f"REPLACE INTO {table} SELECT * FROM {table} WHERE id = 3",
        "postgresql": f"TRUNCATE {table}",
    }
    statements = [
        f"UPDATE {table} SET {column} = 'x' WHERE id = 3",
        f"DELETE FROM {table} WHERE id = 3",
        replace[book],
    ]
    for statement in statements:
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            execute(statement)
    assert verify().is_sound


def test_triggers_are_installed_twice_without_harm(book):
    triggers.install(connection, evidence.evidence_tables())
    with pytest.raises(DatabaseError, match="never"), transaction.atomic():
        execute(f"DELETE FROM {VOTES}")


class TestBehindTheBack:
    def test_an_event_is_altered(self, open_book):
        execute(f"UPDATE {EVENTS} SET kind = 'other' WHERE seq = 3")
        assert damages() == [(EVENTS, "3", "was altered")]

    @pytest.mark.parametrize(
        "column", ["at", "actor_key", "object_id", "page_key", "locale", "partner_id", "data"]
    )
    def test_any_column_of_an_event_is_altered(self, open_book, column):
        other = {"at": "2020-01-01", "data": '{"rows": []}', "partner_id": 7}
        value = other.get(column, "12345678123456781234567812345670")
        execute(f"UPDATE {EVENTS} SET {column} = %s WHERE seq = 3", value)
        assert (EVENTS, "3", "was altered") in damages()

    def test_an_event_is_altered_with_its_hash(self, open_book):
        rewrite(AuditEvent.objects.get(seq=3), kind="other")
        assert damages() == [(EVENTS, "4", "does not follow the event before it")]

    def test_the_chain_is_written_anew_to_its_end(self, open_book):
        last = rewrite(AuditEvent.objects.get(seq=3), kind="other")
        for seq in (4, 5, 6):
            last = rewrite(AuditEvent.objects.get(seq=seq), prev_hash=last)
        execute(f"UPDATE {HEAD} SET hash = %s", last)
        assert damages() == [(HEAD, "6", "was not sealed with the key of this hub")]

    def test_an_event_is_removed(self, open_book):
        execute(f"DELETE FROM {EVENTS} WHERE seq = 3")
        assert damages() == [
            (EVENTS, "3", "missing"),
            (VOTES, "3", "was added: no event covers it"),
        ]

    def test_the_first_event_is_removed(self, open_book):
        execute(f"DELETE FROM {EVENTS} WHERE seq = 1")
        assert damages()[0] == (EVENTS, "1", "missing")

    def test_the_end_is_cut_off(self, open_book):
        execute(f"DELETE FROM {EVENTS} WHERE seq >= 5")
        execute(f"DELETE FROM {VOTES} WHERE id >= 5")
        assert damages() == [(EVENTS, "5-6", "missing: the end was cut off")]

    def test_the_end_is_cut_off_and_the_head_set_back(self, open_book):
        execute(f"DELETE FROM {EVENTS} WHERE seq = 6")
        execute(f"DELETE FROM {VOTES} WHERE id = 6")
        before = AuditEvent.objects.get(seq=5).hash
        execute(f"UPDATE {HEAD} SET seq = 5, hash = %s", before)
        unsealed = (HEAD, "5", "was not sealed with the key of this hub")
        assert damages() == [unsealed]
        vote(7)  # the hub goes on, and does not cover it up
        assert [key for _table, key, _what in damages()] == ["6"]
        assert AuditEvent.objects.get(seq=6).kind == audit.SEAL_BROKEN

    def test_the_head_is_removed(self, open_book):
        execute(f"DELETE FROM {HEAD}")
        assert damages() == [(HEAD, "", "is missing")]
        vote(7)
        assert [key for _table, key, _what in damages()] == ["7"]

    def test_the_whole_chain_is_removed(self, open_book):
        execute(f"DELETE FROM {HEAD}")
        execute(f"DELETE FROM {EVENTS}")
        assert damages()[0] == (VOTES, "1", "was added: no event covers it")

    def test_all_is_set_back_to_a_state_that_the_hub_once_sealed(self, open_book):
        head = AuditHead.objects.get()
        vote(7)
        noted = verify()
        execute(f"DELETE FROM {EVENTS} WHERE seq = 7")
        execute(f"DELETE FROM {VOTES} WHERE id = 7")
        head.save()
        assert verify().is_sound  # nothing in this database knows better
        found = verify((noted.seq, noted.hash))
        assert [str(damage) for damage in found.damages] == [
            f"{EVENTS} 7: was noted elsewhere and is missing"
        ]
        vote(8)
        assert "another hash" in verify((noted.seq, noted.hash)).damages[0].what

    def test_an_event_is_added_at_the_end(self, open_book):
        last = AuditEvent.objects.get(seq=6)
        forged = AuditEvent(seq=7, kind="approved", prev_hash=last.hash)
        forged.hash = audit.hash_of(forged)
        forged.save()
        assert damages() == [(EVENTS, "7", "was added behind the end of the chain")]

    def test_an_event_is_added_before_the_first(self, open_book):
        forged = AuditEvent(seq=0, kind="approved", prev_hash="x")
        forged.hash = audit.hash_of(forged)
        forged.save()
        assert damages()[0] == (EVENTS, "0", "was added: the chain has no such number")

    def test_two_events_are_swapped(self, open_book):
        for was, becomes in ((3, 100), (4, 3), (100, 4)):
            execute(f"UPDATE {EVENTS} SET seq = %s WHERE seq = %s", becomes, was)
        assert [damage[:2] for damage in damages()][:2] == [(EVENTS, "3"), (EVENTS, "3")]

    @pytest.mark.parametrize(
        "change",
        [
            "decision = 'reject'",
            "comment = 'x'",
            "revision_id = 9",
            "content_hash = 'x'",
            "actor_key = '12345678123456781234567812345670'",
            "at = '2020-01-01'",
        ],
    )
    def test_a_vote_is_altered(self, open_book, change):
        execute(f"UPDATE {VOTES} SET {change} WHERE id = 3")
        assert damages() == [(VOTES, "3", "was altered")]

    def test_two_votes_are_swapped(self, open_book):
        for was, becomes in ((3, 100), (4, 3), (100, 4)):
            execute(f"UPDATE {VOTES} SET id = %s WHERE id = %s", becomes, was)
        assert damages() == [(VOTES, "3", "was altered"), (VOTES, "4", "was altered")]

    def test_a_vote_is_removed(self, open_book):
        execute(f"DELETE FROM {VOTES} WHERE id = 3")
        assert damages() == [(VOTES, "3", "missing")]

    def test_a_vote_is_added(self, open_book):
        row = ApprovalVote.objects.get(pk=3)
        row.pk, row.task_state_id, row._state.adding = None, 99, True
        row.save()
        assert damages() == [(VOTES, "7", "was added: no event covers it")]

    # Columns of PostgreSQL hold only what is of their kind.
    @pytest.mark.parametrize("book", ["sqlite"], indirect=True)
    def test_columns_hold_rubbish(self, open_book):
        execute("PRAGMA ignore_check_constraints = ON")
        execute(f"UPDATE {EVENTS} SET data = '{{' WHERE seq = 2")
        execute(f"UPDATE {EVENTS} SET actor_key = 'x' WHERE seq = 3")
        execute(f"UPDATE {VOTES} SET actor_key = 'x' WHERE id = 5")
        found = damages()
        assert (EVENTS, "2", "was altered") in found
        assert (EVENTS, "3", "was altered: it cannot be read") in found
        assert (VOTES, "5", "was altered: it cannot be read") in found


class TestWriters:
    def test_several_at_once_extend_one_chain_and_a_check_among_them_is_calm(
        self, book, django_db_blocker
    ):
        errors, done = [], threading.Event()

        def write(start):
            try:
                for number in range(start, start + 15):
                    vote(number)
            except Exception as error:  # noqa: BLE001  told below
                errors.append(error)
            finally:
                connection.close()

        def look():
            try:
                while not done.is_set():
                    errors.extend(verify().damages)
            finally:
                connection.close()

        writers = [threading.Thread(target=write, args=[start]) for start in (100, 200, 300)]
        watcher = threading.Thread(target=look)
        for thread in (watcher, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        watcher.join()
        found = verify()
        assert errors == []
        assert (found.is_sound, found.events, found.rows) == (True, 51, 51)


class TestTheCommand:
    def test_sound(self, book, capsys):
        call_command("verify_approvals")
        said = capsys.readouterr().out
        assert "sound: 6 events, 6 rows" in said
        end = said.split()[-1]
        call_command("verify_approvals", "--noted", end)

    def test_damaged(self, open_book, capsys):
        execute(f"UPDATE {VOTES} SET comment = 'x' WHERE id = 3")
        with pytest.raises(SystemExit) as ended:
            call_command("verify_approvals")
        assert ended.value.code == 1
        assert f"{VOTES} 3: was altered" in capsys.readouterr().out

    def test_as_json(self, open_book, capsys):
        execute(f"UPDATE {VOTES} SET comment = 'x' WHERE id = 3")
        with pytest.raises(SystemExit):
            call_command("verify_approvals", "--json")
        told = json.loads(capsys.readouterr().out)
        assert (told["sound"], told["count"], told["seq"]) == (False, 1, 6)
        assert told["damages"] == [{"table": VOTES, "key": "3", "what": "was altered"}]
