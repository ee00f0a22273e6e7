"""Who will be asked, said before somebody hands in: nobody waits in vain."""

from dataclasses import dataclass, field
from typing import Any

from wagtail.models import Page

from content.drafts import draft_to_read
from editorial.desk.queries import label_of_slot
from editorial.models import ApprovalTask, FactCheckTask
from editorial.queries.contributors import contributors
from editorial.queries.people import counts_once, unfillable
from editorial.queries.reviewers import judges, language_of, slots_of_step


@dataclass(frozen=True)
class Asked:
    """A requirement in words, how many it needs, and whether there is nobody left for it."""

    label: str
    needed: int
    nobody: bool


@dataclass(frozen=True)
class StepAhead:
    """A step of the workflow as it would be opened now."""

    name: str
    is_machine: bool
    is_optional: bool
    asked: list[Asked] = field(default_factory=list)

    @property
    def nobody(self) -> bool:
        return any(row.nobody for row in self.asked)


def steps_ahead(obj: Any, user: Any) -> list[StepAhead]:
    """Steps that a draft would go through if this person handed it in now."""
    obj = obj.specific if isinstance(obj, Page) else obj
    workflow = obj.get_workflow()
    if workflow is None:
        return []
    draft = draft_to_read(obj)
    excluded = contributors(obj, user.pk)
    return [_step(task.specific, draft, excluded) for task in workflow.tasks.filter(active=True)]


def _step(task: Any, draft: Any, excluded: set[int]) -> StepAhead:
    slots = slots_of_step(task, draft)
    people = judges(slots, language_of(draft), excluded)
    empty = unfillable(slots, people, distinct=counts_once(task))
    return StepAhead(
        task.name,
        is_machine=not isinstance(task, ApprovalTask | FactCheckTask),
        is_optional=bool(getattr(task, "optional", False)),
        asked=[Asked(label_of_slot(slot), slot.needed, slot in empty) for slot in slots],
    )
