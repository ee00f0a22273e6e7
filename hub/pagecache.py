"""Answers anonymous readers from the page cache and tells other caches what they may keep."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as clock_time
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone

from content.pagecache import store
from content.pagecache.policy import route_of
from content.pagecache.tags import FRAME, Noted, noting

# Texts may depend on things that have no tag: nothing is kept for longer.
LONGEST_SECONDS = 60 * 60
LARGEST_BODY = 1_000_000
# Shared caches: five minutes, then a minute of the old page while they fetch the new one, and a day of
# it while the hub does not answer. Browsers ask each time; an unchanged page costs them no body.
SHARED_SECONDS = 300
STALE = "stale-while-revalidate=60, stale-if-error=86400"
KEPT = f"public, max-age=0, s-maxage={SHARED_SECONDS}, {STALE}"
NOT_SHARED = "private, no-cache"
NOT_KEPT = "private, no-store"
# Of a page that was not changed, a browser needs to hear no more (RFC 9110, 15.4.5).
OF_UNCHANGED = ("Content-Location", "Expires", "Vary")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class PageCacheMiddleware:
    """Stands before everything that makes a page: what it keeps carries its final headers.

    Only readers without a session and without credentials are answered from the cache, and only by
    views that are declared public (``content.pagecache.policy``).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        route = route_of(request) if request.method in {"GET", "HEAD"} else None
        if route is None or not _is_anonymous(request):
            return _not_shared(self.get_response(request))
        key = route.key(request)
        if key is None:
            response = self.get_response(request)
            response.headers["Cache-Control"] = NOT_KEPT
            return response
        request.resolver_match = route.match  # for the log
        if not settings.HUB_PAGE_CACHE:
            return self._make(request, key, store.Found())
        found = store.find(key)
        if found.entry is not None:
            request.is_answered_from_cache = True  # type: ignore[attr-defined]
            return _answer(request, found.entry)
        if found.epoch is None or request.method == "HEAD":
            return self._make(request, key, store.Found())
        return self._make_once(request, key, found)

    def _make_once(self, request: HttpRequest, key: str, found: store.Found) -> HttpResponseBase:
        """Of all who ask for a page that is not there one makes it."""
        if store.lock(key):
            try:
                return self._make(request, key, found)
            finally:
                store.unlock(key)
        found = store.wait_for(key)
        if found.entry is not None:
            return _answer(request, found.entry)
        return self._make(request, key, found)

    def _make(self, request: HttpRequest, key: str, found: store.Found) -> HttpResponseBase:
        with noting() as noted:
            response = self.get_response(request)
        if not _is_public(request, response, noted):
            return _not_shared(response)
        if not isinstance(response, HttpResponse):  # a stream
            response.headers["Cache-Control"] = KEPT
            return response
        body, ends = response.content, _ends(noted)
        headers = tuple(response.items())
        entry = None
        if len(body) <= LARGEST_BODY:
            entry = store.keep(key, found, headers, body, noted.tags | {FRAME}, ends)
        entry = entry or store.Entry(headers, body, store.etag_of(body), ends, {}, 0)
        if _is_known(request, entry.etag):
            return _answer(request, entry)
        response.headers["ETag"] = entry.etag
        response.headers["Cache-Control"] = _cache_control(ends)
        return response


def _is_anonymous(request: HttpRequest) -> bool:
    return (
        settings.SESSION_COOKIE_NAME not in request.COOKIES
        and "HTTP_AUTHORIZATION" not in request.META
    )


def _is_public(request: HttpRequest, response: HttpResponseBase, noted: Noted) -> bool:
    """Whether everybody may get this response: it says nothing else, and holds nobody's token."""
    said = response.headers.get("Cache-Control", "")
    varies = response.headers.get("Vary", "").lower()
    return (
        noted.may_be_kept
        and response.status_code == HTTPStatus.OK
        and not response.cookies
        and "CSRF_COOKIE_NEEDS_UPDATE" not in request.META
        and not any(word in said for word in ("private", "no-store", "no-cache"))
        and not any(word in varies for word in ("cookie", "authorization", "*"))
    )


def _not_shared(response: HttpResponseBase) -> HttpResponseBase:
    """What says nothing about caches is kept by none that several people share."""
    response.headers.setdefault("Cache-Control", NOT_SHARED)
    return response


def _ends(noted: Noted) -> float:
    """When the page will be another one: opening hours and fees are of the local day."""
    today = timezone.localdate()
    midnight = datetime.combine(
        today + timedelta(days=1), clock_time(), tzinfo=timezone.get_default_timezone()
    )
    return min(noted.until, midnight.timestamp(), time.time() + LONGEST_SECONDS)


def _answer(request: HttpRequest, entry: store.Entry) -> HttpResponse:
    if _is_known(request, entry.etag):
        response: HttpResponse = HttpResponseNotModified()
        for name, value in entry.headers:
            if name in OF_UNCHANGED:
                response.headers[name] = value
    else:
        response = HttpResponse(entry.body)
        for name, value in entry.headers:
            response.headers[name] = value
    response.headers["ETag"] = entry.etag
    response.headers["Cache-Control"] = _cache_control(entry.ends)
    return response


def _is_known(request: HttpRequest, etag: str) -> bool:
    """Whether the browser has these bytes; a proxy that compresses has made the tag a weak one."""
    asked = request.META.get("HTTP_IF_NONE_MATCH")
    if not asked:
        return False
    return asked.strip() == "*" or etag in {
        tag.strip().removeprefix("W/") for tag in asked.split(",")
    }


def _cache_control(ends: float) -> str:
    left = int(ends - time.time())
    if left >= SHARED_SECONDS:
        return KEPT
    return f"public, max-age=0, s-maxage={max(left, 1)}, {STALE}"
