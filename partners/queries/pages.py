"""What every page shows besides its own fields, and who may read its restricted parts."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from content.models import PageFacts
from content.pagecache import tags
from content.queries import labelled, vocabulary
from content.story import readable_audiences, story_fields
from partners.models import Contact, Membership, PartnerRole
from partners.queries.directory import areas, partner_card
from partners.queries.lists import (
    GROUP_LABELS,
    KIND_LABELS,
    cards_of_pages,
    grouped,
    paged,
    references,
)
from partners.queries.records import Records
from partners.queries.rows import reader_language


def reader_audiences(user: Any, page: Any) -> set[str]:
    """Audiences of restricted blocks: ``staff`` of any partner, ``editors`` of this page, and, until
    courses have groups of learners, ``instructors`` = the editors of the course's partners."""
    memberships = list(Membership.objects.current().filter(user=user))
    audiences = {"staff"} if memberships else set()
    partner_ids = {getattr(page, "owner_partner_id", None)} | set(
        PartnerRole.objects.filter(
            page_id=page.pk, role__in=["co_author", "lead_agency"]
        ).values_list("partner_id", flat=True)
    )
    editing = {Membership.Role.AUTHOR, Membership.Role.EDITOR, Membership.Role.STEWARD}
    if user.is_superuser or any(m.role == Membership.Role.HUB_ADMIN for m in memberships):
        return {"staff", "editors", "instructors"}
    if any(m.partner_id in partner_ids and m.role in editing for m in memberships):
        audiences |= {"editors", "instructors"}
    return audiences


def page_context(page: Any, request: Any) -> dict[str, Any]:
    """What the templates of all pages show: records, references, subject, partners, licence."""
    language = reader_language()
    names = story_fields(page)
    raw = [list(getattr(page, name).raw_data) for name in names]
    return {
        "records": Records.load(raw, language, service_ids=service_ids(page)),
        "references": references(raw, language),
        "audiences_of_reader": _audiences(request, page),
        "block_results": getattr(request, "block_results", {}),
        "kind_label": KIND_LABELS.get(page.kind, ""),
        **_subject(page, language),
        "licence": licence(getattr(page, "licence", "")),
        "updated": page.last_published_at,
        "checked": checked(page, language),
    }


def _audiences(request: Any, page: Any) -> frozenset[str]:
    """Who has no session is nobody: to look for one would make the page a private one."""
    user = getattr(request, "user", None)
    if user is None or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return frozenset()
    return readable_audiences(user, page)


def service_ids(page: Any) -> list[int]:
    """Ids of the services that a guide explains, in its order; from the facts of a live page."""
    facts = getattr(page, "facts_row", None)
    if facts is not None:
        return facts.data.get("services", [])
    rows = getattr(page, "guide_services", None)
    return [row.service_id for row in rows.all()] if rows is not None else []


def _subject(page: Any, language: str) -> dict[str, Any]:
    known = vocabulary()
    facts = getattr(page, "facts_row", None)
    data = facts.data if facts else {}
    topic_ids = data.get("topics", [])
    audience_ids = data.get("audiences", [])
    url = reverse("browse")

    def rows(table: str, name: str, ids: Iterable[int]) -> list[dict[str, Any]]:
        terms = [labelled(known[table][pk], language) for pk in ids if pk in known[table]]
        return [{**term, "url": f"{url}?{name}={term['slug']}"} for term in terms]

    return {
        "topics": rows("topics", "topic", topic_ids),
        "audiences": rows("audiences", "audience", audience_ids),
        "areas": areas(data.get("areas", []), language),
    }


SPDX_ADDRESS = "https://spdx.org/licenses/{}.html"


# Identifiers in use that are not on the SPDX list.
OTHER_LICENCES = {
    "OGL-Canada-2.0": "https://open.canada.ca/en/open-government-licence-canada",
}


def licence(value: str) -> dict[str, str] | None:
    """Return ``{"label", "url"}`` of a licence given as SPDX id or address."""
    if not value:
        return None
    if value.startswith(("http://", "https://")):
        return {"label": value, "url": value}
    return {"label": value, "url": OTHER_LICENCES.get(value, SPDX_ADDRESS.format(value))}


def checked(page: Any, language: str) -> dict[str, Any] | None:
    """Who last checked the page and when, where it was taken over from, since when it is overdue."""
    facts = getattr(page, "facts_row", None)
    day = facts.checked_on if facts else getattr(page, "checked_on", None)
    overdue = _overdue(page, facts)
    source = "" if day else _taken_from(page)
    if not (day or overdue or source):
        return None
    by = (facts.checked_by if facts else None) or getattr(page, "owner_partner_id", None)
    partner = (partner_card(by, language) or {}) if day else {}
    return {
        "on": day,
        "by": partner.get("name", ""),
        "by_lang": partner.get("lang", ""),
        "overdue": overdue,
        "source": source,
    }


def _overdue(page: Any, facts: PageFacts | None) -> date | None:
    """The day by which the page should have been checked, if that day is over and the page says so."""
    if facts is None or facts.review_due is None or getattr(page, "on_expiry", "none") == "none":
        return None
    if facts.review_due < timezone.localdate():
        return facts.review_due
    next_day = datetime.combine(facts.review_due + timedelta(days=1), time.min)
    tags.until(next_day.replace(tzinfo=timezone.get_default_timezone()))
    return None


def _taken_from(page: Any) -> str:
    """Where the words of a page come from, in short: the host of its source, else a note."""
    try:
        host = urlsplit(getattr(page, "source_url", "")).hostname
    except ValueError:
        host = None
    return host or str(getattr(page, "source_note", ""))


def contributors(page: Any, language: str) -> list[dict[str, Any]]:
    """Other partners of a page, in the order given there."""
    facts = getattr(page, "facts_row", None)
    roles = facts.data.get("roles", []) if facts else []
    return [card for pk, role in roles if (card := partner_card(pk, language, role)) is not None]


def partner_page_context(page: Any) -> dict[str, Any]:
    """A partner's own page: how to reach it and what it publishes."""
    language = reader_language()
    tags.touch(tags.record("contacts", page.partner_id), tags.listing(language))
    partner = partner_card(page.partner_id, language) or {}
    records = Records(language)
    records.contacts = dict(
        Contact.objects.filter(
            partner_id=page.partner_id, live=True, audience=Contact.Audience.PUBLIC
        )
        .order_by("slug")
        .values_list("pk", "projection")[:6]
    )
    tags.touch(*(tags.record("contact", pk) for pk in records.contacts))
    facts = PageFacts.objects.readable().filter(
        partner_id=page.partner_id, locale_code=language, kind__in=GROUP_LABELS
    )
    browse = f"{reverse('browse')}?partner={partner.get('slug', '')}"
    return {
        "partner": partner,
        "contacts": [c for pk in records.contacts if (c := records.contact_by_id(pk))],
        "services": [],
        "groups": grouped(facts, language, browse),
        "areas": areas(partner.get("areas", []), language),
    }


def notice_context(page: Any) -> dict[str, Any]:
    """The pages that a notice concerns, in the reader's language."""
    ids = [row.page_id for row in page.concerns.all()]
    cards = cards_of_pages(ids, reader_language())
    return {"concerns": [cards[pk] for pk in ids if pk in cards]}


def index_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    """The pages below an index page, by their place in the tree."""
    language = reader_language()
    tags.touch(tags.below(page.pk))
    rows = PageFacts.objects.readable().filter(parent_id=page.pk).order_by("position")
    return {**paged(rows, request, language), "browse_url": reverse("browse")}
