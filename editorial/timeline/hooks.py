"""Where the evidence is found in the admin."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse, reverse_lazy
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets.button import Button

from editorial.timeline.access import partners_of
from partners.permissions import can_see_draft


@hooks.register("register_admin_urls")
def register_evidence() -> list[URLResolver]:
    return [path("evidence/", include("editorial.timeline.urls"))]


class EvidenceMenuItem(MenuItem):
    """For whoever may read the evidence of a whole partner."""

    def is_shown(self, request: HttpRequest) -> bool:
        partner_ids = partners_of(request.user)
        return partner_ids is None or bool(partner_ids)


@hooks.register("register_reports_menu_item")
def register_evidence_menu_item() -> MenuItem:
    return EvidenceMenuItem(
        pgettext_lazy("record of decisions", "Evidence"),
        reverse_lazy("evidence:list"),
        name="evidence",
        icon_name="history",
    )


@hooks.register("register_page_header_buttons")
def evidence_button(
    page: Any, user: Any, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Beside the history: what was decided about the page, by whom."""
    if page.depth > 1 and can_see_draft(page.specific_deferred, user):
        yield Button(
            label=pgettext_lazy("record of decisions", "Evidence"),
            url=reverse("evidence:page", args=[page.translation_key]),
            icon_name="history",
            priority=66,
        )
