"""A text of a city and an association, from its author to its readers, by clicks alone."""

import re

import pytest

from tests.browser import joint
from tests.browser.conftest import environment, manage
from tests.instances import result

GUEST = "nora.lawyer@example.net"
ADMIN = "/admin/"


def call(site, function, *arguments):
    """Run a function of ``joint`` in the hub that the site serves."""
    given = ", ".join(repr(argument) for argument in arguments)
    code = f"from tests.browser import joint; joint.{function}({given})"
    env = environment(site.data, "hub.settings.dev")
    return result(manage("shell", "-v0", "--no-imports", "-c", code, env=env))


class Person:
    """Somebody with an account, in a browser of their own."""

    def __init__(self, browser, site, login, language):
        self.site = site
        self.page = browser.new_page()
        self.go("/admin/login/")
        self.page.fill("[name=username]", login)
        self.page.fill("[name=password]", joint.PASSWORD)
        self.page.click("form button[type=submit]")
        self.page.wait_for_url(f"**{ADMIN}")
        root = self.page.locator("html")
        assert root.get_attribute("lang") == language
        assert root.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")

    def go(self, path):
        response = self.page.goto(self.site.address + path)
        assert response.status == 200, path

    def press(self, selector):
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.page.click(selector)

    def open_review(self, title):
        """Find the text among what waits, on the dashboard."""
        self.go(ADMIN)
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("link", name=title).first.click()
        assert re.search(r"/admin/reviews/\d+/$", self.page.url)

    def approve(self, title):
        self.open_review(title)
        self.press('button[name=act][value="approve"]')
        assert self.page.url.endswith(ADMIN)


@pytest.fixture(params=["en", "ar"])
def language(request):
    return request.param


@pytest.fixture
def world(site, language):
    return call(site, "build", language)


@pytest.fixture
def person(browser, site, world, language):
    opened = []

    def enter(key):
        opened.append(Person(browser, site, world["logins"][key], language))
        return opened[-1]

    yield enter
    for each in opened:
        each.page.close()


def hand_in(author, page_id):
    author.go(f"/admin/pages/{page_id}/edit/")
    author.press('#review-state a[href*="/reviews/submit/"]')
    assert author.page.locator("ol[aria-labelledby=steps-ahead] > li").count() == 3
    author.press("main form button:not([type=button])")
    assert author.page.url.endswith(f"/admin/pages/{page_id}/edit/")


def ask_guest(approver, title):
    approver.open_review(title)
    approver.press('main a[href*="/fact-checks/"]')
    approver.press('main a[href$="/invite/"]')
    approver.page.fill("[name=name]", "Nora")
    approver.page.fill("[name=email]", GUEST)
    approver.press("main form button[type=submit]")


def answer_as_guest(browser, site):
    """By the link of the mail, without an account."""
    link = re.search(r"https?://[^/\s]+(/\S*fact-check/\S+)", call(site, "last_mail", GUEST))[1]
    page = browser.new_page()
    assert page.goto(site.address + link).status == 200
    text = page.locator("body").inner_text()
    page.check('[name=verdict][value="correct"]')
    with page.expect_navigation():
        page.click("form#answer button[type=submit]")
    page.locator("[role=status]").wait_for()
    page.close()
    return text


def test_both_sectors_agree_before_anybody_reads_it(site, browser, world, person, language):
    texts = joint.TEXTS[language]
    title, words, path = texts["title"], texts["body"], world["url"]
    assert site.get(path)[0] == 404

    hand_in(person("author"), world["page"])
    approver = person("approver")
    ask_guest(approver, title)
    assert words in answer_as_guest(browser, site)
    approver.approve(title)
    assert site.get(path)[0] == 404

    # Two votes of the city are not one of the association.
    person("second").approve(title)
    approver.approve(title)
    assert site.get(path)[0] == 404

    person("other").approve(title)
    status, shown = site.get(path)
    assert status == 200
    assert words in shown
    assert title in shown


def test_a_specialist_with_an_account_answers_instead(world, person, language):
    title = joint.TEXTS[language]["title"]
    hand_in(person("author"), world["page"])
    legal = person("legal")
    legal.open_review(title)
    legal.press('main a[href$="/answer/"]')
    legal.page.check('[name=verdict][value="correct"]')
    legal.press("form#answer button[type=submit]")
    assert legal.page.url.endswith(ADMIN)
    approver = person("approver")
    approver.approve(title)
    approver.approve(title)
