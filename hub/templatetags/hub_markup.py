"""Markup without the indentation of its templates: about a twelfth of a compressed page."""

import re

from django import template
from django.utils.safestring import SafeString, mark_safe

from hub import css

register = template.Library()

# What shows its white space, or must stay as it was hashed.
_KEPT = re.compile(r"(<(pre|textarea|script|style)\b.*?</\2>)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"\s*\n\s*")


def tidy_markup(html: str) -> str:
    """Make one line break of each run of white space that holds one; words stay apart."""
    parts = _KEPT.split(html)
    # split() gives text, kept element, its name, text, ...
    return "".join(
        part if number % 3 == 1 else _BREAK.sub("\n", part)
        for number, part in enumerate(parts)
        if number % 3 != 2
    )


class TidyNode(template.Node):
    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        html = tidy_markup(self.nodelist.render(context))
        return mark_safe(html)  # noqa: S308  rendered by templates, only white space was taken out


@register.tag
def tidy(parser: template.base.Parser, token: template.base.Token) -> TidyNode:
    """``{% tidy %}…{% endtidy %}`` around a whole document."""
    nodelist = parser.parse(("endtidy",))
    parser.delete_first_token()
    return TidyNode(nodelist)


@register.simple_tag
def stylesheet() -> SafeString:
    """The one stylesheet, for pages without a frame; its hash is in the policy of every page."""
    return mark_safe(css.stylesheet())  # noqa: S308  our own file
