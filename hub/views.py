"""Public views of the hub that are no pages of the tree, and the way from an address to a page."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, override
from django.views.decorators.http import require_safe
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.views import serve as wagtail_serve

from content.languages import bcp47, language_info
from content.models import PageFacts
from content.pagecache import tags
from content.pagecache.policy import public_page
from hub import queries
from hub.error_pages import NO_DATABASE, error_page, is_database_away
from hub.frame import absolute, rows_around, view_frame
from partners.queries import card, reader_language

SITEMAP_SIZE = 5000
# A database that restarts is back in seconds.
RETRY_SECONDS = "5"
# Renditions are public; originals and documents go through Wagtail's views, which ask who reads.
PUBLIC_MEDIA = "images"


@require_safe
def to_default_language(request: HttpRequest) -> HttpResponse:
    """The bare address leads to the default language; nothing is guessed about the reader."""
    with override(settings.LANGUAGE_CODE):
        return redirect("home")


@public_page("size")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return page(request, "")


@public_page("page", "size")
@require_safe
def page(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a published page by its address in two queries, the frame's rows among them.

    Wagtail's own way asks the database once for each part of the path. What is not in ``PageFacts``
    (drafts, redirects, restricted pages) takes that way.
    """
    url = f"/{request.LANGUAGE_CODE}/{path}/" if path else f"/{request.LANGUAGE_CODE}/"
    rows = rows_around(url, request.LANGUAGE_CODE)
    row = next((row for row in rows if row.url == url), None)
    if row is None:
        elsewhere = queries.same_path_elsewhere(url, path)
        # A redirect comes first; its middleware waits for the 404.
        if elsewhere is not None and not get_redirect(request, request.path.rstrip("/")):
            return redirect("other_languages", elsewhere.page_key)
        tags.do_not_keep()  # nothing tells when a page without facts changes
        return wagtail_serve(request, f"{path}/" if path else "")
    content_type = ContentType.objects.get_for_id(row.content_type_id)
    model = apps.get_model(content_type.app_label, content_type.model)
    found = model.objects.live().select_related("locale").filter(pk=row.page_id).first()
    if found is None:
        raise Http404
    found.facts_row, found.frame_rows = row, rows
    return found.serve(request)


@public_page("size")
@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    context = {
        "frame": view_frame(request, "topic"),
        "title": gettext("Topics"),
        "topics": queries.topic_links(reader_language()),
    }
    return render(request, "hub/topics.html", context)


@public_page("size")
@require_safe
def partners(request: HttpRequest) -> HttpResponse:
    context = {
        "frame": view_frame(request, "partner"),
        "title": gettext("Partners"),
        "groups": queries.partner_groups(reader_language()),
    }
    return render(request, "hub/partners.html", context)


@public_page("page", "size")
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    context = {
        "frame": view_frame(request, "notice"),
        "title": gettext("Notices"),
        **queries.running_notices(request),
    }
    return render(request, "hub/notices.html", context)


