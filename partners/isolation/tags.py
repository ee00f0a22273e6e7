"""Suggestions for keywords and tags: a word that only others' unpublished content uses stays theirs."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from taggit.models import Tag
from wagtail.admin.views import tags
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from content.models import BasePageTag
from content.models.base import Keyword
from partners.queries import isolation
from partners.standing import standing_of


def autocomplete(
    request: HttpRequest, app_name: str | None = None, model_name: str | None = None
) -> JsonResponse:
    """Words that begin as the person types, of content that the person may see."""
    standing = standing_of(request.user)
    if standing.sees_everything:
        return tags.autocomplete(request, app_name, model_name)
    term = request.GET.get("term", "").strip()
    if not term:
        return JsonResponse([], safe=False)
    model = Keyword if model_name == Keyword._meta.model_name else Tag
    known = _keywords(standing) if model is Keyword else _tags(request.user)
    names = model.objects.filter(pk__in=known, name__istartswith=term).order_by("name")
    limit = tags.TAGS_AUTOCOMPLETE_LIMIT
    return JsonResponse(list(names.values_list("name", flat=True)[:limit]), safe=False)


def _keywords(standing: Any) -> Any:
    pages = Page.objects.order_by().filter(isolation.choosable(standing))
    return BasePageTag.objects.filter(content_object__in=pages.values("pk")).values("tag")


def _tags(user: Any) -> set[int]:
    """Tags of the images and documents that a person may choose."""
    found: set[int] = set()
    for model in (get_image_model(), get_document_model()):
        policy = policy_registry.get_by_type(model)
        files = policy.instances_user_has_any_permission_for(user, ["choose", "change"])
        found.update(files.filter(tags__isnull=False).values_list("tags", flat=True))
    return found
