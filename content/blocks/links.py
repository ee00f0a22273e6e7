"""Ways to other places: pages of this hub, addresses elsewhere, decisions."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.fields import FactCharBlock, FactURLBlock, PageRefChooserBlock

WAYS = _("Links")


class LinkBlock(blocks.StructBlock):
    url = FactURLBlock(label=_("Address"))
    label = blocks.CharBlock(max_length=300, label=_("Text of the link"))
    note = blocks.CharBlock(required=False, max_length=300, label=_("Note"))

    class Meta:
        icon = "link-external"


class LinkListBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    links = blocks.ListBlock(LinkBlock(), label=_("Links"))

    class Meta:
        icon = "link-external"
        group = WAYS
        label = _("Links to other sites")
        description = _("Addresses outside this hub.")
        template = "blocks/link_list.html"
        preview_value = {
            "title": "More",
            "links": [{"url": "https://example.org/", "label": "Example", "note": ""}],
        }


class PageRefBlock(blocks.StructBlock):
    page = PageRefChooserBlock(label=_("Page"))
    label = blocks.CharBlock(required=False, max_length=200, label=_("Other title"))
    required = blocks.BooleanBlock(required=False, default=True, label=_("Required"))

    class Meta:
        icon = "doc-full"


class PageListBlock(blocks.StreamBlock):
    """An ordered list of references; the item's id survives reordering."""

    page = PageRefBlock()

    class Meta:
        required = False


class PageRefsBlock(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=200, label=_("Title"))
    pages = blocks.ListBlock(PageRefBlock(), label=_("Pages"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from content.queries import reference_cards

        context = super().get_context(value, parent_context)
        context["cards"] = reference_cards(value["pages"], context.get("references"))
        return context

    class Meta:
        icon = "doc-full"
        group = WAYS
        label = _("Pages of this hub")
        description = _("An ordered list of pages, shown in the reader's language.")
        template = "blocks/page_refs.html"
        preview_value = {"title": "See also", "pages": []}


class AnswerBlock(blocks.StructBlock):
    text = blocks.CharBlock(max_length=300, label=_("Answer"))
    page = PageRefChooserBlock(required=False, label=_("Leads to page"))
    block = FactCharBlock(required=False, max_length=64, label=_("Leads to block (id)"))

    class Meta:
        icon = "arrow-right"


class DecisionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=300, label=_("Question"))
    answers = blocks.ListBlock(AnswerBlock(), label=_("Answers"))

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        from content.queries import decision_answers

        context = super().get_context(value, parent_context)
        context["answers"] = decision_answers(value["answers"], context.get("references"))
        return context

    class Meta:
        icon = "help"
        group = WAYS
        label = _("Decision")
        description = _("A question whose answers lead to different places.")
        template = "blocks/decision.html"
        preview_value = {
            "question": "Do you rent your home?",
            "answers": [{"text": "Yes", "page": None, "block": ""}],
        }
