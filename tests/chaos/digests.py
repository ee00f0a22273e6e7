"""What a hub holds, so that two of them can be compared: no times, no random keys.

    python -m tests.chaos.digests TARGET.json

Row numbers stay: imports that are cut short leave nothing behind, so the same documents get the same
ones.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

import django

RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
# Times, and numbers of revisions: a container that is listed again has one more.
LEFT_OUT = {
    "latest_revision", "live_revision", "latest_revision_created_at", "first_published_at",
    "last_published_at", "published_at", "updated_at", "created_at", "created", "updated",
    "content_type", "translation_key", "page_key", "date_joined", "last_login", "password",
    "actor_key", "uuid", "key", "starts", "started", "finished", "modified",
}  # fmt: skip
RECORD_APPS = ("partners", "content", "taggit", "guides", "training", "lessons", "toolkits")


def everything():
    from tests.chaos.look import derived

    return {
        "pages": pages(),
        "records": records(),
        "documents": documents(),
        **{name: sorted(without_random(row) for row in rows) for name, rows in rows_of(derived())},
        "files": files(),
        "tree": tree(),
    }


def rows_of(tables):
    """Derived tables without their times and keys; only facts have some."""
    from content.models import PageFacts

    facts = [f.name for f in PageFacts._meta.concrete_fields if f.name != "id"]
    for name, rows in tables.items():
        if name != "facts":
            yield name, rows
            continue
        kept = []
        for row in rows:
            values = dict(zip(facts, json.loads(row), strict=True))
            kept.append(json.dumps({n: v for n, v in values.items() if n not in LEFT_OUT}))
        yield name, kept


def pages():
    from wagtail.models import Page

    groups = {}
    for key, path in Page.objects.values_list("translation_key", "url_path").order_by("url_path"):
        groups.setdefault(key, []).append(path)
    found = {}
    for page in Page.objects.filter(depth__gt=1).order_by("path").specific():
        values = plain(page.serializable_data())
        values["translations"] = groups[page.translation_key]
        found[page.url_path] = without_random(json.dumps(values, sort_keys=True, default=str))
    return found


def plain(value):
    """Values without what differs between two hubs of the same content."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items() if name not in LEFT_OUT}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def records():
    """Rows of everything that is no page, job or log."""
    from django.apps import apps
    from django.core import serializers
    from wagtail.models import Page

    skipped = {
        "pagefacts", "pagetopic", "pageaudience", "job", "runner", "milestone", "dependency",
        # Evidence is full of times and of hashes of them.
        "auditevent", "audithead", "actorname",
    }  # fmt: skip
    found = {}
    for model in apps.get_models():
        meta = model._meta
        if meta.app_label not in RECORD_APPS or meta.model_name in skipped:
            continue
        if issubclass(model, Page):
            continue
        rows = serializers.serialize("python", model._default_manager.order_by("pk"))
        found[meta.label] = [
            without_random(json.dumps(plain(row["fields"]), sort_keys=True, default=str))
            for row in rows
        ]
    return found


def documents():
    """The page that each document became."""
    from exchange.models import ImportItem

    rows = ImportItem.objects.order_by("pk").values_list("external_id", "kind", "page_id", "sha256")
    return {row[0]: list(row[1:]) for row in rows}


def files():
    from django.conf import settings

    root = Path(settings.MEDIA_ROOT)
    found = [path for path in root.rglob("*") if path.is_file()]
    return {str(p.relative_to(root)): hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


def tree():
    from wagtail.models import Page

    return [list(found) for found in Page.find_problems()]


def without_random(text):
    return RANDOM.sub("random", text)


if __name__ == "__main__":
    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(everything(), indent=1, sort_keys=True))
