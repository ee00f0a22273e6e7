"""Fact checks of one page or record in the admin: who was asked, what they say, how it ends."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page, Revision, RevisionMixin

from editorial.errors import ReviewRefused
from editorial.factcheck import queries, services
from editorial.factcheck.forms import CloseForm, InviteForm, QuestionFormSet, questions_of
from editorial.factcheck.passages import changes, excerpts, language_of
from editorial.factcheck.views.reading import Reading
from editorial.models import FactCheckRequest, GuestAnswer

State = FactCheckRequest.State


class ObjectMixin(View):
    """Finds the page or record of the address and asks whether the person may be here."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.names = (kwargs.pop("app"), kwargs.pop("model"), kwargs.pop("pk"))
        self.obj = queries.content_of(".".join(self.names[:2]), self.names[2])
        if not isinstance(self.obj, RevisionMixin):
            raise Http404
        if not self.is_allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def is_allowed(self) -> bool:
        return queries.may_invite(self.request.user, self.obj)

    def address(self, name: str) -> str:
        return reverse(f"fact_checks:{name}", args=self.names)

    def draft_title(self) -> str:
        draft = self.obj.get_latest_revision_as_object()
        return str(getattr(draft, "title", "") or draft)


class ScreenView(ObjectMixin, WagtailAdminTemplateMixin, TemplateView):
    """A screen about one object; its breadcrumbs lead back to the object."""

    header_icon = "clipboard-list"

    def get_page_subtitle(self) -> str:
        return self.draft_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items = [*self.breadcrumbs_items]
        if isinstance(self.obj, Page):
            edit = reverse("wagtailadmin_pages:edit", args=[self.obj.pk])
            items.append({"url": edit, "label": self.draft_title()})
        return [*items, {"url": "", "label": self.get_page_title()}]


class ListView(ScreenView):
    """All requests and answers, and the form that closes the open fact check."""

    template_name = "wagtailadmin/editorial/fact_checks/list.html"
    page_title = gettext_lazy("Fact checks")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = queries.shown_answers(self.obj)
        state = queries.open_check(self.obj)
        may_close = bool(state) and (
            queries.closers(self.obj).filter(pk=self.request.user.pk).exists()
        )
        return super().get_context_data(
            rows=self._rows(answers),
            by_specialists=[
                self._answer(shown) for shown in answers if shown.answer.request_id is None
            ],
            invite_url=self.address("invite"),
            close_url=self.address("close"),
            answer_url=self.address("answer"),
            is_open=state is not None,
            close_form=(kwargs.pop("close_form", None) or CloseForm()) if may_close else None,
            may_answer=queries.may_answer(self.request.user, self.obj),
            **kwargs,
        )

    def _rows(self, answers: list[queries.Shown]) -> list[dict[str, Any]]:
        """Requests with their answers, and with what has changed since where the text has."""
        latest = self.obj.get_latest_revision()
        said = queries.latest_hash(self.obj)
        asked = list(queries.requests_of(self.obj))
        revisions = Revision.objects.in_bulk({row.revision_id for row in asked})
        found = []
        for row in asked:
            state = queries.state_of(row, said)
            has_changed = state == State.CHANGED
            found.append(
                {
                    "request": row,
                    "state": State(state).label,
                    "is_open": state == State.OPEN,
                    "changes": changes(revisions.get(row.revision_id), latest)
                    if has_changed
                    else [],
                    "answers": [self._answer(a) for a in answers if a.answer.request_id == row.pk],
                    "questions": [
                        (self._excerpts.get(question["block_id"], ""), question["question"])
                        for question in row.questions
                    ],
                }
            )
        return found

    def _answer(self, shown: queries.Shown) -> dict[str, Any]:
        answer = shown.answer
        return {
            "answer": answer,
            "name": shown.name,
            "is_current": shown.is_current,
            "wants_changes": answer.verdict == GuestAnswer.Verdict.NEEDS_CHANGES,
            "remarks": [
                (self._excerpts.get(key, ""), text) for key, text in answer.block_comments.items()
            ],
        }

    @property
    def _excerpts(self) -> dict[str, str]:
        if not hasattr(self, "_known_excerpts"):
            self._known_excerpts = excerpts(self.obj.get_latest_revision_as_object())
        return self._known_excerpts


