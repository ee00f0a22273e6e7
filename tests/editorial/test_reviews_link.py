"""The page behind the link of a mail: no log-in, and nothing happens before a button is pressed."""

from datetime import date

import pytest
from django.core import signing
from django.test import Client
from wagtail.users.models import UserProfile

from content.models import AuditEvent
from editorial.models import ReviewAnswer
from editorial.notifications import sending
from editorial.reviews.links import link_for
from editorial.reviews.schedules import said
from hub.settings import databases
from tests import actors, jobs
from tests.editorial.review_dates import (
    Role,
    at,
    climb,
    form_of,
    guide,
    names,
    post,
    schedule_of,
    text_of,
    told,
)
from tests.factories import tree
from tests.factories.partners import PartnerFactory
from tests.publishing import publish, take_down

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    with at("2026-01-01"):
        return PartnerFactory()


@pytest.fixture
def asked(partner):
    """A guide of which the owner has been asked."""
    with at("2026-01-01"):
        found = guide(partner, title="Heating aid", summary="Who gets it.")
    climb("2026-06-01")
    return found


@pytest.fixture
def link(asked):
    return told()[0][2]


@pytest.fixture(autouse=True)
def second_of_june():
    with at("2026-06-02"):
        yield


def answers():
    return list(ReviewAnswer.objects.order_by("pk").values_list("answer", flat=True))


def test_the_mail_carries_the_link(asked, link, mailoutbox):
    with at("2026-06-02", hour=23):
        sending.send_digest(asked.content_owner_id)
    assert link in mailoutbox[-1].body


def test_it_shows_and_does_nothing(asked, link, client):
    before = AuditEvent.objects.count()
    for _time in range(2):
        response = client.get(link)
        text = text_of(response)
        assert response.status_code == 200
        assert "Heating aid" in text
        assert "Who gets it." in text
        assert asked.content_owner.username in text
    client.head(link)
    assert (answers(), AuditEvent.objects.count()) == ([], before)
    assert schedule_of(asked).due_on == date(2026, 7, 1)


def test_nobody_keeps_or_finds_it(link, client):
    response = client.get(link)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert b'<meta name="robots" content="noindex">' in response.content
    assert b'rel="canonical"' not in response.content


def test_still_correct(asked, link):
    client = Client(enforce_csrf_checks=True)
    response = post(client, link, "correct")
    assert "recorded" in text_of(response)
    schedule = schedule_of(asked)
    asked.refresh_from_db()
    assert schedule.checked_on == asked.checked_on == date(2026, 6, 2)
    assert tree.facts(asked).checked_on == date(2026, 6, 2)
    assert schedule.due_on == date(2026, 12, 2)
    assert schedule.last_reviewed_by == asked.content_owner.actor_key
    answer = ReviewAnswer.objects.get()
    assert answer.content_hash == said(asked)
    event = AuditEvent.objects.get(kind="review_correct")
    assert (event.actor_key, event.page_key) == (
        asked.content_owner.actor_key,
        asked.translation_key,
    )


def test_readers_see_it_at_once(asked, link, client):
    client.get(tree.address(asked))
    post(client, link, "correct")
    jobs.drain()
    assert '"lastReviewed":"2026-06-02"' in client.get(tree.address(asked)).content.decode()


def test_twice_a_day_counts_once(asked, link, client):
    posted = form_of(client.get(link), "correct")
    for _time in range(2):
        assert "recorded" in text_of(client.post(link, posted))
    assert answers() == ["correct"]
    assert AuditEvent.objects.filter(kind="review_correct").count() == 1
    with at("2026-06-03"):
        client.post(link, posted)
    assert answers() == ["correct", "correct"]


def test_a_promise_holds_the_ladder_back_until_its_day(asked, link, client):
    assert "2026" in text_of(post(client, link, "will_edit", edit_by="2026-07-20"))
    assert schedule_of(asked).edit_by == date(2026, 7, 20)
    count = len(told())
    climb("2026-07-19")
    assert len(told()) == count
    climb("2026-07-20")
    assert names(told()[count:]) == [(asked.content_owner.username, "review_due")]


