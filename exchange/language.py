"""Whether a text is what its front matter says: in its language, and in real letters."""

import re

from content.scripts import is_foreign

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


def is_other_script(body: str, language: str) -> bool:
    """Whether hardly any letter belongs to the script of the declared language."""
    return is_foreign(prose(body[:SAMPLE])[:LETTERS], language)


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
