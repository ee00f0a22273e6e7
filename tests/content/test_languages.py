"""Every well-formed language code can be a language of the hub, with its own name and direction."""

import stat
from gettext import GNUTranslations

import pytest
from django.conf.locale import LANG_INFO
from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client
from django.urls import path
from django.utils.translation import get_language, get_language_info

from content.languages import (
    LanguageCodeError,
    bcp47,
    bidi_languages,
    ensure_catalogues,
    is_well_formed,
    language_info,
    parse_languages,
    register,
)

NO_CATALOGUE = ["ypk", "quc", "rn", "prs"]


def test_codes_become_lower_case_in_the_order_given():
    assert parse_languages("en, es,zh-Hans") == ["en", "es", "zh-hans"]


@pytest.mark.parametrize(
    "code",
    [
        *("de", "ypk", "zh-Hans", "pt-BR", "es-419", "zh-cmn-Hans-CN", "sl-rozaj-biske-1994"),
        *("de-CH-1901", "sr-Latn-RS", "en-a-myext-b-another", "x-whatever", "i-klingon"),
        *("en-GB-oed", "de-u-co-phonebk", "ar-x-plain", "mn-Cyrl-MN", "qaa-Qaaa-QM-x-southern"),
    ],
)
def test_well_formed_codes_are_taken(code):
    assert parse_languages(code) == [code.lower()]


@pytest.mark.parametrize(
    "value",
    [
        *(
            "en_US",
            "english language",
            "e",
            "de-",
            "-de",
            "de--ch",
            "en-US-US",
            "ar-a-aaa-b-bbb-a-ccc",
        ),
        *("de-1996-1996", "toolonglanguage", "en-x", "zh-Hans-Hant-", "español", "en-a", "1de"),
    ],
)
def test_a_malformed_code_is_refused_by_name(value):
    with pytest.raises(LanguageCodeError) as caught:
        parse_languages(f"en,{value}")
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("value", ["", "en,,es", "en,"])
def test_a_gap_in_the_list_is_refused(value):
    with pytest.raises(LanguageCodeError, match="gap"):
        parse_languages(value)


def test_a_language_given_twice_is_refused():
    with pytest.raises(LanguageCodeError, match="'ZH-hans' stands twice"):
        parse_languages("en,zh-Hans,ZH-hans")


def test_an_underscore_gets_a_hint():
    with pytest.raises(LanguageCodeError, match="did you mean 'zh-Hans'"):
        parse_languages("zh_Hans")


@pytest.mark.parametrize(
    "code",
    ["zh-Hans", "pt-BR", "es-419", "zh-cmn-Hans-CN", "en-GB-oed", "ar-x-ab-cdef", "sgn-BE-FR"],
)
def test_casing_comes_back(code):
    assert bcp47(code.lower()) == code


@pytest.mark.parametrize(
    ("code", "endonym", "bidi"),
    [
        ("ht", "Kreyòl ayisyen", False),
        ("nv", "Diné bizaad", False),
        ("ypk", "Yugtun", False),
        ("so", "Soomaali", False),
        ("tl", "Tagalog", False),
        ("prs", "دری", True),
        ("es", "Español", False),  # Django has it in lower case
        ("ar", "العربيّة", True),
        ("quc", "Kʼicheʼ", False),
        ("xog", "Olusoga", False),  # only CLDR has it
        ("qaa", "qaa", False),  # nobody has it
        ("uz-arab", "اوزبیک (عربی)", True),  # the script decides
        ("az-hebr", "Azərbaycanca (Hebr)", True),
        ("fr-ht", "Français (Haïti)", False),
    ],
)
def test_names_and_direction(code, endonym, bidi):
    info = language_info(code)
    assert info["name_local"] == endonym
    assert info["bidi"] is bidi
    assert info["name"]


def test_the_order_of_registering_changes_nothing():
    before = language_info("fr-ht")
    register(["fr-ht"])
    try:
        assert language_info("fr-ht") == before
        assert get_language_info("fr-ht")["name_local"] == before["name_local"]
    finally:
        del LANG_INFO["fr-ht"]


def test_right_to_left_bases_for_django():
    assert bidi_languages(["en", "ar", "prs", "uz-arab"]) == ["ar", "prs", "uz"]


class TestCatalogues:
    def test_only_languages_without_any_get_one(self, tmp_path):
        project = tmp_path / "project"
        ensure_catalogues(["ht"], project)  # stands for a catalogue of the project
        data = ensure_catalogues(["en", "es", "fr-ht", "ht", "ypk"], tmp_path / "data", project)
        assert [f.parent.parent.name for f in data.rglob("*.mo")] == ["ypk"]

    def test_the_file_is_a_catalogue_that_translates_nothing(self, tmp_path):
        ensure_catalogues(["quc"], tmp_path)
        with (tmp_path / "quc" / "LC_MESSAGES" / "django.mo").open("rb") as file:
            assert GNUTranslations(file).gettext("Home") == "Home"

    def test_a_second_start_writes_nothing(self, tmp_path):
        ensure_catalogues(["quc"], tmp_path)
        file = tmp_path / "quc" / "LC_MESSAGES" / "django.mo"
        before = file.stat().st_mtime_ns
        ensure_catalogues(["quc"], tmp_path)
        assert file.stat().st_mtime_ns == before
        assert list(file.parent.iterdir()) == [file]
        assert stat.S_IMODE(file.stat().st_mode) == 0o644

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path):
        (tmp_path / "quc").write_text("a file where a folder should be")
        with pytest.raises(ImproperlyConfigured, match="'quc' needs the file"):
            ensure_catalogues(["quc"], tmp_path)


def greet(request):
    template = Template("{% load hub_i18n %}<html {% lang_attrs code %}>")
    return HttpResponse(template.render(Context({"code": get_language()})))


urlpatterns = i18n_patterns(path("", greet))


@pytest.fixture
def site_with_rare_languages(settings, tmp_path):
    codes = [*NO_CATALOGUE, "de-latn-ch-1996"]
    register(codes)
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, ensure_catalogues(codes, tmp_path)]
    settings.LANGUAGES = [("en", "English"), *((code, code) for code in codes)]
    settings.LANGUAGE_CODE = "en"
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware"]
    settings.ROOT_URLCONF = __name__
    yield
    for code in codes:
        LANG_INFO.pop(code, None)


@pytest.mark.usefixtures("site_with_rare_languages")
@pytest.mark.parametrize(
    ("code", "attributes"),
    [
        ("ypk", 'lang="ypk" dir="ltr"'),
        ("quc", 'lang="quc" dir="ltr"'),
        ("rn", 'lang="rn" dir="ltr"'),
        ("prs", 'lang="prs" dir="rtl"'),
        ("de-latn-ch-1996", 'lang="de-Latn-CH-1996" dir="ltr"'),
    ],
)
def test_a_language_without_catalogue_has_its_own_addresses(code, attributes):
    response = Client().get(f"/{code}/")
    assert response.status_code == 200
    assert response.content.decode() == f"<html {attributes}>"


def test_grammar_examples_of_the_rfc():
    assert is_well_formed("zh-cmn-Hans-CN")
    assert not is_well_formed("a-DE")
    assert not is_well_formed("de-419-DE")
