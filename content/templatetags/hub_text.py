"""`say`: the one tag for frame text in public templates.

A locale whose reader catalogue is incomplete shows some of the frame in another language. A screen
reader must hear that change, so each such piece is marked with its own ``lang`` and ``dir``. Django's
``translate`` cannot tell a translation from its fallback; this tag asks the catalogues themselves.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Variable, render_value_in_context, token_kwargs
from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override, to_locale
from django.utils.translation.trans_real import all_locale_paths

from content.languages import bcp47, language_info

register = template.Library()

SOURCE_LANGUAGE = "en"  # msgids are English


class _Nothing(gettext.NullTranslations):
    """End of the chain: what no catalogue has raises instead of coming back as itself."""

    def gettext(self, message: str) -> str:
        raise LookupError(message)


@dataclass
class _Chain:
    """Catalogues of a language and what they answered: every app brings one, so a row is long."""

    catalogues: gettext.NullTranslations
    answers: dict[str, str | None] = field(default_factory=dict)

    def lookup(self, msgid: str) -> str | None:
        if msgid not in self.answers:
            try:
                self.answers[msgid] = self.catalogues.gettext(msgid) or None
            except LookupError:
                self.answers[msgid] = None
        return self.answers[msgid]


_chains: dict[str, _Chain] = {}


def _chain(code: str) -> _Chain:
    """The language's own catalogues, then those of its parent (es for es-mx), and nothing else.

    gettext shares what it has parsed with Django, so a chain costs a few objects per language.
    """
    if code not in _chains:
        found = []
        base, *project_and_apps = all_locale_paths()
        for folder in (*project_and_apps, base):
            try:
                found.append(gettext.translation("django", folder, [to_locale(code)]))
            except FileNotFoundError:
                continue
        chain = found[0] if found else _Nothing()
        for catalogue in [*found[1:], _Nothing()]:
            chain.add_fallback(catalogue)
        _chains[code] = _Chain(chain)
    return _chains[code]


def lookup(msgid: str, code: str) -> str | None:
    """The language's own words for the message; None when it has none."""
    return _chain(code).lookup(msgid)


def _is_source(code: str) -> bool:
    return code.split("-")[0] == SOURCE_LANGUAGE


def in_words_of(msgid: str, code: str) -> tuple[str, str]:
    """Text and the language it is in: asked for, else the hub's default language, else English."""
    for language in (code, settings.LANGUAGE_CODE):
        text = lookup(msgid, language)
        if text is not None:
            return text, language
        if _is_source(language):
            return msgid, language
    return msgid, SOURCE_LANGUAGE


def _fill(text: str, values: Mapping[str, str]) -> str:
    return conditional_escape(str(text)) % values if values else conditional_escape(str(text))


def say_text(msgid: str, values: Mapping[str, str] | None = None) -> SafeString:
    """What ``{% say %}`` prints. `values` are HTML already: escaped by the caller."""
    active = get_language() or SOURCE_LANGUAGE
    text, language = in_words_of(msgid, active)
    try:
        filled = _fill(text, values or {})
    except (KeyError, ValueError, TypeError):  # a translator's placeholder is wrong: use the source
        if text == msgid:
            raise
        filled, language = _fill(msgid, values or {}), SOURCE_LANGUAGE
    html = mark_safe(filled)  # noqa: S308  message escaped above, values by the caller
    if language == active or _is_source(language) and _is_source(active):
        return html
    direction = "rtl" if language_info(language)["bidi"] else "ltr"
    return format_html('<span lang="{}" dir="{}">{}</span>', bcp47(language), direction, html)


def message_of(value: object) -> str:
    """The English msgid of a plain msgid or of a lazy label."""
    if isinstance(value, Promise):
        with override(SOURCE_LANGUAGE):
            return str(value)
    return "" if value is None else str(value)


class SayNode(template.Node):
    def __init__(
        self,
        message: str | FilterExpression,
        values: dict[str, FilterExpression],
        as_name: str | None,
    ) -> None:
        self.message = message
        self.values = values
        self.as_name = as_name

    def render(self, context: template.Context) -> str:
        if isinstance(self.message, str):
            msgid = self.message
        else:
            msgid = message_of(self.message.resolve(context))
        values = {
            name: conditional_escape(render_value_in_context(value.resolve(context), context))
            for name, value in self.values.items()
        }
        html = say_text(msgid, values) if msgid else SafeString("")
        if self.as_name:
            context[self.as_name] = html
            return ""
        return html


@register.tag
def say(parser: template.base.Parser, token: template.base.Token) -> SayNode:
    """``{% say _("Part %(n)s") n=number %}``, ``{% say record.label %}``, either with ``as name``."""
    try:
        tag, *bits = token.split_contents()
    except StopIteration:  # Django's splitter runs past the end of _("…")|filter
        raise template.TemplateSyntaxError(f"no filter on a message: {token.contents}") from None
    as_name = None
    if len(bits) > 2 and bits[-2] == "as":
        as_name = bits[-1]
        bits = bits[:-2]
    if not bits:
        raise template.TemplateSyntaxError(f"{tag} needs a message")
    first, *rest = bits
    values = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"{tag}: {rest[0]!r} is not name=value")
    return SayNode(_message(tag, first, parser), values, as_name)


def _message(tag: str, first: str, parser: template.base.Parser) -> str | FilterExpression:
    if first.startswith("_("):
        return str(Variable(first).literal)
    if first[0] in "\"'":
        raise template.TemplateSyntaxError(
            f"{tag}: write _({first}), or makemessages does not find the message"
        )
    return parser.compile_filter(first)
