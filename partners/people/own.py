"""What somebody may do here, and who stands in for them meanwhile."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from partners.people.forms import DelegateForm
from partners.queries.memberships import memberships_of, representing

OWN_ROLES = gettext_lazy("My roles")


class OwnView(WagtailAdminTemplateMixin, TemplateView):
    """A page about oneself, for everybody who may enter the admin."""

    header_icon = "user"
    path: list[dict[str, Any]] = []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.path, {"url": "", "label": self.get_page_title()}]


class OwnRolesView(OwnView):
    """One's own roles with their languages, and whom one stands in for."""

    template_name = "wagtailadmin/partners/people/own.html"
    page_title = OWN_ROLES

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            rows=list(memberships_of(self.request.user)),
            representing=list(representing(self.request.user)),
            **kwargs,
        )


class DelegateView(OwnView):
    """Names a stand-in for one of one's own roles."""

    template_name = "wagtailadmin/partners/people/form.html"
    page_title = gettext_lazy("Who stands in for you?")
    path = [{"url": reverse_lazy("people:own"), "label": OWN_ROLES}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", DelegateForm(instance=self._membership()))
        return super().get_context_data(button=_("Save"), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DelegateForm(request.POST, instance=self._membership())
        if form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return redirect("people:own")
        return self.render_to_response(self.get_context_data(form=form))

    def _membership(self) -> Any:
        rows = memberships_of(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["membership_id"])
