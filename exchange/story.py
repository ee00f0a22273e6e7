"""From a clean tree to the blocks of a page body.

The blocks are plain data in the shapes of ``content.blocks``. A typed list of the document is taken
out of the tree first (``Story.take``) and its block is put where the list stood (``Story.put``), so
that every item stands once on the page.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit

import nh3

from exchange.html import EMBEDS, Node, safe_link
from exchange.problems import Problems
from exchange.words import words

Block = dict[str, Any]

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
RENAMED = {
    "strong": "b", "b": "b", "em": "i", "i": "i", "cite": "i", "dfn": "i", "code": "code",
    "kbd": "code", "samp": "code", "tt": "code", "var": "i", "sup": "sup", "sub": "sub",
}  # fmt: skip
# Elements that make a text block impossible: they become blocks of their own.
COMPLEX = {"pre", "table", "details", "iframe", "video", "audio", "embed", "x-block"}
LISTS = {"ul", "ol"}
FLOWING = {
    "p", "div", "section", "article", "aside", "main", "header", "footer", "figure", "figcaption",
    "blockquote", "ul", "ol", "dl", "hr", "address", "center", "li", "dt", "dd", "caption", "tr",
    *HEADINGS, *COMPLEX,
}  # fmt: skip
EXERCISES = {"challenge", "exercise"}
SOLUTIONS = {"solution", "answer"}
BOXES = {"callout", "prereq", "prerequisite", "discussion", "spoiler", "caution", "note", "tip",
         "warning", "info", "important"}  # fmt: skip
WARNINGS = {"caution", "warning", "important"}
RICH_TAGS = {"p", "ul", "ol", "li", "b", "i", "code", "sup", "sub", "a", "br"}
LONG_HEADING = 300
LONG_TITLE = 200
# Two versions of the same item share this much of their words.
ALIKE = 0.6
PARAGRAPHS = 3
LETTERS = 1200

_SPACES = re.compile(r"[ \t\n\r\f]+")
_REFERENCE = re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]")
_MARKER = re.compile(r"\A\s*\\?\[[ xX]?\\?\]\{[^}\n]{0,80}\}\s*")


def clean_rich(html: str) -> str:
    """The last gate: whatever happened before, rich text holds these elements only."""
    return nh3.clean(
        html,
        tags=RICH_TAGS,
        attributes={"a": {"href"}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )


@dataclass
class Taken:
    """A typed list that was looked for in the body."""

    items: list[str]
    anchor: Node | None = None
    found: int = 0
    parts: list["Part"] = field(default_factory=list)


@dataclass
class Writer:
    """Collects blocks; neighbouring paragraphs and lists share a short text block."""

    inner: bool
    blocks: list[Block] = field(default_factory=list)
    hoisted: list[Block] = field(default_factory=list)
    _rich: list[str] = field(default_factory=list)
    _paragraphs: int = 0
    _letters: int = 0

    def rich(self, html: str, is_list: bool = False) -> None:
        if not html:
            return
        full = self._paragraphs >= PARAGRAPHS or self._letters > LETTERS
        if full and not (is_list and self._paragraphs == PARAGRAPHS):
            self.flush()
        self._rich.append(html)
        self._letters += len(html)
        # A list ends its block: what it belongs to stands before it.
        self._paragraphs += PARAGRAPHS + 1 if is_list else 1

    def flush(self) -> None:
        if self._rich:
            self.blocks.append({"type": "text", "value": clean_rich("".join(self._rich))})
        self._rich, self._paragraphs, self._letters = [], 0, 0

    def block(self, kind: str, value: Any) -> None:
        self.flush()
        self.blocks.append({"type": kind, "value": value})


class Story:
    """The body of one document, on its way to blocks."""

    def __init__(
        self,
        root: Node,
        problems: Problems,
        *,
        title: str = "",
        base_url: str = "",
        parse: Callable[[str], Node] | None = None,
    ) -> None:
        self.root = root
        self.problems = problems
        self.base_url = base_url
        self.title = title
        self._parse = parse
        self._slots: dict[str, list[Block]] = {}
        self._numbers = count()
        _apply_kramdown(root)
        _drop_markers(root, problems)
        self._drop_title()

    # -- taking typed lists out of the body -------------------------------------------------

    def take(self, items: Iterable[str], *, name: str, match: str = "whole") -> Taken:
        """Take the body's copy of a typed list out of the tree.

        ``match``: ``whole`` item, or the body's item starts (``prefix``) or ends (``suffix``) with
        it. Returns the items as rich text, those of the body where it has them: they carry links.
        """
        wanted = [item for item in items if item and item.strip()]
        taken = Taken([])
        if not wanted:
            return taken
        entries = _groups(self.root)
        keys = [words(self.plain(item)) for item in wanted]
        matches = _match(keys, entries, match)
        _match_alike(keys, entries, matches)
        used = {id(entry.node) for entry in matches.values()}
        parts: dict[int, Part] = {}
        lost: list[str] = []
        for number, item in enumerate(wanted):
            entry = matches.get(number)
            if entry is None:
                lost.append(self.rich_from_markdown(item))
                if matches:
                    self.problems.add("list-differs", name, item, "the same item in the body")
                continue
            part = parts.setdefault(id(entry.group.node), Part(entry.group))
            # An item inside another one is shown with it.
            if not entry.parents & used:
                part.items.append(self._item_rich(entry.node))
        order = {id(entry.group.node): n for n, entry in reversed(list(enumerate(entries)))}
        for key in sorted(parts, key=lambda key: order[key]):
            self._cut(parts[key], used)
            taken.parts.append(parts[key])
        taken.parts = self._join(taken.parts)
        if taken.parts:
            taken.parts[-1].items += lost
        elif lost:
            taken.parts.append(Part(None, lost))
        taken.found = len(matches)
        taken.items = [item for part in taken.parts for item in part.items]
        taken.anchor = taken.parts[0].anchor if taken.parts else None
        return taken

    def _join(self, parts: list["Part"]) -> list["Part"]:
        """Lists with nothing between them are one list."""
        joined: list[Part] = []
        flat = [node for node, _parent in _flat(self.root)]
        for part in parts:
            last = joined[-1] if joined else None
            if last is not None and last.anchor in flat and part.anchor in flat:
                place = flat.index(last.anchor)
                if place + 1 < len(flat) and flat[place + 1] is part.anchor:
                    last.items += part.items
                    self._remove(part.anchor)
                    flat.remove(part.anchor)
                    continue
            joined.append(part)
        return joined

    def _remove(self, anchor: Node) -> None:
        for node, parent in _flat(self.root):
            if node is anchor:
                parent.children.remove(node)
                return

    def _cut(self, part: "Part", used: set[int]) -> None:
        """Remove the used items of a list; leave an anchor in the place of the first."""
        group = part.group
        if group is None:
            return
        node, parent = group.node, group.parent
        part.anchor = place = Node("x-block", {"name": f"slot-{next(self._numbers)}"})
        index = _index(parent, node)
        if node.tag not in LISTS:
            parent.children[index : index + 1] = [place]
            return
        before, after = Node(node.tag, dict(node.attrs)), Node(node.tag, dict(node.attrs))
        seen = False
        for child in node.children:
            if isinstance(child, Node) and id(child) in used:
                seen = True
                continue
            if isinstance(child, Node) and child.tag == "li":
                seen = _cut_nested(child, used) or seen
            (after if seen else before).children.append(child)
        rest = [part for part in (before, after) if _has_text(part)]
        for left in rest:
            self.problems.add("list-differs", "body", left.text(), "an item of the typed list")
        parent.children[index : index + 1] = [
            *([before] if before in rest else []), place, *([after] if after in rest else [])
        ]  # fmt: skip

    def put(self, taken: Taken, *blocks: Block) -> None:
        """Put blocks where the list stood; at the end of the body when it did not stand there."""
        if taken.anchor is None:
            self.append(*blocks)
            return
        self._slots[taken.anchor.attrs["name"]] = list(blocks)

    def put_each(self, taken: Taken, build: Callable[[list[str]], Block]) -> None:
        """Put a block in every place where a part of the list stood."""
        for part in taken.parts:
            if not part.items:
                continue
            if part.anchor is None:
                self.append(build(part.items))
            else:
                self._slots[part.anchor.attrs["name"]] = [build(part.items)]

    def append(self, *blocks: Block) -> None:
        self._insert(len(self.root.children), *blocks)

    def prepend(self, *blocks: Block) -> None:
        self._insert(0, *blocks)

    def _insert(self, place: int, *blocks: Block) -> None:
        name = f"own-{next(self._numbers)}"
        self._slots[name] = list(blocks)
        self.root.children.insert(place, Node("x-block", {"name": name}))

    def heading_before(self, taken: Taken, *, remove: bool = False) -> str:
        """The text of the heading right before a list that was taken."""
        if taken.anchor is None:
            return ""
        flat = _flat(self.root)
        for number, (node, _parent) in enumerate(flat):
            if node is taken.anchor and number:
                before, its_parent = flat[number - 1]
                if before.tag in HEADINGS:
                    if remove:
                        its_parent.children.remove(before)
                    return _line(before.text())
        return ""

    def lists_below_headings(self) -> list[tuple[str, Node, Node]]:
        """Heading text, list and its parent, for each list that follows a heading directly."""
        flat = _flat(self.root)
        return [
            (_line(flat[number - 1][0].text()), node, parent)
            for number, (node, parent) in enumerate(flat)
            if number and node.tag in LISTS and flat[number - 1][0].tag in HEADINGS
        ]

    def take_list(self, node: Node, parent: Node) -> Taken:
        """Take a whole list out of the tree."""
        items = [self._item_rich(item) for item in node.elements() if item.tag == "li"]
        place = Node("x-block", {"name": f"slot-{next(self._numbers)}"})
        self._slots[place.attrs["name"]] = []
        parent.children[_index(parent, node)] = place
        kept = [item for item in items if item]
        return Taken(kept, place, len(items), [Part(None, kept, place)])

    def take_paragraph_with_link(self, href: str) -> tuple[Taken, str, str] | None:
        """The first paragraph with a link to ``href``: where it stood, its text, the link's."""
        wanted = href.strip()
        for node, parent in _flat(self.root):
            if node.tag != "p":
                continue
            link = _find(node, lambda n: n.tag == "a" and n.attrs.get("href", "").strip() == wanted)
            if link is None:
                continue
            label = _line(link.text())
            link.tag = "span"
            body = self._paragraph(node)
            place = Node("x-block", {"name": f"slot-{next(self._numbers)}"})
            self._slots[place.attrs["name"]] = []
            parent.children[_index(parent, node)] = place
            return Taken([body], place, 1), body, label
        return None

    def take_titled(self, title: str) -> tuple[Taken, list[Block]] | None:
        """A bold paragraph or heading with this text, and what belongs to it, as inner blocks.

        It ends at the next heading, rule, bold line or wider gap in the source.
        """
        key = words(title)
        for node, parent in _flat(self.root):
            if node.tag not in {"p", *HEADINGS} or words(node.text()) != key:
                continue
            start = _index(parent, node)
            end = start + 1
            filled = False
            while end < len(parent.children):
                child = parent.children[end]
                if isinstance(child, Node):
                    ends = child.tag in {"hr", "x-block", *HEADINGS} or _is_bold_line(child)
                    if ends or (filled and child.attrs.get("data-gap")):
                        break
                    filled = True
                end += 1
            content = [c for c in parent.children[start + 1 : end] if isinstance(c, Node)]
            follows = parent.children[end] if end < len(parent.children) else None
            if not content and not (isinstance(follows, Node) and follows.tag == "x-block"):
                return None
            place = Node("x-block", {"name": f"slot-{next(self._numbers)}"})
            self._slots[place.attrs["name"]] = []
            parent.children[start:end] = [place]
            return Taken([], place, 1), self._inner(content)
        return None

    def take_rest_after(self, pattern: re.Pattern[str]) -> str:
        """Rich text from a heading or bold line matching ``pattern`` to the end, or nothing.

        Only when what follows is paragraphs and lists: a transcript, not a section with tables.
        """
        children = self.root.children
        for number, child in enumerate(children):
            if not isinstance(child, Node):
                continue
            heading = child.tag in HEADINGS or _is_bold_line(child)
            if not heading or not pattern.search(child.text()):
                continue
            writer = Writer(inner=True)
            rest = children[number:]
            if any(isinstance(c, Node) and _contains(c, COMPLEX) for c in rest):
                return ""
            self._flow(rest, writer)
            writer.flush()
            if any(block["type"] != "text" for block in writer.blocks):
                return ""
            del children[number:]
            return "".join(block["value"] for block in writer.blocks)
        return ""

    def take_first_paragraph(self, text: str) -> bool:
        """Remove a first paragraph that only repeats ``text``, plainly. True when it did."""
        key = words(text)
        for number, child in enumerate(self.root.children):
            if isinstance(child, str) and not child.strip():
                continue
            if not isinstance(child, Node) or child.tag != "p":
                return False
            if child.elements() or words(child.text()) != key or not key:
                return False
            del self.root.children[number]
            return True
        return False

    def rich_from_markdown(self, text: str) -> str:
        """Inline Markdown of a typed field as rich text."""
        writer = Writer(inner=True)
        node = self._typed(text)
        self._flow(node.children, writer)
        writer.flush()
        return "".join(block["value"] for block in writer.blocks if block["type"] == "text")

    def plain(self, text: str) -> str:
        """Inline Markdown of a typed field as plain text."""
        return _line(self._typed(text).text())

    def has_words(self, text: str) -> bool:
        """Whether the body says this somewhere, in one piece."""
        wanted, said = words(self.plain(text)), words(self.root.text())
        return any(
            said[n : n + len(wanted)] == wanted
            for n, word in enumerate(said)
            if wanted and word == wanted[0]
        )

    def _typed(self, text: str) -> Node:
        # A reference link of the body: its address is not known here.
        text = _REFERENCE.sub(r"\1", _MARKER.sub("", text))
        if self._parse is None:
            return _text_node(text)
        node = self._parse(text)
        # A list marker, a rule or a heading sign at the start of an item is part of its words.
        if words(node.text()) != words(re.sub(r"\]\([^)]*\)", "]", text)) and not node.elements():
            return _text_node(text)
        return node

    # -- blocks ---------------------------------------------------------------------------

    def blocks(self) -> list[Block]:
        """The body. Headings never skip a level; the page title is level 1."""
        writer = Writer(inner=False)
        self._flow(self.root.children, writer)
        writer.flush()
        _repair_levels(writer.blocks, [])
        return writer.blocks

    def _inner(self, nodes: list[Node | str] | list[Node]) -> list[Block]:
        writer = Writer(inner=True)
        self._flow(nodes, writer)
        writer.flush()
        return writer.blocks + writer.hoisted

    def _flow(self, nodes: Iterable[Node | str], writer: Writer) -> None:
        run: list[Node | str] = []
        siblings = list(nodes)
        for node in siblings:
            if isinstance(node, str) or not _is_flowing(node):
                run.append(node)
                continue
            self._end_run(run, writer)
            self._element(node, writer)
        self._end_run(run, writer)

    def _end_run(self, run: list[Node | str], writer: Writer) -> None:
        if run:
            html = self._inline(run).strip()
            if html and _visible(html):
                writer.rich(f"<p>{html}</p>")
            run.clear()

    def _element(self, node: Node, writer: Writer) -> None:
        tag = node.tag
        fence = node.attrs.get("data-fence", "")
        if tag == "x-block":
            self._slot(node, writer)
        elif tag in HEADINGS:
            self._heading(node, writer)
        elif tag == "p":
            if any(_is_flowing(child) for child in node.elements()):
                self._flow(node.children, writer)
            else:
                writer.rich(self._paragraph(node))
        elif tag in LISTS:
            self._list(node, writer)
        elif tag == "pre":
            self._code(node, writer)
        elif tag == "table":
            self._table(node, writer)
        elif tag == "blockquote":
            self._quote(node, writer)
        elif tag == "dl":
            self._definitions(node, writer)
        elif tag == "details":
            self._details(node, writer)
        elif tag in EMBEDS:
            self._embed(node, writer)
        elif tag == "hr":
            writer.flush()
        elif "data-note" in node.attrs:
            self._note(node, writer)
        elif fence:
            self._fence(fence, node, writer)
        else:
            self._flow(node.children, writer)

    def _slot(self, node: Node, writer: Writer) -> None:
        for block in self._slots.get(node.attrs.get("name", ""), []):
            if writer.inner and block["type"] not in {"text", "code", "table", "quotation"}:
                writer.hoisted.append(block)
            else:
                writer.block(block["type"], block["value"])

    def _heading(self, node: Node, writer: Writer) -> None:
        text = _line(node.text())
        if not text:
            return
        if writer.inner or len(text) > LONG_HEADING:
            html = self._inline(node.children).strip()
            writer.rich(f"<p>{html}</p>" if "<b>" in html else f"<p><b>{html}</b></p>")
            return
        for link in _all(node, "a"):
            if link.attrs.get("href"):
                self.problems.add("link-dropped", "body heading", link.attrs["href"])
        writer.block("heading", {"text": text, "level": HEADINGS[node.tag]})

    def _paragraph(self, node: Node) -> str:
        html = self._inline(node.children).strip()
        return f"<p>{html}</p>" if _visible(html) else ""

    def _list(self, node: Node, writer: Writer) -> None:
        if not _contains(node, COMPLEX) and not _has_fence(node):
            writer.rich(self._rich_list(node), is_list=True)
            return
        number = _number(node.attrs.get("start", ""), 1)
        for item in node.children:
            if not isinstance(item, Node):
                continue
            if item.tag != "li":
                self._element(item, writer)
                continue
            self._loose_item(item, f"{number}." if node.tag == "ol" else "", writer)
            number += 1

    def _loose_item(self, item: Node, label: str, writer: Writer) -> None:
        """An item that holds code or a table: its text, then the block, numbered by hand."""
        own = Writer(inner=writer.inner)
        self._flow(item.children, own)
        own.flush()
        first = True
        for block in own.blocks:
            if block["type"] == "text" and first:
                html = block["value"]
                if label:
                    html = re.sub(r"\A<p>", f"<p>{label} ", html)
                    html = html if html.startswith(f"<p>{label}") else f"<p>{label}</p>{html}"
                elif html.startswith("<p>"):
                    lead, _, rest = html.partition("</p>")
                    html = f"<ul><li>{lead[3:]}</li></ul>{rest}"
                writer.rich(html, is_list=not label)
            else:
                if first and label:
                    writer.rich(f"<p>{label}</p>")
                writer.flush()
                writer.blocks.append(block)
            first = False
        writer.hoisted.extend(own.hoisted)

    def _rich_list(self, node: Node) -> str:
        items: list[str] = []
        for child in node.children:
            if isinstance(child, Node) and child.tag == "li":
                html = self._item_html(child)
            elif isinstance(child, Node) and child.tag in LISTS and items:
                # A list right inside a list belongs to the item before it.
                items[-1] = items[-1].removesuffix("</li>") + self._rich_list(child) + "</li>"
                continue
            else:
                html = self._inline([child]).strip()
            if _visible(html):
                items.append(f"<li>{html}</li>")
        return f"<{node.tag}>{''.join(items)}</{node.tag}>" if items else ""

    def _item_html(self, node: Node) -> str:
        """What stands in a list item or a cell: lines, then lists."""
        parts: list[str] = []
        lines: list[str] = []
        run: list[Node | str] = []

        def end_run() -> None:
            html = self._inline(run).strip()
            run.clear()
            if _visible(html):
                lines.append(html)

        def end_lines() -> None:
            if lines:
                parts.append("<br/>".join(lines))
                lines.clear()

        def walk(children: Iterable[Node | str]) -> None:
            for child in children:
                if isinstance(child, str) or not _is_flowing(child):
                    run.append(child)
                elif child.tag in LISTS:
                    end_run()
                    end_lines()
                    parts.append(self._rich_list(child))
                elif child.tag == "pre":
                    end_run()
                    code = [escape(row, quote=False) for row in child.text().strip().split("\n")]
                    lines.extend(f"<code>{row}</code>" for row in code if row.strip())
                elif child.tag == "x-block":
                    continue
                else:
                    end_run()
                    walk(child.children)
                    end_run()

        walk(node.children)
        end_run()
        end_lines()
        return "".join(parts)

    def _item_rich(self, node: Node) -> str:
        """A list item or paragraph as rich text of its own."""
        html = self._item_html(node)
        if not _visible(html):
            return ""
        cut = min((at for at in (html.find("<ul>"), html.find("<ol>")) if at >= 0), default=-1)
        if cut < 0:
            return clean_rich(f"<p>{html}</p>")
        lead = f"<p>{html[:cut]}</p>" if _visible(html[:cut]) else ""
        return clean_rich(lead + html[cut:])

    def _code(self, node: Node, writer: Writer) -> None:
        code = _raw_text(node).strip("\n").rstrip()
        if not code.strip():
            return
        language = node.attrs.get("data-lang", "")
        for child in node.elements():
            found = re.match(r"language-([\w+-]{1,40})", child.attrs.get("class", ""))
            language = language or (found[1] if found else "")
        writer.block("code", {"language": language[:40], "code": code})

    def _table(self, node: Node, writer: Writer) -> None:
        caption = _find(node, lambda n: n.tag == "caption")
        rows = _rows(node)
        if not rows:
            self._flow([c for c in node.children if c is not caption], writer)
            return
        title = _line(caption.text()) if caption else ""
        if title and (len(title) > LONG_HEADING or _all(caption, "a")):
            writer.rich(self._paragraph(caption) if caption else "")
            title = ""
        grid = [[self._item_rich(cell) if cell else "" for cell in row] for row in rows]
        width = max(len(row) for row in grid)
        head = all(cell is None or cell.tag == "th" for cell in rows[0])
        column = len(rows) > 1 and all(row and row[0] and row[0].tag == "th" for row in rows[1:])
        value = {
            "caption": title,
            "header_row": head,
            "header_column": bool(column) and width > 1,
            "rows": [{"cells": row + [""] * (width - len(row))} for row in grid],
        }
        writer.block("table", value)

    def _quote(self, node: Node, writer: Writer) -> None:
        kind = node.attrs.get("data-class", "")
        if kind and kind != "none":
            self._fence(kind, node, writer)
            return
        first = next((c for c in node.elements()), None)
        if first is not None and first.tag == "x-block" and len(node.elements()) == 1:
            self._slot(first, writer)
            return
        nested = any(_starts_with_heading(c) for c in node.elements() if c.tag == "blockquote")
        if first is not None and first.tag in HEADINGS:
            self._fence("challenge" if nested else "callout", node, writer)
            return
        if _contains(node, COMPLEX) or _has_fence(node):
            if writer.inner:
                self._flow(node.children, writer)
            else:
                self._box("note", "", node.children, writer)
            return
        own = Writer(inner=True)
        self._flow(node.children, own)
        own.flush()
        texts = [block["value"] for block in own.blocks if block["type"] == "text"]
        quotes = [block["value"]["text"] for block in own.blocks if block["type"] == "quotation"]
        if not texts and not quotes:
            return
        html = "".join(
            block["value"] if block["type"] == "text" else block["value"]["text"]
            for block in own.blocks
        )
        value = {"text": html, "name": "", "post": "", "organisation": "", "consent": False}
        writer.block("quotation", value)
        writer.hoisted.extend(own.hoisted)

    def _definitions(self, node: Node, writer: Writer) -> None:
        term = ""
        for child in node.elements():
            if child.tag == "dt":
                if term:
                    writer.rich(f"<p><b>{term}</b></p>")
                term = self._inline(child.children).strip()
                continue
            plain = _line(child.text())
            if child.tag != "dd" or not plain:
                self._flow([child], writer)
                continue
            name = _plain_html(term)
            if writer.inner or not term or len(name) > 200 or _contains(child, COMPLEX):
                if term:
                    writer.rich(f"<p><b>{term}</b></p>")
                self._flow(child.children, writer)
            else:
                text = self._item_rich(child)
                writer.block("definition", {"term_key": "", "term": name, "text": text})
            term = ""
        if term:
            writer.rich(f"<p><b>{term}</b></p>")

    def _details(self, node: Node, writer: Writer) -> None:
        summary = next((c for c in node.elements() if c.tag == "summary"), None)
        title = _line(summary.text()) if summary else ""
        rest = [child for child in node.children if child is not summary]
        self._box("note", title, rest, writer)

    def _note(self, node: Node, writer: Writer) -> None:
        own = Writer(inner=True)
        self._flow(node.children, own)
        own.flush()
        label = f"<sup>{escape(node.attrs['data-note'])}</sup> "
        for block in own.blocks:
            if block["type"] == "text":
                value = block["value"]
                value = value.replace("<p>", f"<p>{label}", 1) if label else value
                label = ""
                writer.rich(value)
            else:
                writer.block(block["type"], block["value"])

    def _embed(self, node: Node, writer: Writer) -> None:
        source = _find(node, lambda n: n.tag == "source")
        src = node.attrs.get("src") or (source.attrs.get("src", "") if source else "")
        label = _line(node.attrs.get("title", "")) or _line(node.text())
        url = self._resolve(src)
        if url is None or not url.startswith("http"):
            if label:
                writer.rich(f"<p>{escape(label, quote=False)}</p>")
            self.problems.add("embed-as-link", "body", src or node.tag, "an address that resolves")
            return
        self.problems.add("embed-as-link", "body", url)
        label = (label or urlsplit(url).netloc)[:300]
        if writer.inner:
            writer.rich(f'<p><a href="{escape(url)}">{escape(label, quote=False)}</a></p>')
        else:
            link = {"url": url, "label": label, "note": ""}
            writer.block("link_list", {"title": "", "links": [link]})

    # -- fenced divisions -------------------------------------------------------------------

    def _fence(self, kind: str, node: Node, writer: Writer) -> None:
        if not _has_text(node):
            return
        if kind == "instructor":
            self._restricted(node, writer)
        elif kind in EXERCISES:
            self._exercise(node, writer)
        elif kind == "testimonial":
            self._quote(_as_quote(node), writer)
        elif kind in SOLUTIONS or kind == "hint" or kind in BOXES:
            title, rest = _title_and_rest(node)
            self._box("warning" if kind in WARNINGS else "note", title, rest, writer)
        else:
            self._flow(node.children, writer)

    def _box(
        self, kind: str, title: str, content: list[Node | str] | list[Node], writer: Writer
    ) -> None:
        if writer.inner:
            if title:
                writer.rich(f"<p><b>{escape(title, quote=False)}</b></p>")
            self._flow(content, writer)
            return
        # What only instructors may read stands between two boxes, in its place.
        for part in _split(content, _is_for_instructors):
            if len(part) == 1 and _is_for_instructors(part[0]):
                self._element(part[0], writer)  # type: ignore[arg-type]
                continue
            own = Writer(inner=True)
            if len(title) > LONG_HEADING:
                own.rich(f"<p><b>{escape(title, quote=False)}</b></p>")
                title = ""
            self._flow(part, own)
            own.flush()
            if own.blocks:
                writer.block("callout", {"kind": kind, "title": title, "body": own.blocks})
            elif title:
                writer.rich(f"<p><b>{escape(title, quote=False)}</b></p>")
            title = ""
            writer.flush()
            writer.blocks.extend(own.hoisted)

    def _restricted(self, node: Node, writer: Writer) -> None:
        own = Writer(inner=False)
        title, rest = _title_and_rest(node)
        if title:
            own.rich(f"<p><b>{escape(title, quote=False)}</b></p>")
        self._flow(rest, own)
        own.flush()
        body = [block for block in own.blocks if block["type"] != "restricted"]
        if not body:
            return
        block = {"type": "restricted", "value": {"audience": "instructors", "body": body}}
        if writer.inner:
            writer.hoisted.append(block)
        else:
            writer.block("restricted", block["value"])

    def _exercise(self, node: Node, writer: Writer) -> None:
        """Task, hint, solution; what follows a solution begins the next exercise."""
        title, rest = _title_and_rest(node)
        if writer.inner:
            self._box("note", title, rest, writer)
            return
        parts = _exercise_parts(rest)
        lead = ""
        if len(title) > LONG_TITLE:
            title, lead = "", f"<p><b>{escape(title, quote=False)}</b></p>"
        hoisted: list[Block] = []
        for task, hints, solutions in parts:
            own = Writer(inner=True)
            own.rich(lead)
            lead = ""
            self._flow(task, own)
            own.flush()
            hint = "".join(self._item_rich(_wrapped(h)) for h in hints)
            answer: list[Block] = []
            for solution in solutions:
                answer += self._solution(solution, hoisted)
            hoisted += own.hoisted
            if not own.blocks and title:
                own.rich(f"<p><b>{escape(title, quote=False)}</b></p>")
                own.flush()
                title = ""
            if not own.blocks:
                # A solution without a task of its own.
                for block in answer:
                    writer.block(block["type"], block["value"])
                continue
            if not hint and not answer and len(parts) > 1 and (task, hints, solutions) == parts[-1]:
                for block in own.blocks:
                    writer.block(block["type"], block["value"])
                continue
            value = {"title": title, "task": own.blocks, "hint": hint, "solution": answer}
            writer.block("exercise", {**value, "minutes": None})
            title = ""
        writer.flush()
        writer.blocks.extend(hoisted)

    def _solution(self, node: Node, hoisted: list[Block]) -> list[Block]:
        own = Writer(inner=True)
        title, rest = _title_and_rest(node)
        if title:
            own.rich(f"<p><b>{escape(title, quote=False)}</b></p>")
        self._flow(rest, own)
        own.flush()
        hoisted.extend(own.hoisted)
        return own.blocks

    # -- inline text ------------------------------------------------------------------------

    def _inline(self, nodes: Iterable[Node | str]) -> str:
        return _SPACES.sub(" ", "".join(self._inline_parts(nodes)))

    def _inline_parts(self, nodes: Iterable[Node | str]) -> Iterable[str]:
        for node in nodes:
            if isinstance(node, str):
                yield escape(node, quote=False)
                continue
            tag = node.tag
            if tag == "br":
                yield "<br/>"
            elif tag == "img":
                alt = _line(node.attrs.get("alt", ""))
                self.problems.add("image-dropped", "body", node.attrs.get("src", "") or alt)
                yield escape(alt, quote=False)
            elif tag == "a":
                yield from self._link(node)
            elif tag == "q":
                yield "“"
                yield from self._inline_parts(node.children)
                yield "”"
            elif tag in RENAMED:
                inner = "".join(self._inline_parts(node.children))
                name = RENAMED[tag]
                # Spaces inside emphasis would glue words together once it is trimmed.
                yield f"<{name}>{inner}</{name}>" if inner.strip() else inner
            elif _is_flowing(node):
                yield " "
                yield from self._inline_parts(node.children)
                yield " "
            else:
                yield from self._inline_parts(node.children)

    def _link(self, node: Node) -> Iterable[str]:
        inner = "".join(self._inline_parts(node.children))
        href = node.attrs.get("href", "").strip()
        if not href or not inner.strip():
            yield inner
            return
        url = self._resolve(href)
        if url is None:
            self.problems.add("link-unresolved", "body", href)
            yield inner
            return
        yield f'<a href="{escape(url)}">{inner}</a>'

    def _resolve(self, href: str) -> str | None:
        link = safe_link(href)
        if link is None and self.base_url and href and not href.startswith("#"):
            try:
                link = safe_link(urljoin(self.base_url, href))
            except ValueError:
                link = None
        return link

    def _drop_title(self) -> None:
        """A first heading that repeats the title would stand on the page twice."""
        for number, child in enumerate(self.root.children):
            if isinstance(child, str) and not child.strip():
                continue
            first = isinstance(child, Node) and child.tag in {"h1", "h2"}
            if first and words(child.text()) == words(self.title):  # type: ignore[union-attr]
                self.problems.add("heading-dropped", "body", self.title)
                del self.root.children[number]
            return


