"""Plain pages like those of an import, made the plain way: the baseline of ``import_speed``."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django


def describe(target: Path) -> int:
    """Write kind and size of every page that came in after the demo; return how many there are."""
    from wagtail.models import Page

    from exchange.models import ImportRun

    begun = ImportRun.objects.order_by("pk")[0].started
    shapes = [
        _shape(page.specific)
        for page in Page.objects.filter(latest_revision_created_at__gte=begun).iterator()
    ]
    target.write_text(json.dumps(shapes), encoding="utf-8")
    return len(shapes)


def _shape(page: Any) -> dict[str, Any]:
    from content.models import BasePage

    plain = {field.name for field in BasePage._meta.get_fields()}
    own = [f for f in page._meta.concrete_fields if f.name not in plain and not f.is_relation]
    texts = [str(f.value_to_string(page)) for f in own]
    return {"model": page._meta.label, "title": page.title, "size": sum(map(len, texts))}


def make(source: Path) -> None:
    """Make the pages of ``describe`` with add_child, save_revision and publish."""
    from django.db import transaction

    from content.publication import Road, release

    shapes = json.loads(source.read_text(encoding="utf-8"))
    parents: dict[Any, Any] = {}
    for number, shape in enumerate(shapes):
        page = _page(shape, number)
        with transaction.atomic(), release(Road.SETUP, reason="measuring"):
            _parent(type(page), parents).add_child(instance=page)
            page.save_revision().publish()


def _page(shape: dict[str, Any], number: int) -> Any:
    from django.apps import apps
    from django.utils import timezone

    model = apps.get_model(shape["model"])
    fields = {field.name for field in model._meta.get_fields()}
    page = model(title=shape["title"], slug=f"bare-{number}", live=False)
    if "body" in fields:
        page.body = [("text", part) for part in _paragraphs(shape["size"])]
    if "starts" in fields:
        page.starts = timezone.now()
    if "partner" in fields:
        from partners.models import Partner

        page.partner = Partner.objects.first()
    return page


def _paragraphs(size: int) -> Iterator[str]:
    """Rich text of ``size`` characters in blocks of usual length."""
    length = 1500
    for start in range(0, size, length):
        words = "plain words of a page without any meaning " * (length // 42)
        yield f"<p>{words[: min(length, size - start)]}</p>"


def _parent(model: Any, parents: dict[Any, Any]) -> Any:
    """A page of the demo below which pages of this kind may stand."""
    if model not in parents:
        allowed = model.allowed_parent_page_models()
        found = (parent.objects.filter(locale__language_code="en").first() for parent in allowed)
        root = allowed[0].objects.first()
        parents[model] = next((page for page in found if page), root)
    return parents[model]


if __name__ == "__main__":
    django.setup()
    action, file = sys.argv[1], Path(sys.argv[2])
    sys.stdout.write(f"{describe(file) if action == 'describe' else make(file)}\n")
