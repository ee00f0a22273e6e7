"""Choosers of pages: published ones of everybody, drafts of one's own partners only."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from wagtail.admin.views import chooser
from wagtail.models import Page

from partners.queries import isolation
from partners.standing import standing_of


class ParentColumn(chooser.ParentPageColumn):
    """The page above, by the title that the reader may see."""

    def get_value(self, instance: Any) -> Any:
        parent = instance.get_parent()
        return parent and parent.specific_deferred


class SearchView(chooser.SearchView):
    @property
    def columns(self) -> list[Any]:
        return [
            ParentColumn(column.name, label=column.label)
            if isinstance(column, chooser.ParentPageColumn)
            else column
            for column in super().columns
        ]


class ChosenMultipleView(chooser.ChosenMultipleView):
    """Tells about pages that may be chosen; Wagtail's tells about any."""

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = [pk for pk in request.GET.getlist("id") if pk.isdecimal()]
        pages = Page.objects.filter(pk__in=wanted, depth__gt=1)
        allowed = pages.filter(isolation.choosable(standing_of(request.user)))
        query = request.GET.copy()
        query.setlist("id", [str(pk) for pk in allowed.values_list("pk", flat=True)])
        request.GET = query  # type: ignore[assignment]
        return super().get(request)


class ExternalLinkView(chooser.ExternalLinkView):
    """Offers the page behind an address by its title in the admin, not by that of its draft."""

    def post(self, request: HttpRequest) -> HttpResponse:
        response = super().post(request)
        answer = json.loads(response.content)
        found = answer.get("internal") or answer.get("result") or {}
        page = Page.objects.filter(pk=found.get("id")).first() if "id" in found else None
        if page is None:
            return response
        title = page.specific_deferred.get_admin_display_title()
        found["adminTitle"] = title
        if "html" in answer:
            answer["html"] = answer["html"].replace(escape(page.draft_title), escape(title))
        response.content = json.dumps(answer)
        return response
