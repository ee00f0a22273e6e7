"""All partners and areas: small, asked for on every page."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_noop

from content.models import PageFacts
from content.queries import labelled
from content.remembered import remembered
from partners.models import Jurisdiction, Partner
from partners.projections import localise
from partners.queries.rows import phone_rows

DIRECTORY_KEY = "hub:partners"


ROLE_LABELS = {
    "co_author": gettext_noop("Co-author"),
    "lead_agency": gettext_noop("Lead agency"),
    "translator": gettext_noop("Translator"),
    "funder": gettext_noop("Funder"),
}


def directory() -> dict[str, Any]:
    """Return all published partners and areas: ``{"partners": {id: projection}, "areas": ...}``.

    Every page names its partner; the list is small and kept in the cache until a partner or an area
    is saved.
    """
    return remembered(DIRECTORY_KEY, _directory)


def _directory() -> dict[str, Any]:
    pages = PageFacts.objects.readable().filter(kind="partner")
    return {
        "partners": dict(Partner.objects.filter(live=True).values_list("pk", "projection")),
        "urls": {(row.partner_id, row.locale_code): row.url for row in pages},
        "areas": {
            area.pk: {
                "slug": area.code,
                "labels": {row.language: row.label for row in area.labels.all()},
            }
            for area in Jurisdiction.objects.prefetch_related("labels")
        },
    }


def partner_card(partner_id: int | None, language: str, role: str = "") -> dict[str, Any] | None:
    """Return a partner as pages show it, or None when it is unknown or not published."""
    known = directory()
    projection = known["partners"].get(partner_id)
    if projection is None:
        return None
    card = localise(projection, language)
    logo = card.get("logo")
    return {
        **card,
        "id": partner_id,
        "url": known["urls"].get((partner_id, language), ""),
        "logo": {**logo, "alt": card.get("logo_alt") or ""} if logo else None,
        "phones": phone_rows(card["phones"]),
        "role_label": ROLE_LABELS.get(role, ""),
    }


def areas(ids: Iterable[int], language: str) -> list[dict[str, Any]]:
    """Return ``{"title", "lang", "url"}`` of areas, by name."""
    known = directory()["areas"]
    rows = [labelled(known[pk], language) for pk in ids if pk in known]
    return sorted(
        ({"title": row["title"], "lang": row["lang"], "url": ""} for row in rows),
        key=lambda row: row["title"],
    )
