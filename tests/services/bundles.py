"""Bundles for tests: taking them, reading them, looking for what must not be in them, and forging them as whoever holds the key could."""

from __future__ import annotations

import io
import json
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Iterator
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
import pypdfium2
from sqlalchemy import select

from inspect_app.audit import notes
from inspect_app.audit.bundle_verify import BUNDLE, judge
from inspect_app.audit.envelope import b64url
from inspect_app.audit.notes import Signer
from inspect_app.audit.receipts import key_name
from inspect_app.exports.moments import written
from inspect_app.i18n import messages
from inspect_app.models import cases, content, event
from inspect_app.services import exporting, keys
from inspect_app.services.exporting import Order
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.words import LANGUAGES

LONG_ENOUGH = 8
"""Shorter texts stand in anything."""


def take(house: House, actor: Actor, number: str | None, audience: str, out: Path) -> Path:
    """Take a bundle of one case, or of all."""
    exporting.export(house, actor, Order(Wanted(number), "bundle", audience), out)
    return out


def contents(bundle: Path | bytes) -> dict[str, bytes]:
    """Its files."""
    with ZipFile(bundle if isinstance(bundle, Path) else io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def status(bundle: Path) -> int:
    return judge(bundle)[0]


def disclosed(files: dict[str, bytes]) -> dict[str, dict[int, dict[str, Any]]]:
    """Number of a case, `seq` of an event, and the fields that are disclosed of it."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for name, raw in files.items():
        if name.startswith("cases/"):
            told = json.loads(raw)
            found[told["number"]] = {
                seq: {name: value for _, name, value in (json.loads(urlsafe_b64decode(d + "===")) for d in one["disclosures"])}
                for seq, one in enumerate(told["events"], 1)}
    return found


def withheld(house: House, files: dict[str, bytes]) -> set[str]:
    """Texts that the history holds and the bundle must not: those of fields that are not disclosed, unless a field that is says them too. What
    the log itself publishes, the hashes of leaves, says nothing, nor do the words that the law offers to everyone who chooses, nor those that
    the application says of every case, like “reference”."""
    shown = disclosed(files)
    with house.db.reading("all") as session:
        rows = session.execute(select(cases.c.number, event.c.seq, content.c.body).join(event, event.c.stream_id == cases.c.id)
                               .join(content, content.c.event_id == event.c.event_id).where(cases.c.number.in_(shown))).all()
        of_public = set(session.execute(select(event.c.id)).scalars()) | {b64url(leaf) for leaf in session.execute(select(event.c.leaf)).scalars()}
    hidden: set[str] = set()
    for number, seq, body in rows:
        hidden |= {text for _, name, value in orjson.loads(body) if name not in shown[number][seq] for text in texts(value)}
    said = "\n".join(text for events in shown.values() for fields in events.values() for value in fields.values() for text in texts(value))
    said += "\n".join(written(moment, zone) for moment, zone in moments(files))
    plain = files["manifest.json"].decode() + files["README.txt"].decode() + files["verify.py"].decode() + "".join(of_public)
    plain += " ".join(code for law in house.catalogue.workflows for rule in law.transitions for asked in rule.inputs
                      for code, _ in getattr(asked, "options", ()))
    plain += "\n".join(text for language in LANGUAGES for text in messages(language).values())
    return {text for text in hidden if len(text) >= LONG_ENOUGH and text not in said and text not in plain}


def moments(files: dict[str, bytes]) -> Iterator[tuple[int, str]]:
    """When everything happened that a bundle tells of, and in which zone: a day that is withheld may be that of something else."""
    for events in disclosed(files).values():
        yield from ((fields["occurred_at"], fields.get("zone", "Z")) for fields in events.values() if "occurred_at" in fields)
    for name, raw in files.items():
        if name.startswith("cases/"):
            yield from ((json.loads(one["envelope"])["at"], "Z") for one in json.loads(raw)["events"])


def texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def opened(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Every file, and what is packed in it: parts of a workbook, the text of a paper."""
    for name, raw in files.items():
        yield name, raw
        if name.endswith(".xlsx"):
            yield from ((f"{name}/{inner}", part) for inner, part in contents(raw).items())
        if name.endswith(".pdf"):
            document = pypdfium2.PdfDocument(raw)
            pages = "".join(page.get_textpage().get_text_bounded() for page in document)
            yield f"{name}/text", "".join(pages.split()).encode()


def encodings(text: str) -> Iterator[bytes]:
    """How a text could stand in a file."""
    raw = text.encode("utf-8", "replace")
    yield raw
    yield "".join(text.split()).encode("utf-8", "replace")
    yield json.dumps(text)[1:-1].encode()
    yield orjson.dumps(text)[1:-1]
    yield escape(text).encode("utf-8", "replace")
    yield quote(text, errors="replace").encode()
    yield raw.hex().encode()
    yield text.encode("utf-16-le", "replace")
    for lead in range(3):
        coded = b64encode(bytes(lead) + raw)[-(-lead * 8 // 6):(lead + len(raw)) * 8 // 6]
        if len(coded) >= LONG_ENOUGH:
            yield coded
            yield coded.translate(bytes.maketrans(b"+/", b"-_"))


def leaks(house: House, files: dict[str, bytes]) -> list[str]:
    """Where something that is withheld stands."""
    found = []
    hidden = withheld(house, files)
    for name, raw in opened(files):
        found += [f"{name}: {text}" for text in hidden if any(coded in raw for coded in encodings(text))]
    return found


def packed(files: dict[str, bytes]) -> bytes:
    """These files as an archive."""
    page = io.BytesIO()
    with ZipFile(page, "w", ZIP_DEFLATED) as archive:
        for name, raw in files.items():
            archive.writestr(name, raw)
    return page.getvalue()


def forged(house: House, files: dict[str, bytes], change: Callable[[dict[str, Any]], None], name: str = "cases/000001.json") -> bytes:
    """The bundle after a change to one case, with all hashes made anew and the manifest signed with the installation's own key."""
    told = json.loads(files[name])
    change(told)
    return resigned(house, files | {name: orjson.dumps(told)})


def resigned(house: House, files: dict[str, bytes]) -> bytes:
    """These files under a manifest that fits them, signed with the installation's own key."""
    manifest = json.loads(files["manifest.json"])
    own = {"manifest.json", "manifest.txt"}
    manifest["files"] = [{"path": n, "size": len(raw), "sha256": sha256(raw).hexdigest()} for n, raw in files.items() if n not in own]
    raw = orjson.dumps(manifest)
    text = f"{BUNDLE}\n{house.log}\n{sha256(raw).hexdigest()}\n"
    key = Signer(key_name(house.log), keys.signing(house.keys, keys.RECEIPTS)[0])
    return packed(files | {"manifest.json": raw, "manifest.txt": notes.write(text, [key.sign(text)]).encode()})
