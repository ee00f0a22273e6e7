"""The block catalogue of the floor; partners and training add the blocks that know their records."""

from .callout import CalloutBlock, DefinitionBlock, SharedTextBlock
from .evidence import ClaimBlock, RequirementBlock
from .fields import (
    FactCharBlock,
    FactTextBlock,
    FactURLBlock,
    RecordBlock,
    RecordRef,
    RichBlock,
    SentenceBlock,
)
from .inner import InnerStoryBlock
from .links import DecisionBlock, LinkListBlock, PageListBlock, PageRefBlock, PageRefsBlock
from .media import DownloadBlock, ImageWithTextBlock, VideoBlock
from .quotation import QuotationBlock
from .steps import ChecklistBlock, ExerciseBlock, KeyQuestionsBlock, NumberedStepsBlock
from .story import ItemsBlock, StoryBlock
from .text import CodeBlock, HeadingBlock, TableBlock, TextBlock

__all__ = [
    "CalloutBlock",
    "ChecklistBlock",
    "ClaimBlock",
    "CodeBlock",
    "DecisionBlock",
    "DefinitionBlock",
    "DownloadBlock",
    "ExerciseBlock",
    "FactCharBlock",
    "FactTextBlock",
    "FactURLBlock",
    "HeadingBlock",
    "ImageWithTextBlock",
    "InnerStoryBlock",
    "ItemsBlock",
    "KeyQuestionsBlock",
    "LinkListBlock",
    "NumberedStepsBlock",
    "PageListBlock",
    "PageRefBlock",
    "PageRefsBlock",
    "QuotationBlock",
    "RecordBlock",
    "RecordRef",
    "RequirementBlock",
    "RichBlock",
    "SentenceBlock",
    "SharedTextBlock",
    "StoryBlock",
    "TableBlock",
    "TextBlock",
    "VideoBlock",
]
