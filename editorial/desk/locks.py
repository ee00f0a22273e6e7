"""Why somebody cannot change what is in front of them, in words of this hub."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.locks import BasicLock, ScheduledForPublishLock, WorkflowLock

from editorial.queries.state import name_of


class ReviewLock(WorkflowLock):
    """Wagtail says that reviewers edit; here they do not, and authors go on."""

    def get_message(self, user: Any) -> str:
        """Nothing: the reason stands above the form, with the way to the review."""
        return ""

    def get_locked_by(self, user: Any, can_lock: bool = False) -> str:
        return _("In review") if self.for_user(user) else _("Unlocked")

    def get_icon(self, user: Any, can_lock: bool = False) -> str:
        return "lock" if self.for_user(user) else "lock-open"

    def get_description(self, user: Any, can_lock: bool = False) -> str:
        if self.for_user(user):
            return why_locked(self.object, user, self)
        return _("You can go on writing. A change of the text makes votes on it void.")


def why_locked(obj: Any, user: Any, lock: Any) -> str:
    """The reason why a person cannot change a page or record; empty if they can."""
    if lock is None or not lock.for_user(user):
        return ""
    if isinstance(lock, ScheduledForPublishLock):
        return _("Nobody changes it until it goes live.")
    if isinstance(lock, WorkflowLock):
        return _(
            "In review: its authors and editors may change it. Reviewers approve, comment or request "
            "changes."
        )
    if isinstance(lock, BasicLock) and obj.locked_by:
        return _("Locked by %(person)s. They or a hub admin can unlock it.") % {
            "person": name_of(obj.locked_by)
        }
    return _("Locked. A hub admin can unlock it.")
