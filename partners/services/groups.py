"""Groups and permissions that follow from memberships.

A group stands for one role at one partner, for translators in one language. It is generated, together
with its page and collection permissions; people edit memberships, never groups.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from partners.models import Membership, Partner, PartnerPage

Role = Membership.Role

HUB = "hub"
# Page permissions of a role in its partner's section, in every language. Only hub admins hold
# ``publish_page``, and even that permission publishes nothing past the workflow.
PAGE_PERMISSIONS: dict[str, tuple[str, ...]] = {
    Role.AUTHOR: ("add_page",),
    Role.EDITOR: ("add_page", "change_page"),
    Role.STEWARD: ("add_page", "change_page"),
    Role.TRANSLATOR: ("change_page",),
}
# Roles whose group stands for one language, as their permissions do.
ROLES_BY_LANGUAGE = frozenset({Role.TRANSLATOR})
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
HUB_ADMIN_APPS = (
    "content", "partners", "editorial", "toolkits", "lessons", "training", "guides", "hub",
    "exchange", "wagtailcore", "wagtailredirects", "wagtailadmin", "wagtail_localize", "auth",
)  # fmt: skip


def group_name(role: str, partner: Partner | None, language: str = "") -> str:
    return ": ".join(filter(None, [partner.slug if partner else HUB, role, language]))


def is_generated(name: str) -> bool:
    """Whether a group has a name of ours; others are somebody's own."""
    parts = name.split(": ")
    return len(parts) in {2, 3} and parts[1] in Role.values


@transaction.atomic
def sync_groups_of(user: Any) -> None:
    """Put a person into exactly the groups of the current memberships; other groups stay."""
    if user.pk is None:
        return
    memberships = Membership.objects.current().filter(user=user).select_related("partner")
    wanted = {
        sync_group(row.role, row.partner, language).pk
        for row in memberships
        for language in _languages_of_groups(row)
    }
    present = Group.objects.filter(user=user).values_list("pk", "name")
    generated = {pk for pk, name in present if is_generated(name)}
    user.groups.remove(*(generated - wanted))
    user.groups.add(*wanted)


def _languages_of_groups(row: Membership) -> list[str]:
    return row.language_codes if row.role in ROLES_BY_LANGUAGE else [""]


def sync_all() -> int:
    """Bring everybody's groups up to date, also of people who never sign in; return how many."""
    wanted: dict[int, set[str]] = {}
    for row in Membership.objects.current().select_related("partner"):
        names = {group_name(row.role, row.partner, code) for code in _languages_of_groups(row)}
        wanted.setdefault(row.user_id, set()).update(names)
    present: dict[int, set[str]] = {}
    rows = Group.objects.filter(user__isnull=False).values_list("user", "name")
    for user_id, name in rows:
        if is_generated(name):
            present.setdefault(user_id, set()).add(name)
    changed = [pk for pk in {*wanted, *present} if wanted.get(pk) != present.get(pk)]
    for user in get_user_model().objects.filter(pk__in=changed):
        sync_groups_of(user)
    return len(changed)


@transaction.atomic
def sync_group(role: str, partner: Partner | None, language: str = "") -> Group:
    """Make the group of a role, or bring its permissions up to date."""
    group, _created = Group.objects.get_or_create(name=group_name(role, partner, language))
    if role == Role.HUB_ADMIN:
        _sync_hub_admins(group)
        return group
    group.permissions.set([_permission("wagtailadmin", "access_admin"), *_record_permissions(role)])
    codenames = PAGE_PERMISSIONS.get(role, ()) if partner else ()
    _sync_pages(group, codenames, _sections(partner, language) if codenames else ())
    is_for_media = partner is not None and role in MEDIA_ROLES
    collections = [collection_of(partner)] if partner is not None and is_for_media else []
    _sync_collections(group, MEDIA_PERMISSIONS, collections)
    return group


def sync_partner_groups(partner: Partner) -> None:
    """Bring all groups of a partner up to date, as after a new language got its own section."""
    rows = Membership.objects.filter(partner=partner)
    wanted = {(row.role, language) for row in rows for language in _languages_of_groups(row)}
    for role, language in sorted(wanted):
        sync_group(role, partner, language)


@transaction.atomic
def groups_renamed(partner: Partner, former: str) -> None:
    """A partner has another slug: its groups and its collection follow."""
    for group in _groups_named(former):
        group.name = f"{partner.slug}{group.name[len(former) :]}"
        group.save()
    Collection.objects.filter(name=former, depth=2).update(name=partner.slug)


def remove_partner_groups(slug: str) -> None:
    """A partner is gone: another one of the same name must not inherit its groups."""
    for group in _groups_named(slug):
        group.delete()


def _groups_named(slug: str) -> Iterator[Group]:
    for group in Group.objects.filter(name__startswith=f"{slug}: "):
        if is_generated(group.name):
            yield group


def _sections(partner: Partner | None, language: str) -> list[Page]:
    sections = PartnerPage.objects.filter(partner=partner)
    if language:
        sections = sections.filter(locale__language_code=language)
    return list(Page.objects.filter(pk__in=sections))


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
    permissions = Permission.objects.filter(
        content_type__app_label="wagtailcore", codename__in=list(codenames)
    )
    _sync_rows(GroupPagePermission, group, "page_id", pages, permissions)


def _sync_collections(
    group: Group, names: Iterable[tuple[str, str]], collections: Iterable[Collection]
) -> None:
    permissions = [_permission(*name) for name in names] if collections else []
    _sync_rows(GroupCollectionPermission, group, "collection_id", collections, permissions)


def _sync_rows(
    model: Any, group: Group, place: str, places: Iterable[Any], permissions: Iterable[Permission]
) -> None:
    """Give the group these permissions in these places, and none elsewhere."""
    wanted = {(spot.pk, permission.pk) for spot in places for permission in permissions}
    rows = {
        (getattr(row, place), row.permission_id): row.pk
        for row in model.objects.filter(group=group)
    }
    if stale := rows.keys() - wanted:
        model.objects.filter(pk__in=[rows[key] for key in stale]).delete()
    model.objects.bulk_create(
        model(**{"group": group, place: spot, "permission_id": permission})
        for spot, permission in sorted(wanted - rows.keys())
    )


def collection_of(partner: Partner) -> Collection:
    """The partner's own collection of images and documents, made when first asked for."""
    found = Collection.objects.filter(name=partner.slug, depth=2).first()
    if found is None:
        root = Collection.get_first_root_node()
        found = root.add_child(name=partner.slug)
    return found


def _sync_hub_admins(group: Group) -> None:
    group.permissions.set(Permission.objects.filter(content_type__app_label__in=HUB_ADMIN_APPS))
    _sync_pages(group, HUB_ADMIN_PAGE_PERMISSIONS, [Page.get_first_root_node()])
    _sync_collections(group, HUB_ADMIN_MEDIA_PERMISSIONS, [Collection.get_first_root_node()])
