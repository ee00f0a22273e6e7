"""Keeps groups, the directory of partners and the projections in step with what was saved."""

from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from content.models import PageFacts
from partners import services
from partners.models import (
    Jurisdiction,
    JurisdictionLabel,
    Membership,
    Partner,
    PartnerText,
    PartnerTheme,
)
from partners.queries import DIRECTORY_KEY


@receiver([post_save, post_delete])
def _directory_changed(sender: type, instance: Any, **kwargs: Any) -> None:
    is_partner_page = sender is PageFacts and instance.kind == "partner"
    if is_partner_page or sender in (
        Partner,
        PartnerText,
        PartnerTheme,
        Jurisdiction,
        JurisdictionLabel,
    ):
        transaction.on_commit(lambda: cache.delete(DIRECTORY_KEY))


@receiver([post_save, post_delete], sender=Membership)
def _membership_changed(sender: type, instance: Membership, **kwargs: Any) -> None:
    services.sync_groups_of(instance.user)
