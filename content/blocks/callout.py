"""Boxes that stand out: notes, definitions, shared passages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.fields import FactCharBlock, RecordBlock, RichBlock
from content.blocks.inner import InnerStoryBlock
from content.blocks.quotation import BOXES


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        choices=[
            ("note", _("Note")),
            ("warning", _("Warning")),
            ("what_if", _("What if …")),
            ("legal", _("Legal")),
        ],
        default="note",
        label=_("Kind"),
    )
    title = blocks.CharBlock(required=False, max_length=300, label=_("Title"))
    body = InnerStoryBlock(required=False, label=_("Text"))

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["title"] and not len(cleaned["body"]):
            raise blocks.StructBlockValidationError(
                {"body": ValidationError(_("Give a title or a text."))}
            )
        return cleaned

    class Meta:
        icon = "warning"
        group = BOXES
        label = _("Callout")
        description = _("A note, a warning, a special case or a legal remark.")
        template = "blocks/callout.html"
        preview_value = {
            "kind": "note",
            "title": "Good to know",
            "body": [{"type": "text", "value": "<p>An interpreter is free of charge.</p>"}],
        }


class DefinitionBlock(blocks.StructBlock):
    term_key = FactCharBlock(required=False, max_length=80, label=_("Key of the term"))
    term = blocks.CharBlock(max_length=200, label=_("Term"))
    text = RichBlock(label=_("Meaning"))

    class Meta:
        icon = "info-circle"
        group = BOXES
        label = _("Definition")
        description = _("Explains one word in plain language.")
        template = "blocks/definition.html"
        preview_value = {
            "term_key": "",
            "term": "Eviction",
            "text": "<p>When a court orders a tenant to leave a home.</p>",
        }


class SharedTextBlock(blocks.StructBlock):
    text = RecordBlock("content.SharedText", label=_("Shared text"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from content.queries import shared_text

        context = super().get_context(value, parent_context)
        context["shared"] = shared_text(value["text"])
        return context

    class Meta:
        icon = "copy"
        group = BOXES
        label = _("Shared text")
        description = _("A passage that is kept once and shown on several pages.")
        template = "blocks/shared_text.html"
        preview_value = {"text": None}
