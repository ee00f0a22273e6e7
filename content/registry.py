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


FactsSource = Callable[[Any], dict[str, Any]]
_facts_sources: dict[str, FactsSource] = {}


def register_facts(name: str, source: FactsSource) -> None:
    """Register ``source(page)`` -> columns of ``PageFacts`` that another app is the one to write."""
    _register(_facts_sources, name, source, "Source of facts")


def columns_of_facts(page: Any) -> dict[str, Any]:
    """Columns of ``PageFacts`` that the registered sources give."""
    return {
        name: value for source in _facts_sources.values() for name, value in source(page).items()
    }


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


# What content asks of the workflow, and the workflow of apps that stand above or beside it.

ContributorSource = Callable[[Any, Any], Iterable[int]]
Gate = Callable[[Any, Any], Iterable[str]]
PublicationHandler = Callable[[Any, Any, Any], None]
SituationTest = Callable[[Any], bool]

_single: dict[str, Callable[..., Any]] = {}
_contributor_sources: dict[str, ContributorSource] = {}
_gates: dict[str, Gate] = {}
_publication_handlers: dict[str, PublicationHandler] = {}
_situations: dict[str, SituationTest] = {}


def register_answer(question: str, answer: Callable[..., Any]) -> None:
    """Register the one function that answers a question of the floor.

    ``page_permissions``: ``(page, user) -> PagePermissionTester`` ·
    ``workflow_of``: ``(object) -> Workflow | None`` ·
    ``revision_saved``: ``(object, revision before | None, revision) -> None`` ·
    ``submit``: ``(object, user, situation) -> WorkflowState`` ·
    ``notify``: ``(kind, recipients, object, **data) -> None`` ·
    ``organisation_of``: ``(user) -> str`` ·
    ``admin_title``: ``(page) -> str``
    """
    _register(_single, question, answer, "Answer to")


def answer(question: str, *args: Any, **kwargs: Any) -> Any:
    """Ask what another app has registered."""
    return _single[question](*args, **kwargs)


def register_contributors(name: str, source: ContributorSource) -> None:
    """Register ``source(object, since)`` -> ids of people who wrote in it since a moment."""
    _register(_contributor_sources, name, source, "Source of contributors")


def contributors_elsewhere(obj: Any, since: Any) -> set[int]:
    """Ids of people whom registered sources name as contributors."""
    return {pk for source in _contributor_sources.values() for pk in source(obj, since)}


def register_gate(name: str, gate: Gate) -> None:
    """Register ``gate(object, revision)`` -> reasons why it cannot be approved now."""
    _register(_gates, name, gate, "Gate")


def shut_gates(obj: Any, revision: Any) -> list[str]:
    """Reasons why an object cannot be approved, of all registered gates."""
    return [str(reason) for gate in _gates.values() for reason in gate(obj, revision)]


def register_publication_handler(name: str, handler: PublicationHandler) -> None:
    """Register ``handler(object, revision, event)``, run in the transaction of a publication.

    A record that a recorded act makes public in one go has no revision: it is None then.
    """
    _register(_publication_handlers, name, handler, "Handler of publications")


def published(obj: Any, revision: Any, event: Any) -> None:
    """Tell the registered handlers, within the transaction, that content has gone live."""
    for handler in _publication_handlers.values():
        handler(obj, revision, event)


def register_situation(name: str, test: SituationTest) -> None:
    """Register ``test(object)`` -> whether its draft is in the situation of a workflow rule."""
    _register(_situations, name, test, "Situation")


def situations_of(obj: Any) -> list[str]:
    """Names of the registered situations that an object is in."""
    return [name for name, test in _situations.items() if test(obj)]
