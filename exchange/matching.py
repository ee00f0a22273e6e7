"""Which items of the body are the copies of a typed list.

A document says its typed lists twice: in ``structure``, as plain text, and in its body, where they
have links and may be split, nested or worded a little differently.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher

from exchange.html import Node
from exchange.tree import LISTS, element, is_flowing
from exchange.words import words

# Two versions of the same item share this much of their words.
ALIKE = 0.6

Words = list[str]


@dataclass
class Group:
    """An outermost list, or a paragraph, that items of a typed list may be copied in."""

    node: Node
    parent: Node


@dataclass
class Entry:
    """One item of a group."""

    node: Node
    group: Group
    # Words of its first paragraph, of all but the lists in it, of everything.
    first: Words
    own: Words
    whole: Words
    # Identities of the items around it.
    parents: set[int]

    def fits(self, key: Words, match: str) -> bool:
        """Whether this may be the copy: ``whole``, or it has the words at its start or end."""
        return bool(key) and any(
            candidate == key
            or (match == "prefix" and candidate[: len(key)] == key)
            or (match == "suffix" and candidate[-len(key) :] == key)
            for candidate in (self.whole, self.own, self.first)
        )


# By number of the item in the typed list.
Copies = dict[int, Entry]


def list_entries(root: Node) -> list[Entry]:
    """Everything in the body that may be the copy of an item, in order."""
    entries: list[Entry] = []
    for child in root.elements():
        if child.tag in LISTS:
            entries += _items(child, Group(child, root), set())
        elif child.tag == "p":
            found = words(child.text())
            entries.append(Entry(child, Group(child, root), found, found, found, set()))
        else:
            entries += list_entries(child)
    return entries


def _items(node: Node, group: Group, parents: set[int]) -> list[Entry]:
    entries: list[Entry] = []
    for child in node.elements():
        if child.tag != "li":
            entries += _items(child, group, parents)
            continue
        outer = [c for c in child.children if not (isinstance(c, Node) and c.tag in LISTS)]
        own = words(element("li", outer).text())
        first = words(_first_paragraph(child))
        entries.append(Entry(child, group, first, own, words(child.text()), parents))
        entries += _items(child, group, parents | {id(child)})
    return entries


def _first_paragraph(node: Node) -> str:
    """The line an item begins with, as text right in it or as its first paragraph."""
    line: list[Node | str] = []
    for child in node.children:
        if isinstance(child, Node) and is_flowing(child):
            if "".join(c if isinstance(c, str) else c.text() for c in line).strip():
                break
            return child.text() if child.tag == "p" else ""
        line.append(child)
    return element("p", line).text()


def find_copies(keys: list[Words], entries: list[Entry], match: str) -> Copies:
    """For each item its copy, where there is one: by its words, then by its place."""
    copies = _by_words(keys, entries, match)
    _add_alike(keys, entries, copies)
    return copies


def _by_words(keys: list[Words], entries: list[Entry], match: str) -> Copies:
    """The group with most of the items is the copy; what it lacks is looked for in the others."""
    copies: Copies = {}
    missing = set(range(len(keys)))
    while missing:
        used = {id(entry.node) for entry in copies.values()}
        groups: dict[int, list[Entry]] = {}
        for entry in entries:
            if id(entry.node) not in used:
                groups.setdefault(id(entry.group), []).append(entry)
        wanted = {number: keys[number] for number in sorted(missing)}
        found = [_copies_in(members, wanted, match) for members in groups.values()]
        best = max(found, key=_rank, default={})
        if not best:
            break
        copies.update(best)
        missing -= set(best)
    return copies


def _copies_in(members: list[Entry], wanted: dict[int, Words], match: str) -> Copies:
    copies: Copies = {}
    taken: set[int] = set()
    for number, key in wanted.items():
        for entry in members:
            if id(entry.node) not in taken and entry.fits(key, match):
                copies[number] = entry
                taken.add(id(entry.node))
                break
    return copies


def _rank(copies: Copies) -> tuple[int, int]:
    """A stray paragraph may stand for an item only when no list has it."""
    return len(copies), sum(entry.node.tag == "li" for entry in copies.values())


def _add_alike(keys: list[Words], entries: list[Entry], copies: Copies) -> None:
    """An item that differs by some words is the one between the copies of its neighbours."""
    for number, key in enumerate(keys):
        if number in copies or not key:
            continue
        used = {id(entry.node) for entry in copies.values()}
        for entry in _between(copies.get(number - 1), copies.get(number + 1), entries):
            if id(entry.node) in used:
                continue
            if SequenceMatcher(None, key, entry.own, autojunk=False).ratio() >= ALIKE:
                copies[number] = entry
                break


def _between(before: Entry | None, after: Entry | None, entries: list[Entry]) -> list[Entry]:
    """Entries between two of the same group, or from one of them to the end of its group."""
    near = before or after
    if near is None:
        return []
    members = [entry for entry in entries if entry.group.node is near.group.node]
    low = members.index(before) + 1 if before in members else 0
    high = members.index(after) if after in members else len(members)
    return members[low:high]
