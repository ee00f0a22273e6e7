"""Lists over all partners: filters on ``PageFacts``, never on pages."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_noop

from content.languages import language_info
from content.models import PageAudience, PageFacts, PageTopic
from content.pagecache import tags
from content.queries import labelled, vocabulary
from partners.projections import localise
from partners.queries import KIND_LABELS, directory, paged, reader_language

KINDS = ("guide", "journey", "toolkit", "part", "lesson", "course", "unit", "session")
LABELS = {
    "kind": gettext_noop("Kind"),
    "topic": gettext_noop("Topic"),
    "partner": gettext_noop("Partner"),
    "audience": gettext_noop("For whom"),
    "language": gettext_noop("Language"),
}


@dataclass
class Filters:
    """Chosen values by filter. Values that do not exist are left out, never an error."""

    language: str
    chosen: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, query: QueryDict, language: str) -> "Filters":
        """Read a query string; the languages chosen default to the reader's own."""
        filters = cls(language)
        for name, options in filters.options().items():
            known = {option["value"] for option in options}
            given = list(dict.fromkeys(query.getlist(name)))
            values = [value for value in given if value in known]
            if values != given:
                tags.do_not_keep()  # there is no end of values that do not exist
            if values:
                filters.chosen[name] = values
        return filters

    def options(self) -> dict[str, list[dict[str, Any]]]:
        """All values of each filter: ``{"value", "label", "lang", "is_message"}``."""
        known = vocabulary()
        return {
            "kind": [
                {"value": kind, "label": KIND_LABELS[kind], "lang": "", "is_message": True}
                for kind in KINDS
            ],
            "topic": self._terms(known["topics"]),
            "partner": self._partners(),
            "audience": self._terms(known["audiences"]),
            "language": [
                {
                    "value": code,
                    "label": language_info(code)["name_local"],
                    "lang": code,
                    "is_message": False,
                }
                for code in settings.HUB_LANGUAGES
            ],
        }

    def _terms(self, terms: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        rows = [(pk, labelled(term, self.language)) for pk, term in terms.items()]
        return sorted(
            (
                {
                    "value": row["slug"],
                    "label": row["title"],
                    "lang": row["lang"],
                    "is_message": False,
                    "id": pk,
                }
                for pk, row in rows
            ),
            key=lambda row: row["label"].casefold(),
        )

    def _partners(self) -> list[dict[str, Any]]:
        rows = []
        for pk, projection in directory()["partners"].items():
            shown = localise(projection, self.language)
            rows.append(
                {
                    "value": shown["slug"],
                    "label": shown.get("name", shown["slug"]),
                    "lang": shown["lang"],
                    "is_message": False,
                    "id": pk,
                }
            )
        return sorted(rows, key=lambda row: row["label"].casefold())

    def ids(self, name: str) -> list[int]:
        values = set(self.chosen.get(name, []))
        return [row["id"] for row in self.options()[name] if row["value"] in values]

    def apply(self, without: str = "") -> QuerySet:
        """Facts that match all chosen filters but ``without``; several values of one filter add up."""
        rows = PageFacts.objects.readable().listed()
        languages = self.chosen.get("language") or [self.language]
        tags.touch(*map(tags.listing, settings.HUB_LANGUAGES))  # the counts are of all languages
        if without != "language":
            rows = rows.filter(locale_code__in=languages)
        kinds = self.chosen.get("kind") if without != "kind" else None
        rows = rows.filter(kind__in=kinds or KINDS)
        if "partner" in self.chosen and without != "partner":
            rows = rows.filter(partner_id__in=self.ids("partner"))
        if "topic" in self.chosen and without != "topic":
            tagged = PageTopic.objects.filter(topic_id__in=self.ids("topic")).values("facts")
            rows = rows.filter(pk__in=tagged)
        if "audience" in self.chosen and without != "audience":
            meant = PageAudience.objects.filter(audience_id__in=self.ids("audience"))
            rows = rows.filter(pk__in=meant.values("facts"))
        return rows


def browse_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the list of all pages shows."""
    language = reader_language()
    filters = Filters.parse(request.GET, language)
    rows = filters.apply().order_by("title", "pk")
    url = reverse("browse")
    return {
        "filters": _form(filters),
        "chosen": _chosen(filters, url),
        "form_url": url,
        **paged(rows, request, language),
    }


def _counts(filters: Filters) -> dict[str, dict[Any, int]]:
    """How many pages each value would show with the other filters as they are: a query a filter."""

    def by(rows: QuerySet, column: str) -> dict[Any, int]:
        return dict(rows.order_by().values_list(column).annotate(total=Count("pk")))

    return {
        "kind": by(filters.apply(without="kind"), "kind"),
        "partner": by(filters.apply(without="partner"), "partner_id"),
        "language": by(filters.apply(without="language"), "locale_code"),
        "topic": by(PageTopic.objects.filter(facts__in=filters.apply(without="topic")), "topic_id"),
        "audience": by(
            PageAudience.objects.filter(facts__in=filters.apply(without="audience")),
            "audience_id",
        ),
    }


def _form(filters: Filters) -> list[dict[str, Any]]:
    counts = _counts(filters)
    form = []
    for name, options in filters.options().items():
        chosen = filters.chosen.get(name, [])
        if name == "language" and not chosen:
            chosen = [filters.language]
        shown = [
            {
                **option,
                "selected": option["value"] in chosen,
                "count": counts[name].get(option.get("id", option["value"]), 0),
            }
            for option in options
        ]
        form.append(
            {
                "name": name,
                "label": LABELS[name],
                "open": name in filters.chosen,
                "options": [row for row in shown if row["count"] or row["selected"]],
            }
        )
    return form


def _chosen(filters: Filters, url: str) -> list[dict[str, Any]]:
    options = {
        name: {row["value"]: row for row in rows} for name, rows in filters.options().items()
    }
    rows = []
    for name, values in filters.chosen.items():
        for value in values:
            query = QueryDict(mutable=True)
            for other, kept in filters.chosen.items():
                query.setlist(other, [v for v in kept if (other, v) != (name, value)])
            rows.append(
                {
                    "label": options[name][value]["label"],
                    "lang": options[name][value]["lang"],
                    "is_message": options[name][value]["is_message"],
                    "remove_url": f"{url}?{query.urlencode()}" if query else url,
                }
            )
    return rows
