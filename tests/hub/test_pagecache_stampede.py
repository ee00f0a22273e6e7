"""Many readers ask for a page that has just become out of date: it is made once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from content.pagecache import store
from content.pagecache.policy import route_of
from content.pagecache.tags import touch
from hub import outages
from hub.pagecache import PageCacheMiddleware
from hub.settings import databases

pytestmark = pytest.mark.usefixtures("kept")
CLIENTS = 100
PATH = "/robots.txt"


class Site:
    """Everything behind the page cache: slow, and counting."""

    def __init__(self, seconds=0.2):
        self.seconds = seconds
        self.made = 0
        self.status = 200
        self._lock = threading.Lock()

    def __call__(self, request):
        with self._lock:
            self.made += 1
            number = self.made
        touch("page:1")
        time.sleep(self.seconds)
        return HttpResponse(f"version {number}", status=self.status)


def ask(site):
    return PageCacheMiddleware(site)(RequestFactory().get(PATH))


def rush(site, clients=CLIENTS):
    """All at the same moment."""
    start = threading.Barrier(clients)

    def one(_number):
        start.wait(timeout=30)
        return ask(site)

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(one, range(clients)))


def test_after_a_purge_one_makes_it_and_all_get_it():
    site = Site()
    ask(site)
    store.forget(["page:1"])
    answers = rush(site)
    assert site.made - 1 <= 2
    assert {answer.content for answer in answers} <= {b"version 2", b"version 3"}


def test_the_first_time_too():
    cache.set("there", 1)
    site = Site()
    answers = rush(site)
    assert site.made <= 2
    assert {answer.status_code for answer in answers} == {200}


def test_when_its_time_is_over_too():
    site = Site()
    with time_machine.travel("2026-05-04T08:00:00Z", tick=True) as clock:
        ask(site)
        clock.move_to("2026-05-04T09:30:00Z")
        rush(site)
    assert 1 <= site.made - 1 <= 2


def test_what_cannot_be_kept_keeps_nobody_waiting():
    site = Site(seconds=0.05)
    site.status = 404
    started = time.monotonic()
    answers = rush(site, 20)
    assert {answer.status_code for answer in answers} == {404}
    assert time.monotonic() - started < store.LOCK_SECONDS


def test_who_dies_while_making_it_blocks_nobody_for_long():
    site = Site(seconds=0)
    request = RequestFactory().get(PATH)
    assert store.lock(route_of(request).key(request))  # and is never heard of again
    started = time.monotonic()
    assert ask(site).content == b"version 1"
    assert time.monotonic() - started < store.LOCK_SECONDS + 0.5


def test_an_exception_sets_the_others_free():
    class Failing(Site):
        def __call__(self, request):
            super().__call__(request)
            if self.made == 1:
                raise RuntimeError("no such luck")
            return HttpResponse("fine")

    site = Failing(seconds=0.1)
    with pytest.raises(RuntimeError):
        ask(site)
    started = time.monotonic()
    assert ask(site).content == b"fine"
    assert time.monotonic() - started < 1


@pytest.mark.servers
@pytest.mark.parametrize("end", ["kill", "freeze"])
def test_on_redis_too_and_while_it_is_away_everybody_gets_a_page(redis, settings, monkeypatch, end):
    monkeypatch.setattr(outages, "PAUSE_SECONDS", 0)
    settings.CACHES = {"default": databases.redis_cache(redis.url)}
    site = Site(seconds=0.05)
    ask(site)
    store.forget(["page:1"])
    assert {answer.content for answer in rush(site, 20)} <= {b"version 2", b"version 3"}
    made = site.made
    getattr(redis, end)()
    for number in range(3):
        assert ask(site).content == f"version {made + number + 1}".encode()
