"""`say` marks what a locale's catalogue lacks with the language it is really in."""

import gettext

import polib
import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override, trans_real

from content.templatetags import hub_text


def write_catalogue(folder, code, messages):
    target = folder / code / "LC_MESSAGES"
    target.mkdir(parents=True)
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for msgid, msgstr in messages.items():
        catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
    catalogue.save_as_mofile(str(target / "django.mo"))


@pytest.fixture(autouse=True)
def catalogues(settings, tmp_path, monkeypatch):
    write_catalogue(
        tmp_path,
        "es",
        {
            "Lighthouse %(n)s": "Faro %(n)s",
            "Idem": "Idem",
            "Broken %(n)s": "Roto %(m)s",
            "Half %(n)s": "Mitad %",
        },
    )
    write_catalogue(tmp_path, "fr", {"Only French": "Seulement en français"})
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(hub_text, "_chains", {})
    monkeypatch.setattr(trans_real, "_translations", {})


def render(source, language, **context):
    with override(language):
        return Template("{% load hub_text %}" + source).render(Context(context))


def test_a_translated_message_stands_bare():
    assert render('{% say _("Lighthouse %(n)s") n=3 %}', "es") == "Faro 3"


def test_a_translation_that_looks_like_its_source_is_a_translation():
    assert render('{% say _("Idem") %}', "es") == "Idem"


def test_a_missing_message_says_that_it_is_english():
    html = render('{% say _("Lighthouse %(n)s") n=3 %}', "ar")
    assert html == '<span lang="en" dir="ltr">Lighthouse 3</span>'


def test_english_needs_no_mark():
    assert render('{% say _("Lighthouse %(n)s") n=3 %}', "en") == "Lighthouse 3"
    assert render('{% say _("Lighthouse %(n)s") n=3 %}', "en-gb") == "Lighthouse 3"


def test_a_regional_language_uses_its_parent():
    assert render('{% say _("Lighthouse %(n)s") n=3 %}', "es-mx") == "Faro 3"


def test_djangos_own_catalogue_counts():
    assert render('{% say _("Yes") %}', "fr") == "Oui"


def test_a_hub_in_another_language_falls_back_to_that(settings):
    settings.LANGUAGE_CODE = "fr"
    html = render('{% say _("Only French") %}', "vi")
    assert html == '<span lang="fr" dir="ltr">Seulement en français</span>'
    html = render('{% say _("Idem") %}', "vi")
    assert html == '<span lang="en" dir="ltr">Idem</span>'


def test_values_are_escaped_and_markup_is_kept():
    source = '{% say _("Lighthouse %(n)s") n=name %}'
    assert render(source, "es", name="<b>") == "Faro &lt;b&gt;"
    assert render(source, "es", name=mark_safe("<bdi>x</bdi>")) == "Faro <bdi>x</bdi>"


def test_messages_are_escaped_too():
    assert render("{% say label %}", "en", label="<i>a & b</i>") == "&lt;i&gt;a &amp; b&lt;/i&gt;"


@pytest.mark.parametrize("msgid", ["Broken %(n)s", "Half %(n)s"])
def test_a_wrong_placeholder_in_a_translation_shows_the_source(msgid):
    html = render("{% say label n=3 %}", "es", label=msgid)
    assert html == f'<span lang="en" dir="ltr">{msgid.replace("%(n)s", "3")}</span>'


def test_a_wrong_placeholder_in_the_source_is_an_error():
    with pytest.raises(KeyError):
        render('{% say _("Lighthouse %(n)s") m=3 %}', "en")


def test_a_percent_sign_without_values_is_a_percent_sign():
    assert render('{% say _("100% free") %}', "en") == "100% free"


def test_labels_may_be_lazy_or_plain_or_absent():
    assert render("{% say label n=1 %}", "es", label=gettext_lazy("Lighthouse %(n)s")) == "Faro 1"
    assert render("{% say label n=1 %}", "es", label="Lighthouse %(n)s") == "Faro 1"
    assert render("{% say label %}", "es", label=None) == ""
    assert render("{% say nothing %}", "es") == ""


def test_the_result_can_be_kept():
    source = '{% say _("Lighthouse %(n)s") n=3 as text %}[{{ text }}]'
    assert render(source, "es") == "[Faro 3]"
    assert render(source, "ar") == '[<span lang="en" dir="ltr">Lighthouse 3</span>]'


@pytest.mark.parametrize(
    "source",
    [
        "{% say %}",
        '{% say "not found by makemessages" %}',
        '{% say _("x")|upper %}',
        '{% say _("x") 3 %}',
    ],
)
def test_what_cannot_work_is_refused_when_the_template_is_read(source):
    with pytest.raises(TemplateSyntaxError):
        render(source, "en")


def test_makemessages_finds_the_message():
    from django.utils.translation.template import templatize

    found = templatize('{% say _("Part %(n)s of %(total)s") n=1 total=2 %}')
    assert '_("Part %(n)s of %(total)s")' in found


def test_parsed_catalogues_are_shared_with_django(tmp_path):
    with override("es"):
        before = len(gettext._translations)
        hub_text.lookup("Idem", "es")
        assert len(gettext._translations) == before
