"""Refuses requests with a NUL character: PostgreSQL cannot store or compare it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

NUL = "\x00"


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
            if NUL in name or any(NUL in value for value in values):
                return HttpResponseBadRequest()
        return None
