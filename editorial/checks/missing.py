"""What a page should say about itself."""

import unicodedata
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from content.scripts import is_foreign
from editorial.models.page import KnowledgePage

from .finding import ADVISE, REFUSE, Finding, Place, rule
from .material import Material
from .registry import check

SUMMARY = rule(
    "summary-missing",
    ADVISE,
    _("The page has no summary: lists, search and link previews show nothing of it."),
    source="schema.org description; Open Graph og:description",
)
TITLE = rule(
    "title-long",
    ADVISE,
    _("The title takes the space of %(count)s letters; 65 fit into lists and search results."),
    source="GOV.UK: titles of 65 characters at most",
)
LICENCE = rule(
    "licence-missing",
    ADVISE,
    _("The page names no licence, so nobody knows whether it may be used again."),
    source="Others may reuse only what says so; SPDX License List",
)
CHANGE_NOTE = rule(
    "change-note-missing",
    REFUSE,
    _("Say what has changed, because the change is more than wording."),
    source="From a change of meaning on, readers and translators are told what changed",
)
LANGUAGE = rule(
    "language-other",
    ADVISE,
    _("Hardly any letter belongs to the language of the page (%(language)s)."),
    source="WCAG 2.2, 3.1.1",
)

TITLE_LENGTH = 65
# A change of these kinds is told.
TOLD = (KnowledgePage.ChangeKind.MAJOR, KnowledgePage.ChangeKind.CRITICAL)


@check
def about_the_page(material: Material) -> Iterator[Finding]:
    obj = material.obj
    if not material.is_page:
        return
    width = width_of(obj.title)
    if width > TITLE_LENGTH:
        yield TITLE.at(Place("title"), count=width)
    if not material.is_knowledge:
        return
    if not obj.summary.strip():
        yield SUMMARY.at(Place("summary"))
    if not obj.licence.strip():
        yield LICENCE.at(Place("licence"))
    if is_note_due(material):
        yield CHANGE_NOTE.at(Place("change_note"))


def is_note_due(material: Material) -> bool:
    """Whether readers know an earlier version, and the change of this source is not said."""
    obj = material.obj
    if obj.change_note.strip() or obj.change_kind not in TOLD:
        return False
    return material.changes_what_was_read and not material.is_translation


def width_of(title: str) -> int:
    """Letters of a title: marks on a letter take no space, wide East Asian letters that of two."""
    return sum(
        1 + (unicodedata.east_asian_width(char) in "WF")
        for char in title
        if not unicodedata.category(char).startswith("M")
    )


@check
def declared_language(material: Material) -> Iterator[Finding]:
    text = " ".join(passage.text for passage in material.passages if passage.prose)
    if is_foreign(text[:3_000], material.language):
        yield LANGUAGE.at(Place(), language=material.language)
