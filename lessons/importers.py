"""Imports lessons: case studies and articles about what a project taught."""

import re
from html import unescape

from wagtail.models import Page

from content.importing import (
    Batch,
    Block,
    Child,
    Document,
    Head,
    PageDraft,
    Place,
    is_web_address,
)
from lessons.models import CaseStudyIndexPage, CaseStudyPage

_LINK = re.compile(r'<a href="([^"]+)">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class LessonImporter:
    def place(self, document: Head, batch: Batch) -> Place:
        return Place(CaseStudyPage, CaseStudyIndexPage)

    def build(self, document: Document) -> PageDraft:
        draft = PageDraft()
        if document.form == "case-study":
            self._case_study(document, draft)
        draft.streams["body"] = document.story.blocks()
        return draft

    def list_children(self, page: Page, children: list[Child]) -> dict[str, list[Block]]:
        return {}

    def _case_study(self, document: Document, draft: PageDraft) -> None:
        story, structure = document.story, document.structure
        draft.fields["client"] = document.cut(
            story.plain(structure.client), 255, "structure.client"
        )
        subtitle = story.plain(structure.subtitle)
        if subtitle and subtitle != story.plain(document.summary):
            if not document.summary:
                draft.summary = subtitle
            elif not story.has_words(subtitle):
                text = story.rich_from_markdown(structure.subtitle)
                story.prepend({"type": "text", "value": text})
        for testimonial in structure.testimonials:
            taken = story.take([testimonial.quote], name="structure.testimonials")
            if taken.items:
                story.put(taken, self._quotation(document, taken.items[0], testimonial))
        self._links(document)

    def _quotation(self, document: Document, text: str, testimonial: object) -> Block:
        def line(name: str) -> str:
            plain = document.story.plain(getattr(testimonial, name))
            return document.cut(plain, 200, f"structure.testimonials.{name}")

        value = {
            "text": text,
            "name": line("attribution"),
            "post": line("position"),
            "organisation": line("organization"),
            # It was published with the name before.
            "consent": True,
        }
        return {"type": "quotation", "value": value}

    def _links(self, document: Document) -> None:
        story = document.story
        taken = story.take(document.structure.links, name="structure.links")
        links, texts = [], []
        for item in taken.items:
            found = _LINK.search(item)
            label = unescape(_TAG.sub("", item)).strip()
            url = unescape(found[1]) if found else label
            # What is more than a link, or none that a link can hold, stays text.
            if is_web_address(url) and len(url) <= 1000 and (len(label) <= 300 or not found):
                links.append({"url": url, "label": label[:300], "note": ""})
            else:
                texts.append(item)
        blocks = [{"type": "text", "value": item} for item in texts]
        if links:
            blocks.append({"type": "link_list", "value": {"title": "", "links": links}})
        if blocks:
            story.put(taken, *blocks)
