"""Writes of the floor: the facts of published pages."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.urls import get_script_prefix
from wagtail.models import Page, PageViewRestriction

from content.models import BasePage, PageAudience, PageFacts, PageTopic
from content.pagecache.purge import together
from content.registry import columns_of_facts

TREE_STEP = Page.steplen
REBUILD_BATCH = 200


def public_path(page: Page, locale_code: str) -> str:
    """Return the path of ``page`` from the site's root: ``/<language>/<slugs>/``.

    Home pages stand right below the root of the tree, one for each language, so the first part of
    ``url_path`` names the home page and does not appear in the address.
    """
    parts = page.url_path.strip("/").split("/")[1:]
    return get_script_prefix() + "/".join([locale_code, *parts]) + "/"


def has_true_address(page: Page) -> bool:
    """Whether the row of a page names the address that it has now."""
    url = public_path(page, page.locale.language_code)
    return PageFacts.objects.filter(page_id=page.pk, url=url).exists()


def write_facts(page: Any) -> PageFacts | None:
    """Write the row of a page that has just been published; drafts and other pages are ignored.

    Returns:
        The row, which still knows what it ``was`` before.
    """
    page = page.specific
    if not isinstance(page, BasePage):
        return None
    if not page.live:
        forget_facts(page.pk)
        return None
    locale_code = page.locale.language_code
    with transaction.atomic():
        row, _created = PageFacts.objects.update_or_create(
            page_id=page.pk,
            defaults={
                "page_key": page.translation_key,
                "locale_code": locale_code,
                "content_type_id": ContentType.objects.get_for_model(type(page)).pk,
                "kind": page.kind,
                "title": page.title,
                "summary": page.summary,
                "url": public_path(page, locale_code),
                "parent_id": _parent_id(page),
                "position": page.path,
                "public": not _restricted_paths(page.path),
                "partner_id": getattr(page, "owner_partner_id", None),
                "published_at": page.first_published_at,
                "updated_at": page.last_published_at,
                "licence": getattr(page, "licence", ""),
                "source_url": getattr(page, "source_url", ""),
                "change_kind": getattr(page, "change_kind", ""),
                "change_note": getattr(page, "change_note", ""),
                "data": page.facts_data(),
                **columns_of_facts(page),
            },
        )
        _replace(PageTopic, row, "topic_id", {topic.pk for topic in page.topics.all()})
        _replace(PageAudience, row, "audience_id", {a.pk for a in page.audiences.all()})
    return row


def write_facts_below(page: Page) -> None:
    """Write the rows of a page and everything below it, after a move or a change of access."""
    with transaction.atomic(), together():
        for descendant in Page.objects.filter(path__startswith=_path(page), live=True).specific():
            write_facts(descendant)


def rebuild_facts() -> tuple[int, int]:
    """Write the rows of all published pages anew; return (rows written, rows removed).

    ``PageFacts`` is a cache of pages: after a restore, or when a process died between a publication
    and its row, this brings it back in step.
    """
    live = list(Page.objects.filter(live=True, depth__gt=1).values_list("pk", flat=True))
    gone = PageFacts.objects.exclude(page_id__in=Page.objects.filter(live=True).values("pk"))
    removed = gone.count()
    gone.delete()
    for start in range(0, len(live), REBUILD_BATCH):
        with transaction.atomic(), together():
            for page in Page.objects.filter(pk__in=live[start : start + REBUILD_BATCH]).specific():
                write_facts(page)
    return PageFacts.objects.count(), removed


def forget_facts(page_id: int) -> None:
    """Remove the row of a page that is no longer published."""
    PageFacts.objects.filter(page_id=page_id).delete()


def _path(page: Page) -> str:
    return Page.objects.values_list("path", flat=True).get(pk=page.pk)


def _parent_id(page: Page) -> int | None:
    parent = page.path[:-TREE_STEP]
    return Page.objects.filter(path=parent).values_list("pk", flat=True).first()


def _restricted_paths(path: str) -> bool:
    ancestors = [path[:end] for end in range(TREE_STEP, len(path) + 1, TREE_STEP)]
    return PageViewRestriction.objects.filter(page__path__in=ancestors).exists()


def _replace(model: Any, row: PageFacts, column: str, wanted: set[int]) -> None:
    present = set(model.objects.filter(facts=row).values_list(column, flat=True))
    if gone := present - wanted:
        model.objects.filter(facts=row, **{f"{column}__in": gone}).delete()
    model.objects.bulk_create(
        [model(facts=row, **{column: value}) for value in sorted(wanted - present)]
    )
