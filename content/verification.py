"""Whether the evidence is what the hub wrote: the chain, its end, and every row that it covers.

Nothing is locked and little memory is used, however long the chain: writers go on meanwhile.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from django.apps import apps

from content import audit
from content.housekeeping import reach
from content.models.evidence import AppendOnly, AuditEvent, AuditHead
from content.triggers import evidence_models

BATCH = 500
# So many damages are told one by one; all are counted.
TOLD = 100
EVENTS = AuditEvent._meta.db_table
HEAD = AuditHead._meta.db_table
# What a column raises that holds no value of its kind any more.
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError)

logger = structlog.get_logger("content.verification")


@dataclass(frozen=True)
class Damage:
    """One row that is not what the hub wrote. Events are named by their number in the chain."""

    table: str
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.what}"


@dataclass
class Findings:
    """What a check found, in the order of the chain."""

    events: int = 0
    rows: int = 0
    seq: int = 0
    hash: str = audit.GENESIS
    count: int = 0
    damages: list[Damage] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.count

    def add(self, table: str, key: Any, what: str) -> None:
        self.count += 1
        if len(self.damages) < TOLD:
            self.damages.append(Damage(table, str(key), what))

    def as_data(self) -> dict[str, Any]:
        return {"sound": self.is_sound, **asdict(self)}


def verify(noted: tuple[int, str] | None = None) -> Findings:
    """Walk the whole chain and everything that it covers.

    ``noted`` is number and hash of an event that somebody has kept elsewhere: a database that was
    brought back to an earlier state, seal and all, lacks it.
    """
    with closing(Covered()) as covered:
        walk = _Walk(covered, noted)
        walk.on()
        unknown = list(_uncovered(covered))
        # Rows that were added meanwhile came with events.
        walk.on()
        for table, key in unknown:
            if not covered.has(table, [key]):
                walk.found.add(table, key, "was added: no event covers it")
        walk.finish()
    return walk.found


def check() -> None:
    """Verify by the clock; the System report shows what was found, the log keeps where it ended."""
    found = verify()
    told = {"seq": found.seq, "hash": found.hash, "count": found.count}
    if found.is_sound:
        logger.info("evidence is sound", **told)
    else:
        logger.error("evidence damaged", first=str(found.damages[0]), **told)
    reach("evidence", first=str(found.damages[0]) if found.damages else "", **told)


class Covered:
    """Rows that events cover, in a file of its own that nobody sees and that goes by itself."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute("CREATE TABLE rows (t TEXT, k TEXT, PRIMARY KEY (t, k)) WITHOUT ROWID")

    def add(self, rows: Iterable[tuple[str, str]]) -> None:
        self._rows.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?)", rows)

    def has(self, table: str, keys: list[str]) -> set[str]:
        marks = ", ".join("?" * len(keys))
        query = f"SELECT k FROM rows WHERE t = ? AND k IN ({marks})"  # noqa: S608  only marks
        return {key for (key,) in self._rows.execute(query, [table, *keys])}

    def close(self) -> None:
        self._rows.close()


