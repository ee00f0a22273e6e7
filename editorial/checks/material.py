"""What is examined: an object's texts and references, and the rows they point at.

Texts come out of memory. What they point at is loaded when a check first asks, in one query for each
kind of row, however much the page holds.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from wagtail.documents import get_document_model
from wagtail.fields import RichTextField, StreamField
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail_localize.fields import TranslatableField, get_translatable_fields

from editorial.models.page import KnowledgePage

from .finding import Place
from .rich import Link
from .walk import Address, Part, Passage, Reference, Walked, walk

# Fields of one line or without sentences.
TITLES = frozenset(("title", "seo_title", "name", "alternate_name", "tagline", "logo_alt"))
# Pages for residents: plain language is part of what they promise.
FOR_RESIDENTS = frozenset(("guide", "journey", "notice"))


class Material:
    """An object (a page or record as drafted) as the checks see it."""

    def __init__(self, obj: Any) -> None:
        self.obj = obj
        self.walked = Walked()
        for field in text_fields(type(obj)):
            self._read(field)
        for name, value in fact_streams(obj):
            walk(value.stream_block, value.raw_data, name, self.walked)

    def _read(self, field: models.Field) -> None:
        value = getattr(self.obj, field.name, None)
        if isinstance(field, StreamField):
            if value is not None:
                walk(value.stream_block, value.raw_data, field.name, self.walked)
            return
        if not value:
            return
        is_rich = isinstance(field, RichTextField)
        prose = is_rich or isinstance(field, models.TextField)
        self.walked.passages.append(Passage(Place(field.name), str(value), is_rich, prose))

    @property
    def passages(self) -> list[Passage]:
        return self.walked.passages

    @property
    def parts(self) -> list[Part]:
        return self.walked.parts

    @property
    def addresses(self) -> list[Address]:
        return self.walked.addresses

    @property
    def is_page(self) -> bool:
        return isinstance(self.obj, Page)

    @property
    def is_knowledge(self) -> bool:
        return isinstance(self.obj, KnowledgePage)

    @property
    def is_for_residents(self) -> bool:
        return getattr(self.obj, "kind", "") in FOR_RESIDENTS

    @cached_property
    def language(self) -> str:
        """Language code of the text; that of the hub for records, which have none."""
        locale = getattr(self.obj, "locale", None)
        return locale.language_code if locale else settings.LANGUAGE_CODE

    @cached_property
    def links(self) -> list[tuple[Passage, Link]]:
        return [(passage, link) for passage in self.passages for link in passage.rich.links]

    @cached_property
    def is_translation(self) -> bool:
        """Whether the page was made after one in another language."""
        if not self.is_page or not self.obj.pk:
            return False
        earlier = Page.objects.filter(
            translation_key=self.obj.translation_key, pk__lt=self.obj.pk
        ).exclude(locale_id=self.obj.locale_id)
        return earlier.exists()

    @property
    def changes_what_was_read(self) -> bool:
        """Whether readers have seen an earlier version, and this one is another."""
        return bool(self.obj.first_published_at and self.obj.has_unpublished_changes)

    @cached_property
    def references(self) -> list[Reference]:
        """Everything of the hub that is named by its id, in blocks, rich text and fields."""
        found = list(self.walked.references)
        kinds = {"page": "wagtailcore.page", "document": "document"}
        for passage, link in self.links:
            if link.pk is not None and link.linktype in kinds:
                words = " ".join(link.text.split())[:100]
                found.append(Reference(passage.place, kinds[link.linktype], link.pk, words))
        if image_id := getattr(self.obj, "image_id", None):
            found.append(Reference(Place("image"), "image", image_id))
        return found + [
            Reference(Place(name), kind, pk) for name, kind, pk in row_targets(self.obj)
        ]

    @cached_property
    def targets(self) -> dict[str, dict[int, dict[str, Any]]]:
        """Rows that the references point at: kind -> id -> columns. One query for each kind."""
        wanted: dict[str, set[int]] = {}
        for reference in self.references:
            wanted.setdefault(reference.kind, set()).add(reference.pk)
        return {kind: rows_of(kind, ids) for kind, ids in wanted.items()}

    def target(self, reference: Reference) -> dict[str, Any] | None:
        return self.targets[reference.kind].get(reference.pk)

    @cached_property
    def region(self) -> str:
        """Country by whose rules numbers are read (ISO 3166-1); empty when it is not known."""
        fixed = getattr(settings, "HUB_PHONE_REGION", "")
        return fixed or region_of(self.obj)


def text_fields(model: type) -> list[models.Field]:
    """Fields whose words are written anew for each language; none for language-free records."""
    if not hasattr(model, "locale"):
        return []
    return [
        field.get_field(model)
        for field in get_translatable_fields(model)
        if isinstance(field, TranslatableField) and is_text(field.get_field(model))
    ]


def is_text(field: Any) -> bool:
    return isinstance(field, StreamField | models.CharField | models.TextField) and (
        field.name not in ("slug", "change_note")
    )


def fact_streams(obj: Any) -> Iterator[tuple[str, Any]]:
    """Streams with the same value in every language: lists of pages."""
    texts = {field.name for field in text_fields(type(obj))}
    for field in obj._meta.get_fields():
        if isinstance(field, StreamField) and field.name not in texts:
            value = getattr(obj, field.name)
            if value is not None:
                yield field.name, value


def row_targets(obj: Any) -> Iterator[tuple[str, str, int]]:
    """Records that rows below the object name: services of a guide, places of a service."""
    for name, model, column in (
        ("guide_services", "partners.service", "service_id"),
        ("service_locations", "partners.location", "location_id"),
    ):
        if hasattr(type(obj), name):
            for row in getattr(obj, name).all():
                yield name, model, getattr(row, column)


COLUMNS = {
    "wagtailcore.page": ("live", "first_published_at"),
    "image": ("file",),
    "document": (),
}


def rows_of(kind: str, ids: set[int]) -> dict[int, dict[str, Any]]:
    if kind == "image":
        model = get_image_model()
    elif kind == "document":
        model = get_document_model()
    else:
        model = apps.get_model(kind)
    has_drafts = any(field.name == "live" for field in model._meta.get_fields())
    columns = COLUMNS.get(kind, ("live",) if has_drafts else ())
    return {row["pk"]: row for row in model.objects.filter(pk__in=ids).values("pk", *columns)}


def region_of(obj: Any) -> str:
    """The one country of the areas of a page or of its owner, by their ISO 3166 codes."""
    owner = getattr(obj, "owner_partner", None) or getattr(obj, "organization", None)
    for holder in (obj, owner):
        areas = getattr(holder, "jurisdictions", None)
        codes = countries(area.code for area in areas.all()) if areas is not None else set()
        if codes:
            return codes.pop() if len(codes) == 1 else ""
    return ""


def countries(codes: Iterable[str]) -> set[str]:
    return {code[:2] for code in codes if code[:2].isalpha() and code[2:3] in ("", "-")}
