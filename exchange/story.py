"""The body of one document, from a clean tree to the blocks of a page.

A typed list of the document is taken out of the tree first (``Story.take``) and its block is put
where the list stood (``Story.put``), so that every item stands once on the page. The steps have
rooms of their own: ``matching`` finds the copy of a list, ``taken`` cuts it out, ``blocks`` writes
what is left.
"""

import re
from collections.abc import Callable, Iterable
from itertools import count, pairwise

from exchange.blocks import Converter
from exchange.html import Node
from exchange.matching import Copies, find_copies, list_entries, split_lines
from exchange.problems import Problems
from exchange.rich import RichText
from exchange.taken import Part, Taken, cut, join
from exchange.tree import (
    BOX,
    COMPLEX,
    HEADINGS,
    LISTS,
    MARKER,
    apply_kramdown,
    block_elements,
    contains,
    drop_box,
    drop_markers,
    element,
    find,
    index_of,
    is_blank,
    is_bold_line,
    one_line,
)
from exchange.words import words
from exchange.writer import Block

_REFERENCE = re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]")
_LINK_TARGET = re.compile(r"\]\([^)]{0,2000}\)")


class Story:
    """What importers may do with a body: ``content.importing.Story`` is their view of it."""

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
        self._parse = parse
        # Blocks of importers, by the name of the place (an ``x-block``) that waits for them.
        self._slots: dict[str, list[Block]] = {}
        self._numbers = count()
        self._rich = RichText(problems, base_url)
        self._converter = Converter(self._rich, problems, self._slots)
        apply_kramdown(root)
        drop_markers(root, problems)
        self._drop_title(title)

    def _drop_title(self, title: str) -> None:
        """A first heading that repeats the title would stand on the page twice."""
        first = next((child for child in self.root.children if not is_blank(child)), None)
        if not isinstance(first, Node) or first.tag not in {"h1", "h2"}:
            return
        if words(first.text()) == words(title):
            self.problems.add("heading-dropped", "body", title)
            self.root.children.remove(first)

    def blocks(self) -> list[Block]:
        """The body, with the blocks that were put into it."""
        return self._converter.blocks(self.root.children)

    # -- taking typed lists out of the body -------------------------------------------------

    def take(self, items: Iterable[str], *, name: str, match: str = "whole") -> Taken:
        """Take the body's copy of a typed list out of the tree.

        ``match``: ``whole`` item, or the body's item starts (``prefix``) or ends (``suffix``) with
        it. Returns the items as rich text, those of the body where it has them: they carry links.
        """
        wanted = [item for item in items if item and item.strip()]
        if not wanted:
            return Taken([])
        keys = [words(self.plain(item)) for item in wanted]
        split_lines(self.root, keys)
        entries = list_entries(self.root)
        copies = find_copies(keys, entries, match)
        used = {id(entry.node) for entry in copies.values()}
        by_group, lost = self._sort_out(wanted, copies, used, name)
        groups = dict.fromkeys(id(entry.group.node) for entry in entries)
        parts = self._cut_out([by_group[key] for key in groups if key in by_group], used)
        if parts:
            parts[-1].items += lost
        elif lost:
            parts.append(Part(None, lost))
        everything = [item for part in parts for item in part.items]
        return Taken(everything, parts[0].anchor if parts else None, len(copies), parts)

    def _sort_out(
        self, wanted: list[str], copies: Copies, used: set[int], name: str
    ) -> tuple[dict[int, Part], list[str]]:
        """Rich text of the items, by the list of the body they stand in, and of those it lacks."""
        by_group: dict[int, Part] = {}
        lost: list[str] = []
        for number, item in enumerate(wanted):
            entry = copies.get(number)
            if entry is None:
                lost.append(self._lost(item, name, copies))
                continue
            part = by_group.setdefault(id(entry.group.node), Part(entry.group))
            # An item inside another one is shown with it.
            if not entry.parents & used:
                drop_box(entry.node)
                part.items.append(self._rich.item(entry.node))
        return by_group, lost

    def _lost(self, item: str, name: str, copies: Copies) -> str:
        """An item the body lacks; a line of the report, where the body has others of the list."""
        html = self.rich_from_markdown(item)
        if copies:
            self.problems.add("list-differs", name, item, "the same item in the body")
        return html

    def _cut_out(self, parts: list[Part], used: set[int]) -> list[Part]:
        for part in parts:
            if part.group is None:
                continue
            part.anchor = self._place("slot")
            for left in cut(part.group, used, part.anchor):
                self.problems.add("list-differs", "body", left.text(), "an item of the typed list")
        return join(self.root, parts)

    def take_list(self, node: Node, parent: Node) -> Taken:
        """Take a whole list out of the tree."""
        items = [self._rich.item(item) for item in node.elements() if item.tag == "li"]
        kept = [item for item in items if item]
        place = self._replace(parent, index_of(parent, node))
        return Taken(kept, place, len(items), [Part(None, kept, place)])

    def take_paragraph_with_link(self, href: str) -> tuple[Taken, str, str] | None:
        """The first paragraph with a link to ``href``: where it stood, its text, the link's."""
        wanted = href.strip()
        for node, parent in block_elements(self.root):
            if node.tag != "p":
                continue
            link = find(node, lambda n: n.tag == "a" and n.attrs.get("href", "").strip() == wanted)
            if link is None:
                continue
            label = one_line(link.text())
            link.tag = "span"
            body = self._rich.paragraph(node.children)
            place = self._replace(parent, index_of(parent, node))
            return Taken([body], place, 1), body, label
        return None

    def take_titled(self, title: str) -> tuple[Taken, list[Block]] | None:
        """A bold paragraph or heading with this text, and what belongs to it, as inner blocks."""
        key = words(title)
        for node, parent in block_elements(self.root):
            if node.tag not in {"p", *HEADINGS} or words(node.text()) != key:
                continue
            start = index_of(parent, node)
            end = _end_of_titled(parent.children, start + 1)
            content = [c for c in parent.children[start + 1 : end] if isinstance(c, Node)]
            follows = parent.children[end] if end < len(parent.children) else None
            if not content and not (isinstance(follows, Node) and follows.tag == "x-block"):
                return None
            place = self._replace(parent, start, end)
            written = self._converter.convert(content, inner=True)
            return Taken([], place, 1), written.blocks + written.hoisted
        return None

    def take_rest_after(self, pattern: re.Pattern[str]) -> str:
        """Rich text from a heading or bold line matching ``pattern`` to the end, or nothing.

        Only when what follows is paragraphs and lists: a transcript, not a section with tables.
        """
        children = self.root.children
        for number, child in enumerate(children):
            if not isinstance(child, Node):
                continue
            is_heading = child.tag in HEADINGS or is_bold_line(child)
            if not is_heading or not pattern.search(child.text()):
                continue
            rest = children[number:]
            if any(isinstance(c, Node) and contains(c, COMPLEX) for c in rest):
                return ""
            blocks = self._converter.convert(rest, inner=True).blocks
            if any(block["type"] != "text" for block in blocks):
                return ""
            del children[number:]
            return "".join(block["value"] for block in blocks)
        return ""

    # -- putting blocks into it -------------------------------------------------------------

    def put(self, taken: Taken, *blocks: Block) -> None:
        """Put blocks where the list stood; at the end of the body when it did not stand there."""
        self._put(taken.anchor, list(blocks))

    def put_each(self, taken: Taken, build: Callable[[list[str]], Block]) -> None:
        """Put a block in every place where a part of the list stood."""
        for part in taken.parts:
            if part.items:
                self._put(part.anchor, [build(part.items)])

    def append(self, *blocks: Block) -> None:
        self._insert(len(self.root.children), list(blocks))

    def prepend(self, *blocks: Block) -> None:
        self._insert(0, list(blocks))

    def _put(self, anchor: Node | None, blocks: list[Block]) -> None:
        if anchor is None:
            self._insert(len(self.root.children), blocks)
        else:
            self._slots[anchor.attrs["name"]] = blocks

    def _insert(self, index: int, blocks: list[Block]) -> None:
        place = self._place("own")
        self._slots[place.attrs["name"]] = blocks
        self.root.children.insert(index, place)

    def _replace(self, parent: Node, start: int, end: int | None = None) -> Node:
        """Leave a place instead of a child, or of the children up to ``end``."""
        place = self._place("slot")
        parent.children[start : start + 1 if end is None else end] = [place]
        return place

    def _place(self, kind: str) -> Node:
        return Node("x-block", {"name": f"{kind}-{next(self._numbers)}"})

    # -- asking -----------------------------------------------------------------------------

    def heading_before(self, taken: Taken, *, remove: bool = False) -> str:
        """The text of the heading right before a list that was taken."""
        blocks = block_elements(self.root)
        nodes = [node for node, _parent in blocks]
        place = nodes.index(taken.anchor) if taken.anchor in nodes else 0
        if not place or nodes[place - 1].tag not in HEADINGS:
            return ""
        heading, parent = blocks[place - 1]
        if remove:
            parent.children.remove(heading)
        return one_line(heading.text())

    def lists_below_headings(self) -> list[tuple[str, Node, Node]]:
        """Heading text, list and its parent, for each list that follows a heading directly."""
        blocks = block_elements(self.root)
        return [
            (one_line(before.text()), node, parent)
            for (before, _parent), (node, parent) in pairwise(blocks)
            if node.tag in LISTS and before.tag in HEADINGS
        ]

    def has_words(self, text: str) -> bool:
        """Whether the body says this somewhere, in one piece."""
        wanted, said = words(self.plain(text)), words(self.root.text())
        return any(
            said[n : n + len(wanted)] == wanted
            for n, word in enumerate(said)
            if wanted and word == wanted[0]
        )

    # -- typed fields -----------------------------------------------------------------------

    def rich_from_markdown(self, text: str) -> str:
        """Inline Markdown of a typed field as rich text."""
        blocks = self._converter.convert(self._typed(text).children, inner=True).blocks
        return "".join(block["value"] for block in blocks if block["type"] == "text")

    def plain(self, text: str) -> str:
        """Inline Markdown of a typed field as plain text."""
        return one_line(self._typed(text).text())

    def _typed(self, text: str) -> Node:
        # A reference link of the body: its address is not known here.
        text = _REFERENCE.sub(r"\1", BOX.sub("", MARKER.sub("", text)))
        if self._parse is None:
            return element("div", [text])
        node = self._parse(text)
        # A list marker, a rule or a heading sign at the start of an item is part of its words.
        if words(node.text()) != words(_LINK_TARGET.sub("]", text)) and not node.elements():
            return element("div", [text])
        return node


def _end_of_titled(children: list[Node | str], start: int) -> int:
    """What belongs to a title ends at a heading, rule, bold line or wider gap in the source."""
    filled = False
    for number, child in enumerate(children[start:], start):
        if not isinstance(child, Node):
            continue
        if child.tag in {"hr", "x-block", *HEADINGS} or is_bold_line(child):
            return number
        if filled and child.attrs.get("data-gap"):
            return number
        filled = True
    return len(children)
