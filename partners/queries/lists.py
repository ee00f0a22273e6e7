"""Pages in lists: cards, references, order, paging; all from ``PageFacts``."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.utils.translation import gettext_noop
from wagtail.models import Page

from content.models import PageFacts
from content.pagecache import tags
from content.queries import referenced_page_ids
from partners.projections import localise
from partners.queries.directory import directory
from partners.queries.rows import reader_language

PAGE_SIZE = 24


KIND_LABELS = {
    "toolkit": gettext_noop("Toolkit"),
    "part": gettext_noop("Toolkit part"),
    "lesson": gettext_noop("Lesson"),
    "course": gettext_noop("Course"),
    "unit": gettext_noop("Unit"),
    "session": gettext_noop("Session"),
    "guide": gettext_noop("Guide"),
    "journey": gettext_noop("Journey"),
    "notice": gettext_noop("Notice"),
    "topic": gettext_noop("Topic"),
    "partner": gettext_noop("Partner"),
    "info": gettext_noop("Information"),
}


GROUP_LABELS = {
    "guide": gettext_noop("Guides"),
    "journey": gettext_noop("Journeys"),
    "toolkit": gettext_noop("Toolkits"),
    "lesson": gettext_noop("Lessons"),
    "course": gettext_noop("Courses"),
    "session": gettext_noop("Sessions"),
}


def card(row: PageFacts, language: str) -> dict[str, Any]:
    """Return what lists show of a page; ``lang`` is empty when it is in the reader's language."""
    partner = directory()["partners"].get(row.partner_id)
    who = localise(partner, language) if partner else {}
    return {
        "id": row.page_id,
        "key": str(row.page_key),
        "kind": row.kind,
        "title": row.title,
        "url": row.url,
        "summary": row.summary,
        "kind_label": KIND_LABELS.get(row.kind, ""),
        "lang": "" if row.locale_code == language else row.locale_code,
        "partner": who.get("name", ""),
        "partner_lang": who.get("lang", ""),
        "minutes": row.data.get("minutes"),
        "starts": row.data.get("starts") if row.kind == "session" else None,
        "date": None,
    }


def link(row: PageFacts, language: str) -> dict[str, str]:
    """A page as a plain link."""
    return {
        "title": row.title,
        "url": row.url,
        "lang": "" if row.locale_code == language else row.locale_code,
    }


def references(raw_streams: Iterable[Any], language: str) -> dict[int, dict[str, Any]]:
    """Return cards of all pages that the streams refer to, by the page id they hold.

    A reference follows the reader's language; without a translation there it leads to the page as
    it was chosen.
    """
    ids = {pk for raw in raw_streams for pk in referenced_page_ids(raw)}
    return cards_of_pages(ids, language)


def cards_of_pages(ids: Iterable[int], language: str) -> dict[int, dict[str, Any]]:
    """Return cards by page id, each in the reader's language where it exists."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = list(
        PageFacts.objects.readable().filter(
            page_key__in=Page.objects.filter(pk__in=wanted).values("translation_key")
        )
    )
    for missing in wanted - {row.page_id for row in rows}:
        tags.touch(tags.page_id(missing))
    own = {row.page_key: row for row in rows if row.locale_code == language}
    return {
        row.page_id: card(own.get(row.page_key, row), language)
        for row in rows
        if row.page_id in wanted
    }


def paged(queryset: Any, request: HttpRequest, language: str) -> dict[str, Any]:
    """Return ``{"items", "total", "pager"}`` of a list of facts; the page number is in the URL."""
    asked = request.GET.get("page")
    page = Paginator(queryset, PAGE_SIZE).get_page(asked)
    if asked is not None and asked != str(page.number):
        tags.do_not_keep()  # there is no end of numbers that lead to the last page
    query = request.GET.copy()

    def url(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "items": [card(row, language) for row in page],
        "total": page.paginator.count,
        "pager": {
            "number": page.number,
            "total": page.paginator.num_pages,
            "previous_url": url(page.number - 1) if page.has_previous() else "",
            "next_url": url(page.number + 1) if page.has_next() else "",
        },
    }


def newest_by_kind(facts: Any, size: int) -> dict[str, list[PageFacts]]:
    """The pages of each kind that were published last, at most ``size`` of a kind, in one query.

    Only ids go through the window: with whole rows its cost grows with the length of all summaries.
    """
    numbered = facts.annotate(
        place=Window(RowNumber(), partition_by=F("kind"), order_by=F("updated_at").desc())
    ).filter(place__lte=size)
    by_kind: dict[str, list[PageFacts]] = {}
    rows = PageFacts.objects.filter(pk__in=numbered.values("pk"))
    for row in rows.order_by(F("updated_at").desc(nulls_last=True)):
        by_kind.setdefault(row.kind, []).append(row)
    return by_kind


def grouped(facts: Any, language: str, browse: str, size: int = 6) -> list[dict[str, Any]]:
    """The newest pages of each kind, with a link to the whole list where there are more."""
    by_kind = newest_by_kind(facts, size + 1)
    return [
        {
            "label": label,
            "cards": [{**card(row, language), "kind_label": ""} for row in by_kind[kind][:size]],
            "more_url": f"{browse}&kind={kind}" if len(by_kind[kind]) > size else "",
        }
        for kind, label in GROUP_LABELS.items()
        if kind in by_kind
    ]


def neighbours(page: Any, parent: PageFacts | None, kinds: Iterable[str]) -> dict[str, Any]:
    """Place of a page among its siblings, in the order that their parent gives them.

    Returns ``{"whole", "position": {"number", "total"}, "previous", "next"}``, or nothing when the
    parent is no published page with an order of its own.
    """
    if parent is None or "order" not in parent.data:
        return {}
    tags.touch(tags.below(parent.page_id))
    language = reader_language()
    rows = list(
        PageFacts.objects.readable()
        .filter(parent_id=parent.page_id, kind__in=list(kinds))
        .order_by("position")
        .defer("data")
    )
    places = {key: number for number, key in enumerate(parent.data["order"])}
    rows.sort(key=lambda row: (places.get(str(row.page_key), len(places)), row.position))
    ids = [row.page_id for row in rows]
    if page.pk not in ids:
        return {}
    at = ids.index(page.pk)
    return {
        "whole": card(parent, language),
        "position": {"number": at + 1, "total": len(rows)},
        "previous": link(rows[at - 1], language) if at else None,
        "next": link(rows[at + 1], language) if at + 1 < len(rows) else None,
    }


def below(parent_id: int, kinds: Iterable[str], known: Iterable[int]) -> list[dict[str, Any]]:
    """Cards of published pages below a page that its own list does not name."""
    tags.touch(tags.below(parent_id))
    language, named = reader_language(), set(known)
    rows = (
        PageFacts.objects.readable()
        .filter(parent_id=parent_id, kind__in=list(kinds))
        .order_by("position")
    )
    return [card(row, language) for row in rows if row.page_id not in named]


def outline(body: Any) -> list[dict[str, str]]:
    """Section headings of a body with their anchors, for the contents list."""
    return [
        {"title": block.value["text"], "anchor": block.value.anchor}
        for block in body.blocks_by_name("heading")
        if block.value["level"] == "2" and block.value.anchor
    ]
