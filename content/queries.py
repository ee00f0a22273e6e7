"""Reads of the floor: labels of the vocabulary, shared texts, references between pages."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from wagtail.rich_text import expand_db_html

from content.models import Audience, SharedTextBody, Topic
from content.pagecache import tags
from content.remembered import remembered

VOCABULARY_KEY = "hub:vocabulary"

Label = dict[str, Any]


def vocabulary() -> dict[str, dict[int, dict[str, Any]]]:
    """Return ``{"topics": {id: {"slug", "labels"}}, "audiences": ...}`` in all languages.

    Small, asked for on every page and hardly ever changed: kept in the cache, and dropped when a
    term is saved.
    """
    return remembered(
        VOCABULARY_KEY, lambda: {"topics": _terms(Topic), "audiences": _terms(Audience)}
    )


def _terms(model: Any) -> dict[int, dict[str, Any]]:
    return {
        term.pk: {
            "slug": term.slug,
            "labels": {row.language: row.label for row in term.labels.all()},
        }
        for term in model.objects.prefetch_related("labels")
    }


def labelled(term: Mapping[str, Any], language: str) -> Label:
    """Return ``{"slug", "title", "lang"}``; ``lang`` is empty when the label is the reader's."""
    labels = term["labels"]
    code = next((code for code in (language, "en", *labels) if code in labels), None)
    if code is None:
        return {"slug": term["slug"], "title": term["slug"].replace("-", " "), "lang": "en"}
    return {"slug": term["slug"], "title": labels[code], "lang": "" if code == language else code}


def shared_text(reference: Any) -> dict[str, Any] | None:
    """Return ``{"title", "text", "lang"}`` of a shared text in the active language, or None."""
    if reference is None:
        return None
    tags.touch(tags.record("sharedtext", reference.pk))
    language = get_language() or "en"
    bodies = {
        body.locale.language_code: body
        for body in SharedTextBody.objects.filter(record_id=reference.pk, live=True).select_related(
            "locale"
        )
    }
    code = next((code for code in (language, "en", *bodies) if code in bodies), None)
    if code is None:
        return None
    body = bodies[code]
    return {
        "title": body.title,
        "text": rich_text(body.body),
        "lang": "" if code == language else code,
    }


def rich_text(source: str) -> SafeString:
    """Return stored rich text as HTML; its links to pages and documents become addresses."""
    return mark_safe(expand_db_html(source))  # noqa: S308  cleaned by an allow list when saved


def reference_cards(
    items: Iterable[Any], references: Mapping[int, dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """Return cards of references in their order; unpublished pages are left out.

    ``items`` are values with ``page``, ``label`` and ``required``; ``references`` maps page ids to
    cards and is loaded once for the whole page.
    """
    cards = []
    for item in items:
        value = getattr(item, "value", item)
        target = value.get("page")
        card = (references or {}).get(target.pk) if target else None
        if card:
            title = value.get("label") or card["title"]
            # A label is written in the language of the page that holds the list.
            lang = "" if value.get("label") else card["lang"]
            cards.append(
                {
                    **card,
                    "title": title,
                    "lang": lang,
                    "required": bool(value.get("required", True)),
                }
            )
    return cards


def decision_answers(
    answers: Iterable[Any], references: Mapping[int, dict[str, Any]] | None
) -> list[dict[str, Any]]:
    """Return ``{"text", "url"}`` for each answer; ``url`` leads to a page or a block of this one."""
    rows = []
    for answer in answers:
        card = (references or {}).get(answer["page"].pk) if answer["page"] else None
        url = card["url"] if card else (f"#b-{answer['block']}" if answer["block"] else "")
        rows.append({"text": answer["text"], "url": url})
    return rows


def referenced_page_ids(raw: Any) -> set[int]:
    """Collect the page ids in raw stream data (values under the name ``page``), at any depth."""
    return collect_ids(raw, "page")


def collect_ids(raw: Any, name: str) -> set[int]:
    """Collect whole numbers stored under ``name`` in raw stream data, at any depth."""
    found: set[int] = set()
    waiting = [raw]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            for key, child in value.items():
                if isinstance(child, (dict, list)):
                    waiting.append(child)
                elif key == name and isinstance(child, int):
                    found.add(child)
        elif isinstance(value, Iterable) and not isinstance(value, str):
            waiting.extend(value)
    return found
