"""In development mails are read in the admin; elsewhere nobody can."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml.html import fromstring

from content.models import OutgoingMail
from tests import actors
from tests.jobs import drain

pytestmark = pytest.mark.django_db
HOSTILE = '<p>Look</p><script>alert(1)</script><img src="https://spy.example/x.png">'


@pytest.fixture(autouse=True)
def _as_in_development(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"
    settings.HUB_KEEP_MAILS = True


@pytest.fixture
def mail():
    message = EmailMultiAlternatives(
        "Review <of> the page",
        "Open https://hub.example/x?a=1&b=2\n<script>alert(1)</script>",
        to=["Ada <ada@example.org>"],
        bcc=["eva@example.org"],
    )
    message.attach_alternative(HOSTILE, "text/html")
    message.attach("plan.pdf", b"%PDF" * 256, "application/pdf")
    message.send()
    drain()
    return OutgoingMail.objects.get()


def page(response):
    assert response.status_code == 200
    return fromstring(response.content.decode())


def test_a_mail_is_kept_and_read(mail):
    document = page(actors.hub_admin().get(f"/admin/mails/{mail.pk}/"))
    text = document.text_content()
    for part in ("Review <of> the page", "Ada <ada@example.org>", "eva@example.org", "plan.pdf"):
        assert part in text
    assert "1.0\xa0KB" in text
    assert "https://hub.example/x?a=1&b=2" in document.xpath("//a/@href")


def test_the_html_part_runs_nothing(mail):
    document = page(actors.hub_admin().get(f"/admin/mails/{mail.pk}/"))
    (frame,) = document.xpath("//iframe")
    assert frame.get("sandbox") == ""
    assert "<p>Look</p>" in frame.get("srcdoc")
    assert not [s for s in document.xpath("//script/text()") if "alert(1)" in s]
    assert document.xpath("//img[contains(@src, 'spy')]") == []


def listed(client):
    links = page(client.get("/admin/mails/")).xpath("//a[contains(@href, '/admin/mails/')]")
    return [text for link in links if (text := link.text_content().strip()).startswith("Mail ")]


def test_the_list_shows_the_newest_first_at_a_fixed_cost(django_assert_num_queries):
    client = actors.hub_admin()
    EmailMultiAlternatives("Mail 0", "text", to=["ada@example.org"]).send()
    listed(client)  # fills what is remembered
    with CaptureQueriesContext(connection) as alone:
        assert listed(client) == ["Mail 0"]
    for number in range(1, 30):
        EmailMultiAlternatives(f"Mail {number}", "text", to=["ada@example.org"]).send()
    with django_assert_num_queries(len(alone)):
        assert listed(client) == [f"Mail {number}" for number in range(29, -1, -1)]


def test_the_menu_leads_there_for_hub_admins_in_development_only(settings):
    client = actors.hub_admin()
    assert b"/admin/mails/" in client.get("/admin/").content
    settings.HUB_KEEP_MAILS = False
    assert b"/admin/mails/" not in client.get("/admin/").content


def test_elsewhere_the_pages_do_not_exist(mail, settings):
    settings.HUB_KEEP_MAILS = False
    for path in ("/admin/mails/", f"/admin/mails/{mail.pk}/"):
        assert actors.hub_admin().get(path).status_code == 404


def test_nobody_else_reads_them(mail, partner_editor):
    for client in (Client(), actors.signed_in(actors.person()), partner_editor):
        for path in ("/admin/mails/", f"/admin/mails/{mail.pk}/"):
            response = client.get(path, follow=True)
            assert b"ada@example.org" not in response.content
            assert b"Please look" not in response.content


@pytest.fixture
def partner_editor():
    from tests.factories.partners import PartnerFactory

    return actors.editor(PartnerFactory())
