"""The laws of the one stylesheet: what a reviewer would otherwise have to see."""

import re
from pathlib import Path

import brotli
import pytest
import tinycss2
from django.core.management import CommandError, call_command

from hub import css
from partners.theming import contrast

RAW_BUDGET = 16_000
BROTLI_BUDGET = 4_200
PHYSICAL = re.compile(r"(^|-)(left|right)(-|$)")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color|color-mix)\(", re.I
)
NAMED = re.compile(r"(?<![\w-])(white|black|red|green|blue|gr[ae]y|silver|yellow|orange)(?![\w-])")
TEXT_TOKENS = ["ink", "ink-2", "link", "visited", "ok", "warn", "bad", "info"]
GROUND_TOKENS = ["paper", "paper-2", "info-2", "ok-2", "warn-2", "bad-2"]


def walk(nodes, media=()):
    """(media, selector, declarations) of every rule, at any depth."""
    for node in nodes:
        if node.type == "qualified-rule":
            body = tinycss2.parse_declaration_list(
                node.content, skip_comments=True, skip_whitespace=True
            )
            yield media, tinycss2.serialize(node.prelude).strip(), body
        elif node.type == "at-rule" and node.content is not None:
            name = f"@{node.lower_at_keyword} {tinycss2.serialize(node.prelude).strip()}"
            if node.lower_at_keyword == "page":
                body = tinycss2.parse_declaration_list(node.content, skip_whitespace=True)
                yield (*media, name), "@page", body
            else:
                inner = tinycss2.parse_rule_list(
                    node.content, skip_comments=True, skip_whitespace=True
                )
                yield from walk(inner, (*media, name))


def parsed():
    return tinycss2.parse_stylesheet(css.build(), skip_comments=True, skip_whitespace=True)


RULES = list(walk(parsed()))
DECLARATIONS = [
    (media, selector, declaration, tinycss2.serialize(declaration.value).strip())
    for media, selector, body in RULES
    for declaration in body
]


def in_print(media):
    return any("print" in part for part in media)


def tokens(wanted):
    return {
        declaration.name.removeprefix("--"): value
        for media, selector, declaration, value in DECLARATIONS
        if selector == wanted and declaration.name.startswith("--") and not in_print(media)
    }


def specificity(selector):
    """(ids, classes, elements) of one complex selector; :not() and :is() count their argument."""
    plain = _unwrapped(selector)
    plain, pseudo_elements = re.subn(r"::[\w-]+", "", plain)
    plain, attributes = re.subn(r"\[[^\]]*\]", "", plain)
    plain, ids = re.subn(r"#[\w-]+", "", plain)
    plain, classes = re.subn(r"[.:][\w-]+(?:\([^)]*\))?", "", plain)
    return ids, attributes + classes, pseudo_elements + len(re.findall(r"[a-z][\w-]*", plain))


def _unwrapped(selector):
    return re.sub(r":(?:not|is)\(([^()]*)\)", r"\1", selector)


def test_everything_parses():
    assert [node for node in parsed() if node.type == "error"] == []
    assert [d.message for _, _, body in RULES for d in body if d.type == "error"] == []


def test_it_fits_its_budget():
    raw = css.build().encode()
    assert len(raw) <= RAW_BUDGET
    assert len(brotli.compress(raw, quality=11)) <= BROTLI_BUDGET


def test_no_side_has_a_physical_name():
    found = [
        (selector, declaration.name, value)
        for _, selector, declaration, value in DECLARATIONS
        if PHYSICAL.search(declaration.name) or re.search(r"\b(left|right)\b", value)
    ]
    assert found == []


def test_important_is_for_hidden_and_print():
    found = [
        selector
        for media, selector, declaration, _ in DECLARATIONS
        if declaration.important and selector != "[hidden]" and not in_print(media)
    ]
    assert found == []


def test_no_selector_weighs_more_than_two_classes_and_an_element():
    heavy = [
        (part.strip(), specificity(part))
        for _, selector, _ in RULES
        if selector != "@page"
        for part in _unwrapped(selector).split(",")
    ]
    assert [row for row in heavy if row[1] > (0, 2, 1)] == []


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("a", (0, 0, 1)),
        (".steps > li::before", (0, 1, 2)),
        (":root:not([data-scheme=light])", (0, 2, 0)),
        ("input[type=radio]", (0, 1, 1)),
        ("#main .card a:hover", (1, 2, 1)),
        (".vh:not(:focus):not(:active)", (0, 3, 0)),
        (".steps>li:not(:last-child)::after", (0, 2, 2)),
    ],
)
def test_specificity_is_counted_right(selector, expected):
    assert specificity(selector) == expected


def test_no_ids():
    assert [selector for _, selector, _ in RULES if re.search(r"#[\w-]", selector)] == []


