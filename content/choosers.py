"""Choosers of snippets with drafts: what is published, and drafts that the person may change."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from wagtail.permissions import policy_registry
from wagtail.snippets.views import chooser


class PublishedMixin:
    """Wagtail's choosers list every row there is, drafts of everybody among them."""

    def _allowed(self) -> Q:
        model = self.model_class  # type: ignore[attr-defined]
        user = self.request.user  # type: ignore[attr-defined]
        policy = policy_registry.get_by_type(model)
        own = policy.instances_user_has_any_permission_for(user, {"change"})
        return Q(live=True) | Q(pk__in=own.order_by().values("pk"))

    def get_object_list(self) -> QuerySet:
        return super().get_object_list().filter(self._allowed())  # type: ignore[misc]

    def get_objects(self, pks: Any) -> QuerySet:
        return super().get_objects(pks).filter(self._allowed())  # type: ignore[misc]


class ChooseView(PublishedMixin, chooser.ChooseView):
    pass


class ChooseResultsView(PublishedMixin, chooser.ChooseResultsView):
    pass


class ChosenView(PublishedMixin, chooser.SnippetChosenView):
    def get_object(self, pk: Any) -> Any:
        return self.model_class.objects.filter(self._allowed()).get(pk=pk)


class ChosenMultipleView(PublishedMixin, chooser.SnippetChosenMultipleView):
    pass


class CreateView(chooser.SnippetCreateView):
    """There is a form for it in few choosers; Wagtail's view fails without one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.can_create() and self.get_creation_form_class() is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class HubChooserViewSet(chooser.SnippetChooserViewSet):
    create_view_class = CreateView


class PublishedChooserViewSet(HubChooserViewSet):
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
