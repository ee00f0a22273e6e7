"""What a callout or an exercise may hold: no headings, no boxes in boxes."""

from wagtail import blocks

from content.blocks.media import ImageWithTextBlock
from content.blocks.quotation import QuotationBlock
from content.blocks.text import CodeBlock, TableBlock, TextBlock


class InnerStoryBlock(blocks.StreamBlock):
    text = TextBlock()
    code = CodeBlock()
    table = TableBlock()
    quotation = QuotationBlock()
    image = ImageWithTextBlock()
