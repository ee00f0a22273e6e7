"""Evidence as CSV for people and as JSON for whoever wants to compute the hashes anew."""

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

from content import audit
from content.cells import safe_cell
from content.models import AppendOnly, AuditHead
from editorial.timeline.access import Selection
from editorial.timeline.entries import Entry, columns_of, every_entry

CSV, JSON = "csv", "json"
# Of the event, then of the vote or answer that it covers: a line for each of these.
EVENT = (
    "seq", "at", "kind", "actor", "actor_key", "object_type", "object_id", "page_key", "locale",
    "partner_id", "revision_id", "content_hash",
)  # fmt: skip
ROW = (
    "requirement_key", "decision", "verdict", "answer", "item_key", "comment", "reason",
    "on_behalf_of",
)  # fmt: skip
HEADINGS = (*EVENT, "step", "row", "row_id", *ROW, "data", "prev_hash", "hash")
MARK = "\ufeff"  # without it spreadsheets take UTF-8 for something else


def response(selection: Selection, kind: str, name: str) -> StreamingHttpResponse:
    """A file that is written while it is sent, however long it is."""
    parts = _csv(selection) if kind == CSV else _json(selection)
    content_type = "text/csv" if kind == CSV else "application/json"
    return StreamingHttpResponse(
        (part.encode() for part in parts),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'},
    )


class _Line:
    """What ``csv`` writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(selection: Selection) -> Iterator[str]:
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    yield MARK + str(writer.writerow(HEADINGS))
    for entry in every_entry(selection.events()):
        rows: list[AppendOnly | None] = [*entry.rows] or [None]
        for row in rows:
            yield str(writer.writerow([safe_cell(value) for value in _cells(entry, row)]))


def _cells(entry: Entry, row: AppendOnly | None) -> Iterable[Any]:
    event = entry.event
    of_event = {**columns_of(event), "actor": entry.who}
    of_row = columns_of(row) if row is not None else {}
    # An event tells of itself what a row would: the reason of a release, the decision of a step.
    told = {**event.data, **of_row}
    if behalf := getattr(row, "on_behalf_of", None):
        told["on_behalf_of"] = entry.names.get(behalf) or str(behalf)
    return [
        *(of_event[name] for name in EVENT),
        event.data.get("step", ""),
        row._meta.label_lower if row is not None else "",
        of_row.get("id", ""),
        *(told.get(name, "") for name in ROW),
        json.dumps(event.data, ensure_ascii=False, sort_keys=True),
        event.prev_hash,
        event.hash,
    ]


def _json(selection: Selection) -> Iterator[str]:
    """The columns stand as they are hashed; names stand beside them."""
    head = AuditHead.objects.filter(pk=audit.HEAD).first()
    told = {
        "exported_at": audit.plain(timezone.now()),
        "chain_ends_at": {"seq": head.seq, "hash": head.hash} if head else None,
        "selection": audit.plain({**vars(selection)}),
    }
    yield json.dumps(told)[:-1] + ', "events": [\n'
    separator = ""
    for entry in every_entry(selection.events()):
        yield separator + json.dumps(_as_data(entry), ensure_ascii=False)
        separator = ",\n"
    yield "\n]}\n"


def _as_data(entry: Entry) -> dict[str, Any]:
    event = entry.event
    columns = columns_of(event)
    return {
        "columns": {name: value for name, value in columns.items() if name not in audit.NOT_HASHED},
        "hash": event.hash,
        "actor": entry.who,
        "rows": [
            {"table": row._meta.db_table, "columns": columns_of(row), **_people(entry, row)}
            for row in entry.rows
        ],
    }


def _people(entry: Entry, row: AppendOnly) -> dict[str, str]:
    keys = {name: getattr(row, name, None) for name in ("actor_key", "on_behalf_of")}
    return {
        name.removesuffix("_key"): entry.names.get(key, "") for name, key in keys.items() if key
    }
