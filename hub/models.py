"""Home, topic and information pages."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page

from content.models import BasePage
from content.models.base import facts, texts
from content.richtext import FEATURES
from content.story import StoryField
from partners.blocks import HubStoryBlock


class HomePage(BasePage):
    """The root of the tree of one language."""

    kind = "home"
    schema_type = "WebSite"

    welcome = RichTextField(_("welcome"), features=FEATURES, blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("welcome"),
        InlinePanel("featured", heading=_("Featured pages"), label=_("Page")),
    ]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *texts("welcome"),
        *facts("featured"),
    ]

    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def card_data(self) -> dict[str, Any]:
        return {"featured": [row.featured_page_id for row in self.featured.all()]}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from hub.queries import home_context

        context = super().get_context(request, *args, **kwargs)
        context.update(home_context(self))
        return context


class HomeFeature(Orderable):
    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="featured")
    featured_page = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("page")
    )

    panels = [PageChooserPanel("featured_page")]


class TopicPage(BasePage):
    """Everything about one topic, from all partners."""

    kind = "topic"
    schema_type = "CollectionPage"

    topic = models.ForeignKey(
        "content.Topic", on_delete=models.PROTECT, related_name="+", verbose_name=_("topic")
    )
    intro = RichTextField(_("introduction"), features=FEATURES, blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("topic"), FieldPanel("intro")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *facts("topic"),
        *texts("intro"),
    ]

    parent_page_types = ["hub.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("topic page")
        verbose_name_plural = _("topic pages")

    def card_data(self) -> dict[str, Any]:
        return {"topic": self.topic_id}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from hub.queries import topic_context

        context = super().get_context(request, *args, **kwargs)
        context.update(topic_context(self, request))
        return context


class InfoPage(BasePage):
    """What the footer links to."""

    kind = "info"
    schema_type = "WebPage"

    class Purpose(models.TextChoices):
        ACCESSIBILITY = "accessibility", _("Accessibility")
        PRIVACY = "privacy", _("Privacy")
        ABOUT = "about", _("About")
        CONTACT = "contact", _("Contact")

    purpose = models.CharField(_("purpose"), max_length=15, choices=Purpose.choices)
    body = StoryField(HubStoryBlock(), blank=True, verbose_name=_("body"))

    content_panels = [*BasePage.content_panels, FieldPanel("purpose"), FieldPanel("body")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *facts("purpose"),
        *texts("body"),
    ]

    parent_page_types = ["hub.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")

    def card_data(self) -> dict[str, Any]:
        return {"purpose": self.purpose}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from hub.queries import info_context

        context = super().get_context(request, *args, **kwargs)
        context.update(info_context(self))
        return context
