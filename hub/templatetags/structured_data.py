"""schema.org markup in the head of a page."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from hub.jsonld import script

register = template.Library()


@register.simple_tag(takes_context=True)
def json_ld(context: Context) -> SafeString:
    """JSON-LD of the page that is shown; nothing on views that are no pages."""
    page = context.get("page")
    shown: Any = context.flatten()
    return script(shown) if hasattr(page, "schema_type") else SafeString("")
