"""Admin screens of the floor: vocabulary and shared texts."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from content.models import Audience, SharedText, SharedTextBody, Topic


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
