"""Stored rich text as lines, links and styles: one pass over its HTML."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

BLOCKS = {
    "p",
    "li",
    "ul",
    "ol",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "div",
    "tr",
    "td",
    "th",
}
BOLD = {"b", "strong"}
MARKER = "\ufffc"  # stands for code, which is no prose


@dataclass
class Link:
    """A link as it is stored: an address, or the id of a page or document of the hub."""

    href: str = ""
    linktype: str = ""
    pk: int | None = None
    text: str = ""


@dataclass
class Line:
    """A paragraph, a list item or what a line break parts."""

    tag: str = "p"
    text: str = ""
    bold: int = 0

    @property
    def is_all_bold(self) -> bool:
        return bool(self.text.strip()) and self.bold >= len("".join(self.text.split()))


@dataclass
class Rich:
    lines: list[Line] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rich = Rich()
        self.line = Line()
        self.bold = self.code = 0
        self.open: list[Link] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if given.get("style"):
            self.rich.styles.append(given["style"])
        if tag in BLOCKS or tag == "br":
            self.end_line(tag if tag != "br" else self.line.tag)
        elif tag in BOLD:
            self.bold += 1
        elif tag == "code":
            self.code += 1
        elif tag == "a":
            pk = given.get("id", "")
            link = Link(given.get("href", ""), given.get("linktype", ""))
            link.pk = int(pk) if link.linktype and pk.isdecimal() else None
            self.rich.links.append(link)
            self.open.append(link)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.end_line("p")
        elif tag in BOLD:
            self.bold = max(0, self.bold - 1)
        elif tag == "code":
            self.code = max(0, self.code - 1)
        elif tag == "a" and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        for link in self.open:
            link.text += data
        shown = MARKER if self.code else data
        self.line.text += shown
        if self.bold:
            self.line.bold += len("".join(shown.split()))

    def end_line(self, tag: str) -> None:
        if self.line.text.strip():
            self.line.text = " ".join(self.line.text.split())
            self.rich.lines.append(self.line)
        self.line = Line(tag)


def read(html: str) -> Rich:
    """Parse stored rich text."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_line("p")
    return reader.rich


def plain(text: str) -> Rich:
    """The same for a text without markup."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return Rich([Line("plain", line) for line in lines if line])
