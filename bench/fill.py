"""Makes a hub many times as large: copies of its pages, straight into the tables.

Every page below a section is copied together with what stands below it, so courses keep their length
and only the number of pages grows. Copies have rows in ``PageFacts``: lists, counts and links see them.
"""

import sys
import uuid
from collections.abc import Iterator
from copy import copy
from typing import Any

import django

STEP = 4  # characters of a place in treebeard's paths


def fill(size: int) -> int:
    """Copy pages until there are ``size`` published ones; return how many there are."""
    from django.db import connection, transaction

    from content.models import PageFacts

    trees = list(_trees())
    present, number = PageFacts.objects.count(), 0
    with transaction.atomic():
        while present < size:
            present += _copy(trees[number % len(trees)], number)
            number += 1
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return present


def _trees() -> Iterator[list[Any]]:
    """Pages below sections, each with its descendants, parents first."""
    from wagtail.models import Page

    from content.models import PageFacts

    sections = PageFacts.objects.filter(kind="index").order_by("position")
    for section in sections.values_list("page_id", flat=True):
        for top in Page.objects.get(pk=section).get_children().live():
            yield list(Page.objects.filter(path__startswith=top.path, live=True).order_by("path"))


_last_places: dict[str, str] = {}


def _next_place(parent: str) -> str:
    """Path of a new last child."""
    from wagtail.models import Page

    if parent not in _last_places:
        siblings = Page.objects.filter(path__startswith=parent, depth=len(parent) // STEP + 1)
        _last_places[parent] = siblings.order_by("-path").values_list("path", flat=True)[0]
    last = _last_places[parent]
    place = parent + Page._int2str(Page._str2int(last[-STEP:]) + 1).rjust(STEP, "0")  # noqa: SLF001
    _last_places[parent] = place
    return place


def _copy(tree: list[Any], number: int) -> int:
    from wagtail.models import Page

    top = tree[0]
    place = _next_place(top.path[:-STEP])
    slug = f"{top.slug[:200]}-{number}"
    base = top.url_path.removesuffix(f"{top.slug}/")
    made = []
    for page in tree:
        twin = copy(page)
        twin.pk = twin.id = None
        twin.path = place + page.path[len(top.path) :]
        twin.slug = slug if page is top else page.slug
        twin.url_path = f"{base}{slug}/{page.url_path.removeprefix(top.url_path)}"
        twin.translation_key = uuid.uuid4()
        twin.latest_revision = twin.live_revision = None
        made.append(twin)
    Page.objects.bulk_create(made)
    for page, twin in zip(tree, made, strict=True):
        _copy_own_fields(page, twin)
    _copy_facts(tree, made)
    return len(made)


def _copy_own_fields(page: Any, twin: Any) -> None:
    """The row of the page type: the same values for another page."""
    from django.db import connection

    meta = page.specific_class._meta
    names = [f.column for f in meta.local_concrete_fields if not f.primary_key]
    quote = connection.ops.quote_name
    columns, table, key = ", ".join(map(quote, names)), quote(meta.db_table), quote(meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({key}, {columns}) SELECT %s, {columns} FROM {table} "  # noqa: S608
            f"WHERE {key} = %s",
            [twin.pk, page.pk],
        )


def _copy_facts(tree: list[Any], made: list[Any]) -> None:
    from content.models import PageAudience, PageFacts, PageTopic

    twins = {page.pk: twin for page, twin in zip(tree, made, strict=True)}
    rows = list(PageFacts.objects.filter(page_id__in=twins))
    links: list[tuple[Any, PageFacts, PageFacts]] = []
    for row in rows:
        twin = twins[row.page_id]
        new = copy(row)
        new.pk = None
        new._state = copy(row._state)  # noqa: SLF001
        new.page_id, new.page_key, new.position = twin.pk, twin.translation_key, twin.path
        old_top, new_top = tree[0].slug, made[0].slug
        new.url = row.url.replace(f"/{old_top}/", f"/{new_top}/", 1)
        if row.parent_id in twins:
            new.parent_id = twins[row.parent_id].pk
        links.append((row.pk, row, new))
    PageFacts.objects.bulk_create([new for _pk, _row, new in links])
    new_of = {pk: new for pk, _row, new in links}
    for model in (PageTopic, PageAudience):
        found = list(model.objects.filter(facts__in=new_of))
        for link in found:
            link.facts_id, link.pk = new_of[link.facts_id].pk, None
        model.objects.bulk_create(found)


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(f"{fill(int(sys.argv[1]))}\n")
