"""How hard a text is to read, where a measure for its language exists; always advice.

LIX = words a sentence + 100 * words of more than six letters / words (C. H. Björnsson, Läsbarhet,
1968). It needs no dictionary, but its scale holds for the language it was made with: the labels are
Björnsson's for the Scandinavian languages, the school grades J. Anderson's for English (Lix and Rix,
Journal of Reading 26, 1983).

Spanish: 206.835 - 62.3 * syllables a word - words a sentence (F. Szigriszt Pazos, 1993), on the
INFLESZ scale (I. M. Barrio Cantalejo and others, Anales Sis San Navarra 31, 2008).

No measure is used for other languages, among them Arabic, Chinese, French, Hindi, Portuguese,
Russian and Vietnamese: there only the length of sentences is looked at. Scripts without spaces
between words (Thai, Khmer, Lao, Burmese) have not even that.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from unicodedata import east_asian_width

from django.utils.translation import gettext_lazy as _

from .finding import ADVISE, Finding, Place, rule
from .material import Material
from .registry import check
from .walk import Passage

GRADE = rule(
    "reading-grade",
    ADVISE,
    _("The text reads like school grade %(grade)s (LIX %(lix)s); aim for %(target)s at most."),
    source="LIX, Björnsson 1968; grades by Anderson 1983",
)
LIX = rule(
    "reading-lix",
    ADVISE,
    _("The text is hard to read: LIX %(lix)s; aim for %(target)s at most."),
    source="LIX, Björnsson 1968: up to 40 is easy, above 55 is hard",
)
EASE = rule(
    "reading-ease",
    ADVISE,
    _("The text is hard to read: INFLESZ %(ease)s; aim for %(target)s at least."),
    source="Szigriszt Pazos 1993; INFLESZ: normal from 55, hard below 40",
)
LONG = rule(
    "sentence-long",
    ADVISE,
    _("A sentence of %(count)s words (at most %(limit)s are easy to read): “%(text)s”"),
    source="GOV.UK: 25 words; Cutts, Oxford Guide to Plain English: 40 for practised readers",
)
LONG_CHARACTERS = rule(
    "sentence-long-characters",
    ADVISE,
    _("A sentence of %(count)s characters (at most %(limit)s are easy to read): “%(text)s”"),
    source="Agency for Cultural Affairs of Japan, 2022: 50 to 60 characters",
)

SCANDINAVIAN = frozenset(("da", "nb", "nn", "no", "sv"))
BY_CHARACTERS = frozenset(("ja", "zh", "yue", "wuu"))
WITHOUT_SPACES = frozenset(("th", "lo", "km", "my", "bo", "dz"))
# Written with a space after every syllable, so that a word is often two.
BY_SYLLABLES = frozenset(("vi", "hmn", "hnj", "nan", "hak"))

# Upper ends of LIX for grades 1 to 12; above is study.
GRADES = (10, 15, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56)
GRADE_FOR_RESIDENTS, GRADE_FOR_STAFF = 8, 12
LIX_FOR_RESIDENTS, LIX_FOR_STAFF = 40, 55
EASE_FOR_RESIDENTS, EASE_FOR_STAFF = 55, 40
WORDS_FOR_RESIDENTS, WORDS_FOR_STAFF = 25, 40
CHARACTERS_FOR_RESIDENTS, CHARACTERS_FOR_STAFF = 60, 100
ENOUGH_WORDS = 100
MOST_SENTENCES = 20

_END = re.compile(r"(?<=[.!?…؟۔।॥።៕។])[\"'”’»)\]]*\s+|(?<=[。！？｡])")
_SILENT_U = re.compile(r"([qg])u(?=[eiéí])")
_NUCLEUS = re.compile(r"[iuüy]?[aeoáéó][iuüy]?|[íú]|[iuü]+y?|y\b")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+")


def measure_of(language: str) -> str:
    """What is measured: ``grade``, ``lix``, ``ease``, ``words``, ``characters`` or nothing."""
    code = language.split("-")[0]
    if code in WITHOUT_SPACES:
        return ""
    if code in BY_CHARACTERS:
        return "characters"
    if code in SCANDINAVIAN:
        return "lix"
    return {"en": "grade", "es": "ease"}.get(code, "words")


@check
def reading_level(material: Material) -> Iterator[Finding]:
    judge = JUDGES.get(measure_of(material.language))
    if judge is None:
        return
    texts = [sentence for passage in prose(material) for sentence in sentences(passage)]
    words = [word for sentence in texts for word in words_of(sentence)]
    if len(words) >= ENOUGH_WORDS:
        yield from judge(words, len(texts), material.is_for_residents)


def _by_grade(words: list[str], count: int, residents: bool) -> Iterator[Finding]:
    value, target = lix(words, count), GRADE_FOR_RESIDENTS if residents else GRADE_FOR_STAFF
    if (grade := grade_of(value)) > target:
        yield GRADE.at(Place(), grade=grade, lix=round(value), target=target)


def _by_lix(words: list[str], count: int, residents: bool) -> Iterator[Finding]:
    value, target = lix(words, count), LIX_FOR_RESIDENTS if residents else LIX_FOR_STAFF
    if value > target:
        yield LIX.at(Place(), lix=round(value), target=target)


def _by_ease(words: list[str], count: int, residents: bool) -> Iterator[Finding]:
    value, target = inflesz(words, count), EASE_FOR_RESIDENTS if residents else EASE_FOR_STAFF
    if value < target:
        yield EASE.at(Place(), ease=round(value), target=target)


JUDGES = {"grade": _by_grade, "lix": _by_lix, "ease": _by_ease}


@check
def long_sentences(material: Material) -> Iterator[Finding]:
    measure = measure_of(material.language)
    if not measure or not material.is_page:
        return
    by_characters = measure == "characters"
    limit = longest(material)
    found: list[Finding] = []
    for passage in prose(material):
        for sentence in sentences(passage):
            count = characters_of(sentence) if by_characters else len(words_of(sentence))
            if count > limit and len(found) < MOST_SENTENCES:
                made = LONG_CHARACTERS if by_characters else LONG
                text = sentence if len(sentence) <= 120 else f"{sentence[:120]}…"
                found.append(made.at(passage.place, count=count, limit=limit, text=text))
    yield from found


def longest(material: Material) -> int:
    """How many words, or characters, a sentence may have."""
    residents = material.is_for_residents
    if measure_of(material.language) == "characters":
        return CHARACTERS_FOR_RESIDENTS if residents else CHARACTERS_FOR_STAFF
    if residents and material.language.split("-")[0] not in BY_SYLLABLES:
        return WORDS_FOR_RESIDENTS
    return WORDS_FOR_STAFF


def prose(material: Material) -> Iterator[Passage]:
    return (passage for passage in material.passages if passage.prose)


def sentences(passage: Passage) -> Iterator[str]:
    """Sentences of a passage; a line ends one too. Abbreviations make them rather too short."""
    for line in passage.rich.lines:
        for sentence in _END.split(_ADDRESS.sub(" ", line.text)):
            if sentence.strip():
                yield sentence.strip()


def words_of(sentence: str) -> list[str]:
    """What stands between spaces and holds a letter or digit."""
    return [word for word in sentence.split() if any(char.isalnum() for char in word)]


def characters_of(sentence: str) -> int:
    """Chinese and Japanese characters of a sentence; names in Latin letters do not count."""
    return sum(char.isalnum() and east_asian_width(char) == "W" for char in sentence)


def lix(words: list[str], count: int) -> float:
    """The formula, for ``count`` sentences."""
    long = sum(sum(char.isalpha() for char in word) > 6 for word in words)
    return len(words) / count + 100 * long / len(words)


def grade_of(value: float) -> int:
    """School grade of a LIX by Anderson's table; 13 stands for study."""
    return bisect_right(GRADES, value) + 1


def inflesz(words: list[str], count: int) -> float:
    """Ease of a Spanish text of ``count`` sentences; more is easier."""
    spoken = [word for word in words if any(char.isalpha() for char in word)]
    if not spoken:
        return 100.0
    syllables = sum(syllables_of(word) for word in spoken)
    return 206.835 - 62.3 * syllables / len(spoken) - len(words) / count


def syllables_of(word: str) -> int:
    """Syllables of a Spanish word: weak vowels lean on strong ones unless they are stressed."""
    plain = _SILENT_U.sub(r"\1", word.casefold())
    return max(1, len(_NUCLEUS.findall(plain)))
