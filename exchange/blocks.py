"""From the elements of a body to blocks."""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import urlsplit

from exchange.divisions import LONG_HEADING, Divisions
from exchange.html import EMBEDS, Node
from exchange.problems import Problems
from exchange.rich import RichText, plain_text
from exchange.tables import Grid
from exchange.tree import (
    COMPLEX,
    HEADINGS,
    LISTS,
    Nodes,
    contains,
    find,
    find_all,
    has_fence,
    is_flowing,
    one_line,
    raw_text,
    read_number,
    starts_with_heading,
)
from exchange.writer import Block, Writer

Write = Callable[[Node, Writer], None]

# Blocks that may stand in a box; others come right after it.
SIMPLE = {"text", "code", "table", "quotation"}
LONG_TERM = 200
DEEPEST = 4

_LANGUAGE = re.compile(r"language-([\w+-]{1,40})")


class Converter:
    """Writes elements as blocks. ``slots`` are the blocks of importers, by name of their place."""

    def __init__(self, rich: RichText, problems: Problems, slots: dict[str, list[Block]]) -> None:
        self._rich = rich
        self._problems = problems
        self._slots = slots
        self._written: set[str] = set()
        self._divisions = Divisions(self._flow, rich)
        self._writers: dict[str, Write] = {
            "x-block": self._slot,
            "p": self._paragraph,
            "pre": self._code,
            "table": self._table,
            "blockquote": self._quote,
            "dl": self._definitions,
            "details": self._details,
            **dict.fromkeys(HEADINGS, self._heading),
            **dict.fromkeys(LISTS, self._list),
            **dict.fromkeys(EMBEDS, self._embed),
        }

    def blocks(self, nodes: Nodes) -> list[Block]:
        """Blocks of a page body. Headings never skip a level; the page title is level 1."""
        own = self.convert(nodes, inner=False)
        blocks = own.blocks + own.hoisted
        # A place that its surroundings could not hold.
        for name, waiting in self._slots.items():
            if name not in self._written:
                blocks += waiting
        _repair_levels(blocks, [])
        return blocks

    def convert(self, nodes: Nodes, *, inner: bool) -> Writer:
        writer = Writer(inner)
        self._flow(nodes, writer)
        writer.flush()
        return writer

    def _flow(self, nodes: Nodes, writer: Writer) -> None:
        """Text between elements becomes paragraphs."""
        run: list[Node | str] = []
        for node in nodes:
            if isinstance(node, str) or not is_flowing(node):
                run.append(node)
                continue
            self._end_run(run, writer)
            self._element(node, writer)
        self._end_run(run, writer)

    def _end_run(self, run: list[Node | str], writer: Writer) -> None:
        if run:
            writer.rich(self._rich.paragraph(run))
            run.clear()

    def _element(self, node: Node, writer: Writer) -> None:
        write = self._writers.get(node.tag)
        if write is not None:
            write(node, writer)
        elif node.tag == "hr":
            writer.flush()
        elif "data-note" in node.attrs:
            self._note(node, writer)
        elif node.attrs.get("data-fence"):
            self._divisions.write(node.attrs["data-fence"], node, writer)
        else:
            self._flow(node.children, writer)

    def _slot(self, node: Node, writer: Writer) -> None:
        name = node.attrs.get("name", "")
        self._written.add(name)
        for block in self._slots.get(name, []):
            if writer.inner and block["type"] not in SIMPLE:
                writer.hoisted.append(block)
            else:
                writer.block(block["type"], block["value"])

    # -- text -------------------------------------------------------------------------------

    def _heading(self, node: Node, writer: Writer) -> None:
        text = one_line(node.text())
        if not text:
            return
        if writer.inner or len(text) > LONG_HEADING:
            html = self._rich.inline(node.children).strip()
            writer.rich(f"<p>{html}</p>" if "<b>" in html else f"<p><b>{html}</b></p>")
            return
        for link in find_all(node, "a"):
            if link.attrs.get("href"):
                self._problems.add("link-dropped", "body heading", link.attrs["href"])
        writer.block("heading", {"text": text, "level": HEADINGS[node.tag]})

    def _paragraph(self, node: Node, writer: Writer) -> None:
        if any(is_flowing(child) for child in node.elements()):
            self._flow(node.children, writer)
        else:
            writer.rich(self._rich.paragraph(node.children))

    def _list(self, node: Node, writer: Writer) -> None:
        if not contains(node, COMPLEX) and not has_fence(node):
            writer.rich(self._rich.list_html(node), is_list=True)
            return
        number = read_number(node.attrs.get("start", ""), 1)
        for item in node.elements():
            if item.tag != "li":
                self._element(item, writer)
                continue
            self._loose_item(item, f"{number}." if node.tag == "ol" else "", writer)
            number += 1

    def _loose_item(self, item: Node, label: str, writer: Writer) -> None:
        """An item that holds code or a table: its text, then the block, numbered by hand."""
        own = self.convert(item.children, inner=writer.inner)
        blocks = own.blocks
        if blocks and blocks[0]["type"] == "text":
            html = blocks[0]["value"]
            writer.rich(_numbered(html, label) if label else _bulleted(html), is_list=not label)
            blocks = blocks[1:]
        elif blocks and label:
            writer.rich(f"<p>{label}</p>")
        writer.extend(blocks)
        writer.hoisted += own.hoisted

    def _definitions(self, node: Node, writer: Writer) -> None:
        term = ""
        for child in node.elements():
            if child.tag == "dt":
                _write_term(term, writer)
                term = self._rich.inline(child.children).strip()
            elif child.tag == "dd" and one_line(child.text()):
                self._definition(term, child, writer)
                term = ""
            else:
                self._flow([child], writer)
        _write_term(term, writer)

    def _definition(self, term: str, node: Node, writer: Writer) -> None:
        name = plain_text(term)
        if writer.inner or not term or len(name) > LONG_TERM or contains(node, COMPLEX):
            _write_term(term, writer)
            self._flow(node.children, writer)
            return
        text = self._rich.item(node)
        writer.block("definition", {"term_key": "", "term": name, "text": text})

    def _note(self, node: Node, writer: Writer) -> None:
        """A footnote, with its number before its first words."""
        label = f"<sup>{escape(node.attrs['data-note'])}</sup> "
        own = self.convert(node.children, inner=True)
        writer.hoisted += own.hoisted
        for block in own.blocks:
            if block["type"] == "text":
                writer.rich(block["value"].replace("<p>", f"<p>{label}", 1))
                label = ""
            else:
                writer.extend([block])

    # -- code, tables, boxes, players -------------------------------------------------------

    def _code(self, node: Node, writer: Writer) -> None:
        code = raw_text(node).strip("\n").rstrip()
        if not code.strip():
            return
        language = node.attrs.get("data-lang", "")
        for child in node.elements():
            found = _LANGUAGE.match(child.attrs.get("class", ""))
            language = language or (found[1] if found else "")
        writer.block("code", {"language": language[:40], "code": code})

    def _table(self, node: Node, writer: Writer) -> None:
        caption = find(node, lambda n: n.tag == "caption")
        grid = Grid(node)
        if not grid.rows:
            self._flow([c for c in node.children if c is not caption], writer)
            return
        title = self._caption(caption, writer) if caption else ""
        rows = [[self._rich.item(cell) if cell else "" for cell in row] for row in grid.rows]
        width = max(len(row) for row in rows)
        value = {
            "caption": title,
            "header_row": grid.has_header_row,
            "header_column": grid.has_header_column,
            "rows": [{"cells": row + [""] * (width - len(row))} for row in rows],
        }
        writer.block("table", value)

    def _caption(self, node: Node, writer: Writer) -> str:
        """A caption as plain text; one that is long or has links stands above the table."""
        title = one_line(node.text())
        if title and (len(title) > LONG_HEADING or find_all(node, "a")):
            writer.rich(self._rich.paragraph(node.children))
            return ""
        return title

    def _quote(self, node: Node, writer: Writer) -> None:
        """A quotation, unless the source uses its mark for a box, as kramdown does."""
        kind = node.attrs.get("data-class", "")
        inside = node.elements()
        if kind and kind != "none":
            self._divisions.write(kind, node, writer)
        elif len(inside) == 1 and inside[0].tag == "x-block":
            self._slot(inside[0], writer)
        elif inside and inside[0].tag in HEADINGS:
            is_exercise = any(starts_with_heading(c) for c in inside if c.tag == "blockquote")
            self._divisions.write("challenge" if is_exercise else "callout", node, writer)
        elif contains(node, COMPLEX) or has_fence(node):
            self._divisions.box("note", "", node.children, writer)
        else:
            self._quotation(node, writer)

    def _quotation(self, node: Node, writer: Writer) -> None:
        own = self.convert(node.children, inner=True)
        if not own.blocks:
            return
        html = "".join(
            block["value"] if block["type"] == "text" else block["value"]["text"]
            for block in own.blocks
        )
        value = {"text": html, "name": "", "post": "", "organisation": "", "consent": False}
        writer.block("quotation", value)
        writer.hoisted += own.hoisted

    def _details(self, node: Node, writer: Writer) -> None:
        summary = next((c for c in node.elements() if c.tag == "summary"), None)
        title = one_line(summary.text()) if summary else ""
        rest = [child for child in node.children if child is not summary]
        self._divisions.box("note", title, rest, writer)

    def _embed(self, node: Node, writer: Writer) -> None:
        """A player or frame becomes a link: a page loads nothing from elsewhere."""
        source = find(node, lambda n: n.tag == "source")
        src = node.attrs.get("src") or (source.attrs.get("src", "") if source else "")
        label = one_line(node.attrs.get("title", "")) or one_line(node.text())
        url = self._rich.resolve(src)
        if url is None or not url.startswith("http"):
            if label:
                writer.rich(f"<p>{escape(label, quote=False)}</p>")
            self._problems.add("embed-as-link", "body", src or node.tag, "an address that resolves")
            return
        self._problems.add("embed-as-link", "body", url)
        label = (label or urlsplit(url).netloc)[:300]
        if writer.inner:
            writer.rich(f'<p><a href="{escape(url)}">{escape(label, quote=False)}</a></p>')
        else:
            link = {"url": url, "label": label, "note": ""}
            writer.block("link_list", {"title": "", "links": [link]})


def _write_term(html: str, writer: Writer) -> None:
    if html:
        writer.rich(f"<p><b>{html}</b></p>")


def _numbered(html: str, label: str) -> str:
    if html.startswith("<p>"):
        return html.replace("<p>", f"<p>{label} ", 1)
    return f"<p>{label}</p>{html}"


def _bulleted(html: str) -> str:
    if not html.startswith("<p>"):
        return html
    lead, _end, rest = html.removeprefix("<p>").partition("</p>")
    return f"<ul><li>{lead}</li></ul>{rest}"


def _repair_levels(blocks: list[Block], stack: list[int]) -> None:
    """No level is skipped; deeper than 4 becomes 4."""
    for block in blocks:
        value = block["value"]
        if block["type"] == "heading":
            source = int(value["level"])
            while stack and stack[-1] >= source:
                stack.pop()
            value["level"] = str(min(len(stack) + 2, DEEPEST))
            stack.append(source)
        elif block["type"] == "restricted":
            _repair_levels(value["body"], stack)
