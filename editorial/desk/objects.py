"""The page or record that an address names."""

from typing import Any

from django.apps import apps
from django.contrib.admin.utils import unquote
from wagtail.models import Page

from content.models import Gated


def content_object(app_label: str, model_name: str, pk: str) -> Any:
    """Return the object, or None: unknown, or nothing that goes through review."""
    try:
        model = apps.get_model(app_label, model_name)
    except LookupError:
        return None
    if model is not Page and not issubclass(model, Gated):
        return None
    try:
        found = model.objects.filter(pk=unquote(pk)).first()
    except (ValueError, TypeError):
        return None
    return found.specific if isinstance(found, Page) else found


def address_parts(obj: Any) -> list[str]:
    """What names an object in addresses."""
    return [*obj._meta.label_lower.split("."), str(obj.pk)]
