"""Shows hub admins what was imported, when and on whose word."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import ModelPermissionPolicy

from exchange.models import ImportRun


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Rows are written by the import; whoever may view them may do nothing else."""

    def user_has_permission(self, user, action):
        return action in {"view", "any"} and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user, actions):
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

    @property
    def permission_policy(self):
        return ReadOnlyPolicy(self.model)


@hooks.register("register_admin_viewset")
def register_import_runs():
    return ImportRunViewSet("imports")