class InviteView(ScreenView):
    """The form by which a guest is asked."""

    template_name = "wagtailadmin/editorial/fact_checks/invite.html"
    page_title = gettext_lazy("Ask for a fact check")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._form(*self._forms(None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, questions = self._forms(request.POST)
        if not (form.is_valid() and questions.is_valid()):
            return self._form(form, questions)
        try:
            asked = services.invite(
                obj=self.obj,
                user=request.user,
                questions=questions_of(questions),
                **form.cleaned_data,
            )
        except services.InvitationRefusedError as refused:
            form.add_error(None, str(refused))
            return self._form(form, questions)
        messages.success(request, _("A mail with a link goes to %(name)s.") % {"name": asked.name})
        return redirect(self.address("list"))

    def _forms(self, data: Any) -> tuple[InviteForm, Any]:
        draft = self.obj.get_latest_revision_as_object()
        state = queries.open_check(self.obj)
        initial = {
            "language": language_of(draft),
            "subject": state.task.specific.subject if state else "",
        }
        choices = [(key, text or key) for key, text in excerpts(draft).items()]
        return (
            InviteForm(data, initial=initial),
            QuestionFormSet(data, prefix="questions", form_kwargs={"choices": choices}),
        )

    def _form(self, form: InviteForm, questions: Any) -> HttpResponse:
        context = self.get_context_data(
            form=form, questions=questions, back_url=self.address("list")
        )
        return self.render_to_response(context)


class CloseView(ListView):
    """Accepts the result of the open fact check, or sends the text back; by POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = queries.open_check(self.obj)
        form = CloseForm(request.POST)
        if state is None:
            messages.error(request, _("No fact check is open."))
            return redirect(self.address("list"))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(close_form=form))
        try:
            services.close(state, request.user, **form.cleaned_data)
        except ReviewRefused as refused:
            form.add_error(None, str(refused))
            return self.render_to_response(self.get_context_data(close_form=form))
        messages.success(request, _("The fact check is closed."))
        return redirect(self.address("list"))


class AnswerView(ObjectMixin):
    """The form of a specialist with an account: the same page as a guest's."""

    def is_allowed(self) -> bool:
        return queries.may_answer(self.request.user, self.obj)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(Reading(request, self.obj.get_latest_revision(), []))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reading = Reading(request, self.obj.get_latest_revision(), [])
        if not reading.form.is_valid():
            return self._page(reading)
        seen = request.POST.get("seen", "")
        try:
            services.answer_as_specialist(self.obj, request.user, reading.form.said(), seen)
        except services.LinkEndedError:
            messages.error(request, _("The text has changed meanwhile. Please read it again."))
            return redirect("wagtailadmin_home")
        messages.success(request, _("Your answer is kept."))
        return redirect("wagtailadmin_home")

    def _page(self, reading: Reading) -> HttpResponse:
        return reading.page(
            is_guest=False,
            seen=queries.latest_hash(self.obj),
            back_url=reverse("wagtailadmin_home"),
        )


class RequestActionView(View):
    """Sending again, taking back and forgetting one request; by POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, request_id: int, action: str) -> HttpResponse:
        row = get_object_or_404(FactCheckRequest, pk=request_id)
        obj = queries.content_of(row.object_type, row.object_id)
        if obj is None:
            raise Http404
        if not queries.may_invite(request.user, obj):
            raise PermissionDenied
        try:
            messages.success(request, self._act(action, row))
        except services.InvitationRefusedError as refused:
            messages.error(request, str(refused))
        return redirect("fact_checks:list", *row.object_type.split("."), row.object_id)

    def _act(self, action: str, row: FactCheckRequest) -> str:
        user = self.request.user
        if action == "resend":
            services.resend(row.pk, user)
            return _("A new link goes to %(name)s; the old one has ended.") % {"name": row.name}
        if action == "revoke":
            services.revoke(row.pk, user)
            return _("The link has ended.")
        services.blank(row.pk, user)
        return _("Name and address are forgotten; the answers stay.")
