"""The base of every page type."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from taggit.models import ItemBase, TagBase
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.images import get_image_model_string
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, TranslatableField

from content.ids import ensure_page_ids

from .gated import Gated


class Keyword(TagBase):
    """A free tag; the controlled vocabulary is ``Topic``."""

    class Meta:
        verbose_name = _("keyword")
        verbose_name_plural = _("keywords")


class BasePageTag(ItemBase):
    tag = models.ForeignKey(Keyword, on_delete=models.CASCADE, related_name="page_tags")
    content_object = ParentalKey(
        "wagtailcore.Page", on_delete=models.CASCADE, related_name="keyword_items"
    )


def facts(*names: str) -> list[SynchronizedField]:
    """Fields with the same value in every language; translators cannot override them."""
    return [SynchronizedField(name, overridable=False) for name in names]


def texts(*names: str) -> list[TranslatableField]:
    """Fields that are written anew for each language."""
    return [TranslatableField(name) for name in names]


class BasePage(Gated, Page):
    """Title, summary, picture and subject of every page of the hub.

    ``kind`` names the page type in lists, filters and schema.org markup.
    """

    kind: ClassVar[str] = "page"
    schema_type: ClassVar[str] = "WebPage"

    summary = models.TextField(
        _("summary"),
        blank=True,
        max_length=600,
        help_text=_("One or two plain sentences for lists and link previews."),
    )
    image = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
    )
    image_alt = models.CharField(
        _("alternative text of the image"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows. Leave empty if it only decorates."),
    )
    topics = ParentalManyToManyField("content.Topic", blank=True, verbose_name=_("topics"))
    audiences = ParentalManyToManyField("content.Audience", blank=True, verbose_name=_("audiences"))
    tags = ClusterTaggableManager(
        through="content.BasePageTag", blank=True, verbose_name=_("keywords")
    )

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    subject_panels = [
        MultiFieldPanel([FieldPanel("image"), FieldPanel("image_alt")], heading=_("Picture")),
        MultiFieldPanel(
            [FieldPanel("topics"), FieldPanel("audiences"), FieldPanel("tags")],
            heading=_("Subject and readers"),
        ),
    ]
    promote_panels = [*subject_panels, *Page.promote_panels]

    # The slug is synchronised only so that a PO file cannot move a live address.
    override_translatable_fields = [
        SynchronizedField("slug"),
        *facts("image", "topics", "audiences", "tags"),
        *texts("title", "summary", "image_alt", "seo_title", "search_description"),
    ]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        ensure_page_ids(self)
        return super().save(*args, **kwargs)

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        ensure_page_ids(self)
        return super().save_revision(*args, **kwargs)

    def copy_for_translation(
        self,
        locale: Any,
        copy_parents: bool = False,
        alias: bool = False,
        exclude_fields: Any = None,
    ) -> Any:
        """Make a draft in another language; never an alias, which would go live unapproved there."""
        return super().copy_for_translation(
            locale, copy_parents=copy_parents, alias=False, exclude_fields=exclude_fields
        )

    def permissions_for_user(self, user: Any) -> Any:
        """What a person may do with the page; publishing is nobody's right."""
        from content.registry import answer

        return answer("page_permissions", self, user)

    def get_admin_display_title(self) -> str:
        """The title in the admin: of the draft, for those who may see the draft."""
        from content.registry import answer

        return answer("admin_title", self)

    @property
    def title_lang(self) -> str:
        """Language of the title where it is not the page's own, as of a section made by the hub."""
        return ""

    @property
    def lede(self) -> str:
        """What stands below the title: the summary."""
        return self.summary

    def card_data(self) -> dict[str, Any]:
        """What cards of this kind show besides title and summary; stored in ``PageFacts.data``."""
        return {}

    def facts_data(self) -> dict[str, Any]:
        """Everything that ``PageFacts.data`` keeps of the page."""
        return {
            **self.card_data(),
            "title_lang": self.title_lang,
            "topics": [topic.pk for topic in self.topics.all()],
            "audiences": [audience.pk for audience in self.audiences.all()],
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from content.registry import page_context

        context = super().get_context(request, *args, **kwargs)
        context.update(page_context(self, request))
        return context
