"""The streams that pages use."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.blocks.callout import CalloutBlock, DefinitionBlock, SharedTextBlock
from content.blocks.evidence import ClaimBlock, RequirementBlock
from content.blocks.links import DecisionBlock, LinkListBlock, PageRefsBlock
from content.blocks.media import DownloadBlock, ImageWithTextBlock, VideoBlock
from content.blocks.quotation import QuotationBlock
from content.blocks.steps import (
    ChecklistBlock,
    ExerciseBlock,
    KeyQuestionsBlock,
    NumberedStepsBlock,
)
from content.blocks.text import CodeBlock, HeadingBlock, TableBlock, TextBlock


class StoryBlock(blocks.StreamBlock):
    """Blocks that need no records; upper apps add theirs by subclassing."""

    text = TextBlock()
    heading = HeadingBlock()
    checklist = ChecklistBlock()
    key_questions = KeyQuestionsBlock()
    numbered_steps = NumberedStepsBlock()
    exercise = ExerciseBlock()
    callout = CalloutBlock()
    definition = DefinitionBlock()
    quotation = QuotationBlock()
    shared_text = SharedTextBlock()
    image = ImageWithTextBlock()
    download = DownloadBlock()
    video = VideoBlock()
    table = TableBlock()
    code = CodeBlock()
    link_list = LinkListBlock()
    page_refs = PageRefsBlock()
    decision = DecisionBlock()
    claim = ClaimBlock()
    requirement = RequirementBlock()

    class Meta:
        required = False


class RestrictedBlock(blocks.StructBlock):
    """Blocks for signed-in members of an audience; a subclass names its ``body`` stream.

    It gives nothing to Wagtail's search index or API, which ask no viewer.
    """

    audience = blocks.ChoiceBlock(
        choices=[
            ("instructors", _("Facilitators of the course")),
            ("staff", _("Staff of all partners")),
            ("editors", _("People who may edit this page")),
        ],
        default="staff",
        label=_("Who may read it"),
    )

    def get_searchable_content(self, value: Any) -> list[str]:
        return []

    def get_api_representation(self, value: Any, context: Any = None) -> None:
        return None

    class Meta:
        icon = "lock"
        group = _("Boxes")
        label = _("For members only")
        description = _("Read at the same address by signed-in members; invisible to others.")
        template = "blocks/restricted.html"


class ItemsBlock(blocks.StreamBlock):
    """A list of short texts, each with an id of its own."""

    item = blocks.CharBlock(max_length=1000, label=_("Item"))

    class Meta:
        required = False
