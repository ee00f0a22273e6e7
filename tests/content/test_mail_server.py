"""The mail server: down, hanging, wary, encrypted; what the test mail says; its address."""

import io
import shutil
import subprocess

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from content.mail import transport
from content.mail.address import Encryption, parse_mail_server
from content.models import Dependency, Job, OutgoingMail
from hub.settings import env
from tests.jobs import drain, waiting
from tests.mails import KIND, later, write
from tests.smtp import Smtp
from tests.tools import missing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.usefixtures("mail_rows"),
]


class TestServerThatCannotBeUsed:
    def wait_and_come_back(self, repair):
        """All mails wait without being charged, and all go once the server is itself again."""
        for number in range(5):
            write(f"person{number}@example.org")
        drain()
        jobs = waiting(KIND)
        assert [job.attempts for job in jobs] == [0] * 5
        assert Dependency.objects.get().name == "mail"
        repair()
        with later(16):
            drain()
        assert waiting(KIND) == []
        assert not Dependency.objects.exists()

    def test_it_is_down(self, settings):
        smtp = Smtp()
        settings.HUB_MAIL_SERVER = smtp.address()
        self.wait_and_come_back(smtp.__enter__)
        assert len({got.recipients[0] for got in smtp.accepted}) == len(smtp.accepted) == 5
        smtp.__exit__()

    def test_it_is_busy(self, server):
        server.greeting = "421 too many connections"
        self.wait_and_come_back(lambda: setattr(server, "greeting", "220 hello"))
        assert len(server.accepted) == 5

    def test_it_hangs(self, server, monkeypatch):
        monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.2)
        server.hangs = True
        self.wait_and_come_back(lambda: setattr(server, "hangs", False))
        assert len(server.accepted) == 5
        assert server.connections == 6  # one waited for the time-out, not five

    def test_it_hangs_up(self, server):
        server.drops_at.add("EHLO")
        self.wait_and_come_back(server.drops_at.clear)
        assert len(server.accepted) == 5

    def test_it_refuses_the_password(self, server, settings):
        server.login = ("hub", "p@ss word")
        settings.HUB_MAIL_SERVER = server.address(user="hub", password="old")
        right = server.address(user="hub", password="p@ss word")
        self.wait_and_come_back(lambda: setattr(settings, "HUB_MAIL_SERVER", right))
        assert len(server.accepted) == 5
        assert "old" not in "".join(Job.objects.values_list("error", flat=True))

    def test_it_wants_a_login_that_is_not_there(self, server, settings):
        server.login = ("hub", "secret")
        right = server.address(user="hub", password="secret")
        self.wait_and_come_back(lambda: setattr(settings, "HUB_MAIL_SERVER", right))
        assert len(server.accepted) == 5

    def test_it_offers_no_encryption(self, server, settings):
        settings.HUB_MAIL_SERVER = server.address(encryption=Encryption.STARTTLS)
        write()
        drain()
        assert "encrypting" in Dependency.objects.get().error
        assert "MAIL" not in server.heard

    def test_a_refusal_shows_that_it_is_back(self, server):
        server.greeting = "421 busy"
        write()
        drain()
        server.greeting, server.answers["ada@example.org"] = "220 hello", ["550 no such person"]
        with later(16):
            drain()
        assert not Dependency.objects.exists()

    def test_an_answer_that_comes_drop_by_drop_ends_too(self, server, monkeypatch):
        monkeypatch.setattr(transport, "SESSION_SECONDS", 0.0)
        write()
        drain()
        assert "too slowly" in Dependency.objects.get().error


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Key and certificate of 127.0.0.1 in one file."""
    if not shutil.which("openssl"):
        missing("openssl is not installed (Debian: apt install openssl)")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    new = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run([*new, "-keyout", file, "-out", f"{file}.crt"], check=True, capture_output=True)
    with file.open("a") as both:
        both.write((file.parent / f"{file.name}.crt").read_text())
    return str(file)


class TestEncryption:
    def test_starttls_hides_password_and_mail(self, server, certificate, settings, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        server.certificate, server.login = certificate, ("hub", "secret")
        settings.HUB_MAIL_SERVER = server.address(
            encryption=Encryption.STARTTLS, user="hub", password="secret"
        )
        write()
        drain()
        (got,) = server.accepted
        assert got.encrypted
        assert server.heard.index("STARTTLS") < server.heard.index("AUTH")

    def test_a_certificate_of_nobody_known_is_not_trusted(self, server, certificate, settings):
        server.certificate = certificate
        settings.HUB_MAIL_SERVER = server.address(encryption=Encryption.STARTTLS)
        write()
        drain()
        assert "certificate" in Dependency.objects.get().error
        assert server.accepted == []


class TestTestMail:
    def run(self, *options):
        said = io.StringIO()
        call_command("send_test_mail", "ada@example.org", *options, stdout=said)
        return said.getvalue()

    def test_it_is_sent_at_once(self, server):
        said = self.run()
        (got,) = server.accepted
        assert got.recipients == ["ada@example.org"]
        assert "has accepted" in said
        assert not OutgoingMail.objects.exists()

    def test_through_the_queue(self, server):
        assert "in the queue" in self.run("--queued")
        assert server.accepted == []
        drain()
        assert len(server.accepted) == 1

    def test_without_a_server(self):
        with pytest.raises(CommandError, match="HUB_EMAIL_URL is not set"):
            self.run()

    def test_a_wrong_address(self, server):
        with pytest.raises(CommandError, match="Invalid address"):
            call_command("send_test_mail", "ada")

    @pytest.mark.parametrize(
        ("moods", "options", "said"),
        [
            ({"greeting": "554 not for you"}, {}, "greeting: 554 not for you"),
            (
                {"login": ("hub", "right")},
                {"user": "hub", "password": "not-it"},
                "user and password",
            ),
            ({}, {"encryption": Encryption.STARTTLS}, "kind of encryption"),
            ({}, {"encryption": Encryption.TLS}, "kind of encryption"),
            ({"answers": {"ada@example.org": ["550 who?"]}}, {}, "550 who"),
            ({"answers": {"ada@example.org": ["451 wait"]}}, {}, "may take it later"),
        ],
    )
    def test_it_says_what_to_look_at(self, server, settings, moods, options, said):
        for name, value in moods.items():
            setattr(server, name, value)
        settings.HUB_MAIL_SERVER = server.address(**options)
        with pytest.raises(CommandError, match=said) as caught:
            self.run()
        assert "not-it" not in str(caught.value)

    def test_nobody_listens(self, settings):
        settings.HUB_MAIL_SERVER = Smtp().address()
        with pytest.raises(CommandError, match="firewall"):
            self.run()


class TestAddress:
    def test_ports_follow_the_encryption(self):
        given = ["smtp://h", "smtp://h?tls=starttls", "smtps://h", "smtp://h:2525?tls=none"]
        assert [parse_mail_server(text).port for text in given] == [25, 587, 465, 2525]

    def test_user_and_password_are_percent_decoded(self):
        found = parse_mail_server("smtps://hub%40example.org:p%2Fs%3F%23%40@mail.example.org")
        assert (found.user, found.password) == ("hub@example.org", "p/s?#@")
        assert "p/s" not in repr(found)

    @pytest.mark.parametrize(
        ("value", "part"),
        [
            ("mail.example.org", "smtp://user"),
            ("http://mail.example.org", "smtp://user"),
            ("smtp://", "smtp://user"),
            ("smtp://h:0", "port"),
            ("smtp://h:99999", "port"),
            ("smtp://h/inbox", "without a path"),
            ("smtp://u:s3cret#x@h", "%23"),
            ("smtp://u@h", "both a user and a password"),
            ("smtp://h?tls=yes", "tls=starttls"),
            ("smtp://h?timeout=5", "tls=starttls"),
            ("smtps://u:s3cret@h?tls=starttls", "without options"),
        ],
    )
    def test_a_wrong_one_is_refused_by_name_without_its_secrets(self, value, part, monkeypatch):
        monkeypatch.setenv("HUB_EMAIL_URL", value)
        with pytest.raises(ImproperlyConfigured) as caught:
            env.read("HUB_EMAIL_URL")
        assert str(caught.value).startswith("HUB_EMAIL_URL=(hidden)")
        assert part in str(caught.value)
        assert "s3cret" not in str(caught.value)

    @pytest.mark.parametrize("value", ["hub", "Town, Region <hub@example.org>", "a@b\nX: y", ""])
    def test_a_sender_that_is_none_is_refused(self, value, monkeypatch):
        monkeypatch.setenv("HUB_MAIL_FROM", value)
        with pytest.raises(ImproperlyConfigured, match="HUB_MAIL_FROM"):
            env.read("HUB_MAIL_FROM")