# -- the tree -------------------------------------------------------------------------------


@dataclass
class Group:
    """An outermost list, or a paragraph, that items of a typed list may be copied in."""

    node: Node
    parent: Node


@dataclass
class Part:
    """The items of a typed list that stood together in one place of the body."""

    group: Group | None
    items: list[str] = field(default_factory=list)
    anchor: Node | None = None


@dataclass
class Entry:
    """One item of a group."""

    node: Node
    group: Group
    # Words of its first paragraph, of all but the lists in it, of everything.
    first: list[str]
    own: list[str]
    whole: list[str]
    parents: set[int]


def _groups(root: Node) -> list[Entry]:
    entries: list[Entry] = []

    def inside(node: Node, group: Group, parents: set[int]) -> None:
        for child in node.elements():
            if child.tag == "li":
                own = [c for c in child.children if not (isinstance(c, Node) and c.tag in LISTS)]
                part = Node("li")
                part.children = own
                whole = words(child.text())
                first = words(_first_paragraph(child))
                entries.append(Entry(child, group, first, words(part.text()), whole, parents))
                inside(child, group, parents | {id(child)})
            else:
                inside(child, group, parents)

    def walk(node: Node) -> None:
        for child in node.elements():
            if child.tag in LISTS:
                inside(child, Group(child, node), set())
            elif child.tag == "p":
                found = words(child.text())
                entries.append(Entry(child, Group(child, node), found, found, found, set()))
            else:
                walk(child)

    walk(root)
    return entries


