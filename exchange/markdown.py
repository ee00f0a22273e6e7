"""Markdown as real documents have it, to HTML.

Beside CommonMark: tables, definition lists, footnotes (each stays where it is written), fenced
divisions (``::: challenge``), attribute lists of kramdown and pandoc, and grid tables, which stay
preformatted text.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin


def names(text: str) -> frozenset[str]:
    """Names written as running text."""
    return frozenset(text.split())


# Every element of HTML. Other names between angle brackets are text: <your name here>.
HTML_NAMES = names("""a abbr acronym address applet area article aside audio b base basefont bdi bdo big
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del
    details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame
    frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend
    li link main map mark marquee math menu meta meter nav noscript object ol optgroup option
    output p param picture pre progress q rp rt ruby s samp script section select slot small
    source span strike strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track tt u ul use var video wbr""")
_TAG_START = re.compile(r"<(?=/?([A-Za-z][\w:-]*)([^<>]{0,300}))")
# Elements that mean nothing without attributes, and attributes that have no value.
_NEEDS_ATTRIBUTES = frozenset({"embed", "img", "input", "link", "source", "track"})
_BARE_ATTRIBUTES = names("""allowfullscreen async autofocus autoplay border checked controls data-allow-multiple default
    defer disabled hidden ismap loop multiple muted nomodule noshade novalidate nowrap open readonly
    required reversed selected allowtransparency""")
# Every pattern reads a line once: what it took it does not give back, and no two parts of it can
# take the same letters.
_FENCE_CLASS = re.compile(r"\{(?:[^}.]|\.(?![\w-]))*+\.([\w-]++)[^}]*+\}|\{?([\w-]++)\}?")
_HEADING_ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*+\{[#.:][^{}\n]*+\}[ \t]*+\Z")
_KRAMDOWN = re.compile(r"\{:[ \t]*+(?:\.([\w-]++))?[^}\n]*+\}\Z")
_GRID_RULE = re.compile(r"\+[-=+]{3,}\+[ \t]*\Z")
_MARKDOWN_INSIDE = re.compile(
    r"^([ \t]*<(?:section|div|details|aside|article)\b[^<>\n]{0,500}\bmarkdown=[\"'](?:1|block)[\"']"
    r"[^<>\n]{0,500}>)[ \t]*\n(?=[^\n])",
    re.MULTILINE,
)
# A heading right below the end of an element: HTML would swallow it up to the next blank line.
_HEADING_BELOW_HTML = re.compile(
    r"(</(?:div|section|details|aside|article|table|ul|ol|figure|p|iframe)>[ \t]*)\n(?=#{1,6} )"
)
_MARKED_BLANKS = "data-gap"
# Deeper than any text; a list and its item are two levels. What is deeper would be lost.
MAX_NESTING = 80


class TooDeepError(ValueError):
    """Quotes, lists and divisions nest deeper than ``MAX_NESTING``."""


def escape_unknown(html: str) -> str:
    """Turn ``<words>`` that are no HTML element into text: placeholders such as <your name>."""

    def replace(match: re.Match[str]) -> str:
        name, rest = match[1].lower(), match[2].strip().rstrip("/")
        if name not in HTML_NAMES:
            return "&lt;"
        if not rest:
            return "&lt;" if name in _NEEDS_ATTRIBUTES else "<"
        if "=" in rest or rest.startswith(("-", '"', "'")):
            return "<"
        bare = all(w.lower() in _BARE_ATTRIBUTES or w.startswith("data-") for w in rest.split())
        return "<" if bare else "&lt;"

    return _TAG_START.sub(replace, html)


def _fence_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line of colons: with a name it opens a division, without one it closes the last."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not state.src.startswith(":::", begin):
        return False
    if silent:
        return True
    name = state.src[begin : state.eMarks[start]].strip(": \t")
    state.line = start + 1
    stack: list[str] = state.env.setdefault("fences", [])
    if name:
        found = _FENCE_CLASS.match(name)
        kind = (found[1] or found[2] if found else "") or "division"
        title = "" if found and found.end() == len(name) else name[found.end() if found else 0 :]
        stack.append(kind)
        token = state.push("fence_division_open", "div", 0)
        token.meta = {"kind": kind.lower(), "title": title.strip(" {}\"'")}
    elif stack:
        stack.pop()
        token = state.push("fence_division_close", "div", 0)
    else:
        return True
    token.map = [start, state.line]
    return True


def _grid_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A grid table of pandoc, kept as preformatted text."""
    begin = state.bMarks[start] + state.tShift[start]
    if state.is_code_block(start) or not _GRID_RULE.match(state.src[begin : state.eMarks[start]]):
        return False
    if silent:
        return True
    line = start
    while line < end and state.src.startswith(("+", "|"), state.bMarks[line] + state.tShift[line]):
        line += 1
    token = state.push("fence", "code", 0)
    token.info = ""
    token.content = state.getLines(start, line, state.blkIndent, True)
    token.map = [start, line]
    state.line = line
    return True


