"""Caches in front of the hub: Varnish, nginx or a CDN that takes purges by address.

Purged are a page in all languages, what stands above it and the lists of its languages; if something
changed that every page shows, all pages. Pages that merely show a changed record are not looked for:
they are five minutes old at most (``s-maxage``).
"""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import override
from wagtail.contrib.frontend_cache.backends.http import HTTPBackend
from wagtail.contrib.frontend_cache.utils import get_backends

from content.jobs.errors import DependencyDown, PermanentError
from content.models import PageFacts

KIND = "content.purge_front"
SERVER = "front cache"
TIMEOUT_SECONDS = 3
PATHS_IN_JOB = 200
EVERYWHERE = ("frame", "table:", "kind:info", "kind:notice")
LISTS = ("home", "browse", "topics", "partners", "notices")


class FrontCache(HTTPBackend):
    """Sends PURGE requests on one connection, and says so when they were not taken.

    Wagtail's own backend waits without end and writes failures to the log, where they are lost.
    """

    def purge(self, url: str) -> None:
        self.purge_batch([url])

    def purge_batch(self, urls: Iterable[str]) -> None:
        """Purge addresses.

        Raises:
            DependencyDown: the cache does not answer, or is not able to.
            PermanentError: it refuses.
        """
        kind = HTTPSConnection if self.cache_scheme == "https" else HTTPConnection
        connection = kind(self.cache_netloc, timeout=TIMEOUT_SECONDS)
        try:
            for url in urls:
                _send(connection, url)
        except (OSError, HTTPException) as error:
            raise DependencyDown(SERVER, repr(error)) from error
        finally:
            connection.close()


def _send(connection: HTTPConnection, url: str) -> None:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request("PURGE", target, headers={"Host": parts.netloc})
    answer = connection.getresponse()
    answer.read()
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise DependencyDown(SERVER, f"status {answer.status}")
    # 404 and 412 are how some say that they had nothing to purge.
    if answer.status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
    ):
        raise PermanentError(f"The front cache refuses PURGE {target}: status {answer.status}.")


def is_configured() -> bool:
    """Whether there is a cache in front of the hub that the hub can purge."""
    return bool(settings.WAGTAILFRONTENDCACHE)


def purge_paths(paths: Iterable[str]) -> None:
    """Purge paths of this site from all caches in front of it.

    Raises:
        DependencyDown, PermanentError: see ``FrontCache``.
    """
    urls = [f"{settings.HUB_BASE_URL}{iri_to_uri(path)}" for path in paths]
    for backend in get_backends().values():
        backend.purge_batch(urls)


def addresses(changed: set[str], paths: Iterable[str]) -> Iterator[list[str]]:
    """Yield the paths to purge, in parts of a size for one job."""
    everywhere = any(tag.startswith(EVERYWHERE) for tag in changed)
    found = iter(sorted(_all_paths() if everywhere else _paths_around(changed, set(paths))))
    while part := list(islice(found, PATHS_IN_JOB)):
        yield part


def _all_paths() -> set[str]:
    pages = set(PageFacts.objects.readable().values_list("url", flat=True))
    return pages | {path for code in settings.HUB_LANGUAGES for path in _lists(code)}


def _paths_around(changed: set[str], paths: set[str]) -> set[str]:
    keys = [tag.removeprefix("page:") for tag in changed if tag.startswith("page:")]
    versions = PageFacts.objects.readable().filter(page_key__in=keys)
    paths |= set(versions.values_list("url", flat=True))
    found = set(paths)
    for path in paths:
        parts = path.strip("/").split("/")
        found |= {"/" + "/".join(parts[:end]) + "/" for end in range(1, len(parts))}
    for tag in changed:
        if tag.startswith("list:"):
            found |= set(_lists(tag.removeprefix("list:")))
    for key in keys:
        found |= {_named("other_languages", code, key) for code in settings.HUB_LANGUAGES}
    return found | ({"/sitemap.xml"} if keys else set())


def _lists(code: str) -> Iterator[str]:
    if code not in settings.HUB_LANGUAGES:
        return
    for name in LISTS:
        yield _named(name, code)
    yield f"/sitemap-{code}-1.xml"


def _named(name: str, code: str, *args: Any) -> str:
    with override(code):
        return reverse(name, args=args)
