"""Reads about partners and records, shaped for templates: plain data in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import get_day_names
from django.core.paginator import Paginator
from django.db.models import F, Value, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop, override
from wagtail.models import Page

from content.languages import babel_locale
from content.models import PageFacts
from content.queries import collect_ids, labelled, referenced_page_ids, vocabulary
from content.remembered import remembered
from content.story import readable_audiences, story_fields
from partners.models import (
    Contact,
    Jurisdiction,
    Location,
    Membership,
    Partner,
    PartnerRole,
    Service,
)
from partners.models.service import Channel, Deadline
from partners.projections import localise

DIRECTORY_KEY = "hub:partners"
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
ROLE_LABELS = {
    "co_author": gettext_noop("Co-author"),
    "lead_agency": gettext_noop("Lead agency"),
    "translator": gettext_noop("Translator"),
    "funder": gettext_noop("Funder"),
}
PHONE_LABELS = {
    "sms": gettext_noop("Text message"),
    "fax": gettext_noop("Fax"),
    "tty": gettext_noop("Text telephone"),
}


def reader_language() -> str:
    """Language in which the page is being shown."""
    return get_language() or "en"


# Partners ------------------------------------------------------------------------------------


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


# Cards ---------------------------------------------------------------------------------------


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
    own = {row.page_key: row for row in rows if row.locale_code == language}
    return {
        row.page_id: card(own.get(row.page_key, row), language)
        for row in rows
        if row.page_id in wanted
    }


def paged(queryset: Any, request: HttpRequest, language: str) -> dict[str, Any]:
    """Return ``{"items", "total", "pager"}`` of a list of facts; the page number is in the URL."""
    page = Paginator(queryset, PAGE_SIZE).get_page(request.GET.get("page"))
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


# Records -------------------------------------------------------------------------------------


def phone_rows(phones: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Return phones with a label for the kinds that are not plain phones."""
    return [{**phone, "label": PHONE_LABELS.get(phone["type"], "")} for phone in phones]


