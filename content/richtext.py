"""What rich text may hold: no images, no embeds, no raw HTML; headings are blocks of their own."""

FEATURES = [
    "bold", "italic", "ol", "ul", "link", "document-link", "code", "superscript", "subscript",
]  # fmt: skip
INLINE_FEATURES = ["bold", "italic", "link", "code"]
