"""Writes what is no page: areas, vocabulary, partners, services, places, pictures, people."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, Locale

from content.ids import ensure_ids
from content.models import (
    Audience,
    AudienceLabel,
    SharedText,
    SharedTextBody,
    Topic,
    TopicLabel,
    User,
)
from partners.models import (
    Contact,
    ContactText,
    CostOption,
    Deadline,
    Jurisdiction,
    JurisdictionLabel,
    Location,
    LocationText,
    Membership,
    Partner,
    PartnerText,
    PartnerTheme,
    RequiredDocument,
    Service,
    ServiceAtLocation,
    ServiceText,
    ServiceUrl,
)
from partners.services import add_membership

from . import data, documents, images
from .blocks import NAMESPACE

CREDIT = "Drawn for this demonstration"


def key(*names: str) -> Any:
    """Return the stable id of a thing of the demo."""
    return uuid5(NAMESPACE, "/".join(names))


def vocabulary(languages: list[str]) -> None:
    for row in data.records("topics"):
        topic = Topic.objects.create(slug=row["key"])
        for code in languages:
            if label := row["labels"].get(code):
                TopicLabel.objects.create(
                    topic=topic,
                    language=code,
                    label=label,
                    synonyms="\n".join(row["synonyms"].get(code, [])),
                )
    for row in data.records("audiences"):
        audience = Audience.objects.create(slug=row["key"])
        for code in languages:
            if label := row["labels"].get(code):
                AudienceLabel.objects.create(audience=audience, language=code, label=label)
    for row in data.records("jurisdictions"):
        area = Jurisdiction.objects.create(
            code=row["code"],
            level=row["level"],
            parent=Jurisdiction.objects.filter(code=row.get("parent", "")).first(),
        )
        for code in languages:
            if label := row["labels"].get(code):
                JurisdictionLabel.objects.create(jurisdiction=area, language=code, label=label)
    for row in data.records("shared_texts"):
        shared = SharedText.objects.create(slug=row["key"], key=key("shared", row["key"]))
        for code in languages:
            if words := row.get(code):
                _text(SharedTextBody, shared, code, words)


def media() -> dict[str, dict[str, int]]:
    """Draw the pictures and write the documents; return their ids by name."""
    listed = data.records("media")
    collection = Collection.get_first_root_node()
    made: dict[str, dict[str, int]] = {"image": {}, "document": {}}
    logos = [{"name": name, "title": f"Logo {name.removeprefix('logo-')}"} for name in images.LOGOS]
    for row in [*listed["images"], *logos]:
        content = images.draw(row["name"])
        image = get_image_model()(
            title=row["title"],
            file=ImageFile(BytesIO(content), name=f"demo-{row['name']}.png"),
            file_size=len(content),
            collection=collection,
            credit=CREDIT,
        )
        image.save()
        made["image"][row["name"]] = image.pk
    for row in listed["documents"]:
        content = documents.write(row["name"])
        document = get_document_model()(
            title=row["title"],
            file=ContentFile(content, name=f"demo-{row['file']}"),
            file_size=len(content),
            collection=collection,
        )
        document.clean()
        document.save()
        made["document"][row["name"]] = document.pk
    return made


def partners(languages: list[str], pictures: Mapping[str, int]) -> None:
    for row in data.records("partners"):
        partner = Partner(
            slug=row["slug"],
            key=key("partner", row["slug"]),
            kind=row["kind"],
            parent=Partner.objects.filter(slug=row.get("parent", "")).first(),
            website=row["website"],
            email=row["email"],
            languages=", ".join(row["languages"]),
            live=False,
        )
        partner.jurisdictions = _areas(row["jurisdictions"])
        partner.full_clean()
        partner.save()
        _phones(partner, row)
        if theme := row.get("theme"):
            PartnerTheme.objects.create(
                partner=partner,
                brand=theme["brand"],
                accent=theme["accent"],
                logo_id=pictures[theme["logo"]],
            )
        _finish(partner, PartnerText, row["texts"], languages)


def places(languages: list[str]) -> None:
    for row in data.records("locations"):
        rows = {"slug", "phones", "schedules", "texts"}
        location = Location(
            key=key("location", row["slug"]),
            slug=row["slug"],
            live=False,
            **{name: value for name, value in row.items() if name not in rows},
        )
        location.full_clean()
        location.save()
        _phones(location, row)
        _schedules(location, row)
        _finish(location, LocationText, row["texts"], languages)
    for row in data.records("contacts"):
        contact = Contact(
            key=key("contact", row["slug"]),
            slug=row["slug"],
            partner=Partner.objects.get(slug=row["partner"]),
            name=row["name"],
            email=row["email"],
            audience=row["audience"],
            live=False,
        )
        contact.full_clean()
        contact.save()
        _phones(contact, row)
        _finish(contact, ContactText, row["texts"], languages)


def services(languages: list[str]) -> None:
    for row in data.records("services"):
        service = Service(
            key=key("service", row["slug"]),
            slug=row["slug"],
            organization=Partner.objects.get(slug=row["organization"]),
            status=row["status"],
            url=row["url"],
            email=row.get("email", ""),
            minimum_age=row.get("minimum_age"),
            maximum_age=row.get("maximum_age"),
            languages=", ".join(row["languages"]),
            assured_date=data.day(row["assured_date"]),
            assure_months=row["assure_months"],
            live=False,
        )
        service.service_areas = _areas(row["service_areas"])
        service.contacts = [Contact.objects.get(slug=slug) for slug in row.get("contacts", [])]
        service.full_clean()
        service.save()
        _phones(service, row)
        _schedules(service, row)
        words = _service_rows(service, row)
        for code in languages:
            if texts := row["texts"].get(code):
                lines = [
                    {"type": "row", "value": {"key": name, "text": text[code]}}
                    for name, text in words.items()
                    if code in text
                ]
                field = ServiceText._meta.get_field("row_texts")
                rows = ensure_ids(field.stream_block, lines, seed=f"demo/service/{row['slug']}")
                _text(ServiceText, service, code, {**texts, "row_texts": rows})
        service.save()


def _service_rows(service: Service, row: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Write prices, papers, dates and places; return their words by key and language."""
    words: dict[str, dict[str, str]] = {}
    for number, item in enumerate(row.get("urls", [])):
        ServiceUrl.objects.create(service=service, sort_order=number, **item)
    for number, item in enumerate(row.get("costs", [])):
        CostOption.objects.create(
            service=service,
            sort_order=number,
            key=item["key"],
            amount=Decimal(item["amount"]),
            currency=item["currency"],
            valid_from=data.day(item.get("valid_from")),
        )
        words[item["key"]] = {
            code: " – ".join(text.values()) for code, text in item["texts"].items()
        }
    for number, item in enumerate(row.get("documents", [])):
        RequiredDocument.objects.create(service=service, sort_order=number, key=item["key"])
        words[item["key"]] = item["texts"]
    for number, item in enumerate(row.get("deadlines", [])):
        deadline = Deadline(
            service=service,
            sort_order=number,
            key=item["key"],
            channel=item["channel"],
            kind=item["kind"],
            date=data.day(item.get("date")),
            rrule=item.get("rrule", ""),
            time=item.get("time"),
            timezone=item["timezone"],
        )
        deadline.full_clean()
        deadline.save()
        words[item["key"]] = item["notes"]
    for slug in row.get("locations", []):
        place = Location.objects.get(slug=slug)
        ServiceAtLocation.objects.create(service=service, location=place)
    return words


