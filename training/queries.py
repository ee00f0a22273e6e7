"""What the pages of training show besides their own fields."""

from typing import Any

from django.utils import timezone

from content.pagecache import tags
from content.queries import reference_cards
from partners.queries import below, english_label, neighbours, outline


def course_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """Modules with their units and sessions; what no module names follows at the end."""
    modules = [
        {
            "title": block.value["title"],
            "anchor": f"b-{block.id}",
            "objectives": list(block.value["objectives"]),
            "cards": reference_cards(block.value["items"], context["references"]),
        }
        for block in page.modules
    ]
    named = {card["id"] for module in modules for card in module["cards"]}
    rest = below(page.pk, ["unit", "session"], named)
    first = next((card for module in modules for card in module["cards"]), None)
    return {
        "modules": modules,
        "more_units": rest,
        "start_url": (first or (rest[0] if rest else {})).get("url", ""),
        "access_label": english_label(type(page).Access, page.access),
    }


def unit_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """Place of the unit in its course, with previous and next."""
    place = neighbours(page, context.get("parent_row"), ["unit", "session"])
    return {**place, "course": place.get("whole"), "outline": outline(page.body)}


def session_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """Times on the wall clock of the place where the session is held."""
    starts = page.starts.astimezone(page.zone)
    ends = page.ends.astimezone(page.zone) if page.ends else None
    is_over = (page.ends or page.starts) < timezone.now()
    if not is_over:
        tags.until(page.ends or page.starts)
    return {
        "session": {
            "starts": starts.replace(tzinfo=None),
            "starts_iso": starts.isoformat(),
            "ends": ends.replace(tzinfo=None) if ends else None,
            "ends_iso": ends.isoformat() if ends else "",
            "several_days": bool(ends and ends.date() != starts.date()),
            "over": is_over,
        }
    }
