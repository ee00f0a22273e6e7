"""Amounts, numbers and dates: in the reader's language, with Latin digits, readable everywhere."""

import datetime as dt
import re

import pytest
from django.template import Context, Template
from django.utils.translation import override

LANGUAGES = ["en", "es", "fr", "ar", "zh-hans", "vi", "fa", "my", "ne", "ht", "ypk"]


def render(source, language="en", **context):
    with override(language):
        return Template("{% load hub_i18n %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "whole", "cents"),
    [
        ("en", "$25", "$25.50"),
        ("es", "25\xa0US$", "25,50\xa0US$"),
        ("ar", "\u200f25\xa0US$", "\u200f25.50\xa0US$"),
        ("ypk", "$25", "$25.50"),
    ],
)
def test_amounts(language, whole, cents):
    assert render("{{ v|money:'USD' }}", language, v="25.00") == whole
    assert render("{{ v|money:'USD' }}", language, v="25.50") == cents


def test_a_currency_without_cents():
    assert render("{{ v|money:'JPY' }}", "en", v=1200) == "¥1,200"


def test_what_is_no_amount_is_nothing():
    assert render("{{ v|money:'USD' }}", v=None) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_digits_are_latin(language):
    moment = dt.datetime(2026, 11, 22, 14, 30, tzinfo=dt.UTC)
    shown = render("{{ v|day }} {{ v|clock }} {{ n|money:'EUR' }}", language, v=moment, n=1234)
    assert not [c for c in shown if c.isdigit() and c not in "0123456789" and c not in "²³¹"]
    assert re.search("22", shown)


def test_dates_take_what_projections_hold():
    assert render("{{ v|day }}", "es", v="2026-11-22") == "22 de noviembre de 2026"
    assert render("{{ v|day }}", "ypk", v=dt.date(2026, 11, 22)) == "2026-11-22"
    assert render("{{ v|clock }}", "en", v="14:30") == "2:30\u202fPM"
    assert render("{{ v|clock }}", "ypk", v=dt.time(14, 30)) == "14:30"
    assert render("{{ v|iso }}", v="2026-11-22") == "2026-11-22"
    assert render("{{ v|day }}{{ v|clock }}{{ v|iso }}", v=None) == ""
    assert render("{{ v|day }}", v="2026-02-30") == ""


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [
        ("+12025550143", "US", "(202) 555-0143"),
        ("+12025550143", "DE", "+1 202-555-0143"),
        ("+493012345678", "US", "+49 30 12345678"),
        ("311", "US", "311"),
        ("", "US", ""),
    ],
)
def test_phones(number, region, shown):
    assert render("{{ v|phone_display:r }}", v=number, r=region) == shown


def test_a_phone_link_keeps_digits_only():
    assert render("{{ v|phone_uri }}", v="+1 (202) 555-0143") == "+12025550143"


def test_language_attributes_and_names():
    assert render("{% lang_attrs 'zh-hans' %}") == 'lang="zh-Hans" dir="ltr"'
    assert render("{% lang_attrs 'ar' %}") == 'lang="ar" dir="rtl"'
    assert render("{{ 'vi'|endonym }} {{ 'ps'|direction }}") == "Tiếng Việt rtl"


@pytest.mark.parametrize(
    ("language", "shown"),
    [("en", "84,000"), ("fr", "84\u202f000"), ("ar", "84,000"), ("ypk", "84,000")],
)
def test_large_numbers_are_grouped_as_the_language_does(language, shown):
    assert render("{{ n|number }}", language, n=84000) == shown
