"""Triggers in the database that refuse to change or delete evidence, whoever asks.

They are installed after each migration, so that a new table of evidence gets them with its migration
and a table that SQLite has rebuilt gets them back.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from content.models.evidence import AppendOnly

FUNCTION = "hub_append_only"
# REPLACE deletes rows of SQLite without asking triggers for DELETE.
SQLITE = """
CREATE TRIGGER IF NOT EXISTS {update} BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER IF NOT EXISTS {delete} BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS {insert} BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
BEGIN SELECT RAISE(ABORT, 'evidence is never replaced'); END;
"""
POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are evidence and are never changed or deleted', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
POSTGRESQL = """
CREATE OR REPLACE TRIGGER {update} BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""


def install_after_migration(
    sender: AppConfig, using: str, interactive: bool = False, **kwargs: Any
) -> None:
    """Handler of ``post_migrate``: give the evidence of one app its triggers."""
    if settings.HUB_EVIDENCE_TRIGGERS:
        install(connections[using], evidence_models(sender))


def evidence_models(app: AppConfig) -> list[type[AppendOnly]]:
    """Tables of evidence that an app has."""
    return [
        model
        for model in app.get_models()
        if issubclass(model, AppendOnly) and model._meta.managed and not model._meta.proxy
    ]


def install(connection: BaseDatabaseWrapper, models: Iterable[type[AppendOnly]]) -> None:
    """Give tables their triggers; those that they have stay."""
    models = list(models)
    if not models:
        return
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for statement in _statements(connection, [m for m in models if m._meta.db_table in there]):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper, models: Iterable[type[AppendOnly]]) -> None:
    """Take triggers away, as a migration must that changes rows of evidence."""
    with connection.cursor() as cursor:
        for model in models:
            for name in _names(connection, model).values():
                table = connection.ops.quote_name(model._meta.db_table)
                on = "" if connection.vendor == "sqlite" else f" ON {table}"
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _statements(connection: BaseDatabaseWrapper, models: list[type[AppendOnly]]) -> Iterator[str]:
    if connection.vendor == "postgresql" and models:
        yield POSTGRESQL_FUNCTION
    for model in models:
        named = {
            **_names(connection, model),
            "table": connection.ops.quote_name(model._meta.db_table),
        }
        if connection.vendor == "sqlite":
            filled = SQLITE.format(**named, same=_same(connection, model))
            yield from (f"{part.strip()}; END" for part in filled.split("; END;") if part.strip())
        else:
            yield POSTGRESQL.format(**named, function=FUNCTION)


def _names(connection: BaseDatabaseWrapper, model: type[AppendOnly]) -> dict[str, str]:
    """Names of the triggers, one for each of SQLite's."""
    verbs = ("update", "delete", "insert") if connection.vendor == "sqlite" else ("update",)
    table = model._meta.db_table
    return {verb: connection.ops.quote_name(f"{table}_append_only_{verb}") for verb in verbs}


def _same(connection: BaseDatabaseWrapper, model: type[AppendOnly]) -> str:
    """Condition that a new row would take the place of one that is there."""
    unique = [field for field in model._meta.concrete_fields if field.unique]
    quoted = [connection.ops.quote_name(str(field.column)) for field in unique]
    return " OR ".join(f"{name} = NEW.{name}" for name in quoted)
