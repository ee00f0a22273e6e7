"""Refuses requests with a NUL character: PostgreSQL cannot store or compare it."""

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

NUL = "\x00"
ESCAPED = "\\u0000"


class NulMiddleware:
    """Answers 400 where a query would fail. Nobody's browser sends one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or "%00" in query or NUL in query:
            return HttpResponseBadRequest()
        if any(NUL in value for value in request.COOKIES.values()):
            return HttpResponseBadRequest()
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """The fields of a form, which by now somebody is going to read."""
        for name, values in request.POST.lists() if request.method == "POST" else ():
            if NUL in name or any(NUL in value or _hides_nul(value) for value in values):
                return HttpResponseBadRequest()
        return None


def _hides_nul(value: str) -> bool:
    """Whether a field of JSON, as rich text and blocks send it, means a NUL by its escape."""
    if ESCAPED not in value:
        return False
    try:
        return NUL in _texts(json.loads(value))
    except (ValueError, RecursionError):
        return False  # text that speaks about the escape


def _texts(value: Any) -> str:
    """All texts of JSON data as they are: the notation of a container would escape them again."""
    if isinstance(value, dict):
        return "".join(f"{name}{_texts(item)}" for name, item in value.items())
    if isinstance(value, list):
        return "".join(_texts(item) for item in value)
    return str(value)