@pytest.mark.parametrize("day", ["", "2026-06-01", "2026-08-02", "soon"])
def test_a_promise_needs_a_day_that_is_near(asked, link, client, day):
    assert "within the next 60 days" in text_of(post(client, link, "will_edit", edit_by=day))
    assert answers() == []


def test_not_mine_goes_up(asked, partner, link, client):
    steward = actors.person(Role.STEWARD, partner)
    post(client, link, "not_mine")
    assert schedule_of(asked).owner == steward
    assert names(told()[-1:]) == [(steward.username, "review_escalated")]
    above = told()[-1][2]
    admin = actors.person(Role.HUB_ADMIN)
    post(client, above, "not_mine")
    assert schedule_of(asked).owner is None
    assert names(told()[-1:]) == [(admin.username, "review_escalated")]


def test_a_text_that_has_changed_is_shown_and_asked_again(asked, link, client):
    posted = form_of(client.get(link), "correct")
    assert "has changed" not in text_of(client.get(link))
    asked.title = "Another text"
    publish(asked)
    shown = client.get(link)
    assert "has changed" in text_of(shown)
    assert "Another text" in text_of(shown)
    refused = client.post(link, posted)
    assert "has changed" in text_of(refused)
    assert answers() == []
    client.post(link, form_of(refused, "correct"))
    assert ReviewAnswer.objects.get().content_hash == said(asked)


class TestRefused:
    def test_forged(self, asked, link, client):
        start, seal = link.rsplit(":", 1)
        changed = f"{start}:{seal.swapcase()}"
        for wrong in (f"{link[:-2]}/", changed, "/en/review/1/"):
            assert client.get(wrong).status_code == 404
            assert client.post(wrong, {"answer": "correct"}).status_code == 404

    def test_signed_for_something_else(self, asked, client):
        token = signing.dumps([schedule_of(asked).pk, "0" * 32, ""], salt="another")
        assert client.get(f"/en/review/{token}/").status_code == 404

    def test_expired(self, asked, link, client):
        posted = form_of(client.get(link), "correct")
        with at("2026-07-17"):
            assert client.get(link).status_code == 410
            assert client.post(link, posted).status_code == 410
        assert answers() == []

    def test_for_another_page(self, asked, partner, client):
        """Whoever is asked about one page answers for no other one."""
        other = guide(partner)
        url = link_for(schedule_of(other), asked.content_owner, said(other))
        assert client.get(url).status_code == 410

    def test_after_the_owner_has_left(self, asked, link, client):
        posted = form_of(client.get(link), "correct")
        asked.content_owner.memberships.all().first().delete()
        assert client.get(link).status_code == 410
        assert client.post(link, posted).status_code == 410
        assert answers() == []

    def test_after_the_account_was_closed(self, asked, link, client):
        posted = form_of(client.get(link), "correct")
        asked.content_owner.is_active = False
        asked.content_owner.save()
        assert client.post(link, posted).status_code == 410
        assert answers() == []

    def test_after_it_was_taken_down(self, asked, link, client):
        take_down(asked)
        response = client.get(link)
        assert response.status_code == 410
        assert "no longer published" in text_of(response)

    def test_from_another_site(self, asked, link, client):
        posted = form_of(client.get(link), "correct")
        response = client.post(link, posted, headers={"Sec-Fetch-Site": "cross-site"})
        assert response.status_code == 403
        assert answers() == []

    def test_an_answer_that_there_is_not(self, asked, link, client):
        posted = {**form_of(client.get(link), "correct"), "answer": "perhaps"}
        assert "Choose one of the answers" in text_of(client.post(link, posted))
        assert answers() == []

    def test_very_often(self, asked, link, client, settings, tmp_path):
        settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
        statuses = {client.post(link, {"answer": "perhaps"}).status_code for _time in range(32)}
        assert statuses == {200, 429}


@pytest.mark.parametrize("code", ["ar", "es"])
def test_it_is_in_the_language_of_the_person(partner, code, client):
    page = guide(partner)
    UserProfile.objects.create(user=page.content_owner, preferred_language=code)
    with at("2026-10-01"):
        page.content_owner.refresh_from_db()
        url = link_for(schedule_of(page), page.content_owner, said(page))
        response = client.get(url)
    assert url.startswith(f"/{code}/")
    assert f'lang="{code}"' in response.content.decode()[:200]
