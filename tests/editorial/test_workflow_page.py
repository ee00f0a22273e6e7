"""The tables of docs/workflow.md say what a new hub has. ``WRITE_DOCS=1 pytest`` writes them."""

import os
import re

from editorial import defaults
from editorial.models import KnowledgePage, Requirement, WorkflowRule
from editorial.queries.state import role_name
from editorial.rulebook.queries import name_of_kind
from tests.tools import ROOT

PAGE = ROOT / "docs" / "workflow.md"


def purposes(workflow):
    kinds = {}
    for (kind, situation), name in defaults.RULES.items():
        if name == workflow:
            kinds.setdefault(situation, []).append(name_of_kind(kind) if kind else "every kind")
    return "; ".join(
        f"{WorkflowRule.Situation(situation).label}: {', '.join(dict.fromkeys(names))}"
        for situation, names in kinds.items()
    )


def people(requirement):
    words = role_name(requirement["role"], requirement.get("specialism", ""))
    words += f" of {Requirement.Scope(requirement['scope']).label}"
    if kind := requirement.get("from_change_kind"):
        words += f", from {KnowledgePage.ChangeKind(kind).value} changes on"
    if key := requirement.get("checklist"):
        words += f", checklist “{defaults.CHECKLISTS[key][0]}”"
    return words


def asked(name):
    kind, fields, requirements = defaults.STEPS[name]
    if kind == "automatedcheckstask":
        return "nobody: it runs at once and sends back what must be corrected"
    if kind == "factchecktask":
        subject = f" ({fields['subject']})" if fields.get("subject") else ""
        ending = "; left out if nobody was asked" if fields.get("optional") else ""
        return f"guests or specialists{subject} answer, an approver of the owner closes it{ending}"
    return "; ".join(people(requirement) for requirement in requirements)


def rows():
    workflows = [
        f"| {name} | {' → '.join(steps)} | {purposes(name)} |"
        for name, steps in defaults.WORKFLOWS.items()
    ]
    steps = [f"| {name} | {asked(name)} |" for name in defaults.STEPS]
    return {"workflows": workflows, "steps": steps}


def with_tables(text):
    for name, lines in rows().items():
        table = re.compile(rf"(<!-- table: {name} -->\n.*\n\|[-|]+\|\n)(?:\|.*\n)*(<!-- end -->)")
        body = "\n".join(lines) + "\n"
        text, count = table.subn(lambda found, body=body: found[1] + body + found[2], text)
        assert count == 1, name
    return text


def test_the_tables_are_those_of_the_defaults():
    text = PAGE.read_text(encoding="utf-8")
    wanted = with_tables(text)
    if os.environ.get("WRITE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert wanted == PAGE.read_text(encoding="utf-8")
