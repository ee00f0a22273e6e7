"""Where apps that may not import each other meet.

The app that knows registers in its ``AppConfig.ready()``; the app that asks calls the function here.
Registering the same name twice raises, so that no app silently replaces another's answer.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

AudienceResolver = Callable[[Any, Any], Iterable[str]]
ContextProvider = Callable[[Any, Any], dict[str, Any]]

_audience_resolvers: dict[str, AudienceResolver] = {}
_context_providers: dict[str, ContextProvider] = {}
_importers: dict[str, Any] = {}


def _register(table: dict[str, Any], name: str, value: Any, what: str) -> None:
    if name in table and table[name] is not value:
        raise ImproperlyConfigured(f"{what} “{name}” is registered twice.")
    table[name] = value


def register_audiences(name: str, resolver: AudienceResolver) -> None:
    """Register ``resolver(user, page)`` -> audiences of restricted blocks the user belongs to."""
    _register(_audience_resolvers, name, resolver, "Audience resolver")


def audiences_of(user: Any, page: Any) -> frozenset[str]:
    """Audiences of restricted blocks that a signed-in user belongs to on this page."""
    return frozenset(
        audience for resolve in _audience_resolvers.values() for audience in resolve(user, page)
    )


def register_page_context(name: str, provider: ContextProvider) -> None:
    """Register ``provider(page, request)`` -> template context that every page gets."""
    _register(_context_providers, name, provider, "Page context")


def page_context(page: Any, request: Any) -> dict[str, Any]:
    """Merge what the registered providers say about a page that is being rendered."""
    context: dict[str, Any] = {}
    for provide in _context_providers.values():
        context.update(provide(page, request))
    return context


def register_importer(kind: str, importer: Any) -> None:
    """Register the importer of one kind of the interchange format (toolkit, lesson, guide ...)."""
    _register(_importers, kind, importer, "Importer")


def importers() -> dict[str, Any]:
    """Importers by kind."""
    return dict(_importers)


_frames: dict[str, Callable[[Any], Any]] = {}


def register_frame(build: Callable[[Any], Any]) -> None:
    """Register ``build(request)`` -> what stands around a view that is no page of the tree."""
    _register(_frames, "frame", build, "Frame")


def frame_of(request: Any) -> Any:
    """The frame of a view that is no page of the tree: navigation, languages, footer."""
    return _frames["frame"](request)
