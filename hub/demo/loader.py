"""Loads the demo: a made-up river valley with four partners, for looking around and for tests.

Everything is written in one transaction from the files below ``data/``. Ids of pages, records and
blocks follow from their names, dates from the day of loading.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from wagtail.models import Page

from exchange.quiet import indexes_off, update_indexes
from partners.models import Partner
from partners.services import sync_partner_groups
from translations.services import ensure_locales

from . import data, records
from .approvals import Approvals, quiet, spread_checks
from .pages import Pages
from .signin import PASSWORD

LANGUAGES = ["en", "es", "fr", "ar", "zh-hans", "vi"]
# Everything goes in together, so one record tells whether the demo is there.
WITNESS = "city-of-wrenford"


class DemoRefusedError(Exception):
    """The demo may not be loaded here; the message says why and what to do instead."""


@dataclass
class Made:
    """What was written: pages per kind and language, log-ins by role. Empty: nothing to do."""

    pages: dict[str, dict[str, int]] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)


def is_loaded() -> bool:
    return Partner.objects.filter(slug=WITNESS).exists()


def logins() -> list[tuple[str, str]]:
    """Return user names of the demo with what they may do."""
    rows = []
    for row in data.records("users"):
        roles = [_role(item) for item in row.get("memberships", [])]
        rows.append((row["username"], ", ".join(roles) or "hub admin"))
    return rows


def _role(item: dict[str, Any]) -> str:
    what = item.get("specialism", "") or item["role"]
    return f"{what} of {item.get('partner', 'the whole hub')}".replace("_", " ")


@transaction.atomic
def load() -> Made:
    """Write the demo unless it is there.

    Raises:
        DemoRefusedError: the settings are not meant for trying out, or lack English.
    """
    if not settings.HUB_DEMO:
        raise DemoRefusedError(
            "The demo has log-ins with a published password, so it is loaded with development "
            "settings only (hub.settings.dev). To start a real hub, run: manage.py setup_hub"
        )
    if "en" not in settings.HUB_LANGUAGES:
        raise DemoRefusedError(
            "The demo is written in English first. Put en into HUB_LANGUAGES, or start an empty "
            "hub with: manage.py setup_hub"
        )
    if is_loaded():
        return Made()
    languages = [code for code in LANGUAGES if code in settings.HUB_LANGUAGES]
    ensure_locales()
    records.vocabulary(languages)
    media = records.media()
    records.partners(languages, media["image"])
    records.places(languages)
    records.services(languages)
    accounts = records.people()
    records.memberships(accounts, PASSWORD)
    approvals = Approvals()
    for record in records.drafts():
        approvals.approve(record)
    with indexes_off():
        pages = Pages(languages, media, records.owners(accounts), approvals)
        counts = pages.write()
        pages.approve(waiting=False)
        spread_checks(pages.overdue())
        quiet()
        pages.approve(waiting=True)
    update_indexes(Page.objects.filter(depth__gt=1).values_list("pk", flat=True))
    sync_all_partners()
    return Made(counts, logins())


def sync_all_partners() -> None:
    """Roles were given before the sections were there that they are for."""
    for partner in Partner.objects.all():
        sync_partner_groups(partner)