def schedule_rows(schedules: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Return opening hours in force today, weekdays named in the reader's language."""
    today = date.today().isoformat()  # noqa: DTZ011  opening hours are local calendar days
    return [
        {**row, "days": day_names(row["byday"], language)}
        for row in schedules
        if (row["valid_from"] or today) <= today <= (row["valid_to"] or today)
    ]


@lru_cache(maxsize=1000)
def day_names(byday: str, language: str) -> str:
    """Return RFC 5545 weekdays as words; three or more in a row become “first – last”."""
    names = get_day_names("wide", locale=babel_locale(language) or "en")
    order = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    numbers = sorted(order.index(day) for day in byday.split(",") if day in order)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{names[numbers[0]]} – {names[numbers[-1]]}"
    return ", ".join(names[number] for number in numbers)


@dataclass
class Records:
    """All records that one page shows, loaded by one query."""

    language: str
    services: dict[int, dict[str, Any]] = field(default_factory=dict)
    contacts: dict[int, dict[str, Any]] = field(default_factory=dict)
    locations: dict[int, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def load(
        cls, raw_streams: Iterable[Any], language: str, service_ids: Iterable[int] = ()
    ) -> "Records":
        """Load what the raw data of a page's streams names."""
        raw = list(raw_streams)
        wanted = {
            Service: collect_ids(raw, "service") | set(service_ids),
            Contact: collect_ids(raw, "contact"),
            Location: collect_ids(raw, "location"),
        }
        records = cls(language)
        tables = {
            Service: records.services,
            Contact: records.contacts,
            Location: records.locations,
        }
        parts = [
            model.objects.filter(pk__in=ids, live=True)
            .order_by()
            .values_list(Value(model.__name__), "pk", "projection")
            for model, ids in wanted.items()
            if ids
        ]
        names = {model.__name__: table for model, table in tables.items()}
        for name, pk, projection in parts[0].union(*parts[1:], all=True) if parts else ():
            names[name][pk] = projection
        return records

    @classmethod
    def on_demand(cls, page: Any) -> "Records":
        """Records of a page whose context was not prepared, such as a preview of a block."""
        streams = [getattr(page, name).raw_data for name in story_fields(page)] if page else []
        return cls.load(streams, reader_language())

    def service(self, reference: Any) -> dict[str, Any] | None:
        """A service as templates show it, with its places and rows in words."""
        return self.service_by_id(reference.pk) if reference else None

    def service_by_id(self, pk: int) -> dict[str, Any] | None:
        projection = self.services.get(pk)
        if projection is None or projection["status"] == Service.Status.DEFUNCT:
            return None
        shown = localise(projection, self.language)
        words = shown.get("rows", {})
        return {
            **shown,
            "website": "",
            "phones": phone_rows(shown["phones"]),
            "schedules": schedule_rows(shown["schedules"], self.language),
            "costs": [
                {**cost, "option": words.get(cost["key"], ""), "description": ""}
                for cost in shown["costs"]
            ],
            "documents": [
                {**document, "text": words.get(document["key"], "")}
                for document in shown["documents"]
            ],
            "deadlines": [
                {
                    **deadline,
                    "note": words.get(deadline["key"], ""),
                    "kind_label": english_label(Deadline.Kind, deadline["kind"]),
                    "channel_label": english_label(Channel, deadline["channel"]),
                }
                for deadline in shown["deadlines"]
            ],
            "locations": [location_row(place, self.language) for place in shown["locations"]],
        }

    def contact(self, reference: Any) -> dict[str, Any] | None:
        """A contact that the public may see."""
        return self.contact_by_id(reference.pk) if reference else None

    def contact_by_id(self, pk: int) -> dict[str, Any] | None:
        projection = self.contacts.get(pk)
        if projection is None or projection["audience"] != Contact.Audience.PUBLIC:
            return None
        shown = localise(projection, self.language)
        partner = partner_card(shown["partner"], self.language) or {}
        return {
            **shown,
            "name": shown["person"],
            "phones": phone_rows(shown["phones"]),
            "website": "",
            "partner_name": partner.get("name", ""),
        }

    def location(self, reference: Any) -> dict[str, Any] | None:
        projection = self.locations.get(reference.pk) if reference else None
        return None if projection is None else location_row(projection, self.language)


def location_row(projection: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A place as templates show it."""
    shown = localise(projection, language)
    return {
        **shown,
        "phones": phone_rows(shown["phones"]),
        "schedules": schedule_rows(shown["schedules"], language),
        "accessibility": shown.get("accessibility_details", ""),
        "directions_url": directions_url(shown),
    }


def directions_url(location: Mapping[str, Any]) -> str:
    """A link that opens the way to a place in OpenStreetMap; nothing is loaded from there."""
    if not location["latitude"]:
        return ""
    place = f"{location['latitude']}%2C{location['longitude']}"
    return f"https://www.openstreetmap.org/directions?to={place}"


def english_label(choices: Any, value: str) -> str:
    """The English label of a choice: what the ``say`` tag looks up."""
    if value not in choices.values:
        return ""
    with override("en"):
        return str(choices(value).label)


def channel_rows(
    channels: Iterable[Any], records: Records, places_follow: bool = False
) -> list[dict[str, Any]]:
    """Return the ways to apply with addresses, phones and places of their service.

    With ``places_follow`` the page lists the places itself, so they are not repeated here. Post goes
    to an address: hours and ways there do not matter to it.
    """
    rows = []
    for item in channels:
        service = records.service(item["service"]) or {}
        channel = item["channel"]
        key = item["url_key"]
        address = service.get("urls", {}).get(key, "") if key else service.get("url", "")
        rows.append(
            {
                "channel": channel,
                "label": english_label(Channel, channel),
                "body": item["body"] if item["body"].source else "",
                "url": address if channel == Channel.ONLINE or key else "",
                "link_label": item["link_label"],
                "english_only": item["english_only"],
                "phones": _lines(channel, service),
                "lang": service.get("lang", ""),
                "interpretation": service.get("interpretation_services", "")
                if channel == Channel.PHONE
                else "",
                "locations": _places(channel, service, places_follow),
            }
        )
    return rows


def _lines(channel: str, service: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Numbers to call for the channel phone, numbers to write to for text messages."""
    types = {"phone": ("voice", "tty"), "sms": ("sms",)}.get(channel, ())
    return [phone for phone in service.get("phones", []) if phone["type"] in types]


def _places(channel: str, service: Mapping[str, Any], follow: bool) -> list[dict[str, Any]]:
    places = service.get("locations", [])
    if channel == Channel.IN_PERSON and not follow:
        return places
    if channel == Channel.POST:
        names = ("name", "lang", "address")
        return [{name: place.get(name, "") for name in names} for place in places[:1]]
    return []


# Who may read restricted blocks -----------------------------------------------------------------


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


# Context of pages -------------------------------------------------------------------------------


def page_context(page: Any, request: Any) -> dict[str, Any]:
    """What the templates of all pages show: records, references, subject, partners, licence."""
    language = reader_language()
    names = story_fields(page)
    raw = [list(getattr(page, name).raw_data) for name in names]
    user = getattr(request, "user", None)
    return {
        "records": Records.load(raw, language, service_ids=service_ids(page)),
        "references": references(raw, language),
        "audiences_of_reader": readable_audiences(user, page) if user else frozenset(),
        "block_results": getattr(request, "block_results", {}),
        "kind_label": KIND_LABELS.get(page.kind, ""),
        **_subject(page, language),
        "licence": licence(getattr(page, "licence", "")),
        "updated": page.last_published_at,
        "checked": checked(page, language),
    }


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
    """Who last checked the page, and when."""
    day = getattr(page, "checked_on", None)
    if not day:
        return None
    partner = partner_card(getattr(page, "owner_partner_id", None), language) or {}
    return {"on": day, "by": partner.get("name", ""), "by_lang": partner.get("lang", "")}


def contributors(page: Any, language: str) -> list[dict[str, Any]]:
    """Other partners of a page, in the order given there."""
    facts = getattr(page, "facts_row", None)
    roles = facts.data.get("roles", []) if facts else []
    return [card for pk, role in roles if (card := partner_card(pk, language, role)) is not None]


def partner_page_context(page: Any) -> dict[str, Any]:
    """A partner's own page: how to reach it and what it publishes."""
    language = reader_language()
    partner = partner_card(page.partner_id, language) or {}
    records = Records(language)
    records.contacts = dict(
        Contact.objects.filter(
            partner_id=page.partner_id, live=True, audience=Contact.Audience.PUBLIC
        )
        .order_by("slug")
        .values_list("pk", "projection")[:6]
    )
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


def index_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    """The pages below an index page, by their place in the tree."""
    language = reader_language()
    rows = PageFacts.objects.readable().filter(parent_id=page.pk).order_by("position")
    return {**paged(rows, request, language), "browse_url": reverse("browse")}


# Pages in an order ----------------------------------------------------------------------------


def neighbours(page: Any, parent: PageFacts | None, kinds: Iterable[str]) -> dict[str, Any]:
    """Place of a page among its siblings, in the order that their parent gives them.

    Returns ``{"whole", "position": {"number", "total"}, "previous", "next"}``, or nothing when the
    parent is no published page with an order of its own.
    """
    if parent is None or "order" not in parent.data:
        return {}
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


def link(row: PageFacts, language: str) -> dict[str, str]:
    """A page as a plain link."""
    return {
        "title": row.title,
        "url": row.url,
        "lang": "" if row.locale_code == language else row.locale_code,
    }


def below(parent_id: int, kinds: Iterable[str], known: Iterable[int]) -> list[dict[str, Any]]:
    """Cards of published pages below a page that its own list does not name."""
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
