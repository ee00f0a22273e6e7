"""Wrong passwords: five of a name, twenty of an address, told apart from nothing else."""

import pytest
import time_machine
from axes.models import AccessAttempt, AccessLog
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hub import tasks
from hub.demo.signin import PASSWORD as DEMO_PASSWORD
from partners.models import Membership
from tests import actors

pytestmark = pytest.mark.django_db
PASSWORD, WRONG = "seven quiet green boats", "wrong"
NOW = "2026-03-10T12:00:00Z"


@pytest.fixture
def doors():
    return [reverse("wagtailadmin_login"), reverse("wagtailcore_login")]


@pytest.fixture
def user():
    user = actors.person(Membership.Role.HUB_ADMIN)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(door, name, password=WRONG, address="192.0.2.1", **headers):
    form = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address, **headers).post(door, form)


def failing(door, name, times, **options):
    return [sign_in(door, name, **options).status_code for _ in range(times)]


@pytest.mark.parametrize("number", [0, 1])
def test_after_five_wrong_passwords_the_right_one_has_to_wait(doors, user, number):
    door = doors[number]
    assert failing(door, user.username, 5) == [200] * 4 + [429]
    answer = sign_in(door, user.username, PASSWORD)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"
    assert "no-store" in answer["Cache-Control"]
    assert "15 minutes" in answer.content.decode()
    # Not the other door either, nor by another browser.
    assert (
        sign_in(doors[1 - number], user.username, PASSWORD, HTTP_USER_AGENT="x").status_code == 429
    )


def test_the_page_speaks_the_language_of_the_door(user):
    from django.utils.translation import override

    with override("ar"):
        door = reverse("wagtailcore_login")
    failing(door, user.username, 5)
    page = sign_in(door, user.username).content.decode()
    assert '<html lang="ar" dir="rtl">' in page


def test_a_name_that_nobody_has_is_answered_alike(doors, user):
    assert failing(doors[0], "nobody", 6) == failing(doors[0], user.username, 6)


def test_others_and_other_addresses_go_on(doors, user):
    failing(doors[0], user.username, 6)
    other = actors.person(Membership.Role.HUB_ADMIN)
    other.set_password(PASSWORD)
    other.save()
    assert sign_in(doors[0], other.username, PASSWORD).status_code == 302
    assert sign_in(doors[0], user.username, PASSWORD, address="192.0.2.2").status_code == 302


def test_after_a_quarter_of_an_hour_it_goes_on(doors, user):
    with time_machine.travel(NOW, tick=False) as clock:
        failing(doors[0], user.username, 5)
        clock.shift(14 * 60)
        # What is tried meanwhile does not make the wait longer.
        assert sign_in(doors[0], user.username, PASSWORD).status_code == 429
        clock.shift(61)
        assert sign_in(doors[0], user.username, PASSWORD).status_code == 302


def test_twenty_wrong_passwords_of_one_address_are_enough(doors, user):
    answers = [sign_in(doors[0], f"name{number // 2}").status_code for number in range(20)]
    assert answers == [200] * 19 + [429]
    assert sign_in(doors[0], user.username, PASSWORD).status_code == 429
    assert sign_in(doors[0], user.username, PASSWORD, address="192.0.2.2").status_code == 302


def test_an_own_account_buys_no_further_tries_at_others(doors, user):
    for number in range(19):
        sign_in(doors[0], f"name{number}")
    assert sign_in(doors[0], user.username, PASSWORD).status_code == 302
    assert sign_in(doors[0], "name19").status_code == 429


def test_the_right_password_takes_back_what_was_mistyped(doors, user):
    failing(doors[0], user.username, 4)
    assert sign_in(doors[0], user.username, PASSWORD).status_code == 302
    assert failing(doors[0], user.username, 4) == [200] * 4


def test_a_forged_header_hides_nobody_and_a_trusted_proxy_names_the_sender(doors, settings):
    settings.HUB_PROXIES = 0
    answers = [
        sign_in(doors[0], "name", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").status_code
        for number in range(5)
    ]
    assert answers[-1] == 429
    settings.HUB_PROXIES = 1
    assert sign_in(doors[0], "name", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 200


@pytest.mark.parametrize("given", ["2001:db8:1:2::7", "unknown", ""])
def test_networks_and_senders_without_an_address_are_counted(doors, settings, given):
    settings.HUB_PROXIES = 1
    header = {"HTTP_X_FORWARDED_FOR": given, "address": ""}
    assert failing(doors[0], "name", 5, **header) == [200] * 4 + [429]
    neighbour = given.replace("::7", "::8")
    assert sign_in(doors[0], "name", HTTP_X_FORWARDED_FOR=neighbour, address="").status_code == 429


def test_the_demo_password_opens_a_demo_only(doors, user, settings):
    user.set_password(DEMO_PASSWORD)
    user.save()
    assert sign_in(doors[0], user.username, DEMO_PASSWORD).status_code == 302
    settings.HUB_DEMO = False
    assert sign_in(doors[0], user.username, DEMO_PASSWORD).status_code == 200
    assert AccessAttempt.objects.get().failures_since_start == 1


def test_the_cache_has_no_part_in_it(doors, user, monkeypatch):
    from django.core.cache import cache

    def away(*args, **kwargs):
        raise ConnectionError

    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(type(cache._connections[cache._alias]), name, away)
    assert failing(doors[0], user.username, 5)[-1] == 429


def test_nothing_is_kept_but_name_address_and_number(doors, user):
    failing(doors[0], user.username, 2, HTTP_USER_AGENT="secret browser", HTTP_ACCEPT="secret")
    row = AccessAttempt.objects.get()
    assert (row.username, row.ip_address) == (user.username, "192.0.2.1")
    assert row.failures_since_start == 2
    assert not row.user_agent + row.http_accept + row.get_data + row.post_data
    sign_in(doors[0], user.username, PASSWORD)
    assert not AccessLog.objects.exists()


def test_what_is_left_goes_after_a_month(doors):
    with time_machine.travel(NOW, tick=False) as clock:
        failing(doors[0], "name", 1)
        clock.shift(29 * 24 * 3600)
        tasks.forget_failed_sign_ins()
        assert AccessAttempt.objects.exists()
        clock.shift(2 * 24 * 3600)
        tasks.forget_failed_sign_ins()
        assert not AccessAttempt.objects.exists()
    assert timezone.now().year >= 2026


def test_signing_in_without_a_form_is_not_counted(user):
    client = Client()
    for _ in range(7):
        assert not client.login(username=user.username, password="wrong")
    assert client.login(username=user.username, password=PASSWORD)
    assert not AccessAttempt.objects.exists()
