"""Acts that leave the editor: hand in, take back, take down, publish urgently."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import View
from wagtail.admin import messages
from wagtail.models import Page

from editorial.desk import queries
from editorial.desk.forms import CallOffForm, CancelForm, EmergencyForm, SubmitForm, TakeDownForm
from editorial.desk.frame import DeskView
from editorial.desk.objects import content_object
from editorial.desk.preview import steps_ahead
from editorial.errors import ReviewRefused
from editorial.queries.reviewers import may_write
from editorial.queries.state import content_state
from editorial.services import emergency, planned, submission, takedown


class ActView(DeskView, View):
    """A form that asks once more before something happens to a page or record."""

    template_name = "wagtailadmin/editorial/desk/act.html"
    form_class: Any = None
    button: Any = ""
    explanation: Any = ""
    is_serious = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.obj = content_object(kwargs["app_label"], kwargs["model_name"], kwargs["pk"])
        if self.obj is None:
            raise Http404
        if not self.may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            said = self.act(form.cleaned_data)
        except ReviewRefused as refusal:
            messages.error(request, str(refusal))
            return self._show(form, status=422)
        messages.success(request, said)
        return redirect(queries.edit_url(self.obj))

    def _show(self, form: Any, status: int = 200) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            obj=self.obj,
            content_state=content_state(self.obj),
            button=self.button,
            explanation=self.explanation,
            is_serious=self.is_serious,
            back_url=queries.edit_url(self.obj),
            **self.more_context(),
        )
        return TemplateResponse(self.request, self.template_name, context, status=status)

    def more_context(self) -> dict[str, Any]:
        return {}

    def form(self, data: Any = None) -> Any:
        return self.form_class(data)

    def may(self, user: Any) -> bool:
        raise NotImplementedError

    def act(self, data: dict[str, Any]) -> str:
        raise NotImplementedError


class SubmitView(ActView):
    page_title = button = gettext_lazy("Hand in for review")
    header_icon = "check"
    form_class = SubmitForm
    template_name = "wagtailadmin/editorial/desk/submit.html"

    def more_context(self) -> dict[str, Any]:
        return {"steps": steps_ahead(self.obj, self.request.user)}

    def may(self, user: Any) -> bool:
        return may_write(self.obj, user)

    def act(self, data: dict[str, Any]) -> str:
        submission.submit(self.obj, self.request.user, note=data["note"])
        return _("Handed in.")


class CancelView(ActView):
    page_title = button = gettext_lazy("Take back from review")
    header_icon = "arrow-left"
    form_class = CancelForm

    def may(self, user: Any) -> bool:
        return may_write(self.obj, user)

    def act(self, data: dict[str, Any]) -> str:
        submission.cancel(self.obj, self.request.user, data["reason"])
        return _("Taken back.")


class CallOffView(ActView):
    page_title = button = gettext_lazy("Call off the publication")
    header_icon = "calendar-alt"
    form_class = CallOffForm
    explanation = gettext_lazy(
        "It does not go live on its day. The draft stays and can be changed and handed in again."
    )

    def may(self, user: Any) -> bool:
        return planned.may_call_off(self.obj, user)

    def act(self, data: dict[str, Any]) -> str:
        planned.call_off(self.obj, self.request.user, data["reason"])
        return _("Called off.")


class TakeDownView(ActView):
    page_title = button = gettext_lazy("Take down")
    header_icon = "download"
    is_serious = True
    explanation = gettext_lazy("Readers no longer find it. The draft stays.")

    def may(self, user: Any) -> bool:
        return takedown.may_take_down(self.obj, user)

    def form(self, data: Any = None) -> TakeDownForm:
        is_page = isinstance(self.obj, Page)
        others = Page.objects.live().exclude(pk=self.obj.pk) if is_page else None
        return TakeDownForm(data, successors=others)

    def act(self, data: dict[str, Any]) -> str:
        takedown.take_down(self.obj, self.request.user, data["reason"], data.get("successor"))
        return _("Taken down.")


class EmergencyView(ActView):
    page_title = button = gettext_lazy("Publish urgently")
    header_icon = "warning"
    form_class = EmergencyForm
    is_serious = True
    explanation = gettext_lazy(
        "Goes live at once. All approvers are told, readers see that the approval is pending, and the "
        "review follows."
    )

    def may(self, user: Any) -> bool:
        return emergency.may_start(self.obj, user)

    def act(self, data: dict[str, Any]) -> str:
        emergency.publish_urgently(self.obj, self.request.user, data["reason"], data["until"])
        return _("Published. Its approval has to follow.")
