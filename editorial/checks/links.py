"""Links: they lead somewhere, as far as can be seen from here, and say where.

Only addresses are looked at. Nothing outside the hub is asked, because a check runs within a request.
"""

from collections.abc import Iterator

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from .addresses import problem_of
from .finding import ADVISE, REFUSE, Finding, Place, rule
from .material import Material
from .registry import check
from .rich import Link
from .walk import Reference
from .words import SAYS_NOTHING

GONE = rule(
    "target-gone",
    REFUSE,
    _("This names a page, file, image or record that no longer exists."),
    source="A link that leads nowhere",
    shared=True,
)
TAKEN_DOWN = rule(
    "page-taken-down",
    REFUSE,
    _("“%(text)s” leads to a page that has been taken down: readers cannot open it."),
    source="A link that leads nowhere",
    shared=True,
)
NOT_YET = rule(
    "target-unpublished",
    ADVISE,
    _("“%(text)s” is not published yet. Until then readers do not see it."),
    source="Two new pages may name each other, so this only advises",
)
ANCHOR = rule(
    "anchor-missing",
    REFUSE,
    _("A link leads to “%(text)s” on this page, and there is no such place."),
    source="HTML, 7.4.6.4: fragments",
    shared=True,
)
MALFORMED = rule(
    "address-malformed",
    REFUSE,
    _("“%(text)s” is no web address. It begins with https://, mailto: or tel:."),
    source="RFC 3986; RFC 6068 (mailto); RFC 3966 (tel)",
    shared=True,
)
WITHIN = rule(
    "address-within",
    ADVISE,
    _("“%(text)s” is an address of this hub. Choose the page instead, and the link follows it."),
    source="A link by id survives moves and finds the translation",
)
EMPTY = rule(
    "link-empty",
    REFUSE,
    _("A link to %(text)s has no words."),
    source="WCAG 2.2, 2.4.4 (failure F89)",
)
SAYS_LITTLE = rule(
    "link-text",
    ADVISE,
    _("The link “%(text)s” does not say where it leads."),
    source="WCAG 2.2, 2.4.4 and 2.4.9",
)

# Ids that every page has, besides those of its blocks and headings.
ALWAYS = frozenset(("", "top", "main", "about-page", "problem"))


@check
def targets(material: Material) -> Iterator[Finding]:
    for reference in material.references:
        row = material.target(reference)
        if row is None:
            yield GONE.at(reference.place)
        elif not row.get("live", True):
            yield _not_public(reference, row)


def _not_public(reference: Reference, row: dict) -> Finding:
    text = reference.words or f"#{reference.pk}"
    taken_down = reference.kind == "wagtailcore.page" and row["first_published_at"]
    return (TAKEN_DOWN if taken_down else NOT_YET).at(reference.place, text=text)


@check
def addresses(material: Material) -> Iterator[Finding]:
    for passage, link in material.links:
        if link.linktype:
            continue
        if link.href.startswith("#"):
            if not has_anchor(material, link.href[1:]):
                yield ANCHOR.at(passage.place, text=link.href)
        else:
            yield from _address(passage.place, link.href)
    for address in material.addresses:
        yield from _address(address.place, address.url)


def _address(place: Place, url: str) -> Iterator[Finding]:
    problem = problem_of(url)
    if problem:
        yield (WITHIN if problem == "within" else MALFORMED).at(place, text=url[:200])


@check
def answers_of_decisions(material: Material) -> Iterator[Finding]:
    for part in material.parts:
        answer = part.value if isinstance(part.value, dict) else {}
        target = answer.get("block") if {"page", "block", "text"} <= answer.keys() else None
        if target and target not in material.walked.ids:
            yield ANCHOR.at(part.place, text=str(target))


def has_anchor(material: Material, anchor: str) -> bool:
    """Whether the page has this place. A template may make ids of its own; those of blocks it may not."""
    if anchor.removeprefix("b-") in material.walked.ids or anchor in ALWAYS:
        return True
    if anchor.startswith("b-"):
        return False
    headings = (part.value for part in material.parts if part.name == "heading")
    return anchor in {slugify(value.get("text") or "", allow_unicode=True) for value in headings}


@check
def link_words(material: Material) -> Iterator[Finding]:
    empty_words = SAYS_NOTHING.get(material.language) or SAYS_NOTHING.get(
        material.language.split("-")[0], frozenset()
    )
    for passage, link in material.links:
        text = " ".join(link.text.split())
        if not text:
            yield EMPTY.at(passage.place, text=_shown(link))
        elif text.casefold().strip(" .:>»→…[]()") in empty_words or is_bare(text):
            yield SAYS_LITTLE.at(passage.place, text=text[:100])


def is_bare(text: str) -> bool:
    """Whether the words of a link are an address with more than the name of a site."""
    return text.casefold().startswith(("http://", "https://")) and " " not in text


def _shown(link: Link) -> str:
    return link.href[:100] or f"{link.linktype} {link.pk}"