def drafts() -> Iterator[Any]:
    """Yield everything that waits for approval, what others name first."""
    models = (SharedTextBody, Partner, PartnerText, Location, LocationText, Contact,
              ContactText, Service, ServiceText)  # fmt: skip
    for model in models:
        yield from model.objects.filter(live=False).order_by("pk")


def people() -> dict[str, Any]:
    """Make the accounts of the demo, without rights yet; return them by user name."""
    made = {}
    for row in data.records("users"):
        made[row["username"]] = User.objects.create_user(
            row["username"],
            email=f"{row['username']}@example.org",
            password=None,
            first_name=row["first_name"],
            last_name=row["last_name"],
        )
    return made


def memberships(accounts: Mapping[str, Any], password: str) -> None:
    """Give the accounts their roles and the demo password."""
    # Published anyway, so that one hash may serve all: making one is slow on purpose.
    encoded = make_password(password)
    for row in data.records("users"):
        user = accounts[row["username"]]
        user.password = encoded
        user.save()
        if row.get("hub_admin"):
            add_membership(user=user, role=Membership.Role.HUB_ADMIN)
        for item in row.get("memberships", []):
            _membership(user, item)


def _membership(user: Any, item: Mapping[str, Any]) -> None:
    """Give one role; a hub without any of a translator's languages has no use for that translator."""
    languages = [code for code in item.get("locales", []) if code in settings.HUB_LANGUAGES]
    if languages or "locales" not in item:
        add_membership(
            user=user,
            role=item["role"],
            partner=Partner.objects.filter(slug=item.get("partner", "")).first(),
            languages=", ".join(languages),
            specialism=item.get("specialism", ""),
            may_start_emergency=item.get("emergency", False),
        )


def owners(accounts: Mapping[str, Any]) -> dict[str, Any]:
    """Return who looks after the pages of a partner: its first member of the list."""
    found: dict[str, Any] = {}
    for row in data.records("users"):
        for item in row.get("memberships", []):
            found.setdefault(item.get("partner", ""), accounts[row["username"]])
    return found


def _areas(codes: Iterable[str]) -> list[Jurisdiction]:
    return [Jurisdiction.objects.get(code=code) for code in codes]


def _phones(record: Any, row: Mapping[str, Any]) -> None:
    rows = record._meta.get_field("phones")
    for number, item in enumerate(row.get("phones", [])):
        phone = rows.related_model(**{rows.field.name: record}, sort_order=number, **item)
        phone.full_clean()
        phone.save()


def _schedules(record: Any, row: Mapping[str, Any]) -> None:
    rows = record._meta.get_field("schedules")
    for number, item in enumerate(row.get("schedules", [])):
        rows.related_model.objects.create(
            **{rows.field.name: record},
            sort_order=number,
            byday=",".join(item["byday"]),
            opens_at=data.clock(item["opens_at"]),
            closes_at=data.clock(item["closes_at"]),
        )


def _finish(record: Any, model: Any, texts: Mapping[str, Any], languages: list[str]) -> None:
    """Write the words of a record and its projection."""
    for code in languages:
        if code in texts:
            _text(model, record, code, texts[code])
    record.save()


def _text(model: Any, record: Any, code: str, words: Mapping[str, Any]) -> None:
    locale = Locale.objects.get(language_code=code)
    text = model(record=record, locale=locale, live=False)
    for name, value in words.items():
        setattr(text, name, value)
    text.save()