class _Renderer(RendererHTML):
    """Adds what the story needs to know: gaps between paragraphs, languages of code."""

    def fence_division_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        meta = tokens[idx].meta
        title = f"<p><strong>{escape(meta['title'])}</strong></p>" if meta["title"] else ""
        return f'<div data-fence="{escape(meta["kind"])}">{title}'

    def fence_division_close(self, *_: Any) -> str:
        return "</div>"

    def fence(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        token = tokens[idx]
        words = token.info.strip().strip("{}").split()
        language = words[0].lstrip(".") if words else ""
        return f'<pre data-lang="{escape(language)}"><code>{escape(token.content)}</code></pre>'

    def code_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        content = tokens[idx].content
        # HTML that is indented inside other HTML is not an example of HTML.
        if _TAG_START.match(content.lstrip()):
            return escape_unknown(content)
        return f"<pre><code>{escape(content)}</code></pre>"

    def html_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return escape_unknown(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return escape_unknown(tokens[idx].content)

    def footnote_ref(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"<sup>{tokens[idx].meta['id'] + 1}</sup>"

    def footnote_reference_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f'<div data-note="{tokens[idx].meta["number"]}">'

    def footnote_reference_close(self, *_: Any) -> str:
        return "</div>"


def _parser() -> MarkdownIt:
    options = {"html": True, "maxNesting": MAX_NESTING}
    md = MarkdownIt("commonmark", options, renderer_cls=_Renderer)
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin)
    md.use(deflist_plugin)
    md.disable(["footnote_tail", "footnote_inline"])
    stops: Any = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    md.block.ruler.before("fence", "fence_division", _fence_rule, stops)
    md.block.ruler.before("fence", "grid_table", _grid_rule, stops)
    return md


_PARSER = _parser()


def to_html(body: str) -> str:
    """The body of a Markdown document as HTML that is not safe yet.

    Raises:
        TooDeepError: a part of the text is nested so deep that it would be lost.
    """
    body = _MARKDOWN_INSIDE.sub(r"\1\n\n", body)
    body = _HEADING_BELOW_HTML.sub(r"\1\n\n", body)
    env: dict[str, Any] = {}
    tokens = _PARSER.parse(body, env)
    if any(token.nesting == 1 and token.level >= MAX_NESTING - 1 for token in tokens):
        raise TooDeepError
    _mark_gaps(tokens, body.split("\n"))
    _number_notes(tokens, env)
    _strip_attributes(tokens)
    return str(_PARSER.renderer.render(tokens, _PARSER.options, env))


def _mark_gaps(tokens: list[Token], lines: list[str]) -> None:
    """Two blank lines or more before a block say that something ended."""
    for token in tokens:
        if token.nesting != 1 or not token.map or token.map[0] < 2:
            continue
        first = token.map[0]
        if not lines[first - 1].strip() and not lines[first - 2].strip():
            token.attrSet(_MARKED_BLANKS, "1")


def _number_notes(tokens: list[Token], env: dict[str, Any]) -> None:
    """Footnotes carry the number of their first reference; unused ones the next free number."""
    refs = env.get("footnotes", {}).get("refs", {})
    used = max([0, *(number + 1 for number in refs.values() if number >= 0)])
    for token in tokens:
        if token.type == "footnote_reference_open":
            number = refs.get(":" + token.meta["label"], -1)
            if number < 0:
                number, used = used, used + 1
            token.meta["number"] = number + 1


def _strip_attributes(tokens: list[Token]) -> None:
    """Take ``{#anchor}`` off headings; turn kramdown's ``{: .class}`` into a marker."""
    for number, token in enumerate(tokens):
        if token.type != "inline" or not token.children:
            continue
        last = token.children[-1]
        if tokens[number - 1].type == "heading_open" and last.type == "text":
            last.content = _HEADING_ATTRIBUTES.sub("", last.content)
        match = _KRAMDOWN.match(last.content) if last.type == "text" else None
        if match and tokens[number - 1].type == "paragraph_open":
            last.content = ""
            if len(token.children) > 1 and token.children[-2].type == "softbreak":
                token.children.pop(-2)
            tokens[number - 1].attrSet("data-class", (match[1] or "none").lower())
