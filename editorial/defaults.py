"""The workflows that a hub starts with. Hub admins change them; what exists is left as it is.

Works on the models of a migration as well as on the real ones, so tests that run without migrations
have the same workflows.
"""

from typing import Any

STANDARD, GUIDE, JOINT, TRAINING, FACTS, TRANSLATION, UPSTREAM, HUB = (
    "Standard", "Resident guide", "Joint document", "Training", "Shared facts", "Translation",
    "Upstream update", "Hub page",
)  # fmt: skip

APPROVER = {"key": "partner-approver", "role": "approver", "scope": "each_partner"}
PLAIN = {
    "key": "plain-language", "role": "specialist", "specialism": "plain_language",
    "scope": "owner_partner", "from_change_kind": "major", "checklist": "plain-language",
}  # fmt: skip
ACCESSIBILITY = {
    "key": "accessibility", "role": "specialist", "specialism": "accessibility",
    "scope": "owner_partner", "from_change_kind": "major", "checklist": "accessibility",
}  # fmt: skip
BOTH_SECTORS = {"key": "both-sectors", "role": "approver", "scope": "each_sector"}
REVIEWER = {"key": "translation-reviewer", "role": "translation_reviewer", "scope": "each_partner"}
HUB_ADMIN = {"key": "hub-admin", "role": "hub_admin", "scope": "hub"}

# Name -> (kind of step, fields, requirements)
STEPS: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {
    "Automatic checks": ("automatedcheckstask", {}, []),
    "Approval of each partner": ("approvaltask", {}, [APPROVER]),
    "Approval of a guide": ("approvaltask", {}, [APPROVER, PLAIN, ACCESSIBILITY]),
    "Approval of training": ("approvaltask", {}, [APPROVER, ACCESSIBILITY]),
    "Approval of both sectors": ("approvaltask", {}, [BOTH_SECTORS]),
    "Approval of facts": ("approvaltask", {"due_working_days": 2}, [APPROVER]),
    "Fact check": ("factchecktask", {"optional": True}, []),
    "Legal fact check": ("factchecktask", {"subject": "legal"}, []),
    "Translation review": ("translationreviewtask", {}, [REVIEWER]),
    "Approval of a hub admin": ("approvaltask", {}, [HUB_ADMIN]),
}

WORKFLOWS: dict[str, list[str]] = {
    STANDARD: ["Automatic checks", "Approval of each partner"],
    GUIDE: ["Automatic checks", "Approval of a guide", "Fact check"],
    JOINT: ["Automatic checks", "Legal fact check", "Approval of both sectors"],
    TRAINING: ["Automatic checks", "Approval of training"],
    FACTS: ["Approval of facts"],
    TRANSLATION: ["Translation review"],
    UPSTREAM: ["Automatic checks", "Approval of each partner"],
    HUB: ["Automatic checks", "Approval of a hub admin"],
}

# (kind of content, situation) -> workflow. The rule that names the kind counts first.
RULES: dict[tuple[str, str], str] = {
    ("", "original"): STANDARD,
    ("", "joint"): JOINT,
    ("", "translation"): TRANSLATION,
    ("", "upstream_update"): UPSTREAM,
    ("", "hub"): HUB,
    ("guides.guidepage", "original"): GUIDE,
    ("guides.journeypage", "original"): GUIDE,
    **{
        (f"training.{name}", "original"): TRAINING
        for name in ("coursepage", "unitpage", "sessionpage")
    },
    **{
        (f"partners.{name}{half}", "original"): FACTS
        for name in ("partner", "service", "location", "contact")
        for half in ("", "text")
    },
}

CHECKLISTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "plain-language": (
        "Plain language",
        [
            ("who-what-when", "A reader can say after one minute whom it is for and what to do."),
            ("words", "Every term that a resident may not know is explained where it stands."),
            ("sentences", "Sentences are short, active and speak to the reader."),
        ],
    ),
    "accessibility": (
        "Accessibility",
        [
            ("pictures", "Pictures that carry meaning say it in their alternative text."),
            ("structure", "Headings tell what follows, and links where they lead."),
            ("media", "Videos have captions, recordings a transcript."),
        ],
    ),
}


def ensure_defaults(apps: Any) -> None:
    """Make the workflows, rules and checklists that are missing.

    Args:
        apps: the registry of a migration, or ``django.apps.apps``.
    """
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowTask = apps.get_model("wagtailcore", "WorkflowTask")
    WorkflowRule = apps.get_model("editorial", "WorkflowRule")
    checklists = _checklists(apps)
    steps = {name: _step(apps, name, checklists) for name in STEPS}
    workflows = {}
    for name, names in WORKFLOWS.items():
        workflow, created = Workflow.objects.get_or_create(name=name)
        workflows[name] = workflow
        if created:
            for place, step in enumerate(names):
                WorkflowTask.objects.create(
                    workflow=workflow, task_id=steps[step].pk, sort_order=place
                )
    _use_at_root(apps, workflows[STANDARD])
    for (kind, situation), name in RULES.items():
        WorkflowRule.objects.get_or_create(
            content_kind=kind, situation=situation, defaults={"workflow": workflows[name]}
        )


def _checklists(apps: Any) -> dict[str, Any]:
    Checklist = apps.get_model("editorial", "Checklist")
    ChecklistItem = apps.get_model("editorial", "ChecklistItem")
    found = {}
    for key, (title, items) in CHECKLISTS.items():
        checklist, created = Checklist.objects.get_or_create(key=key, defaults={"title": title})
        found[key] = checklist
        if created:
            for place, (item_key, question) in enumerate(items):
                ChecklistItem.objects.create(
                    checklist=checklist, key=item_key, question=question, sort_order=place
                )
    return found


def _step(apps: Any, name: str, checklists: dict[str, Any]) -> Any:
    kind, fields, requirements = STEPS[name]
    model = apps.get_model("editorial", kind)
    step = model.objects.filter(name=name).first()
    if step is not None:
        return step
    content_type = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="editorial", model=kind
    )[0]
    step = model.objects.create(name=name, content_type_id=content_type.pk, **fields)
    Requirement = apps.get_model("editorial", "Requirement")
    for given in requirements:
        values = {**given, "checklist": checklists.get(given.get("checklist", ""))}
        # A translation review is an approval with more rules: its requirements hang on the latter.
        Requirement.objects.create(task_id=step.pk, **values)
    return step


def _use_at_root(apps: Any, workflow: Any) -> None:
    """Wagtail asks the tree for a workflow wherever it knows a page only as a page."""
    root = apps.get_model("wagtailcore", "Page").objects.filter(depth=1).first()
    if root is not None:
        apps.get_model("wagtailcore", "WorkflowPage").objects.update_or_create(
            page_id=root.pk, defaults={"workflow_id": workflow.pk}
        )


def remove_wagtails_own(apps: Any) -> None:
    """Remove the groups and the workflow of Wagtail's first migrations, unless somebody uses them.

    The workflow lets a group of the whole hub approve everything; nothing of the hub refers to it.
    """
    Workflow = apps.get_model("wagtailcore", "Workflow")
    Task = apps.get_model("wagtailcore", "Task")
    Group = apps.get_model("auth", "Group")
    Workflow.objects.filter(name="Moderators approval", workflow_states=None).delete()
    Task.objects.filter(name="Moderators approval", task_states=None, workflow_tasks=None).delete()
    Group.objects.filter(name__in=["Editors", "Moderators"], user=None).delete()
