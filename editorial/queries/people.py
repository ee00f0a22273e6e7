"""Whether there are people enough for what a step needs."""

from collections.abc import Iterable, Mapping
from typing import Any

from editorial.queries.reviewers import Judge
from editorial.queries.rules import Slot


def counts_once(task: Any) -> bool:
    """Whether one person fills one requirement of a step only."""
    return bool(getattr(task, "distinct_people", True))


def unfillable(
    slots: Iterable[Slot], people: Mapping[Slot, Iterable[Judge]], *, distinct: bool
) -> set[Slot]:
    """Slots that nobody is left for, when everybody is seated where it helps most.

    With ``distinct`` a person who fits two requirements counts for one of them.
    """
    seats = [(slot, number) for slot in slots for number in range(slot.needed)]
    taken: dict[Any, int] = {}

    def places(place: int) -> list[Any]:
        slot = seats[place][0]
        group = "" if distinct else slot.requirement_key
        return [(group, judge.user_id) for judge in people.get(slot, [])]

    def seat(place: int, tried: set[Any]) -> bool:
        for person in places(place):
            if person in tried:
                continue
            tried.add(person)
            if person not in taken or seat(taken[person], tried):
                taken[person] = place
                return True
        return False

    return {seats[place][0] for place in range(len(seats)) if not seat(place, set())}
