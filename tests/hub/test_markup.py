import pytest
from django.template import engines

from hub.templatetags.hub_markup import tidy_markup


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>\n      a\n\n   b  c</p>\n", "<p>\na\nb  c</p>\n"),
        ("<b>a</b>  <i>b</i>", "<b>a</b>  <i>b</i>"),
        ("<pre>\n  a\n    b</pre>\n\n  x", "<pre>\n  a\n    b</pre>\nx"),
        ("\n <style>a{}\n  b{}</style>\n <style>\n c</style>", "\n<style>a{}\n  b{}</style>\n<style>\n c</style>"),
        ("<TEXTAREA>\n  x</TEXTAREA>", "<TEXTAREA>\n  x</TEXTAREA>"),
        ("<pre>a</pre><pre>\n  b</pre>", "<pre>a</pre><pre>\n  b</pre>"),
        ("", ""),
    ],
)  # fmt: skip
def test_indentation_goes_and_what_readers_see_stays(source, expected):
    assert tidy_markup(source) == expected


def test_blocks_inside_can_still_be_filled():
    django = engines["django"]
    base = django.from_string(
        "{% load hub_markup %}{% tidy %}\n  {% block a %}{% endblock a %}\n  x{% endtidy %}"
    )
    child = django.from_string("{% extends base %}{% block a %}<i>\n   1</i>{% endblock a %}")
    assert child.render({"base": base.template}) == "\n<i>\n1</i>\nx"
