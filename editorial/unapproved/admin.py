"""To approve: what was published before approvals were kept, or taken over by an import."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from editorial.errors import ReviewRefused
from editorial.models import Unapproved
from editorial.services.submission import submit
from editorial.unapproved import queries

INDEX = "unapproved:index"


class UnapprovedFilterSet(WagtailFilterSet):
    """Only what the person may see is offered."""

    partner_id = django_filters.TypedChoiceFilter(label=_("Partner"), coerce=int)
    locale = django_filters.ChoiceFilter(label=_("Language"))
    kind = django_filters.ChoiceFilter(label=_("Kind"))
    origin = django_filters.ChoiceFilter(label=_("Why"), choices=Unapproved.Origin.choices)

    class Meta:
        model = Unapproved
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["partner_id"].extra["choices"] = queries.partners_seen_by(user)
        for name in ("locale", "kind"):
            values = queries.values_seen_by(user, name)
            self.filters[name].extra["choices"] = [(value, value) for value in values]


class ActionColumn(Column):
    """Hands the live text in, or says why there is nothing to hand in here."""

    cell_template_name = "wagtailadmin/unapproved/action_cell.html"


class UnapprovedView(ReportView):
    template_name = "wagtailadmin/unapproved/index.html"
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    model = Unapproved
    page_title = _("To approve: live without an approval")
    header_icon = "tick-inverse"
    index_url_name = INDEX
    index_results_url_name = "unapproved:index_results"
    filterset_class = UnapprovedFilterSet
    is_searchable = False
    list_export: list[str] = []
    columns = [
        TitleColumn("title", label=_("Title"), get_url=lambda row: row.edit_url),
        Column("kind", label=_("Kind"), sort_key="kind"),
        Column("locale", label=_("Language"), sort_key="locale"),
        Column("partner", label=_("Partner")),
        Column("get_origin_display", label=_("Why")),
        Column("source", label=_("Source")),
        DateColumn("since", label=_("Since"), sort_key="since"),
        ActionColumn("action", label=_("Approval")),
    ]

    def get_base_queryset(self) -> QuerySet[Unapproved]:
        return queries.visible_to(self.request.user)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        queries.describe(object_list)
        return object_list


class SubmitView(View):
    """Hands in the live text of a row: it is reviewed like any other, and stays live meanwhile."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, row_id: int) -> HttpResponse:
        row = get_object_or_404(queries.visible_to(request.user), pk=row_id)
        obj = queries.object_of(row)
        try:
            submit(obj, request.user)
        except ReviewRefused as error:
            messages.error(request, str(error))
        except PermissionDenied:
            messages.error(request, gettext("You may not hand this in."))
        else:
            messages.success(request, gettext("“%(title)s” was handed in.") % {"title": row.title})
        return redirect(reverse(INDEX))
