"""What is refused: with a line and a code, quickly, and nothing of it stays behind."""

import time

import pytest
from wagtail.models import Page

from exchange.models import ImportItem

pytestmark = pytest.mark.django_db

GOOD = "small/good"
# Processor time of a whole import, the good file and all pages above it included.
SECONDS = 4


def lines(report, name):
    return [line for line in report["problems"] if line["file"] == f"{name}.md"]


def refusal(batch, name, path=None):
    """Import a batch with one good file; return the lines of the bad one."""
    batch.write(GOOD)
    pages = Page.objects.count()
    started = time.process_time()
    report = batch()
    assert time.process_time() - started < SECONDS
    assert batch.code == 1
    assert ImportItem.objects.filter(external_id=GOOD).exists()
    assert not ImportItem.objects.filter(external_id=name).exists()
    assert Page.objects.count() > pages
    return lines(report, name)


def front(name, **lines_):
    values = {
        "id": name, "title": "T", "kind": "lesson", "collection": "small", "language": "en",
        "partner": "{name: P, type: government}", "format": "markdown", "licence": "CC0-1.0",
        "source": "{repo: r}", **lines_,
    }  # fmt: skip
    text = "\n".join(f"{key}: {value}" for key, value in values.items() if value is not None)
    return f"---\n{text}\n---\nWords.\n"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"title": "[unclosed"}, "front-matter-syntax"),
        ({"title": "!!python/object/apply:os.system ['true']"}, "front-matter-syntax"),
        ({"title": "&a x", "summary": "*a"}, "front-matter-syntax"),
        ({"title": "x\ntitle: y"}, "front-matter-syntax"),
        ({"topics": "[" * 40 + "]" * 40}, "too-large"),
        ({"id": "small/../bad"}, "invalid-id"),
        ({"id": "small/Bad_Id"}, "invalid-id"),
        ({"id": "small/other"}, "invalid-id"),
        ({"language": "tlh"}, "unknown-language"),
        ({"language": "'../en'"}, "unknown-language"),
        ({"kind": "poem"}, "unknown-kind"),
        ({"title": None}, "missing-field"),
        ({"title": "[a, b]"}, "wrong-type"),
        ({"order": "first"}, "wrong-type"),
        ({"translation_of": "small/bad"}, "circular-translation"),
        ({"translation_of": "small/nowhere"}, "missing-target"),
        ({"parent": "small/nowhere"}, "missing-target"),
    ],
)
def test_a_bad_front_matter_is_refused_with_its_code(small, change, code):
    small.raw("small/bad", front("small/bad", **change))
    assert code in {line["code"] for line in refusal(small, "small/bad")}


def bomb():
    levels = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))
    return f"---\na0: &a0 [x, x]\n{levels}\n---\nWords.\n"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (bomb(), "front-matter-syntax"),
        ("---\nid: small/bad\n---\n" + "x" * 5_000_000, "too-large"),
        (front("small/bad").encode() + b"\0", "encoding"),
        (front("small/bad").encode() + b"\xff\xfe", "encoding"),
        (front("small/bad").encode("utf-16"), "encoding"),
        (front("small/bad") + ">" * 5000, "too-large"),
        (front("small/bad") + "[" * 50_000, "too-large"),
        ("---\n" + "- " * 30_000 + "\n---\n", "too-large"),
        ("---\nno end", "front-matter-syntax"),
        ("", "front-matter-syntax"),
    ],
)
def test_hostile_files_are_refused_quickly(small, data, code):
    small.raw("small/bad", data)
    started = time.process_time()
    found = {line["code"] for line in refusal(small, "small/bad")}
    assert code in found
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 5000,
        "<a" * 20_000,
        "**a " * 20_000,
        "| a " * 5000 + "\n" + "| - " * 5000,
        "- " * 90 + "x",
        "`" * 1000 + "x",
        "a\n" * 15_000,
        "a\n" * 100_000,
        "<a\n" * 15_000,
        "[a](" * 1500,
        "&amp;" * 40_000,
        "<script>" + "x" * 100_000,
        "::: challenge\n" * 500,
        "{{ 1 }} {% now 'Y' %} ${x}",
    ],
)
def test_strange_bodies_never_end_in_a_traceback(small, body, client):
    small.write("small/strange", body)
    started = time.process_time()
    report = small()
    assert time.process_time() - started < SECONDS
    assert not [p for p in report["problems"] if p["code"] == "not-saved"]
    assert ImportItem.objects.filter(external_id="small/strange").count() == (small.code == 0)


