"""Stands before the views of the admin: an address that names content of others is refused.

Wagtail's views ask for the right to change *kinds* of objects, and several ask nothing at all. What
an address names is looked up here, once, by the names of its parameters.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from wagtail.admin.auth import permission_denied
from wagtail.models import Page
from wagtail.permissions import policy_registry
from wagtail.snippets.models import get_snippet_models
from wagtail_localize.models import Translation, TranslationSource

from partners.isolation.viewer import viewing
from partners.permissions import can_see_draft
from partners.policies import RecordPermissionPolicy
from partners.queries import isolation
from partners.standing import standing_of

# Lists over the content of all partners. People of a partner find their own on the home page.
HUB_ADMINS_ONLY = frozenset(
    {
        "wagtail_localize:translations_report",
        "wagtail_localize:translations_report_results",
        "wagtail_localize:snippets_api_listing",
    }
)
HUB_ADMINS_NAMESPACES = frozenset({"wagtailadmin_reports"})

PAGE_PARAMETERS = ("page_id", "page_to_move_id")
PLACE_PARAMETERS = ("parent_page_id", "destination_id")
# Where ``pk`` is that of a page.
PAGE_BY_PK = frozenset({"wagtailadmin_pages:revisions_compare", "wagtailadmin_api:pages:action"})
CHOOSER_CHILD = "wagtailadmin_choose_page_child"
CHOOSER_NAMESPACE, SNIPPET_NAMESPACE = "wagtailsnippetchoosers_", "wagtailsnippets_"


class ForeignContentMiddleware:
    """Refuses addresses of the admin that name what a person may not see."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_admin()):
            return self.get_response(request)
        with viewing(request):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if not request.path_info.startswith(_admin()) or not _is_staff(request.user):
            return None
        if standing_of(request.user).sees_everything or _may_open(request, kwargs):
            return None
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            raise PermissionDenied
        return permission_denied(request)


@cache
def _admin() -> str:
    return reverse("wagtailadmin_home")


def _is_staff(user: Any) -> bool:
    """Others are sent to the door by the view."""
    return bool(user.is_authenticated and user.has_perm("wagtailadmin.access_admin"))


