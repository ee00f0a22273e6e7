"""Evidence in whole hubs: triggers after a migration, in a backup and after a restore."""

import json
import shutil

import pytest

from tests.evidence import EVENTS, VOTES
from tests.instances import Instance, result
from tests.servers import CARELESS, postgres_server
from tests.tools import server_binary

pytestmark = [pytest.mark.servers, pytest.mark.slow]
FILL = """
from tests.evidence import vote
for number in range(3):
    vote(number)
"""
TRY = """
import json
from django.db import DatabaseError, connection
def refused(statement):
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return str(error)
    return ""
print("RESULT" + json.dumps([refused(statement) for statement in STATEMENTS]))
"""
STATEMENTS = [f"DELETE FROM {table}" for table in (EVENTS, VOTES)]  # noqa: S608  own tables
STATEMENTS += [f"UPDATE {EVENTS} SET kind = 'x'", f"UPDATE {VOTES} SET comment = 'x'"]  # noqa: S608


@pytest.fixture(params=["sqlite", "postgresql"])
def hubs(request, tmp_path):
    """A hub, and an empty one of the same kind."""
    if request.param == "sqlite":
        yield Instance(tmp_path / "one"), Instance(tmp_path / "two")
        return
    server_binary("initdb", "postgresql")
    with postgres_server(**CARELESS) as one, postgres_server(**CARELESS) as two:
        yield Instance(tmp_path / "one", one.url), Instance(tmp_path / "two", two.url)


def shell(hub, code):
    return hub.run("shell", "-v0", "--no-imports", "-c", code)


def refused(hub):
    return result(shell(hub, f"STATEMENTS = {json.dumps(STATEMENTS)}\n{TRY}"))


def test_triggers_come_with_the_tables_and_go_through_a_backup(hubs, tmp_path):
    hub, empty = hubs
    hub.migrate()
    shell(hub, FILL)
    assert all("never" in error for error in refused(hub))
    place = tmp_path / "backups"
    place.mkdir()
    hub.run("backup", place)
    shutil.copy(hub.folder / "secret-key", empty.folder)  # without it the seal would not fit
    empty.run("restore", next(place.iterdir()))
    assert all("never" in error for error in refused(empty))
    assert "sound: 3 events, 3 rows" in empty.run("verify_approvals")
    shell(empty, FILL.replace("range(3)", "range(10, 12)"))
    assert "sound: 5 events, 5 rows" in empty.run("verify_approvals")
