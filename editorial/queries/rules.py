"""Which workflow something goes through, and whose agreement its steps need."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wagtail.models import Workflow

from content.drafts import draft_to_read
from content.registry import situations_of
from editorial.models import KnowledgePage, Requirement, WorkflowRule
from partners.models import Membership, Partner, PartnerRole

Situation = WorkflowRule.Situation
Scope = Requirement.Scope
Role = Membership.Role

WEIGHT = {kind: place for place, kind in enumerate(KnowledgePage.ChangeKind.values)}


@dataclass(frozen=True)
class Parties:
    """Who stands for some content: the owner first, then co-authors."""

    partner_ids: tuple[int, ...]
    government: frozenset[int]
    civil_society: frozenset[int]

    @property
    def owner_id(self) -> int | None:
        return self.partner_ids[0] if self.partner_ids else None

    @property
    def is_joint(self) -> bool:
        return bool(self.government and self.civil_society)


@dataclass(frozen=True)
class Slot:
    """One part of a requirement: ``needed`` people with a role at one of some partners.

    ``partner_ids`` is None where people of the whole hub are meant.
    """

    requirement_key: str
    role: str
    specialism: str
    partner_ids: frozenset[int] | None
    sector: str
    needed: int
    checklist_id: int | None = None
    # Whether nobody stands in for the role, hub admins neither.
    is_strict: bool = False


def parties_of(obj: Any) -> Parties:
    """Partners of a draft together with those of its live row: nobody is left out by an edit."""
    ids: list[int] = []
    for version in (obj, _live(obj)):
        if version is not None:
            ids += [pk for pk in _partner_ids(version) if pk not in ids]
    kinds = dict(Partner.objects.filter(pk__in=ids).values_list("pk", "kind"))
    of = {
        kind: frozenset(pk for pk in ids if kinds.get(pk) == kind)
        for kind in (Partner.Kind.GOVERNMENT, Partner.Kind.CIVIL_SOCIETY)
    }
    return Parties(
        tuple(pk for pk in ids if pk in kinds),
        of[Partner.Kind.GOVERNMENT],
        of[Partner.Kind.CIVIL_SOCIETY],
    )


def _partner_ids(version: Any) -> Iterable[int]:
    owner = getattr(version, "owner_partner_id", None)
    if owner is None:
        return
    yield owner
    roles = getattr(version, "partner_roles", None)
    if roles is not None:
        for row in sorted(roles.all(), key=lambda row: row.sort_order or 0):
            if row.role == PartnerRole.Role.CO_AUTHOR:
                yield row.partner_id


def _live(obj: Any) -> Any:
    if obj.pk is None or not obj.live:
        return None
    return type(obj).objects.filter(pk=obj.pk).first()


def situation_of(obj: Any) -> str:
    """The situation of a workflow rule that a draft is in; registered ones count first."""
    for name in situations_of(obj):
        return name
    parties = parties_of(obj)
    if parties.owner_id is None:
        return Situation.HUB
    return Situation.JOINT if parties.is_joint else Situation.ORIGINAL


def workflow_of(obj: Any) -> Workflow | None:
    """The workflow of a draft: by kind and situation, then by situation alone."""
    draft = draft_to_read(obj) if obj.pk else obj
    situation = situation_of(draft)
    kind = obj._meta.label_lower
    rules = {
        rule.content_kind: rule.workflow
        for rule in WorkflowRule.objects.filter(
            situation=situation, content_kind__in=["", kind], workflow__active=True
        ).select_related("workflow")
    }
    return rules.get(kind) or rules.get("")


def slots_of(task: Any, obj: Any) -> list[Slot]:
    """What a step needs for a draft. What matches no partner stays open: it is never met by itself."""
    parties = parties_of(obj)
    weight = WEIGHT[getattr(obj, "change_kind", None) or KnowledgePage.ChangeKind.MAJOR]
    kind = obj._meta.label_lower
    slots: list[Slot] = []
    for requirement in task.requirements.all():
        applies = not requirement.page_types or kind in requirement.page_types
        if applies and weight >= WEIGHT[requirement.from_change_kind]:
            slots += _slots(requirement, parties)
    # A step whose requirements do not concern this content still needs somebody's agreement.
    return slots or [Slot("hub-admin", Role.HUB_ADMIN, "", None, "", 1)]


def _slots(requirement: Requirement, parties: Parties) -> list[Slot]:
    def slot(partner_ids: Iterable[int] | None, sector: str = "", needed: int = 0) -> Slot:
        return Slot(
            requirement.key,
            requirement.role,
            requirement.specialism,
            None if partner_ids is None else frozenset(partner_ids),
            sector,
            needed or requirement.quorum,
            requirement.checklist_id,
        )

    if requirement.scope == Scope.HUB:
        return [slot(None)]
    if requirement.scope == Scope.OWNER_PARTNER:
        return [slot(parties.partner_ids[:1])]
    if requirement.scope == Scope.EACH_PARTNER:
        return [slot([pk]) for pk in parties.partner_ids] or [slot([])]
    return [
        slot(parties.government, Partner.Kind.GOVERNMENT, requirement.quorum_government),
        slot(parties.civil_society, Partner.Kind.CIVIL_SOCIETY, requirement.quorum_civil_society),
    ]
