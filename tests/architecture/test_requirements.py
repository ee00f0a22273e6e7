"""requirements.txt names what the code imports, and pins everything that comes with it."""

import ast
import re
import sys
from importlib.metadata import distribution, packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.tools import ROOT

NOT_SHIPPED = {"tests", "bench"}
# Imported by a string in the settings, or run as a program.
BY_NAME = {"gunicorn", "whitenoise", "tzdata"}


def read(file):
    """Direct requirements are those above the comment about what they need."""
    above, _, below = (ROOT / file).read_text(encoding="utf-8").partition("\n\n# What")
    lines = re.compile(r"^([\w.-]+)(\[[\w,-]+\])?==(\S+)", re.MULTILINE)
    found = [
        {canonicalize_name(m[1]): m[0] for m in lines.finditer(part)} for part in (above, below)
    ]
    return found[0], found[1]


def imported(*more):
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_SHIPPED
    for app in (*apps, *more):
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    yield from (alias.name.split(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module.split(".")[0]


def test_what_is_imported_is_declared_with_its_reason():
    direct, _ = read("requirements.txt")
    owners = packages_distributions()
    modules = {m for m in imported() if m in owners and m not in sys.stdlib_module_names}
    undeclared = {
        module
        for module in modules
        if not {canonicalize_name(name) for name in owners[module]} & set(direct)
    }
    assert undeclared == set()


def test_what_is_declared_is_imported():
    direct, _ = read("requirements.txt")
    owners = packages_distributions()
    used = {canonicalize_name(n) for module in imported("scripts") for n in owners.get(module, ())}
    assert set(direct) - used - BY_NAME == set()


def test_everything_that_comes_along_is_pinned():
    direct, others = read("requirements.txt")
    pinned = {**direct, **others}
    todo = [Requirement(line) for line in pinned.values()]
    seen = set()
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        assert name in pinned, f"{name} comes with another package and is not pinned"
        if (name, tuple(wanted.extras)) in seen:
            continue
        seen.add((name, tuple(wanted.extras)))
        for text in distribution(wanted.name).requires or ():
            needed = Requirement(text)
            extras = wanted.extras or {""}
            if not needed.marker or any(needed.marker.evaluate({"extra": e}) for e in extras):
                todo.append(needed)
