"""What stands around every page: navigation, languages, notices, footer, metadata.

One query for a page: its ancestors, its translations, the footer's pages and the notices come from
``PageFacts`` together.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_noop, override

from content.languages import bcp47, language_info
from content.models import PageFacts
from content.pagecache import tags
from content.queries import rich_text
from hub.css import stylesheet
from partners.queries import contributors, directory, partner_card, reader_language
from search.queries import LABELS as FILTER_LABELS

NAV = (
    (gettext_noop("Get help"), "guide", ("guide", "journey")),
    (gettext_noop("Toolkits"), "toolkit", ("toolkit", "part")),
    (gettext_noop("Lessons"), "lesson", ("lesson",)),
    (gettext_noop("Training"), "course", ("course", "unit", "session")),
)
PARTNERS = gettext_noop("Partners")
INFO_ORDER = ("about", "accessibility", "privacy", "contact")


@dataclass
class Frame:
    """Values for ``base.html``; plain data, so that templates ask nothing."""

    lang: str
    path: str
    kind: str = ""
    large: bool = False
    size_url: str = ""
    crumbs: list[dict[str, str]] = field(default_factory=list)
    languages: list[dict[str, Any]] = field(default_factory=list)
    alternates: list[dict[str, str]] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    urgent_since: date | None = None
    footer: list[dict[str, str]] = field(default_factory=list)
    contact_url: str = ""
    canonical: str = ""
    og: dict[str, str] = field(default_factory=dict)
    owner: dict[str, Any] | None = None
    contributors: list[dict[str, Any]] = field(default_factory=list)
    theme_style: str = ""

    @property
    def hub_name(self) -> str:
        return settings.HUB_NAME

    @property
    def dir(self) -> str:
        return "rtl" if language_info(self.lang)["bidi"] else "ltr"

    @property
    def style(self) -> SafeString:
        return mark_safe(stylesheet())  # noqa: S308  our own file

    @property
    def home_url(self) -> str:
        with override(self.lang):
            return reverse("home")

    @property
    def nav(self) -> list[dict[str, Any]]:
        browse = reverse("browse")
        items = [
            {"label": label, "url": f"{browse}?kind={kind}", "current": self.kind in kinds}
            for label, kind, kinds in NAV
        ]
        partners = {
            "label": PARTNERS,
            "url": reverse("partners"),
            "current": self.kind == "partner",
        }
        return [*items, partners]


def absolute(path: str) -> str:
    """The full address, percent-encoded: machines that read it want ASCII (RFC 3986)."""
    return f"{settings.HUB_BASE_URL}{iri_to_uri(path)}"


def page_frame(page: Any, request: HttpRequest) -> dict[str, Any]:
    """Context of a page: ``frame`` and the facts row of its parent."""
    facts: PageFacts | None = getattr(page, "facts_row", None)
    language = reader_language()
    url = facts.url if facts else request.path
    rows = getattr(page, "frame_rows", None)
    if rows is None:
        rows = rows_around(url, language, page.translation_key)
    frame = Frame(
        lang=language,
        path=url,
        kind=page.kind,
        large=request.GET.get("size") == "large",
        size_url=_size_url(url, request),
        crumbs=_crumbs(rows, url, language),
        languages=_languages(rows, page.translation_key, language),
        alternates=_alternates(rows, page.translation_key),
        notices=_notices(rows, page, facts, language),
        urgent_since=facts.urgent_since if facts else None,
        canonical=absolute(url),
        **_footer(rows, language),
    )
    frame.owner = partner_card(getattr(page, "owner_partner_id", None), language)
    frame.contributors = contributors(page, language)
    if frame.owner:
        frame.theme_style = mark_safe(frame.owner["theme_css"])  # noqa: S308  from two hex colours
    frame.og = _open_graph(page, frame)
    parent = next((row for row in rows if facts and row.page_id == facts.parent_id), None)
    return {"frame": frame, "parent_row": parent}


def view_frame(request: HttpRequest, kind: str = "") -> Frame:
    """Frame of a page that is no page of the tree: lists, 404."""
    language = reader_language()
    rows = rows_around(f"/{language}/", language)
    path = request.path
    frame = Frame(
        lang=language,
        path=path,
        kind=kind,
        large=request.GET.get("size") == "large",
        size_url=_size_url(path, request),
        crumbs=_crumbs(rows, path, language),
        languages=[
            {**_language(code, language), "url": _other_path(path, language, code), "exists": True}
            for code in settings.HUB_LANGUAGES
        ],
        notices=_notices(rows, None, None, language),
        canonical=absolute(path),
        **_footer(rows, language),
    )
    frame.alternates = [
        {"hreflang": bcp47(row["code"]), "href": absolute(row["url"])} for row in frame.languages
    ]
    return frame


def _size_url(path: str, request: HttpRequest) -> str:
    """The page in the other size of print; filters and page of a list stay as they are."""
    query = {
        name: request.GET.getlist(name) for name in (*FILTER_LABELS, "page") if name in request.GET
    }
    if request.GET.get("size") != "large":
        query["size"] = ["large"]
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def rows_around(url: str, language: str, page_key: Any = None) -> list[PageFacts]:
    """Return, by one query, the page at ``url`` and all that its frame names.

    With ``page_key`` these are the translations of that page, whatever stands at ``url``.
    """
    wanted = Q(url__in=_ancestor_urls(url)) | Q(
        kind="info", locale_code__in={language, settings.LANGUAGE_CODE}
    )
    wanted |= Q(kind="notice", data__ends__gt=timezone.now().isoformat())
    wanted |= Q(page_key=page_key) if page_key else Q(page_key__in=_keys_at(url))
    rows = list(PageFacts.objects.readable().filter(wanted))
    missing = {url, *_ancestor_urls(url)} - {row.url for row in rows}
    tags.touch(tags.kind("info"), tags.kind("notice"), *map(tags.address, missing))
    return rows


def _keys_at(url: str) -> Any:
    return PageFacts.objects.readable().filter(url=url).values("page_key")


def _ancestor_urls(url: str) -> list[str]:
    parts = url.strip("/").split("/")
    return ["/" + "/".join(parts[:end]) + "/" for end in range(1, len(parts))]


def _crumbs(rows: list[PageFacts], url: str, language: str) -> list[dict[str, str]]:
    above = [row for row in rows if url.startswith(row.url) and row.url != url]
    return [
        {
            "title": row.title,
            "url": row.url,
            "lang": row.data.get("title_lang", ""),
        }
        for row in sorted(above, key=lambda row: len(row.url))
    ]


def _language(code: str, current: str) -> dict[str, Any]:
    return {
        "code": code,
        "endonym": language_info(code)["name_local"],
        "current": code == current,
    }


def _languages(rows: list[PageFacts], page_key: Any, current: str) -> list[dict[str, Any]]:
    urls = {row.locale_code: row.url for row in rows if row.page_key == page_key}
    switcher = []
    for code in settings.HUB_LANGUAGES:
        with override(code):
            offer = reverse("other_languages", args=[page_key])
        switcher.append(
            {
                **_language(code, current),
                "url": urls.get(code, offer),
                "exists": code in urls or code == current,
            }
        )
    return switcher


def _alternates(rows: list[PageFacts], page_key: Any) -> list[dict[str, str]]:
    urls = {row.locale_code: row.url for row in rows if row.page_key == page_key}
    if len(urls) < 2:
        return []
    links = [
        {"hreflang": bcp47(code), "href": absolute(urls[code])}
        for code in settings.HUB_LANGUAGES
        if code in urls
    ]
    default = urls.get(settings.LANGUAGE_CODE)
    return [*links, {"hreflang": "x-default", "href": absolute(default)}] if default else links


def _notices(
    rows: list[PageFacts], page: Any, facts: PageFacts | None, language: str
) -> list[dict[str, Any]]:
    now = timezone.now()
    by_key: dict[Any, list[PageFacts]] = {}
    for row in rows:
        if row.kind != "notice":
            continue
        _note_moments(row, now)
        if _is_running(row, now) and _concerns(row, page, facts):
            by_key.setdefault(row.page_key, []).append(row)
    shown = [_in_language(versions, language) for versions in by_key.values()]
    order = ["critical", "warning", "info"]
    return [
        {
            "title": row.title,
            "text": rich_text(row.data["text"]),
            "severity": row.data["severity"],
            "lang": "" if row.locale_code == language else row.locale_code,
            "url": row.url,
        }
        for row in sorted(shown, key=lambda row: (order.index(row.data["severity"]), row.pk))
    ]


def _note_moments(row: PageFacts, now: datetime) -> None:
    """A kept page ends when a notice begins or ends."""
    for name in ("starts", "ends"):
        moment = parse_datetime(row.data[name])
        if moment and moment > now:
            tags.until(moment)


def _is_running(row: PageFacts, now: datetime) -> bool:
    starts, ends = parse_datetime(row.data["starts"]), parse_datetime(row.data["ends"])
    return bool(starts and ends and starts <= now < ends)


def _concerns(row: PageFacts, page: Any, facts: PageFacts | None) -> bool:
    data = row.data
    if page is not None and page.translation_key == row.page_key:
        return False
    if data["everywhere"]:
        return True
    if page is None:
        return False
    if str(page.translation_key) in data["page_keys"]:
        return True
    if data["partner"] and data["partner"] == getattr(page, "owner_partner_id", None):
        return True
    return bool(facts and set(data["areas"]) & set(facts.data.get("areas", [])))


def _in_language(versions: list[PageFacts], language: str) -> PageFacts:
    codes = {row.locale_code: row for row in versions}
    return codes.get(language) or codes.get(settings.LANGUAGE_CODE) or versions[0]


def _footer(rows: list[PageFacts], language: str) -> dict[str, Any]:
    infos = [row for row in rows if row.kind == "info"]
    pages = {row.data.get("purpose"): row for row in infos if row.locale_code == language}
    others = {row.data.get("purpose"): row for row in infos}
    links = [
        {"title": pages[purpose].title, "url": pages[purpose].url}
        for purpose in INFO_ORDER
        if purpose in pages
    ]
    # Somebody to ask is more than a page in one's own language.
    contact = pages.get("contact") or others.get("contact")
    return {"footer": links, "contact_url": contact.url if contact else ""}


def _other_path(path: str, current: str, code: str) -> str:
    return path.replace(f"/{current}/", f"/{code}/", 1)


def _open_graph(page: Any, frame: Frame) -> dict[str, str]:
    """Open Graph protocol, https://ogp.me: the four required properties and what we know."""
    values = {
        "og:title": page.seo_title or page.title,
        "og:type": "website" if page.kind in ("home", "index", "topic") else "article",
        "og:url": frame.canonical,
        "og:site_name": frame.hub_name,
        "og:locale": bcp47(frame.lang).replace("-", "_"),
    }
    if page.search_description or page.summary:
        values["og:description"] = page.search_description or page.summary
    return values


def known_partners(language: str) -> list[dict[str, Any]]:
    """All published partners with a page in this language or any, by name."""
    cards = [partner_card(pk, language) for pk in directory()["partners"]]
    return sorted((card for card in cards if card), key=lambda card: card["name"].casefold())
