"""Panels of the record screens: words per language, colours as they will be used."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import Panel

from content.languages import language_info
from partners.theming import WHITE, contrast


class RecordTextsPanel(Panel):
    """The words of a record, a line for each language, with a link to write or change them."""

    class BoundPanel(Panel.BoundPanel):
        def is_shown(self) -> bool:
            return self.instance.pk is not None

        def render_html(self, parent_context: Any = None) -> SafeString:
            return render_to_string(
                "wagtailadmin/partners/record_texts.html", {"rows": self.rows()}
            )

        def rows(self) -> list[dict[str, str]]:
            """``{"language", "text", "url"}`` for every language of the hub."""
            model = type(self.instance)._meta.get_field("texts").related_model
            texts = {
                text.locale.language_code: text
                for text in self.instance.texts.select_related("locale")
            }
            viewset = model.snippet_viewset
            add = f"{reverse(viewset.get_url_name('add'))}?record={self.instance.pk}&locale="
            return [
                {
                    "language": language_info(code)["name_local"],
                    "code": code,
                    "text": str(texts[code]) if code in texts else "",
                    "url": reverse(viewset.get_url_name("edit"), args=[texts[code].pk])
                    if code in texts
                    else f"{add}{code}",
                }
                for code in settings.HUB_LANGUAGES
            ]


class ThemeColoursPanel(Panel):
    """The colour given and the colours used, each with its contrast."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("heading", _("Colours as used"))
        super().__init__(*args, **kwargs)

    class BoundPanel(Panel.BoundPanel):
        def is_shown(self) -> bool:
            # A form that is shown again holds what was typed, colour or not.
            return bool(self.instance.brand) and not self.form.errors

        def render_html(self, parent_context: Any = None) -> SafeString:
            given = self.instance.brand
            tokens = self.instance.tokens
            rows = [
                {"name": _("Given"), "colour": given, "ratio": contrast(given, WHITE)},
                {
                    "name": _("Used below white text"),
                    "colour": tokens["brand"],
                    "ratio": contrast(tokens["brand"], WHITE),
                },
                {
                    "name": _("Used for links"),
                    "colour": tokens["link"],
                    "ratio": contrast(tokens["link"], WHITE),
                },
            ]
            return render_to_string("wagtailadmin/partners/theme_colours.html", {"rows": rows})
