"""The content hash: which text somebody has agreed to.

It covers everything that readers see of an object, and nothing of where it stands, who locked it or
when it was published. A draft, its revision and the live row made from it have the same hash.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.models import Revision

# Written into rich text by its editor when somebody opens and saves it.
BLOCK_KEY = re.compile(r' data-block-key=\\"[^"\\]*\\"')

# Where it stands, who works on it, how far it has come: not what it says.
STATE = frozenset(
    {
        "pk", "id", "path", "depth", "numchild", "url_path", "content_type", "translation_key",
        "locale", "alias_of", "owner", "draft_title", "live", "has_unpublished_changes", "expired",
        "first_published_at", "last_published_at", "go_live_at", "expire_at", "live_revision",
        "latest_revision", "latest_revision_created_at", "locked", "locked_at", "locked_by",
        "wagtail_admin_comments", "search_description_modified", "page_ptr", "uuid",
        # Of one submission, not of the content.
        "change_kind", "change_note",
        # Kept by review dates, without a new version.
        "checked_on", "assured_date",
        # Made from the rest.
        "projection",
    }
)  # fmt: skip


def content_hash(obj: Any) -> str:
    """Return the sha256 (64 hex digits) of what a page or record says, as it stands in memory."""
    return _digest(type(obj), obj.serializable_data())


def revision_hash(revision: Revision) -> str:
    """Return the content hash of a revision."""
    model = revision.content_type.model_class()
    if model is None:
        raise LookupError(f"Revision {revision.pk} is of a kind that this hub no longer has.")
    return _digest(model, revision.content)


def _digest(model: type, data: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    text = json.dumps(_row(model, plain), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(BLOCK_KEY.sub("", text).encode()).hexdigest()


def _row(model: type, row: Mapping[str, Any], parent: str = "") -> dict[str, Any]:
    """What a row says, with the rows below it; nothing that is empty."""
    below = {relation.get_accessor_name(): relation for relation in get_all_child_relations(model)}
    sets = {field.name for field in get_all_child_m2m_relations(model)}
    result: dict[str, Any] = {}
    for name, value in row.items():
        if name in STATE or name == parent:
            continue
        if name in below:
            value = _rows(below[name], value)
        elif name in sets:
            value = sorted(value)
        else:
            value = _pruned(_parsed(value))
        if not _is_empty(value):
            result[name] = value
    return result


def _rows(relation: Any, rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order that somebody gave them; rows without one by what they hold."""
    said = [
        (row.get("sort_order"), _row(relation.related_model, row, relation.field.name))
        for row in rows
    ]
    for _place, row in said:
        row.pop("sort_order", None)
    said.sort(key=lambda pair: (pair[0] or 0, json.dumps(pair[1], sort_keys=True)))
    return [row for _place, row in said]


def _parsed(value: Any) -> Any:
    """Streams are compared as data, not as text."""
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _pruned(value: Any) -> Any:
    """Data without empty values: a form writes out what an import left unsaid."""
    if isinstance(value, dict):
        inner = {name: _pruned(item) for name, item in value.items()}
        return {name: item for name, item in inner.items() if not _is_empty(item)}
    if isinstance(value, list):
        return [_pruned(item) for item in value]
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or (not value and isinstance(value, str | list | dict))
