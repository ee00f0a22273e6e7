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
    service = _draft_of(Service.objects.filter(slug=slug).first())
    is_new = service is None
    if service is None:
        service = Service(slug=slug, organization=document.partner)
    if is_new or not document.is_translation:
        _write_facts(service, facts)
        changed = True
    else:
        changed = _add_urls(service, facts)
    contact = _save_contact(document, service, facts)
    if contact is not None and contact not in list(service.contacts.all()):
        service.contacts = [*service.contacts.all(), contact]
        changed = True
    if changed:
        document.keep(service)
    _save_words(document, service, facts)
    return service


def _draft_of(record: Any) -> Any:
    """The newest draft of a record, if there is a record."""
    return record.get_latest_revision_as_object() if record is not None else None


def record_slug(key: str) -> str:
    """The slug of the record behind a document id: readable, and different for different ids."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{slugify(key.replace('/', '-'))[-110:].strip('-')}-{digest}"


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
    slug = record_slug(f"{service.slug}-contact")
    found = next(iter(service.contacts.all()), None) or Contact.objects.filter(slug=slug).first()
    contact = _draft_of(found) or Contact(slug=slug, partner=document.partner)
    numbers = [row.number for row in contact.phones.all()] if contact.pk else []
    wanted = [facts.phone] if facts.phone else []
    if contact.pk is None or (not document.is_translation and numbers != wanted):
        contact.phones = [ContactPhone(key="main", number=number) for number in wanted]
        document.keep(contact)
    text = _words_of(ContactText, contact, document)
    text.title = title[:200]
    text.department = facts.department[:200] if facts.agency else ""
    document.keep(text)
    return contact


def _save_words(document: Document, service: Service, facts: Facts) -> None:
    text = _words_of(ServiceText, service, document)
    text.name = facts.name[:255]
    text.description = facts.description
    text.row_texts = [
        ("row", {"key": key, "text": words}) for key, _way, _kind, words in facts.deadlines if words
    ]
    document.keep(text)


def _words_of(model: Any, record: Any, document: Document) -> Any:
    """Words of a record in the language of a document: the newest draft, or new ones."""
    locale = Locale.objects.get(language_code=document.language)
    found = model.objects.filter(record=record, locale=locale).first()
    return _draft_of(found) or model(record=record, locale=locale)
