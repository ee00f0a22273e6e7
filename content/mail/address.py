"""The address of the mail server: ``smtp://user:password@host:587?tls=starttls`` or ``smtps://``."""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit


class Encryption(StrEnum):
    """How the connection is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


PORTS = {Encryption.NONE: 25, Encryption.STARTTLS: 587, Encryption.TLS: 465}


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over."""

    host: str
    port: int
    encryption: Encryption = Encryption.NONE
    user: str = ""
    password: str = field(default="", repr=False)


def parse_mail_server(address: str) -> MailServer | None:
    """Read an address; nothing for an empty one.

    Raises:
        ValueError: the address is none; the message says what is wanted and holds no secret.
    """
    if not address.strip():
        return None
    parts = urlsplit(address.strip())
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("an address such as smtp://user:password@host:587?tls=starttls")
    if parts.path not in {"", "/"} or parts.fragment:
        raise ValueError("an address without a path; / # ? @ of a password as %2F %23 %3F %40")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("both a user and a password, or neither")
    encryption = _encryption(parts)
    return MailServer(
        host=parts.hostname,
        port=_port(parts) or PORTS[encryption],
        encryption=encryption,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        raise ValueError("a port between 1 and 65535") from None
    if port == 0:
        raise ValueError("a port between 1 and 65535")
    return port


def _encryption(parts: SplitResult) -> Encryption:
    options = parse_qsl(parts.query, keep_blank_values=True)
    if parts.scheme == "smtps":
        if options:
            raise ValueError("smtps:// without options: its TLS begins with the connection")
        return Encryption.TLS
    if not options:
        return Encryption.NONE
    if options in ([("tls", "starttls")], [("tls", "none")]):
        return Encryption(options[0][1])
    raise ValueError("no option but ?tls=starttls or ?tls=none")
