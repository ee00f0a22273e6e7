"""Shows hub admins what was imported, when and on whose word."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from exchange.models import ImportRun


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Rows are written by the import; whoever may view them may do nothing else."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action in {"view", "any"} and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


class ImportRunViewSet(ModelViewSet):
    model = ImportRun
    icon = "upload"
    menu_label = _("Imports")
    menu_order = 800
    add_to_settings_menu = True
    inspect_view_enabled = True
    copy_view_enabled = False
    list_display = ["source", "started", "publish", Column("approved_by"), "reason"]
    inspect_view_fields = [
        "source", "started", "finished", "publish", "overwrite", "approved_by", "reason", "counts",
    ]  # fmt: skip
    form_fields = ["reason"]


register_permission_policy(ImportRun, ReadOnlyPolicy(ImportRun))


@hooks.register("register_admin_viewset")
def register_import_runs() -> ImportRunViewSet:
    return ImportRunViewSet("imports")
