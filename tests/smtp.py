"""A mail server on 127.0.0.1 that behaves as a test wishes: refuses, asks for patience, hangs, dies."""

import socket
import socketserver
import ssl
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from content.mail.address import MailServer


@dataclass
class Accepted:
    """One mail as it arrived."""

    sender: str
    recipients: list
    raw: bytes
    encrypted: bool = False

    @property
    def message(self):
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self):
        return self.message.get_body(("plain",)).get_content()


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        server = self.server.owner
        self.encrypted, self.signed_in = False, False
        server.connections += 1
        if server.hangs:
            server.released.wait(30)
            return
        self.say(server.greeting)
        self.sender, self.recipients = "", []
        while line := self.rfile.readline():
            if not self.answer(server, line.decode().strip()):
                return

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def answer(self, server, line):
        verb = line.split(" ")[0].split(":")[0].upper()
        server.heard.append(verb)
        if verb in server.drops_at:
            return False
        if verb == "DATA":
            return self.take(server)
        if verb == "STARTTLS":
            return self.encrypt(server)
        if verb == "QUIT":
            self.say("221 bye")
            return False
        self.say(self.reply(server, verb, line))
        return True

    def reply(self, server, verb, line):
        address = line[line.find("<") + 1 : line.find(">")]
        if verb == "EHLO":
            lines = ["hub.test", *(["STARTTLS"] if self.may_encrypt() else []), "AUTH PLAIN"]
            return "\r\n".join([f"250-{text}" for text in lines] + ["250 SIZE"])
        if verb == "AUTH":
            given = b64decode(line.split(" ")[2]).decode().split("\0")[1:]
            self.signed_in = given == list(server.login)
            return "235 welcome" if self.signed_in else "535 wrong user or password"
        if verb == "MAIL":
            if server.login and not self.signed_in:
                return "530 sign in first"
            self.sender, self.recipients = address, []
        if verb == "RCPT":
            answers = server.answers.get(address)
            said = answers.pop(0) if answers else "250 ok"
            if said.startswith("250"):
                self.recipients.append(address)
            return said
        return "250 ok"

    def may_encrypt(self):
        return self.server.owner.certificate and not self.encrypted

    def encrypt(self, server):
        self.say("220 go ahead")
        self.request = server.tls().wrap_socket(self.request, server_side=True)
        self.rfile = self.request.makefile("rb")
        self.wfile = self.request.makefile("wb", buffering=0)
        self.encrypted = True
        return True

    def take(self, server):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        if "TEXT" in server.drops_at:
            return False
        if server.text_answer.startswith("250"):
            server.accepted.append(
                Accepted(self.sender, self.recipients, b"".join(lines), self.encrypted)
            )
        self.say(server.text_answer)
        return True


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A client that hangs up is part of many tests."""


@dataclass
class Smtp:
    """The server. ``answers`` maps an address to what RCPT is told, one after another, then 250."""

    greeting: str = "220 hub.test ESMTP"
    answers: dict = field(default_factory=dict)
    drops_at: set = field(default_factory=set)
    text_answer: str = "250 accepted"
    login: tuple = ()
    hangs: bool = False
    certificate: str = ""
    accepted: list = field(default_factory=list)
    heard: list = field(default_factory=list)
    connections: int = 0

    def __post_init__(self):
        self.released = threading.Event()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        self.listener = _Listener(("127.0.0.1", self.port), _Conversation)
        self.listener.owner = self
        threading.Thread(target=self.listener.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *problem):
        self.released.set()
        self.listener.shutdown()
        self.listener.server_close()

    def address(self, **options):
        return MailServer(**{"host": "127.0.0.1", "port": self.port, **options})

    def tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context
