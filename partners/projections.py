"""What pages show of a record, in all languages, as plain data.

A projection is written with each save of a record, its rows or its texts (``Record.save``), so that a
page reads all records of one kind in one query. ``localise`` turns it into what templates show.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from partners.models.partner import Partner
from partners.models.place import Location
from partners.models.records import Record
from partners.models.service import Contact, Service

TEXT_FIELDS: dict[type[Record], tuple[str, ...]] = {
    Partner: ("name", "alternate_name", "tagline", "description", "logo_alt"),
    Service: (
        "name", "alternate_name", "description", "eligibility_description", "application_process",
        "fees_description", "interpretation_services", "alert",
    ),
    Location: ("name", "description", "transportation", "accessibility_details"),
    Contact: ("title", "department"),
}  # fmt: skip


def project(record: Record) -> dict[str, Any]:
    """Return the projection of a record's live row; JSON-safe."""
    texts = _texts(record)
    first = next(iter(texts.values()), {})
    name = first.get("name") or getattr(record, "name", "") or first.get("title", "")
    return {"name": name, "texts": texts, **_FACTS[type(record)](record)}


def localise(projection: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return the record's facts with its texts in ``language``, else English, else any.

    ``lang`` is the language of the texts, empty when it is the reader's.
    """
    texts: Mapping[str, Any] = projection.get("texts", {})
    code = next((code for code in (language, "en", *texts) if code in texts), "")
    return {
        **{name: value for name, value in projection.items() if name != "texts"},
        **texts.get(code, {}),
        "lang": "" if code in ("", language) else code,
    }


def _texts(record: Record) -> dict[str, dict[str, Any]]:
    fields = TEXT_FIELDS[type(record)]
    texts = {}
    for row in record.texts.filter(live=True).select_related("locale").order_by("locale__pk"):
        texts[row.locale.language_code] = {name: getattr(row, name) for name in fields}
        if isinstance(record, Service):
            texts[row.locale.language_code]["rows"] = {
                item["value"]["key"]: item["value"]["text"] for item in row.row_texts.raw_data
            }
    return texts


def _phones(rows: Iterable[Any]) -> list[dict[str, str]]:
    return [
        {"key": row.key, "number": row.number, "extension": row.extension, "type": row.type}
        for row in rows
    ]


def _schedules(rows: Iterable[Any]) -> list[dict[str, str | None]]:
    return [
        {
            "byday": row.byday,
            "opens_at": row.opens_at.isoformat("minutes"),
            "closes_at": row.closes_at.isoformat("minutes"),
            "valid_from": row.valid_from.isoformat() if row.valid_from else None,
            "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        }
        for row in rows
    ]


def _partner(partner: Partner) -> dict[str, Any]:
    theme = partner.themes.select_related("logo").first()
    return {
        "slug": partner.slug,
        "kind": partner.kind,
        "kind_label": _english(Partner.Kind(partner.kind).label),
        "website": partner.website,
        "email": partner.email,
        "phones": _phones(partner.phones.all()),
        "languages": [code.strip() for code in partner.languages.split(",") if code.strip()],
        "areas": [area.pk for area in partner.jurisdictions.all()],
        "parent": partner.parent_id,
        "theme_css": theme.css if theme else "",
        "logo": _logo(theme.logo) if theme and theme.logo else None,
    }


def _logo(image: Any) -> dict[str, Any]:
    rendition = image.get_rendition("max-320x80|format-png")
    return {"src": rendition.url, "width": rendition.width, "height": rendition.height}


def _service(service: Service) -> dict[str, Any]:
    return {
        "slug": service.slug,
        "partner": service.organization_id,
        "status": service.status,
        "url": service.url,
        "email": service.email,
        "phones": _phones(service.phones.all()),
        "urls": {row.key: row.url for row in service.urls.all()},
        "costs": [
            {
                "key": row.key,
                "amount": str(row.amount),
                "currency": row.currency,
                "valid_from": row.valid_from.isoformat() if row.valid_from else None,
                "valid_to": row.valid_to.isoformat() if row.valid_to else None,
            }
            for row in service.cost_options.all()
        ],
        "documents": [{"key": row.key, "uri": row.uri} for row in service.required_documents.all()],
        "deadlines": [
            {
                "key": row.key,
                "channel": row.channel,
                "kind": row.kind,
                "date": row.date.isoformat() if row.date else None,
                "rrule": row.rrule,
                "time": row.time.isoformat("minutes") if row.time else None,
            }
            for row in service.deadlines.all()
        ],
        "schedules": _schedules(service.schedules.all()),
        # Whole places, so that a page with its services has its places too.
        "locations": [
            row.location.projection
            for row in service.service_locations.select_related("location")
            if row.location.live
        ],
        "contacts": [contact.pk for contact in service.contacts.all()],
        "areas": [area.pk for area in service.service_areas.all()],
        "minimum_age": service.minimum_age,
        "maximum_age": service.maximum_age,
        "languages": [code.strip() for code in service.languages.split(",") if code.strip()],
        "assured_date": service.assured_date.isoformat() if service.assured_date else None,
        "assure_months": service.assure_months,
    }


def _location(location: Location) -> dict[str, Any]:
    town = " ".join(
        part for part in (location.city, location.state_province, location.postal_code) if part
    )
    place = location.latitude is not None and location.longitude is not None
    return {
        "slug": location.slug,
        "address": [
            line
            for line in (location.address_1, location.address_2, town, location.country)
            if line
        ],
        "city": location.city,
        "state_province": location.state_province,
        "postal_code": location.postal_code,
        "country": location.country,
        "street": ", ".join(line for line in (location.address_1, location.address_2) if line),
        "latitude": str(location.latitude) if place else None,
        "longitude": str(location.longitude) if place else None,
        "phones": _phones(location.phones.all()),
        "schedules": _schedules(location.schedules.all()),
    }


def _contact(contact: Contact) -> dict[str, Any]:
    return {
        "slug": contact.slug,
        "person": contact.name,
        "partner": contact.partner_id,
        "email": contact.email,
        "audience": contact.audience,
        "phones": _phones(contact.phones.all()),
    }


def _english(label: Any) -> str:
    from django.utils.translation import override

    with override("en"):
        return str(label)


_FACTS: dict[type[Record], Any] = {
    Partner: _partner,
    Service: _service,
    Location: _location,
    Contact: _contact,
}
