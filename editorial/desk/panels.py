"""The admin's home: what waits for me, my work, due reviews, my partners' queue."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component

from editorial.desk import queries
from editorial.reviews.queries import due_for


class DeskPanel(Component):
    """One list of the dashboard."""

    template_name = "wagtailadmin/editorial/desk/panel.html"

    def __init__(
        self, name: str, heading: str, rows: list[Any], nothing: str, more_url: str, order: int
    ) -> None:
        self.name = name
        self.order = order
        self.context = {
            "panel_id": f"desk-{name}",
            "heading": heading,
            "rows": rows,
            "nothing": nothing,
            "more_url": more_url,
        }

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return self.context


def panels_for(request: HttpRequest) -> list[Component]:
    """The lists of the dashboard, in their order; empty ones say that nothing waits."""
    user = request.user
    rows = queries.PANEL_ROWS
    waiting = list(queries.waiting_for_me(user)[:rows])
    queue = list(queries.queue_of_partners(user).exclude(pk__in=[row.pk for row in waiting])[:rows])
    lines = queries.rows_of([*waiting, *queue])
    mine, others = lines[: len(waiting)], lines[len(waiting) :]
    address = reverse("desk:queue")
    return [
        DeskPanel(
            "waiting", _("Waiting for me"), mine, _("Nothing waits for you."),
            f"{address}?show=mine" if waiting else "", 10,
        ),
        DeskPanel(
            "mine", _("My work"), queries.my_work(user), _("You have no drafts."), "", 20
        ),
        DeskPanel(
            "due", _("Due checks"), due_lines(user), _("No check is due."),
            reverse("reviews:index"), 30,
        ),
        DeskPanel(
            "queue", _("In review at my partners"), others, _("Nothing else is in review."),
            address, 40,
        ),
    ]  # fmt: skip


def due_lines(user: Any) -> list[Any]:
    return [queries.due_line(row) for row in due_for(user, queries.PANEL_ROWS)]
