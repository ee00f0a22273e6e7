"""The System report: what a hub admin looks at when something does not work, and dead letters."""

import json
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic.base import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from content.jobs import dead_letters, queries
from content.jobs.dead_letters import DISCARD, RETRY
from content.models import Job
from hub.system.forms import PAGE_SIZE, Choice, ChoiceForm
from hub.system.report import job_row, report
from partners.services import is_hub_admin

# So many in one request; whoever has more presses the button again.
MOST_AT_ONCE = 1000


class HubAdminsMixin(View):
    """For hub admins; others are told so and led home."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_hub_admin(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class SystemView(HubAdminsMixin, WagtailAdminTemplateMixin, TemplateView):
    """A page of the report with its path above it."""

    header_icon = "cogs"
    path: list[dict[str, Any]] = []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            *self.path,
            {"url": "", "label": self.get_page_title()},
        ]


REPORT = {"url": reverse_lazy("system:report"), "label": _("System")}
DEAD_LETTERS = {"url": reverse_lazy("system:dead_letters"), "label": _("Dead letters")}


class ReportView(SystemView):
    template_name = "wagtailadmin/hub/system/report.html"
    page_title = _("System")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**report(), **kwargs)


class DeadLettersView(SystemView):
    """Jobs that wait for somebody's decision, the newest first."""

    template_name = "wagtailadmin/hub/system/dead_letters.html"
    page_title = _("Dead letters")
    path = [REPORT]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kind = self.request.GET.get("kind", "")
        paginator = WagtailPaginator(queries.dead_letters(kind), PAGE_SIZE)
        paginator.verbose_name = _("dead letter")
        paginator.verbose_name_plural = _("dead letters")
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            kind=kind,
            kinds=queries.dead_kinds(),
            rows=[job_row(job) for job in page],
            page_obj=page,
            elided_page_range=paginator.get_elided_page_range(page.number),
            most=MOST_AT_ONCE,
            **kwargs,
        )


class JobView(SystemView):
    """One job with all that is known about it."""

    template_name = "wagtailadmin/hub/system/job.html"
    path = [REPORT, DEAD_LETTERS]

    def get_page_title(self) -> str:
        return _("Job %(number)s") % {"number": self.kwargs["job_id"]}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = get_object_or_404(Job.objects.select_related("requested_by"), pk=kwargs.pop("job_id"))
        payload = json.dumps(job.payload, ensure_ascii=False, indent=2)
        return super().get_context_data(
            job=job, payload=payload, is_dead=job.state == Job.State.DEAD, **kwargs
        )


class SettleView(SystemView):
    """Retries dead letters, or discards them after having asked once more."""

    http_method_names = ["post"]
    template_name = "wagtailadmin/hub/system/confirm.html"
    page_title = _("Discard dead letters")
    path = [REPORT, DEAD_LETTERS]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ChoiceForm(request.POST)
        if not form.is_valid():
            return HttpResponseBadRequest()
        choice = form.choice()
        back = reverse("system:dead_letters")
        back += f"?{urlencode({'kind': choice.kind})}" if choice.kind else ""
        if not choice.is_all and not choice.job_ids:
            messages.warning(request, _("You have selected nothing."))
        elif choice.action == DISCARD and not choice.is_confirmed:
            return self.render_to_response(self.get_context_data(choice=choice, back=back))
        else:
            self._settle(choice)
        return redirect(back)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        choice: Choice = context["choice"]
        count = len(choice.job_ids)
        if choice.is_all:
            count = min(queries.dead_letters(choice.kind).count(), MOST_AT_ONCE)
        return {**context, "count": count}

    def _settle(self, choice: Choice) -> None:
        by = self.request.user.get_username()
        if choice.is_all:
            count = dead_letters.settle_all(choice.action, choice.kind, most=MOST_AT_ONCE, by=by)
        else:
            count = dead_letters.settle(choice.action, choice.job_ids, by=by)
        told = messages.success if count else messages.warning
        told(self.request, _told(choice.action, count))


def _told(action: str, count: int) -> str:
    if action == RETRY:
        text = ngettext(
            "%(count)s job will be tried again.", "%(count)s jobs will be tried again.", count
        )
    else:
        text = ngettext(
            "%(count)s job has been discarded.", "%(count)s jobs have been discarded.", count
        )
    return text % {"count": intcomma(count)}
