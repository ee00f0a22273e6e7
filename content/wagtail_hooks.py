"""Admin screens of the floor: vocabulary and shared texts. Links to pages in texts."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content.models import Audience, SharedText, SharedTextBody, Topic
from content.pagecache import tags


class TopicViewSet(SnippetViewSet):
    model = Topic
    icon = "tag"
    list_display = ["slug", "merged_into"]
    search_fields = ["slug", "labels__label"]
    search_backend_name = None
    ordering = ["slug"]


class AudienceViewSet(SnippetViewSet):
    model = Audience
    icon = "group"
    list_display = ["slug"]
    search_fields = ["slug", "labels__label"]
    search_backend_name = None
    ordering = ["slug"]


class SharedTextViewSet(SnippetViewSet):
    model = SharedText
    icon = "copy"
    list_display = ["slug"]
    search_fields = ["slug"]
    search_backend_name = None
    ordering = ["slug"]


class SharedTextBodyViewSet(SnippetViewSet):
    model = SharedTextBody
    icon = "pilcrow"
    list_display = ["title", "record", "locale"]
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
