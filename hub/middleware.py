"""Responses of the hub: content security policy, private pages, language of the address."""

from collections.abc import Callable
from http import HTTPStatus

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.utils import translation

from content.languages import bcp47
from hub.css import csp_hash, stylesheet_hash

GetResponse = Callable[[HttpRequest], HttpResponse]


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
