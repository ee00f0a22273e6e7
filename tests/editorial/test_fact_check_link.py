"""A guest's link: shows one revision to whoever holds it, as long as it says the same."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from lxml.html import fromstring

from content import limits
from content.models import AuditEvent, Job
from editorial.factcheck import services
from editorial.factcheck.queries import digest_of
from editorial.models import FactCheckRequest, GuestAnswer, Notification
from hub.settings import databases
from tests.editorial.fact_checks import (
    BLOCK,
    CANARY,
    HIDDEN,
    LINKED,
    Role,
    answer,
    ask,
    in_check,
    last_mail,
    link_in,
    rewrite,
    row_of,
    text_of,
    words_of,
)
from tests.editorial.reviews import fresh, open_step, town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mails_are_rows(settings):
    settings.EMAIL_BACKEND = "content.mail.backend.JobEmailBackend"


@pytest.fixture
def place():
    return town()


@pytest.fixture
def author(place):
    return place.someone(Role.AUTHOR)


@pytest.fixture
def text(place, author):
    return in_check(place, author)


def html_of(response):
    return response.content.decode()


class TestTheMail:
    def test_it_says_who_asks_about_what_and_holds_the_link(self, text, author):
        author.first_name, author.last_name = "Ada", "Bell"
        ask(text, author)
        mail = last_mail()
        assert mail["To"] == "nora@example.net"
        assert mail["Reply-To"] == author.email
        assert mail["Subject"] == "Please check a text: What we tried"
        assert "Ada Bell" in words_of(mail)
        assert "counter" not in words_of(mail)

    def test_link_and_mail_are_in_the_guests_language(self, text, author):
        _row, path = ask(text, author, language="ar")
        assert path.startswith("/ar/fact-check/")
        response = Client().get(path)
        assert '<html lang="ar" dir="rtl"' in html_of(response)
        assert response.headers["Content-Language"] == "ar"
        # What is checked stays in its own language.
        assert '<div lang="en" dir="ltr"><p' in html_of(response)

    def test_the_token_is_stored_nowhere(self, text, author):
        row, path = ask(text, author)
        token = path.rstrip("/").rpartition("/")[2]
        assert len(token) >= 43
        assert row.token_hash == digest_of(token)
        stored = [str(values) for values in FactCheckRequest.objects.values_list()]
        stored += [str(values) for values in AuditEvent.objects.values_list()]
        stored += [str(values) for values in Job.objects.values_list()]
        assert token not in " ".join(stored)


class TestThePage:
    def test_it_shows_the_text_with_a_comment_box_at_each_part(self, text, author):
        _row, path = ask(text, author)
        html = fromstring(html_of(Client().get(path)))
        assert html.xpath("//h1")[0].text_content() == "What we tried"
        boxes = html.xpath("//details//textarea[@form='answer']/@name")
        assert {f"c-{BLOCK}", f"c-{LINKED}"} <= set(boxes)
        assert f"c-{HIDDEN}" not in boxes
        assert html.xpath(f"//*[@id='p-{BLOCK}']//p[contains(., 'room 4')]")

    @pytest.mark.parametrize("who", ["nobody", "staff", "superuser"])
    def test_what_is_restricted_is_hidden_whoever_opens_it(self, place, text, author, who):
        _row, path = ask(text, author)
        client = Client()
        if who != "nobody":
            user = place.someone(Role.EDITOR)
            user.is_superuser = who == "superuser"
            user.save()
            client.force_login(user)
        assert CANARY not in html_of(client.get(path))

    def test_it_is_for_no_cache_no_index_and_no_other_site(self, text, author):
        _row, path = ask(text, author)
        response = Client().get(path)
        assert response.headers["Cache-Control"] == "private, no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response.headers["X-Robots-Tag"]
        assert "'unsafe-inline'" not in response.headers["Content-Security-Policy"]
        assert not response.cookies
        html = html_of(response)
        assert "<script" not in html
        assert "style=" not in html

    def test_no_way_leads_to_another_page_but_to_sources_elsewhere(self, text, author):
        _row, path = ask(text, author)
        html = fromstring(html_of(Client().get(path)))
        links = html.xpath("//a")
        assert [link.get("href") for link in links] == ["https://law.example.net/7"]
        assert "noreferrer" in links[0].get("rel")
        assert "law.example.net" in html.xpath(f"//*[@id='p-{LINKED}']")[0].text_content()
        assert html.xpath("//form/@action") == [path]

    def test_questions_stand_at_their_part(self, text, author):
        _row, path = ask(
            text,
            author,
            questions=[
                {"block_id": BLOCK, "question": "Is it still room 4?"},
                {"block_id": "", "question": "Anything missing?"},
                {"block_id": HIDDEN, "question": "And this?"},
            ],
        )
        html = fromstring(html_of(Client().get(path)))
        part = html.xpath(f"//*[@id='p-{BLOCK}']")[0].text_content()
        assert "Is it still room 4?" in part
        assert "Anything missing?" not in part
        assert "Anything missing?" in html.text_content()
        assert "And this?" in html.text_content()

    def test_looking_does_nothing(self, text, author):
        row, path = ask(text, author)
        before = row_of(row).__dict__
        events = AuditEvent.objects.count()
        client = Client()
        for method in (client.get, client.head):
            assert method(path, {"verdict": "correct"}).status_code == 200
        assert client.put(path).status_code == 405
        after = row_of(row).__dict__
        assert {k: v for k, v in after.items() if k != "_state"} == {
            k: v for k, v in before.items() if k != "_state"
        }
        assert GuestAnswer.objects.count() == 0
        assert AuditEvent.objects.count() == events

    def test_the_draft_itself_stays_closed(self, text, author):
        """The link opens the fact check and nothing else, also in the same browser."""
        _row, path = ask(text, author)
        client = Client()
        client.get(path)
        assert client.get(f"/admin/pages/{text.pk}/edit/").status_code == 302
        assert client.get(f"/admin/pages/{text.pk}/view_draft/").status_code == 302
        assert client.get(f"/en/{text.slug}/").status_code == 404


class TestTheAnswer:
    def test_an_answer_is_kept_with_its_content(self, text, author):
        row, path = ask(text, author)
        response = answer(
            path,
            "needs_changes",
            comment="Line one.\r\nLine two.",
            **{f"c-{BLOCK}": "It is room 5.", f"c-{HIDDEN}": "not shown, not kept"},
        )
        assert response.status_code == 302
        assert response.headers["Location"] == path
        kept = GuestAnswer.objects.get()
        assert kept.verdict == "needs_changes"
        assert kept.comment == "Line one.\nLine two."
        assert kept.block_comments == {BLOCK: "It is room 5."}
        assert (kept.request_id, kept.content_hash) == (row.pk, row.content_hash)
        assert kept.actor_key == row.actor_key
        event = AuditEvent.objects.get(kind="fact_check_answered")
        assert event.content_hash == row.content_hash
        assert event.data["rows"][0][1] == str(kept.pk)
        assert "Thank you" in html_of(Client().get(path))

    def test_a_second_answer_adds_a_row(self, text, author):
        _row, path = ask(text, author)
        answer(path, "needs_changes", comment="Room 5.")
        answer(path, "correct")
        assert list(GuestAnswer.objects.order_by("pk").values_list("verdict", flat=True)) == [
            "needs_changes",
            "correct",
        ]

    def test_it_approves_nothing(self, text, author):
        before = open_step(text).pk
        _row, path = ask(text, author)
        answer(path)
        assert open_step(text).pk == before

    def test_it_works_without_cookies_and_tokens(self, text, author):
        _row, path = ask(text, author)
        client = Client(enforce_csrf_checks=True)
        response = client.post(path, {"verdict": "correct"}, headers={"origin": "null"})
        assert response.status_code == 302
        assert not response.cookies

    def test_the_inviter_is_told(self, text, author):
        _row, path = ask(text, author)
        answer(path)
        assert Notification.objects.filter(kind="guest_answered", user=author).exists()

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ({"verdict": ""}, "Choose one of the two answers."),
            ({"verdict": "perhaps"}, "Choose one of the two answers."),
            ({"verdict": "needs_changes"}, "Say what has to be changed"),
            ({"verdict": "correct", "comment": "x" * 5001}, "At most 5000 characters"),
            ({"verdict": "correct", f"c-{BLOCK}": "x" * 2001}, "At most 2000 characters"),
        ],
    )
    def test_what_is_refused_is_said_and_what_was_typed_stays(self, text, author, data, said):
        _row, path = ask(text, author)
        response = Client().post(path, {f"c-{LINKED}": "typed before", **data})
        if data == {"verdict": "needs_changes"}:
            assert response.status_code == 302  # a comment at a part is enough
            response = Client().post(path, data)
        else:
            assert "typed before" in html_of(response)
        assert response.status_code == 422
        assert said in html_of(response)

    def test_line_breaks_count_once(self, text, author):
        _row, path = ask(text, author)
        assert answer(path, comment="\r\n".join("x" * 2500)).status_code == 302

    def test_nul_is_refused(self, text, author):
        _row, path = ask(text, author)
        assert answer(path, comment="a\x00b").status_code == 400
        assert GuestAnswer.objects.count() == 0


class TestTheEnd:
    def test_an_expired_link(self, text, author):
        _row, path = ask(text, author)
        with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
            response = Client().get(path)
            assert answer(path).status_code == 410
        assert response.status_code == 410
        assert "This link has expired" in html_of(response)
        assert "What we tried" not in html_of(response)
        assert GuestAnswer.objects.count() == 0

    def test_a_withdrawn_link(self, text, author):
        row, path = ask(text, author)
        services.revoke(row.pk, author)
        response = Client().get(path)
        assert response.status_code == 410
        assert "withdrawn" in html_of(response)
        assert answer(path).status_code == 410
        assert GuestAnswer.objects.count() == 0

    @pytest.mark.parametrize("token", ["x", "x" * 43, "x" * 2000, "..%2f", "%00", "é"])
    def test_an_unknown_link_says_nothing(self, text, author, token):
        ask(text, author)
        response = Client().get(f"/en/fact-check/{token}/")
        assert response.status_code == (400 if token == "%00" else 404)
        assert "What we tried" not in html_of(response)

    def test_another_text_closes_it(self, text, author):
        row, path = ask(text, author)
        rewrite(text, author, title="What we tried again")
        response = Client().get(path)
        assert response.status_code == 410
        assert "This text has changed" in html_of(response)
        assert answer(path).status_code == 410
        assert GuestAnswer.objects.count() == 0
        assert row_of(row).state == FactCheckRequest.State.CHANGED

    def test_so_does_another_text_before_any_review(self, place, author):
        text = text_of(place, author)
        _row, path = ask(text, author)
        assert Client().get(path).status_code == 200
        rewrite(text, author, title="What we tried again")
        assert Client().get(path).status_code == 410

    def test_a_save_without_a_change_does_not(self, text, author):
        _row, path = ask(text, author)
        rewrite(text, author)
        assert Client().get(path).status_code == 200
        assert answer(path).status_code == 302

    def test_a_new_link_is_for_the_new_text_and_the_old_one_ends(self, text, author):
        row, old = ask(text, author)
        rewrite(text, author, title="What we tried again")
        services.resend(row.pk, author)
        new = link_in(last_mail())
        assert Client().get(old).status_code == 404
        assert "What we tried again" in html_of(Client().get(new))
        assert row_of(row).sent_count == 2

    def test_it_shows_the_revision_that_was_asked_about_and_no_later_one(self, text, author):
        """Fields that are not part of the content may change without closing the link."""
        row, path = ask(text, author)
        rewrite(text, author, change_note="Another note.")
        assert Client().get(path).status_code == 200
        assert row_of(row).revision_id != fresh(text).get_latest_revision().pk


class TestLimits:
    @pytest.fixture(autouse=True)
    def embedded(self, tmp_path, settings):
        settings.CACHES = {"default": databases.embedded_cache(tmp_path)}
        limits._local.clear()

    def test_of_mails_to_an_address(self, place, text, author):
        other = text_of(place, author)
        for number in range(5):
            ask([text, other][number % 2], author, email="nora@example.net")
        with pytest.raises(services.InvitationRefusedError):
            ask(text, author, email="Nora@example.net")
        ask(text, author, email="other@example.net")

    def test_of_mails_about_a_page(self, place, text, author):
        for number in range(30):
            ask(text, author, email=f"guest{number}@example.net")
        with pytest.raises(services.InvitationRefusedError):
            ask(text, author, email="one-more@example.net")
        ask(text_of(place, author), author, email="one-more@example.net")

    def test_of_answers(self, text, author):
        _row, path = ask(text, author)
        codes = [answer(path).status_code for _ in range(21)]
        assert codes == [302] * 20 + [429]
        refused = answer(path)
        assert int(refused.headers["Retry-After"]) > 0
        assert "/en/" not in [*fromstring(html_of(refused)).xpath("//a/@href")]
        assert GuestAnswer.objects.count() == 20

    def test_of_tries_at_unknown_links(self):
        codes = {Client().post(f"/en/fact-check/{n}/").status_code for n in range(61)}
        assert codes == {404, 429}
