"""The checks themselves: each seeded fault is found, by the check meant for it."""

import pytest

from tests.browser import checks

GOOD = """<!DOCTYPE html><html lang="ar" dir="rtl"><head><title>T</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>a, button { display: inline-block; min-block-size: 24px; min-inline-size: 24px }
a:focus, button:focus, summary:focus { outline: 3px solid #000 } table { border: 1px solid }</style></head>
<body><main><h1>One</h1><h2>Two</h2><p>Text <a href="/x">a link</a> more text</p>
<p lang="en" dir="ltr">English</p><button type="button">Go there</button>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="A dot">
<label for="q">Query</label> <input id="q" style="height: 30px; outline: 2px solid">
<table><caption>C</caption><tr><th scope="col">H</th></tr><tr><td>d</td></tr></table>
</main></body></html>"""

FAULTS = {
    "no language": ("axe", ' lang="ar"', ""),
    "no title": ("axe", "<title>T</title>", ""),
    "no alternative text": ("axe", ' alt="A dot"', ""),
    "low contrast": ("axe", "<p>Text", '<p style="color: #ccc">Text'),
    "no label": ("axe", '<label for="q">Query</label>', ""),
    "heading skipped": ("axe", "<h2>Two</h2>", "<h4>Two</h4>"),
    "empty link": ("axe", ">a link<", "><"),
    "no main heading": ("axe", "<h1>One</h1>", ""),
    "no main": ("axe", "<main>", "<div>"),
    "zoom blocked": ("axe", "initial-scale=1", "initial-scale=1, user-scalable=no"),
    "invalid language": ("axe", 'lang="en"', 'lang="xx-yy-zz"'),
    "wrong direction": ("wrong_directions", ' dir="rtl"', ""),
    "wrong direction inside": ("wrong_directions", 'lang="en" dir="ltr"', 'lang="en"'),
    "no focus ring": ("bad_stops", "outline: 3px solid #000", "outline: none"),
    "not reached by Tab": (
        "bad_stops",
        '<button type="button"',
        '<button type="button" tabindex="-1"',
    ),
    "small target": ("small_targets", ">Go there<", ' style="min-block-size: 0; height: 15px">Go<'),
    "wider than a phone": ("too_wide", "<h2>Two", '<h2 style="inline-size: 50rem">Two'),
    "table without caption": ("bare_tables", "<caption>C</caption>", ""),
    "table without scope": ("bare_tables", ' scope="col"', ""),
}


@pytest.fixture
def findings(page, axe_source):
    page.set_viewport_size({"width": 320, "height": 700})

    def run(name, html):
        page.set_content(html)
        check = getattr(checks, name)
        return check(page, axe_source) if name == "axe" else check(page)

    return run


@pytest.mark.parametrize(
    "check", ["axe", "wrong_directions", "bad_stops", "small_targets", "too_wide", "bare_tables"]
)
def test_a_good_page_passes(findings, check):
    assert findings(check, GOOD) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(findings, fault):
    check, right, wrong = FAULTS[fault]
    assert right in GOOD
    assert findings(check, GOOD.replace(right, wrong)) != []
