"""Imports guides: services, benefits, licences, questions and answers.

Facts that age (phone, address to apply at, deadlines) become rows of one Service and Contact that
all translations share. Only fields that name a fact are read: no number of the body becomes one.
"""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any

import phonenumbers
from django.utils.text import slugify
from wagtail.models import Page

from content.importing import Batch, Block, Child, Document, Head, PageDraft, Place
from guides.models import GuideIndexPage, GuidePage, GuideService
from guides.records import Facts, save_service
from partners.models import Service

# How a document's way of registering is named here.
CHANNELS = {"online": "online", "by-mail": "post", "in-person": "in_person"}
# Deadlines of the format: key -> (way, what must happen by then).
DEADLINES = {
    "online": ("online", "apply_by"),
    "mail_received": ("post", "arrive_by"),
    "mail_postmarked": ("post", "postmarked_by"),
    "in_person": ("in_person", "apply_by"),
}
# The answer to a question whose label says the condition. Where Django has no words, or other ones.
YES_NO = {
    "am": "አዎ,አይ", "ar": "نعم,لا", "bn": "হ্যাঁ,না", "en": "Yes,No", "es": "Sí,No", "fr": "Oui,Non",
    "ha": "Eh,A'a", "hi": "हाँ,नहीं", "ht": "Wi,Non", "ja": "はい,いいえ", "km": "បាទ/ចាស,ទេ",
    "ko": "예,아니요", "lo": "ແມ່ນ,ບໍ່", "my": "ဟုတ်,မဟုတ်", "ne": "हो,होइन", "ps": "هو,نه",
    "pt": "Sim,Não", "ru": "Да,Нет", "so": "Haa,Maya", "th": "ใช่,ไม่ใช่", "ti": "እወ,ኣይፋል", "tl": "Oo,Hindi",
    "ur": "ہاں,نہیں", "vi": "Có,Không", "zh-hans": "是,否", "zh-hant": "是,否",
}  # fmt: skip
# A condition written for machines: >65years, <01-01-1978.
_CONDITION = re.compile(r"[<>]=?\s*[\d-]+\s*[a-z]*\Z")
_EXTENSION = re.compile(r"[^\d()\s.-][^\d]*\d+\Z|[,;]\s*\d+\Z")
_TAG = re.compile(r"<[^>]*>")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


