"""A partner's look from at most two colours; what fails contrast is repaired, never stored as given.

Only custom properties change: layout, type, focus ring and status colours belong to the hub. The
arithmetic is OKLab (same hue, other lightness) and the contrast ratio of WCAG 2.
"""

import re
from collections.abc import Iterable

Triple = tuple[float, float, float]

WHITE = "#ffffff"
NEED = 4.5
# The grounds links stand on, as in hub/static/hub/css/tokens.css (a test compares them).
LIGHT_GROUNDS = {
    "paper": "#ffffff",
    "paper-2": "#f3f5f7",
    "info-2": "#e8f1fa",
    "ok-2": "#e6f4ec",
    "warn-2": "#fff3dc",
    "bad-2": "#fdeaea",
}
DARK_GROUNDS = {
    "paper": "#12161b",
    "paper-2": "#1c2229",
    "info-2": "#14283c",
    "ok-2": "#12301f",
    "warn-2": "#332406",
    "bad-2": "#3a1517",
}

_HEX = re.compile(r"#[0-9a-f]{6}", re.ASCII)


def theme_tokens(brand: str, accent: str = "") -> dict[str, str]:
    """Usable colours: `brand` carries white text, `link` and `link_dark` stand on every ground.

    The accent is a decorative stripe and stays as given. Without a brand there is nothing to fit.
    """
    tokens: dict[str, str] = {}
    if brand:
        given = parse(brand)
        tokens["brand"] = fit(given, WHITE)
        tokens["link"] = fit_all(given, LIGHT_GROUNDS.values())
        tokens["link_dark"] = fit_all(given, DARK_GROUNDS.values())
    if accent:
        tokens["accent"] = parse(accent)
    return tokens


def theme_css(tokens: dict[str, str]) -> str:
    """The style element of a themed page; empty when there is nothing to say.

    The doubled `:root` outweighs the dark scheme of the hub, so that one brand serves both schemes.
    Screens only: paper has no theme.
    """
    properties = [
        f"--{name}:{tokens[name]}" for name in ("brand", "accent", "link") if name in tokens
    ]
    if not properties:
        return ""
    css = f":root:root{{{';'.join(properties)}}}"
    if dark := tokens.get("link_dark"):
        css += (
            f":root[data-scheme=dark]{{--link:{dark}}}"
            f"@media (prefers-color-scheme:dark){{:root:not([data-scheme=light]){{--link:{dark}}}}}"
        )
    return f"@media screen{{{css}}}"


def parse(colour: str) -> str:
    """Lower-case #rrggbb, or ValueError: whatever passes is safe inside a style element."""
    value = colour.strip().lower()
    if not _HEX.fullmatch(value):
        raise ValueError(f"Not a colour of the form #rrggbb: {colour!r}")
    return value


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def fit(colour: str, ground: str, need: float = NEED) -> str:
    """Same hue; lightness moves in steps of 0.005 until the contrast holds."""
    if contrast(colour, ground) >= need:
        return colour
    lightness, a, b = to_oklab(colour)
    step = -0.005 if luminance(ground) > 0.18 else 0.005
    while 0 <= lightness <= 1:
        lightness += step
        # Towards black the hue fades out, else it would leave the sRGB gamut.
        fade = max(0.0, min(1.0, lightness / 0.05)) if step < 0 else 1.0
        candidate = from_oklab(lightness, a * fade, b * fade)
        if contrast(candidate, ground) >= need:
            return candidate
    return "#000000" if step < 0 else WHITE


def fit_all(colour: str, grounds: Iterable[str], need: float = NEED) -> str:
    """Fit against each ground in turn: all grounds of a scheme push the same way."""
    for ground in grounds:
        colour = fit(colour, ground, need)
    return colour


def to_oklab(colour: str) -> Triple:
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
    )


def from_oklab(lightness: float, a: float, b: float) -> str:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    return "#" + "".join(
        f"{_channel(value):02x}"
        for value in (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
        )
    )


def _linear(colour: str) -> Triple:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _degamma(red), _degamma(green), _degamma(blue)


def _degamma(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _channel(linear: float) -> int:
    if linear <= 0.0031308:
        value = 12.92 * linear
    else:
        value = 1.055 * linear ** (1 / 2.4) - 0.055
    return max(0, min(255, round(255 * value)))
