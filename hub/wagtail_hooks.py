"""Admin screens of the hub as a whole."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component

from hub.mail_pages import MailListView, MailView
from hub.system.panel import SystemPanel
from partners.services import is_hub_admin


@hooks.register("register_admin_urls")
def register_mail_pages() -> list[URLPattern]:
    return [
        path("mails/", MailListView.as_view(), name="mails"),
        path("mails/<int:mail_id>/", MailView.as_view(), name="mail"),
    ]


class HubAdminsMenuItem(MenuItem):
    """Shown to hub admins only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return is_hub_admin(request.user)


class MailsMenuItem(HubAdminsMenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return settings.HUB_KEEP_MAILS and super().is_shown(request)


@hooks.register("register_reports_menu_item")
def register_mails_menu_item() -> MenuItem:
    return MailsMenuItem(_("Mails"), reverse_lazy("mails"), name="mails", icon_name="mail")


@hooks.register("register_admin_urls")
def register_system_report() -> list[URLResolver]:
    return [path("reports/system/", include("hub.system.urls"))]


@hooks.register("register_reports_menu_item")
def register_system_menu_item() -> MenuItem:
    return HubAdminsMenuItem(
        _("System"), reverse_lazy("system:report"), name="system", icon_name="cogs", order=100
    )


@hooks.register("construct_homepage_panels")
def add_system_panel(request: HttpRequest, panels: list[Component]) -> None:
    if is_hub_admin(request.user):
        panels.append(SystemPanel())
