"""Writes about partners: groups and permissions that follow from memberships.

A group stands for one role at one partner. It is generated, together with its page and collection
permissions; people edit memberships, never groups.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from partners.models import Membership, Partner, PartnerPage

Role = Membership.Role

# Page permissions of a role in its partner's section, in every language. Only hub admins hold
# ``publish_page``, and even that permission publishes nothing past the workflow.
PAGE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.AUTHOR: ("add_page",),
    Role.EDITOR: ("add_page", "change_page"),
    Role.STEWARD: ("add_page", "change_page"),
    Role.TRANSLATOR: ("change_page",),
}
MEDIA_ROLES = {Role.AUTHOR, Role.EDITOR, Role.STEWARD}
# Wagtail asks for the permissions of its own image and document models, also where a project has
# models of its own.
MEDIA_PERMISSIONS = (
    ("wagtailimages", "add_image"),
    ("wagtailimages", "choose_image"),
    ("wagtaildocs", "add_document"),
    ("wagtaildocs", "choose_document"),
)
HUB_ADMIN_MEDIA_PERMISSIONS = (
    *MEDIA_PERMISSIONS,
    ("wagtailimages", "change_image"),
    ("wagtailimages", "delete_image"),
    ("wagtaildocs", "change_document"),
    ("wagtaildocs", "delete_document"),
    ("wagtailcore", "add_collection"),
    ("wagtailcore", "change_collection"),
    ("wagtailcore", "delete_collection"),
)
RECORD_ROLES = {Role.EDITOR, Role.STEWARD}
RECORD_MODELS = (
    "contact", "contacttext", "location", "locationtext", "service", "servicetext",
)  # fmt: skip
HUB_ADMIN_PAGE_PERMISSIONS = (
    "add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page",
)  # fmt: skip


def group_name(role: str, partner: Partner | None) -> str:
    return f"{partner.slug}: {role}" if partner else f"hub: {role}"


@transaction.atomic
def add_membership(
    *, user: Any, role: str, partner: Partner | None = None, languages: str = ""
) -> Membership:
    """Give a person a role; the group follows.

    Raises:
        ValidationError: the role does not fit the partner, or the dates do not fit each other.
    """
    membership = Membership.objects.filter(user=user, role=role, partner=partner).first()
    if membership is None:
        membership = Membership(user=user, role=role, partner=partner)
    membership.languages = languages
    membership.full_clean()
    membership.save()
    return membership


@transaction.atomic
def sync_groups_of(user: Any) -> None:
    """Put a person into exactly the groups of the current memberships; other groups stay."""
    if user.pk is None:
        return
    memberships = Membership.objects.current().filter(user=user).select_related("partner")
    wanted = {sync_group(row.role, row.partner).pk for row in memberships}
    generated = set(
        Group.objects.filter(user=user, name__regex=r"^[-\w]+: [a-z_]+$").values_list(
            "pk", flat=True
        )
    )
    user.groups.remove(*(generated - wanted))
    user.groups.add(*wanted)


@transaction.atomic
def sync_group(role: str, partner: Partner | None) -> Group:
    """Make the group of a role, or bring its permissions up to date."""
    group, _created = Group.objects.get_or_create(name=group_name(role, partner))
    if role == Role.HUB_ADMIN:
        _sync_hub_admins(group)
        return group
    group.permissions.set([_permission("wagtailadmin", "access_admin"), *_record_permissions(role)])
    if partner is not None:
        _sync_pages(group, PAGE_PERMISSIONS.get(role, ()), _sections(partner))
        _sync_collection(group, role, partner)
    return group


def sync_partner_groups(partner: Partner) -> None:
    """Bring all groups of a partner up to date, as after a new language got its own section."""
    roles = Membership.objects.filter(partner=partner).values_list("role", flat=True).distinct()
    for role in roles:
        sync_group(role, partner)


def _sections(partner: Partner) -> list[Page]:
    return list(Page.objects.filter(pk__in=PartnerPage.objects.filter(partner=partner)))


def _permission(app_label: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def _record_permissions(role: str) -> list[Permission]:
    if role not in RECORD_ROLES:
        return []
    codenames = [f"{verb}_{model}" for verb in ("add", "change") for model in RECORD_MODELS]
    return list(
        Permission.objects.filter(content_type__app_label="partners", codename__in=codenames)
    )


def _sync_pages(group: Group, codenames: Iterable[str], pages: Iterable[Page]) -> None:
    wanted = {
        (page.pk, permission.pk)
        for page in pages
        for permission in Permission.objects.filter(
            content_type__app_label="wagtailcore", codename__in=list(codenames)
        )
    }
    present = set(
        GroupPagePermission.objects.filter(group=group).values_list("page_id", "permission_id")
    )
    for page_id, permission_id in present - wanted:
        GroupPagePermission.objects.filter(
            group=group, page_id=page_id, permission_id=permission_id
        ).delete()
    GroupPagePermission.objects.bulk_create(
        GroupPagePermission(group=group, page_id=page_id, permission_id=permission_id)
        for page_id, permission_id in sorted(wanted - present)
    )


def collection_of(partner: Partner) -> Collection:
    """The partner's own collection of images and documents, made when first asked for."""
    found = Collection.objects.filter(name=partner.slug, depth=2).first()
    if found is None:
        root = Collection.get_first_root_node()
        found = root.add_child(name=partner.slug)
    return found


def _sync_collection(group: Group, role: str, partner: Partner) -> None:
    if role not in MEDIA_ROLES:
        GroupCollectionPermission.objects.filter(group=group).delete()
        return
    collection = collection_of(partner)
    for app_label, codename in MEDIA_PERMISSIONS:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=_permission(app_label, codename)
        )


def _sync_hub_admins(group: Group) -> None:
    own_apps = (
        "content", "partners", "toolkits", "lessons", "training", "guides", "hub", "exchange",
    )  # fmt: skip
    wagtail_apps = ("wagtailcore", "wagtailredirects", "wagtailadmin", "wagtail_localize", "auth")
    group.permissions.set(
        Permission.objects.filter(content_type__app_label__in=own_apps + wagtail_apps)
    )
    root = Page.get_first_root_node()
    _sync_pages(group, HUB_ADMIN_PAGE_PERMISSIONS, [root])
    collection = Collection.get_first_root_node()
    for app_label, codename in HUB_ADMIN_MEDIA_PERMISSIONS:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=_permission(app_label, codename)
        )


def is_hub_admin(user: Any) -> bool:
    """Whether the person is a hub admin today, or a superuser."""
    return user.is_superuser or (
        Membership.objects.current().filter(user=user, role=Role.HUB_ADMIN).exists()
    )
