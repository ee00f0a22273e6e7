"""Keeps the directory of partners and the projections in step with what was saved."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from wagtail.models import Page
from wagtail.signals import init_new_page

from content.models import PageFacts
from content.pagecache import tags
from content.pagecache.purge import purge, purge_at
from content.remembered import forget
from partners.models import (
    Contact,
    Jurisdiction,
    JurisdictionLabel,
    Location,
    Partner,
    PartnerContent,
    PartnerPage,
    PartnerText,
    PartnerTheme,
    Service,
    ServiceAtLocation,
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
        forget(DIRECTORY_KEY)


@receiver(post_save, sender=PageFacts)
def _notice_planned(sender: type, instance: PageFacts, **kwargs: Any) -> None:
    """Nothing is saved at the moment that a notice begins or ends."""
    if instance.kind != "notice":
        return
    for name in ("starts", "ends"):
        moment = parse_datetime(instance.data[name])
        if moment and moment > timezone.now():
            purge_at(
                moment,
                [tags.kind("notice")],
                once=f"notice:{instance.page_id}:{name}:{instance.data[name]}",
            )


@receiver(post_delete, sender=Contact)
@receiver(post_delete, sender=Location)
@receiver(post_delete, sender=Service)
def _record_gone(sender: type, instance: Any, **kwargs: Any) -> None:
    purge(instance.page_tags())


@receiver(post_delete, sender=ServiceAtLocation)
def _place_gone(sender: type, instance: ServiceAtLocation, **kwargs: Any) -> None:
    """A deleted place disappears from its services; a row may also go with the service itself."""
    for service in Service.objects.filter(pk=instance.service_id):
        service.refresh_projection()


@receiver(init_new_page)
def _page_begun(sender: type, page: Page, parent: Page, **kwargs: Any) -> None:
    """A page that somebody begins in a partner's section belongs to that partner."""
    if isinstance(page, PartnerContent):
        section = PartnerPage.objects.ancestor_of(parent, inclusive=True).first()
        page.owner_partner = section.partner if section else None
