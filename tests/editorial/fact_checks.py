"""What tests of fact checks share: a joint text in its legal fact check, and a guest with a link."""

import re
from email import message_from_bytes, policy

from django.test import Client
from django.urls import reverse

from content.models import OutgoingMail
from editorial.factcheck import services
from editorial.models import FactCheckRequest
from editorial.services.submission import submit
from lessons.models import CaseStudyIndexPage, CaseStudyPage
from tests.editorial.reviews import Role, draft, fresh

BLOCK, LINKED, HIDDEN = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
CANARY = "canary7f3a9c51e0d84b62"
BODY = [
    {"type": "text", "id": BLOCK, "value": "<p>Ask at the counter in room 4.</p>"},
    {
        "type": "text",
        "id": LINKED,
        "value": '<p><a href="https://law.example.net/7">The law</a> and '
        '<a href="/en/topics/">our topics</a>.</p>',
    },
    {
        "type": "restricted",
        "id": HIDDEN,
        "value": {
            "audience": "staff",
            "body": [{"type": "text", "value": f"<p>{CANARY}</p>"}],
        },
    },
]


def text_of(place, author, *, joint=True):
    """A draft with two open blocks and a restricted one."""
    page = draft(
        CaseStudyPage, CaseStudyIndexPage, place, author, joint=joint, title="What we tried"
    )
    return rewrite(page, author, body=BODY)


def rewrite(page, user, **values):
    latest = fresh(page).get_latest_revision_as_object()
    for name, value in values.items():
        setattr(latest, name, value)
    latest.save_revision(user=user, log_action=True)
    return fresh(page)


def in_check(place, author):
    """The same, handed in: its legal fact check is open."""
    page = text_of(place, author)
    submit(page, author)
    return fresh(page)


def ask(page, user, **more):
    """Ask a guest; return the row and the path of the link in the mail."""
    values = {
        "name": "Nora Lawyer",
        "email": "nora@example.net",
        "organisation": "Legal Aid",
        "language": "en",
        "subject": "legal",
        **more,
    }
    row = services.invite(obj=page, user=user, **values)
    return row, link_in(last_mail())


def last_mail():
    row = OutgoingMail.objects.latest("pk")
    return message_from_bytes(bytes(row.message), policy=policy.default)


def words_of(mail):
    return mail.get_content()


def link_in(mail):
    return re.search(r"https?://[^/\s]+(/\S*/fact-check/\S+)", words_of(mail))[1]


def answer(path, verdict="correct", **more):
    return Client().post(path, {"verdict": verdict, **more})


def admin_path(name, page):
    return reverse(f"fact_checks:{name}", args=["lessons", "casestudypage", page.pk])


def row_of(request):
    return FactCheckRequest.objects.get(pk=request.pk)


__all__ = ["Role", "fresh"]
