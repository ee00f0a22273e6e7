"""Which views show the same page to every anonymous reader, and by what one page differs from another."""

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import get_language_from_path, override

LONGEST_PATH, LONGEST_QUERY = 500, 500
KNOWN_PATHS = 4096
FORMAT = "format"
HTML = "html"

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Policy:
    """Parameters of a view in their fixed order, those that are never stored, its representations."""

    params: tuple[str, ...] = ()
    unstored: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()

    def declared(self, given: QueryDict) -> QueryDict:
        """The declared parameters that were given, in their order; repeated values once."""
        query = QueryDict(mutable=True)
        for name in (*self.params, *self.unstored):
            if name in given:
                query.setlist(name, list(dict.fromkeys(given.getlist(name))))
        wanted = given.get(FORMAT)
        if wanted in self.formats:
            query.setlist(FORMAT, [wanted])
        return query


def public_page(
    *params: str, unstored: Iterable[str] = (), formats: Iterable[str] = ()
) -> Callable[[View], View]:
    """Declare that a view shows every anonymous reader the same, but for these query parameters.

    What is not declared does not reach the view, whoever asks: an address with ``?utm_source=x`` shows
    the same page from the same entry of the cache.

    Args:
        params: that the view reads.
        unstored: that the view reads too, such as a search text; a page that depends on them is kept
            by nobody.
        formats: other representations than HTML, asked for by ``?format=``.
    """
    policy = Policy(tuple(params), tuple(unstored), tuple(formats))

    def declare(view: View) -> View:
        @functools.wraps(view)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with _only_declared(request, policy):
                response = view(request, *args, **kwargs)
                if hasattr(response, "render"):
                    response.render()  # templates read the request too
            return response

        shown.public_page = policy  # type: ignore[attr-defined]
        return cast("View", shown)

    return declare


@contextmanager
def _only_declared(request: HttpRequest, policy: Policy) -> Iterator[None]:
    """Show the view its own parameters. Redirects of missing pages see the address as it was."""
    given, text = request.GET, request.META.get("QUERY_STRING", "")
    if not text:
        yield
        return
    query = policy.declared(given)
    request.GET, request.META["QUERY_STRING"] = query, query.urlencode()  # type: ignore[assignment]
    try:
        yield
    finally:
        request.GET, request.META["QUERY_STRING"] = given, text


@dataclass(frozen=True)
class Route:
    """Where a path leads, for a view that is declared public."""

    policy: Policy
    language: str
    match: ResolverMatch

    def key(self, request: HttpRequest) -> str | None:
        """The name of the page among the kept ones; None for a page that nobody keeps.

        Raises:
            DisallowedHost: the host is none of ours.
        """
        text, kept_as = "", HTML
        if request.META.get("QUERY_STRING"):
            query = self.policy.declared(request.GET)
            if any(name in query for name in self.policy.unstored):
                return None
            kept_as = query.pop(FORMAT, [HTML])[0] if self.policy.formats else HTML
            text = query.urlencode()
            if len(text) > LONGEST_QUERY:
                return None
        host = request.get_host().lower()
        # The path comes last: it is the only part that may hold spaces.
        return f"{request.scheme}://{host} {self.language} {kept_as} {text} {request.path}"


def route_of(request: HttpRequest) -> Route | None:
    """Return where a path leads if its view is declared public."""
    path = request.path_info
    return None if len(path) > LONGEST_PATH else _route(path, settings.ROOT_URLCONF)


@functools.lru_cache(maxsize=KNOWN_PATHS)
def _route(path: str, urlconf: str) -> Route | None:
    """The way through all patterns is long, so each process remembers some."""
    language = get_language_from_path(path) or settings.LANGUAGE_CODE
    with override(language):
        try:
            match = resolve(path, urlconf)
        except Resolver404:
            return None
    policy = getattr(match.func, "public_page", None)
    return None if policy is None else Route(policy, language, match)
