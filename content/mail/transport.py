"""Talking to the mail server: connecting, handing over one mail, and telling failures apart."""

import ipaddress
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from content.mail.address import Encryption, MailServer

# For the connection and each answer, and for all of them until the text begins.
ANSWER_SECONDS = 10.0
SESSION_SECONDS = 40.0
# The server may look through a text before it answers. Whoever stops waiting sends it twice.
TEXT_SECONDS = 60.0
GOODBYE_SECONDS = 1.0
# Codes by which a server asks for a login, or for another one, at any step.
LOGIN_CODES = frozenset({530, 534, 535, 538})
FIRST_PERMANENT_CODE = 500


class Step(StrEnum):
    """What could not be done with the server."""

    NAME = "finding the host"
    CONNECT = "connecting"
    GREETING = "greeting"
    TLS = "encrypting"
    LOGIN = "signing in"


class MailServerError(Exception):
    """The server cannot be used. It is no fault of the mail at hand: all mails wait."""

    def __init__(self, step: Step, reason: object) -> None:
        self.step = step
        super().__init__(f"{step}: {reason}")


@dataclass(frozen=True)
class Refusal:
    """One recipient, or with an empty address the mail itself, was not accepted."""

    address: str
    code: int
    text: str

    def __str__(self) -> str:
        return " ".join(filter(None, [self.address, str(self.code or ""), self.text]))


class MailRefusedError(Exception):
    """The server did not take this mail for some recipients; for all others it did."""

    def __init__(self, refusals: list[Refusal]) -> None:
        self.refusals = refusals
        super().__init__("; ".join(map(str, refusals)))

    @property
    def is_permanent(self) -> bool:
        """Whether trying again cannot help. A lost connection, code 0, may come back."""
        return all(refusal.code >= FIRST_PERMANENT_CODE for refusal in self.refusals)


class Session(smtplib.SMTP):
    """Bounds each answer and the whole: a slow server must not outlast the lease of the job."""

    def __init__(self, host: str, port: int, **options: Any) -> None:
        self.wait = ANSWER_SECONDS
        self.end = time.monotonic() + SESSION_SECONDS
        super().__init__(host, port, timeout=ANSWER_SECONDS, **options)

    def getreply(self) -> tuple[int, bytes]:
        left = self.end - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("the server answers too slowly")
        if self.sock:
            self.sock.settimeout(min(self.wait, left))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.wait = TEXT_SECONDS
        self.end = time.monotonic() + TEXT_SECONDS
        return super().data(msg)

    def leave(self) -> None:
        """Say goodbye; the mail is accepted already, whatever comes of it."""
        self.wait = GOODBYE_SECONDS
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()


class _EncryptedSession(Session, smtplib.SMTP_SSL):
    """TLS from the first byte."""


@contextmanager
def connected(server: MailServer) -> Iterator[Session]:
    """Open a session that is ready to take mails.

    Raises:
        MailServerError: the server does not answer or does not let us in.
    """
    session = _open(server)
    try:
        _greet(session)
        _encrypt(session, server)
        _sign_in(session, server)
        yield session
    finally:
        session.leave()


def _open(server: MailServer) -> Session:
    try:
        if server.encryption is Encryption.TLS:
            return _EncryptedSession(
                server.host,
                server.port,
                local_hostname=_own_name(),
                context=ssl.create_default_context(),
            )
        return Session(server.host, server.port, local_hostname=_own_name())
    except (socket.gaierror, UnicodeError) as error:
        raise MailServerError(Step.NAME, f"{server.host}: {error}") from error
    except ssl.SSLError as error:
        raise MailServerError(Step.TLS, error) from error
    except smtplib.SMTPException as error:
        raise MailServerError(Step.GREETING, _said(error)) from error
    except OSError as error:
        raise MailServerError(Step.CONNECT, f"{server.host} port {server.port}: {error}") from error


def _greet(session: Session) -> None:
    try:
        session.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerError(Step.GREETING, _said(error)) from error


def _encrypt(session: Session, server: MailServer) -> None:
    if server.encryption is not Encryption.STARTTLS:
        return
    try:
        session.starttls(context=ssl.create_default_context())
        session.ehlo_or_helo_if_needed()
    except (smtplib.SMTPException, OSError) as error:
        raise MailServerError(Step.TLS, _said(error)) from error


def _sign_in(session: Session, server: MailServer) -> None:
    if not server.user:
        return
    try:
        session.login(server.user, server.password)
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise MailServerError(Step.LOGIN, _said(error)) from None


def deliver(session: Session, sender: str, recipients: list[str], message: bytes) -> None:
    """Hand over one mail; on return the server has accepted it for all recipients.

    Raises:
        MailRefusedError: it has not accepted it for the recipients named there.
        MailServerError: it asks for another login.
    """
    refused: dict[str, tuple[int, bytes | str]]
    try:
        refused = {**session.sendmail(sender, recipients, message)}
    except smtplib.SMTPRecipientsRefused as error:
        refused = {**error.recipients}
    except smtplib.SMTPResponseException as error:
        refused = {"": (error.smtp_code, error.smtp_error)}
    except (smtplib.SMTPException, OSError) as error:
        refused = {"": (0, str(error))}
    refusals = [Refusal(address, code, _text(text)) for address, (code, text) in refused.items()]
    if not refusals:
        return
    is_for_nobody = "" in refused or len(refused) == len(recipients)
    if is_for_nobody and {refusal.code for refusal in refusals} <= LOGIN_CODES:
        raise MailServerError(Step.LOGIN, refusals[0])
    raise MailRefusedError(refusals)


def _said(error: Exception) -> str:
    """What the server said, without Python's brackets around it."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return str(error)


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:500]


def _own_name() -> str:
    """How we greet. Without it smtplib asks the name server, which may take long."""
    host = urlsplit(settings.WAGTAILADMIN_BASE_URL).hostname or "localhost"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.encode("idna").decode("ascii")
    return f"[IPv6:{host}]" if address.version == 6 else f"[{host}]"
