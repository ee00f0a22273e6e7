"""Any two colours give a look that people can read, in both schemes, on every ground."""

import random
import re

import pytest

from hub import css
from partners.theming import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    NEED,
    WHITE,
    contrast,
    parse,
    theme_css,
    theme_tokens,
)

GIVEN_AND_USED = [
    ("#ffb81c", "#a96600", "#9e5c00", "#ffb81c"),
    ("#00a3e0", "#007db8", "#0071ac", "#00a3e0"),
    ("#6cc24a", "#318700", "#247c00", "#6cc24a"),
    ("#e4002b", "#e4002b", "#da0022", "#ff5459"),
    ("#0b5394", "#0b5394", "#0b5394", "#5394da"),
]
EXTREMES = ["#000000", "#ffffff", "#0000ff", "#ffff00", "#ff00ff", "#00ff00", "#777777", "#010101"]


def unreadable(colour):
    tokens = theme_tokens(colour)
    pairs = [
        (tokens["brand"], WHITE),
        *((tokens["link"], ground) for ground in LIGHT_GROUNDS.values()),
        *((tokens["link_dark"], ground) for ground in DARK_GROUNDS.values()),
    ]
    return [(colour, *pair) for pair in pairs if contrast(*pair) < NEED]


def test_four_thousand_random_colours_are_readable_everywhere():
    chance = random.Random(4000)  # noqa: S311  a fixed sample, no secret
    colours = [f"#{chance.randrange(1 << 24):06x}" for _ in range(4000)]
    assert [row for colour in colours for row in unreadable(colour)] == []


@pytest.mark.parametrize("colour", EXTREMES)
def test_extreme_colours_are_readable(colour):
    assert unreadable(colour) == []


@pytest.mark.parametrize(("given", "brand", "link", "link_dark"), GIVEN_AND_USED)
def test_a_colour_moves_no_further_than_it_must(given, brand, link, link_dark):
    assert theme_tokens(given) == {"brand": brand, "link": link, "link_dark": link_dark}


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffb81c", "#ffffff") == pytest.approx(1.73, abs=0.01)
    assert contrast("#e4002b", "#ffffff") == contrast("#ffffff", "#e4002b")


def test_the_accent_stays_as_given():
    assert theme_tokens("#0B5394", "#FFB81C")["accent"] == "#ffb81c"
    assert theme_tokens("", "#ffb81c") == {"accent": "#ffb81c"}


@pytest.mark.parametrize(
    "colour", ["red", "#fff", "#12345g", "#123456;}", "</style>", "#１２３４５６"]
)
def test_only_plain_colours_reach_the_page(colour):
    with pytest.raises(ValueError, match="#rrggbb"):
        parse(colour)
    with pytest.raises(ValueError, match="#rrggbb"):
        theme_tokens("#0b5394", colour)


def test_a_theme_is_short_and_speaks_for_both_schemes_on_screens_only():
    text = theme_css(theme_tokens("#ffb81c", "#00a3e0"))
    assert len(text) <= 200
    assert text.startswith("@media screen{")
    assert text.count("#ffb81c") == 2  # dark by preference and by choice
    assert "prefers-color-scheme:dark" in text
    assert "<" not in text


def test_nothing_given_means_no_style():
    assert theme_css(theme_tokens("")) == ""


def test_grounds_are_those_of_the_stylesheet():
    text = css.stylesheet()
    light, dark = (dict(re.findall(r"--([\w-]+):(#\w+)", part)) for part in _schemes(text))
    for grounds, tokens in ((LIGHT_GROUNDS, light), (DARK_GROUNDS, dark)):
        assert {name: _long(tokens[name]) for name in grounds} == grounds


def _schemes(text):
    light = text[text.index(":root{") : text.index("}")]
    start = text.index(":root[data-scheme=dark]{")
    return light, text[start : text.index("}", start)]


def _long(colour):
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
