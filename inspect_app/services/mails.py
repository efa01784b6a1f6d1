"""The text of a mail: that there is something to read, of which kind, in which case by number – and never what a case says.

No name stands in a header: the library decodes what looks encoded in one, and writes the line breaks that were hidden in it as they are. In the
body whatever is put in is one line without control characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from inspect_app import i18n
from inspect_app.services.house import Post

SUBJECTS = {"notice": "mail.notice_subject", "digest": "mail.digest_subject", "address": "mail.address_subject"}
SAYS = {"notice": "mail.notice_says", "digest": "mail.digest_says", "address": "mail.address_says"}
LONGEST = 200
"""Characters of a name or a line; the rest is left out."""
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Text:
    """What a mail says: to whom, its kind (`notice`, `digest`, `address`), in which language, a line for each thing, and where it leads."""

    kind: str
    name: str
    address: str
    language: str
    lines: tuple[str, ...]
    link: str


def one_line(text: str) -> str:
    """A text as one line that shows what it shows: no control, no format character, no line separator."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST]


def write(post: Post, told: Text, id_: int, made_at: int) -> EmailMessage:
    """The mail. Written twice, it is the same mail under the same Message-ID: whoever gets it twice can tell."""
    mail = EmailMessage(_POLICY)
    mail["From"] = Address("inspect-app", addr_spec=post.sender)
    mail["To"] = Address(addr_spec=told.address)
    mail["Subject"] = i18n.say(told.language, SUBJECTS[told.kind], n=len(told.lines))
    mail["Date"] = format_datetime(datetime.fromtimestamp(made_at // 1_000_000, UTC))
    mail["Message-ID"] = f"<{id_}.{made_at}@{post.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(_body(told)) + "\n", charset="utf-8", cte="quoted-printable")
    mail["Content-Language"] = told.language
    return mail


def _body(told: Text) -> Sequence[str]:
    language = told.language
    return (i18n.say(language, "mail.hello", name=one_line(told.name)), "", i18n.say(language, SAYS[told.kind]), "",
            *(f"- {one_line(line)}" for line in told.lines), *([""] if told.lines else []), told.link, "",
            i18n.say(language, "mail.address_not_you" if told.kind == "address" else "mail.choose"))
