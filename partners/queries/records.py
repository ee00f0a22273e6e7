"""The facts that one page shows, loaded by one query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Value

from content.pagecache import tags
from content.queries import collect_ids
from content.story import story_fields
from partners.models import Contact, Location, Service
from partners.models.service import Channel, Deadline
from partners.projections import localise
from partners.queries.directory import partner_card
from partners.queries.rows import english_label, phone_rows, reader_language, schedule_rows


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
        for model, ids in wanted.items():
            tags.touch(*(tags.record(model._meta.model_name or "", pk) for pk in ids))
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
