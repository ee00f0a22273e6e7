"""schema.org markup of pages, from the same data that the page shows.

Types and properties: https://schema.org/GovernmentService, HowTo, Article, Course, Event ...
"""

import json
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from content.languages import bcp47

# JSON inside a script element must not end it or open a comment.
ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


def script(page: Any, frame: Any, facts: Any) -> SafeString:
    """Return the page's JSON-LD as text for a script element of type application/ld+json."""
    text = json.dumps(describe(page, frame, facts), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(ESCAPES))  # noqa: S308  every < > & is escaped above


def describe(page: Any, frame: Any, facts: Any) -> dict[str, Any]:
    """Return the page as a schema.org thing; empty values are left out."""
    thing = {
        "@context": "https://schema.org",
        "@type": page.schema_type,
        "name": page.title,
        "description": page.search_description or page.summary,
        "url": frame.canonical,
        "inLanguage": bcp47(frame.lang),
        "dateModified": _day(page.last_published_at),
        "datePublished": _day(page.first_published_at),
        "lastReviewed": _day(getattr(page, "checked_on", None)),
        "license": _licence(page),
        "creditText": getattr(page, "attribution", ""),
        "version": getattr(page, "version", ""),
        **_publisher(page, frame),
        **_own(page, frame),
    }
    return {name: value for name, value in thing.items() if value}


def _day(moment: Any) -> str:
    return moment.isoformat()[:10] if moment else ""


def _licence(page: Any) -> str:
    from partners.queries import licence

    found = licence(getattr(page, "licence", ""))
    return found["url"] if found else ""


def _organisation(card: dict[str, Any]) -> dict[str, Any]:
    kind = "GovernmentOrganization" if card["kind"] == "government" else "Organization"
    address = {"url": card["website"]} if card["website"] else {}
    return {"@type": kind, "name": card["name"], **address}


def _publisher(page: Any, frame: Any) -> dict[str, Any]:
    if page.kind == "home":
        return {"name": settings.HUB_NAME}
    if not frame.owner:
        return {}
    if page.kind == "partner":
        phone = next((row["number"] for row in frame.owner["phones"]), "")
        return {
            "@type": _organisation(frame.owner)["@type"],
            "sameAs": frame.owner["website"],
            "email": frame.owner["email"],
            "telephone": phone,
        }
    # A service is provided, everything else published.
    role = "provider" if page.kind in ("guide", "course") else "publisher"
    return {role: _organisation(frame.owner)}


def _own(page: Any, frame: Any) -> dict[str, Any]:
    if page.kind == "session":
        return {
            "startDate": page.starts.isoformat(),
            "endDate": page.ends.isoformat() if page.ends else "",
            "location": {"@type": "VirtualLocation", "url": page.recording or frame.canonical},
        }
    if page.kind == "lesson":
        return {"headline": page.title, "author": page.authors}
    if page.kind == "notice":
        return {"datePosted": _day(page.starts), "expires": page.ends.isoformat()}
    if page.kind in ("unit", "course"):
        minutes = page.minutes if page.kind == "unit" else page.est_minutes
        return {"timeRequired": f"PT{minutes}M" if minutes else ""}
    if page.kind == "toolkit" and page.hours:
        return {"totalTime": f"PT{page.hours}H"}
    return {}
