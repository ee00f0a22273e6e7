"""House rules of public templates that no linter knows."""

import re

from django.template import TemplateSyntaxError, engines

from tests.templates_source import block_tags, public_templates
from tests.tools import ROOT

TEMPLATES = {str(p.relative_to(ROOT / "templates")): p for p in public_templates()}
SOURCES = {name: path.read_text(encoding="utf-8") for name, path in TEMPLATES.items()}
TAGS = {name: [tag for _, tag in block_tags(path)] for name, path in TEMPLATES.items()}

OTHER_TRANSLATION = re.compile(r"^(translate|trans|blocktranslate|blocktrans)\b|_\(")
# A label in an attribute cannot say which language it is in.
LABELS = re.compile(r"\b(?:aria-label|aria-description|aria-roledescription|placeholder|title)\s*=")
ORM = re.compile(r"\.objects\b|\.all\b|\.filter\b|\.specific\b|_set\b")


def findings(search):
    """{template: what `search(name)` found there}, without those where it found nothing."""
    return {name: found for name in TEMPLATES if (found := search(name))}


def test_every_template_compiles():
    def broken(name):
        try:
            engines["django"].engine.get_template(name)
        except TemplateSyntaxError as error:
            return str(error)
        return None

    assert TEMPLATES
    assert findings(broken) == {}


def test_frame_text_goes_through_say():
    assert (
        findings(
            lambda name: [
                tag
                for tag in TAGS[name]
                if OTHER_TRANSLATION.search(tag) and not tag.startswith("say ")
            ]
        )
        == {}
    )


def test_no_frame_text_in_attributes():
    assert findings(lambda name: LABELS.findall(SOURCES[name])) == {}


def test_no_inline_styles_or_handlers():
    inline = re.compile(r"<[a-z][^>]*?\s(?:style|on[a-z]+)\s*=")
    assert findings(lambda name: inline.findall(SOURCES[name])) == {}


def test_a_button_says_what_it_does():
    assert (
        findings(
            lambda name: [
                button
                for button in re.findall(r"<button\b[^>]*>", SOURCES[name])
                if "type=" not in button
            ]
        )
        == {}
    )


def test_a_template_asks_no_database():
    def queries(name):
        expressions = TAGS[name] + re.findall(r"{{(.*?)}}", SOURCES[name])
        return [expression for expression in expressions if ORM.search(expression)]

    assert findings(queries) == {}


def test_loads_are_sorted():
    def unsorted(name):
        loads = [tag.split()[1:] for tag in TAGS[name] if tag.startswith("load ")]
        return [libraries for libraries in loads if libraries != sorted(libraries)]

    assert findings(unsorted) == {}


def test_the_end_of_a_block_names_it():
    assert findings(lambda name: "endblock" in TAGS[name]) == {}
