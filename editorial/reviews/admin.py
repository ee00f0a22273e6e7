"""Review dates in the admin: the list, an answer without a mail, passing content on."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic.base import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView

from content.models import PageFacts
from editorial.models import ReviewAnswer, ReviewSchedule
from editorial.reviews import queries
from editorial.reviews.forms import AnswerForm, PassForm, promise_limits
from editorial.reviews.people import Crew
from editorial.reviews.schedules import live_objects, said
from editorial.reviews.services import TextChangedError, answer_review, pass_to

INDEX = "reviews:index"
# A spreadsheet takes a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def plain_cell(value: Any) -> Any:
    """A value that no spreadsheet program carries out."""
    return (
        f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) else value
    )


class ReviewFilterSet(WagtailFilterSet):
    """What is due, by partner, language and owner; only what the person may see is offered."""

    state = django_filters.ChoiceFilter(
        label=_("Due"),
        choices=[("overdue", _("Overdue")), ("soon", _("Within 30 days"))],
        method="by_state",
    )
    partner_id = django_filters.ChoiceFilter(label=_("Partner"))
    locale = django_filters.ChoiceFilter(label=_("Language"))
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=lambda request: queries.owners_seen_by(request.user)
    )

    class Meta:
        model = ReviewSchedule
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        self.filters["partner_id"].extra["choices"] = queries.partners_seen_by(user)
        codes = queries.visible_to(user).order_by().values_list("locale", flat=True).distinct()
        self.filters["locale"].extra["choices"] = [(code, code) for code in sorted(codes) if code]

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "overdue":
            return rows.filter(state=ReviewSchedule.State.OVERDUE)
        return rows.filter(due_on__lte=timezone.localdate() + queries.SOON)


class SelectColumn(Column):
    """A box that belongs to the form below the list."""

    cell_template_name = "wagtailadmin/reviews/select_cell.html"


class DayColumn(Column):
    """A day as such: Wagtail's own column says “just now” of all that lies ahead."""

    def get_value(self, instance: Any) -> str:
        day = super().get_value(instance)
        return date_format(day) if day else ""


class ReviewsView(ReportView):
    """What is to be looked at again, the longest overdue first."""

    template_name = "wagtailadmin/reviews/index.html"
    results_template_name = "wagtailadmin/reports/base_report_results.html"
    model = ReviewSchedule
    page_title = _("Review dates")
    header_icon = "calendar-check"
    index_url_name = INDEX
    index_results_url_name = "reviews:index_results"
    filterset_class = ReviewFilterSet
    is_searchable = False
    export_filename = "review-dates"
    list_export = [
        "title", "kind", "locale", "partner", "due_on", "days_overdue", "edit_by", "checked_on",
        "owner_name",
    ]  # fmt: skip
    export_headings = {
        "days_overdue": _("Days overdue"),
        "checked_on": _("Last checked"),
        "owner_name": _("Owner"),
        "partner": _("Partner"),
    }
    columns = [
        SelectColumn("select", label=_("Select")),
        TitleColumn("title", label=_("Title"), get_url=lambda row: row.answer_url),
        Column("locale", label=_("Language")),
        Column("partner", label=_("Partner")),
        Column("owner_name", label=_("Owner")),
        DayColumn("due_on", label=_("Due on"), sort_key="due_on"),
        Column("days_overdue", label=_("Days overdue")),
        DayColumn("edit_by", label=_("To be edited by")),
    ]

    def get_base_queryset(self) -> QuerySet[ReviewSchedule]:
        return queries.visible_to(self.request.user).select_related("owner")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        names: dict[int | None, str] = {}
        for row in object_list:
            if row.partner_id not in names:
                names[row.partner_id] = queries.partner_name(row.partner_id)
            row.partner = names[row.partner_id]
            row.owner_name = (
                row.owner.get_full_name() or row.owner.get_username() if row.owner else ""
            )
            row.answer_url = reverse("reviews:answer", args=[row.pk])
        return object_list

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        return {name: plain_cell(value) for name, value in super().to_row_dict(item).items()}

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        owners = queries.candidates(self.request.user)
        return super().get_context_data(
            *args, pass_form=PassForm(owners=owners, known=[]), can_pass=owners.exists(), **kwargs
        )


class AnswerView(WagtailAdminTemplateMixin, TemplateView):
    """The same question as in the mail, for somebody who is signed in."""

    template_name = "wagtailadmin/reviews/answer.html"
    page_title = _("Is this still correct?")
    header_icon = "calendar-check"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy(INDEX), "label": _("Review dates")},
            {"url": "", "label": self.get_page_title()},
        ]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.schedule = get_object_or_404(ReviewSchedule, pk=kwargs["schedule_id"])
        found = live_objects([self.schedule])
        if self.schedule.pk not in found:
            raise Http404
        self.obj = found[self.schedule.pk]
        self.may_answer = Crew([self.schedule]).may_answer(self.schedule, request.user)
        seen = queries.visible_to(request.user).filter(pk=self.schedule.pk)
        if not self.may_answer and not seen.exists():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = PageFacts.objects.filter(page_id=self.schedule.object_id).first()
        return super().get_context_data(
            schedule=self.schedule,
            partner=queries.partner_name(self.schedule.partner_id),
            live_url=facts.url if facts and self.schedule.page_key else "",
            summary=facts.summary if facts and self.schedule.page_key else "",
            seen=said(self.obj),
            limits=promise_limits(),
            may_answer=self.may_answer,
            **kwargs,
        )

    def post(self, request: HttpRequest, schedule_id: int) -> HttpResponse:
        form = AnswerForm(request.POST)
        if not form.is_valid():
            problems = [str(text) for row in form.errors.values() for text in row]
            return self._again(problems)
        given = form.cleaned_data
        try:
            answer = answer_review(
                schedule_id,
                request.user,
                given["answer"],
                seen=given["seen"],
                edit_by=given["edit_by"],
                road=ReviewAnswer.Road.ADMIN,
            )
        except TextChangedError:
            return self._again([gettext("The text has changed. Please look at it again.")])
        except ValidationError as error:
            return self._again(error.messages)
        messages.success(request, _told(answer))
        return redirect(INDEX)

    def _again(self, problems: list[str]) -> HttpResponse:
        for text in problems:
            messages.error(self.request, text)
        return self.render_to_response(self.get_context_data())


class PassView(View):
    """Gives chosen content to somebody else."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        known = queries.visible_to(request.user).values_list("pk", flat=True)
        given = {int(pk) for pk in request.POST.getlist("schedule") if pk.isdecimal()}
        form = PassForm(
            request.POST,
            owners=queries.candidates(request.user),
            known=known.filter(pk__in=given),
        )
        if not form.is_valid():
            messages.error(request, gettext("Choose what to pass on, and to whom."))
            return redirect(INDEX)
        try:
            count = pass_to(
                form.cleaned_data["schedule"], form.cleaned_data["owner"], by=request.user
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(INDEX)
        text = ngettext("%(count)s was passed on.", "%(count)s were passed on.", count)
        messages.success(request, text % {"count": count})
        return redirect(INDEX)


def _told(answer: ReviewAnswer) -> str:
    if answer.answer == ReviewAnswer.Answer.CORRECT:
        return gettext("Recorded: still correct.")
    if answer.answer == ReviewAnswer.Answer.WILL_EDIT and answer.edit_by:
        day = date_format(answer.edit_by, "DATE_FORMAT")
        return gettext("Noted: to be edited by %(day)s.") % {"day": day}
    return gettext("Noted. Somebody else is asked.")
