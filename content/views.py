"""The self-check of a page: eligibility questions of a guide, questions of a unit."""

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from wagtail.models import Page

from content.limits import limited
from content.models import PageFacts
from content.story import find_block, readable_audiences, story_fields


@csrf_exempt  # pages come from shared caches and carry no token; nothing is changed or kept
@never_cache
@limited("check_block", 60, 60)
@require_http_methods(["GET", "HEAD", "POST"])
def check_block(request: HttpRequest, page_id: int, block_id: uuid.UUID) -> HttpResponse:
    """Answer a reader's form on the page itself. Open to everybody who may read the page."""
    facts = (
        PageFacts.objects.readable()
        .in_language(request.LANGUAGE_CODE)
        .filter(page_id=page_id)
        .first()
    )
    if facts is None:
        raise Http404
    if request.method != "POST":
        return redirect(f"{facts.url}#b-{block_id}")
    if not is_same_origin(request):
        return HttpResponseForbidden()
    page = Page.objects.get(pk=page_id).specific
    page.facts_row = facts
    block = _checkable_block(page, str(block_id), request.user)
    result = block.block.evaluate_answers(block.value, block.id, request.POST)
    request.block_results = {block.id: result}
    response = page.serve(request)
    response.headers["Cache-Control"] = "no-store"
    return response


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the form stands on this site: by Fetch Metadata, else by Origin; old browsers pass."""
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return not origin or urlsplit(origin).netloc == request.get_host()


def _checkable_block(page: Any, block_id: str, user: Any) -> Any:
    audiences = readable_audiences(user, page)
    for name in story_fields(page):
        block = find_block(getattr(page, name), block_id, audiences)
        if block is not None and hasattr(block.block, "evaluate_answers"):
            return block
    raise Http404
