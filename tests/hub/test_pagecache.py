"""What an anonymous reader is shown from the cache, and what is never kept."""

import datetime as dt
import sqlite3

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.urls import path
from wagtail.models import PageViewRestriction

from content.pagecache import store, tags
from content.pagecache.policy import public_page
from hub import outages, pagecache
from hub.cachefile import CacheFile
from hub.urls import urlpatterns as hub_urls
from tests import actors
from tests.factories import tree
from tests.factories.guides import GuidePageFactory
from tests.factories.partners import PartnerFactory
from tests.kept import is_made, keep, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept")]
LISTS = ["/en/", "/en/browse/", "/en/topics/", "/en/partners/", "/en/notices/"]


@pytest.fixture
def partner():
    return PartnerFactory(slug="city")


@pytest.fixture
def guide(partner):
    return GuidePageFactory(parent=tree.section(partner), owner_partner=partner, title="Rent")


@pytest.fixture
def address(guide):
    return tree.address(guide)


def get(client, address, **headers):
    return client.get(address, headers=headers)


class TestKept:
    def test_the_same_bytes_and_headers_without_a_question(self, client, address):
        for path_ in [address, *LISTS]:
            first = client.get(path_)
            with CaptureQueriesContext(connection) as queries:
                second = client.get(path_)
            assert not second.templates
            assert second.content == first.content
            headers, former = dict(second.headers), dict(first.headers)
            assert headers.pop("X-Request-ID") != former.pop("X-Request-ID")
            assert headers == former
            assert len(queries) == 0

    def test_it_is_for_all_processes(self, client, address, monkeypatch):
        keep(client, address)
        monkeypatch.setattr(store, "_memory", store.Memory())
        assert not is_made(client, address)

    def test_what_machines_read_is_kept_too(self, client, guide):
        for path_ in ["/robots.txt", "/sitemap.xml"]:
            first = client.get(path_)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path_).content == first.content
            assert len(queries) == 0
            assert "s-maxage" in first["Cache-Control"]

    def test_languages_hosts_and_sizes_differ(self, client, guide, address):
        tree.translated(guide, "es", tree.section(guide.owner_partner, code="es"))
        paths = [address, address.replace("/en/", "/es/", 1), f"{address}?size=large"]
        pages = {path_: text(client, path_) for path_ in paths}
        assert len(set(pages.values())) == 3
        assert is_made(client, address, HTTP_HOST="localhost")
        for path_ in paths:
            assert not is_made(client, path_)
            assert text(client, path_) == pages[path_]

    def test_head_is_answered_from_it_and_fills_nothing(self, client, address):
        assert client.head(address).status_code == 200
        assert is_made(client, address)
        answer = client.head(address)
        assert not answer.templates
        assert answer["ETag"] == client.get(address)["ETag"]
        assert answer["Content-Length"] == client.get(address)["Content-Length"]


class TestParameters:
    @pytest.mark.parametrize("query", ["utm_source=canary", "q=canary", "size=canary&x=1"])
    def test_undeclared_ones_show_the_kept_page_and_never_themselves(
        self, client, address, query, settings
    ):
        plain = text(client, address)
        if "size" not in query:
            assert not is_made(client, f"{address}?{query}")
        settings.HUB_PAGE_CACHE = False
        assert text(client, f"{address}?{query}").replace("?size=canary", "") == plain

    def test_nobody_sees_undeclared_ones(self, partner, guide):
        member = actors.editor(partner)
        for _ in range(30):
            GuidePageFactory(parent=tree.section(partner), owner_partner=partner)
        for query in ("utm=canary", "kind=guide&utm=canary"):
            assert "canary" not in text(member, f"/en/browse/?{query}")
        assert "page=2" in text(member, "/en/browse/?kind=guide")

    def test_their_order_makes_no_difference(self, client, guide):
        keep(client, "/en/browse/?kind=guide&partner=city")
        assert not is_made(client, "/en/browse/?partner=city&kind=guide&kind=guide&x=y")
        assert is_made(client, "/en/browse/?kind=guide")

    @pytest.mark.parametrize(
        "query", ["kind=nonsense", "page=999", "page=abc", "topic=" + "a" * 600, "page=01"]
    )
    def test_endless_values_fill_no_cache(self, client, guide, query):
        path_ = f"/en/browse/?{query}"
        assert is_made(client, path_)
        assert is_made(client, path_)
        assert "s-maxage" not in client.get(path_)["Cache-Control"]

    def test_a_redirect_for_an_old_address_sees_all_of_it(self, client, guide, address):
        from wagtail.contrib.redirects.models import Redirect

        tree.home()
        Redirect.objects.create(
            old_path=Redirect.normalise_path("/en/old/?id=5"), redirect_link=address
        )
        assert client.get("/en/old/?id=5").url == address


def word(request):
    return HttpResponse(request.GET.get("q", "none") + request.GET.get("format", ""))


def with_cookie(request):
    response = HttpResponse("x")
    response.set_cookie("seen", "1")
    return response


def with_token(request):
    return HttpResponse(get_token(request))


def with_session(request):
    return HttpResponse(request.session.get("x", "nothing"))


