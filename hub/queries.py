"""What the home page, topic pages and the hub's own lists show."""

from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse

from content.models import PageFacts, PageTopic, Topic
from content.pagecache import tags
from content.queries import labelled, vocabulary
from partners.queries import (
    GROUP_LABELS,
    card,
    cards_of_pages,
    grouped,
    newest_by_kind,
    paged,
    partner_card,
    reader_language,
)

HOME_GUIDES = 6
STAFF_KINDS = ("toolkit", "lesson", "course")


def home_context(page: Any) -> dict[str, Any]:
    """Featured guides, topics, something for staff, what changed, partners."""
    language = reader_language()
    tags.touch(tags.listing(language))
    facts = getattr(page, "facts_row", None)
    chosen = (facts.data if facts else page.card_data()).get("featured", [])
    cards = cards_of_pages(chosen, language)
    featured = [cards[pk] for pk in chosen if pk in cards][:HOME_GUIDES]
    recent = newest_by_kind(
        PageFacts.objects.readable().filter(locale_code=language, kind__in=GROUP_LABELS),
        HOME_GUIDES,
    )
    guides = [card(row, language) for row in recent.get("guide", [])]
    staff = [card(recent[kind][0], language) for kind in STAFF_KINDS if kind in recent]
    return {
        "featured": featured or guides,
        "topics": topic_links(language),
        "staff": staff,
        "changed": changed([row for rows in recent.values() for row in rows], language),
        "partners": partner_links(language),
    }


def changed(rows: list[PageFacts], language: str, count: int = 3) -> list[dict[str, Any]]:
    """The pages published last, newest first."""
    dated = [row for row in rows if row.updated_at]
    newest = sorted(dated, key=lambda row: (row.updated_at, row.pk), reverse=True)
    return [{**card(row, language), "date": row.updated_at} for row in newest[:count]]


def topic_links(language: str) -> list[dict[str, Any]]:
    """Topics that have pages in this language, by name, each with its page or its list."""
    tags.touch(tags.listing(language))
    # Asked for each topic, the database stops at the first page; DISTINCT would read them all.
    about = PageTopic.objects.filter(
        topic_id=OuterRef("pk"), facts__locale_code=language, facts__public=True
    ).exclude(facts__kind="topic")
    used = set(Topic.objects.filter(Exists(about)).values_list("pk", flat=True))
    pages = {
        row.data.get("topic"): row.url
        for row in PageFacts.objects.readable().filter(kind="topic", locale_code=language)
    }
    browse = reverse("browse")
    known = vocabulary()["topics"]
    links = [
        {**labelled(known[pk], language), "url": pages.get(pk)}
        for pk in used | set(pages)
        if pk in known
    ]
    for row in links:
        row["url"] = row["url"] or f"{browse}?topic={row['slug']}"
    return sorted(links, key=lambda row: row["title"].casefold())


def partners_of(language: str) -> list[dict[str, Any]]:
    """Partners with a page in this language, by name."""
    from partners.queries import directory

    cards = [partner_card(pk, language) for pk in directory()["partners"]]
    return sorted(
        (row for row in cards if row and row["url"]), key=lambda row: row["name"].casefold()
    )


def info_context(page: Any) -> dict[str, Any]:
    """The contact page leads to the partners too."""
    if page.purpose != page.Purpose.CONTACT:
        return {}
    return {"partners": partner_links(reader_language())}


def partner_links(language: str) -> list[dict[str, str]]:
    """Partners as plain links."""
    return [
        {"title": row["name"], "url": row["url"], "lang": row["lang"]}
        for row in partners_of(language)
    ]


def partner_groups(language: str) -> list[dict[str, Any]]:
    """Partners by the side that they stand on: ``{"label", "partners"}``."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in partners_of(language):
        groups.setdefault(row["kind_label"], []).append(row)
    return [{"label": label, "partners": rows} for label, rows in sorted(groups.items())]


def topic_context(page: Any, request: HttpRequest) -> dict[str, Any]:
    """The pages about a topic by kind, from all partners."""
    language = reader_language()
    tags.touch(tags.listing(language))
    facts = PageFacts.objects.readable().filter(
        locale_code=language, topic_rows__topic_id=page.topic_id, kind__in=GROUP_LABELS
    )
    browse = f"{reverse('browse')}?topic={page.topic.slug}"
    return {"groups": grouped(facts, language, browse), "browse_url": browse}


def running_notices(request: HttpRequest) -> dict[str, Any]:
    """Notices of this language that have begun and not ended, newest first."""
    from django.utils import timezone

    now = timezone.now().isoformat()
    language = reader_language()
    rows = (
        PageFacts.objects.readable()
        .filter(kind="notice", locale_code=language, data__starts__lte=now, data__ends__gt=now)
        .order_by("-updated_at")
    )
    return paged(rows, request, language)


def versions(page_key: Any) -> list[PageFacts]:
    """All published language versions of a page."""
    tags.touch(tags.page(page_key))
    return list(PageFacts.objects.readable().filter(page_key=page_key))


def same_path_elsewhere(url: str, path: str) -> PageFacts | None:
    """A page that has this path below another language: somebody changed the language by hand.

    None where a page stands at ``url`` itself, which then asks who reads.
    """
    urls = [f"/{code}/{path}/" for code in settings.HUB_LANGUAGES]
    rows = {row.url: row for row in PageFacts.objects.filter(url__in=urls)} if path else {}
    return None if url in rows else next((row for row in rows.values() if row.public), None)


def sitemap_sizes(page_size: int) -> list[tuple[str, int]]:
    """Return (language, number of sitemap files) for languages that have pages."""
    tags.touch(*map(tags.listing, settings.HUB_LANGUAGES))
    counts = (
        PageFacts.objects.readable()
        .values("locale_code")
        .annotate(total=Count("pk"))
        .order_by("locale_code")
    )
    return [(row["locale_code"], -(-row["total"] // page_size)) for row in counts]
