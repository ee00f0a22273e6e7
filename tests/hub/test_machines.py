"""What machines read: sitemaps, robots, errors."""

import re

import pytest
from django.test import Client, RequestFactory
from lxml import etree
from lxml.html import fromstring
from wagtail.models import PageViewRestriction

from content.models import PageFacts
from hub import views
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory

SPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def xml(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    assert response.headers["Content-Type"].startswith("application/xml")
    return etree.fromstring(b"".join(response) if response.streaming else response.content)


def found(tree_, path):
    return tree_.xpath(path, namespaces=SPACES)


@pytest.mark.django_db
class TestSitemap:
    @pytest.fixture
    def pages(self):
        partner = PartnerFactory()
        guide = GuidePageFactory(parent=tree.section(partner), slug="rent")
        parent = tree.section(partner, code="ar")
        return {"en": guide, "ar": tree.translated(guide, "ar", parent, slug="إيجار")}

    def files(self, client, settings):
        places = found(xml(client, "/sitemap.xml"), "//s:sitemap/s:loc/text()")
        return [place.removeprefix(settings.HUB_BASE_URL) for place in places]

    def entries(self, client, settings):
        rows = {}
        for file in self.files(client, settings):
            for url in found(xml(client, file), "//s:url"):
                links = {link.get("hreflang"): link.get("href") for link in found(url, "x:link")}
                rows[found(url, "s:loc/text()")[0]] = links
        return rows

    def test_it_names_all_public_pages_of_all_languages(self, client, pages, settings):
        entries = self.entries(client, settings)
        assert len(entries) == PageFacts.objects.count()
        for address in entries:
            assert address.isascii()
            assert client.get(address.removeprefix(settings.HUB_BASE_URL)).status_code == 200

    def test_versions_name_each_other(self, client, pages, settings):
        entries = self.entries(client, settings)
        links = next(links for address, links in entries.items() if "rent" in address)
        assert set(links) == {"en", "ar"}
        for address in links.values():
            assert entries[address] == links

    def test_it_follows_the_schema(self, client, pages, settings):
        for file in ["/sitemap.xml", *self.files(client, settings)]:
            root = xml(client, file)
            assert etree.QName(root).namespace == SPACES["s"]
            for day in found(root, "//s:lastmod/text()"):
                assert re.fullmatch(r"\d{4}-\d\d-\d\d", day)

    def test_drafts_and_private_pages_are_missing(self, client, pages, settings):
        index = pages["en"].get_parent()
        GuidePageFactory(parent=index, slug="draft", published=False)
        PageViewRestriction.objects.create(page=pages["ar"], restriction_type="login")
        entries = self.entries(client, settings)
        assert not [address for address in entries if "draft" in address]
        assert len(entries) == PageFacts.objects.filter(public=True).count()
        assert all("ar" not in links for url, links in entries.items() if "rent" in url)

    def test_it_comes_in_files(self, client, pages, settings, monkeypatch):
        monkeypatch.setattr(views, "SITEMAP_SIZE", 2)
        english = PageFacts.objects.filter(locale_code="en").count()
        names = [name for name in self.files(client, settings) if "-en-" in name]
        assert len(names) == -(-english // 2)
        assert len(self.entries(client, settings)) == PageFacts.objects.count()

    @pytest.mark.parametrize("name", ["en-0", "en-2", "xx-1", "es-1", "en-99999999999999999999999"])
    def test_a_file_that_is_not_listed_is_not_there(self, client, pages, name):
        response = client.get(f"/sitemap-{name}.xml")
        assert response.status_code == 404
        assert response.headers["Content-Type"].startswith("text/plain")

    def test_an_empty_hub_has_an_empty_index(self, client):
        assert len(xml(client, "/sitemap.xml")) == 0


@pytest.mark.django_db
def test_robots_are_sent_to_the_sitemap_and_not_into_the_admin(client, settings):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /admin/" in lines
    assert f"Sitemap: {settings.HUB_BASE_URL}/sitemap.xml" in lines
    assert client.get("/robots.txt").headers["Content-Type"].startswith("text/plain")


@pytest.mark.django_db
class TestNotFound:
    @pytest.mark.parametrize(
        ("code", "lang", "direction"),
        [("en", "en", "ltr"), ("ar", "ar", "rtl"), ("zh-hans", "zh-Hans", "ltr")],
    )
    def test_people_read_it_in_their_language(self, client, code, lang, direction):
        tree.home(code)
        response = client.get(f"/{code}/no/such/page/")
        html = fromstring(response.content)
        assert response.status_code == 404
        assert (html.get("lang"), html.get("dir")) == (lang, direction)
        assert html.xpath(f"//main//a[@href='/{code}/']")
        assert html.xpath("//meta[@name='robots'][@content='noindex']")
        assert not html.xpath("/html/head/link[@rel='alternate' or @rel='canonical']")

    @pytest.mark.parametrize(
        "path", ["/wp-login.php", "/api/v2/pages/", "/.env", "/media/x", "/documents/1/x", "/xx/y/"]
    )
    def test_machines_get_one_plain_line(self, client, path):
        response = client.get(path)
        assert response.status_code == 404
        assert response.content == b"404 Not Found\n"
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"

    def test_it_works_in_a_hub_without_pages(self, client):
        assert client.get("/ar/none/").status_code == 404


class TestServerError:
    """Neither a database nor a working template engine is needed."""

    @pytest.mark.parametrize(("code", "direction"), [("en", "ltr"), ("ar", "rtl"), ("xx", "ltr")])
    def test_it_speaks_the_language_of_the_address(self, code, direction, settings):
        request = RequestFactory().get(f"/{code}/")
        request.LANGUAGE_CODE = code
        response = views.server_error(request)
        html = fromstring(response.content)
        assert response.status_code == 500
        assert html.get("dir") == direction
        assert html.get("lang") == (code if code in settings.HUB_LANGUAGES else "en")
        assert len(html.xpath("//h1")) == 1
        assert "Traceback" not in response.content.decode()

    def test_all_are_made_at_the_start(self, settings):
        from hub import error_pages

        error_pages.error_page.cache_clear()
        error_pages.prepare()
        assert error_pages.error_page.cache_info().currsize == 2 * len(settings.HUB_LANGUAGES)

    def test_a_broken_view_ends_there(self, monkeypatch):
        def broken(*arguments):
            raise RuntimeError("secret detail")

        monkeypatch.setattr("hub.views.queries.same_path_elsewhere", broken)
        monkeypatch.setattr("hub.views.PageFacts.objects.readable", broken)
        response = Client(raise_request_exception=False).get("/ar/none/")
        assert response.status_code == 500
        assert fromstring(response.content).get("dir") == "rtl"
        assert b"secret detail" not in response.content
        assert "Content-Security-Policy" in response.headers
