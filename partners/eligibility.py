"""Where the answers of an eligibility check lead. Plain Python: the page, the printed script and
tests ask the same function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

NONE_OF_THESE = "_none"
UNKNOWN = "_unknown"
NEXT = "next"
OUTCOMES = ("likely", "unlikely", "ask")


@dataclass(frozen=True)
class Question:
    """One question. ``leads`` maps an answer's value to ``next``, an outcome or a criterion."""

    criterion: str
    leads: Mapping[str, str]
    none_leads_to: str = "unlikely"
    unknown_leads_to: str = "ask"

    def target(self, answer: str) -> str:
        if answer == NONE_OF_THESE:
            return self.none_leads_to
        if answer == UNKNOWN:
            return self.unknown_leads_to
        return self.leads.get(answer, self.unknown_leads_to)


@dataclass(frozen=True)
class Outcome:
    """``outcome`` is likely, unlikely or ask; None while questions on the way are unanswered."""

    outcome: str | None
    missing: Sequence[str] = field(default_factory=list)


def evaluate(questions: Sequence[Question], answers: Mapping[str, str]) -> Outcome:
    """Follow the answers from the first question on.

    Running past the last question means likely. A target that does not exist, or a way that comes
    back to a question it has passed, ends in ``ask``: never in silence.
    """
    if not questions:
        return Outcome("ask")
    places = {question.criterion: number for number, question in enumerate(questions)}
    number, passed = 0, set()
    while number < len(questions):
        question = questions[number]
        if question.criterion in passed:
            return Outcome("ask")
        passed.add(question.criterion)
        answer = answers.get(question.criterion)
        if not answer:
            return Outcome(None, [question.criterion])
        target = question.target(answer)
        if target in OUTCOMES:
            return Outcome(target)
        if target == NEXT:
            number += 1
        elif target in places:
            number = places[target]
        else:
            return Outcome("ask")
    return Outcome("likely")


def broken_targets(questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Return (criterion, target) pairs whose target does not exist."""
    known = {NEXT, *OUTCOMES, *(question.criterion for question in questions)}
    return [
        (question.criterion, target)
        for question in questions
        for target in (
            *question.leads.values(),
            question.none_leads_to,
            question.unknown_leads_to,
        )
        if target not in known
    ]
