"""What the screens of the desk have in common."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from editorial.desk import queries


class DeskView(WagtailAdminTemplateMixin):
    """A screen below the list of reviews; one about a page or record leads back to it."""

    obj: Any = None

    def get_page_subtitle(self) -> str:
        return queries.title_of(self.obj) if self.obj is not None else ""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [*self.breadcrumbs_items]
        if self.obj is not None:
            items.append({"url": reverse("desk:queue"), "label": _("Reviews")})
            items.append({"url": queries.edit_url(self.obj), "label": queries.title_of(self.obj)})
        return [*items, {"url": "", "label": self.get_page_title()}]
