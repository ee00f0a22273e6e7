"""The public templates, and the messages that readers see."""

import ast
import re

from django.template.base import Lexer, TokenType

from tests.tools import ROOT

ADMIN = {"wagtailadmin", "wagtailusers", "wagtailcore"}
_SAY = re.compile(r"""^say\s+_\((["'])(?P<message>.*?)\1\)(?P<rest>.*)$""", re.DOTALL)


def public_templates():
    folder = ROOT / "templates"
    return sorted(p for p in folder.rglob("*.html") if p.relative_to(folder).parts[0] not in ADMIN)


def block_tags(path):
    """(line, contents) of every {% … %} of a template."""
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if token.token_type is TokenType.BLOCK:
            yield token.lineno, token.contents


def labels():
    """(msgid, file) of labels that Python hands to `say`: marked with gettext_noop, not lazily."""
    for app in {path.parent for path in ROOT.glob("*/__init__.py")} - {ROOT / "tests"}:
        for path in app.rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            if "gettext_noop" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "gettext_noop":
                    yield node.args[0].value, str(path.relative_to(ROOT))


def messages():
    """(msgid, file) of every message that `say` prints."""
    yield from labels()
    for path in public_templates():
        for _, contents in block_tags(path):
            if match := _SAY.match(contents):
                yield match["message"], str(path.relative_to(ROOT))