def _fits(key: list[str], entry: Entry, match: str) -> bool:
    if not key:
        return False
    for candidate in (entry.whole, entry.own, entry.first):
        if candidate == key:
            return True
        if match == "prefix" and candidate[: len(key)] == key:
            return True
        if match == "suffix" and candidate[-len(key) :] == key:
            return True
    return False


def _match(keys: list[list[str]], entries: list[Entry], match: str) -> dict[int, Entry]:
    """For each item its copy in the body: from the group that holds most of them, in order."""
    result: dict[int, Entry] = {}
    used: set[int] = set()
    open_items = set(range(len(keys)))
    while open_items:
        by_group: dict[int, list[Entry]] = {}
        for entry in entries:
            if id(entry.node) not in used:
                by_group.setdefault(id(entry.group), []).append(entry)
        best: dict[int, Entry] = {}
        for members in by_group.values():
            found: dict[int, Entry] = {}
            taken: set[int] = set()
            for number in sorted(open_items):
                for entry in members:
                    if id(entry.node) not in taken and _fits(keys[number], entry, match):
                        found[number] = entry
                        taken.add(id(entry.node))
                        break
            if _rank(found) > _rank(best):
                best = found
        if not best:
            break
        result.update(best)
        used |= {id(entry.node) for entry in best.values()}
        open_items -= set(best)
        # A stray paragraph may stand for an item only when no list has it.
    return result


