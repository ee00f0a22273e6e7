"""What the pages of guides and journeys show besides their own fields."""

from typing import Any

from content.queries import reference_cards
from content.story import visible
from guides.models import JourneyStage
from partners.queries import english_label, partner_card, reader_language, service_ids

# The one order in which every guide is printed; a block that stands in none of these parts follows
# after them in its own place.
SECTIONS = {
    "where": ("how_to_apply", "contact", "locations"),
    "who": ("eligibility",),
    "bring": ("documents_needed",),
    "how": ("numbered_steps",),
    "cost": ("fees", "deadlines"),
}


def guide_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """The blocks of the body by part of the guide, alerts of its services, and whom to ask."""
    place = {name: part for part, names in SECTIONS.items() for name in names}
    sections: dict[str, list[Any]] = {part: [] for part in (*SECTIONS, "wrong", "other")}
    blocks = list(visible(page.body, context["audiences_of_reader"]))
    # A body with headings of its own has an order of its own: parting them would empty sections.
    if any(block.block_type == "heading" for block in blocks):
        place = {}
    for block in blocks:
        sections[place.get(block.block_type, "other")].append(block)
    services = guide_services(page, context)
    return {
        "sections": sections,
        "alerts": [
            {"text": service["alert"], "lang": service["lang"]}
            for service in services
            if service.get("alert")
        ],
        "problem": whom_to_ask(page, services),
        "services": services,
    }


def guide_services(page: Any, context: dict[str, Any]) -> list[dict[str, Any]]:
    """The services that the guide explains, as templates show them."""
    records = context["records"]
    rows = (records.service_by_id(pk) for pk in service_ids(page))
    return [service for service in rows if service is not None]


def whom_to_ask(page: Any, services: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Phone or mail of the service, else of the partner; the template falls back to the hub."""
    for service in services:
        if service["phones"] or service["email"]:
            return _contact(page, service)
    partner = partner_card(page.owner_partner_id, reader_language())
    if partner and (partner["phones"] or partner["email"] or partner["website"]):
        return _contact(page, partner)
    return None


def _contact(page: Any, who: dict[str, Any]) -> dict[str, Any]:
    reference = f"{page.pk}" + (f" · {page.version}" if page.version else "")
    return {
        "name": who.get("name", ""),
        "lang": who.get("lang", ""),
        "url": "",
        "phones": who["phones"],
        "email": who["email"],
        "website": who.get("website", ""),
        "subject": f"{page.title} ({reference})",
        "reference": reference,
    }


def journey_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """Stages in order, each with its guides in the reader's language where they exist."""
    stages = [
        {
            "label": english_label(JourneyStage, block.value["stage"]),
            "intro": block.value["intro"].source,
            "cards": reference_cards(block.value["guides"], context["references"]),
        }
        for block in page.stages
    ]
    return {"stages": stages, "problem": whom_to_ask(page, [])}
