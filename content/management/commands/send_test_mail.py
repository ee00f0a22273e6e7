"""``manage.py send_test_mail ADDRESS``: whether mails leave this hub, and if not, what to look at."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from content.mail import services
from content.mail.address import Encryption, MailServer
from content.mail.transport import MailRefusedError, MailServerError, Step

LOOK_AT = {
    Step.NAME: "the host name in HUB_EMAIL_URL, and whether this machine finds names (DNS).",
    Step.CONNECT: "host and port in HUB_EMAIL_URL, and whether a firewall lets this machine out "
    "(many providers close port 25; 587 and 465 are usual).",
    Step.GREETING: "whether host and port are those of a mail server that accepts mail from this "
    "machine. A port for TLS from the start (465) wants smtps:// and stays silent without it.",
    Step.TLS: "the kind of encryption: smtps:// for TLS from the start (usually port 465), "
    "?tls=starttls for STARTTLS (usually 587). If the certificate is refused: the host name must be "
    "the one in the certificate, and its authority must be known to this machine.",
    Step.LOGIN: "user and password in HUB_EMAIL_URL (special characters percent-encoded, @ is %40), "
    "and whether the server wants encryption before the password.",
}
REFUSED = (
    "the recipient's address, and whether the server lets this user send as HUB_MAIL_FROM "
    "({sender})."
)


class Command(BaseCommand):
    help = "Send a test mail at once, outside the queue, and say what happened."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", help="who gets the mail")
        parser.add_argument(
            "--queued", action="store_true", help="through the queue, as all other mails go"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        message = _message(options["address"])
        try:
            if options["queued"]:
                self._write(message)
            else:
                self._send(message)
        except ValueError as error:
            raise CommandError(str(error)) from None

    def _write(self, message: EmailMessage) -> None:
        mail_id = services.write_mail(message)
        self.stdout.write(
            f"Mail {mail_id} is in the queue. A running worker sends it within seconds; failures are "
            "listed in the System report of the admin."
        )

    def _send(self, message: EmailMessage) -> None:
        server = settings.HUB_MAIL_SERVER
        if server is None:
            raise CommandError("HUB_EMAIL_URL is not set: there is no server to send through.")
        self.stdout.write(f"Server: {_described(server)}")
        self.stdout.write(f"From:   {settings.DEFAULT_FROM_EMAIL}")
        try:
            services.send_at_once(message, server)
        except MailServerError as error:
            raise CommandError(f"Not sent. {error}\nLook at {LOOK_AT[error.step]}") from None
        except MailRefusedError as error:
            hint = REFUSED.format(sender=settings.DEFAULT_FROM_EMAIL)
            when = "" if error.is_permanent else "The server may take it later. "
            raise CommandError(f"Not sent. Refused: {error}\n{when}Look at {hint}") from None
        self.stdout.write(
            "Sent: the server has accepted the mail. If it does not arrive, look into the folder for "
            "spam and into the server's log."
        )


def _message(address: str) -> EmailMessage:
    name = {"name": settings.HUB_NAME}
    return EmailMessage(
        subject=_("Test mail of %(name)s") % name,
        body=_("%(name)s can send mails. Nothing has to be done about this one.") % name,
        to=[address],
    )


def _described(server: MailServer) -> str:
    protection = {
        Encryption.NONE: "not encrypted",
        Encryption.STARTTLS: "STARTTLS",
        Encryption.TLS: "TLS",
    }[server.encryption]
    login = f"signing in as {server.user}" if server.user else "without signing in"
    return f"{server.host} port {server.port}, {protection}, {login}"