def test_all_problems_of_a_file_are_reported_at_once(small):
    data = front("small/bad", title=None, order="first", language="tlh", format="odt")
    small.raw("small/bad", data)
    found = [(line["code"], line["field"]) for line in refusal(small, "small/bad")]
    assert set(found) >= {
        ("missing-field", "title"),
        ("wrong-type", "order"),
        ("wrong-type", "format"),
    }


def test_a_line_names_file_field_value_and_what_was_wanted(small):
    small.raw("small/bad", front("small/bad", order="first"))
    line = next(line for line in refusal(small, "small/bad") if line["field"] == "order")
    assert line["value"] == "first"
    assert line["wanted"] == "a whole number"
    assert line["level"] == "error"


def test_what_a_refused_file_would_hold_is_refused_too(small):
    small.raw("small/en", front("small/en", title=None))
    small.raw("small/es", front("small/es", language="es", translation_of="small/en"))
    report = small()
    assert {line["code"] for line in lines(report, "small/es")} == {"missing-target"}


def test_a_translation_of_a_translation_is_circular(small):
    small.write("small/en")
    small.write("small/es", language="es", extra="translation_of: small/en\n")
    small.write("small/fr", language="fr", extra="translation_of: small/es\n")
    report = small()
    assert {line["code"] for line in lines(report, "small/fr")} == {"circular-translation"}
    assert report["counts"]["created"] == 2


def test_a_file_that_fails_late_leaves_nothing(small):
    structure = "structure: {form: session, starts: soon}\n"
    small.write("small/bad", kind="training", extra=structure)
    found = {line["code"] for line in refusal(small, "small/bad")}
    assert {"bad-date", "missing-field"} <= found


# -- what comes in as a draft ------------------------------------------------------------------


def test_text_in_another_script_comes_in_as_a_draft(small):
    small.write("small/ar", "This text is still in English, all of it, from the first word on. " * 3,
                language="ar")  # fmt: skip
    report = small.publish()
    assert report["drafts"] == ["small/ar"]
    assert report["counts"]["codes"]["wrong-language"] == 1


def test_text_declared_untranslated_comes_in_as_a_draft(small):
    structure = "structure: {form: module-unit, translation_status: untranslated}\n"
    small.write("small/es", "Some text.", kind="training", language="es", extra=structure)
    assert small.publish()["drafts"] == ["small/es"]


def test_a_legacy_font_encoding_comes_in_as_a_draft(small):
    words = "b44nay7s k0nde[ wol1ya mi8ta sh99do na7kal t0yes ra[mo ke44lu d1ha vo3ne si[ta "
    small.write("small/old", words * 2)
    report = small.publish()
    assert report["drafts"] == ["small/old"]
    assert report["counts"]["codes"]["legacy-encoding"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "Use the A11Y kit, WCAG2AA rules, H2O, B2B and 3D on the 2nd and 3rd floor of unit 4b. "
        * 3,
        "Run `a1b2[c3]` and `x[0]y` in [the manual](https://example.org/a1b2c3) today please. " * 3,
    ],
)
def test_ordinary_text_with_digits_is_not_taken_for_a_legacy_encoding(small, text):
    small.write("small/fine", text)
    assert small.publish()["drafts"] == []
