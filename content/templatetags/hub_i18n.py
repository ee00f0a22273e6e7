"""Languages, amounts, numbers and dates as readers of the active language write them.

Digits are Latin everywhere, in Arabic too: what is dialled, paid or typed into a form looks the same
on every page of the hub.
"""

import datetime as dt
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import UnknownCurrencyError, format_currency, format_decimal
from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from content import languages

register = template.Library()


@register.simple_tag
def lang_attrs(code: str) -> SafeString:
    """``lang="zh-Hans" dir="ltr"``, for the html element or any piece in a language of its own."""
    return format_html('lang="{}" dir="{}"', languages.bcp47(code), direction(code))


@register.filter
def direction(code: str) -> str:
    return "rtl" if languages.language_info(code)["bidi"] else "ltr"


@register.filter
def bcp47(code: str) -> str:
    return languages.bcp47(code)


@register.filter
def endonym(code: str) -> str:
    """A language's name in that language; print it with its own `lang_attrs`."""
    return languages.language_info(code)["name_local"]


@lru_cache(maxsize=200)
def _locale(code: str) -> Locale | None:
    return languages.babel_locale(code)


def _active() -> Locale | None:
    return _locale(get_language() or settings.LANGUAGE_CODE)


@register.filter
def money(value: object, currency: str) -> str:
    """``$25`` or ``$25.50``: decimals only where there are any. English form where CLDR has none."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    locale = _active() or Locale("en")
    pattern = locale.currency_formats["standard"].pattern
    whole = amount == amount.to_integral_value()
    try:
        return format_currency(
            amount,
            currency,
            format=pattern.replace(".00", "") if whole else None,
            locale=locale,
            currency_digits=not whole,
            numbering_system="latn",
        )
    except UnknownCurrencyError:
        return f"{amount} {currency}"


@register.filter
def number(value: object) -> str:
    """84000 with the separators of the language; Latin digits."""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return ""
    return format_decimal(amount, locale=_active() or "en", numbering_system="latn")


@register.filter
def phone_display(number: str, region: str | None = None) -> str:
    """An E.164 number as people dial it: national inside `region`, else with its country code.

    `region` is a two-letter country; without it the setting HUB_PHONE_REGION decides, and without
    that the country code always shows. What is no number is shown as it is: 211, 311.
    """
    text = str(number or "")
    home = region or getattr(settings, "HUB_PHONE_REGION", None)
    try:
        parsed = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        return text
    domestic = home and parsed.country_code == phonenumbers.country_code_for_region(home.upper())
    formats = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        parsed, formats.NATIONAL if domestic else formats.INTERNATIONAL
    )


@register.filter
def phone_uri(number: str) -> str:
    """For ``href="tel:…"``: digits and a leading plus, nothing else."""
    text = str(number or "")
    return ("+" if text.strip().startswith("+") else "") + "".join(
        c for c in text if c in "0123456789"
    )


def _local(value: object) -> object:
    """Texts of projections become dates again; moments move to the hub's time zone."""
    if isinstance(value, str):
        try:
            value = parse_date(value) or parse_datetime(value) or parse_time(value)
        except ValueError:  # well formed but impossible, as 2026-02-30
            return None
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter
def day(value: object, width: str = "long") -> str:
    """A date in words of the language; 2026-11-22 where CLDR does not know the language."""
    value = _local(value)
    if not isinstance(value, dt.date):
        return ""
    locale = _active()
    if locale is None:
        return value.strftime("%Y-%m-%d")
    return format_date(value, width, locale=locale)


@register.filter
def clock(value: object) -> str:
    """A time of day; 14:30 where CLDR does not know the language."""
    value = _local(value)
    if not isinstance(value, dt.time | dt.datetime):
        return ""
    locale = _active()
    if locale is None:
        return value.strftime("%H:%M")
    naive = value.time() if isinstance(value, dt.datetime) else value.replace(tzinfo=None)
    return format_time(naive, "short", locale=locale)


@register.filter
def iso(value: object) -> str:
    """For ``<time datetime="…">``."""
    value = _local(value)
    return value.isoformat() if isinstance(value, dt.date | dt.time) else ""
