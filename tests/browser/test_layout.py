"""What axe does not see: direction, sideways scrolling, small targets, requests, policies."""

import pytest

from tests.browser.checks import bare_tables, small_targets, space_out, too_wide, wrong_directions
from tests.browser.places import LANGUAGES, PLACES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_narrow_page_holds(site, watched, place, language):
    page = watched
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(site.url(place, language))
    found = {
        "direction": wrong_directions(page),
        "targets below 24 px": small_targets(page),
        "tables without caption or scope": bare_tables(page),
        "320 px": too_wide(page),
    }
    space_out(page)
    found["320 px, wide spacing"] = too_wide(page)
    page.set_viewport_size({"width": 360, "height": 700})
    found["360 px, wide spacing"] = too_wide(page)
    found["requests and messages"] = page.complaints
    assert {what: rows for what, rows in found.items() if rows} == {}
