"""Languages of a hub: every well-formed BCP 47 code, with endonym and direction.

Settings import this module, so it knows no models. Codes are lower case inside the project: Wagtail
makes a second locale of ``zh-Hans`` beside ``zh-hans``. `bcp47` gives the casing for readers' tools.
"""

import os
import re
import struct
import tempfile
from collections.abc import Iterable
from gettext import find as find_catalogue
from pathlib import Path
from typing import NamedTuple, TypedDict
from unicodedata import normalize

from babel import Locale, UnknownLocaleError
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_locale, trans_real

DJANGO_LOCALE = Path(trans_real.__file__).parents[2] / "conf" / "locale"


class LanguageInfo(TypedDict):
    code: str
    name: str
    name_local: str
    bidi: bool


class LanguageCodeError(ValueError):
    """A language list that cannot be used. The message says what is wanted and names the value."""


class _Row(NamedTuple):
    name: str
    endonym: str
    bidi: bool = False


# Languages that Django lacks and that cities publish in. Where CLDR (Babel) has a usable endonym and
# the right direction, a language needs no row.
TABLE: dict[str, _Row] = {
    "aii": _Row("Assyrian Neo-Aramaic", "ܣܘܪܝܬ", bidi=True),
    "am": _Row("Amharic", "አማርኛ"),
    "arc": _Row("Aramaic", "ܐܪܡܝܐ", bidi=True),
    "ase": _Row("American Sign Language", "ASL"),
    "ay": _Row("Aymara", "Aymar aru"),
    "bi": _Row("Bislama", "Bislama"),
    "cab": _Row("Garifuna", "Garifuna"),
    "ceb": _Row("Cebuano", "Cebuano"),
    "ch": _Row("Chamorro", "Chamoru"),
    "chk": _Row("Chuukese", "Chuuk"),
    "cho": _Row("Choctaw", "Chahta"),
    "chr": _Row("Cherokee", "ᏣᎳᎩ"),
    "cnh": _Row("Hakha Chin", "Laiholh"),
    "cr": _Row("Cree", "ᓀᐦᐃᔭᐍᐏᐣ"),
    "din": _Row("Dinka", "Thuɔŋjäŋ"),
    "dv": _Row("Dhivehi", "ދިވެހި", bidi=True),
    "esu": _Row("Central Yupʼik", "Yugtun"),
    "ff": _Row("Fulah", "Pulaar"),
    "fil": _Row("Filipino", "Filipino"),
    "fj": _Row("Fijian", "Na Vosa Vakaviti"),
    "gn": _Row("Guarani", "Avañeʼẽ"),
    "gu": _Row("Gujarati", "ગુજરાતી"),
    "gul": _Row("Gullah", "Gullah"),
    "hak": _Row("Hakka Chinese", "客家話"),
    "haw": _Row("Hawaiian", "ʻŌlelo Hawaiʻi"),
    "hil": _Row("Hiligaynon", "Hiligaynon"),
    "hmn": _Row("Hmong", "Hmoob"),
    "hnj": _Row("Hmong Njua", "Hmoob Ntsuab"),
    "ht": _Row("Haitian Creole", "Kreyòl ayisyen"),
    "ik": _Row("Inupiaq", "Iñupiatun"),
    "ilo": _Row("Iloko", "Ilokano"),
    "iu": _Row("Inuktitut", "ᐃᓄᒃᑎᑐᑦ"),
    "jam": _Row("Jamaican Creole English", "Patwa"),
    "kea": _Row("Kabuverdianu", "Kabuverdianu"),
    "kek": _Row("Qʼeqchiʼ", "Qʼeqchiʼ"),
    "kg": _Row("Kongo", "Kikongo"),
    "kjb": _Row("Qʼanjobʼal", "Qʼanjobʼal"),
    "kmr": _Row("Northern Kurdish", "Kurmancî"),
    "kos": _Row("Kosraean", "Kosrae"),
    "kri": _Row("Krio", "Krio"),
    "ksw": _Row("Sʼgaw Karen", "စှီၤ"),
    "ku": _Row("Kurdish", "Kurdî"),
    "lkt": _Row("Lakota", "Lakȟótiyapi"),
    "ln": _Row("Lingala", "Lingála"),
    "lo": _Row("Lao", "ລາວ"),
    "lou": _Row("Louisiana Creole", "Kouri-Vini"),
    "luo": _Row("Luo", "Dholuo"),
    "mam": _Row("Mam", "Mam"),
    "mh": _Row("Marshallese", "Kajin M̧ajeļ"),
    "mi": _Row("Maori", "Te reo Māori"),
    "miq": _Row("Mískito", "Mískitu"),
    "mix": _Row("Mixtec", "Tuʼun Savi"),
    "mnw": _Row("Mon", "ဘာသာမန်"),
    "nah": _Row("Nahuatl", "Nāhuatl"),
    "nan": _Row("Min Nan Chinese", "閩南語"),
    "nus": _Row("Nuer", "Thok Naath"),
    "nv": _Row("Navajo", "Diné bizaad"),
    "ny": _Row("Chichewa", "Chichewa"),
    "oj": _Row("Ojibwe", "Anishinaabemowin"),
    "om": _Row("Oromo", "Afaan Oromoo"),
    "pap": _Row("Papiamento", "Papiamentu"),
    "pau": _Row("Palauan", "Tekoi er a Belau"),
    "pdc": _Row("Pennsylvania German", "Deitsch"),
    "pon": _Row("Pohnpeian", "Pohnpei"),
    "prs": _Row("Dari", "دری", bidi=True),
    "ps": _Row("Pashto", "پښتو", bidi=True),
    "qu": _Row("Quechua", "Runa Simi"),
    "quc": _Row("Kʼicheʼ", "Kʼicheʼ"),
    "rhg": _Row("Rohingya", "Ruáingga"),
    "rn": _Row("Rundi", "Ikirundi"),
    "rom": _Row("Romani", "Romani čhib"),
    "rw": _Row("Kinyarwanda", "Ikinyarwanda"),
    "sd": _Row("Sindhi", "سنڌي", bidi=True),
    "shn": _Row("Shan", "လိၵ်ႈတႆး"),
    "si": _Row("Sinhala", "සිංහල"),
    "sm": _Row("Samoan", "Gagana Sāmoa"),
    "so": _Row("Somali", "Soomaali"),
    "srn": _Row("Sranan Tongo", "Sranantongo"),
    "syr": _Row("Syriac", "ܣܘܪܝܝܐ", bidi=True),
    "ti": _Row("Tigrinya", "ትግርኛ"),
    "tig": _Row("Tigre", "ትግረ"),
    "tl": _Row("Tagalog", "Tagalog"),
    "to": _Row("Tongan", "Lea faka-Tonga"),
    "tpi": _Row("Tok Pisin", "Tok Pisin"),
    "tw": _Row("Twi", "Twi"),
    "war": _Row("Waray", "Winaray"),
    "yi": _Row("Yiddish", "ייִדיש", bidi=True),
    "ypk": _Row("Yupʼik", "Yugtun"),
    "yue": _Row("Cantonese", "粵語"),
    "zap": _Row("Zapotec", "Diidxazá"),
}