def test_colours_come_from_tokens():
    found = [
        (selector, declaration.name, value)
        for _, selector, declaration, value in DECLARATIONS
        if not declaration.name.startswith("--")
        and (COLOUR.search(value) or NAMED.search(value.lower()))
    ]
    assert found == []


def test_every_token_used_is_defined():
    used = {name for *_, value in DECLARATIONS for name in re.findall(r"var\(--([\w-]+)", value)}
    # The stripe exists only in a partner's theme.
    assert used - {"accent"} <= set(tokens(":root"))


def test_nothing_is_fetched():
    text = css.build()
    assert "@import" not in text
    assert "@font-face" not in text
    assert [url for url in re.findall(r"url\(([^)]*)\)", text) if not url.startswith("data:")] == []


def test_no_layers():
    assert "@layer" not in css.build()  # an old browser drops the whole block


def test_font_sizes_are_relative_to_the_readers_own():
    found = []
    for media, selector, declaration, value in DECLARATIONS:
        if declaration.name != "font-size":
            continue
        unit = "pt" if in_print(media) else "rem"
        sizes = re.findall(r"[\d.]+([a-z%]+)", value)
        root = selector == ".large"
        if not root and (unit not in sizes or set(sizes) - {unit, "vw"}):
            found.append((selector, value))
    assert found == []


@pytest.mark.parametrize("selector", [".btn", "input,select,textarea"])
def test_controls_are_44_px_high(selector):
    heights = [v for _, s, d, v in DECLARATIONS if s == selector and d.name == "min-height"]
    assert heights == ["2.75rem"]


def test_the_focus_ring_has_two_colours():
    ring = {d.name: v for m, s, d, v in DECLARATIONS if s == ":focus-visible" and not m}
    assert "var(--focus)" in ring["outline"]
    assert "var(--focus-ink)" in ring["box-shadow"]
    colours = tokens(":root")
    assert contrast(colours["focus"], colours["focus-ink"]) >= 3
    removed = [s for _, s, d, v in DECLARATIONS if d.name == "outline" and v in {"0", "none"}]
    assert removed == []


def test_motion_asks_first():
    moving = ("animation", "transition", "scroll-behavior")
    found = [
        selector
        for media, selector, declaration, _ in DECLARATIONS
        if declaration.name.startswith(moving)
        and not any(
            "prefers-reduced-motion:no-preference" in part.replace(" ", "") for part in media
        )
    ]
    assert found == []


def test_the_dark_scheme_is_the_same_by_preference_and_by_choice():
    assert tokens(":root:not([data-scheme=light])") == tokens(":root[data-scheme=dark]")


@pytest.mark.parametrize("scheme", [":root", ":root[data-scheme=dark]"])
def test_every_text_colour_is_readable_on_every_ground(scheme):
    colours = {**tokens(":root"), **tokens(scheme)}
    found = [
        (text, ground)
        for text in TEXT_TOKENS
        for ground in GROUND_TOKENS
        if contrast(_long(colours[text]), _long(colours[ground])) < 4.5
    ]
    assert found == []
    assert contrast(_long(colours["brand"]), _long(colours["brand-ink"])) >= 4.5
    assert contrast(_long(colours["line"]), _long(colours["paper"])) >= 3


def test_order_among_components_does_not_matter():
    """No two component files style the same selector."""
    homes: dict[str, set[str]] = {}
    for path in (css.SOURCES / "components").glob("*.css"):
        sheet = tinycss2.parse_stylesheet(
            path.read_text(), skip_comments=True, skip_whitespace=True
        )
        for _, selector, _ in walk(sheet):
            homes.setdefault(selector, set()).add(path.name)
    assert {selector: files for selector, files in homes.items() if len(files) > 1} == {}


def test_stripping_leaves_strings_and_meaning_alone():
    source = 'a  :hover , b > c { content: " ( ; " ; /* x */ margin : 0  auto; } @media (min-width: 3em) { d { top: calc(1px + 2px); } }'
    assert css.strip(source) == (
        'a :hover,b>c{content:" ( ; ";margin :0 auto}@media (min-width: 3em){d{top:calc(1px + 2px)}}'
    )


def test_the_hash_belongs_to_the_text_on_the_page():
    assert css.csp_hash("a{}") == "'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='"
    assert css.stylesheet_hash() == css.csp_hash(css.stylesheet())


def test_the_command_writes_and_checks(tmp_path, monkeypatch, capsys):
    target = Path(tmp_path, "hub.css")
    monkeypatch.setattr(css, "TARGET", target)
    with pytest.raises(CommandError):
        call_command("build_css", "--check")
    call_command("build_css")
    assert "brotli" in capsys.readouterr().out
    call_command("build_css", "--check")
    assert target.read_text() == css.stylesheet()


def _long(colour):
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
