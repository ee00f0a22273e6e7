"""Rich text: the lines of a tree as the few elements of HTML that the hub's text fields hold."""

import re
from collections.abc import Callable, Iterable, Iterator
from html import escape
from urllib.parse import urljoin

import nh3

from exchange.html import Node, safe_link
from exchange.problems import Problems
from exchange.tree import LISTS, Nodes, is_flowing, one_line

RENAMED = {
    "strong": "b", "b": "b", "em": "i", "i": "i", "cite": "i", "dfn": "i", "code": "code",
    "kbd": "code", "samp": "code", "tt": "code", "var": "i", "sup": "sup", "sub": "sub",
}  # fmt: skip
RICH_TAGS = {"p", "ul", "ol", "li", "b", "i", "code", "sup", "sub", "a", "br"}

_SPACES = re.compile(r"[ \t\n\r\f]+")
_TAG = re.compile(r"<[^>]*>")
_NOTHING = re.compile(r"<[^>]*>|&nbsp;|\s")
_FIRST_LIST = re.compile(r"<[uo]l>")


def clean_rich(html: str) -> str:
    """The last gate: whatever happened before, rich text holds these elements only."""
    return nh3.clean(
        html,
        tags=RICH_TAGS,
        attributes={"a": {"href"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )


def is_visible(html: str) -> bool:
    return bool(_NOTHING.sub("", html))


def plain_text(html: str) -> str:
    """Rich text of one line as plain text."""
    text = _TAG.sub("", html)
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return one_line(text)


def bold_line(title: str) -> str:
    """A title, plain text, where no heading may stand."""
    return f"<p><b>{escape(title, quote=False)}</b></p>"


class RichText:
    """Turns nodes into rich text, and reports what of them it cannot hold."""

    def __init__(self, problems: Problems, base_url: str) -> None:
        self._problems = problems
        self._base_url = base_url

    def inline(self, nodes: Iterable[Node | str]) -> str:
        return _SPACES.sub(" ", "".join(self._parts(nodes)))

    def paragraph(self, nodes: Iterable[Node | str]) -> str:
        """One paragraph, or nothing where nothing would be seen."""
        html = self.inline(nodes).strip()
        return f"<p>{html}</p>" if is_visible(html) else ""

    def list_html(self, node: Node) -> str:
        items: list[str] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                html = self.item_html(child)
            elif isinstance(child, Node) and child.tag in LISTS and items:
                # A list right inside a list belongs to the item before it.
                items[-1] = items[-1].removesuffix("</li>") + self.list_html(child) + "</li>"
                continue
            else:
                html = self.inline([child]).strip()
            if is_visible(html):
                items.append(f"<li>{html}</li>")
        return f"<{node.tag}>{''.join(items)}</{node.tag}>" if items else ""

    def item_html(self, node: Node) -> str:
        """What stands in a list item or a cell: lines, then lists."""
        item = _Item(self.inline, self.list_html)
        item.walk(node.children)
        return item.html()

    def item(self, node: Node) -> str:
        """A list item, a cell or a paragraph as rich text of its own."""
        html = self.item_html(node)
        if not is_visible(html):
            return ""
        found = _FIRST_LIST.search(html)
        cut = found.start() if found else len(html)
        lead = f"<p>{html[:cut]}</p>" if is_visible(html[:cut]) else ""
        return clean_rich(lead + html[cut:])

    def resolve(self, href: str) -> str | None:
        """An address that may stand on a page; relative ones start at the document's source."""
        link = safe_link(href)
        if link is None and self._base_url and href and not href.startswith("#"):
            try:
                link = safe_link(urljoin(self._base_url, href))
            except ValueError:
                link = None
        return link

    def _parts(self, nodes: Iterable[Node | str]) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, str):
                yield escape(node, quote=False)
            elif node.tag == "br":
                yield "<br/>"
            elif node.tag == "img":
                yield self._image(node)
            else:
                yield self._around(node, "".join(self._parts(node.children)))

    def _around(self, node: Node, inner: str) -> str:
        """What an element is in rich text, around what stands in it."""
        if node.tag == "a":
            return self._link(node, inner)
        if node.tag == "q":
            return f"“{inner}”"
        if node.tag in RENAMED:
            name = RENAMED[node.tag]
            # Spaces inside emphasis would glue words together once it is trimmed.
            return f"<{name}>{inner}</{name}>" if inner.strip() else inner
        return f" {inner} " if is_flowing(node) else inner

    def _image(self, node: Node) -> str:
        alt = one_line(node.attrs.get("alt", ""))
        self._problems.add("image-dropped", "body", node.attrs.get("src", "") or alt)
        return escape(alt, quote=False)

    def _link(self, node: Node, inner: str) -> str:
        href = node.attrs.get("href", "").strip()
        if not href or not inner.strip():
            return inner
        url = self.resolve(href)
        if url is None:
            self._problems.add("link-unresolved", "body", href)
            return inner
        return f'<a href="{escape(url)}">{inner}</a>'


class _Item:
    """Collects an item: text runs become lines, and lines end where a list begins."""

    def __init__(self, inline: Callable[[Nodes], str], list_html: Callable[[Node], str]) -> None:
        self._inline = inline
        self._list_html = list_html
        self._parts: list[str] = []
        self._lines: list[str] = []
        self._run: list[Node | str] = []

    def html(self) -> str:
        self._end_run()
        self._end_lines()
        return "".join(self._parts)

    def walk(self, children: Nodes) -> None:
        for child in children:
            if isinstance(child, str) or not is_flowing(child):
                self._run.append(child)
            # What is put into the body stands there, not in the item.
            elif child.tag != "x-block":
                self._end_run()
                self._flowing(child)

    def _flowing(self, node: Node) -> None:
        if node.tag in LISTS:
            self._end_lines()
            self._parts.append(self._list_html(node))
        elif node.tag == "pre":
            rows = node.text().strip().split("\n")
            self._lines += [f"<code>{escape(r, quote=False)}</code>" for r in rows if r.strip()]
        else:
            self.walk(node.children)
            self._end_run()

    def _end_run(self) -> None:
        html = self._inline(self._run).strip()
        self._run.clear()
        if is_visible(html):
            self._lines.append(html)

    def _end_lines(self) -> None:
        if self._lines:
            self._parts.append("<br/>".join(self._lines))
            self._lines.clear()