def _match_alike(keys: list[list[str]], entries: list[Entry], matches: dict[int, Entry]) -> None:
    """An item that differs by some words is the one between the copies of its neighbours."""
    for number, key in enumerate(keys):
        before, after = matches.get(number - 1), matches.get(number + 1)
        if number in matches or not key or not (before or after):
            continue
        near = before or after
        if near is None:
            continue
        members = [entry for entry in entries if entry.group.node is near.group.node]
        low = members.index(before) + 1 if before in members else 0
        high = members.index(after) if after in members else len(members)
        used = {id(entry.node) for entry in matches.values()}
        for entry in members[low:high]:
            if id(entry.node) in used:
                continue
            if SequenceMatcher(None, key, entry.own, autojunk=False).ratio() >= ALIKE:
                matches[number] = entry
                break


def _first_paragraph(node: Node) -> str:
    parts: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and _is_flowing(child):
            if (
                not parts
                or not "".join(c if isinstance(c, str) else c.text() for c in parts).strip()
            ):
                return child.text() if child.tag == "p" else ""
            break
        parts.append(child)
    line = Node("p")
    line.children = parts
    return line.text()


def _rank(found: dict[int, Entry]) -> tuple[int, int]:
    lists = sum(entry.node.tag == "li" for entry in found.values())
    return len(found), lists


