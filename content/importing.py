"""Where the import and the apps that know a kind of content meet.

``exchange`` reads a document and asks the importer of its kind (``content.registry``) where the
page goes and what it holds. The importers live beside their pages and know nothing of files.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from wagtail.models import Page

_WEB_ADDRESS = URLValidator(schemes=["http", "https"])


def is_web_address(text: str) -> bool:
    """Whether a field for an address takes this one."""
    try:
        _WEB_ADDRESS(text)
    except ValidationError:
        return False
    return True


Block = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A page that holds documents and is none itself, made once in each language."""

    key: str
    page_class: type[Page]
    title: str


@dataclass(frozen=True)
class Place:
    """Where a document goes: right below the index, a section, or the page of a document."""

    page_class: type[Page]
    index_class: type[Page]
    section: Section | None = None
    parent_id: str = ""
    # Containers are made first and list their children by reference at the end.
    is_container: bool = False


@dataclass
class PageDraft:
    """What a page shall hold. ``streams`` are raw StreamField data by field name."""

    fields: dict[str, Any] = field(default_factory=dict)
    streams: dict[str, list[Block]] = field(default_factory=dict)
    children: dict[str, list[Any]] = field(default_factory=dict)
    summary: str | None = None


@dataclass(frozen=True)
class Child:
    """A page below a container, as its importer sees it."""

    page_id: int
    title: str
    group: str = ""


class Batch(Protocol):
    """What an importer may ask about the other documents of an import."""

    def has_children(self, document_id: str) -> bool: ...

    def exists(self, document_id: str) -> bool: ...

    def collection_title(self, collection: str) -> str: ...


class Taken(Protocol):
    """A typed list taken out of the body: its items as rich text."""

    items: list[str]
    found: int


class Story(Protocol):
    """The body of a document. Typed lists are taken out of it and put back as blocks."""

    def take(self, items: Iterable[str], *, name: str, match: str = "whole") -> Any: ...

    def put(self, taken: Any, *blocks: Block) -> None: ...

    def put_each(self, taken: Any, build: Callable[[list[str]], Block]) -> None: ...

    def append(self, *blocks: Block) -> None: ...

    def prepend(self, *blocks: Block) -> None: ...

    def heading_before(self, taken: Any, *, remove: bool = False) -> str: ...

    def lists_below_headings(self) -> list[Any]: ...

    def take_list(self, node: Any, parent: Any) -> Any: ...

    def take_paragraph_with_link(self, href: str) -> Any: ...

    def take_titled(self, title: str) -> Any: ...

    def take_rest_after(self, pattern: Any) -> str: ...

    def rich_from_markdown(self, text: str) -> str: ...

    def plain(self, text: str) -> str: ...

    def has_words(self, text: str) -> bool: ...

    def blocks(self) -> list[Block]: ...


class Head(Protocol):
    """What the front matter of a document says."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def collection(self) -> str: ...
    @property
    def language(self) -> str: ...
    # The id all translations of a document share: that of its source.
    @property
    def key(self) -> str: ...
    @property
    def is_translation(self) -> bool: ...
    @property
    def parent(self) -> str: ...
    @property
    def order(self) -> int | None: ...
    @property
    def summary(self) -> str: ...
    @property
    def form(self) -> str: ...
    @property
    def structure(self) -> Any: ...
    @property
    def region(self) -> str: ...


class Document(Head, Protocol):
    """One document of a batch, read and checked, with its body."""

    partner: Any
    publish: bool
    story: Story

    def report(self, code: str, field: str = "", value: Any = "", wanted: str = "") -> None: ...

    def say(self, message: Any) -> str: ...

    # Saves a filled record with drafts, on the same road to readers as the page.
    def keep(self, record: Any) -> None: ...

    def cut(self, text: str, limit: int, field: str) -> str: ...

    def address(self, text: str, field: str, limit: int = 1000) -> str: ...


class Importer(Protocol):
    """What an app registers for a kind with ``content.registry.register_importer``."""

    def place(self, document: Head, batch: Batch) -> Place: ...

    def build(self, document: Document) -> PageDraft: ...

    def list_children(self, page: Page, children: list[Child]) -> dict[str, list[Block]]: ...
