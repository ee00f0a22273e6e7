"""schema.org markup of pages, from the same data that the page shows.

A page is a WebPage (who publishes it, when it was last reviewed) about one main thing: a service, a
how-to, a course ... Types and properties: https://schema.org/GovernmentService, /HowTo, /Course.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from content.languages import bcp47
from hub.frame import absolute

Thing = dict[str, Any]
Context = Mapping[str, Any]

# JSON inside a script element must not end it or open a comment.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script(context: Context) -> SafeString:
    """Return the JSON-LD of the page in a template context, safe inside a script element."""
    text = json.dumps(describe(context), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308  every < > & is escaped above


def describe(context: Context) -> Thing:
    """Return the page as a schema.org WebPage with its main entity; empty values are left out."""
    page, frame = context["page"], context["frame"]
    licence = context.get("licence") or {}
    checked = context.get("checked") or {}
    thing: Thing = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": page.title,
        "description": page.search_description or page.summary,
        "url": frame.canonical,
        "inLanguage": bcp47(frame.lang),
        "datePublished": _day(page.first_published_at),
        "dateModified": _day(page.last_published_at),
        "lastReviewed": _day(checked.get("on")),
        "license": licence.get("url"),
        "creditText": getattr(page, "attribution", ""),
        "version": getattr(page, "version", ""),
        "publisher": _organisation(frame.owner),
        "contributor": [
            {"@type": "Organization", "name": card["name"]} for card in frame.contributors
        ],
        "about": [topic["title"] for topic in context.get("topics") or []],
        "audience": [
            {"@type": "Audience", "audienceType": row["title"]}
            for row in context.get("audiences") or []
            if isinstance(row, Mapping)
        ],
        "spatialCoverage": [area["title"] for area in context.get("areas") or []],
        "isBasedOn": getattr(page, "source_url", ""),
    }
    if checked.get("on"):
        thing["reviewedBy"] = {"@type": "Organization", "name": checked.get("by")}
    build = ENTITIES.get(page.kind)
    if build is not None:
        thing["mainEntity"] = _clean(
            {"name": page.title, "description": page.summary, **build(page, context)}
        )
    elif page.schema_type != "WebPage":
        thing["@type"] = page.schema_type
    return _clean(thing)


def _clean(thing: Thing) -> Thing:
    return {name: value for name, value in thing.items() if value not in (None, "", [], {})}


def _day(moment: Any) -> str:
    return moment.isoformat()[:10] if moment else ""


def _organisation(card: Mapping[str, Any] | None) -> Thing:
    if not card:
        return {}
    kind = "GovernmentOrganization" if card["kind"] == "government" else "Organization"
    phone = next((row["number"] for row in card["phones"]), "")
    return _clean(
        {
            "@type": kind,
            "name": card.get("name"),
            "url": card["website"],
            "email": card["email"],
            "telephone": phone,
        }
    )


def _service(page: Any, context: Context) -> Thing:
    return {
        "@type": "GovernmentService",
        "provider": _organisation(context["frame"].owner),
        "areaServed": [area["title"] for area in context.get("areas") or []],
        "availableChannel": [
            _clean(
                {
                    "@type": "ServiceChannel",
                    "name": service.get("name"),
                    "serviceUrl": service["url"],
                    "servicePhone": [
                        {"@type": "ContactPoint", "telephone": phone["number"]}
                        for phone in service["phones"]
                    ],
                    "serviceLocation": [_place(place) for place in service["locations"]],
                    "availableLanguage": [bcp47(code) for code in service["languages"]],
                }
            )
            for service in context.get("services") or []
        ],
    }


def _place(location: Mapping[str, Any]) -> Thing:
    address = {
        "@type": "PostalAddress",
        "streetAddress": location["street"],
        "addressLocality": location["city"],
        "addressRegion": location["state_province"],
        "postalCode": location["postal_code"],
        "addressCountry": location["country"],
    }
    return _clean({"@type": "Place", "name": location.get("name"), "address": _clean(address)})


def _steps(cards: Any) -> list[Thing]:
    return [
        {"@type": "HowToStep", "name": card["title"], "url": absolute(card["url"])}
        for card in cards or []
    ]


def _toolkit(page: Any, context: Context) -> Thing:
    hours = getattr(page, "hours", None)
    return {
        "@type": "HowTo",
        "step": _steps(context.get("parts")),
        "totalTime": f"PT{hours}H" if hours else "",
    }


def _journey(page: Any, context: Context) -> Thing:
    cards = [card for stage in context.get("stages") or [] for card in stage["cards"]]
    return {"@type": "HowTo", "step": _steps(cards)}


def _lesson(page: Any, context: Context) -> Thing:
    return {"@type": "Article", "headline": page.title, "author": page.authors}


def _course(page: Any, context: Context) -> Thing:
    minutes = page.est_minutes
    parts = [card for module in context.get("modules") or [] for card in module["cards"]]
    return {
        "@type": "Course",
        "provider": _organisation(context["frame"].owner),
        "inLanguage": bcp47(context["frame"].lang),
        "timeRequired": f"PT{minutes}M" if minutes else "",
        "isAccessibleForFree": True,
        "hasPart": [
            {"@type": "LearningResource", "name": card["title"], "url": absolute(card["url"])}
            for card in parts
        ],
    }


def _unit(page: Any, context: Context) -> Thing:
    minutes = page.minutes
    return {
        "@type": "LearningResource",
        "teaches": [block.value for block in page.objectives],
        "timeRequired": f"PT{minutes}M" if minutes else "",
    }


def _session(page: Any, context: Context) -> Thing:
    times = context["session"]
    return {
        "@type": "Event",
        "startDate": times["starts_iso"],
        "endDate": times["ends_iso"],
        "organizer": _organisation(context["frame"].owner),
        "recordedIn": {"@type": "VideoObject", "url": page.recording, "name": page.title}
        if page.recording
        else {},
    }


def _notice(page: Any, context: Context) -> Thing:
    return {
        "@type": "SpecialAnnouncement",
        "datePosted": page.starts.isoformat(),
        "expires": page.ends.isoformat(),
    }


def _partner(page: Any, context: Context) -> Thing:
    return _organisation(context["frame"].owner)


ENTITIES: dict[str, Callable[[Any, Context], Thing]] = {
    "guide": _service,
    "toolkit": _toolkit,
    "part": _toolkit,
    "journey": _journey,
    "lesson": _lesson,
    "course": _course,
    "unit": _unit,
    "session": _session,
    "notice": _notice,
    "partner": _partner,
}
