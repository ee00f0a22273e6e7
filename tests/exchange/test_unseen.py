"""Documents as nobody has sent them yet: other languages, other forms of a list, hostile ones."""

import time

import pytest
from wagtail.models import Page

from exchange.document import Document
from exchange.formats.interchange import SourceFile, read_file
from exchange.html import tree
from exchange.language import is_other_script
from exchange.markdown import to_html
from exchange.models import ImportItem
from exchange.problems import Problems
from exchange.roads import Options, Roads
from exchange.story import Story

ITEMS = ["Check your card first", "Fill in the form", "Pay the fee at last"]
HOSTILE_SECONDS = 2


def story_of(body):
    def parse(text):
        return tree(to_html(text), Problems("x.md"))

    return Story(parse(body), Problems("x.md"), parse=parse)


def rows(form, between="\n"):
    return between.join(form.format(n=n, item=item) for n, item in enumerate(ITEMS, start=1))


@pytest.mark.parametrize(
    "body",
    [
        rows("- [ ] {item}"),
        rows("- ☐ {item}."),
        rows("- Step {n}: {item}"),
        rows("{n}) {item};"),
        rows("- **{item}** because it helps"),
        rows("<br>{item}"),
        rows("### {n}. {item}\n"),
        rows("Term {n}\n:   {item}\n"),
        rows("{item}\n:   What it means\n"),
        "| What | Who |\n|---|---|\n" + rows("| {item} | You |"),
        "<table><tr><td><ul>" + rows("<li>{item}</li>") + "</ul></td></tr></table>",
        rows("<div>{item}</div>"),
        rows("- {item}").lower(),
    ],
)
def test_a_list_is_taken_out_of_whatever_form_it_has(body):
    story = story_of(f"Before.\n\n{body}\n\nAfter.")
    story.put_each(
        story.take(ITEMS, name="list"), lambda items: {"type": "checklist", "value": items}
    )
    blocks = story.blocks()
    taken = [item for b in blocks if b["type"] == "checklist" for item in b["value"]]
    rest = str([b for b in blocks if b["type"] != "checklist"]).lower()
    assert len(taken) == len(ITEMS)
    assert not [item for item in ITEMS if item.lower() in rest]
    assert "before" in rest
    assert "after" in rest


def test_a_checkbox_that_belongs_to_no_typed_list_keeps_its_words():
    assert "[x] done" in str(story_of("- [x] done").blocks())


def test_what_stands_in_a_footnote_is_not_lost():
    story = story_of("See[^1].\n\n[^1]: Note:\n\n" + rows("    - {item}"))
    taken = story.take(ITEMS, name="list")
    story.put(taken, {"type": "checklist", "value": taken.items})
    assert sum(block["type"] == "checklist" for block in story.blocks()) == 1


def items(count, text):
    lines = "".join(f"  - {text} {n} of the list\n" for n in range(count))
    return f"structure:\n  form: play\n  checklist:\n{lines}"


@pytest.mark.parametrize(
    ("body", "kind", "extra"),
    [
        ("<div>\n<a" + " " * 2000 + "<\n</div>", "lesson", ""),
        ("# a" + " " * 150_000 + "b", "lesson", ""),
        ("::: a" + " " * 150_000 + "b", "lesson", ""),
        ("::: {" + ".a" * 80_000, "lesson", ""),
        ("<div>\n" * 19_000, "lesson", ""),
        ("| a " * 8 + "|\n" + "|---" * 8 + "|\n" + ("| text " * 8 + "|\n") * 12_000, "lesson", ""),
        ("<table><tr>" + "<td colspan=50 rowspan=200>c</td>" * 900 + "</table>", "lesson", ""),
        ("\n\n".join(f"item {n} of the list" for n in range(2000)), "toolkit", items(2000, "item")),
        ("- thing\n" * 4_000, "toolkit", items(2000, "item")),
    ],
)
def test_time_is_spent_on_no_body(tmp_path, body, kind, extra):
    path = tmp_path / "x.md"
    path.write_text(
        f"---\nid: x\ntitle: T\nkind: {kind}\ncollection: x\nlanguage: en\n{extra}"
        "partner: {name: P, type: government}\nformat: markdown\nlicence: X\nsource: {}\n---\n"
        + body
    )
    started = time.process_time()
    problems = Problems("x.md")
    read = read_file(SourceFile(path, "x.md"), problems)
    if read is not None:
        document = Document(read, "en", problems, None, False, Roads(Options()))
        document.story.take(getattr(document.structure, "checklist", []), name="list")
        document.story.blocks()
    assert time.process_time() - started < HOSTILE_SECONDS


def test_text_that_nests_too_deep_is_refused_and_not_lost(tmp_path):
    path = tmp_path / "x.md"
    path.write_text(
        "---\nid: x\ntitle: T\nkind: lesson\ncollection: x\nlanguage: en\npartner: {name: P, type: "
        "government}\nformat: markdown\nlicence: X\nsource: {}\n---\n" + "> " * 90 + "words"
    )
    problems = Problems("x.md")
    Document(
        read_file(SourceFile(path, "x.md"), problems), "en", problems, None, False, Roads(Options())
    )
    assert [line.code for line in problems.lines] == ["too-large"]


