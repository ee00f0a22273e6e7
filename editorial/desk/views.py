"""The review screen, and the list of what is in review."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.models import TaskState

from editorial.desk import queries
from editorial.desk.comments import add_comment, comments_on
from editorial.desk.forms import CommentForm, VoteForm
from editorial.desk.frame import DeskView
from editorial.errors import ReviewRefused
from editorial.factcheck.links import fact_check_of
from editorial.models import ReviewState
from editorial.queries.reviewers import draft_of, is_asked, panel_of
from editorial.queries.state import content_state
from editorial.services import votes
from partners.permissions import can_see_draft

PAGE_SIZE = 50


class ReviewView(DeskView, TemplateView):
    """One open step: what it asks for, what has been said, and the place to decide."""

    template_name = "wagtailadmin/editorial/desk/review.html"
    page_title = gettext_lazy("Review")
    header_icon = "clipboard-list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.state = (
            ReviewState.objects.filter(pk=kwargs["state_id"])
            .select_related("workflow_state", "task", "claimed_by")
            .first()
        )
        if self.state is None:
            raise Http404
        self.obj = draft_of(self.state)
        if not may_look(self.state, self.obj, request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, state, obj = self.request.user, self.state, self.obj
        is_open = state.status == TaskState.STATUS_IN_PROGRESS
        panel = panel_of(state, obj) if is_open else None
        seats = queries.seats_of(state, panel, user) if panel else []
        given = kwargs.pop("form", None)
        return super().get_context_data(
            state=state,
            obj=obj,
            content_state=content_state(obj),
            is_open=is_open,
            progress=queries.progress_of(state, panel) if panel else [],
            findings=queries.findings_of(obj, state),
            fact_check=fact_check_of(state, obj, user) if is_open else None,
            seats=seats,
            form=given or self._form(seats),
            is_contributor=panel is not None and user.pk in panel.excluded,
            may_claim=bool(seats) and getattr(state.task.specific, "claimable", False),
            has_claimed=state.claimed_by_id == user.pk,
            comments=comments_on(obj),
            comment_form=kwargs.pop("comment_form", None) or _comment_form(obj),
            edit_url=queries.edit_url(obj),
            compare_url=queries.compare_url(obj),
            preview_url=queries.preview_url(obj),
            timeline_url=queries.timeline_url(obj),
            change_note=getattr(obj, "change_note", ""),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        acts = {
            "approve": self._vote,
            "reject": self._vote,
            "claim": self._claim,
            "release": self._release,
            "comment": self._comment,
        }
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            return self._again(_("There is no such action."))
        try:
            return act(request)
        except ReviewRefused as refusal:
            return self._again(str(refusal))

    def _vote(self, request: HttpRequest) -> HttpResponse:
        seats = queries.seats_of(self.state, panel_of(self.state, self.obj), request.user)
        form = self._form(seats, request.POST)
        if not form.is_valid():
            return self._again(_("Please correct what is marked."), form=form)
        decision = request.POST["act"]
        try:
            votes.vote(self.state.pk, request.user, decision, **form.vote())
        except ReviewRefused as refusal:
            return self._again(str(refusal), form=form)
        said = _("Approved.") if decision == "approve" else _("Sent back with your comment.")
        messages.success(request, said)
        return redirect("wagtailadmin_home")

    def _form(self, seats: list[queries.Seat], data: Any = None) -> VoteForm:
        return VoteForm(
            data,
            seats=seats,
            kinds=queries.graver_kinds(self.obj),
            initial={"seen_hash": self.state.content_hash},
        )

    def _claim(self, request: HttpRequest) -> HttpResponse:
        votes.claim(self.state.pk, request.user)
        messages.success(request, _("Others see that you are at it."))
        return redirect("desk:review", self.state.pk)

    def _release(self, request: HttpRequest) -> HttpResponse:
        votes.release_claim(self.state.pk, request.user)
        return redirect("desk:review", self.state.pk)

    def _comment(self, request: HttpRequest) -> HttpResponse:
        form = _comment_form(self.obj, request.POST)
        if form is None or not form.is_valid():
            return self._again(_("Please correct what is marked."), comment_form=form)
        add_comment(self.obj, request.user, **form.cleaned_data)
        messages.success(request, _("Your comment stands beside the passage in the editor."))
        return redirect("desk:review", self.state.pk)

    def _again(self, said: str, **context: Any) -> HttpResponse:
        messages.error(self.request, said)
        response = self.render_to_response(self.get_context_data(**context))
        response.status_code = 422
        return response


def _comment_form(obj: Any, data: Any = None) -> CommentForm | None:
    from editorial.desk.comments import passages_of

    passages = passages_of(obj)
    return CommentForm(data, passages=passages) if passages else None


def may_look(state: ReviewState, obj: Any, user: Any) -> bool:
    """People who see the draft, and those who are asked about it."""
    return can_see_draft(obj, user) or is_asked(state, user)


class QueueView(DeskView, TemplateView):
    """All open steps of one's partners, or those that wait for oneself."""

    template_name = "wagtailadmin/editorial/desk/queue.html"
    page_title = gettext_lazy("Reviews")
    header_icon = "clipboard-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = self.request.GET.get("show") == "mine"
        listed = queries.waiting_for_me if mine else queries.queue_of_partners
        paginator = WagtailPaginator(listed(self.request.user), PAGE_SIZE)
        paginator.verbose_name, paginator.verbose_name_plural = _("review"), _("reviews")
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            rows=queries.rows_of(page),
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            lists=[
                {"url": "?", "label": _("Everything of my partners"), "is_current": not mine},
                {"url": "?show=mine", "label": _("What waits for me"), "is_current": mine},
            ],
            query="show=mine" if mine else "",
            **kwargs,
        )
