"""What a hub's database says after the storm.

    python -m tests.chaos.look TARGET.json

Facts, search index and references are functions of the published pages: they are made anew in a
transaction that is rolled back, and compared with what stands there.
"""

import json
import sys
from pathlib import Path

import django


def look():
    from django.db.models import Count
    from wagtail.models import Page, PageLogEntry

    pages = {page.slug: describe(page) for page in Page.objects.filter(depth__gt=2).specific()}
    published = PageLogEntry.objects.filter(action="wagtail.publish").values_list("page_id")
    logged = dict(published.annotate(times=Count("pk")))
    for row in pages.values():
        row["published_log_lines"] = logged.get(row["id"], 0)
    return {
        "pages": pages,
        "paths_twice": list(
            Page.objects.values("path").annotate(n=Count("pk")).filter(n__gt=1).values_list("path")
        ),
        "tree": [list(found) for found in Page.find_problems()],
        "jobs": jobs(),
        "effects": compare_derived(),
    }


def describe(page):
    from content.models import PageFacts

    live = page.live_revision.content if page.live_revision_id else {}
    facts = PageFacts.objects.filter(page_id=page.pk).values("title", "url", "public").first()
    text = getattr(page, "text", "") or getattr(page, "problem", "")
    return {
        "id": page.pk,
        "live": page.live,
        "title": page.title,
        "text": text,
        "revision_title": live.get("title", ""),
        "facts": facts,
    }


def jobs():
    from django.db.models import Count

    from content.models import Job

    states = dict(Job.objects.values_list("state").annotate(n=Count("pk")))
    dead = Job.objects.filter(state="dead").values("kind", "payload", "attempts", "error")
    return {
        "open": open_jobs(),
        "states": states,
        "dead": [{**row, "error": row["error"][-600:]} for row in dead],
        "attempts": dict(Job.objects.values_list("attempts").annotate(n=Count("pk"))),
        "timed": Job.objects.exclude(once=None).count(),
    }


def open_jobs():
    """Jobs that are due, run, or have failed and wait; not those of a moment to come."""
    from django.db.models import Q
    from django.utils import timezone

    from content.models import Job

    to_come = Q(state="waiting", attempts=0, run_after__gt=timezone.now())
    found = Job.objects.filter(state__in=("waiting", "running")).exclude(to_come)
    return list(found.values_list("kind", "state", "attempts")[:20])


def compare_derived():
    """What differs between the derived tables and a fresh making of them."""
    from django.db import transaction

    with transaction.atomic():
        before = derived()
        make_anew()
        after = derived()
        transaction.set_rollback(True)
    return {
        name: {
            "rows": len(before[name]),
            "missing": sorted(map(str, after[name] - before[name]))[:20],
            "stale": sorted(map(str, before[name] - after[name]))[:20],
        }
        for name in before
    }


def make_anew():
    from wagtail.models import Page, ReferenceIndex
    from wagtail.search.backends import get_search_backend

    from content.services import rebuild_facts

    rebuild_facts()
    backend = get_search_backend()
    for page in Page.objects.filter(depth__gt=1).specific():
        ReferenceIndex.create_or_update_for_object(page)
        backend.add(page)


def derived():
    from wagtail.models import Page, ReferenceIndex
    from wagtail.search.models import IndexEntry

    from content.models import PageFacts

    keys = [str(pk) for pk in Page.objects.values_list("pk", flat=True)]
    page_type = _page_type()
    entries = IndexEntry.objects.filter(content_type__in=_page_types(), object_id__in=keys)
    skipped = {"id", "index_entry", "title_norm"}  # the norm follows all other titles
    columns = [f.name for f in IndexEntry._meta.concrete_fields if f.name not in skipped]
    facts = [f.name for f in PageFacts._meta.concrete_fields if f.name not in {"id"}]
    references = ReferenceIndex.objects.filter(base_content_type=page_type)
    return {
        "facts": _rows(PageFacts.objects.values_list(*facts)),
        "search": _rows(entries.values_list(*columns)),
        "references": _rows(
            references.values_list("object_id", "to_content_type", "to_object_id", "content_path")
        ),
    }


def _rows(rows):
    return {json.dumps(row, default=str, sort_keys=True) for row in rows}


def _page_type():
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Page

    return ContentType.objects.get_for_model(Page)


def _page_types():
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import get_page_models

    return [row.pk for row in ContentType.objects.get_for_models(*get_page_models()).values()]


if __name__ == "__main__":
    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(look(), indent=1, default=str))
