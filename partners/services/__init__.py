"""Writes about partners: memberships, the groups that follow from them, invitations."""

from .groups import (
    collection_of,
    group_name,
    groups_renamed,
    remove_partner_groups,
    sync_all,
    sync_group,
    sync_groups_of,
    sync_partner_groups,
)
from .memberships import add_membership, is_hub_admin

__all__ = [
    "add_membership",
    "collection_of",
    "group_name",
    "groups_renamed",
    "is_hub_admin",
    "remove_partner_groups",
    "sync_all",
    "sync_group",
    "sync_groups_of",
    "sync_partner_groups",
]
