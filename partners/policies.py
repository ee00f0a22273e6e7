"""Permission policies: what Wagtail asks about kinds of objects and about lists of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from partners.permissions import can_see_draft
from partners.queries import isolation
from partners.standing import EDITORS, WRITERS, Role, standing_of

# Wagtail asks for all of these at once before it opens the explorer.
TO_EXPLORE = frozenset({"add", "change", "publish", "bulk_delete", "lock", "unlock"})
ADMIN_ACTIONS = frozenset({"add", "change", "delete", "bulk_delete", "lock", "unlock"})


class HubPagePermissionPolicy(PagePermissionPolicy):
    """Pages by membership: own and joint ones, no drafts of others; publishing is nobody's right."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return self.user_has_any_permission(user, {action})

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        standing, wanted = standing_of(user), set(actions)
        if not standing.is_active:
            return False
        if standing.sees_everything:
            return bool(wanted & ADMIN_ACTIONS)
        if wanted >= TO_EXPLORE:
            return bool(standing.sections or standing.joint)
        if "change" in wanted and standing.has_role(WRITERS | {Role.TRANSLATOR}):
            return True
        return "add" in wanted and standing.has_role(WRITERS)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Any
    ) -> bool:
        tester, wanted = instance.permissions_for_user(user), set(actions)
        return bool(
            ("change" in wanted and tester.can_edit())
            or ("add" in wanted and tester.can_add_subpage())
            or (wanted & {"delete", "bulk_delete"} and tester.can_delete())
            or ("lock" in wanted and tester.can_lock())
            or ("unlock" in wanted and tester.can_unlock())
        )

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet:
        """Pages on which the person may do one of these, by role; locks and tasks are left out."""
        standing, wanted = standing_of(user), set(actions)
        pages = self.model.objects
        if not standing.is_active or wanted == {"publish"}:
            return pages.none()
        if standing.sees_everything:
            return pages.all()
        found = isolation.NOTHING
        if wanted & {"add", "change", "bulk_delete", "delete"}:
            found |= Q(pk__in=self._seen(user)) & self._by_role(standing, user)
        return pages.filter(found)

    def _by_role(self, standing: Any, user: Any) -> Q:
        """Of the pages that a person sees, those that the person changes."""
        editing = isolation.drafts(standing.restricted_to(EDITORS))
        begun = Q(owner=user) & isolation.drafts(standing.restricted_to(WRITERS))
        translating = isolation.NOTHING
        for row in standing.memberships:
            if row.role == Role.TRANSLATOR:
                translating |= Q(locale__language_code__in=row.language_codes)
        if translating != isolation.NOTHING:
            translating &= isolation.drafts(standing.restricted_to({Role.TRANSLATOR}))
        return editing | begun | translating

    def _seen(self, user: Any) -> QuerySet:
        return Page.objects.order_by().filter(isolation.drafts(standing_of(user))).values("pk")

    def instances_with_direct_explore_permission(self, user: Any) -> Any:
        standing = standing_of(user)
        if standing.sees_everything:
            return Page.objects.filter(depth=1)
        return list(Page.objects.filter(path__in=[*standing.sections, *standing.joint]))

    def explorable_instances(self, user: Any) -> QuerySet:
        standing = standing_of(user)
        pages = self.model.objects
        if not standing.is_active:
            return pages.none()
        if standing.sees_everything:
            return pages.all()
        root = self.explorable_root_instance(user)
        if root is None:
            return pages.none()
        steps = [path for path in isolation.ways(standing) if path.startswith(root.path)]
        return pages.filter(Q(pk__in=self._seen(user)) | Q(path__in=steps))


class UnpublishedPermissionPolicy(ModelPermissionPolicy):
    """Publishing goes through the workflow: no button, no view, for nobody."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action != "publish" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class RecordPermissionPolicy(UnpublishedPermissionPolicy):
    """Records and their words: changed by editors of the partner they belong to."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return self.user_has_permission(user, action) and self._is_own(user, instance)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Any
    ) -> bool:
        return any(
            self.user_has_permission_for_instance(user, action, instance) for action in actions
        )

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> QuerySet:
        standing = standing_of(user)
        rows = self.model.objects
        if not standing.is_active or not self.user_has_any_permission(user, actions):
            return rows.none()
        if standing.sees_everything:
            return rows.all()
        return rows.filter(isolation.records_of(self.model, standing.partners_with(EDITORS)))

    def can_open(self, user: Any, instance: Any) -> bool:
        """Whether a person may read a record's drafts: its partner's people, or who is asked."""
        return can_see_draft(instance, user)

    def _is_own(self, user: Any, instance: Any) -> bool:
        standing = standing_of(user)
        return standing.sees_everything or instance.owner_partner_id in standing.partners_with(
            EDITORS
        )
