"""Imports lessons: case studies and articles about what a project taught."""

import re
from html import unescape

from wagtail.models import Page

from content.importing import Batch, Block, Child, Document, Head, PageDraft, Place
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
        draft.fields["client"] = story.plain(structure.client)[:255]
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
        plain = document.story.plain
        value = {
            "text": text,
            "name": plain(testimonial.attribution)[:200],  # type: ignore[attr-defined]
            "post": plain(testimonial.position)[:200],  # type: ignore[attr-defined]
            "organisation": plain(testimonial.organization)[:200],  # type: ignore[attr-defined]
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
            if not found and label.startswith(("http://", "https://")) and " " not in label:
                links.append({"url": label, "label": label[:300], "note": ""})
            elif found and found[1].startswith(("http:", "https:")) and len(label) <= 300:
                links.append({"url": unescape(found[1]), "label": label, "note": ""})
            else:
                texts.append(item)
        blocks = [{"type": "text", "value": item} for item in texts]
        if links:
            blocks.append({"type": "link_list", "value": {"title": "", "links": links}})
        if blocks:
            story.put(taken, *blocks)
