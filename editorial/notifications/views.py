"""What somebody was told: the list in the admin."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from editorial.models import Notification
from editorial.notifications import queries
from editorial.notifications.forms import ReadForm
from editorial.notifications.services import mark_read
from editorial.notifications.visibility import address_for, review_address

PAGE_SIZE = 30


class NotificationsView(WagtailAdminTemplateMixin, TemplateView):
    """The person's own, the newest first. Looking at the list marks nothing as read."""

    template_name = "wagtailadmin/editorial/notifications/list.html"
    page_title = _("Notifications")
    header_icon = "mail"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        paginator = WagtailPaginator(queries.notifications_of(user), PAGE_SIZE)
        paginator.verbose_name = _("notification")
        paginator.verbose_name_plural = _("notifications")
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            lines=queries.lines(user, page),
            unread=queries.unread_count(user),
            until=timezone.now().isoformat(),
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            **kwargs,
        )


class NotificationView(View):
    """Leads on to what a notification is about, wherever this person looks at it today."""

    def get(self, request: HttpRequest, notification_id: int) -> HttpResponse:
        row = get_object_or_404(Notification, pk=notification_id, user=request.user)
        line = next(iter(queries.lines(request.user, [row])), None)
        known = line.known if line else None
        address = review_address(request.user, row, known) if known else ""
        address = address or (address_for(request.user, known) if known else "")
        if not address:
            messages.warning(request, _("It is not there any more, or you may no longer see it."))
        return redirect(address or "notifications")


class ReadView(View):
    """Marks one or all of the person's own as read."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReadForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest()
        one = form.cleaned_data["notification"]
        mark_read(request.user, one, None if one else form.cleaned_data["until"])
        return redirect("notifications")
