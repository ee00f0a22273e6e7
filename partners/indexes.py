"""The base of index pages: one per kind under each partner page."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from content.models import BasePage
from content.models.base import texts
from content.publication import Road, release


class IndexPage(BasePage):
    """Lists the pages below it."""

    kind = "index"
    schema_type = "CollectionPage"
    # English name of the section; new locales get it in their own language.
    section_title = "Pages"
    section_slug = "pages"

    intro = models.TextField(_("introduction"), blank=True)

    content_panels = [*BasePage.content_panels, FieldPanel("intro")]
    override_translatable_fields = [
        *BasePage.override_translatable_fields,
        *texts("intro"),
    ]

    parent_page_types = ["partners.PartnerPage"]

    class Meta:
        abstract = True

    @property
    def title_lang(self) -> str:
        is_english = self.locale.language_code.split("-")[0] == "en"
        return "en" if self.title == self.section_title and not is_english else ""

    def copy_for_translation(self, locale: Any, *args: Any, **kwargs: Any) -> Any:
        """A section holds pages and says nothing that somebody would approve: it is there at once."""
        copy = super().copy_for_translation(locale, *args, **kwargs)
        with override(locale.language_code):
            copy.title = gettext(self.section_title)
        copy.intro = ""
        with release(Road.SETUP, reason="a section of the hub"):
            copy.save_revision().publish()
        return copy

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from partners.queries import index_context

        context = super().get_context(request, *args, **kwargs)
        context.update(index_context(self, request))
        return context
