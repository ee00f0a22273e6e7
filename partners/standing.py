"""What a person is today: memberships, and the places in the tree that follow from them.

Read once for a user object, that is once in a request. Everything that asks who may see or change
what begins here.
"""

from collections import defaultdict
from copy import copy
from functools import cached_property
from typing import Any

from wagtail.models import Page

from partners.models import DraftPartner, Membership, PartnerPage, PartnerRole

Role = Membership.Role

CACHE_NAME = "_hub_standing"
WRITERS = frozenset({Role.AUTHOR, Role.EDITOR, Role.STEWARD})
EDITORS = frozenset({Role.EDITOR, Role.STEWARD})


class Standing:
    """Memberships of a person in force today, and what they concern."""

    def __init__(self, user: Any) -> None:
        self.user_id = user.pk
        self.is_active = bool(user.is_active and user.is_authenticated)
        self.is_superuser = self.is_active and bool(user.is_superuser)

    @cached_property
    def memberships(self) -> list[Membership]:
        if not self.is_active:
            return []
        return list(Membership.objects.current().filter(user_id=self.user_id))

    @cached_property
    def sees_everything(self) -> bool:
        """Hub admins and superusers."""
        return self.is_superuser or any(row.role == Role.HUB_ADMIN for row in self.memberships)

    def restricted_to(self, roles: Any) -> "Standing":
        """The same person with these roles only."""
        other = copy(self)
        for name in ("partner_ids", "sections", "joint", "sees_everything"):
            other.__dict__.pop(name, None)
        other.memberships = [row for row in self.memberships if row.role in roles]
        return other

    @cached_property
    def partner_ids(self) -> frozenset[int]:
        return frozenset(row.partner_id for row in self.memberships if row.partner_id)

    def roles_at(self, partner_ids: Any) -> frozenset[str]:
        """Roles of the person at these partners."""
        return frozenset(row.role for row in self.memberships if row.partner_id in partner_ids)

    def has_role(self, roles: Any) -> bool:
        return any(row.role in roles for row in self.memberships)

    def partners_with(self, roles: Any) -> frozenset[int]:
        """Partners at which the person has one of these roles."""
        return frozenset(
            row.partner_id for row in self.memberships if row.partner_id and row.role in roles
        )

    def translates(self, partner_ids: Any, language: str) -> bool:
        """Whether the person translates into this language for one of these partners."""
        return any(
            row.role == Role.TRANSLATOR
            and row.partner_id in partner_ids
            and language in row.language_codes
            for row in self.memberships
        )

    @cached_property
    def sections(self) -> dict[str, int]:
        """Path in the tree -> partner, of the sections of the person's partners."""
        if not self.partner_ids:
            return {}
        rows = PartnerPage.objects.filter(partner_id__in=self.partner_ids)
        return dict(rows.values_list("path", "partner_id"))

    @cached_property
    def joint(self) -> dict[str, frozenset[int]]:
        """Path -> partners, of pages that name a partner of the person as co-author."""
        if not self.partner_ids:
            return {}
        found: dict[str, set[int]] = defaultdict(set)
        roles = PartnerRole.objects.filter(
            partner_id__in=self.partner_ids, role=PartnerRole.Role.CO_AUTHOR
        )
        drafts = DraftPartner.objects.filter(partner_id__in=self.partner_ids)
        rows = (
            roles.order_by().values_list("page__path", "partner_id"),
            drafts.values_list("page__path", "partner_id"),
        )
        for path, partner_id in rows[0].union(rows[1]):
            found[path].add(partner_id)
        return {path: frozenset(ids) for path, ids in found.items()}

    def joint_partners(self, path: str) -> frozenset[int]:
        """Partners of the person that are co-authors of a page, or of the page just above it.

        The parts of a toolkit and the units of a course are worked on together with it.
        """
        none: frozenset[int] = frozenset()
        above = path[: -Page.steplen]
        return self.joint.get(path, none) | self.joint.get(above, none)

    def section_partner(self, path: str) -> int | None:
        """The person's partner in whose section a path lies."""
        return next(
            (partner for section, partner in self.sections.items() if path.startswith(section)),
            None,
        )

    def owning_partners(self, page: Any) -> frozenset[int]:
        """Partners of the person that own a page; one without an owner is of its section."""
        owner = getattr(page, "owner_partner_id", None)
        if owner is None:
            owner = self.section_partner(page.path)
        return frozenset({owner} & self.partner_ids) if owner else frozenset()

    def partners_concerned(self, page: Any) -> frozenset[int]:
        """Partners of the person that own a page or are its co-authors."""
        return self.owning_partners(page) | self.joint_partners(page.path)


def standing_of(user: Any) -> Standing:
    """The standing of a person, kept with the user object."""
    standing: Standing | None = getattr(user, CACHE_NAME, None)
    if standing is None:
        standing = Standing(user)
        setattr(user, CACHE_NAME, standing)
    return standing


def forget_standing(user: Any) -> None:
    """Memberships or the tree have changed within this request."""
    if hasattr(user, CACHE_NAME):
        delattr(user, CACHE_NAME)
