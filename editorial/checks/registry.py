"""The checks and how they are run. A check is one function; a rule in it can be switched off."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings

from .finding import ADVISE, REFUSE, RULES, Finding
from .material import Material

Check = Callable[[Material], Iterable[Finding]]

CHECKS: list[Check] = []


def check(function: Check) -> Check:
    """Register a check: it yields findings of the rules that its module registers."""
    CHECKS.append(function)
    return function


def examine(obj: Any) -> list[Finding]:
    """Run every check on an object; what must be corrected comes first.

    A page or record may add findings of its own kind with a method ``content_findings``. Codes in
    the setting ``HUB_CHECKS_OFF`` are left out.
    """
    material = Material(obj)
    off = frozenset(getattr(settings, "HUB_CHECKS_OFF", ()))
    found = [finding for run in CHECKS for finding in run(material)]
    found += getattr(obj, "content_findings", list)()
    kept = {
        (finding.code, finding.field, finding.block_id, str(finding.params)): finding
        for finding in found
        if finding.code not in off
    }
    weighed = [_weighed(finding, material) for finding in kept.values()]
    return sorted(weighed, key=lambda finding: finding.level != REFUSE)


def _weighed(finding: Finding, material: Material) -> Finding:
    """A translation cannot change what it shares with its source: there it is advice."""
    rule = RULES.get(finding.code)
    if rule is None or not rule.shared or finding.level != REFUSE or not material.is_translation:
        return finding
    return replace(finding, level=ADVISE)
