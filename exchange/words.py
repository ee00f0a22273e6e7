"""The words of a document, and whether a page has them: the measure of a faithful import.

Independent of the conversion on purpose: it reads the source with a bare Markdown parser.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from exchange.markdown import escape_unknown, names

# Scripts without spaces count by the character.
_WORD = re.compile(
    r"[\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f]|[^\W_]+"
)


def words(text: str) -> list[str]:
    """Words of a text: compatibility forms unified, case kept, punctuation left out."""
    return _WORD.findall(unicodedata.normalize("NFKC", text))


_FENCE_LINE = re.compile(r"^([ \t]*+):{3,}+(.*)$")
_CODE_LINE = re.compile(r"^[ \t>]*(?:\d+[.)][ \t]+|[-*+][ \t]+)?(`{3,}|~{3,})")
_ATTRIBUTES = re.compile(r"\{[:#.][^}\n]*\}|\[\]\{[^}\n]*\}|\\\[\]\{[^}\n]*\}")
_NOTE = re.compile(r"\[\^[^\]\n]+\]:?")
_START, _END = "HUBRESTRICTEDSTART", "HUBRESTRICTEDEND"
_BLOCKS = names("""p div section article li ul ol h1 h2 h3 h4 h5 h6 pre table tr td th blockquote dt dd hr
    caption figcaption summary details header footer main aside fieldset legend button option
    form address figure""")
_BARE = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table"])


@dataclass
class Chunk:
    """The words of one paragraph, item, cell or heading of a source."""

    words: list[str]
    restricted: bool = False


@dataclass
class Coverage:
    """How much of a source stands on a page."""

    total: int = 0
    found: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.found / self.total if self.total else 1.0


class _Text(HTMLParser):
    """Text of HTML in chunks; code of pages (script, style) left out."""

    def __init__(self, only: str = "") -> None:
        super().__init__(convert_charrefs=True)
        self.chunks: list[list[str]] = [[]]
        self.only = only
        self.depth = 0 if only else 1
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == self.only:
            self.depth += 1
        if tag in {"script", "style", "template"}:
            self.hidden += 1
        if tag in _BLOCKS:
            self.chunks.append([])
        elif tag == "br" and self.depth:
            self.chunks[-1].append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.only:
            self.depth -= 1
        if tag in {"script", "style", "template"} and self.hidden:
            self.hidden -= 1
        if tag in _BLOCKS:
            self.chunks.append([])

    def handle_data(self, data: str) -> None:
        if self.depth and not self.hidden:
            self.chunks[-1].append(data)


def html_chunks(html: str, only: str = "") -> list[str]:
    """Texts of the block elements of ``html``; with ``only`` those inside that element."""
    parser = _Text(only)
    parser.feed(html)
    parser.close()
    texts = (" ".join("".join(parts).split()) for parts in parser.chunks)
    return [text for text in texts if text]


def source_chunks(body: str, fmt: str) -> list[Chunk]:
    """What a source says, in its own order."""
    html = escape_unknown(body) if fmt == "html" else _bare_html(body)
    chunks: list[Chunk] = []
    restricted = False
    for text in html_chunks(html):
        if text == _START:
            restricted = True
        elif text == _END:
            restricted = False
        else:
            found = words(_NOTE.sub(" ", _ATTRIBUTES.sub(" ", text)))
            if found:
                chunks.append(Chunk(found, restricted))
    return chunks


def _bare_html(body: str) -> str:
    lines: list[str] = []
    stack: list[bool] = []
    code = ""
    for line in body.split("\n"):
        mark = _CODE_LINE.match(line)
        if mark and not code:
            code = mark[1][:3]
        elif mark and mark[1].startswith(code):
            code = ""
        fence = None if code else _FENCE_LINE.match(line)
        if fence is None:
            lines.append(line)
            continue
        name = fence[2].strip(": \t")
        opens = bool(name)
        special = name.strip("{} .").startswith("instructor") if opens else False
        was = stack.pop() if not opens and stack else False
        if opens:
            stack.append(special)
        sentinel = _START if special else _END if was else ""
        lines += ["", f"{fence[1]}{sentinel}", ""]
    tokens = _BARE.parse("\n".join(lines))
    for token in tokens:
        if token.type == "code_block" and token.content.lstrip().startswith("<"):
            # Markup indented inside markup is no example of markup.
            token.type = "html_block"
        if token.type == "html_block":
            token.content = escape_unknown(token.content)
        for child in token.children or []:
            if child.type == "html_inline":
                child.content = escape_unknown(child.content)
    return str(_BARE.renderer.render(tokens, _BARE.options, {}))


def expected(chunks: list[Chunk], moved: list[str], *, restricted: bool = False) -> list[Chunk]:
    """The chunks a page must have in order: those that are not items of a moved list."""
    keys = [key for key in (words(item) for item in moved) if key]
    exact = {tuple(key) for key in keys}
    result = []
    for chunk in chunks:
        if chunk.restricted and not restricted:
            continue
        if tuple(chunk.words) in exact or any(_touches(chunk.words, key) for key in keys):
            continue
        result.append(chunk)
    return result


def _touches(chunk: list[str], key: list[str]) -> bool:
    return chunk[: len(key)] == key or chunk[-len(key) :] == key


def coverage(chunks: list[Chunk], page: list[str]) -> Coverage:
    """How many words of ``chunks`` stand in ``page`` in the same order."""
    result = Coverage()
    places: dict[str, list[int]] = {}
    for number, word in enumerate(page):
        places.setdefault(word, []).append(number)
    cursor = 0
    pending: list[Chunk] = []
    for chunk in chunks:
        result.total += len(chunk.words)
        at = _find(chunk.words, page, places, cursor)
        if at is None:
            pending.append(chunk)
            continue
        _count(pending, page[cursor:at], result, from_end=True)
        pending = []
        result.found += len(chunk.words)
        cursor = at + len(chunk.words)
    _count(pending, page[cursor:], result)
    return result


def _find(
    chunk: list[str], page: list[str], places: dict[str, list[int]], start: int
) -> int | None:
    rare = min(range(len(chunk)), key=lambda n: len(places.get(chunk[n], ())))
    for place in places.get(chunk[rare], ()):
        at = place - rare
        if at >= start and page[at : at + len(chunk)] == chunk:
            # A short piece found far ahead is a coincidence, not its place.
            if len(chunk) < 4 and at - start > 60:
                return None
            return at
    return None


def _count(
    pending: list[Chunk], page: list[str], result: Coverage, *, from_end: bool = False
) -> None:
    """Pieces that do not stand as a whole: compare them with what lies between their neighbours."""
    if not pending:
        return
    wanted = [word for chunk in pending for word in chunk.words]
    size = len(wanted) * 3 + 400
    window = page[-size:] if from_end else page[:size]
    matcher = SequenceMatcher(None, wanted, window, autojunk=False)
    found = [False] * len(wanted)
    for block in matcher.get_matching_blocks():
        for number in range(block.a, block.a + block.size):
            found[number] = True
    result.found += sum(found)
    result.lost += [word for word, there in zip(wanted, found, strict=True) if not there]
