"""A real hub starts by one command, and refuses settings that it does not understand."""

import os
import subprocess
import sys

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Locale, Site

from hub.models import HomePage
from partners.models import Membership
from tests import actors
from tests.factories.content import UserFactory
from tests.tools import ROOT

PASSWORD = "correct horse battery staple"


def set_up(capsys, admin="ada", email="ada@example.org"):
    """Run the command and return the path of the one-time link."""
    call_command("setup_hub", admin=admin, email=email)
    link = capsys.readouterr().out.strip().splitlines()[-1]
    return "/" + link.split("/", 3)[3]


def choose(path, password=PASSWORD):
    """Follow the link as a browser does, and send the form that stands there."""
    client = Client()
    page = client.get(path, follow=True)
    action = page.redirect_chain[-1][0] if page.redirect_chain else path
    if page.status_code == 200 and page.context and page.context.get("validlink"):
        client.post(action, {"new_password1": password, "new_password2": password})
    return page


@pytest.mark.django_db
class TestSetUp:
    def test_it_makes_all_languages_with_a_published_home(self, capsys, client, settings):
        set_up(capsys)
        codes = set(settings.HUB_LANGUAGES)
        assert set(Locale.objects.values_list("language_code", flat=True)) == codes
        for code in codes:
            assert client.get(f"/{code}/").status_code == 200
        assert len(set(HomePage.objects.values_list("translation_key", flat=True))) == 1
        assert Site.objects.get().root_page.specific == HomePage.objects.get(
            locale__language_code=settings.LANGUAGE_CODE
        )

    def test_the_link_sets_a_password_once(self, capsys):
        path = set_up(capsys)
        choose(path)
        assert Client().login(username="ada", password=PASSWORD)
        again = choose(path, "another password of mine")
        assert not again.context["validlink"]
        assert Client().login(username="ada", password=PASSWORD)
        assert not Client().login(username="ada", password="another password of mine")

    def test_a_weak_password_is_refused_and_the_link_stays_good(self, capsys):
        path = set_up(capsys)
        choose(path, "short")
        assert not Client().login(username="ada", password="short")
        choose(path)
        assert Client().login(username="ada", password=PASSWORD)

    def test_the_link_ends_after_a_day(self, capsys):
        import time_machine

        with time_machine.travel("2026-05-04T12:00:00Z", tick=False):
            path = set_up(capsys)
        with time_machine.travel("2026-05-05T12:00:01Z", tick=False):
            assert not choose(path).context["validlink"]

    def test_before_that_nobody_can_sign_in(self, capsys):
        set_up(capsys)
        assert not get_user_model().objects.get(username="ada").has_usable_password()

    def test_the_person_is_hub_admin_and_no_superuser(self, capsys):
        set_up(capsys)
        user = get_user_model().objects.get(username="ada")
        assert [row.role for row in user.memberships.all()] == [Membership.Role.HUB_ADMIN]
        assert not user.is_superuser
        assert actors.signed_in(user).get("/admin/").status_code == 200
        assert mail.outbox == []

    def test_a_second_run_changes_nothing_and_gives_a_link(self, capsys):
        first = set_up(capsys)
        counts = [model.objects.count() for model in (Locale, HomePage, Site, Membership)]
        choose(first)
        assert Client().login(username="ada", password=PASSWORD)
        second = set_up(capsys)
        assert counts == [m.objects.count() for m in (Locale, HomePage, Site, Membership)]
        assert choose(second, "another password of mine").context["validlink"]
        assert Client().login(username="ada", password="another password of mine")

    @pytest.mark.parametrize("email", ["", "ada", "ada@", "ada example@x.org", "a@b@c"])
    def test_an_address_that_is_none_is_refused_and_nothing_is_made(self, email):
        with pytest.raises(CommandError):
            call_command("setup_hub", admin="ada", email=email)
        assert not get_user_model().objects.exists()
        assert not HomePage.objects.exists()

    @pytest.mark.parametrize("name", ["", "a b", "x" * 200])
    def test_a_user_name_that_is_none_is_refused(self, name):
        with pytest.raises(CommandError):
            call_command("setup_hub", admin=name, email="ada@example.org")
        assert not HomePage.objects.exists()

    def test_a_person_who_is_no_hub_admin_is_not_made_one(self):
        UserFactory(username="ada")
        with pytest.raises(CommandError, match="no hub admin"):
            call_command("setup_hub", admin="ada", email="ada@example.org")
        assert not Membership.objects.exists()

    def test_a_former_hub_admin_is_not_let_in_again(self, capsys):
        set_up(capsys)
        Membership.objects.update(valid_until="2020-01-01")
        with pytest.raises(CommandError, match="no hub admin"):
            call_command("setup_hub", admin="ada", email="ada@example.org")


