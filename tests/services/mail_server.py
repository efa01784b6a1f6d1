"""A real mail server in this process: what it is given it keeps, and it can be told to be difficult."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inspect_app.services.house import Post

USER, PASSWORD = "house", "a pass:word@/ of the house"


@dataclass
class Server:
    """What was taken, raw and read; `answers` are given to the next mails instead of taking them."""

    taken: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = 0
    secure: list[bool] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default) for raw in self.taken]

    def post(self, **more: Any) -> Post:
        return Post("127.0.0.1", self.port, "inspect@house.example", **more)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(envelope.content)
        self.to.append(envelope.rcpt_tos[0])
        self.secure.append(server.transport.get_extra_info("ssl_object") is not None)
        return "250 taken"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        assert isinstance(told, LoginPassword)
        good = (told.login, told.password) == (USER.encode(), PASSWORD.encode())
        self.signed_in.append(told.login.decode() if good else "")
        return AuthResult(success=good, handled=False)


@contextmanager
def running(*, tls: ssl.SSLContext | None = None, at_once: bool = False, login: bool = False) -> Iterator[Server]:
    """A server on a free port of this machine; with `tls` it offers STARTTLS, or speaks TLS from the first byte."""
    server = Server()
    more: dict[str, Any] = {"authenticator": server.authenticate, "auth_required": True, "auth_require_tls": not at_once} if login else {}
    more |= {"tls_context": tls} if tls is not None and not at_once else {}
    loop = asyncio.new_event_loop()  # in a thread of its own: in that of the tests a browser's may be running
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listening = asyncio.run_coroutine_threadsafe(loop.create_server(
        lambda: SMTP(server, hostname="mail.example", loop=loop, **more), "127.0.0.1", 0, ssl=tls if at_once else None), loop).result()
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(listening.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """The TLS of a server on this machine, and the file of the certificate that vouches for it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    at = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=2))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
    place, secret = folder / "mail.pem", folder / "mail.key"
    place.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place, secret)
    return context, str(place)
