"""One revision, readable, with a place for a comment at each part: for guests and specialists."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.models import Revision

from editorial.factcheck.forms import (
    LONGEST_COMMENT,
    LONGEST_REMARK,
    PREFIX,
    AnswerForm,
    Problem,
)
from editorial.factcheck.passages import FIELD, Passage, language_of, passages
from editorial.models import GuestAnswer

TEMPLATE = "editorial/fact_check.html"


class Reading:
    """What the page shows of a revision, and the form below it."""

    def __init__(
        self, request: HttpRequest, revision: Revision, questions: list[dict[str, str]]
    ) -> None:
        self.request = request
        self.obj = revision.as_object()
        self.questions = questions
        self.passages = passages(self.obj, request)
        self.form = AnswerForm(request.POST or None, shown=self.passages)

    def page(self, *, last: GuestAnswer | None = None, **context: Any) -> HttpResponse:
        """The page, with what is wrong in the form if it was sent."""
        problems = self.form.problems()
        by_field = {problem.field: problem for problem in problems}
        values = {
            "title": str(getattr(self.obj, "title", "") or self.obj),
            "language": language_of(self.obj),
            "parts": [
                self._part(number, passage, by_field)
                for number, passage in enumerate(self.passages, start=1)
            ],
            "questions": self._asked_about(""),
            "title_questions": self._asked_about(f"{FIELD}title"),
            "problems": [(self._number(problem), problem) for problem in problems],
            "verdict": self.form.typed("verdict"),
            "verdict_problem": by_field.get("verdict"),
            "comment": self.form.typed("comment"),
            "comment_problem": by_field.get("comment"),
            "longest_comment": LONGEST_COMMENT,
            "longest_remark": LONGEST_REMARK,
            "last": last,
            **context,
        }
        return render(self.request, TEMPLATE, values, status=422 if problems else 200)

    def _part(self, number: int, passage: Passage, by_field: dict[str, Problem]) -> dict[str, Any]:
        name = PREFIX + passage.key
        questions = self._asked_about(passage.key)
        typed, problem = self.form.typed(name), by_field.get(name)
        return {
            "number": number,
            "key": passage.key,
            "name": name,
            "label": passage.label,
            "html": passage.html,
            "questions": questions,
            "typed": typed,
            "problem": problem,
            "is_open": bool(typed or problem or questions),
        }

    def _number(self, problem: Problem) -> int:
        """Number of the part that a problem stands at; 0 for the form at the end."""
        keys = [PREFIX + passage.key for passage in self.passages]
        return keys.index(problem.field) + 1 if problem.field in keys else 0

    def _asked_about(self, key: str) -> list[str]:
        """Questions about a passage; those about one that is not shown stand above the text."""
        shown = {passage.key for passage in self.passages} | {f"{FIELD}title"}
        return [
            row["question"]
            for row in self.questions
            if (row["block_id"] if row["block_id"] in shown else "") == key
        ]
