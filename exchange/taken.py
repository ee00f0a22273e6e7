"""Typed lists that are taken out of the body, and the places they leave."""

from dataclasses import dataclass, field

from exchange.html import Node
from exchange.matching import Group
from exchange.tree import GRIDS, LISTS, block_elements, has_substance, index_of

# An empty one keeps the others of its row in their columns.
CELLS = {"td", "th"}


@dataclass
class Part:
    """The items of a typed list that stood together in one place of the body."""

    # None: items the body lacks, which have no place.
    group: Group | None
    items: list[str] = field(default_factory=list)
    anchor: Node | None = None


@dataclass
class Taken:
    """A typed list that was looked for in the body."""

    items: list[str]
    anchor: Node | None = None
    found: int = 0
    parts: list[Part] = field(default_factory=list)


def cut(group: Group, used: set[int], anchor: Node) -> list[Node]:
    """Put ``anchor`` in the place of the used items; returns what of the list stays around it."""
    node, parent = group.node, group.parent
    index = index_of(parent, node)
    if node.tag in GRIDS:
        _cut_cells(node, used)
        parent.children[index : index + 1] = [*_unless_empty(node), anchor]
        return []
    if node.tag not in LISTS:
        parent.children[index] = anchor
        return []
    before, after = _around(node, used)
    parent.children[index : index + 1] = [*before, anchor, *after]
    return [*before, *after]


def _around(node: Node, used: set[int]) -> tuple[list[Node], list[Node]]:
    """The list before its first used item, and after it; an empty one is left out."""
    before, after = Node(node.tag, dict(node.attrs)), Node(node.tag, dict(node.attrs))
    seen = False
    for child in node.children:
        if isinstance(child, Node) and id(child) in used:
            seen = True
            continue
        if isinstance(child, Node) and child.tag == "li":
            seen = _cut_nested(child, used) or seen
        (after if seen else before).children.append(child)
    return _unless_empty(before), _unless_empty(after)


def _unless_empty(node: Node) -> list[Node]:
    return [node] if has_substance(node) else []


def _cut_cells(node: Node, used: set[int]) -> None:
    """Empty the used cells of a table, and leave out rows and lists with nothing in them."""
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if id(child) in used:
                if child.tag not in CELLS:
                    continue
                child.children = []
            _cut_cells(child, used)
            if child.tag in {"tr", "thead", "tbody", *LISTS} and not has_substance(child):
                continue
        kept.append(child)
    node.children = kept


def _cut_nested(node: Node, used: set[int]) -> bool:
    """Remove used items from the lists inside an item that stays."""
    found = False
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node):
            if child.tag == "li" and id(child) in used:
                found = True
                continue
            found = _cut_nested(child, used) or found
            if child.tag in LISTS and not has_substance(child):
                continue
        kept.append(child)
    node.children = kept
    return found


def join(root: Node, parts: list[Part]) -> list[Part]:
    """Lists with nothing between them are one list; ``parts`` are in the order of the body."""
    blocks = block_elements(root)
    places = {id(node): number for number, (node, _parent) in enumerate(blocks)}
    joined: list[Part] = []
    last: int | None = None
    for part in parts:
        place = places.get(id(part.anchor))
        if last is not None and place == last + 1:
            node, parent = blocks[place]
            parent.children.remove(node)
            joined[-1].items += part.items
        else:
            joined.append(part)
        last = place
    return joined
