"""Facts in running text: ``{{phone:housing-desk.main}}`` stands for a value of a record."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from partners.models import Contact, Location, Partner, Service

from .finding import REFUSE, Finding, Place, rule
from .material import Material
from .registry import check

MALFORMED = rule(
    "token-malformed",
    REFUSE,
    _("“%(text)s” is not of the form {{kind:record.key}}."),
    source="Form of tokens: {{kind:record-slug.key}}",
)
UNKNOWN_KIND = rule(
    "token-kind",
    REFUSE,
    _("“%(text)s” names a kind of fact that there is not. Known kinds: %(kinds)s."),
    source="Form of tokens: {{kind:record-slug.key}}",
)
UNKNOWN = rule(
    "token-unknown",
    REFUSE,
    _("“%(text)s” names a fact that no record has."),
    source="A token without a value would show nothing",
)

# Where a kind of fact is kept: models and the rows that have a key.
KINDS = {
    "phone": [(model, "phones") for model in (Contact, Service, Location, Partner)],
    "fee": [(Service, "cost_options")],
    "deadline": [(Service, "deadlines")],
}

# A colon tells a token from the placeholders of template languages.
_TOKEN = re.compile(r"\{\{\s*([A-Za-z][\w-]*)\s*:([^{}]*)\}\}")
_TARGET = re.compile(r"([a-z0-9-]+)\.([a-z0-9_-]+)")


@check
def fact_tokens(material: Material) -> Iterator[Finding]:
    wanted: list[tuple[Place, str, str, tuple[str, str]]] = []
    for passage in material.passages:
        for found in _TOKEN.finditer(passage.text):
            named = _TARGET.fullmatch(found[2])
            if found[1] not in KINDS:
                yield UNKNOWN_KIND.at(passage.place, text=found[0], kinds=", ".join(KINDS))
            elif named is None:
                yield MALFORMED.at(passage.place, text=found[0])
            else:
                wanted.append((passage.place, found[0], found[1], (named[1], named[2])))
    for kind in {kind for _place, _text, kind, _target in wanted}:
        rows = [(place, text, target) for place, text, its, target in wanted if its == kind]
        known = existing(kind, (slug for _place, _text, (slug, _key) in rows))
        for place, text, target in rows:
            if target not in known:
                yield UNKNOWN.at(place, text=text)


def existing(kind: str, slugs: Iterable[str]) -> set[tuple[str, str]]:
    """Slug and key of the facts that records of these slugs hold: one query for each model."""
    wanted = set(slugs)
    found: set[tuple[str, str]] = set()
    for model, rows in KINDS[kind]:
        found |= set(model.objects.filter(slug__in=wanted).values_list("slug", f"{rows}__key"))
    return found
