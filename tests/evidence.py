"""Databases that hold nothing but evidence, for tests that write past the application."""

from contextlib import contextmanager

from django.apps import apps
from django.db import connection, connections, transaction

from content import audit, triggers
from content.models import ActorName, AuditEvent, AuditHead
from editorial.models import ApprovalVote

EVENTS, HEAD = AuditEvent._meta.db_table, AuditHead._meta.db_table
VOTES = ApprovalVote._meta.db_table
HASH = "a" * 64


def evidence_tables():
    return [model for app in apps.get_app_configs() for model in triggers.evidence_models(app)]


@contextmanager
def database(config, monkeypatch):
    """The default database for a while, with the tables of evidence and their triggers."""
    whole = {**connections.settings["default"], **config}
    monkeypatch.setitem(connections.settings, "default", whole)
    usual = connections["default"]
    connections["default"] = connections.create_connection("default")
    tables = [*evidence_tables(), AuditHead, ActorName]
    try:
        with connection.schema_editor() as editor:
            for model in tables:
                editor.create_model(model)
        triggers.install(connection, evidence_tables())
        yield
        with connection.schema_editor() as editor:
            for model in tables:
                editor.delete_model(model)
    finally:
        connections["default"].close()
        connections["default"] = usual


def vote(number, **more):
    """One vote with its event, as the services write it."""
    values = {
        "task_state_id": number,
        "requirement_key": "approver",
        "object_type": "guides.guidepage",
        "object_id": str(number),
        "revision_id": number,
        "content_hash": HASH,
        "actor_key": "12345678-1234-5678-1234-567812345678",
        "decision": ApprovalVote.Decision.APPROVE,
        "comment": f"Comment {number}",
    }
    with transaction.atomic():
        row = ApprovalVote.objects.create(**{**values, **more})
        audit.record("voted", rows=[row], revision_id=number, content_hash=HASH)
    return row


def execute(statement, *values):
    """Write past the application."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
