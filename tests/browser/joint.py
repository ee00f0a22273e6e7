"""A city and an association with their people, and a text of both that waits to be handed in.

Written into the data folder of the site under the browser by ``manage.py shell``.
"""

import json
import sys
from uuid import uuid4

PASSWORD = "long enough for anybody 7"
TEXTS = {
    "en": {
        "title": "How we keep the heat on",
        "summary": "What the city and the tenants' association agreed on.",
        "body": "When the heating fails, the landlord has 24 hours.",
        "note": "First version of both.",
    },
    "ar": {
        "title": "كيف نحافظ على التدفئة",
        "summary": "ما اتفقت عليه المدينة وجمعية المستأجرين.",
        "body": "عندما تتعطل التدفئة، أمام المالك 24 ساعة.",
        "note": "النسخة الأولى من الطرفين.",
    },
}
PEOPLE = {
    "author": ("author", "city"),
    "approver": ("approver", "city"),
    "second": ("approver", "city"),
    "other": ("approver", "association"),
    "legal": ("specialist", "city"),
}


def build(language, name=""):
    """Make the world of one language; tell what a test has to know of it."""
    from wagtail.models import Locale
    from wagtail.users.models import UserProfile

    from lessons.models import CaseStudyIndexPage, CaseStudyPage
    from partners.models import PartnerRole
    from partners.services import add_membership
    from tests.factories.content import UserFactory
    from tests.factories.partners import PartnerFactory, PartnerTextFactory
    from tests.factories.tree import section

    name = name or f"{language}{uuid4().hex[:6]}"
    city = _partner(PartnerFactory, PartnerTextFactory, f"city-{name}", "government", language)
    association = _partner(
        PartnerFactory, PartnerTextFactory, f"association-{name}", "civil_society", language
    )
    partners = {"city": city, "association": association}
    logins = {}
    for key, (role, where) in PEOPLE.items():
        user = UserFactory(username=f"{key}-{name}", email=f"{key}-{name}@example.org")
        user.set_password(PASSWORD)
        user.save()
        specialism = "legal" if role == "specialist" else ""
        add_membership(user=user, role=role, partner=partners[where], specialism=specialism)
        profile = UserProfile.get_for_user(user)
        profile.preferred_language = language
        profile.save()
        logins[key] = user.username
    texts = TEXTS[language]
    page = CaseStudyPage(
        locale=Locale.objects.get(language_code=language),
        title=texts["title"],
        slug=f"heat-{name}",
        summary=texts["summary"],
        body=[{"type": "text", "value": f"<p>{texts['body']}</p>"}],
        owner_partner=city,
        licence="CC-BY-4.0",
        change_note=texts["note"],
        live=False,
    )
    page.partner_roles = [PartnerRole(partner=association, role=PartnerRole.Role.CO_AUTHOR)]
    author = type(user).objects.get(username=logins["author"])
    page.owner = author
    section(city, CaseStudyIndexPage, code=language).add_child(instance=page)
    page.save_revision(user=author, log_action=True)
    tell({"page": page.pk, "url": page.get_url(), "logins": logins})


def tell(what):
    """Hand something to the test in whose process this does not run."""
    sys.stdout.write(f"RESULT{json.dumps(what)}\n")


def _partner(factory, texts, slug, kind, language):
    from wagtail.models import Locale

    partner = factory(slug=slug, kind=kind, english=None)
    for code in dict.fromkeys(["en", language]):
        locale = Locale.objects.get(language_code=code)
        texts(record=partner, locale=locale, name=slug.replace("-", " ").title())
    return partner


def last_mail(to):
    """Tell the text of the newest mail to an address."""
    from email import message_from_bytes, policy

    from content.models import OutgoingMail

    for row in OutgoingMail.objects.order_by("-pk"):
        mail = message_from_bytes(bytes(row.message), policy=policy.default)
        if to in str(mail["To"]):
            return tell(mail.get_content())
    return tell("")