class GuideImporter:
    def place(self, document: Head, batch: Batch) -> Place:
        return Place(GuidePage, GuideIndexPage)

    def build(self, document: Document) -> PageDraft:
        draft = PageDraft()
        service = None
        if document.form == "benefit":
            service = self._benefit(document)
        elif document.form == "licence":
            service = self._licence(document)
        elif document.form == "service":
            service = self._service(document)
        if service is not None:
            draft.children["guide_services"] = [GuideService(service=service)]
        draft.streams["body"] = document.story.blocks()
        return draft

    def list_children(self, page: Page, children: list[Child]) -> dict[str, list[Block]]:
        return {}

    # -- benefits ---------------------------------------------------------------------------

    def _benefit(self, document: Document) -> Service:
        structure, story = document.structure, document.story
        agency = story.plain(structure.agency)
        facts = Facts(name=document.title, description=story.plain(document.summary))
        facts.agency = agency
        key, address = self._apply_address(document, facts, structure.apply_url)
        service = save_service(document, facts)
        criteria = [row.label for row in structure.eligibility]
        taken = story.take(criteria, name="structure.eligibility", match="prefix")
        if criteria:
            value = {
                "title": "", "intro": "", "service": service.pk, "criteria": [],
                "questions": questions(document, structure.eligibility),
            }  # fmt: skip
            story.put(taken, {"type": "eligibility", "value": value})
        if address:
            found = story.take_paragraph_with_link(address)
            label = agency or document.title
            body = ""
            if found:
                place, text, link = found
                label = link or label
                # A paragraph that is nothing but the link needs no words beside it.
                body = "" if unescape(_TAG.sub("", text)).strip() == link else text
            block = how_to_apply("online", service, key, label, body)
            if found:
                story.put(place, block)
            else:
                story.append(block)
        return service

    # -- licences ---------------------------------------------------------------------------

    def _licence(self, document: Document) -> Service:
        structure, story = document.structure, document.story
        facts = Facts(name=document.title, description=story.plain(document.summary))
        facts.agency = readable(structure.agency, document.region)
        facts.department = story.plain(structure.agency_detail)
        facts.phone, note = self._phone(document, structure.phone)
        key, address = self._apply_address(document, facts, structure.apply_url)
        service = save_service(document, facts)
        criteria = story.take(structure.eligibility, name="structure.eligibility")
        story.put_each(criteria, lambda items: criteria_block(service, items))
        name = "structure.documents_and_requirements"
        documents = story.take(structure.documents_and_requirements, name=name)
        story.put_each(documents, documents_block)
        for title in structure.callouts:
            self._callout(document, title)
        if address:
            label = story.plain(structure.apply_label) or document.title
            story.append(how_to_apply("online", service, key, label))
        if facts.phone or note:
            note = document.cut(note, 300, "structure.phone")
            value = {"contact": None, "service": service.pk, "location": None, "note": note}
            story.append({"type": "contact", "value": value})
        return service

    def _callout(self, document: Document, title: str) -> None:
        found = document.story.take_titled(title)
        if not found:
            document.report("list-differs", "structure.callouts", title, "its text in the body")
            text = {"type": "text", "value": document.story.rich_from_markdown(title)}
            if text["value"]:
                value = {"kind": "note", "title": "", "body": [text]}
                document.story.append({"type": "callout", "value": value})
            return
        place, body = found
        kind = "what_if" if title.rstrip().endswith(("?", "？", "؟")) else "note"
        value = {"kind": kind, "title": document.story.plain(title)[:300], "body": body}
        document.story.put(place, {"type": "callout", "value": value})

    def _phone(self, document: Document, text: str) -> tuple[str, str]:
        """The first number in E.164, and what else the field says."""
        text = document.story.plain(text)
        if not text:
            return "", ""
        country = document.region.partition("-")[0].upper()
        region = country if country in phonenumbers.SUPPORTED_REGIONS else None
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            rest = (text[: match.start] + text[match.end :]).strip(" ,;.")
            if match.number.extension:
                # A number that is dialled has none: it is said beside it.
                rest = f"{_extension(match.raw_string)} {rest}".strip()
            number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
            return number, rest
        wanted = "a number that can be dialled, with + and country code or of the partner's country"
        document.report("bad-phone", "structure.phone", text, wanted)
        return "", text

    # -- voter registration and the like ----------------------------------------------------

    def _service(self, document: Document) -> Service:
        structure, story = document.structure, document.story
        facts = Facts(name=document.title)
        facts.area = structure.area
        links = {
            key: url
            for key, text in structure.links.items()
            if (url := document.address(text, f"structure.links.{key}"))
        }
        names = _keys(links)
        facts.urls = {names[key]: url for key, url in links.items()}
        facts.url = links.get("start") or links.get("more") or links.get("home", "")
        deadlines = {key: text for key, text in structure.deadlines.items() if text.strip()}
        rows = _keys(deadlines)
        for key, text in deadlines.items():
            way, kind = DEADLINES.get(key.lower().replace("-", "_"), ("", "apply_by"))
            words = document.cut(story.plain(text), 1000, f"structure.deadlines.{key}")
            facts.deadlines.append((rows[key], way, kind, words))
        service = save_service(document, facts)
        self._ways(document, service, links, names)
        taken = story.take(deadlines.values(), name="structure.deadlines", match="suffix")
        if deadlines:
            value = {"service": service.pk, "title": "", "note": ""}
            story.put(taken, {"type": "deadlines", "value": value})
        return service

    def _ways(
        self, document: Document, service: Service, links: dict[str, str], names: dict[str, str]
    ) -> None:
        """The sentence that says where to start keeps its words; its link is read from the record."""
        channel = CHANNELS.get(document.structure.channel or "")
        for key in ("start", "more", "home"):
            if not channel or key not in links:
                continue
            found = document.story.take_paragraph_with_link(links[key])
            if found:
                place, body, label = found
                block = how_to_apply(channel, service, names[key], label, body)
                document.story.put(place, block)
                return

    def _apply_address(self, document: Document, facts: Facts, text: str) -> tuple[str, str]:
        """The address to apply at and its key: a translation may have one of its own."""
        url = document.address(text, "structure.apply_url")
        if not url:
            return "", ""
        if not document.is_translation:
            facts.url = url
            return "", url
        facts.urls = {f"apply-{document.language}": url}
        return f"apply-{document.language}", url


