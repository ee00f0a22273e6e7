"""Every address answers every kind of person as the matrix says; see ``matrix.py``."""

import logging
import os

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import AutoField
from django.template.backends.django import Template

from hub.error_pages import error_page
from tests.architecture import access
from tests.architecture.addresses import addresses
from tests.architecture.matrix import (
    BEGIN,
    DOCUMENT,
    END,
    FILE,
    NOT_WALKED,
    OBJECTS_FILE,
    POSTED,
    Walker,
    asked_by,
    differences,
    in_turn,
    read,
    table,
    write,
)
from tests.architecture.test_access import who
from tests.world import PEOPLE, build_world, names_of

pytestmark = pytest.mark.django_db
AHEAD = 100
OUTSIDE = {"anonymous", "nobody", "deactivated"}
ADMINS = {"hub_admin", "superuser"}
# Addresses with an object of the city in them that an editor of the clinic may open all the same.
OPEN_TO_OTHERS = {
    "wagtailadmin_choose_page_child",  # what is published below
    "wagtailadmin_block_preview",
}
STATES = (
    "draft", "live", "changed", "private", "scheduled", "notice", "joint", "joint_part", "theirs",
)  # fmt: skip
VERBS = (
    "edit", "history", "revisions_compare", "view_draft", "workflow_history", "usage", "copy",
    "move", "delete", "unpublish", "set_privacy", "add_subpage",
)  # fmt: skip
RECORD_VERBS = ("edit", "history", "usage", "delete", "unpublish", "workflow_history")


@pytest.fixture(autouse=True)
def _plain(settings, monkeypatch):
    """Who may open what is decided before anything is drawn: templates cost most and add nothing."""
    settings.WAGTAILSEARCH_BACKENDS = {
        "default": {"BACKEND": "wagtail.search.backends.database.fallback"}
    }
    monkeypatch.setattr(Template, "render", lambda self, context=None, request=None: "")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    error_page.cache_clear()  # empty ones were made here, for the whole process


@pytest.fixture(autouse=True)
def _numbers_ahead(db):
    """No address finds a row by the number 1: after other tests the database counts on."""
    tables = [
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and isinstance(model._meta.pk, AutoField)
    ]
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
                [last] = cursor.fetchone() or [0]
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, last + AHEAD])
            else:
                cursor.execute(
                    "SELECT setval(s, nextval(s) + %s) "
                    "FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS s) AS found",
                    [AHEAD, f'"{table}"'],
                )


def compared(file, rows, title):
    if os.environ.get("MATRIX") == "write":
        write(file, rows, title)
    return differences(read(file), rows)


def opens(letters, people):
    """Which of these people the letters let in."""
    return {name for name, code in zip(PEOPLE, letters, strict=True) if code == "o"} & set(people)


def broken_rules(address, answers):
    """What the declared audience of an address forbids, whatever the matrix says."""
    audience, get = who(address), answers[0]
    broken = []
    if any("!" in letters for letters in answers):
        broken.append("fails")
    for letters in answers:
        if audience not in {access.EVERYBODY, access.SIGN_IN} and opens(letters, OUTSIDE):
            broken.append("open to people without a role")
        if audience == access.HUB_ADMINS and opens(letters, set(PEOPLE) - ADMINS):
            broken.append("open to others than hub admins")
    if names_city_object(address) and opens(get, {"foreign"}):
        broken.append("open to an editor of another partner")
    return [f"{address.label}: {what}" for what in broken]


def names_city_object(address):
    if address.label in OPEN_TO_OTHERS or who(address) in {access.EVERYBODY, access.SIGN_IN}:
        return False
    named = ("page_id", "page_to_move_id", "image_id", "document_id", "parent_page_id")
    return any(f":{name}>" in address.route for name in named)


def test_every_address_answers_everybody_as_the_matrix_says():
    world = build_world()
    walker, rows, broken = Walker(world), {}, []
    for number, address in enumerate(addresses(names_of(world))):
        if address.label in NOT_WALKED:
            continue
        people = asked_by(address, number)
        answers = (
            walker.row("GET", address.path, people),
            walker.row("POST", address.path, people, POSTED.get(address.label)),
        )
        rows[address.label] = answers
        broken += broken_rules(address, answers)
    differing = compared(FILE, rows, "Who opens which address, GET and POST.")
    assert broken == []
    assert differing == []


def test_pages_and_records_answer_everybody_by_whose_they_are():
    world = build_world()
    walker, rows = Walker(world), {}
    for state in STATES:
        value = names_of(world, state)
        for address in addresses(value):
            if address.namespace == "wagtailadmin_pages" and address.name in VERBS:
                people = in_turn(len(rows))
                rows[f"page {state} {address.name}"] = (walker.row("GET", address.path, people),)
    for record in world.records:
        rows.update(record_rows(world, walker, record))
    title = "Who opens what of which page or record, GET."
    assert compared(OBJECTS_FILE, rows, title) == []


def test_the_document_shows_the_matrix_of_objects():
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    shown, _, after = rest.partition(END)
    wanted = f"\n{table(read(OBJECTS_FILE))}\n"
    if os.environ.get("MATRIX") == "write":
        DOCUMENT.write_text(f"{before}{BEGIN}{wanted}{END}{after}", encoding="utf-8")
        shown = wanted
    assert shown == wanted, "MATRIX=write pytest tests/architecture/test_access_matrix.py"


def record_rows(world, walker, name):
    record = world.records[name]
    viewset, rows = type(record).snippet_viewset, {}
    for number, address in enumerate(addresses(lambda *_named: str(record.pk))):
        people = in_turn(number)
        if address.namespace == viewset.get_admin_url_namespace() and address.name in RECORD_VERBS:
            rows[f"record {name} {address.name}"] = (walker.row("GET", address.path, people),)
        is_chooser = address.namespace == viewset.get_chooser_admin_url_namespace()
        if is_chooser and address.name == "chosen":
            rows[f"record {name} chosen"] = (walker.row("GET", address.path, people),)
    return rows
