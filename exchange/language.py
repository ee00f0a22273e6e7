"""Whether a text is what its front matter says: in its language, and in real letters."""

import re
import unicodedata

from babel.core import get_global

# Scripts of languages by ISO 15924, by their names in Unicode.
SCRIPTS = {
    "Arab": "ARABIC", "Armn": "ARMENIAN", "Beng": "BENGALI", "Cher": "CHEROKEE",
    "Cans": "CANADIAN SYLLABICS", "Cyrl": "CYRILLIC", "Deva": "DEVANAGARI", "Ethi": "ETHIOPIC",
    "Geor": "GEORGIAN", "Grek": "GREEK", "Gujr": "GUJARATI", "Guru": "GURMUKHI",
    "Hebr": "HEBREW", "Khmr": "KHMER", "Knda": "KANNADA", "Laoo": "LAO", "Latn": "LATIN",
    "Mlym": "MALAYALAM", "Mong": "MONGOLIAN", "Mymr": "MYANMAR", "Olck": "OL CHIKI",
    "Orya": "ORIYA", "Sinh": "SINHALA", "Syrc": "SYRIAC", "Taml": "TAMIL", "Telu": "TELUGU",
    "Tfng": "TIFINAGH", "Thaa": "THAANA", "Thai": "THAI", "Tibt": "TIBETAN",
}  # fmt: skip
EAST_ASIAN = {
    "Hans": ("CJK",), "Hant": ("CJK",), "Jpan": ("HIRAGANA", "KATAKANA", "CJK"),
    "Kore": ("HANGUL", "CJK"),
}  # fmt: skip
# Written in more than the script that is likely.
ALSO = {
    "az": ("CYRILLIC", "ARABIC"), "bs": ("CYRILLIC",), "ha": ("ARABIC",), "kk": ("LATIN", "ARABIC"),
    "ku": ("ARABIC",), "ky": ("LATIN", "ARABIC"), "mn": ("MONGOLIAN",), "ms": ("ARABIC",),
    "pa": ("ARABIC",), "sd": ("DEVANAGARI",), "sr": ("LATIN",), "tg": ("LATIN", "ARABIC"),
    "tk": ("CYRILLIC",), "ug": ("CYRILLIC", "LATIN"), "uz": ("CYRILLIC", "ARABIC"),
}  # fmt: skip
# Names of places and products stay in Latin letters: a fifth of own letters is enough.
OWN_LETTERS = 0.2
ENOUGH_LETTERS = 40
# How much of a text is looked at.
SAMPLE, LETTERS = 20_000, 3_000
MANGLED = 0.12
ENOUGH_WORDS = 12

_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)|`[^`\n]*`|<(pre|code)\b.*?(?:</\2>|\Z)", re.DOTALL)
_NOT_PROSE = re.compile(
    r"\]\([^)\s]{0,2000}\)|<[^>\n]{0,500}>|https?://\S+|\{[^{}\n]*\}|[^\s@]{1,64}@\S+|&\w{1,40};"
)
_LINK_TEXT = re.compile(r"\[([^\[\]\n]*)\](?=\]\(|\[|\()")
# A digit or bracket between Latin letters, or a bracket that hangs on a word. One of the letters is
# small: names such as H2O and WCAG2AA are none.
_LOWER = r"[a-z\u00df-\u00ff]"
_LATIN = r"[A-Za-z\u00c0-\u024f]"
_ODD = r"['’]?[\d\[\]{}=]+['’]?"
_MANGLED = re.compile(
    rf"{_LOWER}{_ODD}{_LATIN}|{_LATIN}{_ODD}{_LOWER}|{_LATIN}[\[{{]\Z|\A[\]}}]{_LATIN}"
)
_WORD = re.compile(r"\S+")


def prose(body: str) -> str:
    """A body without code, markup, addresses."""
    return _NOT_PROSE.sub(" ", _CODE.sub(" ", body))


def scripts_of(language: str) -> tuple[str, ...]:
    """Beginnings of the Unicode names of a language's letters; none when they are not known."""
    code, *rest = language.split("-")
    named = [part.title() for part in rest if len(part) == 4 and part.isalpha()]
    likely = get_global("likely_subtags").get(code, "")
    script = named[0] if named else next((p for p in likely.split("_")[1:] if len(p) == 4), "")
    own = EAST_ASIAN.get(script) or ((SCRIPTS[script],) if script in SCRIPTS else ())
    return own if named or not own else own + ALSO.get(code, ())


def is_other_script(body: str, language: str) -> bool:
    """Whether hardly any letter belongs to the script of the declared language."""
    wanted = scripts_of(language)
    if not wanted:
        return False
    letters = [char for char in prose(body[:SAMPLE])[:LETTERS] if char.isalpha()]
    if len(letters) < ENOUGH_LETTERS:
        return False
    own = sum(unicodedata.name(char, "").startswith(wanted) for char in letters)
    return own / len(letters) < OWN_LETTERS


def is_legacy_encoded(body: str) -> bool:
    """Whether digits and brackets stand for letters, as in fonts made before Unicode.

    The sign is digits inside many words. Product names and ordinals (A11Y, 2nd) are too few to
    count; a text needs both a share and a number of such words.
    """
    words = _WORD.findall(_LINK_TEXT.sub(r"\1 ", prose(body[:SAMPLE])))
    words = [word for word in words if any(char.isalpha() for char in word)]
    if len(words) < ENOUGH_WORDS:
        return False
    return sum(bool(_MANGLED.search(word)) for word in words) / len(words) > MANGLED
