"""Which items of the body are the copies of a typed list.

A document says its typed lists twice: in ``structure``, as plain text, and in its body, where they
have links and may be split, nested or worded a little differently.
"""

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from exchange.html import Node
from exchange.tree import (
    BOX,
    GRIDS,
    HEADINGS,
    LISTS,
    element,
    index_of,
    is_flowing,
    split_runs,
)
from exchange.words import words

# Two versions of the same item share this much of their words.
ALIKE = 0.6
# Without an item that is the same they share more, and are so many at least.
VERY_ALIKE = 0.75
FEWEST = 2
# An item of so many words is known by them where the body's item goes on.
LONG = 3
# So many entries ahead is looked for one.
FAR = 200

# A letter or a small Roman number that counts: a) b) c), i) ii) iii).
_LETTER = re.compile(r"(?:[a-zа-яα-ω]|[ivx]{1,4})\Z")
# Elements that hold one line of text, and may hold one item.
LEAVES = {"p", "div", "dt", "dd", "td", "th", "address", "figcaption", *HEADINGS}

Words = list[str]


@dataclass
class Group:
    """An outermost list or table, or a paragraph, that items of a typed list may be copied in."""

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


# By number of the item in the typed list.
Copies = dict[int, Entry]


def list_entries(root: Node, table: Group | None = None) -> list[Entry]:
    """Everything in the body that may be the copy of an item, in order.

    ``table``: the table or definition list around ``root``, whose cells are all of one group.
    """
    entries: list[Entry] = []
    for child in root.elements():
        if child.tag in LISTS:
            entries += _items(child, table or Group(child, root), set())
        elif child.tag in GRIDS:
            entries += list_entries(child, table or Group(child, root))
        elif child.tag in LEAVES and not any(is_flowing(inner) for inner in child.elements()):
            found = _words(child.text())
            group = table or Group(child, root)
            entries.append(Entry(child, group, found, found, found, set()))
        else:
            entries += list_entries(child, table)
    return entries


def _words(text: str) -> Words:
    return words(BOX.sub("", text))


def split_lines(root: Node, keys: list[Words]) -> None:
    """Make items that are lines of one paragraph (``<br>``) paragraphs of their own."""
    _split_lines(root, {_folded(key) for key in keys if key})


def _split_lines(root: Node, wanted: set[tuple[str, ...]]) -> None:
    for child in root.elements():
        if child.tag in LEAVES and any(c.tag == "br" for c in child.elements()):
            _split(root, child, wanted)
        elif child.tag not in LISTS:
            _split_lines(child, wanted)


def _split(parent: Node, node: Node, wanted: set[tuple[str, ...]]) -> None:
    lines = [
        run
        for run in split_runs(node.children, lambda c: isinstance(c, Node) and c.tag == "br")
        if not (len(run) == 1 and isinstance(run[0], Node) and run[0].tag == "br")
    ]
    is_item = [_folded(_words(element("p", line).text())) in wanted for line in lines]
    if not any(is_item) or any(is_flowing(child) for child in node.elements()):
        return
    rows: list[Node] = []
    for line, apart in zip(lines, is_item, strict=True):
        if not apart and rows and rows[-1].tag == "x-lines":
            rows[-1].children += [Node("br"), *line]
        else:
            rows.append(element("p" if apart else "x-lines", line))
    for row in rows:
        row.tag = "p"
    if parent.tag in {*GRIDS, "tr"} or node.tag in {"td", "th", "dd", "dt"}:
        node.children = list(rows)
    else:
        place = index_of(parent, node)
        parent.children[place : place + 1] = rows


