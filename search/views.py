"""The list of everything, open to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from content.pagecache.policy import public_page
from content.registry import frame_of
from search.queries import LABELS, browse_context


@public_page(*LABELS, "page", "size")
@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Filtered, paged list of pages; all state is in the address."""
    context = {
        "frame": frame_of(request),
        "title": gettext("The whole list"),
        **browse_context(request),
    }
    return render(request, "search/browse.html", context)
