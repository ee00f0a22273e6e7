"""People of a partner: who works there as what, whom has been invited, who leaves."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from partners.models import Invitation, Membership
from partners.offboarding import holdings_of
from partners.people.forms import InvitationForm, MembershipForm
from partners.queries.memberships import (
    invitations_administered,
    may_administer_people,
    memberships_administered,
    partners_administered,
)
from partners.services import invitations, memberships
from partners.standing import forget_standing

PAGE_SIZE = 50
MOST_INVITATIONS = 50
PEOPLE = {"url": reverse_lazy("people:list"), "label": gettext_lazy("People")}


class PeopleMixin(View):
    """For partner admins and hub admins; others are told so and led home."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_administer_people(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PeopleView(PeopleMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page about people with the list above it."""

    header_icon = "user"
    path: list[dict[str, Any]] = [PEOPLE]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, *self.path, {"url": "", "label": self.get_page_title()}]

    def membership(self) -> Membership:
        """The membership of the address; of somebody else's partner there is none."""
        rows = memberships_administered(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["membership_id"])

    def invitation(self) -> Invitation:
        rows = invitations_administered(self.request.user)
        return get_object_or_404(rows, pk=self.kwargs["invitation_id"])


class ListView(PeopleView):
    template_name = "wagtailadmin/partners/people/list.html"
    page_title = gettext_lazy("People")
    path = []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        partners = list(partners_administered(user))
        chosen = self.request.GET.get("partner", "")
        rows = memberships_administered(user)
        if chosen:
            rows = rows.filter(partner__slug=chosen)
        paginator = WagtailPaginator(rows, PAGE_SIZE)
        paginator.verbose_name = _("membership")
        paginator.verbose_name_plural = _("memberships")
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            partners=partners if len(partners) > 1 else [],
            chosen=chosen,
            rows=list(page),
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            invitations=list(invitations_administered(user)[:MOST_INVITATIONS]),
            **kwargs,
        )


class InviteView(PeopleView):
    template_name = "wagtailadmin/partners/people/form.html"
    page_title = gettext_lazy("Invite somebody")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", InvitationForm(by=self.request.user))
        return super().get_context_data(button=_("Send the invitation"), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = InvitationForm(request.POST, by=request.user)
        if form.is_valid():
            if not _may_send(request, form.instance.email):
                return redirect("people:list")
            invitations.invite(form.instance, by=request.user)
            messages.success(request, _("The invitation is on its way."))
            return redirect("people:list")
        return self.render_to_response(self.get_context_data(form=form))


def _may_send(request: HttpRequest, email: str) -> bool:
    is_allowed = invitations.allowance(request.user, email).ok
    if not is_allowed:
        messages.error(request, _("Too many invitations today. Please try again tomorrow."))
    return is_allowed


class ResendView(PeopleView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        invitation = self.invitation()
        if _may_send(request, invitation.email):
            invitations.resend(invitation, by=request.user)
            messages.success(request, _("The invitation is on its way, with a new link."))
        return redirect("people:list")


class RevokeView(PeopleView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        invitations.revoke(self.invitation(), by=request.user)
        messages.success(request, _("The invitation is withdrawn: its link opens nothing now."))
        return redirect("people:list")


class EditView(PeopleView):
    template_name = "wagtailadmin/partners/people/form.html"

    def get_page_title(self) -> str:
        return str(self.membership())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        membership = self.membership()
        kwargs.setdefault("form", MembershipForm(instance=membership))
        return super().get_context_data(button=_("Save"), membership=membership, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = MembershipForm(request.POST, instance=self.membership())
        if form.is_valid():
            form.save()
            messages.success(request, _("The membership is changed."))
            return redirect("people:list")
        return self.render_to_response(self.get_context_data(form=form))


class EndView(PeopleView):
    """Ends a membership after having shown what the person looks after."""

    template_name = "wagtailadmin/partners/people/end.html"
    page_title = gettext_lazy("End a membership")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        membership = self.membership()
        is_last = memberships.is_last(membership)
        return super().get_context_data(
            membership=membership,
            is_last=is_last,
            holdings=holdings_of(membership.user, membership.partner) if is_last else [],
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        memberships.end(self.membership())
        messages.success(request, _("The membership has ended."))
        forget_standing(request.user)
        is_still_here = may_administer_people(request.user)
        return redirect("people:list" if is_still_here else "wagtailadmin_home")