def _items(node: Node, group: Group, parents: set[int]) -> list[Entry]:
    entries: list[Entry] = []
    for child in node.elements():
        if child.tag != "li":
            entries += _items(child, group, parents)
            continue
        outer = [c for c in child.children if not (isinstance(c, Node) and c.tag in LISTS)]
        own = _words(element("li", outer).text())
        first = _words(_first_paragraph(child))
        entries.append(Entry(child, group, first, own, _words(child.text()), parents))
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
    _add_numbered(keys, entries, copies)
    _add_longer(keys, entries, copies)
    _add_alike(keys, entries, copies)
    return copies or _by_likeness(keys, entries)


class _Candidates:
    """The entries of one group that fit an item, in order."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, ...], list[Entry]] = {}

    def add(self, key: tuple[str, ...], entry: Entry) -> None:
        entries = self.by_key.setdefault(key, [])
        if not entries or entries[-1] is not entry:
            entries.append(entry)

    def copies(self, wanted: Iterable[int], keys: list[Words], used: set[int]) -> Copies:
        copies: Copies = {}
        taken: set[int] = set()
        for number in wanted:
            for entry in self.by_key.get(tuple(keys[number]), ()):
                if id(entry.node) not in used and id(entry.node) not in taken:
                    copies[number] = entry
                    taken.add(id(entry.node))
                    break
        return copies


def _by_words(keys: list[Words], entries: list[Entry], match: str) -> Copies:
    """The group with most of the items is the copy; what it lacks is looked for in the others."""
    numbers: dict[tuple[str, ...], list[int]] = {}
    for number, key in enumerate(keys):
        if key:
            numbers.setdefault(tuple(key), []).append(number)
    groups = _candidates(numbers, entries, match)
    copies: Copies = {}
    used: set[int] = set()

    def look(place: int) -> Copies:
        found = sorted(n for key in groups[place].by_key for n in numbers[key] if n not in copies)
        return groups[place].copies(found, keys, used)

    # What a group offers only shrinks: the best of yesterday is looked at again before it wins.
    heap = [(_rank(found), place) for place in range(len(groups)) if (found := look(place))]
    heapq.heapify(heap)
    while heap:
        rank, place = heapq.heappop(heap)
        found = look(place)
        if not found:
            continue
        if _rank(found) != rank:
            heapq.heappush(heap, (_rank(found), place))
            continue
        copies.update(found)
        used |= {id(entry.node) for entry in found.values()}
        heapq.heappush(heap, (_rank(found), place))
    return copies


def _candidates(
    numbers: dict[tuple[str, ...], list[int]], entries: list[Entry], match: str
) -> list[_Candidates]:
    groups: dict[int, _Candidates] = {}
    lengths = sorted({len(key) for key in numbers}) if match != "whole" else []
    for entry in entries:
        group = groups.setdefault(id(entry.group), _Candidates())
        for text in (entry.whole, entry.own, entry.first):
            forms = {tuple(text)}
            for size in lengths:
                if size < len(text):
                    forms.add(tuple(text[:size] if match == "prefix" else text[-size:]))
            for form in forms:
                if form in numbers:
                    group.add(form, entry)
    return list(groups.values())


def _rank(copies: Copies) -> tuple[int, int, int]:
    """Smallest is best. A heading, a cell or a stray paragraph stands for an item only when no
    list has it."""
    tags = [entry.node.tag for entry in copies.values()]
    return -len(copies), -tags.count("li"), -tags.count("p")


def _add_numbered(keys: list[Words], entries: list[Entry], copies: Copies) -> None:
    """Items that differ by their numbering or by capitals: “Step 1: Ask”, “a) Ask”, “ask”."""
    missing = [number for number, key in enumerate(keys) if number not in copies and key]
    if not missing:
        return
    used = {id(entry.node) for entry in copies.values()}
    table: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        forms = _unnumbered(entry.own) | _unnumbered(entry.first)
        for form in forms:
            table.setdefault(form, []).append(entry)
    for number in missing:
        candidates = [e for form in _unnumbered(keys[number]) for e in table.get(form, ())]
        for entry in candidates:
            if id(entry.node) not in used:
                copies[number] = entry
                used.add(id(entry.node))
                break


def _folded(text: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.casefold() for word in text)


def _unnumbered(text: Sequence[str]) -> set[tuple[str, ...]]:
    """Words without capitals: as they are, and without a number or letter before them."""
    folded = _folded(text)
    forms = {folded}
    if len(folded) > 1 and (folded[0].isdecimal() or _LETTER.match(folded[0])):
        forms.add(folded[1:])
    elif len(folded) > 2 and folded[1].isdecimal() and len(folded[1]) < 3:
        forms.add(folded[2:])
    return forms


def _add_longer(keys: list[Words], entries: list[Entry], copies: Copies) -> None:
    """Items that the body's list begins with, and goes on: “**Ask first.** It helps because …”."""
    long = {
        number: list(_folded(key))
        for number, key in enumerate(keys)
        if number not in copies and len(key) >= LONG
    }
    if not long:
        return
    used = {id(entry.node) for entry in copies.values()}
    rows = [
        replace(entry, own=list(_folded(entry.own)), first=[], whole=[])
        for entry in entries
        if entry.node.tag == "li" and id(entry.node) not in used
    ]
    found = _by_words([long.get(number, []) for number in range(len(keys))], rows, "prefix")
    copies.update(found)


