"""Writes the records behind imported guides: one Service and Contact for all translations."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify
from wagtail.models import Locale

from content.importing import Document
from partners.models import (
    Contact,
    ContactPhone,
    ContactText,
    Deadline,
    Service,
    ServicePhone,
    ServiceText,
    ServiceUrl,
)


@dataclass
class Facts:
    """What a document says about its service, in fields that name it."""

    name: str
    description: str = ""
    agency: str = ""
    department: str = ""
    phone: str = ""
    url: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    area: str = ""
    # key, way, kind, words in the document's language
    deadlines: list[tuple[str, str, str, str]] = field(default_factory=list)


def save_service(document: Document, facts: Facts) -> Service:
    """The service of a document. A source writes the facts, a translation its own words."""
    slug = record_slug(document.key)
    service = Service.objects.filter(slug=slug).first()
    is_new = service is None
    if service is None:
        service = Service(slug=slug, organization=document.partner, live=True)
    if is_new or not document.is_translation:
        _write_facts(service, facts)
        changed = True
    else:
        changed = _add_urls(service, facts)
    if changed:
        _store(service, is_new, document.publish)
    contact = _save_contact(document, service, facts)
    if contact is not None and not service.contacts.filter(pk=contact.pk).exists():
        service.contacts = [*service.contacts.all(), contact]
        _store(service, is_new=False, publish=True)
    _save_words(document, service, facts)
    return service


def record_slug(key: str) -> str:
    """The slug of the record behind a document id: readable, and different for different ids."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{slugify(key.replace('/', '-'))[-110:].strip('-')}-{digest}"


def _store(service: Service, is_new: bool, publish: bool) -> None:
    """Facts of a new service are there at once; a change to a known one waits as a draft."""
    if is_new or publish:
        service.save()
    else:
        service.save_revision()


def _write_facts(service: Any, facts: Facts) -> None:
    service.url = facts.url
    service.phones = [ServicePhone(key="main", number=facts.phone)] if facts.phone else []
    own = [ServiceUrl(key=key, url=url) for key, url in facts.urls.items()]
    kept = [row for row in service.urls.all() if row.key.startswith("apply-")] if service.pk else []
    service.urls = own + kept
    service.deadlines = [
        Deadline(key=key, channel=way, kind=kind) for key, way, kind, _text in facts.deadlines
    ]


def _add_urls(service: Service, facts: Facts) -> bool:
    """A translation adds addresses of its own, and leaves those of the source alone."""
    known = {row.key: row for row in service.urls.all()}
    changed = False
    for key, url in facts.urls.items():
        if key in known and (known[key].url == url or not key.startswith("apply-")):
            continue
        row = known.pop(key, None) or ServiceUrl(key=key)
        row.url = url
        service.urls.add(row)
        changed = True
    return changed


def _save_contact(document: Document, service: Service, facts: Facts) -> Contact | None:
    title = facts.agency or facts.department
    if not title:
        return None
    contact = service.contacts.first()
    if contact is None:
        slug = record_slug(f"{service.slug}-contact")
        contact = Contact.objects.filter(slug=slug).first() or Contact(
            slug=slug, partner=document.partner, live=True
        )
    numbers = [row.number for row in contact.phones.all()] if contact.pk else []
    wanted = [facts.phone] if facts.phone else []
    if contact.pk is None or (not document.is_translation and numbers != wanted):
        contact.phones = [ContactPhone(key="main", number=number) for number in wanted]
        contact.save()
    locale = Locale.objects.get(language_code=document.language)
    words = {"title": title[:200], "department": facts.department[:200] if facts.agency else ""}
    ContactText.objects.update_or_create(record=contact, locale=locale, defaults=words)
    return contact


def _save_words(document: Document, service: Service, facts: Facts) -> None:
    locale = Locale.objects.get(language_code=document.language)
    text: Any = ServiceText.objects.filter(record=service, locale=locale).first() or ServiceText(
        record=service, locale=locale
    )
    is_new = text.pk is None
    text.name = facts.name[:255]
    text.description = facts.description
    text.row_texts = [
        ("row", {"key": key, "text": words}) for key, _way, _kind, words in facts.deadlines if words
    ]
    if is_new or document.publish:
        text.save()
    else:
        text.save_revision()