SECRET = "a-long-random-secret-of-forty-characters"


def start(tmp_path, module="production", **variables):
    """Load settings in a process of their own; return (exit code, what it said)."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("HUB_", "DJANGO_"))}
    clean |= {"HUB_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": f"hub.settings.{module}"}
    done = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.HUB_LANGUAGES)"],
        cwd=ROOT,
        env={**clean, **{k: v for k, v in variables.items() if v is not None}},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


class TestSettings:
    def test_good_ones_are_taken(self, tmp_path):
        code, said = start(
            tmp_path,
            HUB_SECRET_KEY=SECRET,
            HUB_LANGUAGES="en,zh-Hans,ypk",
            HUB_BASE_URL="https://hub.example.org:8443",
            HUB_TIME_ZONE="Europe/Madrid",
        )
        assert code == 0, said
        assert said.strip() == "['en', 'zh-hans', 'ypk']"

    @pytest.mark.parametrize(
        ("name", "value", "hint"),
        [
            ("HUB_LANGUAGES", "xx_YY_bad", "BCP 47"),
            ("HUB_LANGUAGES", "en,,es", "gap"),
            ("HUB_LANGUAGES", "", "gap"),
            ("HUB_LANGUAGES", "en,EN", "twice"),
            ("HUB_BASE_URL", "nonsense", "https://hub.example.org"),
            ("HUB_BASE_URL", "ftp://hub.example.org", "https://hub.example.org"),
            ("HUB_BASE_URL", "https://hub.example.org/path", "without a path"),
            ("HUB_BASE_URL", "https://hub.example.org:port", "https://hub.example.org"),
            ("HUB_TIME_ZONE", "Mars/Olympus", "Europe/Madrid"),
            ("HUB_TIME_ZONE", "../../etc/passwd", "Europe/Madrid"),
            ("HUB_MAX_UPLOAD_MB", "many", "whole number"),
            ("HUB_MAX_UPLOAD_MB", "0", "whole number"),
            ("HUB_HTTPS", "maybe", "true"),
            ("HUB_SECRET_KEY", "short", "32 characters"),
            ("HUB_SECRET_KEY", None, "not set"),
        ],
    )
    def test_others_are_refused_by_name_with_what_is_wanted(self, tmp_path, name, value, hint):
        code, said = start(tmp_path, **{"HUB_SECRET_KEY": SECRET, name: value})
        last = said.strip().splitlines()[-1]
        assert code != 0
        assert "ImproperlyConfigured" in last
        assert name in last
        assert hint in last

    def test_a_secret_is_never_printed(self, tmp_path):
        _code, said = start(tmp_path, HUB_SECRET_KEY="hunter2")
        assert "hunter2" not in said

    def test_a_secret_may_come_from_a_file(self, tmp_path):
        file = tmp_path / "key"
        file.write_text(SECRET + "\n")
        assert start(tmp_path, HUB_SECRET_KEY_FILE=str(file))[0] == 0
        code, said = start(tmp_path, HUB_SECRET_KEY_FILE=str(tmp_path / "none"))
        assert code != 0
        assert "HUB_SECRET_KEY_FILE" in said
        assert "No such file" in said