def _cut_nested(node: Node, used: set[int]) -> bool:
    """Remove used items from the lists inside an item that stays."""
    cut = False
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if child.tag == "li" and id(child) in used:
                cut = True
                continue
            cut = _cut_nested(child, used) or cut
            if child.tag in LISTS and not _has_text(child):
                continue
        kept.append(child)
    node.children = kept
    return cut


def _flat(root: Node) -> list[tuple[Node, Node]]:
    """Block elements in order with their parents; wrappers are looked into."""
    result: list[tuple[Node, Node]] = []

    def walk(node: Node) -> None:
        for child in node.elements():
            wrapper = child.tag in {"div", "section", "article", "main", "aside", "header"}
            if wrapper and not child.attrs.get("data-fence"):
                walk(child)
            else:
                result.append((child, node))

    walk(root)
    return result


def _index(parent: Node, node: Node) -> int:
    return next(n for n, child in enumerate(parent.children) if child is node)


def _is_flowing(node: "Node | str") -> bool:
    if isinstance(node, str):
        return False
    if node.tag in FLOWING:
        return True
    return node.tag not in {"br", "img"} and any(_is_flowing(child) for child in node.children)


def _contains(node: Node, tags: set[str]) -> bool:
    return node.tag in tags or any(_contains(child, tags) for child in node.elements())


