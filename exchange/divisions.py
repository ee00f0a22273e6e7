"""Divisions that the source names (``::: challenge``, ``> {: .callout}``) as boxes and exercises."""

from collections.abc import Callable
from dataclasses import dataclass, field

from exchange.html import Node
from exchange.rich import RichText, bold_line
from exchange.tree import (
    COMPLEX,
    HEADINGS,
    Nodes,
    contains,
    element,
    find_all,
    has_substance,
    is_blank,
    one_line,
    split_runs,
    starts_with_heading,
)
from exchange.writer import Block, Writer

EXERCISES = {"challenge", "exercise"}
SOLUTIONS = {"solution", "answer"}
BOXES = {"callout", "prereq", "prerequisite", "discussion", "spoiler", "caution", "note", "tip",
         "warning", "info", "important"}  # fmt: skip
WARNINGS = {"caution", "warning", "important"}
LONG_HEADING = 300
LONG_TITLE = 200


@dataclass
class Task:
    """One task of an exercise, with what helps and what solves it."""

    nodes: list[Node | str] = field(default_factory=list)
    hints: list[Node] = field(default_factory=list)
    solutions: list[Node] = field(default_factory=list)


class Divisions:
    """Writes divisions; ``flow`` writes what is in them, so that they nest."""

    def __init__(self, flow: Callable[[Nodes, Writer], None], rich: RichText) -> None:
        self._flow = flow
        self._rich = rich

    def write(self, kind: str, node: Node, writer: Writer) -> None:
        """Write a division; one of unknown kind is only its content."""
        if not has_substance(node):
            return
        if kind == "instructor":
            self._restricted(node, writer)
        elif kind in EXERCISES:
            self._exercise(node, writer)
        elif kind == "testimonial":
            self._flow([element("blockquote", node.children)], writer)
        elif kind in SOLUTIONS or kind == "hint" or kind in BOXES:
            title, rest = title_and_rest(node)
            self.box("warning" if kind in WARNINGS else "note", title, rest, writer)
        else:
            self._flow(node.children, writer)

    def box(self, kind: str, title: str, content: Nodes, writer: Writer) -> None:
        """A callout. Inside another box it is running text: boxes do not nest."""
        if writer.inner:
            if title:
                writer.rich(bold_line(title))
            self._flow(content, writer)
            return
        # What only instructors may read stands between two boxes, in its place.
        for run in split_runs(content, is_for_instructors):
            if len(run) == 1 and is_for_instructors(run[0]):
                self._flow(run, writer)
            else:
                self._callout(kind, title, run, writer)
                title = ""

    def _callout(self, kind: str, title: str, content: Nodes, writer: Writer) -> None:
        lead, title = _lead(title, LONG_HEADING)
        own = self._inside(content, lead)
        if own.blocks:
            writer.block("callout", {"kind": kind, "title": title, "body": own.blocks})
        elif title:
            writer.rich(bold_line(title))
        writer.flush()
        writer.extend(own.hoisted)

    def _inside(self, nodes: Nodes, lead: str = "", *, inner: bool = True) -> Writer:
        own = Writer(inner)
        own.rich(lead)
        self._flow(nodes, own)
        own.flush()
        return own

    def _restricted(self, node: Node, writer: Writer) -> None:
        title, rest = title_and_rest(node)
        own = self._inside(rest, bold_line(title) if title else "", inner=False)
        body = [block for block in own.blocks if block["type"] != "restricted"]
        if not body:
            return
        block = {"type": "restricted", "value": {"audience": "instructors", "body": body}}
        if writer.inner:
            writer.hoisted.append(block)
        else:
            writer.extend([block])

    def _exercise(self, node: Node, writer: Writer) -> None:
        """Each task with its solution is an exercise; what follows the last one is text."""
        title, rest = title_and_rest(node)
        if writer.inner:
            self.box("note", title, rest, writer)
            return
        lead, title = _lead(title, LONG_TITLE)
        hoisted: list[Block] = []
        tasks = split_tasks(rest)
        for task in tasks:
            own = self._inside(task.nodes, lead)
            hint = "".join(self._rich.item(node) for node in task.hints)
            answer = self._answer(task, hoisted)
            hoisted += own.hoisted
            if not own.blocks and title:
                own.rich(bold_line(title))
                own.flush()
                title = ""
            follows = len(tasks) > 1 and task is tasks[-1] and not hint and not answer
            if own.blocks and not follows:
                value = {"title": title, "task": own.blocks, "hint": hint, "solution": answer}
                writer.block("exercise", {**value, "minutes": None})
                title = ""
            else:
                # A solution without a task of its own is text as well.
                writer.extend(own.blocks or answer)
            lead = ""
        writer.flush()
        writer.extend(hoisted)

    def _answer(self, task: Task, hoisted: list[Block]) -> list[Block]:
        answer: list[Block] = []
        for solution in task.solutions:
            title, rest = title_and_rest(solution)
            own = self._inside(rest, bold_line(title) if title else "")
            answer += own.blocks
            hoisted += own.hoisted
        return answer


def _lead(title: str, limit: int) -> tuple[str, str]:
    """A title that is too long for its field stands as a line above the rest."""
    return (bold_line(title), "") if len(title) > limit else ("", title)


def title_and_rest(node: Node) -> tuple[str, Nodes]:
    """The heading a division begins with, and the rest. A heading with a link stays in the text."""
    for number, child in enumerate(node.children):
        if is_blank(child):
            continue
        if isinstance(child, Node) and child.tag in HEADINGS and not find_all(child, "a"):
            title = one_line(child.text())
            if len(title) <= LONG_HEADING:
                return title, node.children[number + 1 :]
        break
    return "", node.children


def is_for_instructors(node: Node | str) -> bool:
    return isinstance(node, Node) and node.attrs.get("data-fence") == "instructor"


def split_tasks(nodes: Nodes) -> list[Task]:
    """Tasks of an exercise; what follows a hint or a solution begins the next one."""
    tasks = [Task()]
    for node in nodes:
        kind, task = _kind_of(node), tasks[-1]
        if isinstance(node, Node) and kind in SOLUTIONS:
            task.solutions.append(node)
        elif isinstance(node, Node) and kind == "hint" and not task.solutions:
            # A hint is rich text: one with code or a table is part of the task.
            (task.nodes if contains(node, COMPLEX) else task.hints).append(node)
        elif is_blank(node):
            continue
        elif task.hints or task.solutions:
            tasks.append(Task([node]))
        else:
            task.nodes.append(node)
    return tasks


def _kind_of(node: Node | str) -> str:
    if isinstance(node, str):
        return ""
    if node.tag != "blockquote":
        return node.attrs.get("data-fence", "")
    kind = node.attrs.get("data-class", "none")
    if kind not in {"", "none"}:
        return kind
    return "solution" if starts_with_heading(node) else ""
