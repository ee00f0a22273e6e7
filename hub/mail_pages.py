"""Reading mails in the admin, in development only: they hold links that set passwords."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateView
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin

from content.mail.queries import content_of, readable
from content.models import OutgoingMail
from hub.system.views import HubAdminsMixin


class KeptMailsMixin(HubAdminsMixin):
    """For hub admins, and for nobody at all where mails are not kept."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.HUB_KEEP_MAILS:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def _address_of(mail: OutgoingMail) -> str:
    return reverse("mail", args=[mail.pk])


class MailListView(KeptMailsMixin, BaseListingView):
    """All mails that still have their text, newest first."""

    page_title = _("Mails")
    header_icon = "mail"
    index_url_name = "mails"
    paginate_by = 50
    is_searchable = False
    verbose_name_plural = _("mails")
    columns = [
        TitleColumn("subject", label=_("Subject"), get_url=_address_of),
        Column("recipients", label=_("To")),
        DateColumn("created", label=_("Written")),
    ]

    def get_base_queryset(self) -> QuerySet[OutgoingMail]:
        return readable()


class MailView(KeptMailsMixin, WagtailAdminTemplateMixin, TemplateView):
    """One mail: headers, text, HTML and the names of attachments."""

    template_name = "wagtailadmin/mails/mail.html"
    header_icon = "mail"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mail = get_object_or_404(readable().defer(None), pk=kwargs.pop("mail_id"))
        self.page_title = mail.subject
        return super().get_context_data(mail=mail, content=content_of(mail), **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("mails"), "label": _("Mails")},
            {"url": "", "label": self.page_title},
        ]