@public_page("size")
@require_safe
def other_languages(request: HttpRequest, page_key: Any) -> HttpResponse:
    """Say, in the reader's language, in which languages a page exists."""
    rows = {row.locale_code: row for row in queries.versions(page_key)}
    if not rows:
        raise Http404
    if own := rows.get(reader_language()):
        return redirect(own.url)
    available = [
        {
            "code": code,
            "url": rows[code].url,
            "title": rows[code].title,
            "endonym": language_info(code)["name_local"],
        }
        for code in settings.HUB_LANGUAGES
        if code in rows
    ]
    frame = view_frame(request)
    for language in frame.languages:
        if row := rows.get(language["code"]):
            language["url"] = row.url
        language["exists"] = language["code"] in rows or language["current"]
    frame.alternates = []
    context = {
        "frame": frame,
        "title": gettext("This page is not in your language yet"),
        "available": available,
    }
    return render(request, "hub/fallback.html", context)


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """Serve renditions of images; nothing else of the uploads has an address here."""
    folder = Path(settings.MEDIA_ROOT).resolve() / PUBLIC_MEDIA
    try:
        target = (folder.parent / path).resolve()
        if folder not in target.parents or not target.is_file():
            raise Http404
    except (OSError, ValueError) as error:  # a name too long, a NUL byte
        raise Http404 from error
    response = FileResponse(target.open("rb"))
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@public_page()
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /*/check/",
        f"Sitemap: {absolute(reverse('sitemap_index'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_page()
@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Index of sitemaps, a file for each language and 5,000 pages (sitemaps.org protocol)."""
    files = [
        absolute(reverse("sitemap", args=[language, number + 1]))
        for language, count in queries.sitemap_sizes(SITEMAP_SIZE)
        for number in range(count)
    ]
    body = "".join(f"<sitemap><loc>{escape(url)}</loc></sitemap>" for url in files)
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{body}</sitemapindex>',
        content_type="application/xml; charset=utf-8",
    )


@public_page()
@require_safe
def sitemap(request: HttpRequest, language: str, number: int) -> StreamingHttpResponse:
    """One sitemap, streamed, each page with its translations."""
    if not 1 <= number <= dict(queries.sitemap_sizes(SITEMAP_SIZE)).get(language, 0):
        raise Http404
    return StreamingHttpResponse(
        _sitemap_lines(language, number), content_type="application/xml; charset=utf-8"
    )


def _sitemap_lines(language: str, number: int) -> Iterator[str]:
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">'
    )
    start = (number - 1) * SITEMAP_SIZE
    rows = PageFacts.objects.readable().filter(locale_code=language).order_by("pk")
    for first in range(start, start + SITEMAP_SIZE, 500):
        batch = list(rows[first : min(first + 500, start + SITEMAP_SIZE)])
        if not batch:
            break
        versions: dict[Any, list[PageFacts]] = {}
        keys = [row.page_key for row in batch]
        for row in PageFacts.objects.readable().filter(page_key__in=keys).order_by("locale_code"):
            versions.setdefault(row.page_key, []).append(row)
        for row in batch:
            yield _sitemap_entry(row, versions[row.page_key])
    yield "</urlset>"


def _sitemap_entry(row: PageFacts, versions: list[PageFacts]) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{bcp47(version.locale_code)}" '
        f'href="{escape(absolute(version.url))}"/>'
        for version in versions
        if len(versions) > 1
    )
    day = f"<lastmod>{row.updated_at.date().isoformat()}</lastmod>" if row.updated_at else ""
    return f"<url><loc>{escape(absolute(row.url))}</loc>{day}{links}</url>"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404 in the language of the address; machines below /admin and /api get plain text."""
    if not any(request.path.startswith(f"/{code}/") for code in settings.HUB_LANGUAGES):
        return HttpResponse("404 Not Found\n", status=404, content_type="text/plain; charset=utf-8")
    language = reader_language()
    guides = PageFacts.objects.readable().filter(kind="guide", locale_code=language)
    frame = view_frame(request)
    frame.canonical, frame.alternates = "", []
    for other in frame.languages:  # the same address is missing in the other languages too
        other["url"] = f"/{other['code']}/"
    context = {
        "frame": frame,
        "title": gettext("We cannot find this page"),
        "browse_url": reverse("browse"),
        "featured": [card(row, language) for row in guides.order_by("pk")[:3]],
    }
    return render(request, "404.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 without a database, from pages made beforehand: no query, no template.

    Called while the exception is handled, maybe before any middleware has named the language.
    """
    language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    if not is_database_away(sys.exception()):
        return HttpResponse(error_page(language), status=500)
    response = HttpResponse(error_page(language, NO_DATABASE), status=503)
    response.headers["Retry-After"] = RETRY_SECONDS
    response.headers["Cache-Control"] = "no-store"
    return response
