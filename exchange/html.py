"""HTML that came from outside: cleaned by an allow list, as a small tree of nodes."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import nh3

from exchange.markdown import HTML_NAMES, TooDeepError, escape_unknown, names
from exchange.problems import Problems

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
# Elements a story understands. Everything else goes, its text stays.
KEPT = names("""a abbr article aside audio b bdi bdo blockquote br caption cite code dd del details dfn div
    dl dt em embed figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i iframe img ins kbd li
    main mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th
    thead time tr u ul var video source address center tt""")
# What may act, load or ask for something. The rest of what goes only styles.
ACTIVE = names("""applet base button datalist dialog embed fieldset form frame frameset iframe input link math
    meta noscript object optgroup option param script select slot style svg template textarea
    label legend""")
EMBEDS = frozenset({"iframe", "video", "audio", "embed"})
SILENT = frozenset({"html", "body", "head", "tbody", "thead", "tfoot", "colgroup", "col", "wbr"})
ATTRIBUTES = {
    "a": {"href"},
    "iframe": {"src", "title"},
    "video": {"src", "title"},
    "audio": {"src", "title"},
    "embed": {"src", "title"},
    "source": {"src"},
    "img": {"alt", "src"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
    "pre": {"data-lang"},
    "code": {"class"},
    "div": {"data-fence", "data-note", "data-gap"},
    **{
        tag: {"data-gap", "data-class"}
        for tag in ("p", "ul", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "table")
    },
}
ATTRIBUTES["ol"] = {"start", "data-gap"}
OWN_ATTRIBUTES = {"data-fence", "data-note", "data-gap", "data-class", "data-lang"}
VOID = frozenset({"br", "hr", "img", "embed", "source"})
MAX_TREE = 60
# Real documents forget an end tag now and then, but not a thousand times.
MAX_DEPTH = 1000

_TAG = re.compile(r"<([A-Za-z][\w:-]*+)(?=[\s/>])")
# The rest of a tag. A quote counts after an equals sign only, as for a browser.
_TAG_REST = re.compile(r"(?:[^<>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?)*+")
_ATTRIBUTE = re.compile(r"([A-Za-z_:][\w:.-]{0,60})(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")
_ANY_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)")
# Elements without an end tag, or whose end tag may be left out.
_ENDS_BY_ITSELF = names("""area base basefont body br col colgroup dd dt embed head hr html img input li link
    meta optgroup option p param rp rt source tbody td tfoot th thead tr track wbr""")
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)\s*:")
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")


class Node:
    """An element with its children; text is a plain string among them."""

    __slots__ = ("attrs", "children", "tag")

    def __init__(self, tag: str, attrs: dict[str, str] | None = None) -> None:
        self.tag = tag
        self.attrs = attrs or {}
        self.children: list[Node | str] = []

    def text(self) -> str:
        """All text inside, words of neighbouring blocks kept apart."""
        parts: list[str] = []
        _collect(self, parts)
        return "".join(parts)

    def elements(self) -> "list[Node]":
        return [child for child in self.children if isinstance(child, Node)]


INLINE = names("""a abbr b bdi bdo br cite code del dfn em i img ins kbd mark q s samp small span strong sub
    sup time tt u var""")


def _collect(node: Node, parts: list[str]) -> None:
    apart = node.tag not in INLINE or node.tag == "br"
    if apart:
        parts.append(" ")
    for child in node.children:
        if isinstance(child, str):
            parts.append(child)
        else:
            _collect(child, parts)
    if apart:
        parts.append(" ")


class _TreeBuilder(HTMLParser):
    """Builds nodes from HTML that is well formed already."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self.stack = [self.root]
        self.too_deep = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.stack[-1].children.append(Node(tag, {k: v or "" for k, v in attrs}))
            return
        if len(self.stack) >= MAX_TREE:
            self.too_deep += 1
            return
        node = Node(tag, {k: v or "" for k, v in attrs})
        self.stack[-1].children.append(node)
        self.stack.append(node)

    def handle_endtag(self, tag: str) -> None:
        if self.too_deep:
            self.too_deep -= 1
        elif tag not in VOID and len(self.stack) > 1:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        self.stack[-1].children.append(data)


def tree(html: str, problems: Problems) -> Node:
    """Clean ``html``, report what goes, and return what stays.

    Raises:
        TooDeepError: elements nest deeper than any page, which costs the parser its time.
    """
    html = escape_unknown(html)
    _check_depth(html)
    _report(html, problems)
    clean = nh3.clean(
        html,
        tags=set(KEPT),
        clean_content_tags={"script", "style", "template", "noscript", "svg", "math", "head"},
        attributes=ATTRIBUTES,
        strip_comments=True,
        link_rel=None,
        url_schemes=set(SCHEMES),
    )
    builder = _TreeBuilder()
    builder.feed(clean)
    builder.close()
    return builder.root


def _check_depth(html: str) -> None:
    depth = 0
    for match in _ANY_TAG.finditer(html):
        name = match[2].lower()
        if name in HTML_NAMES and name not in _ENDS_BY_ITSELF:
            depth = max(depth - 1, 0) if match[1] else depth + 1
            if depth > MAX_DEPTH:
                raise TooDeepError


def _tags(html: str) -> Iterator[tuple[str, str, str]]:
    """Name, attributes and the whole of every start tag. What was read once is not read again."""
    found = _TAG.search(html)
    while found:
        rest = _TAG_REST.match(html, found.end())
        end = rest.end() if rest else found.end()
        if html.startswith(">", end):
            yield found[1].lower(), html[found.end() : end], html[found.start() : end + 1]
        found = _TAG.search(html, end)


def _report(html: str, problems: Problems) -> None:
    styling: dict[str, int] = {}
    for tag, attributes, whole in _tags(html):
        if tag not in HTML_NAMES:
            continue
        if tag in ACTIVE and tag not in EMBEDS:
            problems.add("unsafe-html", "body", whole)
        elif tag not in KEPT and tag not in SILENT and tag not in ACTIVE:
            styling[f"<{tag}>"] = styling.get(f"<{tag}>", 0) + 1
        for attribute in _ATTRIBUTE.finditer(attributes):
            name = attribute[1].lower()
            value = (attribute[2] or "").strip("\"'")
            if name.startswith("on"):
                problems.add("unsafe-html", "body", f"{tag} {attribute[0]}")
            elif name in {"href", "src", "action", "formaction", "xlink:href", "data"}:
                found = _SCHEME.match(value)
                if found and found[1].lower() not in SCHEMES:
                    problems.add("unsafe-html", "body", f"{tag} {attribute[0]}")
            elif name not in OWN_ATTRIBUTES and name not in ATTRIBUTES.get(tag, ()):
                styling[name] = styling.get(name, 0) + 1
    styling.pop("markdown", None)
    if styling:
        listed = ", ".join(f"{name} ({count})" for name, count in sorted(styling.items()))
        problems.add("markup-dropped", "body", listed)


def safe_link(href: str) -> str | None:
    """A link that may stand on a page: absolute, of an allowed scheme; else None."""
    href = _CONTROL.sub("", href) if "\n" in href else href.strip()
    if href.startswith("//"):
        href = "https:" + href
    found = _SCHEME.match(href)
    if found is None or found[1].lower() not in SCHEMES or " " in href:
        return None
    return href if len(href) <= 2000 else None
