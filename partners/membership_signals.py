"""Groups, evidence and hand-over follow from memberships and accounts, by whatever road they change."""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from partners.models import Membership, Partner
from partners.services import accounts, groups, memberships
from partners.standing import forget_standing

USER = settings.AUTH_USER_MODEL


@receiver(pre_save, sender=Membership)
def _membership_is_saved(sender: type, instance: Any, **kwargs: Any) -> None:
    before = Membership.objects.select_related("user", "partner", "delegate_to")
    former = before.filter(pk=instance.pk).first() if instance.pk else None
    instance.former_facts = memberships.facts(former) if former else None
    instance.former_user = former.user if former and former.user_id != instance.user_id else None


@receiver(post_save, sender=Membership)
@transaction.atomic
def _membership_saved(sender: type, instance: Membership, raw: bool, **kwargs: Any) -> None:
    memberships.forget_hub_admins()
    forget_standing(instance.user)
    groups.sync_groups_of(instance.user)
    if former := getattr(instance, "former_user", None):
        groups.sync_groups_of(former)
    if not raw:
        memberships.record_change(instance, getattr(instance, "former_facts", None))


@receiver(post_delete, sender=Membership)
@transaction.atomic
def _membership_deleted(sender: type, instance: Membership, **kwargs: Any) -> None:
    memberships.forget_hub_admins()
    forget_standing(instance.user)
    groups.sync_groups_of(instance.user)
    memberships.record_end(instance)


@receiver(pre_save, sender=USER)
def _account_is_saved(sender: type, instance: Any, update_fields: Any, **kwargs: Any) -> None:
    instance.was_active = None
    if instance.pk and (update_fields is None or "is_active" in update_fields):
        known = get_user_model().objects.filter(pk=instance.pk)
        instance.was_active = known.values_list("is_active", flat=True).first()


@receiver(post_save, sender=USER)
@transaction.atomic
def _account_saved(sender: type, instance: Any, raw: bool, **kwargs: Any) -> None:
    was_active = getattr(instance, "was_active", None)
    if raw or was_active is None or was_active == instance.is_active:
        return
    memberships.forget_hub_admins()
    forget_standing(instance)
    groups.sync_groups_of(instance)
    if instance.is_active:
        accounts.record_reopened(instance)
    else:
        accounts.close(instance)


@receiver(pre_delete, sender=USER)
@transaction.atomic
def _account_is_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    if instance.is_active:
        accounts.close(instance)


@receiver(pre_save, sender=Partner)
def _partner_is_saved(sender: type, instance: Partner, **kwargs: Any) -> None:
    known = Partner.objects.filter(pk=instance.pk).values_list("slug", flat=True)
    instance.former_slug = known.first() if instance.pk else None


@receiver(post_save, sender=Partner)
def _partner_saved(sender: type, instance: Partner, **kwargs: Any) -> None:
    former = getattr(instance, "former_slug", None)
    if former and former != instance.slug:
        groups.groups_renamed(instance, former)


@receiver(post_delete, sender=Partner)
def _partner_deleted(sender: type, instance: Partner, **kwargs: Any) -> None:
    groups.remove_partner_groups(instance.slug)
