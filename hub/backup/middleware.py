"""Nobody reads or writes a hub of which half is missing."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from hub.error_pages import error_page

from .state import unfinished_restore

RETRY_SECONDS = 60
HEALTH = "/-/"
PAGE = "restoring.html"


class UnfinishedRestoreMiddleware:
    """Answers 503 while a restore runs and after one that did not come to its end.

    The health endpoints speak for themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(HEALTH) or not unfinished_restore():
            return self.get_response(request)
        code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        response = HttpResponse(error_page(code, PAGE), status=HTTPStatus.SERVICE_UNAVAILABLE)
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        response.headers["Cache-Control"] = "no-store"
        return response
