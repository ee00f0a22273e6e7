"""Addresses of Wagtail's admin that are answered by views of ours, because its own show too much.

They stand before Wagtail's in ``hub.urls`` under the same names, so everything that asks for an
address by its name gets these.
"""

from django.urls import path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from partners.isolation import choosers, media, tags

plain = [
    path(
        "choose-page/search/",
        choosers.SearchView.as_view(),
        name="wagtailadmin_choose_page_search",
    ),
    path(
        "choose-page/chosen-multiple/",
        choosers.ChosenMultipleView.as_view(),
        name="wagtailadmin_choose_page_chosen_multiple",
    ),
    path(
        "choose-external-link/",
        choosers.ExternalLinkView.as_view(),
        name="wagtailadmin_choose_page_external_link",
    ),
    path("tag-autocomplete/", tags.autocomplete, name="wagtailadmin_tag_autocomplete"),
    path(
        "tag-autocomplete/<slug:app_name>/<slug:model_name>/",
        tags.autocomplete,
        name="wagtailadmin_tag_model_autocomplete",
    ),
]
# Those of a namespace keep theirs in Wagtail's own addresses; a namespace cannot be opened twice.
files = [
    path("images/", media.ImagesView.as_view(), name="own_images"),
    path("images/results/", media.ImagesView.as_view(results_only=True), name="own_images_results"),
    path("documents/", media.DocumentsView.as_view(), name="own_documents"),
    path(
        "documents/results/",
        media.DocumentsView.as_view(results_only=True),
        name="own_documents_results",
    ),
]
urlpatterns = decorate_urlpatterns(
    decorate_urlpatterns([*plain, *files], require_admin_access), never_cache
)