def _has_fence(node: Node) -> bool:
    return "data-fence" in node.attrs or any(_has_fence(child) for child in node.elements())


def _has_text(node: Node) -> bool:
    return bool(node.text().strip()) or _contains(node, {"x-block", *EMBEDS, "img"})


def _all(node: Node | None, tag: str) -> list[Node]:
    if node is None:
        return []
    found = [node] if node.tag == tag else []
    for child in node.elements():
        found += _all(child, tag)
    return found


def _find(node: Node, wanted: Callable[[Node], bool]) -> Node | None:
    for child in node.elements():
        if wanted(child):
            return child
        found = _find(child, wanted)
        if found is not None:
            return found
    return None


def _line(text: str) -> str:
    return " ".join(text.split())


def _raw_text(node: Node) -> str:
    parts = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "br":
            parts.append("\n")
        else:
            parts.append(_raw_text(child))
    return "".join(parts)


def _visible(html: str) -> bool:
    return bool(re.sub(r"<[^>]*>|&nbsp;|\s", "", html))


def _plain_html(html: str) -> str:
    node = Node("div")
    node.children = [re.sub(r"<[^>]*>", "", html)]
    text = node.text()
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, char)
    return _line(text)


def _text_node(text: str) -> Node:
    node = Node("div")
    node.children = [text]
    return node


