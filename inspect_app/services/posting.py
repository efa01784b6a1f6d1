"""Handing a mail to the mail server (SMTP). Nothing here opens a transaction."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from ipaddress import ip_address
from types import TracebackType
from urllib.parse import parse_qs, unquote, urlsplit

from config import MAIL_ADDRESS, BadSetting
from inspect_app.services.house import Post

WAIT = 20.0
"""Seconds to wait for an answer of the server."""
PORTS = {"smtp": 25, "smtps": 465}
TLS = ("required", "offered", "none")
_OPTIONS = {"tls", "ca"}


class Refused(Exception):
    """The server does not take this mail; `lasting` says that it never will."""

    def __init__(self, said: str, *, lasting: bool) -> None:
        super().__init__(said)
        self.lasting = lasting


class Away(Exception):
    """The server cannot be reached, or does not let us in: nothing can be sent now, to nobody."""


def read(url: str | None, sender: str | None, public_url: str) -> Post | None:
    """The mail server of the settings; None where there is none. Raises `BadSetting`.

    `smtp://user:password@host:587?tls=required&ca=FILE`; without a sender mail comes from `inspect-app@` and the host people open."""
    if url is None:
        return None
    parts, more = urlsplit(url), parse_qs(urlsplit(url).query)
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise BadSetting("INSPECT_SMTP_URL names a port that is none; it is a number from 1 to 65535.") from None
    tls = (more.get("tls") or ["offered"])[0]
    if set(more) - _OPTIONS or tls not in TLS:
        raise BadSetting(f"INSPECT_SMTP_URL takes ?tls= with one of {', '.join(TLS)}, and ?ca= with a file of certificates.")
    from_ = sender or f"inspect-app@{_domain(urlsplit(public_url).hostname)}"
    if not MAIL_ADDRESS.fullmatch(from_):
        raise BadSetting("INSPECT_MAIL_FROM must say from whom mail comes, such as inspect@example.org.")
    user, password = (unquote(part) if part is not None else None for part in (parts.username, parts.password))
    ca = more["ca"][0] if "ca" in more else None
    return Post(str(parts.hostname), port, from_, "at_once" if parts.scheme == "smtps" else tls, user, password, ca)


def _domain(host: str | None) -> str:
    try:
        ip_address(host or "")
    except ValueError:
        return host or "localhost"
    return "localhost"


class Carrier:
    """A connection to the mail server, opened with the first mail and kept for the next."""

    def __init__(self, post: Post) -> None:
        self.post = post
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Carrier:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._smtp is not None:
            self._smtp.close()

    def carry(self, mail: EmailMessage, to: str) -> None:
        """Hand one mail over. Raises `Refused` or `Away`."""
        smtp = self._connected()
        try:
            smtp.send_message(mail, self.post.sender, [to])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise Refused(_said(code, said), lasting=code >= 500) from error
        except smtplib.SMTPDataError as error:
            raise Refused(_said(error.smtp_code, error.smtp_error), lasting=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            self._smtp = None
            raise Away(_why(error)) from error

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            try:
                self._smtp = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise Away(_why(error)) from error
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        post, context = self.post, ssl.create_default_context(cafile=self.post.ca)
        if post.tls == "at_once":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(post.host, post.port, timeout=WAIT, context=context)
        else:
            smtp = smtplib.SMTP(post.host, post.port, timeout=WAIT)
        try:
            smtp.ehlo()
            if post.tls == "required" or (post.tls == "offered" and smtp.has_extn("starttls")):
                smtp.starttls(context=context)
                smtp.ehlo()
            if post.user:
                if not isinstance(smtp.sock, ssl.SSLSocket) and post.tls != "none":
                    raise smtplib.SMTPNotSupportedError("The password is not sent without TLS; the server offers none (?tls=none allows it).")
                smtp.login(post.user, post.password or "")
        except (smtplib.SMTPException, OSError):
            smtp.close()
            raise
        return smtp


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return _plain(f"{code} {text}")


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return _plain(f"{type(error).__name__}: {error}")


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:500]