def _add_alike(keys: list[Words], entries: list[Entry], copies: Copies) -> None:
    """An item that differs by some words is the one between the copies of its neighbours."""
    groups = _members(entries)
    used = {id(entry.node) for entry in copies.values()}
    alike = _Alike()
    for number, key in enumerate(keys):
        if number in copies or not key:
            continue
        before, after = copies.get(number - 1), copies.get(number + 1)
        for entry in _between(before, after, groups):
            if id(entry.node) not in used and alike(key, entry.own, ALIKE):
                copies[number] = entry
                used.add(id(entry.node))
                break


def _by_likeness(keys: list[Words], entries: list[Entry]) -> Copies:
    """A list in which most items are like those wanted, in the same order, and none is the same."""
    wanted = [(number, key) for number, key in enumerate(keys) if key]
    best: Copies = {}
    alike = _Alike()
    if len(wanted) < FEWEST:
        return best
    for members in _members(entries).values():
        copies: Copies = {}
        rows = [entry for entry in members if entry.node.tag == "li"]
        start = 0
        for number, key in wanted:
            for place in range(start, min(start + FAR, len(rows))):
                if alike(key, rows[place].own, VERY_ALIKE):
                    copies[number] = rows[place]
                    start = place + 1
                    break
        if len(copies) > len(best) and len(copies) * 2 > len(wanted):
            best = copies
    return best


class _Alike:
    """Compares words, within a budget for a whole list: hostile ones would take minutes."""

    def __init__(self) -> None:
        self._left = 2_000_000

    def __call__(self, one: Words, other: Words, share: float) -> bool:
        short, long = sorted((len(one), len(other)))
        # The share cannot be reached by lengths alone, or the budget is spent.
        if 2 * short < share * (short + long) or self._left < 0:
            return False
        self._left -= short + long
        matcher = SequenceMatcher(None, one, other, autojunk=False)
        if matcher.quick_ratio() < share:
            return False
        self._left -= short * long
        return matcher.ratio() >= share


def _members(entries: list[Entry]) -> dict[int, list[Entry]]:
    groups: dict[int, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(id(entry.group.node), []).append(entry)
    return groups


def _between(
    before: Entry | None, after: Entry | None, groups: dict[int, list[Entry]]
) -> list[Entry]:
    """Entries between two of the same group, or from one of them to the end of its group."""
    near = before or after
    if near is None:
        return []
    members = groups[id(near.group.node)]
    low = _place_of(before, members, -1) + 1
    high = _place_of(after, members, len(members))
    return members[low : min(high, low + FAR)]


def _place_of(entry: Entry | None, members: list[Entry], default: int) -> int:
    return next((n for n, row in enumerate(members) if row is entry), default)
