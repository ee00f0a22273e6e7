"""Everything works with scripts switched off, by real clicks."""

import pytest

from tests.browser.places import PLACES


@pytest.fixture
def plain(browser):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("place", PLACES)
def test_nothing_waits_for_a_script(site, plain, place):
    plain.goto(site.url(place, "en"))
    assert plain.locator("h1").count() == 1
    assert len(plain.locator("main").inner_text()) > 20
    assert plain.locator("[hidden], noscript").count() == 0


def test_filters_are_a_form_whose_state_is_the_address(site, plain):
    plain.goto(site.url("browse", "en"))
    before = plain.locator("main").inner_text()
    plain.locator("main form summary").first.click()
    plain.locator("main form input[type=checkbox], main form input[type=radio]").first.check()
    plain.locator("main form button[type=submit]").first.click()
    assert "?" in plain.url
    assert plain.locator("main").inner_text() != before
    assert plain.locator("main form :checked").count() >= 1


def test_a_resident_checks_eligibility_on_the_page(site, plain):
    plain.goto(site.url("guide", "en"))
    form = plain.locator("main form.ask").first
    form.locator("button[type=submit]").click()
    assert "Please answer the marked question too." in plain.locator("[role=status]").inner_text()
    for fieldset in plain.locator("main form.ask fieldset").all():
        fieldset.locator("input[type=radio]").last.check()
    plain.locator("main form.ask button[type=submit]").click()
    result = plain.locator("[role=status]")
    assert "Please ask." in result.inner_text()
    assert result.locator("a[href^='tel:'], a[href^='mailto:'], a").count() >= 1


def test_a_learner_checks_an_answer_on_the_page(site, plain):
    plain.goto(site.url("unit", "en"))
    plain.locator("main form.ask button[type=submit]").first.click()
    assert "Please answer first." in plain.locator("[role=status]").inner_text()
