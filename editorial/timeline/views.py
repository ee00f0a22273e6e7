"""Evidence in the admin: the timeline of a page, the list of a partner or a period, exports."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.generic.base import TemplateView, View
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from editorial.desk.objects import content_object
from editorial.timeline import exports, words
from editorial.timeline.access import Selection, partners_of, record_timeline_of, timeline_of
from editorial.timeline.entries import Entry, entries
from editorial.timeline.forms import SelectionForm

PAGE_SIZE = 50


class EvidenceView(WagtailAdminTemplateMixin, TemplateView):
    """Events, the newest first."""

    header_icon = "history"
    page_title = pgettext_lazy("record of decisions", "Evidence")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def listed(self, selection: Selection) -> dict[str, Any]:
        paginator = WagtailPaginator(selection.events().reverse(), PAGE_SIZE)
        paginator.verbose_name = _("event")
        paginator.verbose_name_plural = _("events")
        page = paginator.get_page(self.request.GET.get("p"))
        return {
            "rows": [_shown(entry) for entry in entries(page)],
            "page_obj": page,
            "elided_page_range": paginator.get_elided_page_range(page.number),
        }


class TimelineView(EvidenceView):
    """All that happened to one page in the languages that the person may see, deleted or not."""

    template_name = "wagtailadmin/editorial/timeline/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        selection, titles = _timeline(self.request, kwargs["page_key"])
        self.page_subtitle = titles[0] if titles else _("A page that is gone")
        return super().get_context_data(
            **self.listed(selection),
            csv_url=reverse("evidence:page_csv", args=[kwargs["page_key"]]),
            json_url=reverse("evidence:page_json", args=[kwargs["page_key"]]),
            **kwargs,
        )


class TimelineExportView(View):
    """The same as a file."""

    kind = exports.CSV

    def get(self, request: HttpRequest, page_key: UUID) -> HttpResponseBase:
        selection, _none = _timeline(request, page_key)
        return exports.response(selection, self.kind, f"evidence-{page_key}")


class RecordTimelineView(EvidenceView):
    """All that happened to one record: a service, a place, a contact, a partner or their words."""

    template_name = "wagtailadmin/editorial/timeline/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        parts = [kwargs["app_label"], kwargs["model_name"], kwargs["pk"]]
        record, selection = _record(self.request, *parts)
        self.page_subtitle = str(record)
        return super().get_context_data(
            **self.listed(selection),
            csv_url=reverse("evidence:record_csv", args=parts),
            json_url=reverse("evidence:record_json", args=parts),
            **kwargs,
        )


class RecordExportView(View):
    """The same as a file."""

    kind = exports.CSV

    def get(
        self, request: HttpRequest, app_label: str, model_name: str, pk: str
    ) -> HttpResponseBase:
        record, selection = _record(request, app_label, model_name, pk)
        return exports.response(selection, self.kind, f"evidence-{model_name}-{record.pk}")


class ListView(EvidenceView):
    """What happened at a partner, or anywhere, in a period."""

    template_name = "wagtailadmin/editorial/timeline/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = _form(self.request)
        context = self.listed(form.selection()) if form.is_valid() else {"rows": []}
        given = self.request.GET.copy()
        given.pop("p", None)
        return super().get_context_data(form=form, query=given.urlencode(), **context, **kwargs)


class ListExportView(View):
    """The same as a file."""

    kind = exports.CSV

    def get(self, request: HttpRequest) -> HttpResponseBase:
        form = _form(request)
        if not form.is_valid():
            return HttpResponseBadRequest()
        return exports.response(form.selection(), self.kind, "evidence")


def _form(request: HttpRequest) -> SelectionForm:
    partner_ids = partners_of(request.user)
    if partner_ids is not None and not partner_ids:
        raise PermissionDenied
    return SelectionForm(request.GET, partner_ids=partner_ids)


def _record(
    request: HttpRequest, app_label: str, model_name: str, pk: str
) -> tuple[Any, Selection]:
    record = content_object(app_label, model_name, pk)
    selection = record_timeline_of(request.user, record) if record is not None else None
    if selection is None or isinstance(record, Page):
        raise Http404
    return record, selection


def _timeline(request: HttpRequest, page_key: UUID) -> tuple[Selection, list[str]]:
    """What the person may read of a page, and its titles; none are left of a deleted one."""
    selection = timeline_of(request.user, page_key)
    if selection is None:
        raise Http404
    pages = Page.objects.filter(translation_key=page_key).order_by("pk")
    if selection.locales is not None:
        pages = pages.filter(locale__language_code__in=selection.locales)
    titles = list(pages.values_list("draft_title", flat=True))
    if not titles and not selection.events().exists():
        raise Http404
    return selection, titles


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "event": entry.event,
        "kind": words.kind_of(entry.event),
        "who": entry.who,
        "said": words.said(entry),
        "rows": [words.said_in(row, entry.names) for row in entry.rows],
    }
