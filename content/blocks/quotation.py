"""What somebody said."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.fields import FactCharBlock, RichBlock

BOXES = _("Boxes")


class QuotationBlock(blocks.StructBlock):
    text = RichBlock(label=_("Words"))
    name = FactCharBlock(required=False, max_length=200, label=_("Name"))
    post = blocks.CharBlock(required=False, max_length=200, label=_("Post"))
    organisation = FactCharBlock(required=False, max_length=200, label=_("Organisation"))
    consent = blocks.BooleanBlock(
        required=False, label=_("The person agreed, or the words were public before")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["name"] and not cleaned["consent"]:
            raise blocks.StructBlockValidationError(
                {"consent": ValidationError(_("Name a person only with their consent."))}
            )
        return cleaned

    class Meta:
        icon = "openquote"
        group = BOXES
        label = _("Quotation")
        description = _("What somebody said, with name and post when they agreed.")
        template = "blocks/quotation.html"
        preview_value = {
            "text": "<p>We stopped asking for the same paper twice.</p>",
            "name": "",
            "post": "Caseworker",
            "organisation": "",
            "consent": False,
        }
