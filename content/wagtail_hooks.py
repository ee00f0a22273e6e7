"""Admin screens of the floor: vocabulary and shared texts. Links to pages in texts."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.ui.tables import LiveStatusTagColumn
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content.choosers import HubChooserViewSet, PublishedChooserViewSet
from content.copying import CopyFormView
from content.deletion import obstacle
from content.models import Audience, SharedText, SharedTextBody, Topic
from content.pagecache import tags


class TopicViewSet(SnippetViewSet):
    model = Topic
    chooser_viewset_class = HubChooserViewSet
    copy_view_class = CopyFormView
    icon = "tag"
    list_display = ["slug", "merged_into"]
    search_fields = ["slug", "labels__label"]
    search_backend_name = None
    ordering = ["slug"]


class AudienceViewSet(SnippetViewSet):
    model = Audience
    chooser_viewset_class = HubChooserViewSet
    copy_view_class = CopyFormView
    icon = "group"
    list_display = ["slug"]
    search_fields = ["slug", "labels__label"]
    search_backend_name = None
    ordering = ["slug"]


class SharedTextViewSet(SnippetViewSet):
    model = SharedText
    chooser_viewset_class = HubChooserViewSet
    copy_view_class = CopyFormView
    icon = "copy"
    list_display = ["slug"]
    search_fields = ["slug"]
    search_backend_name = None
    ordering = ["slug"]


class SharedTextBodyViewSet(SnippetViewSet):
    model = SharedTextBody
    copy_view_class = CopyFormView
    chooser_viewset_class = PublishedChooserViewSet
    icon = "pilcrow"
    list_display = ["title", "record", "locale", LiveStatusTagColumn(label=_("State"))]
    search_fields = ["title"]
    search_backend_name = None
    ordering = ["record__slug"]


class VocabularyGroup(SnippetViewSetGroup):
    menu_label = _("Vocabulary")
    menu_name = "vocabulary"
    menu_icon = "tag"
    menu_order = 320
    items = (TopicViewSet, AudienceViewSet, SharedTextViewSet, SharedTextBodyViewSet)


register_snippet(VocabularyGroup)


class NotedPageLink(PageLinkHandler):
    """A link in a text: its address follows the page, and the page's translations."""

    @classmethod
    def get_many(cls, attrs_list: list[dict]) -> list[Any]:
        pages = super().get_many(attrs_list)
        tags.touch(*(tags.page(page.translation_key) for page in pages if page))
        return pages


@hooks.register("register_rich_text_features", order=10)  # after Wagtail's own
def _note_page_links(features: FeatureRegistry) -> None:
    features.register_link_type(NotedPageLink)


@hooks.register("before_delete_snippet")
def keep_what_is_live(request: HttpRequest, objects: Iterable[Any]) -> HttpResponse | None:
    """Deleting takes nothing from readers that nobody has taken down."""
    reasons = list(filter(None, map(obstacle, objects)))
    if not reasons:
        return None
    messages.error(request, reasons[0])
    return redirect("wagtailadmin_home")
