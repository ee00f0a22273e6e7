"""Reads about partners and records, shaped for templates: plain data in the reader's language."""

from .directory import DIRECTORY_KEY, areas, directory, partner_card
from .lists import (
    GROUP_LABELS,
    KIND_LABELS,
    below,
    card,
    cards_of_pages,
    grouped,
    link,
    neighbours,
    newest_by_kind,
    outline,
    paged,
    references,
)
from .pages import (
    checked,
    contributors,
    index_context,
    licence,
    notice_context,
    page_context,
    partner_page_context,
    reader_audiences,
    service_ids,
)
from .people import organisation_of
from .records import Records, channel_rows, directions_url, location_row
from .rows import day_names, english_label, phone_rows, reader_language, schedule_rows

__all__ = [
    "DIRECTORY_KEY",
    "GROUP_LABELS",
    "KIND_LABELS",
    "Records",
    "areas",
    "below",
    "card",
    "cards_of_pages",
    "channel_rows",
    "checked",
    "contributors",
    "day_names",
    "directions_url",
    "directory",
    "english_label",
    "grouped",
    "index_context",
    "licence",
    "link",
    "location_row",
    "neighbours",
    "newest_by_kind",
    "notice_context",
    "organisation_of",
    "outline",
    "page_context",
    "paged",
    "partner_card",
    "partner_page_context",
    "phone_rows",
    "reader_audiences",
    "reader_language",
    "references",
    "schedule_rows",
    "service_ids",
]