class _Walk:
    """A walk along the chain, which can be taken up again when the chain has grown."""

    def __init__(self, covered: Covered, noted: tuple[int, str] | None) -> None:
        self.found = Findings()
        self._head: AuditHead | None = None
        self._walked = 0
        self._covered = covered
        self._noted = noted
        self._seen = -1
        self._broken: list[int] = []
        self._models = {model._meta.db_table: model for model in _tables()}

    def on(self) -> None:
        """Go on to where the chain ends now."""
        self._head = AuditHead.objects.filter(pk=audit.HEAD).first()
        chain = AuditEvent.objects.order_by("seq")
        if self._head is not None:
            chain = chain.filter(seq__lte=self._head.seq)
        while seqs := list(chain.filter(seq__gt=self._seen).values_list("seq", flat=True)[:BATCH]):
            events, unreadable = _read(seqs, _events, EVENTS, self.found)
            for seq in dict.fromkeys(seqs):
                self._count(seq, events.get(seq))
            self._walked += len(seqs)
            self._check_rows(events)
            self._seen = seqs[-1]

    def finish(self) -> None:
        """Look at the end: nothing missing before it, nothing after it, sealed by the hub."""
        found, head = self.found, self._head
        if head is None:
            if found.seq:
                found.add(HEAD, "", "is missing")
            return
        if found.seq < head.seq:
            found.add(EVENTS, _span(found.seq + 1, head.seq), "missing: the end was cut off")
        elif found.hash != head.hash:
            found.add(HEAD, head.seq, "names another last event than there is")
        if not audit.is_sealed(head):
            found.add(HEAD, head.seq, "was not sealed with the key of this hub")
        for seq in _beyond(head):
            found.add(EVENTS, seq, "was added behind the end of the chain")
        if AuditEvent.objects.filter(seq__lte=head.seq).count() > self._walked:
            found.add(EVENTS, "", "were added: a number stands twice")
        for seq in self._broken:
            found.add(EVENTS, seq, "says that the seal was broken, and nobody has accepted it")
        if self._noted and self._noted[0] > found.seq:
            found.add(EVENTS, self._noted[0], "was noted elsewhere and is missing")

    def _count(self, seq: int, event: AuditEvent | None) -> None:
        found = self.found
        if seq > found.seq + 1:
            found.add(EVENTS, _span(found.seq + 1, seq - 1), "missing")
        elif seq <= found.seq:
            found.add(EVENTS, seq, "was added: the chain has no such number")
        elif event and found.hash and event.prev_hash != found.hash:
            found.add(EVENTS, seq, "does not follow the event before it")
        if event is not None:
            self._judge(event)
        found.events += 1
        # After an event that cannot be read nobody knows what the next one follows.
        found.seq, found.hash = seq, event.hash if event else ""

    def _judge(self, event: AuditEvent) -> None:
        if audit.hash_of(event) != event.hash:
            self.found.add(EVENTS, event.seq, "was altered")
        if self._noted and event.seq == self._noted[0] and event.hash != self._noted[1]:
            self.found.add(EVENTS, event.seq, "has another hash than the one noted elsewhere")
        if event.kind == audit.SEAL_BROKEN:
            self._broken.append(event.seq)
        elif event.kind == audit.SEAL_ACCEPTED:
            self._broken.clear()

    def _check_rows(self, events: dict[int, AuditEvent]) -> None:
        """Compare the rows that these events cover with the digests that they hold."""
        by_table: dict[str, dict[str, str]] = {}
        for event in events.values():
            for table, key, digest in audit.references(event):
                by_table.setdefault(table, {})[key] = digest
        for table, digests in by_table.items():
            self._covered.add((table, key) for key in digests)
            self.found.rows += len(digests)
            self._compare(table, digests)

    def _compare(self, table: str, digests: dict[str, str]) -> None:
        model = self._models.get(table)
        if model is None:
            for key in digests:
                self.found.add(table, key, "missing: there is no such table")
            return

        def read(keys: list[str]) -> dict[str, str]:
            rows = audit.stored_rows(model, keys)
            return {str(key): audit.digest(columns) for key, columns in rows.items()}

        stored, unreadable = _read(list(digests), read, table, self.found)
        for key, digest in digests.items():
            if key not in stored and key not in unreadable:
                self.found.add(table, key, "missing")
            elif key in stored and stored[key] != digest:
                self.found.add(table, key, "was altered")


def _events(seqs: list[int]) -> dict[int, AuditEvent]:
    return {event.seq: event for event in AuditEvent.objects.filter(seq__in=seqs)}


def _beyond(head: AuditHead) -> list[Any]:
    """Numbers after the end, unless a writer has moved it there meanwhile."""
    seqs = AuditEvent.objects.filter(seq__gt=head.seq).values_list("seq", flat=True)
    behind = list(seqs.order_by("seq")[:TOLD])
    now = AuditHead.objects.get(pk=head.pk)
    return [seq for seq in behind if not isinstance(seq, int) or seq > now.seq]


def _uncovered(covered: Covered) -> Iterator[tuple[str, str]]:
    """The first rows of evidence that no event covers."""
    told = 0
    for model in _tables():
        table, last = model._meta.db_table, None
        rows = model.objects.order_by("pk").values_list("pk", flat=True)
        while keys := list((rows.filter(pk__gt=last) if last is not None else rows)[:BATCH]):
            known = covered.has(table, [str(key) for key in keys])
            for key in keys:
                if str(key) not in known and told < TOLD:
                    told += 1
                    yield table, str(key)
            last = keys[-1]


def _tables() -> list[type[AppendOnly]]:
    """Tables of evidence but the chain itself."""
    found = [model for app in apps.get_app_configs() for model in evidence_models(app)]
    return [model for model in found if model is not AuditEvent]


def _read(
    keys: list[Any], read: Callable[[list[Any]], dict[Any, Any]], table: str, found: Findings
) -> tuple[dict[Any, Any], set[Any]]:
    """Read rows together, or one by one where a column of one holds no value of its kind."""
    try:
        return read(keys), set()
    except UNREADABLE:
        rows, unreadable = {}, set()
    for key in keys:
        try:
            rows.update(read([key]))
        except UNREADABLE:
            unreadable.add(key)
            found.add(table, key, "was altered: it cannot be read")
    return rows, unreadable


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
