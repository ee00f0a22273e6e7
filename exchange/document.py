"""A document as importers see it: its front matter, and its body as a story."""

from typing import Any

from django.utils.translation import gettext, override

from content.importing import is_web_address
from exchange.formats.interchange import ReadFile
from exchange.html import Node, tree
from exchange.language import is_legacy_encoded, is_other_script
from exchange.markdown import TooDeepError, to_html
from exchange.problems import Problems
from exchange.roads import Roads
from exchange.schemas import FrontMatter, read_structure
from exchange.story import Story
from exchange.tree import element


class DocumentHead:
    """What the plan keeps of a document: everything but the body."""

    def __init__(self, front: FrontMatter, language: str, sha256: str) -> None:
        self.front = front
        self.language = language
        self.sha256 = sha256
        self.structure: Any = read_structure(front.structure)
        self.form: str = self.structure.form or ""

    @property
    def id(self) -> str:
        return self.front.id

    @property
    def name(self) -> str:
        return self.front.id.rpartition("/")[2]

    @property
    def title(self) -> str:
        return self.front.title

    @property
    def kind(self) -> str:
        return self.front.kind

    @property
    def collection(self) -> str:
        return self.front.collection

    @property
    def key(self) -> str:
        return self.front.translation_of or self.front.id

    @property
    def is_translation(self) -> bool:
        return bool(self.front.translation_of)

    @property
    def parent(self) -> str:
        return self.front.parent or ""

    @property
    def order(self) -> int | None:
        return self.front.order

    @property
    def summary(self) -> str:
        return self.front.summary or ""

    @property
    def region(self) -> str:
        """Where the partner's phone numbers are dialled: US, or US-NJ."""
        return self.front.partner.jurisdiction or ""


class Document(DocumentHead):
    """One document with its body, ready for its importer."""

    def __init__(
        self,
        read: ReadFile,
        language: str,
        problems: Problems,
        partner: Any,
        publish: bool,
        roads: Roads,
    ) -> None:
        super().__init__(read.front, language, read.sha256)
        self.problems = problems
        self.partner = partner
        self.roads = roads
        self.is_draft_only = self._draft_only(read.body)
        self.publish = publish and not self.is_draft_only
        self.story = Story(
            self._body(read),
            problems,
            title=read.front.title,
            base_url=read.front.source.url or "",
            parse=self._parse_typed,
        )

    def report(self, code: str, field: str = "", value: Any = "", wanted: str = "") -> None:
        self.problems.add(code, field, value, wanted)

    def keep(self, record: Any) -> None:
        """Save a record of the document, on the same road as its page."""
        if not self.roads.keep(record, publish=self.publish):
            self.report("edited-here", record._meta.model_name, str(record))

    def cut(self, text: str, limit: int, field: str) -> str:
        """A text that fits its field. What is cut off has a line in the report."""
        if len(text) <= limit:
            return text
        self.report("shortened", field, text, f"at most {limit} characters")
        return text[: limit - 1].rstrip() + "…"

    def address(self, text: str, field: str, limit: int = 1000) -> str:
        """An address that can be linked, or nothing and a line in the report."""
        url = text.strip()
        if not url or (len(url) <= limit and is_web_address(url)):
            return url
        self.report("wrong-address", field, url, "an address with https://")
        return ""

    def say(self, message: Any) -> str:
        """A text of ours in the document's language."""
        with override(self.language):
            return gettext(str(message))

    def _body(self, read: ReadFile) -> Node:
        html = read.body
        try:
            if read.front.format == "markdown":
                html = to_html(html)
            return tree(html, self.problems)
        except TooDeepError:
            self.report("too-large", "body", "nesting", "lists, quotes and elements less deep")
            return Node("div")

    def _parse_typed(self, text: str) -> Node:
        # What a typed field loses, its copy in the body has reported.
        try:
            return tree(to_html(text), Problems(self.problems.file))
        except TooDeepError:
            return element("div", [text])

    def _draft_only(self, body: str) -> bool:
        status = getattr(self.structure, "translation_status", None)
        if status == "untranslated":
            self.report("wrong-language", "structure.translation_status", status)
            return True
        if is_other_script(body, self.language):
            self.report("wrong-language", "body", body[:60], f"text in {self.front.language}")
            return True
        if is_legacy_encoded(body):
            self.report("legacy-encoding", "body", body[:60], "text in Unicode letters")
            return True
        return False