RTL_SCRIPTS = frozenset(
    ("adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "samr", "syrc", "thaa", "yezi")
)
# RFC 5646 §2.1, lower case: tags from before the grammar, some of which it does not produce.
_GRANDFATHERED = frozenset(
    (
        *("art-lojban", "cel-gaulish", "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian"),
        *("i-hak", "i-klingon", "i-lux", "i-mingo", "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu"),
        *("no-bok", "no-nyn", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de", "zh-guoyu", "zh-hakka"),
        *("zh-min", "zh-min-nan", "zh-xiang"),
    )
)
_LANGTAG = re.compile(
    r"""
    (?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})
    (?:-(?P<script>[a-z]{4}))?
    (?:-(?P<region>[a-z]{2}|[0-9]{3}))?
    (?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)
    (?P<extensions>(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)
    (?P<private>-x(?:-[a-z0-9]{1,8})+)?
    """,
    re.VERBOSE | re.ASCII,
)
_PRIVATE = re.compile(r"x(?:-[a-z0-9]{1,8})+", re.ASCII)


def is_well_formed(code: str) -> bool:
    """Whether RFC 5646 §2.2.9 calls the code well-formed; the registry is not asked."""
    code = code.lower()
    if code in _GRANDFATHERED or _PRIVATE.fullmatch(code):
        return True
    match = _LANGTAG.fullmatch(code)
    if match is None:
        return False
    variants = match["variants"].split("-")[1:]
    singletons = re.findall(r"-([0-9a-wy-z])(?=-)", match["extensions"])
    return len(variants) == len(set(variants)) and len(singletons) == len(set(singletons))


def parse_languages(value: str) -> list[str]:
    """Read ``en,es,zh-Hans`` as lower-case codes in the order given; the first one is the source."""
    codes: list[str] = []
    for item in value.split(","):
        code = item.strip()
        if not code:
            msg = f"language codes with one comma between them, as in en,es,ar; {value!r} has a gap"
            raise LanguageCodeError(msg)
        if not is_well_formed(code):
            hint = code.replace("_", "-")
            meant = f"; did you mean {hint!r}?" if hint != code and is_well_formed(hint) else ""
            msg = f"well-formed BCP 47 codes such as es or zh-Hans, and {code!r} is none{meant}"
            raise LanguageCodeError(msg)
        if code.lower() in codes:
            msg = f"every language once (capitals make no difference), and {code!r} stands twice"
            raise LanguageCodeError(msg)
        codes.append(code.lower())
    return codes


def bcp47(code: str) -> str:
    """The casing of RFC 5646 §2.1.1: zh-Hans, pt-BR, x-anything."""
    parts = code.lower().split("-")
    cased = [parts[0]]
    for before, part in zip(parts, parts[1:], strict=False):
        if len(before) == 1:  # after a singleton nothing is a script or a region
            cased += parts[len(cased) :]
            break
        if len(part) == 4 and part.isalpha():
            cased.append(part.title())
        elif len(part) == 2:
            cased.append(part.upper())
        else:
            cased.append(part)
    return "-".join(cased)


def generic_codes(code: str) -> list[str]:
    """The code and its parents, narrow to wide: zh-hant-hk, zh-hant, zh."""
    parts = code.lower().split("-")
    return ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]


def babel_locale(code: str) -> Locale | None:
    """CLDR's locale of a code or of its nearest parent; None where CLDR knows neither."""
    for candidate in generic_codes(code):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def language_info(code: str) -> LanguageInfo:
    """Names and direction. A script subtag decides the direction: ``uz-arab`` runs right to left."""
    code = code.lower()
    name, endonym, bidi = _names(code)
    match = _LANGTAG.fullmatch(code)
    if match is not None and match["script"]:
        bidi = match["script"] in RTL_SCRIPTS
    return {"code": code, "name": name, "name_local": endonym, "bidi": bidi}


def _names(code: str) -> _Row:
    """Ours, else Django's, else CLDR's for exactly this code; then the same for its parents."""
    for candidate in generic_codes(code):
        row = TABLE.get(candidate) or _django(candidate) or _cldr(candidate)
        if row is None:
            continue
        if candidate == code:
            return row
        rest = bcp47(code)[len(candidate) + 1 :]
        return _Row(f"{row.name} ({rest})", f"{row.endonym} ({rest})", row.bidi)
    return _Row(bcp47(code), bcp47(code))


# Copied before `register` adds our own rows to it.
_DJANGO_INFO = {code: dict(info) for code, info in LANG_INFO.items()}


def _django(code: str) -> _Row | None:
    info = _DJANGO_INFO.get(code)
    if info is not None and "name" not in info:
        info = _DJANGO_INFO[info["fallback"][0]]
    if info is None:
        return None
    return _Row(info["name"], _standing_alone(info["name_local"]), info["bidi"])


def _cldr(code: str) -> _Row | None:
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    if str(locale) != bcp47(code).replace("-", "_"):
        return None  # Babel answered with a likely relative: az-Latn for az-Hebr
    if locale.english_name is None or locale.display_name is None:
        return None
    bidi = locale.character_order == "right-to-left"
    return _Row(locale.english_name, _standing_alone(locale.display_name), bidi)


def _standing_alone(name: str) -> str:
    """CLDR and Django write ``español``, as within a sentence; a list wants ``Español``."""
    name = normalize("NFC", name)  # Django's Vietnamese is decomposed
    return name[:1].upper() + name[1:]


def register(codes: Iterable[str]) -> None:
    """Make Django know the languages (names, direction, paths); called once, by the settings."""
    codes = list(codes)
    for code in codes:
        if code not in LANG_INFO:
            LANG_INFO[code] = dict(language_info(code))
    if any(code.count("-") > 2 for code in codes):
        # Django finds languages of at most three subtags in a path; de-latn-ch-1996 is a code too.
        trans_real.language_code_prefix_re = re.compile(r"^/(\w+([@-]\w+){0,12})(/|$)")


def bidi_languages(codes: Iterable[str]) -> list[str]:
    """What belongs in LANGUAGES_BIDI: Django compares the first subtag only."""
    return sorted({code.split("-")[0] for code in codes if language_info(code)["bidi"]})


def ensure_catalogues(codes: Iterable[str], path: Path, project: Path | None = None) -> Path:
    """Give every language a ``django`` catalogue and return `path` for LOCALE_PATHS.

    Django answers 404 under ``/quc/`` unless some catalogue of that language exists. Where Django
    and the `project` locale folder have none, an empty one is written; it translates nothing.
    """
    folders = [str(folder) for folder in (DJANGO_LOCALE, project) if folder]
    for code in codes:
        locale = to_locale(code)
        if any(find_catalogue("django", folder, [locale]) for folder in folders):
            continue
        target = path / locale / "LC_MESSAGES" / "django.mo"
        if not target.exists():
            _write_catalogue(target, code)
    return path


def _write_catalogue(target: Path, code: str) -> None:
    header = f"Content-Type: text/plain; charset=UTF-8\nLanguage: {to_locale(code)}\n".encode()
    # One entry, the header: with none at all Django refuses the catalogue as default language.
    tables = struct.pack("<4I", 0, 44, len(header), 45)
    content = struct.pack("<7I", 0x950412DE, 0, 1, 28, 36, 0, 44) + tables + b"\0" + header + b"\0"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=target.parent, suffix=".tmp")
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except OSError as error:
        if target.exists():  # another process was first
            return
        msg = f"The language {code!r} needs the file {target}, which cannot be written: {error}"
        raise ImproperlyConfigured(msg) from error
