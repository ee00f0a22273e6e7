"""What the pages of toolkits show besides their own fields."""

from typing import Any

from content.queries import reference_cards
from partners.queries import below, neighbours, outline


def toolkit_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """The parts in the toolkit's order, then parts below it that the list does not name."""
    listed = reference_cards(page.parts, context["references"])
    known = {part["id"] for part in listed}
    return {"parts": [*listed, *below(page.pk, ["part"], known)]}


def part_context(page: Any, context: dict[str, Any]) -> dict[str, Any]:
    """Place of the part in its toolkit, with previous and next."""
    place = neighbours(page, context.get("parent_row"), ["part"])
    return {**place, "toolkit": place.get("whole"), "outline": outline(page.body)}
