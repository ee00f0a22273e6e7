"""Writes the pages of the demo in all their languages."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from modelcluster.fields import ParentalManyToManyField
from wagtail.fields import StreamField
from wagtail.models import Locale, Page

from content.models import Audience, SharedText, Topic
from guides.models import GuideIndexPage, GuidePage, GuideService, JourneyPage
from hub.models import HomeFeature, InfoPage, TopicPage
from lessons.models import CaseStudyIndexPage, CaseStudyPage
from partners.models import (
    Contact,
    Jurisdiction,
    Location,
    NoticeConcern,
    NoticePage,
    Partner,
    PartnerPage,
    PartnerRole,
    Service,
)
from toolkits.models import ToolkitIndexPage, ToolkitPage, ToolkitPartPage
from training.models import CourseIndexPage, CoursePage, SessionPage, UnitPage
from translations.services import ensure_home, publish_section

from . import data
from .approvals import SECTIONS as SET_UP
from .approvals import Approvals
from .blocks import Writer
from .records import key as stable_key

SECTIONS: dict[str, Any] = {
    "guides": GuideIndexPage,
    "toolkits": ToolkitIndexPage,
    "lessons": CaseStudyIndexPage,
    "courses": CourseIndexPage,
}
# Parents stand before their children.
MODELS: dict[str, Any] = {
    "info": InfoPage,
    "notices": NoticePage,
    "guides": GuidePage,
    "journeys": JourneyPage,
    "toolkits": ToolkitPage,
    "parts": ToolkitPartPage,
    "lessons": CaseStudyPage,
    "courses": CoursePage,
    "units": UnitPage,
    "sessions": SessionPage,
}
BY_SLUG: dict[Any, str] = {
    Partner: "slug",
    Topic: "slug",
    Audience: "slug",
    Jurisdiction: "code",
    Service: "slug",
    Contact: "slug",
    Location: "slug",
    SharedText: "slug",
}
NAMES = {"owner": "owner_partner"}
# Names of lists that are rows of their own: (field of the page, model, column, related model).
ROWS: dict[str, tuple[str, Any, str]] = {
    "services": ("guide_services", GuideService, "service"),
    "featured": ("featured", HomeFeature, "featured_page"),
    "concerns": ("concerns", NoticeConcern, "page"),
}
# What a file says about its page that is no field: where it stands, and how far its approval is.
NO_FIELDS = frozenset({"parent", "slug", "title", "stage"})


class Pages:
    """Makes all pages first and fills them afterwards: they refer to each other."""

    def __init__(
        self,
        languages: list[str],
        media: Mapping[str, Mapping[str, int]],
        owners: Mapping[str, Any],
        approvals: Approvals,
    ) -> None:
        self.languages = languages
        self.media = media
        self.owners = owners
        self.approvals = approvals
        self.locales = {row.language_code: row for row in Locale.objects.all()}
        self.made: dict[tuple[str, str], Page] = {}
        self.sources: dict[str, Page] = {}
        self.todo: list[tuple[Page, data.Document]] = []

    def write(self) -> dict[str, dict[str, int]]:
        """Return the number of pages per kind and language."""
        self._homes()
        self._sections()
        self._topics()
        for kind, model in MODELS.items():
            for name in data.keys_of(kind):
                for document in data.documents(name, self.languages):
                    self._make(model, document)
        for page, document in self.todo:
            self._fill(page, document)
        return self._counts()

    def approve(self, *, waiting: bool) -> None:
        """Take all pages through their reviews, or those that shall wait at some stage."""
        for page, document in self.todo:
            stage = document.values.get("stage")
            waits = bool(stage) and stage["at"] in self.approvals.stages
            if page.live or document.key.partition("/")[0] in SET_UP or waits != waiting:
                continue
            self.approvals.approve(type(page).objects.get(pk=page.pk), stage)

    def overdue(self) -> set[int]:
        """Pages whose check shall have been forgotten."""
        stages = [(page.pk, document.values.get("stage")) for page, document in self.todo]
        return {pk for pk, stage in stages if stage and stage["at"] == "overdue"}

    # Pages that the tree needs -------------------------------------------------------------------

    def _homes(self) -> None:
        for document in data.documents("home", self.languages):
            self._keep(ensure_home(self.locales[document.language]), document)

    def _sections(self) -> None:
        for name in data.keys_of("partners"):
            for document in data.documents(name, self.languages):
                self._make(PartnerPage, document)
        sections = data.page_file("indexes")
        for row in sections["indexes"]:
            for kind in row["kinds"]:
                for code in self.languages:
                    name = f"indexes/{row['partner']}-{kind}"
                    values = {
                        **sections["kinds"][kind][code],
                        "parent": f"partners/{row['partner']}",
                        "slug": SECTIONS[kind].section_slug,
                    }
                    self._make(
                        SECTIONS[kind],
                        data.Document(name, code, not self.sources.get(name), values),
                    )

    def _topics(self) -> None:
        for row in data.records("topics"):
            name = f"topics/{row['key']}"
            for code in self.languages:
                if code not in row["labels"]:
                    continue
                values = {
                    "parent": "home",
                    "slug": row["key"],
                    "title": row["labels"][code],
                    "summary": row["intro"][code],
                    "topic": row["key"],
                    "topics": [row["key"]],
                    "intro": f"<p>{row['intro'][code]}</p>",
                }
                self._make(TopicPage, data.Document(name, code, not self.sources.get(name), values))

    # One page ------------------------------------------------------------------------------------

    def _keep(self, page: Page, document: data.Document) -> None:
        self.made[document.key, document.language] = page
        self.sources.setdefault(document.key, page)
        self.todo.append((page, document))

    def _make(self, model: Any, document: data.Document) -> None:
        values = document.values
        page = model(
            title=values["title"],
            slug=values["slug"],
            locale=self.locales[document.language],
            translation_key=stable_key("page", document.key),
            live=False,
        )
        for name, value in self._plain(page, values):
            setattr(page, name, value)
        parent = self.made[values.get("parent", "home"), document.language]
        Page.objects.get(pk=parent.pk).specific.add_child(instance=page)
        self._keep(page, document)

    def _fill(self, page: Page, document: data.Document) -> None:
        page = type(page).objects.get(pk=page.pk)
        values = document.values
        page.title = values["title"]
        writer = Writer(document.key, self.resolve)
        for name, value in self._plain(page, values):
            setattr(page, name, value)
        for name, value in values.items():
            self._set_list(page, writer, name, value)
        if values.get("review_months"):
            page.content_owner = self.owners.get(values["owner"])
        if document.key.partition("/")[0] in SET_UP:
            publish_section(page)
            return
        page.owner = self.approvals.author_of(page)
        page.save()
        page.save_revision(user=page.owner, clean=False)

    def _plain(self, page: Page, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield fields of one value: texts, choices, numbers, times, single records."""
        for given, value in values.items():
            name = NAMES.get(given, given)
            if given in ROWS or given in (*NO_FIELDS, "partner_roles", "tags"):
                continue
            field = _field(page, name)
            if isinstance(field, StreamField | ParentalManyToManyField):
                continue
            if isinstance(field, models.ForeignKey):
                yield field.attname, self._related(field, value)
            elif isinstance(field, models.DateTimeField):
                yield name, data.moment(value)
            else:
                yield name, value

    def _related(self, field: Any, value: Any) -> int | None:
        if not value:
            return None
        if field.name == "image":
            return self.resolve("image", value)
        return self.resolve(field.related_model, value)

    def _set_list(self, page: Page, writer: Writer, name: str, value: Any) -> None:
        if name == "tags":
            page.tags.set(value)
        elif name == "partner_roles":
            page.partner_roles = [
                PartnerRole(partner_id=self.resolve(Partner, row["partner"]), role=row["role"])
                for row in value
            ]
        elif name in ROWS:
            relation, model, column = ROWS[name]
            related = model._meta.get_field(column).related_model
            what = "page" if related is Page else related
            setattr(
                page,
                relation,
                [
                    model(sort_order=number, **{f"{column}_id": self.resolve(what, item)})
                    for number, item in enumerate(value)
                ],
            )
        elif name in NO_FIELDS:
            return
        else:
            field = _field(page, NAMES.get(name, name))
            if isinstance(field, StreamField):
                block = field.stream_block
                raw = writer.stream(block, value, name)
                setattr(page, name, block.to_python(raw))
            elif isinstance(field, ParentalManyToManyField):
                ids = [self.resolve(field.related_model, slug) for slug in value]
                setattr(page, name, field.related_model.objects.filter(pk__in=ids))

    def resolve(self, what: Any, name: str) -> int:
        """Return the id of a page (in its source language), file or record of the demo."""
        if what == "page":
            if name not in self.sources:
                raise data.DemoError(f"no such page: {name}")
            return self.sources[name].pk
        if isinstance(what, str):
            return self.media[what][name]
        column = BY_SLUG[what]
        found = what.objects.filter(**{column: name}).values_list("pk", flat=True).first()
        if found is None:
            raise data.DemoError(f"no such {what.__name__}: {name}")
        return found

    def _counts(self) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = {}
        for (_key, code), page in self.made.items():
            row = counts.setdefault(type(page).kind, {})
            row[code] = row.get(code, 0) + 1
        return counts


def _field(page: Page, name: str) -> Any:
    try:
        return page._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise data.DemoError(f"{type(page).__name__} has no field {name}") from error
