"""What is asked of a body's tree, and the marks of the source that are settled before it is read."""

import re
from collections.abc import Callable, Iterable, Sequence

from exchange.html import EMBEDS, Node
from exchange.problems import Problems

Nodes = Sequence[Node | str]

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
LISTS = {"ul", "ol"}
# Their cells hold text, and what is put into the body stands beside them.
GRIDS = {"table", "dl"}
BOLD = {"b", "strong"}
# Elements that make a text block impossible: they become blocks of their own.
COMPLEX = {"pre", "table", "details", "iframe", "video", "audio", "embed", "x-block"}
FLOWING = {
    "p", "div", "section", "article", "aside", "main", "header", "footer", "figure", "figcaption",
    "blockquote", "ul", "ol", "dl", "hr", "address", "center", "li", "dt", "dd", "caption", "tr",
    *HEADINGS, *COMPLEX,
}  # fmt: skip
WRAPPERS = {"div", "section", "article", "main", "aside", "header"}
# A checkbox that the source draws at the start of an item: ``[]{name}``.
MARKER = re.compile(r"\A\s*\\?\[[ xX]?\\?\]\{[^}\n]{0,80}\}\s*")
# Other ways to draw one: ``[x]``, ☐.
BOX = re.compile(r"\A\s*(?:\[[ xX]?\](?=\s)|[☐☑☒✅✓✔])\s*")


# -- building and finding -------------------------------------------------------------------


def element(tag: str, children: Nodes) -> Node:
    """An element of our own around nodes of the body, which stay where they are as well."""
    node = Node(tag)
    node.children = list(children)
    return node


def find(node: Node, wanted: Callable[[Node], bool]) -> Node | None:
    """The first element inside ``node``, in order of the text."""
    for child in node.elements():
        if wanted(child):
            return child
        found = find(child, wanted)
        if found is not None:
            return found
    return None


def find_all(node: Node, tag: str) -> list[Node]:
    """Elements of this name, ``node`` itself among them."""
    found = [node] if node.tag == tag else []
    for child in node.elements():
        found += find_all(child, tag)
    return found


def block_elements(root: Node) -> list[tuple[Node, Node]]:
    """Block elements in order with their parents. Wrappers are looked into, divisions are not."""
    result: list[tuple[Node, Node]] = []
    for child in root.elements():
        if child.tag in WRAPPERS and not child.attrs.get("data-fence"):
            result += block_elements(child)
        else:
            result.append((child, root))
    return result


def index_of(parent: Node, node: Node) -> int:
    return next(number for number, child in enumerate(parent.children) if child is node)


def split_runs(nodes: Nodes, is_apart: Callable[[Node | str], bool]) -> list[Nodes]:
    """Runs of nodes, at least one; those that stand apart are runs of their own."""
    runs: list[list[Node | str]] = [[]]
    for node in nodes:
        if is_apart(node):
            runs += [[node], []]
        else:
            runs[-1].append(node)
    return [run for run in runs if run] or [[]]


# -- asking ---------------------------------------------------------------------------------


def is_blank(node: Node | str) -> bool:
    """Spaces between elements, which mean nothing."""
    return isinstance(node, str) and not node.strip()


def is_flowing(node: Node | str) -> bool:
    """Whether the node ends a line of text, by itself or by what is in it."""
    if isinstance(node, str):
        return False
    if node.tag in FLOWING:
        return True
    return node.tag not in {"br", "img"} and any(is_flowing(child) for child in node.children)


def is_bold_line(node: Node) -> bool:
    """A paragraph that is nothing but one bold run: a heading that was not marked as one."""
    if node.tag != "p":
        return False
    children = [c for c in node.children if not (isinstance(c, str) and not c.strip(" \n:"))]
    return len(children) == 1 and isinstance(children[0], Node) and children[0].tag in BOLD


def contains(node: Node, tags: Iterable[str]) -> bool:
    """Whether one of these elements is inside, or is the node."""
    return node.tag in tags or any(contains(child, tags) for child in node.elements())


def has_fence(node: Node) -> bool:
    return "data-fence" in node.attrs or any(has_fence(child) for child in node.elements())


def has_substance(node: Node) -> bool:
    """Whether leaving the node out would lose anything."""
    return bool(node.text().strip()) or contains(node, {"x-block", *EMBEDS, "img"})


def starts_with_heading(node: Node) -> bool:
    first = next(iter(node.elements()), None)
    return first is not None and first.tag in HEADINGS


# -- text -----------------------------------------------------------------------------------


def one_line(text: str) -> str:
    return " ".join(text.split())


def raw_text(node: Node) -> str:
    """The text of code: every space and line break of the source counts."""
    parts = []
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        elif child.tag == "br":
            parts.append("\n")
        else:
            parts.append(raw_text(child))
    return "".join(parts)


def read_number(text: str, default: int) -> int:
    """A number from an attribute, which may hold anything."""
    return int(text) if text.isdecimal() and len(text) < 6 else default


# -- marks of the source --------------------------------------------------------------------


def apply_kramdown(node: Node) -> None:
    """``{: .class}`` after an element names the class of that element."""
    kept: list[Node | str] = []
    last: Node | None = None
    for child in node.children:
        if isinstance(child, Node):
            apply_kramdown(child)
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


def drop_box(node: Node) -> None:
    """Take the checkbox at the start of one item out."""
    while node.children:
        first = node.children[0]
        if isinstance(first, str):
            node.children[0] = BOX.sub("", first)
            return
        node = first


def drop_markers(node: Node, problems: Problems) -> None:
    """Take drawn checkboxes out: the block the list becomes has its own."""
    for child in node.elements():
        if child.tag in {"li", "p"} and child.children and isinstance(child.children[0], str):
            found = MARKER.match(child.children[0])
            if found:
                problems.add("markup-dropped", "body", found[0])
                child.children[0] = child.children[0][found.end() :]
        drop_markers(child, problems)
