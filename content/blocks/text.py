"""Running text: paragraphs, headings, tables, code."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.fields import FactCharBlock, FactTextBlock, RichBlock, SentenceBlock

TEXT = _("Text")


class TextBlock(RichBlock):
    class Meta:
        icon = "pilcrow"
        group = TEXT
        label = _("Text")
        description = _("Paragraphs and lists. Keep it short: one thought per block.")
        template = "blocks/text.html"
        preview_value = "<p>Bring a photo ID and something that shows your address.</p>"


class HeadingValue(blocks.StructValue):
    @property
    def anchor(self) -> str:
        """Address of the heading within its page; empty when the text has no letters for one."""
        return slugify(self["text"], allow_unicode=True)


class HeadingBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=300, label=_("Heading"))
    level = blocks.ChoiceBlock(
        choices=[("2", _("Section")), ("3", _("Subsection")), ("4", _("Small heading"))],
        default="2",
        label=_("Level"),
    )

    class Meta:
        icon = "title"
        group = TEXT
        label = _("Heading")
        description = _("Starts a section. Do not skip a level.")
        template = "blocks/heading.html"
        value_class = HeadingValue
        preview_value = {"text": "What to bring", "level": "2"}


class CodeBlock(blocks.StructBlock):
    language = FactCharBlock(required=False, max_length=40, label=_("Language of the code"))
    code = FactTextBlock(label=_("Code"), rows=8)

    class Meta:
        icon = "code"
        group = TEXT
        label = _("Code")
        description = _("Commands or code, shown as written; never translated.")
        template = "blocks/code.html"
        preview_value = {"language": "bash", "code": "git status"}


class TableRowBlock(blocks.StructBlock):
    cells = blocks.ListBlock(SentenceBlock(required=False), label=_("Cells"))

    class Meta:
        icon = "bars"
        label = _("Row")


class TableValue(blocks.StructValue):
    @property
    def head(self) -> Any:
        """Cells of the header row, or nothing."""
        rows = self["rows"]
        return rows[0]["cells"] if self["header_row"] and len(rows) else []

    @property
    def body(self) -> list[Any]:
        """Rows below the header."""
        rows = [row["cells"] for row in self["rows"]]
        return rows[1:] if self["header_row"] else rows


class TableBlock(blocks.StructBlock):
    """A table whose cells are blocks, so that they have ids, translate and merge."""

    caption = blocks.CharBlock(required=False, max_length=300, label=_("Caption"))
    header_row = blocks.BooleanBlock(
        required=False, default=True, label=_("The first row holds headings")
    )
    header_column = blocks.BooleanBlock(required=False, label=_("The first column holds headings"))
    rows = blocks.ListBlock(TableRowBlock(), label=_("Rows"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if len({len(row["cells"]) for row in cleaned["rows"]}) > 1:
            raise blocks.StructBlockValidationError(
                {"rows": ValidationError(_("All rows need the same number of cells."))}
            )
        return cleaned

    class Meta:
        icon = "table"
        group = TEXT
        label = _("Table")
        description = _("Figures or facts in rows and columns, with a caption.")
        template = "blocks/table.html"
        value_class = TableValue
        preview_value = {
            "caption": "Opening hours",
            "header_row": True,
            "header_column": False,
            "rows": [
                {"cells": ["<p>Day</p>", "<p>Hours</p>"]},
                {"cells": ["<p>Monday</p>", "<p>9 to 17</p>"]},
            ],
        }
