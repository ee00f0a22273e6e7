"""The book of what happened: one chain of events, written here and nowhere else.

Each event names the one before it by its hash, so that none can be changed, taken out or put in
unseen. The end of the chain is sealed with the hub's key, so that it cannot be cut off unseen.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import router, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from wagtail.models import Page

# From the module: models import this one.
from content.models.evidence import ActorName, AppendOnly, AuditEvent, AuditHead
from content.registry import answer

HEAD = 1
GENESIS = "0" * 64
SALT = "content.audit.head"
# Events that the chain writes about itself.
SEAL_BROKEN, SEAL_ACCEPTED = "evidence_seal_broken", "evidence_seal_accepted"
NAME_BLANKED = "name_blanked"
NOT_HASHED = ("id", "hash")


def record(
    kind: str,
    *,
    actor: Any = None,
    obj: Any = None,
    revision_id: int | None = None,
    content_hash: str = "",
    partner_id: int | None = None,
    at: datetime | None = None,
    rows: Iterable[AppendOnly] = (),
    **data: Any,
) -> AuditEvent:
    """Write down that something has happened, in the transaction in which it happens.

    ``rows`` are saved evidence (votes, answers) that belong to the event: it holds their digests, and
    a row without an event is a damage. People may stand in ``data``; their keys are kept.

    Call it late in the transaction: from here on everybody else who records waits for its end.
    """
    fields = {**_named(obj), "revision_id": revision_id, "content_hash": content_hash}
    if partner_id is not None:
        fields["partner_id"] = partner_id
    _remember_names([actor, *data.values()])
    digests = list(_digests(rows))
    if digests:
        data["rows"] = digests
    head = _locked_head()
    if not is_sealed(head):
        _extend(head, kind=SEAL_BROKEN, data={"seq": head.seq, "hash": head.hash})
    return _extend(
        head, kind=kind, at=at, actor_key=actor_key_of(actor), data=plain(data), **fields
    )


def actor_key_of(user: Any) -> UUID | None:
    """The key under which evidence knows a person; none for the hub itself."""
    return getattr(user, "actor_key", None)


def name_of(actor_key: UUID | None) -> str:
    """Name behind a key; empty if it was blanked, or if nobody acted."""
    return names_of([actor_key]).get(actor_key, "")


def names_of(actor_keys: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Names and organisations behind keys, in one query."""
    known = ActorName.objects.filter(actor_key__in={key for key in actor_keys if key})
    return {
        row.actor_key: f"{row.name} ({row.organisation})" if row.organisation else row.name
        for row in known
    }


def name_organisation(slug: str, name: str) -> None:
    """Call an organisation by its name, which evidence knew by its slug until the name was approved."""
    ActorName.objects.filter(organisation=slug).update(organisation=name[:255])


@transaction.atomic
def blank_name(actor_key: UUID, *, by: Any) -> None:
    """Forget who a key is. What the person did stays, without a name."""
    ActorName.objects.update_or_create(
        actor_key=actor_key, defaults={"name": "", "organisation": ""}
    )
    record(NAME_BLANKED, actor=by, blanked=str(actor_key))


@transaction.atomic
def accept_seal(reason: str, *, by: Any) -> AuditEvent:
    """Write down that somebody has looked into a broken seal, and why the chain is believed.

    The seal breaks without an attack, too: when the hub's key is replaced and the old one is not
    among its fallbacks.
    """
    return record(SEAL_ACCEPTED, actor=by, reason=reason)


def hash_of(event: AuditEvent) -> str:
    """Hash over all columns of an event; the hash of the one before is among them."""
    names = [field.attname for field in event._meta.concrete_fields]
    return digest({name: getattr(event, name) for name in names if name not in NOT_HASHED})