def _may_open(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    match = request.resolver_match
    if match is None:
        return True
    name, user = match.view_name, request.user
    if name in HUB_ADMINS_ONLY or match.namespace in HUB_ADMINS_NAMESPACES:
        return False
    if name == "wagtail_bulk_action":
        return _may_open_bulk(request, kwargs)
    if match.namespace == "wagtail_localize":
        return _may_translate(user, kwargs)
    if match.namespace.startswith((SNIPPET_NAMESPACE, CHOOSER_NAMESPACE)):
        return _may_open_record(user, match.namespace, kwargs)
    return _may_open_pages(user, name, kwargs)


def _may_open_pages(user: Any, name: str, kwargs: dict[str, Any]) -> bool:
    seen = [kwargs[key] for key in PAGE_PARAMETERS if key in kwargs]
    if name in PAGE_BY_PK:
        seen.append(kwargs["pk"])
    places = [kwargs[key] for key in PLACE_PARAMETERS if key in kwargs]
    if name == CHOOSER_CHILD:
        return all(_may_browse(user, pk) for pk in places)
    return all(_may_see(user, pk) for pk in seen) and all(_may_explore(user, pk) for pk in places)


def _may_see(user: Any, pk: Any) -> bool:
    """Whether a person may see the drafts of a page; of one that is gone the view says so."""
    page = Page.objects.filter(pk=pk).first()
    return page is None or can_see_draft(page.specific, user)


def _may_explore(user: Any, pk: Any) -> bool:
    pages = Page.objects.filter(pk=pk)
    return not pages.exists() or _explorable(user).filter(pk=pk).exists()


def _may_browse(user: Any, pk: Any) -> bool:
    pages = Page.objects.filter(pk=pk)
    standing = standing_of(user)
    open_to = isolation.choosable(standing) | Q(depth=1) | isolation.steps(standing)
    return not pages.exists() or pages.filter(open_to).exists()


def _explorable(user: Any) -> Any:
    return policy_registry.get_by_type(Page).explorable_instances(user)


@cache
def _models_by_namespace() -> dict[str, Any]:
    found = {}
    for model in get_snippet_models():
        viewset = model.snippet_viewset
        found[viewset.get_admin_url_namespace()] = model
        found[viewset.get_chooser_admin_url_namespace()] = model
    return found


def _may_open_record(user: Any, namespace: str, kwargs: dict[str, Any]) -> bool:
    model = _models_by_namespace().get(namespace)
    if model is None or "pk" not in kwargs:
        return True
    record = model.objects.filter(pk=unquote(str(kwargs["pk"]))).first()
    if record is None:
        return True
    if namespace.startswith(CHOOSER_NAMESPACE):
        return _may_choose(user, record)
    return _may_open_instance(user, record)


def _may_open_instance(user: Any, instance: Any) -> bool:
    """Whether drafts of an object may be read; what has no drafts is judged by its view."""
    if isinstance(instance, Page):
        return can_see_draft(instance.specific, user)
    policy = policy_registry.get(instance)
    return not isinstance(policy, RecordPermissionPolicy) or policy.can_open(user, instance)


def _may_choose(user: Any, record: Any) -> bool:
    return getattr(record, "live", True) or _may_open_instance(user, record)


def _may_translate(user: Any, kwargs: dict[str, Any]) -> bool:
    if "translation_id" in kwargs:
        row = Translation.objects.filter(pk=kwargs["translation_id"]).first()
        return row is None or _may_open_source(user, row.source)
    if "translation_source_id" in kwargs:
        source = TranslationSource.objects.filter(pk=kwargs["translation_source_id"]).first()
        return source is None or _may_open_source(user, source)
    if "page_id" in kwargs:
        return _may_see(user, kwargs["page_id"])
    if "model_name" in kwargs:
        return _may_open_named(user, kwargs)
    return True


def _may_open_source(user: Any, source: TranslationSource) -> bool:
    model = source.specific_content_type.model_class()
    instance = (
        model.objects.filter(translation_key=source.object_id, locale_id=source.locale_id).first()
        if model
        else None
    )
    return instance is not None and _may_open_instance(user, instance)


def _model_named(kwargs: dict[str, Any]) -> Any:
    try:
        return apps.get_model(kwargs["app_label"], kwargs["model_name"])
    except LookupError:
        return None


def _may_open_named(user: Any, kwargs: dict[str, Any]) -> bool:
    """An object of a registered kind; of other kinds nothing is shown to anybody but hub admins."""
    model = _model_named(kwargs)
    if model not in get_snippet_models():
        return model is None
    record = model.objects.filter(pk=unquote(str(kwargs["pk"]))).first()
    return record is None or _may_open_instance(user, record)


def _may_open_bulk(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Bulk actions show the titles of what they may not touch: they are given nothing else.

    "all" is written out, as Wagtail would take it for all objects there are.
    """
    model = _model_named(kwargs)
    if model is None:
        return True
    own = _own(request.user, model)
    wanted = request.GET.getlist("id")
    if "all" in wanted:
        query = request.GET.copy()
        query.setlist(
            "id", [str(pk) for pk in _listed(own, model, query).values_list("pk", flat=True)]
        )
        request.GET = query  # type: ignore[assignment]
        return True
    ids = {pk for pk in wanted if pk.isdecimal()}
    return own.filter(pk__in=ids).count() == len(set(wanted))


def _own(user: Any, model: Any) -> Any:
    if issubclass(model, Page):
        seen = isolation.drafts(standing_of(user))
        return Page.objects.filter(seen)
    policy = policy_registry.get_by_type(model)
    return policy.instances_user_has_any_permission_for(user, {"add", "change", "delete"})


def _listed(own: Any, model: Any, query: Any) -> Any:
    """What a listing shows of one's own objects: children of a page, files of a collection."""
    parent = query.get("childOf", "")
    if not parent.isdecimal():
        return own
    if not issubclass(model, Page):
        return own.filter(collection_id=int(parent))
    place = Page.objects.filter(pk=int(parent)).first()
    if place is None:
        return own.none()
    return own.descendant_of(place) if query.get("q") else own.child_of(place)
