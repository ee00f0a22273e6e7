"""Who may do what with a page: one predicate per verb. Nothing else asks for groups or roles.

Wagtail asks ``page.permissions_for_user(user)``; ``BasePage`` answers with the tester of this module.
The buttons and the views follow it; that nothing goes live unapproved is kept by ``Gated``, not here.
"""

from typing import Any

from wagtail.models import Page, PagePermissionTester

from partners.standing import EDITORS, WRITERS, Role, standing_of


def may_open_task(obj: Any, user: Any) -> bool:
    """Whether the open step of the workflow asks this person now."""
    if not getattr(obj, "pk", None):
        return False
    task = obj.current_workflow_task
    return bool(task and task.user_can_access_editor(obj, user))


def can_see_draft(obj: Any, user: Any) -> bool:
    """Whether a person may read what is not published of a page or record.

    Members of its owner and its co-authors in any role, whoever is asked to vote on it now, hub
    admins and superusers. Everything that shows unpublished content asks here.
    """
    standing = standing_of(user)
    if standing.sees_everything:
        return True
    if not standing.is_active:
        return False
    if isinstance(obj, Page):
        concerned = standing.partners_concerned(obj)
    else:
        concerned = standing.partner_ids & {getattr(obj, "owner_partner_id", None)}
    return bool(concerned) or may_open_task(obj, user)


class HubPagePermissionTester(PagePermissionTester):
    """Rights on one page, by memberships. Nobody publishes: a superuser neither."""

    def __init__(self, user: Any, page: Any) -> None:
        self.user = user
        self.page = page
        self.page_is_root = page.depth == 1
        self.standing = standing_of(user)
        self.is_admin = self.standing.is_active and self.standing.sees_everything
        self.permissions = self._permissions()

    def _permissions(self) -> set[str]:
        """What Wagtail's tester reads from groups; "publish" is in nobody's set."""
        if self.is_admin:
            return {"add", "change", "bulk_delete", "lock", "unlock"}
        roles = self._roles
        permissions = {"add"} if roles & WRITERS else set()
        if roles & EDITORS or self._translates:
            permissions.add("change")
        return permissions

    @property
    def _owning(self) -> frozenset[int]:
        return self.standing.owning_partners(self.page)

    @property
    def _roles(self) -> frozenset[str]:
        return self.standing.roles_at(self.standing.partners_concerned(self.page))

    @property
    def _translates(self) -> bool:
        return bool(self._owning) and self.standing.translates(
            self._owning, self.page.locale.language_code
        )

    @property
    def _is_begun_by_user(self) -> bool:
        return "add" in self.permissions and self.page.owner_id == self.user.pk

    def _has_live(self) -> bool:
        """Whether anything at or below the page is live."""
        return self.page.live or (
            self.page.numchild > 0 and self.page.get_descendants().filter(live=True).exists()
        )

    def can_see_draft(self) -> bool:
        return not self.page_is_root and can_see_draft(self.page, self.user)

    def can_view_revisions(self) -> bool:
        return self.can_see_draft()

    def can_edit(self) -> bool:
        if not self.user.is_active or self.page_is_root:
            return False
        if "change" in self.permissions or self._is_begun_by_user:
            return True
        return may_open_task(self.page, self.user)

    def can_add_subpage(self) -> bool:
        if not self.user.is_active or "add" not in self.permissions:
            return False
        model = self.page.specific_class
        return model is not None and any(
            kind.can_create_at(self.page) for kind in model.creatable_subpage_models()
        )

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        """What is live is taken down first, by those who may; then its own people may delete it."""
        if not self.user.is_active or self.page_is_root or self._has_live():
            return False
        if self.is_admin:
            return True
        if not (self.page.is_leaf() or ignore_bulk):
            return False
        roles = self.standing.roles_at(self._owning)
        if roles & EDITORS:
            return True
        tree = self.page.get_descendants(inclusive=True)
        return bool(roles & WRITERS) and not tree.exclude(owner=self.user).exists()

    def can_publish(self) -> bool:
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_unschedule(self) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        return self.can_edit() and bool(super().can_submit_for_moderation())

    def can_set_view_restrictions(self) -> bool:
        return self.is_admin and not self.page_is_root

    def can_lock(self) -> bool:
        return self.can_edit() and bool(self.is_admin or super().can_lock())

    def can_unlock(self) -> bool:
        return self.can_see_draft() and bool(self.is_admin or super().can_unlock())

    def can_reorder_children(self) -> bool:
        return self.is_admin or bool(self.standing.roles_at(self._owning) & EDITORS)

    def can_move(self) -> bool:
        """A live page gets another address by moving: hub admins see to it."""
        if not self.user.is_active or self.page_is_root:
            return False
        return self.is_admin or self.can_delete(ignore_bulk=True)

    def can_move_to(self, destination: Any) -> bool:
        if self.page == destination or destination.is_descendant_of(self.page):
            return False
        stays = self.page.is_child_of(destination)
        if not stays and not self.page.specific.can_move_to(destination):
            return False
        return self.can_move() and _may_add_at(destination, self.user)

    def can_copy_to(self, destination: Any, recursive: bool = False) -> bool:
        if not self.user.is_active or not self.can_copy():
            return False
        if recursive and (self.page == destination or destination.is_descendant_of(self.page)):
            return False
        fits = self.page.specific_class.can_create_at(destination)
        return bool(fits and destination.permissions_for_user(self.user).can_add_subpage())


def _may_add_at(page: Any, user: Any) -> bool:
    if standing_of(user).sees_everything:
        return True
    return "add" in page.permissions_for_user(user).permissions


def page_permissions(page: Any, user: Any) -> HubPagePermissionTester:
    """Answer of this app to what a person may do with a page."""
    return HubPagePermissionTester(user, page)


__all__ = [
    "HubPagePermissionTester",
    "Role",
    "can_see_draft",
    "may_open_task",
    "page_permissions",
]
