"""Imports guides: services, benefits, licences, questions and answers.

Facts that age (phone, address to apply at, deadlines) become rows of one Service and Contact that
all translations share. Only fields that name a fact are read: no number of the body becomes one.
"""

import re
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
# "Yes" of an answer, in the languages of content: the question's label says the condition.
YES = {
    "ar": "نعم", "bn": "হ্যাঁ", "en": "Yes", "es": "Sí", "fr": "Oui", "hi": "हाँ", "ht": "Wi",
    "ja": "はい", "km": "បាទ/ចាស", "ko": "예", "pt": "Sim", "ru": "Да", "tl": "Oo", "vi": "Có",
    "zh-hans": "是", "zh-hant": "是",
}  # fmt: skip
# A condition written for machines: >65years, <01-01-1978.
_CONDITION = re.compile(r"[<>]=?\s*[\d-]+\s*[a-z]*\Z")
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
        key = self._apply_address(document, facts, structure.apply_url)
        service = save_service(document, facts)
        criteria = [row.label for row in structure.eligibility]
        taken = story.take(criteria, name="structure.eligibility", match="prefix")
        if criteria:
            value = {
                "title": "", "intro": "", "service": service.pk, "criteria": [],
                "questions": questions(structure.eligibility, document.language),
            }  # fmt: skip
            story.put(taken, {"type": "eligibility", "value": value})
        if structure.apply_url:
            found = story.take_paragraph_with_link(structure.apply_url)
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
        key = self._apply_address(document, facts, structure.apply_url)
        service = save_service(document, facts)
        criteria = story.take(structure.eligibility, name="structure.eligibility")
        story.put_each(criteria, lambda items: criteria_block(service, items))
        name = "structure.documents_and_requirements"
        documents = story.take(structure.documents_and_requirements, name=name)
        story.put_each(documents, documents_block)
        for title in structure.callouts:
            self._callout(document, title)
        if structure.apply_url and (facts.url or facts.urls):
            label = story.plain(structure.apply_label) or document.title
            story.append(how_to_apply("online", service, key, label))
        if facts.phone or note:
            value = {"contact": None, "service": service.pk, "location": None, "note": note[:300]}
            story.append({"type": "contact", "value": value})
        return service

    def _callout(self, document: Document, title: str) -> None:
        found = document.story.take_titled(title)
        if not found:
            document.report("list-differs", "structure.callouts", title, "its text in the body")
            return
        place, body = found
        kind = "what_if" if title.rstrip().endswith(("?", "？", "؟")) else "note"
        value = {"kind": kind, "title": document.story.plain(title)[:300], "body": body}
        document.story.put(place, {"type": "callout", "value": value})

    def _phone(self, document: Document, text: str) -> tuple[str, str]:
        """The first number in E.164, and what else the field says."""
        text = text.strip()
        if not text:
            return "", ""
        country = document.region.partition("-")[0]
        region = country if len(country) == 2 else None
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            rest = (text[: match.start] + text[match.end :]).strip(" ,;.")
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
        links = {key: url for key, url in structure.links.items() if _is_address(url)}
        facts.urls = {_key(key): url for key, url in links.items()}
        facts.url = links.get("start") or links.get("more") or links.get("home", "")
        for key, text in structure.deadlines.items():
            way, kind = DEADLINES.get(key, ("", "apply_by"))
            facts.deadlines.append((_key(key), way, kind, story.plain(text)[:1000]))
        service = save_service(document, facts)
        self._ways(document, service, links)
        taken = story.take(structure.deadlines.values(), name="structure.deadlines", match="suffix")
        if structure.deadlines:
            value = {"service": service.pk, "title": "", "note": ""}
            story.put(taken, {"type": "deadlines", "value": value})
        return service

    def _ways(self, document: Document, service: Service, links: dict[str, str]) -> None:
        """The sentence that says where to start keeps its words; its link is read from the record."""
        channel = CHANNELS.get(document.structure.channel or "")
        for key in ("start", "more", "home"):
            if not channel or key not in links:
                continue
            found = document.story.take_paragraph_with_link(links[key])
            if found:
                place, body, label = found
                block = how_to_apply(channel, service, _key(key), label, body)
                document.story.put(place, block)
                return

    def _apply_address(self, document: Document, facts: Facts, url: str) -> str:
        """The key of the address to apply at: a translation may have one of its own."""
        url = url.strip()
        if not url:
            return ""
        if not _is_address(url):
            document.report("wrong-address", "structure.apply_url", url, "an https:// address")
            return ""
        if not document.is_translation:
            facts.url = url
            return ""
        facts.urls = {f"apply-{document.language}": url}
        return f"apply-{document.language}"


def questions(rows: list[Any], language: str) -> list[dict[str, Any]]:
    """Criteria with accepted answers as questions: all must be met, one answer each is enough."""
    result: list[dict[str, Any]] = []
    used: set[str] = set()
    for row in rows:
        key = slugify(row.criterion)[:180] or "question"
        number = 2
        while key in used:
            key, number = f"{slugify(row.criterion)[:180]}-{number}", number + 1
        used.add(key)
        result.append(
            {
                "criterion": key,
                "label": row.label[:1000],
                "answers": answers(row.accepted, language),
                "none_leads_to": "unlikely",
                "unknown_leads_to": "ask",
            }
        )
    return result


def answers(accepted: list[bool | str], language: str) -> list[dict[str, str]]:
    """Accepted answers as given. Conditions for machines and plain yes are one answer: yes."""
    values = ["true" if value is True else str(value).strip() for value in accepted]
    values = [value for value in dict.fromkeys(values) if value and value != "False"]
    conditions = [value for value in values if _CONDITION.match(value)]
    rows = []
    yes = YES.get(language) or YES.get(language.partition("-")[0]) or YES["en"]
    if conditions:
        # Several conditions in one criterion hold together: between 18 and 64.
        rows.append({"value": " ".join(conditions)[:200], "label": yes, "leads_to": "next"})
    for value in values:
        if value not in conditions:
            label = yes if value == "true" else value
            label = label[:1].upper() + label[1:]
            rows.append({"value": value[:200], "label": label[:500], "leads_to": "next"})
    return rows or [{"value": "true", "label": yes, "leads_to": "next"}]


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


def _key(text: str) -> str:
    return slugify(text)[:60] or "key"


def _is_address(url: str) -> bool:
    return url.strip().startswith(("https://", "http://")) and len(url) <= 1000
