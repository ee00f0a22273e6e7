"""What the automatic checks say of a draft, for the editor's side panel."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from content.models import BasePage
from editorial.checks import REFUSE, findings, render
from editorial.checks.reading import measure_of

register = template.Library()


@register.simple_tag
def findings_of(obj: Any) -> dict[str, Any]:
    """Return ``{"is_checked", "rows", "refused", "reading"}`` of a draft; new pages have none yet."""
    if not isinstance(obj, BasePage) or not obj.pk:
        return {"is_checked": False}
    found = findings(obj)
    return {
        "is_checked": True,
        "rows": [render(finding.to_json()) for finding in found],
        "refused": sum(finding.level == REFUSE for finding in found),
        "reading": reading_note(obj.locale.language_code),
    }


def reading_note(language: str) -> str:
    """What cannot be measured in the language of the page."""
    measure = measure_of(language)
    if measure in ("words", "characters"):
        return _("There is no reading grade for this language; long sentences are listed.")
    if not measure:
        return _("There is no measure of reading for this language.")
    return ""
