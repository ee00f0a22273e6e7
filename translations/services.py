"""Writes about languages: locales, the tree of each, sections that a translation needs."""

from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext, override
from wagtail.models import Locale, Page, Site

from content.publication import Road, release
from partners.indexes import IndexPage
from partners.models import Partner, PartnerPage
from partners.services import sync_partner_groups


def ensure_locales() -> list[Locale]:
    """Make a ``Locale`` for every language of the settings, default language first."""
    return [Locale.objects.get_or_create(language_code=code)[0] for code in settings.HUB_LANGUAGES]


def _home_model() -> Any:
    return apps.get_model("hub", "HomePage")


@transaction.atomic
def ensure_home(locale: Locale, *, title: str = "") -> Any:
    """Return the home page of a language, made and published when there is none.

    All homes are translations of each other. The first one made becomes the root of the site.
    """
    model = _home_model()
    found = model.objects.filter(locale=locale).first()
    if found is not None:
        return found
    first = model.objects.order_by("pk").first()
    code = locale.language_code
    home = model(
        title=title or settings.HUB_NAME,
        slug=f"home-{code}",
        locale=locale,
        show_in_menus=False,
        live=False,
    )
    if first is not None:
        home.translation_key = first.translation_key
    root = Page.get_first_root_node()
    root.add_child(instance=home)
    publish_section(home)
    if first is None:
        _use_as_site_root(home)
    return model.objects.get(pk=home.pk)


def _use_as_site_root(home: Page) -> None:
    """Make ``home`` what the default site answers with, under the address of the settings."""
    address = urlsplit(settings.HUB_BASE_URL)
    default_port = 443 if address.scheme == "https" else 80
    site = Site.objects.filter(is_default_site=True).first() or Site(is_default_site=True)
    replaced = site.root_page if site.pk else None
    wanted = (address.hostname, address.port or default_port, settings.HUB_NAME, home.pk)
    if wanted == (site.hostname, site.port, site.site_name, site.root_page_id):
        return
    site.hostname, site.port, site.site_name, site.root_page_id = wanted
    site.save()
    # Wagtail's first migration makes a welcome page; nothing of the hub stands below it.
    if (
        replaced is not None
        and replaced.pk != home.pk
        and replaced.specific_class is Page
        and not replaced.get_children().exists()
    ):
        replaced.delete()


def publish_section(page: Page) -> None:
    """Publish a page that only holds others: no knowledge in it that somebody would approve."""
    with release(Road.SETUP, reason="a section of the hub"):
        page.save_revision().publish()


@transaction.atomic
def ensure_partner_page(partner: Partner, locale: Locale) -> PartnerPage:
    """Return the partner's section in a language, made and published when there is none."""
    found = PartnerPage.objects.filter(partner=partner, locale=locale).first()
    if found is not None:
        return found
    other = PartnerPage.objects.filter(partner=partner).order_by("pk").first()
    page = PartnerPage(
        title=_partner_name(partner, locale),
        slug=partner.slug,
        locale=locale,
        partner=partner,
        live=False,
    )
    if other is not None:
        page.translation_key = other.translation_key
    ensure_home(locale).add_child(instance=page)
    publish_section(page)
    sync_partner_groups(partner)
    return page


@transaction.atomic
def sync_languages() -> list[Locale]:
    """Bring locales and trees in line with the settings; safe to run again.

    A language that is new gets its home page, the page of every partner, and each section that the
    partner has in any language. In a language that is there already, sections are made when
    something is put into them, so a second run has nothing to do.
    """
    locales = ensure_locales()
    new = [locale for locale in locales if not _home_model().objects.filter(locale=locale).exists()]
    for locale in new:
        ensure_home(locale)
    _use_as_site_root(_home_model().objects.order_by("pk").first())
    if new:
        for partner in Partner.objects.filter(pages__isnull=False).distinct():
            _ensure_sections(partner, new)
    return locales


def _ensure_sections(partner: Partner, locales: list[Locale]) -> None:
    models = {
        section.specific_class
        for page in PartnerPage.objects.filter(partner=partner)
        for section in page.get_children()
        if issubclass(section.specific_class, IndexPage)
    }
    for locale in locales:
        ensure_partner_page(partner, locale)
        for model in sorted(models, key=lambda model: model.__name__):
            ensure_index_page(partner, locale, model)


def _partner_name(partner: Partner, locale: Locale) -> str:
    texts = partner.projection.get("texts", {})
    own = texts.get(locale.language_code) or {}
    known = own.get("name") or partner.projection.get("name")
    # A partner that an import has brought waits for its approval with the name it came with.
    return known or partner.external_name or partner.slug


@transaction.atomic
def ensure_index_page(partner: Partner, locale: Locale, model: Any) -> Any:
    """Return the partner's section of one kind (``model`` is an index page class) in a language."""
    parent = ensure_partner_page(partner, locale)
    found = model.objects.child_of(parent).first()
    if found is not None:
        return found
    other = None
    for sibling in PartnerPage.objects.filter(partner=partner).exclude(pk=parent.pk):
        other = model.objects.child_of(sibling).first() or other
    with override(locale.language_code):
        title = gettext(model.section_title)
    page = model(title=title, slug=_section_slug(model, parent), locale=locale, live=False)
    if other is not None:
        page.translation_key = other.translation_key
    parent.add_child(instance=page)
    publish_section(page)
    return page


def _section_slug(model: Any, parent: Page) -> str:
    taken = set(parent.get_children().values_list("slug", flat=True))
    slug, number = model.section_slug, 2
    while slug in taken:
        slug, number = f"{model.section_slug}-{number}", number + 1
    return slug


def free_slug(parent: Page, wanted: str, fallback: str = "page") -> str:
    """Return ``wanted`` as a slug that no child of ``parent`` has yet; Unicode letters are kept."""
    base = slugify(wanted, allow_unicode=True)[:200].strip("-") or fallback
    taken = set(parent.get_children().filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
