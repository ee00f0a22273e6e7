"""Where people find their notifications in the admin: settings of the account, and the menu."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext, gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab

from editorial.notifications.forms import PreferencesForm
from editorial.notifications.queries import unread_count


class PreferencesPanel(BaseSettingsPanel):
    name = "notification_preferences"
    title = gettext_lazy("Mails of the hub")
    tab = notifications_tab
    order = 100
    form_class = PreferencesForm
    template_name = "wagtailadmin/editorial/notifications/preferences.html"


class NotificationsMenuItem(MenuItem):
    """Names the number of unread ones."""

    def __init__(self) -> None:
        super().__init__(
            gettext_lazy("Notifications"),
            reverse_lazy("notifications"),
            name="notifications",
            icon_name="mail",
            order=60,
        )

    def render_component(self, request: HttpRequest) -> Any:
        number = unread_count(request.user)
        label = gettext("Notifications (%(number)s)") % {"number": number} if number else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name)
