"""axe finds nothing: every kind of page, right to left and Chinese too, light, dark, narrow, wide."""

import pytest

from tests.browser.checks import axe_again
from tests.browser.places import LANGUAGES, PLACES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_no_violations(site, page, axe_source, place, language):
    page.goto(site.url(place, language))
    found = {}
    page.evaluate(axe_source)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            if violations := axe_again(page):
                found[f"{width} px, {scheme}"] = violations
    assert found == {}
