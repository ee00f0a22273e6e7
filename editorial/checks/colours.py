"""Colours: what an author has chosen can be read, or is repaired."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from partners.theming import NEED, WHITE, contrast, fit

from .finding import ADVISE, REFUSE, Finding, Place, rule
from .material import Material
from .registry import check

CONTRAST = rule(
    "contrast-low",
    REFUSE,
    _("Text in %(colour)s on %(ground)s has a contrast of %(ratio)s; 4.5 is needed."),
    source="WCAG 2.2, 1.4.3",
)
STYLE = rule(
    "inline-style",
    ADVISE,
    _(
        "A text carries a style of its own (%(style)s). It does not follow the dark scheme or print."
    ),
    source="WCAG 2.2, 1.4.3 and 1.4.8",
)
REPAIRED = rule(
    "theme-repaired",
    ADVISE,
    _("White text on %(colour)s has a contrast of %(ratio)s. Pages use %(used)s instead."),
    source="WCAG 2.2, 1.4.3",
)

_COLOUR = re.compile(r"(?:^|;)\s*color\s*:\s*(#[0-9a-f]{3,6})\b", re.IGNORECASE)
_GROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*(#[0-9a-f]{3,6})\b", re.IGNORECASE)


@check
def inline_styles(material: Material) -> Iterator[Finding]:
    for passage in material.passages:
        for style in passage.rich.styles:
            colour, ground = _hex(_COLOUR, style), _hex(_GROUND, style) or WHITE
            ratio = contrast(colour, ground) if colour else NEED
            if ratio < NEED:
                yield CONTRAST.at(passage.place, colour=colour, ground=ground, ratio=f"{ratio:.1f}")
            else:
                yield STYLE.at(passage.place, style=style[:100])


def _hex(pattern: re.Pattern[str], style: str) -> str:
    """A colour of the style as #rrggbb; empty when it names none in that form."""
    found = pattern.search(style)
    digits = found[1][1:].lower() if found else ""
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}" if len(digits) == 6 else ""


@check
def partner_colours(material: Material) -> Iterator[Finding]:
    for theme in material.obj.themes.all() if hasattr(type(material.obj), "themes") else ():
        brand = theme.brand.lower()
        used = fit(brand, WHITE) if brand else brand
        if used != brand:
            ratio = f"{contrast(brand, WHITE):.1f}"
            yield REPAIRED.at(Place("themes"), colour=brand, ratio=ratio, used=used)