@pytest.mark.parametrize(
    ("language", "text", "other"),
    [
        ("kn", "ಮೊದಲು ಗುರುತಿನ ಚೀಟಿ ಪರಿಶೀಲಿಸಿ " * 5, False),
        ("kn", "first check your identity card " * 5, True),
        ("sr-latn", "prvo proverite ličnu kartu " * 5, False),
        ("ypk", "piciryarat qaneryaraput " * 5, False),
        ("de", "сначала проверьте паспорт " * 5, True),
    ],
)
def test_the_script_of_a_language_is_known_for_every_language(language, text, other):
    assert is_other_script(text, language) is other


pytestmark = pytest.mark.django_db


def codes(report, name):
    return {line["code"] for line in report["problems"] if line["file"] == f"{name}.md"}


def test_references_are_checked_before_anything_is_written(small):
    small.write("small/en")
    for name, extra in (
        ("small/es-1", "translation_of: small/en\n"),
        ("small/es-2", "translation_of: small/en\n"),
    ):
        small.write(name, language="es", extra=extra)
    small.write("small/fr", language="fr", kind="guide", extra="translation_of: small/en\n")
    small.write("small/a", extra="parent: small/b\n")
    small.write("small/b", extra="parent: small/a\n")
    small.write("small/c", kind="guide", extra="parent: small/en\n")
    report = small()
    assert codes(report, "small/es-2") == {"duplicate-translation"}
    assert codes(report, "small/fr") == codes(report, "small/c") == {"wrong-target"}
    assert codes(report, "small/a") == codes(report, "small/b") == {"circular-parent"}
    assert report["counts"]["created"] == 2
    report = small(path=small.folder / "small" / "es-2.md")
    assert "duplicate-translation" in codes(report, "es-2")


def test_values_of_a_wrong_type_end_in_lines(small):
    small.write("small/a").write_text(
        small.write("small/a").read_text().replace("kind: lesson", "kind: [a]")
    )
    small.write("small/b", extra="structure: {form: [a]}\n")
    small.write("small/c", title='"a\\0b"')
    report = small()
    assert small.code == 1
    assert codes(report, "small/a") == codes(report, "small/b") == {"wrong-type"}
    assert codes(report, "small/c") == {"encoding"}


def test_unknown_fields_inside_others_are_ignored_with_a_line(small):
    path = small.write("small/a")
    path.write_text(path.read_text().replace("path: x.md", "path: x.md, branch: main, url: null"))
    report = small()
    assert ("unknown-field", "source.branch") in {
        (p["code"], p["field"]) for p in report["problems"]
    }
    assert report["counts"]["created"] == 1


def test_what_is_no_plain_file_is_left_out_with_a_line(small, tmp_path):
    small.write("small/a")
    outside = tmp_path / "outside.md"
    outside.write_text("---\n")
    (small.folder / "dir.md").mkdir()
    (small.folder / "out.md").symlink_to(outside)
    (small.folder / "loop.md").symlink_to(small.folder / "loop.md")
    (small.folder / "manifest.json").write_text('{"collections": [{"name": ["x"]}, null]}')
    report = small()
    assert small.code == 0
    assert report["counts"]["codes"]["not-a-document"] == 3


def test_a_part_of_a_batch_has_the_ids_of_the_whole(small):
    small.write("small/deep/a")
    assert small(path=small.folder / "small" / "deep" / "a.md")["counts"]["created"] == 1
    assert small(path=small.folder / "small")["counts"]["unchanged"] == 1


def test_long_texts_are_cut_with_a_line_and_bad_addresses_left_out(small):
    path = small.write("small/a", title="word " * 80)
    path.write_text(path.read_text().replace("path: x.md", "url: https://bad host/"))
    report = small()
    assert codes(report, "small/a") >= {"shortened", "wrong-address"}
    assert Page.objects.get(pk=ImportItem.objects.get(external_id="small/a").page_id).title


def test_a_guide_with_odd_facts(small):
    structure = (
        "structure: {form: service, deadlines: {عربي: x y, አማ: z w, empty: ''}, "
        "links: {start: 'javascript:x', more: example.org}}\n"
    )
    small.write("small/service", kind="guide", extra=structure)
    criteria = "{criterion: %s, label: %s, accepted: [%s]}"
    listed = ", ".join(
        criteria % row
        for row in (("ዕድሜ", "One", "false"), ("ዕድሜ", "Two", "18, 18"), ("a", "Three", "yes, 'no'"))
    )
    extra = f"structure: {{form: benefit, eligibility: [{listed}]}}\n"
    small.write("small/benefit", kind="guide", language="fr", extra=extra)
    report = small()
    assert small.code == 0
    assert codes(report, "small/service") >= {"wrong-address"}
    page = Page.objects.get(pk=ImportItem.objects.get(external_id="small/benefit").page_id).specific
    value = page.body.raw_data[-1]["value"]
    answers = [
        [(row["value"]["value"], row["value"]["label"]) for row in q["value"]["answers"]]
        for q in value["questions"]
    ]
    assert answers == [[("false", "Non")], [("18", "18")], [("yes", "Yes"), ("no", "No")]]
    assert len({q["value"]["criterion"] for q in value["questions"]}) == 3
