"""Responses of the hub: request id, content security policy, private pages, language of the address."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from http import HTTPMethod, HTTPStatus
from typing import Any

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DEFAULT_DB_ALIAS, transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.utils import translation
from django.utils.datastructures import MultiValueDictKeyError

from content.languages import bcp47
from hub import logs
from hub.css import csp_hash, stylesheet_hash

GetResponse = Callable[[HttpRequest], HttpResponse]

METHODS = {method.value for method in HTTPMethod}
logger = structlog.get_logger("hub.request")


class RequestIdMiddleware:
    """Gives each request an id that its log lines and the jobs that it causes carry on.

    The line tells the name of the route and not the address: addresses hold search texts, and some
    hold secrets. A proxy that is trusted may choose the id, so that its own log has the same.
    """

    well_formed = re.compile(r"[A-Za-z0-9._-]{8,64}")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request_id = self._id_of(request)
        token = logs.current_request.set(request)
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                response = self.get_response(request)
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                _write_line(request, response.status_code, milliseconds)
        finally:
            logs.current_request.reset(token)
        response.headers["X-Request-ID"] = request_id
        return response

    def _id_of(self, request: HttpRequest) -> str:
        given = request.headers.get("X-Request-ID", "") if settings.HUB_PROXIES else ""
        return given if self.well_formed.fullmatch(given) else uuid.uuid4().hex


def _write_line(request: HttpRequest, status: int, milliseconds: float) -> None:
    # For a kept page the line would cost as much as the page; the proxy's log has one.
    is_quiet = request.path_info.startswith(settings.STATIC_URL) or getattr(
        request, "is_answered_from_cache", False
    )
    match = request.resolver_match
    logger.log(
        logging.DEBUG if is_quiet else logging.INFO,
        "request",
        method=request.method if request.method in METHODS else "other",
        route=match.view_name or match.route if match else "",
        status=status,
        ms=milliseconds,
    )


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Allows the inlined stylesheet, and a partner's theme, by their hashes.

    Hashes and not nonces: a page from a cache cannot carry a fresh nonce. Wagtail's admin starts its
    choosers, date pickers and inline panels by inline scripts and writes style attributes, so there
    both are allowed; nobody but signed-in staff gets those pages.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        update = dict(parts.update or {})
        if request.path.startswith("/admin/"):
            update["style-src"] = ["'unsafe-inline'"]
            update["script-src"] = ["'unsafe-inline'"]
            update["img-src"] = ["blob:"]
        else:
            update["style-src"] = [stylesheet_hash(), *_theme_hashes(response)]
        parts.update = update
        return parts


def _theme_hashes(response: HttpResponseBase) -> list[str]:
    """Hash of the partner's theme that the page carries, if any."""
    frame = (getattr(response, "context_data", None) or {}).get("frame")
    theme = getattr(frame, "theme_style", "")
    return [csp_hash(theme)] if theme else []


class DocumentHeadersMiddleware:
    """Uploaded files may hold anything: they are downloaded and can run nothing on this site."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/documents/") and response.status_code == HTTPStatus.OK:
            response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


class UrlLocaleMiddleware:
    """The address decides the language; browser settings and cookies only make suggestions.

    Below ``/admin/`` Wagtail itself follows the person's profile.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if path := _spelled_as_ours(request):
            return HttpResponsePermanentRedirect(path)
        code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", bcp47(code))
        return response


def _spelled_as_ours(request: HttpRequest) -> str:
    """The address in our spelling if it names one of our languages as ``zh-Hans`` or ``EN``."""
    given, ours = request.path_info.split("/")[1], ""
    if given != given.lower() and given.lower() in settings.HUB_LANGUAGES:
        ours = request.get_full_path().replace(f"/{given}", f"/{given.lower()}", 1)
    return ours


class PrivateResponsesMiddleware:
    """What somebody with a session gets is for nobody else: no cache may keep it.

    A session is opened by signing in and by the password of a restricted page; readers have none.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class AtomicWritesMiddleware:
    """What a POST changes, it changes as one: either all of it and its jobs, or nothing.

    Wagtail signals, logs and enqueues partly after its own transactions (creating, unpublishing,
    moving), so a process that dies between would leave a page without its facts. Only writes: under
    SQLite each transaction shuts out other writers. The last middleware, so that refused requests do
    not come this far.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        if request.method in {"GET", "HEAD", "OPTIONS"} or DEFAULT_DB_ALIAS in getattr(
            view, "_non_atomic_requests", ()
        ):
            return None
        try:
            with transaction.atomic():
                response = view(request, *args, **kwargs)
                # A refusal in the admin arrives here as a redirect (``hub.refusals``).
                if getattr(request, "was_refused", False):
                    transaction.set_rollback(True)
                return response
        except MultiValueDictKeyError as error:
            # Wagtail's forms take for granted that all of their fields arrive.
            raise BadRequest from error
