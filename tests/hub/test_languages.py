"""Every page says its language, and leads to its other languages and back."""

import pytest
from lxml.html import fromstring
from wagtail.models import PageViewRestriction

from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.publishing import take_down

pytestmark = pytest.mark.django_db


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, path
    return fromstring(response.content)


def alternates(html):
    return {
        link.get("hreflang"): link.get("href")
        for link in html.xpath("/html/head/link[@rel='alternate'][@hreflang]")
    }


def switcher(html):
    return {
        link.get("hreflang"): link.get("href")
        for link in html.xpath("//nav[@class='langs']//a[@hreflang]")
    }


@pytest.fixture
def partner():
    return PartnerFactory()


@pytest.fixture
def guide(partner):
    return GuidePageFactory(parent=tree.section(partner), owner_partner=partner, slug="rent")


@pytest.fixture
def versions(guide, partner):
    """The guide in English, Arabic and Chinese."""
    made = {"en": guide}
    for code, slug in [("ar", "إيجار"), ("zh-hans", "租金")]:
        parent = tree.section(partner, code=code)
        made[code] = tree.translated(guide, code, parent, slug=slug, owner_partner=partner)
    return made


class TestAddress:
    def test_the_bare_address_leads_to_the_default_language(self, client):
        tree.home()
        response = client.get("/", headers={"accept-language": "es"})
        assert (response.status_code, response.url) == (302, "/en/")

    @pytest.mark.parametrize(
        ("code", "lang", "direction"), [("ar", "ar", "rtl"), ("zh-hans", "zh-Hans", "ltr")]
    )
    def test_it_decides_the_language(self, client, versions, code, lang, direction):
        response = client.get(tree.address(versions[code]), headers={"accept-language": "en"})
        html = fromstring(response.content)
        assert (html.get("lang"), html.get("dir")) == (lang, direction)
        assert response.headers["Content-Language"] == lang
        assert not response.cookies

    def test_an_unknown_language_is_a_plain_404(self, client):
        tree.home()
        response = client.get("/xx/")
        assert response.status_code == 404
        assert response.headers["Content-Type"].startswith("text/plain")

    @pytest.mark.parametrize(
        ("given", "ours"),
        [
            ("/EN/", "/en/"),
            ("/zh-Hans/browse/?kind=guide", "/zh-hans/browse/?kind=guide"),
            ("/AR/a/AR/", "/ar/a/AR/"),
        ],
    )
    def test_a_language_in_capitals_leads_to_it(self, client, given, ours):
        response = client.get(given)
        assert (response.status_code, response.url) == (301, ours)


class TestAlternates:
    def test_they_are_absolute_and_name_all_versions(self, client, versions, settings):
        html = read(client, tree.address(versions["en"]))
        links = alternates(html)
        assert set(links) == {"en", "ar", "zh-Hans", "x-default"}
        assert links["x-default"] == links["en"]
        for address in links.values():
            assert address.startswith(f"{settings.HUB_BASE_URL}/")
            assert address.isascii()

    def test_they_are_reciprocal_and_lead_to_the_page(self, client, versions, settings):
        found = {
            code: alternates(read(client, tree.address(page))) for code, page in versions.items()
        }
        assert found["en"] == found["ar"] == found["zh-hans"]
        for lang, address in found["en"].items():
            html = read(client, address.removeprefix(settings.HUB_BASE_URL))
            canonical = html.xpath("/html/head/link[@rel='canonical']/@href")
            assert canonical == [address], lang

    def test_a_page_in_one_language_has_none(self, client, guide):
        assert alternates(read(client, tree.address(guide))) == {}

    def test_a_draft_translation_is_not_named(self, client, versions):
        take_down(versions["ar"])
        assert "ar" not in alternates(read(client, tree.address(versions["en"])))

    def test_a_private_translation_is_not_named(self, client, versions):
        PageViewRestriction.objects.create(page=versions["ar"], restriction_type="login")
        assert "ar" not in alternates(read(client, tree.address(versions["en"])))

    def test_lists_have_one_in_every_language(self, client, settings):
        tree.home()
        links = alternates(read(client, "/en/browse/?kind=guide"))
        assert len(links) == len(settings.HUB_LANGUAGES)
        for address in links.values():
            assert client.get(address.removeprefix(settings.HUB_BASE_URL)).status_code == 200


class TestSwitcher:
    def test_it_offers_every_language_and_no_dead_link(self, client, versions, settings):
        links = switcher(read(client, tree.address(versions["en"])))
        assert len(links) == len(settings.HUB_LANGUAGES) - 1
        assert links["ar"] == tree.address(versions["ar"])
        for address in links.values():
            assert client.get(address, follow=True).status_code == 200

    def test_the_404_page_leads_to_the_home_of_each_language(self, client, settings):
        for code in settings.HUB_LANGUAGES:
            tree.home(code)
        links = switcher(read(client, "/en/nowhere/", 404))
        assert links
        for address in links.values():
            assert client.get(address).status_code == 200


class TestFallback:
    def test_a_missing_translation_is_offered_in_the_readers_language(self, client, versions):
        key = versions["en"].translation_key
        html = read(client, f"/es/translations/{key}/")
        assert html.get("lang") == "es"
        offers = {
            link.get("href"): link for link in html.xpath("//main//a[@hreflang or @lang or @href]")
        }
        for page in versions.values():
            assert tree.address(page) in offers
        assert alternates(html) == {}

    def test_an_existing_one_is_where_it_leads(self, client, versions):
        key = versions["en"].translation_key
        response = client.get(f"/ar/translations/{key}/")
        assert response.status_code == 302
        assert client.get(response.url).status_code == 200

    def test_a_language_changed_by_hand_finds_the_page(self, client, guide):
        path = tree.address(guide).replace("/en/", "/es/")
        response = client.get(path, follow=True)
        assert response.redirect_chain == [(f"/es/translations/{guide.translation_key}/", 302)]
        assert tree.address(guide) in response.content.decode()

    def test_a_page_that_is_not_there_or_not_public_is_not_offered(self, client, guide):
        url = f"/es/translations/{guide.translation_key}/"
        PageViewRestriction.objects.create(page=guide, restriction_type="login")
        assert client.get(url).status_code == 404
        assert (
            client.get("/es/translations/00000000-0000-4000-8000-000000000000/").status_code == 404
        )