def _wrapped(node: Node) -> Node:
    wrapper = Node("div")
    wrapper.children = list(node.children)
    return wrapper


def _as_quote(node: Node) -> Node:
    quote = Node("blockquote")
    quote.children = node.children
    return quote


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else default


def _is_bold_line(node: Node) -> bool:
    """A paragraph that is nothing but one bold run: a heading that was not marked as one."""
    if node.tag != "p":
        return False
    children = [c for c in node.children if not (isinstance(c, str) and not c.strip(" \n:"))]
    return (
        len(children) == 1 and isinstance(children[0], Node) and children[0].tag in {"b", "strong"}
    )


def _starts_with_heading(node: Node) -> bool:
    first = next(iter(node.elements()), None)
    return first is not None and first.tag in HEADINGS


def _title_and_rest(node: Node) -> tuple[str, list[Node | str]]:
    """The heading a division begins with, and the rest."""
    for number, child in enumerate(node.children):
        if isinstance(child, str) and not child.strip():
            continue
        if isinstance(child, Node) and child.tag in HEADINGS and not _all(child, "a"):
            title = _line(child.text())
            if len(title) <= LONG_HEADING:
                return title, node.children[number + 1 :]
        break
    return "", node.children


def _is_for_instructors(node: "Node | str") -> bool:
    return isinstance(node, Node) and node.attrs.get("data-fence") == "instructor"


