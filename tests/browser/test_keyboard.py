"""Tab reaches everything that can be used, in sight, with an outline."""

import pytest

from tests.browser.checks import bad_stops
from tests.browser.places import PLACES


@pytest.mark.parametrize(("place", "language"), zip(PLACES, ["en", "ar"] * 20, strict=False))
def test_every_stop_shows_where_it_is(site, page, place, language):
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(reduced_motion="reduce")  # no smooth scrolling: a stop is in sight at once
    page.goto(site.url(place, language))
    assert bad_stops(page) == []
