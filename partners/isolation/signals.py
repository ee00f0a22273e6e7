"""Keeps who the newest draft of a page names: its co-authors see it before anything is live."""

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.models import Page, Revision

from partners.models import DraftPartner, PartnerRole


@receiver(post_save, sender=Revision)
def _draft_saved(sender: type, instance: Revision, raw: bool, **kwargs: Any) -> None:
    if raw or "partner_roles" not in instance.content:
        return
    newer = Revision.objects.filter(
        base_content_type_id=instance.base_content_type_id,
        object_id=instance.object_id,
        pk__gt=instance.pk,
    )
    if newer.exists():
        return
    page_id, named = int(instance.object_id), _named(instance.content)
    rows = DraftPartner.objects.filter(page_id=page_id)
    known = set(rows.values_list("partner_id", flat=True))
    if known == named or not Page.objects.filter(pk=page_id).exists():
        return
    rows.exclude(partner_id__in=named).delete()
    DraftPartner.objects.bulk_create(
        DraftPartner(page_id=page_id, partner_id=partner_id) for partner_id in named - known
    )


def _named(content: dict[str, Any]) -> set[int]:
    """Co-authors in the content of a revision. Its owner is that of the page until it is published."""
    return {
        int(row["partner"])
        for row in content["partner_roles"]
        if row["role"] == PartnerRole.Role.CO_AUTHOR and row.get("partner")
    }
