"""What a check has found: a code and where, kept as data and put into words for each reader."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSE = "refuse"
ADVISE = "advise"
LEVELS = {REFUSE: _("Must be corrected"), ADVISE: _("Please look at it")}

RULES: dict[str, "Rule"] = {}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where in the editor: a field, and in a stream the id of the block that is nearest."""

    field: str = ""
    block_id: str = ""


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing that a check has found. ``params`` fill the message of the rule."""

    code: str
    level: str
    field: str = ""
    block_id: str = ""
    params: dict[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def message(self) -> str:
        """The finding in the active language."""
        return message_of(self.code, self.params)

    def to_json(self) -> dict[str, Any]:
        """The row that ``ReviewState.findings`` keeps: no words of any language but the content's."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True)
class Rule:
    """What a check looks for, how much it weighs, and the standard or reason behind it.

    ``shared``: it concerns what a translation takes over from its source and cannot change, so that
    it only advises there.
    """

    code: str
    level: str
    message: Promise
    source: str
    shared: bool = False

    def at(self, place: Place, **params: Any) -> Finding:
        return Finding(self.code, self.level, place.field, place.block_id, params)


def rule(code: str, level: str, message: Any, *, source: str, shared: bool = False) -> Rule:
    """Register a rule; its code is its name for good, because kept findings hold it.

    Raises:
        ImproperlyConfigured: the code is taken.
    """
    if code in RULES:
        raise ImproperlyConfigured(f"Rule “{code}” is registered twice.")
    RULES[code] = Rule(code, level, message, source, shared)
    return RULES[code]


def message_of(code: str, params: Mapping[str, Any]) -> str:
    """The words of a rule in the active language; the code where there is no such rule any more."""
    known = RULES.get(code)
    if known is None:
        return code
    text = str(known.message)
    try:
        return text % params if params else text
    except (KeyError, TypeError, ValueError):  # kept by an earlier version of the rule
        return text


def render(row: Mapping[str, Any]) -> dict[str, Any]:
    """A kept finding as screens show it, in the active language.

    ``anchor`` is what follows ``#`` in the address of the editor, ``target`` the selector of the
    same place within it.
    """
    block_id, name = row.get("block_id", ""), row.get("field", "")
    level = row.get("level", ADVISE)
    anchor = f"block-{block_id}-section" if block_id else ""
    target = f"#{anchor}" if block_id else ""
    if not block_id and name:
        anchor, target = f":w:contentpath={name}", f'[data-contentpath="{name}"]'
    return {
        "code": row.get("code", ""),
        "level": level,
        "level_label": LEVELS.get(level, level),
        "refuses": level == REFUSE,
        "message": message_of(row.get("code", ""), row.get("params", {})),
        "block_id": block_id,
        "field": name,
        "anchor": anchor,
        "target": target,
    }
