"""Whether a web address can lead somewhere, by its form alone."""

import re
from urllib.parse import unquote, urlsplit

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

_UNSAFE = re.compile(r"[\s<>\"{}|\\^`\x00-\x1f]")
# A name with a dot, an address of IPv4 or IPv6; names in any script (IDN).
_HOST = re.compile(
    r"(?!-)[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)+\.?|\d{1,3}(\.\d{1,3}){3}|\[.+\]"
)
_SHORT = re.compile(r"[*#\d]{2,6}")  # 911, 311, *67: numbers without country code


def problem_of(url: str) -> str:
    """Return ``within`` for a path of this hub, ``malformed``, or nothing."""
    text = url.strip()
    if text.startswith("/") and not text.startswith("//"):
        return "within"
    try:
        parts = urlsplit(text)
        is_good = _FORMS.get(parts.scheme.lower(), lambda _text: False)(text)
    except ValueError:
        is_good = False
    return "" if is_good else "malformed"


def is_web(text: str) -> bool:
    parts = urlsplit(text)
    host = parts.hostname or ""
    _port = parts.port  # raises ValueError when it is none
    host = f"[{host}]" if ":" in host else host
    return bool(host == "localhost" or _HOST.fullmatch(host)) and not _UNSAFE.search(text)


def is_mailto(text: str) -> bool:
    """RFC 6068: addresses with commas; one may stand in ``to=`` instead."""
    path, _, query = text[len("mailto:") :].partition("?")
    people = [person for person in unquote(path).split(",") if person.strip()]
    if not people:
        return "to=" in query.casefold()
    return all(is_mail(person.strip()) for person in people)


def is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def is_tel(text: str) -> bool:
    """RFC 3966: a number with its country code, or one that is dialled here only."""
    number = unquote(text[len("tel:") :]).partition(";")[0]
    digits = re.sub(r"[\s.\-()/]", "", number)
    if not re.fullmatch(r"\+?[*#\d,]+", digits):
        return False
    if not digits.startswith("+"):
        return bool(_SHORT.fullmatch(digits)) or 7 <= sum(c.isdigit() for c in digits) <= 15
    try:
        parsed = phonenumbers.parse(digits.partition(",")[0], None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(parsed)


_FORMS = {"http": is_web, "https": is_web, "mailto": is_mailto, "tel": is_tel, "sms": is_tel}
