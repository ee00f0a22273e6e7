"""What the settings of the workflow are chosen from, and what hangs on them."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext
from wagtail.models import Page, Task, Workflow

from content.models import Gated
from editorial.models import ApprovalTask, WorkflowRule


def kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything that goes through review, as choices: pages, then records."""
    pages: list[tuple[str, str]] = []
    records: list[tuple[str, str]] = []
    for model in apps.get_models():
        if issubclass(model, Gated):
            row = (model._meta.label_lower, str(capfirst(model._meta.verbose_name)))
            (pages if issubclass(model, Page) else records).append(row)
    return [
        (gettext("Pages"), sorted(pages, key=lambda row: row[1])),
        (gettext("Records"), sorted(records, key=lambda row: row[1])),
    ]


def name_of_kind(kind: str) -> str:
    """A kind in words; one that this hub no longer has by its name."""
    try:
        return str(capfirst(apps.get_model(kind)._meta.verbose_name))
    except (LookupError, ValueError):
        return kind


def has_approval(workflow: Workflow) -> bool:
    """Whether people agree to what goes through a workflow, not checks alone."""
    return ApprovalTask.objects.filter(workflow_tasks__workflow=workflow, active=True).exists()


@dataclass(frozen=True)
class Use:
    """What hangs on a workflow or step that somebody wants to switch off."""

    rules: list[tuple[int, str]]
    # Workflows that no person would decide in any more.
    emptied: list[Workflow]


def use_of(thing: Any) -> Use:
    """What hangs on a workflow or a step."""
    if isinstance(thing, Workflow):
        rules = WorkflowRule.objects.filter(workflow=thing)
        return Use([(rule.pk, words_of_rule(rule)) for rule in rules], [])
    return Use([], [row for row in thing.active_workflows if _only_approval(row, thing)])


def words_of_rule(rule: WorkflowRule) -> str:
    """A rule in words: “Guide · original”."""
    return f"{kind_of_rule(rule)} · {rule.get_situation_display()}"


def kind_of_rule(rule: WorkflowRule) -> str:
    return name_of_kind(rule.content_kind) if rule.content_kind else gettext("Every kind")


def _only_approval(workflow: Workflow, task: Task) -> bool:
    rest = ApprovalTask.objects.filter(workflow_tasks__workflow=workflow, active=True)
    return not rest.exclude(pk=task.pk).exists()