def said_private(request):
    return HttpResponse("x", headers={"Cache-Control": "private"})


def failed(request):
    return HttpResponse("x", status=500)


def stream(request):
    return StreamingHttpResponse(["a", "b"])


ODD = [with_cookie, with_token, with_session, said_private, failed]
urlpatterns = [
    path("word/", public_page("n", unstored=["q"], formats=["json"])(word)),
    path("stream/", public_page()(stream)),
    *[path(f"{view.__name__}/", public_page()(view)) for view in ODD],
    *hub_urls,
]
handler404 = "hub.views.not_found"
handler500 = "hub.views.server_error"


@pytest.fixture
def calls(settings, monkeypatch):
    """How often a page was made, under the addresses of this module."""
    settings.ROOT_URLCONF = __name__
    made = []
    make = pagecache.PageCacheMiddleware._make

    def counted(self, request, *args):
        made.append(request.get_full_path())
        return make(self, request, *args)

    monkeypatch.setattr(pagecache.PageCacheMiddleware, "_make", counted)
    return made


class TestDeclared:
    def test_search_texts_are_read_and_kept_by_nobody(self, client, calls):
        for text_ in ("one", "two", "one"):
            response = client.get("/word/", {"q": text_})
            assert response.content.decode() == text_
            assert response["Cache-Control"] == "private, no-store"
        assert client.get("/word/").content == b"none"
        assert client.get("/word/").content == b"none"
        assert calls == ["/word/"]

    def test_each_representation_is_kept_for_itself(self, client, calls):
        for _ in range(2):
            assert client.get("/word/?format=json").content == b"nonejson"
            assert client.get("/word/?format=xml").content == b"none"
            assert client.get("/word/").content == b"none"
        assert len(calls) == 2

    @pytest.mark.parametrize("view", ODD)
    def test_what_belongs_to_one_reader_is_not_kept(self, client, calls, view):
        for number in range(2):
            response = Client(raise_request_exception=False).get(f"/{view.__name__}/")
            assert "public" not in response["Cache-Control"]
            assert len(calls) == number + 1

    def test_a_stream_passes_and_may_be_kept_by_others(self, client, calls):
        for _ in range(2):
            response = client.get("/stream/")
            assert b"".join(response) == b"ab"
            assert "s-maxage=300" in response["Cache-Control"]
        assert len(calls) == 2


class TestPeople:
    def test_who_is_signed_in_neither_gets_nor_fills_it(self, client, address, partner):
        member = actors.editor(partner)
        assert is_made(member, address)
        assert is_made(client, address)
        assert is_made(member, address)
        assert member.get(address)["Cache-Control"] == "private, no-store"

    def test_credentials_and_foreign_sessions_neither(self, client, address):
        keep(client, address)
        assert is_made(client, address, HTTP_AUTHORIZATION="Bearer x")
        client.cookies["sessionid"] = "unknown"
        assert is_made(client, address)

    def test_a_restricted_part_stays_with_its_readers(self, client, partner):
        import json

        from content.ids import ensure_ids
        from partners.blocks import HubStoryBlock

        body = [
            {"type": "text", "value": "<p>For all</p>"},
            {
                "type": "restricted",
                "value": {
                    "audience": "staff",
                    "body": [{"type": "text", "value": "<p>canary</p>"}],
                },
            },
        ]
        page = GuidePageFactory(
            parent=tree.section(partner), body=json.dumps(ensure_ids(HubStoryBlock(), body))
        )
        path_ = tree.address(page)
        assert "canary" in text(actors.editor(partner), path_)
        for _ in range(2):
            assert "canary" not in text(client, path_)

    def test_nothing_private_is_kept(self, client, guide, address):
        PageViewRestriction.objects.create(page=guide, restriction_type="login")
        for _ in range(2):
            response = client.get(address)
            assert response.status_code == 302
            assert "public" not in response["Cache-Control"]

    def test_the_door_with_its_token_is_not_kept(self, client, guide, address):
        PageViewRestriction.objects.create(
            page=guide, restriction_type="password", password="open sesame"
        )
        doors = [Client().get(address) for _ in range(2)]
        assert doors[0].content != doors[1].content
        assert all("public" not in door["Cache-Control"] for door in doors)

    def test_a_draft_shows_nowhere(self, client, guide, address):
        keep(client, address)
        guide.title = "canary"
        guide.save_revision()
        GuidePageFactory(parent=guide.get_parent(), title="canary", slug="draft", published=False)
        for path_ in [address, *LISTS]:
            assert "canary" not in text(client, path_)
        assert client.get(f"{guide.get_parent().url}draft/").status_code == 404