def _split(
    nodes: "list[Node | str] | list[Node]", apart: Callable[["Node | str"], bool]
) -> "list[list[Node | str]]":
    """Runs of nodes; those that stand apart are runs of their own."""
    parts: list[list[Node | str]] = [[]]
    for node in nodes:
        if apart(node):
            parts += [[node], []]
        else:
            parts[-1].append(node)
    return [part for part in parts if part] or [[]]


def _exercise_parts(
    nodes: list[Node | str],
) -> list[tuple[list[Node | str], list[Node], list[Node]]]:
    parts: list[tuple[list[Node | str], list[Node], list[Node]]] = [([], [], [])]
    for node in nodes:
        kind = node.attrs.get("data-fence", "") if isinstance(node, Node) else ""
        if isinstance(node, Node) and node.tag == "blockquote":
            own = node.attrs.get("data-class", "")
            kind = own if own != "none" else ""
            if not kind and _starts_with_heading(node):
                kind = "solution"
        task, hints, solutions = parts[-1]
        if isinstance(node, Node) and kind in SOLUTIONS:
            solutions.append(node)
        elif isinstance(node, Node) and kind == "hint" and not solutions:
            if _contains(node, COMPLEX):
                task.append(node)
            else:
                hints.append(node)
        elif isinstance(node, str) and not node.strip():
            continue
        elif hints or solutions:
            parts.append(([node], [], []))
        else:
            task.append(node)
    return parts


def _rows(table: Node) -> list[list[Node | None]]:
    """Rows of cells; a cell that spans is followed by empty ones, so that columns stay."""
    rows: list[list[Node | None]] = []
    pending: dict[int, int] = {}

    def walk(node: Node) -> None:
        for child in node.elements():
            if child.tag == "tr":
                row: list[Node | None] = []
                for cell in child.elements():
                    if cell.tag not in {"td", "th"}:
                        continue
                    while pending.get(len(row), 0):
                        pending[len(row)] -= 1
                        row.append(None)
                    span = min(_number(cell.attrs.get("colspan", ""), 1), 50)
                    down = min(_number(cell.attrs.get("rowspan", ""), 1), 200)
                    for extra in range(max(span, 1)):
                        if down > 1:
                            pending[len(row)] = down - 1
                        row.append(None if extra else cell)
                while pending.get(len(row), 0):
                    pending[len(row)] -= 1
                    row.append(None)
                if row:
                    rows.append(row)
            elif child.tag in {"thead", "tbody", "tfoot"}:
                walk(child)

    walk(table)
    return rows


def _apply_kramdown(node: Node) -> None:
    """``{: .class}`` after an element names the class of that element."""
    kept: list[Node | str] = []
    last: Node | None = None
    for child in node.children:
        if isinstance(child, Node):
            _apply_kramdown(child)
            kind = child.attrs.get("data-class", "")
            if child.tag == "p" and kind and not child.text().strip():
                if last is not None and kind != "none":
                    last.attrs["data-class"] = kind
                continue
            if child.tag == "p":
                child.attrs.pop("data-class", None)
            last = child
        kept.append(child)
    node.children = kept


def _drop_markers(node: Node, problems: Problems) -> None:
    """``[]{name}`` at the start of an item is a drawn checkbox of the source."""
    for child in node.elements():
        if child.tag in {"li", "p"} and child.children and isinstance(child.children[0], str):
            found = _MARKER.match(child.children[0])
            if found:
                problems.add("markup-dropped", "body", found[0])
                child.children[0] = child.children[0][found.end() :]
        _drop_markers(child, problems)


def _repair_levels(blocks: list[Block], stack: list[int]) -> None:
    """No level is skipped; deeper than 4 becomes 4."""
    for block in blocks:
        value = block["value"]
        if block["type"] == "heading":
            source = int(value["level"])
            while stack and stack[-1] >= source:
                stack.pop()
            value["level"] = str(min(len(stack) + 2, 4))
            stack.append(source)
        elif block["type"] == "restricted":
            _repair_levels(value["body"], stack)