def questions(document: Document, rows: list[Any]) -> list[dict[str, Any]]:
    """Criteria with accepted answers as questions: all must be met, one answer each is enough."""
    result: list[dict[str, Any]] = []
    used: set[str] = set()
    for row in rows:
        key = _unused(slugify(row.criterion)[:180] or "question", used)
        result.append(
            {
                "criterion": key,
                "label": document.cut(row.label, 1000, "structure.eligibility"),
                "answers": answers(document, row.accepted),
                "none_leads_to": "unlikely",
                "unknown_leads_to": "ask",
            }
        )
    return result


def answers(document: Document, accepted: list[bool | str]) -> list[dict[str, str]]:
    """Accepted answers as given. Conditions for machines and plain yes are one answer: yes."""
    values = [str(v).lower() if isinstance(v, bool) else " ".join(v.split()) for v in accepted]
    values = [value for value in dict.fromkeys(values) if value]
    conditions = [value for value in values if _CONDITION.match(value)]
    rows = []
    yes, no = yes_and_no(document)
    used: set[str] = set()
    if conditions:
        # Several conditions in one criterion hold together: between 18 and 64.
        value = _unused(" ".join(conditions)[:180], used)
        rows.append({"value": value, "label": yes, "leads_to": "next"})
    for value in values:
        if value not in conditions:
            label = {"true": yes, "false": no}.get(value, value)
            label = document.cut(label[:1].upper() + label[1:], 500, "structure.eligibility")
            rows.append({"value": _unused(value[:180], used), "label": label, "leads_to": "next"})
    return rows or [{"value": "true", "label": yes, "leads_to": "next"}]


def yes_and_no(document: Document) -> tuple[str, str]:
    language = document.language
    said = YES_NO.get(language) or YES_NO.get(language.partition("-")[0])
    said = said or document.say("yes,no,maybe")
    yes, no, *_rest = (word.strip() for word in said.split(","))
    return yes[:1].upper() + yes[1:], no[:1].upper() + no[1:]


def criteria_block(service: Service, items: list[str]) -> Block:
    value = {"title": "", "intro": "", "service": service.pk, "criteria": items, "questions": []}
    return {"type": "eligibility", "value": value}


def documents_block(items: list[str]) -> Block:
    rows = [{"text": item, "substitutes": ""} for item in items]
    return {"type": "documents_needed", "value": {"title": "", "service": None, "items": rows}}


def how_to_apply(channel: str, service: Service, key: str, label: str, body: str = "") -> Block:
    row = {
        "channel": channel, "service": service.pk, "url_key": key, "link_label": label[:200],
        "english_only": False, "body": body,
    }  # fmt: skip
    return {"type": "how_to_apply", "value": {"channels": [row]}}


def readable(name: str, region: str) -> str:
    """An agency's name; a slug becomes words."""
    name = " ".join(name.split())
    if not _SLUG.match(name) or "-" not in name:
        return name
    words = name.split("-")
    area = region.partition("-")[2].lower()
    return " ".join(word.upper() if word == area else word.capitalize() for word in words)


def _keys(names: Iterable[str]) -> dict[str, str]:
    """A key for each name; names that differ in other letters only have keys of their own."""
    used: set[str] = set()
    return {name: _unused(slugify(name)[:50] or "key", used) for name in names}


def _unused(base: str, used: set[str]) -> str:
    key, number = base, 2
    while key in used:
        key, number = f"{base}-{number}", number + 1
    used.add(key)
    return key


def _extension(text: str) -> str:
    """What a number says after its last digits but one: ``ext. 12``."""
    found = _EXTENSION.search(text)
    return found[0].strip(" ,;") if found else ""
