"""The base of index pages: one per kind under each partner page."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from content.models import BasePage
from content.models.base import texts


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

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from partners.queries import index_context

        context = super().get_context(request, *args, **kwargs)
        context.update(index_context(self, request))
        return context
