"""Events with what belongs to them: names, and the votes and answers that they cover."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import QuerySet

from content import audit
from content.models import AppendOnly, AuditEvent

# So many events are read at once where all of a long list are wanted.
BATCH = 500


@dataclass(frozen=True)
class Entry:
    """One event. ``names`` are those behind all keys of the list that it was read with."""

    event: AuditEvent
    rows: list[AppendOnly] = field(default_factory=list)
    names: dict[UUID | None, str] = field(default_factory=dict)

    @property
    def who(self) -> str:
        return self.names.get(self.event.actor_key, "")


def entries(events: Iterable[AuditEvent]) -> list[Entry]:
    """Read what belongs to events; the number of queries does not depend on theirs."""
    events = list(events)
    rows = _rows(events)
    people = {event.actor_key for event in events}
    for row in rows.values():
        people |= {getattr(row, name, None) for name in ("actor_key", "on_behalf_of")}
    names = audit.names_of(people)
    return [
        Entry(event, [rows[known] for known in references(event) if known in rows], names)
        for event in events
    ]


def every_entry(events: QuerySet[AuditEvent]) -> Iterator[Entry]:
    """Read a list of any length with little memory."""
    last = -1
    while batch := list(events.filter(seq__gt=last)[:BATCH]):
        yield from entries(batch)
        last = batch[-1].seq


def references(event: AuditEvent) -> list[tuple[str, str]]:
    """Table and key of each row that an event covers."""
    return [(table, key) for table, key, _digest in audit.references(event)]


def _rows(events: list[AuditEvent]) -> dict[tuple[str, str], AppendOnly]:
    """Rows that events cover, one query for each table."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for table, key in references(event):
            wanted[table].add(key)
    found: dict[tuple[str, str], AppendOnly] = {}
    for model in apps.get_models():
        keys = wanted.get(model._meta.db_table)
        if keys and issubclass(model, AppendOnly):
            for row in model.objects.filter(pk__in=keys):
                found[model._meta.db_table, str(row.pk)] = row
    return found


def columns_of(row: AppendOnly) -> dict[str, Any]:
    """All columns of a row, as its digest covers them."""
    values: dict[str, Any] = audit.plain(
        {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
    )
    return values
