"""Admin screens of the editorial work."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from editorial.desk import hooks as desk_hooks  # noqa: F401  importing registers them
from editorial.factcheck import admin_hooks  # noqa: F401  importing registers them
from editorial.notifications.panel import NotificationsMenuItem, PreferencesPanel
from editorial.notifications.stock import take_place_of_comment_mails
from editorial.notifications.views import NotificationsView, NotificationView, ReadView
from editorial.rulebook import viewsets as rulebook
from editorial.timeline import hooks as timeline_hooks  # noqa: F401  importing registers them

take_place_of_comment_mails()


@hooks.register("register_admin_urls")
def register_notifications() -> list[URLPattern]:
    return [
        path("notifications/", NotificationsView.as_view(), name="notifications"),
        path("notifications/read/", ReadView.as_view(), name="notifications_read"),
        path(
            "notifications/<int:notification_id>/",
            NotificationView.as_view(),
            name="notification",
        ),
    ]


@hooks.register("register_admin_menu_item")
def register_notifications_menu_item() -> MenuItem:
    return NotificationsMenuItem()


@hooks.register("register_account_settings_panel")
def register_preferences_panel(request: HttpRequest, user: Any, profile: Any) -> PreferencesPanel:
    return PreferencesPanel(request, user, profile)


@hooks.register("register_admin_urls")
def register_reviews() -> list[URLResolver]:
    return [path("reports/reviews/", include("editorial.reviews.urls"))]


@hooks.register("register_reports_menu_item")
def register_reviews_menu_item() -> MenuItem:
    return MenuItem(
        _("Review dates"),
        reverse_lazy("reviews:index"),
        name="reviews",
        icon_name="calendar-check",
        order=50,
    )


@hooks.register("register_admin_urls")
def register_unapproved() -> list[URLResolver]:
    return [path("reports/to-approve/", include("editorial.unapproved.urls"))]


@hooks.register("register_reports_menu_item")
def register_unapproved_menu_item() -> MenuItem:
    return MenuItem(
        _("To approve"),
        reverse_lazy("unapproved:index"),
        name="to-approve",
        icon_name="tick-inverse",
        order=55,
    )


@hooks.register("register_admin_viewset")
def register_rulebook() -> list[Any]:
    return rulebook.viewsets
