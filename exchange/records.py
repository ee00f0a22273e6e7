"""Matches what a document names with the records of the hub: partners, areas, topics."""

from typing import Any

from babel import Locale as Names
from django.utils.text import slugify
from wagtail.models import Locale

from content.models import Topic
from exchange.problems import Problems
from exchange.roads import Roads
from partners.models import Jurisdiction, JurisdictionLabel, Partner, PartnerText

KINDS = {
    "government": Partner.Kind.GOVERNMENT,
    "civil-society": Partner.Kind.CIVIL_SOCIETY,
}


class Records:
    """Finds or makes records; remembers what was found. ``forget`` after a rolled-back file."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self._fixed = roads.options.partner
        self._partners: dict[str, Partner] = {}
        self._without_contact: set[str] = set()
        self._topics: dict[str, Topic] | None = None
        self._unknown_topics: set[str] = set()

    def forget(self) -> None:
        self._partners.clear()

    def partner(self, data: Any, problems: Problems) -> Partner:
        """The partner a document names, matched by name, or made."""
        partner = self._fixed or self._partners.get(data.name) or self._find(data.name)
        if partner is None:
            partner = self._make(data)
        self._partners[data.name] = partner
        reachable = partner.website or partner.email or partner.phones.exists()
        if not reachable and partner.slug not in self._without_contact:
            self._without_contact.add(partner.slug)
            wanted = "a phone, an e-mail address or a web site in the partner's record"
            problems.add("missing-contact", "partner", data.name, wanted)
        return partner

    def _find(self, name: str) -> Partner | None:
        found = Partner.objects.filter(external_name=name[:255]).first()
        if found is None:
            text = PartnerText.objects.filter(name__iexact=name).select_related("record").first()
            found = text.record if text else None
        return found

    def _make(self, data: Any) -> Partner:
        partner = Partner(
            slug=_free_slug(data.name),
            kind=KINDS.get(data.type, Partner.Kind.OTHER),
            external_name=data.name[:255],
        )
        area = self.jurisdiction(data.jurisdiction)
        if area is not None:
            partner.jurisdictions = [area]
        publish = self._roads.options.publish
        self._roads.keep(partner, publish=publish)
        # Names of organisations are the same in every language until somebody translates them.
        text = PartnerText(record=partner, locale=Locale.get_default(), name=data.name[:255])
        self._roads.keep(text, publish=publish)
        return Partner.objects.get(pk=partner.pk)

    def jurisdiction(self, code: str | None) -> Jurisdiction | None:
        """The area with this code, or a new one: a country, or a part of one (ISO 3166-2)."""
        code = (code or "").strip()[:40]
        if not code:
            return None
        found = Jurisdiction.objects.filter(code__iexact=code).first()
        if found is not None:
            return found
        country, _dash, part = code.partition("-")
        level, parent = Jurisdiction.Level.COUNTRY, None
        if len(country) == 2 and part:
            level, parent = Jurisdiction.Level.STATE, self.jurisdiction(country)
        elif len(country) != 2:
            level = Jurisdiction.Level.INTERNATIONAL
        area = Jurisdiction(code=code, level=level, parent=parent)
        name = Names("en").territories.get(code.upper())
        if name:
            area.labels = [JurisdictionLabel(language="en", label=name)]
        area.save()
        return area

    def topics(self, names: list[str], problems: Problems) -> tuple[list[Topic], list[str]]:
        """Topics by slug, name or synonym; names of none stay free tags, reported once each."""
        known = self._known_topics()
        topics: dict[int, Topic] = {}
        tags: list[str] = []
        for name in names:
            topic = known.get(_fold(name))
            if topic is not None:
                topics[topic.pk] = topic
                continue
            tags.append(name[:100])
            if _fold(name) not in self._unknown_topics:
                self._unknown_topics.add(_fold(name))
                problems.add("unknown-topic", "topics", name)
        return list(topics.values()), tags

    def _known_topics(self) -> dict[str, Topic]:
        if self._topics is None:
            self._topics = {}
            topics = Topic.objects.prefetch_related("labels").select_related("merged_into")
            for topic in topics:
                target = topic.merged_into or topic
                names = [topic.slug]
                for label in topic.labels.all():
                    names += [label.label, *label.synonyms.splitlines()]
                for name in names:
                    if name.strip():
                        self._topics.setdefault(_fold(name), target)
        return self._topics


def _fold(name: str) -> str:
    return slugify(name, allow_unicode=True).replace("_", "-") or name.strip().casefold()


def _free_slug(name: str) -> str:
    base = slugify(name)[:100].strip("-") or "partner"
    slug, number = base, 2
    while Partner.objects.filter(slug=slug).exists():
        slug, number = f"{base}-{number}", number + 1
    return slug