def digest(columns: dict[str, Any]) -> str:
    """Digest of a row of evidence, as the database gives its columns."""
    text = json.dumps(plain(columns), sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def is_sealed(head: AuditHead) -> bool:
    """Whether the hub itself has written the end of the chain, with this or an earlier key."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(head.seal, _seal(head, key)) for key in keys)


def plain(value: Any) -> Any:
    """A value as JSON that every database gives back as it was.

    PostgreSQL writes large floats as integers and takes neither NUL nor half of a surrogate pair.
    """
    match value:
        case None | bool() | int():
            return value
        case float():
            return repr(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
            return [plain(item) for item in items]
        case AbstractUser():
            return str(actor_key_of(value))
    return str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _seal(head: AuditHead, key: Any) -> str:
    sealed = salted_hmac(SALT, f"{head.seq}:{head.hash}", secret=key, algorithm="sha256")
    return sealed.hexdigest()


def _locked_head() -> AuditHead:
    """The end of the chain, ours until the transaction ends.

    SQLite knows no row locks, but its transactions write one at a time from their start.
    """
    using = router.db_for_write(AuditHead)
    if not transaction.get_connection(using).in_atomic_block:
        raise transaction.TransactionManagementError("Evidence is recorded within a transaction.")
    heads = AuditHead.objects.using(using).select_for_update().filter(pk=HEAD)
    found = heads.first()
    if found is None:
        AuditHead.objects.using(using).bulk_create([_new_head()], ignore_conflicts=True)
        found = heads.get()
    return found


def _new_head() -> AuditHead:
    """A new chain. A head that is missing although there are events gets no seal."""
    last = AuditEvent.objects.order_by("seq").last()
    if last is not None:
        return AuditHead(pk=HEAD, seq=last.seq, hash=last.hash, seal="")
    head = AuditHead(pk=HEAD, seq=0, hash=GENESIS)
    head.seal = _seal(head, settings.SECRET_KEY)
    return head


def _extend(head: AuditHead, *, at: datetime | None = None, **fields: Any) -> AuditEvent:
    event = AuditEvent(seq=head.seq + 1, at=at or timezone.now(), prev_hash=head.hash, **fields)
    event.hash = hash_of(event)
    event.save()
    head.seq, head.hash = event.seq, event.hash
    head.seal = _seal(head, settings.SECRET_KEY)
    head.save(force_update=True)
    return event


def _named(obj: Any) -> dict[str, Any]:
    """Columns that name an object and its partner."""
    if obj is None:
        return {}
    is_page = isinstance(obj, Page)
    model = obj.specific_class or type(obj) if is_page else type(obj)
    return {
        "object_type": model._meta.label_lower,
        "object_id": str(obj.pk),
        "page_key": obj.translation_key if is_page else None,
        "locale": obj.locale.language_code if getattr(obj, "locale_id", None) else "",
        "partner_id": getattr(obj, "owner_partner_id", None),
    }


def _digests(rows: Iterable[AppendOnly]) -> Iterator[list[str]]:
    """Table, key and digest of each row, as the database has it: it may store a value otherwise."""
    by_model: dict[type[AppendOnly], list[Any]] = {}
    for row in rows:
        by_model.setdefault(type(row), []).append(row.pk)
    for model, keys in by_model.items():
        stored = stored_rows(model, keys)
        for key in keys:
            yield [model._meta.db_table, str(key), digest(stored[key])]


def references(event: AuditEvent) -> list[tuple[str, str, str]]:
    """Table, key and digest of the rows that an event covers."""
    rows = event.data.get("rows", []) if isinstance(event.data, dict) else []
    return [(row[0], row[1], row[2]) for row in rows if isinstance(row, list) and len(row) == 3]


def stored_rows(model: type[AppendOnly], keys: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """Columns of rows by their keys."""
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model.objects.filter(pk__in=list(keys)).values_list("pk", *names)
    return {pk: dict(zip(names, columns, strict=True)) for pk, *columns in rows}


def _remember_names(values: Iterable[Any]) -> None:
    """Keep the names that people have when they first act. A name that was blanked stays so."""
    people: dict[Any, Any] = {
        actor_key_of(value): value for value in values if isinstance(value, AbstractUser)
    }
    if not people:
        return
    known = ActorName.objects.filter(actor_key__in=[*people]).values_list("actor_key", flat=True)
    new = people.keys() - set(known)
    rows = [
        ActorName(
            actor_key=key,
            name=(people[key].get_full_name() or people[key].get_username())[:255],
            organisation=answer("organisation_of", people[key])[:255],
        )
        for key in new
    ]
    ActorName.objects.bulk_create(rows, ignore_conflicts=True)
