"""Which script a language is written in, and whether a text is written in it."""

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


def scripts_of(language: str) -> tuple[str, ...]:
    """Beginnings of the Unicode names of a language's letters; none when they are not known."""
    code, *rest = language.split("-")
    named = [part.title() for part in rest if len(part) == 4 and part.isalpha()]
    likely = get_global("likely_subtags").get(code, "")
    script = named[0] if named else next((p for p in likely.split("_")[1:] if len(p) == 4), "")
    own = EAST_ASIAN.get(script) or ((SCRIPTS[script],) if script in SCRIPTS else ())
    return own if named or not own else own + ALSO.get(code, ())


def is_foreign(text: str, language: str) -> bool:
    """Whether hardly any letter of a text belongs to the script of the language."""
    wanted = scripts_of(language)
    if not wanted:
        return False
    letters = [char for char in text if char.isalpha()]
    if len(letters) < ENOUGH_LETTERS:
        return False
    own = sum(unicodedata.name(char, "").startswith(wanted) for char in letters)
    return own / len(letters) < OWN_LETTERS
