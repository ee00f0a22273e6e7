"""Lists of images and documents, without the most used tags of all partners."""

from typing import Any

from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.views import documents
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.images.views import chooser as image_chooser
from wagtail.images.views import images
from wagtail.permissions import policy_registry

from partners.standing import standing_of


class OwnTagsMixin:
    """No filter by tags that others have given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = kwargs.get("request")
        if request is not None and not standing_of(request.user).sees_everything:
            self.filters.pop("tag", None)  # type: ignore[attr-defined]


class ImagesFilterSet(OwnTagsMixin, images.ImagesFilterSet):
    class Meta(images.ImagesFilterSet.Meta):
        pass


class DocumentsFilterSet(OwnTagsMixin, documents.DocumentsFilterSet):
    class Meta(documents.DocumentsFilterSet.Meta):
        pass


class ImagesView(images.IndexView):
    filterset_class = ImagesFilterSet


class DocumentsView(documents.IndexView):
    filterset_class = DocumentsFilterSet


class ImageChooseView(image_chooser.ImageChooseView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if not standing_of(self.request.user).sees_everything:
            context["popular_tags"] = []
        return context


class OwnFilesMixin:
    """The admin's API tells of files that the person may choose."""

    def get_queryset(self) -> Any:
        policy = policy_registry.get_by_type(self.model)  # type: ignore[attr-defined]
        user = self.request.user  # type: ignore[attr-defined]
        own = policy.instances_user_has_any_permission_for(user, ["choose", "change"])
        return super().get_queryset().filter(pk__in=own.values("pk"))  # type: ignore[misc]


class ImagesAPI(OwnFilesMixin, ImagesAdminAPIViewSet):
    pass


class DocumentsAPI(OwnFilesMixin, DocumentsAdminAPIViewSet):
    pass