class TestHeaders:
    def test_shared_caches_may_keep_a_page_and_browsers_ask(self, client, address):
        for _ in range(2):
            assert client.get(address)["Cache-Control"] == (
                "public, max-age=0, s-maxage=300, stale-while-revalidate=60, stale-if-error=86400"
            )

    def test_they_are_the_same_without_a_cache(self, client, address, settings):
        kept_ = client.get(address)
        settings.HUB_PAGE_CACHE = False
        made = client.get(address)
        for name in ("Cache-Control", "ETag"):
            assert made[name] == kept_[name]

    def test_no_cookie_and_nothing_to_vary_by(self, client, address):
        for path_ in [address, *LISTS]:
            response = client.get(path_)
            assert not response.cookies
            assert "Cookie" not in response.get("Vary", "")

    @pytest.mark.parametrize(
        "change", [lambda tag: tag, lambda tag: f'W/{tag}, "x"', lambda _: "*"]
    )
    def test_an_unchanged_page_is_not_sent_again(self, client, address, change):
        tag = client.get(address)["ETag"]
        assert tag.startswith('"')
        response = get(client, address, if_none_match=change(tag))
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == tag
        assert "s-maxage" in response["Cache-Control"]
        assert "Content-Security-Policy" not in response
        assert get(client, address, if_none_match='"other"').status_code == 200

    def test_it_is_not_sent_again_when_it_has_just_been_made_either(self, client, address):
        tag = client.get(address)["ETag"]
        cache.clear()
        assert get(client, address, if_none_match=tag).status_code == 304

    def test_missing_pages_and_redirects_are_not_shared(self, client, guide):
        for path_ in ["/en/none/", "/", f"/en/translations/{guide.translation_key}/", "/nothing"]:
            assert "public" not in client.get(path_)["Cache-Control"], path_

    def test_a_page_that_will_change_soon_is_kept_by_others_no_longer(self, client, address):
        with time_machine.travel("2026-05-04T23:58:20Z", tick=False):
            for _ in range(2):
                assert "s-maxage=100," in client.get(address)["Cache-Control"]


class TestTime:
    def test_a_page_is_kept_for_an_hour(self, client, address):
        with time_machine.travel("2026-05-04T12:00:00Z", tick=False) as clock:
            keep(client, address)
            clock.move_to("2026-05-04T12:59:59Z")
            assert not is_made(client, address)
            clock.move_to("2026-05-04T13:00:01Z")
            assert is_made(client, address)

    def test_and_no_longer_than_the_local_day(self, client, address, settings):
        settings.TIME_ZONE = "America/Los_Angeles"
        with time_machine.travel("2026-05-05T06:30:00Z", tick=False) as clock:
            keep(client, address)
            clock.move_to(dt.datetime(2026, 5, 5, 7, 0, 1, tzinfo=dt.UTC))
            assert is_made(client, address)


class TestSafety:
    def test_a_page_made_while_something_changes_is_not_believed(self, client, guide, address):
        """Its reader began before the change and ended after it."""

        def change(**kwargs):
            template_rendered.disconnect(change)
            store.forget([tags.page(guide.translation_key)])

        template_rendered.connect(change)
        assert is_made(client, address)
        assert is_made(client, address)
        assert not is_made(client, address)

    def test_a_change_of_something_else_meanwhile_delays_it_once(self, client, address):
        def change(**kwargs):
            template_rendered.disconnect(change)
            store.forget(["page:other"])

        template_rendered.connect(change)
        assert is_made(client, address)
        is_made(client, address)
        template_rendered.connect(change)
        is_made(client, address)
        template_rendered.disconnect(change)  # a kept page renders nothing
        assert not is_made(client, address)

    def test_a_lost_version_lets_no_old_page_hold(self, client, guide, address):
        keep(client, address)
        cache.delete(store.tag_name(tags.page(guide.translation_key)))
        store.forget(["page:other"])
        assert is_made(client, address)

    def test_a_lost_epoch_lets_no_unchecked_page_hold(self, client, guide, address):
        keep(client, address)
        cache.set(store.tag_name(tags.page(guide.translation_key)), 5)
        cache.delete(store.EPOCH)
        assert is_made(client, address)

    def test_an_emptied_cache_empties_all_processes(self, client, address):
        keep(client, address)
        cache.clear()
        assert is_made(client, address)

    def test_another_release_has_its_own_pages(self, client, address, monkeypatch):
        keep(client, address)
        monkeypatch.setattr(store, "_memory", store.Memory())
        monkeypatch.setattr(store, "fingerprint", lambda: "another")
        assert is_made(client, address)

    def test_without_a_cache_pages_are_made_and_none_is_taken_from_memory(
        self, client, guide, address, monkeypatch
    ):
        monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)
        keep(client, address)
        with monkeypatch.context() as broken:

            def fail(*args):
                raise sqlite3.OperationalError("disk I/O error")

            broken.setattr(CacheFile, "run", fail)
            for path_ in [address, *LISTS, address]:
                assert is_made(client, path_)
                assert "s-maxage" in client.get(path_)["Cache-Control"]
        keep(client, address)

    def test_memory_stays_within_its_bound(self):
        memory = store.Memory(most_bytes=10_000)
        for number in range(50):
            body = b"x" * 1000
            memory.put(str(number), store.Entry((), body, "", 0, {}, 0))
        assert memory.get("0") is None
        assert memory.get("49") is not None
        assert memory._bytes <= 10_000
        memory.put("large", store.Entry((), b"x" * 20_000, "", 0, {}, 0))
        assert memory.get("large") is None
        assert memory._bytes == 0
