"""Views that show drafts without changing them: open to everybody who may see the draft.

Wagtail opens history, comparison and preview to those who may edit. Approvers, authors of other pages
and co-authors read what they do not change.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from wagtail.admin.auth import user_passes_test
from wagtail.admin.views.pages import history as page_history
from wagtail.admin.views.pages import preview, revisions
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page

from partners.permissions import can_see_draft


def readable_page(user: Any, pk: Any) -> Any:
    """The page, for those who may see its draft.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    page = get_object_or_404(Page, pk=pk).specific
    if not can_see_draft(page, user):
        raise PermissionDenied
    return page


class HistoryView(page_history.PageHistoryView):
    any_permission_required = None  # asked of the page, not of pages in general

    def get_object(self) -> Any:
        return readable_page(self.request.user, self.pk)


class ReadByAllWhoSeeIt:
    """Before a view of Wagtail's page history, whose own check asks for the right to edit."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not can_see_draft(self.object, request.user):  # type: ignore[attr-defined]
            raise PermissionDenied
        checked = page_history.PageWorkflowHistoryViewMixin
        return super(checked, self).dispatch(request, *args, **kwargs)  # type: ignore[misc]


class WorkflowHistoryView(ReadByAllWhoSeeIt, page_history.WorkflowHistoryView):
    pass


class WorkflowHistoryDetailView(ReadByAllWhoSeeIt, page_history.WorkflowHistoryDetailView):
    pass


class RevisionView(revisions.RevisionsView):
    @method_decorator(user_passes_test(lambda user: user.is_active))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super(revisions.RevisionsView, self).dispatch(request, *args, **kwargs)

    def get_object(self) -> Any:
        return readable_page(self.request.user, self.pk)


class CompareView(revisions.RevisionsCompareView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super(revisions.RevisionsCompareView, self).dispatch(request, *args, **kwargs)

    def get_object(self, queryset: Any = None) -> Any:
        return readable_page(self.request.user, self.pk)


class DraftView(preview.ViewDraftView):
    def dispatch(self, request: HttpRequest, page_id: int, *args: Any, **kwargs: Any) -> Any:
        page = readable_page(request.user, page_id).get_latest_revision_as_object()
        mode = request.GET.get("mode", page.default_preview_mode)
        if mode not in dict(page.preview_modes):
            raise PermissionDenied
        return page.make_preview_request(request, mode)


class HubPageViewSet(PageViewSet):
    """Wagtail's views of pages, with reading apart from editing. Apps above extend it."""

    history_view_class = HistoryView
    workflow_history_view_class = WorkflowHistoryView
    workflow_history_detail_view_class = WorkflowHistoryDetailView
    revisions_view_class = RevisionView
    revisions_compare_view_class = CompareView
    view_draft_view_class = DraftView
