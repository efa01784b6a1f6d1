"""Bundles: histories that an auditor takes away and that prove themselves, offline, in whatever measure they are disclosed.

In it are, for each case, every envelope of its history, the disclosures of its audience, and the proof that the history is in the log and
complete; the signed checkpoint; tables, event logs and a case file made from what is disclosed and from nothing else; files of evidence; a
manifest of hashes that the installation signs; and the verifier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files as resources
from time import monotonic, sleep
from typing import Any

import orjson
from sqlalchemy import ColumnElement, select

from config import BadSetting
from inspect_app import i18n
from inspect_app.audit import notes
from inspect_app.audit.bundle_verify import BUNDLE, MOST_EVENTS
from inspect_app.audit.envelope import b64url
from inspect_app.audit.histories import HistoryProof
from inspect_app.audit.notes import Signer
from inspect_app.audit.receipts import key_name
from inspect_app.db import Fixed, Session
from inspect_app.errors import NotFound
from inspect_app.exports.formats import FORMATS
from inspect_app.exports.history import HistoryEvent, history_event
from inspect_app.exports.pseudonyms import Pseudonyms
from inspect_app.exports.zipped import Entry, zipped
from inspect_app.models import cases
from inspect_app.now import now
from inspect_app.services import audiences, case_files, checkpoints, evidence, histories, keeping_log, keys, proofs, queries, sequencing
from inspect_app.services.audiences import Audience
from inspect_app.services.case_files import Shown
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from inspect_app.services.signer import SignerRefuses
from inspect_app.services.untold import untold
from workflows.acts import Actor
from workflows.roles import Role

MOST_CASES = 1000
"""Histories in one bundle."""
PATIENCE = 10.0
"""Seconds to wait for the log to be signed up to its end."""
TABLES = ("csv", "xlsx", "jsonl", "xes", "ocel-json")
VERIFIER = "verify.py"
_PIECE = 1 << 20
_BODIES = Fixed("""SELECT e.seq, e.id, e.position, e.recorded_at, e.fits, e."trigger", e.role, e.actor, e.on_behalf_of,
  e.recorded_for, d.uid, x.body FROM event e
  JOIN dossier d ON d.id = e.dossier_id LEFT JOIN content x ON x.event_id = e.event_id WHERE e.stream_id = :case ORDER BY e.seq, x.subject_id""")


class NotReady(Exception):
    """The log is not signed up to its end, or there is no key to sign with; the message says which."""


class TooMuch(Exception):
    """It is more than one bundle may hold."""


@dataclass(frozen=True, slots=True)
class _Case:
    """One case of a bundle: what is shown of each event, and its proof with the envelopes."""

    row: CaseRow
    audience: Audience
    kept: dict[int, list[tuple[str, str, Any]]]
    withheld: dict[int, int]
    events: list[HistoryEvent]
    proof: HistoryProof
    envelopes: list[bytes]


def settle(house: House) -> None:
    """See to it that the log is signed up to its end: by the worker, or where none runs, here. Raises `NotReady`."""
    until = monotonic() + PATIENCE
    while True:
        standing = checkpoints.standing(house)
        if standing.size and standing.signed == standing.size and not standing.waiting:
            return
        with house.db.leading(sequencing.NAME) as leads:
            if leads:
                try:
                    keeping_log.round_of(house)
                    return
                except (BadSetting, SignerRefuses) as error:
                    raise NotReady(str(error)) from None
        if monotonic() > until:
            raise NotReady("the log is not signed up to its end; is the worker running?")
        sleep(0.1)


def make(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]], *, audience: str, language: str, as_of: int | None,
         wanted: str, taken: Any) -> Iterator[bytes]:
    """The bundle of the chosen cases in pieces; counts its events in `taken.events`. Raises `NotReady`, `TooMuch`."""
    rows = session.execute(select(cases.c.id, cases.c.uid).where(*chosen).order_by(cases.c.dossier_id, cases.c.id).limit(MOST_CASES + 1)).all()
    if len(rows) > MOST_CASES:
        raise TooMuch
    secret = keys.signing(house.keys, keys.RECEIPTS)
    if not secret:
        raise NotReady("there is no key of receipts here to sign the manifest with")
    pseudonyms = Pseudonyms()
    found: list[_Case] = []
    for id_, uid in rows:
        one = _gathered(session, house, queries.case(house, actor, uid), actor, id_, audience, pseudonyms, as_of)
        taken.events += len(one.events)
        if taken.events > MOST_EVENTS:
            raise TooMuch
        found.append(one)
    yield from _packed(session, house, actor, found, Signer(key_name(house.log), secret[0]), audience, language, wanted, as_of, pseudonyms)


def _gathered(session: Session, house: House, row: CaseRow, actor: Actor, id_: int, audience: str, pseudonyms: Pseudonyms,
              as_of: int | None) -> _Case:
    try:
        proof, envelopes = proofs.whole_history(session, house, id_)
    except NotFound as error:
        raise NotReady(str(error)) from None
    of = audiences.audience(audience, actor, row, pseudonyms)
    back = untold(session, id_, row.workflow, of.parts, "" if audience == audiences.PERSON else actor.id)
    kept: dict[int, list[tuple[str, str, Any]]] = {seq: [] for seq in range(1, len(envelopes) + 1)}
    withheld = dict.fromkeys(kept, 0)
    plain: dict[int, tuple[Any, ...]] = {}
    for seq, *about, body in _BODIES.run(session, {"case": id_}):
        if seq not in kept:
            continue
        plain[seq] = tuple(about)
        recorded_at, trigger, role = about[2], about[4], about[5]
        shown: list[tuple[str, str, Any]]
        fields = [one for one in orjson.loads(body) if one[0]] if body is not None else []
        if as_of is not None and recorded_at > as_of:
            shown, hidden = [], [(name, value) for _, name, value in fields]
        else:
            shown, hidden = audiences.split(of, row.workflow, trigger, role, fields, untold=seq in back)
        kept[seq] += shown
        withheld[seq] += len(hidden)
    events = [_event(row, of, seq, plain[seq], kept[seq]) for seq in sorted(plain)
              if as_of is None or plain[seq][2] <= as_of]
    return _Case(row, of, kept, withheld, events, proof, envelopes)


def _event(row: CaseRow, of: Audience, seq: int, about: tuple[Any, ...], kept: list[tuple[str, str, Any]]) -> HistoryEvent:
    """The event as far as it is disclosed. Where persons go under pseudonyms they are still named here, and nowhere in the bundle."""
    id_, position, recorded_at, fits, _, _, actor, on_behalf_of, recorded_for, dossier = about
    made = history_event(dossier, row.number, row.workflow.name, position, seq, id_, recorded_at, bool(fits), [orjson.dumps(kept)],
                         None if of.pseudonyms else row.unit)
    if of.pseudonyms is None or not made.trigger:
        return made
    return made._replace(actor=actor, on_behalf_of=on_behalf_of, recorded_for=recorded_for)


def _packed(session: Session, house: House, actor: Actor, found: list[_Case], key: Signer, audience: str, language: str, wanted: str,
            as_of: int | None, pseudonyms: Pseudonyms) -> Iterator[bytes]:
    listed: list[dict[str, Any]] = []
    signed = checkpoints.newest_signed(session, house.log)
    if signed is None:
        raise NotReady("the log is not signed yet")
    events = [event for one in found for event in one.events]

    def entries() -> Iterator[Entry]:
        yield Entry("README.txt", [_readme(language, house.log).encode()])
        yield Entry(VERIFIER, [(resources("inspect_app") / "audit" / "bundle_verify.py").read_bytes()])
        yield Entry("checkpoint.txt", [signed.note.encode()])
        known = [line.written() for line in checkpoints.known(session) if line.name in (house.log, key.name) and line.kind == notes.OWN]
        lines = dict.fromkeys([*known, key.verifier.written(), *(s.verifier.written() for s in checkpoints.signers(house))])
        yield Entry("keys.txt", ["".join(f"{line}\n" for line in lines).encode()])
        for n, one in enumerate(found, 1):
            yield Entry(_path(n), [_history(one)])
        for form in TABLES:
            parts = FORMATS[form].parts
            assert parts is not None
            hides = FORMATS[form].pseudonymous or audience == audiences.PERSON
            yield Entry(f"tables/history.{FORMATS[form].extension}", parts.write(_hidden(events, found, pseudonyms) if hides else iter(events)))
        for one in found:
            yield from _files(house, actor, one, as_of)
        if len(found) <= case_files.MOST_CASES and len(events) <= case_files.MOST_EVENTS:
            yield Entry("case-file.pdf", [_paper(session, house, actor, found, language, wanted, as_of)], packed=False)

    def written() -> Iterator[Entry]:
        for entry in entries():
            digest, size = sha256(), 0

            def watched(entry: Entry = entry, digest: Any = digest) -> Iterator[bytes]:
                nonlocal size
                for piece in entry.pieces:
                    digest.update(piece)
                    size += len(piece)
                    yield piece

            yield entry._replace(pieces=watched())
            listed.append({"path": entry.name, "size": size, "sha256": digest.hexdigest()})
        manifest = orjson.dumps({
            "v": 1, "log": house.log, "audience": audience, "made_at": now(), "as_of": as_of, "chosen": wanted,
            "cases": [_path(n) for n in range(1, len(found) + 1)], "files": listed}, option=orjson.OPT_INDENT_2)
        text = f"{BUNDLE}\n{house.log}\n{sha256(manifest).hexdigest()}\n"
        yield Entry("manifest.json", [manifest])
        yield Entry("manifest.txt", [notes.write(text, [key.sign(text)]).encode()])

    yield from zipped(written())


def _path(n: int) -> str:
    return f"cases/{n:06d}.json"


def _history(one: _Case) -> bytes:
    """A case as JSON: what proves it, and what is disclosed."""
    events = [{"envelope": envelope.decode(), "disclosures": [_disclosure(*field) for field in one.kept[seq]]}
              for seq, envelope in enumerate(one.envelopes, 1)]
    return orjson.dumps({"number": one.row.number, "workflow": one.row.workflow.name, "events": events, "proof": one.proof.to_json()})


def _disclosure(salt: str, name: str, value: Any) -> str:
    return b64url(orjson.dumps([salt, name, value], option=orjson.OPT_SORT_KEYS))


def _hidden(events: list[HistoryEvent], found: list[_Case], pseudonyms: Pseudonyms) -> Iterator[HistoryEvent]:
    """The events under pseudonyms, with the inputs that name nobody."""
    laws = {one.row.number: one.row.workflow for one in found}
    for event in events:
        yield pseudonyms.event(histories.unnamed(laws[event.case_number], event, pseudonyms))


def _files(house: House, actor: Actor, one: _Case, as_of: int | None) -> Iterator[Entry]:
    """Files of evidence whose hash is disclosed; for the person whom the case is about, those that are cited in what they may read."""
    named = {value for fields in one.kept.values() for _, name, value in fields if name == "data.sha256"}
    row = one.row if one.audience.name != audiences.PERSON else replace(one.row, parts=frozenset({Role.RESPONDENT}))
    cited = evidence.cited(house, row) if one.audience.name == audiences.PERSON else None
    seen = set[str]()
    for item in evidence.items(house, one.row, actor):
        if item.sha256 not in named or item.stored_as is None or item.withdrawn_seq is not None or item.sha256 in seen:
            continue
        if (cited is not None and item.n not in cited) or (as_of is not None and item.added_at > as_of):
            continue
        seen.add(item.sha256 or "")
        yield Entry(f"evidence/{one.row.number}-{item.n}.bin", _content(house, item), large=True, packed=False)


def _content(house: House, item: evidence.Item) -> Iterator[bytes]:
    file, _ = evidence.content(house, item)
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _paper(session: Session, house: House, actor: Actor, found: list[_Case], language: str, wanted: str, as_of: int | None) -> bytes:
    shown = []
    for one in found:
        named = one.audience.pseudonyms.event if one.audience.pseudonyms is not None else (lambda event: event)
        by_seq = {event.seq: named(event) for event in one.events}
        events = [e._replace(trigger=h.trigger, before=h.before, after=h.after, actor=h.actor or h.role or "", role=h.role or "",
                             on_behalf_of=h.on_behalf_of, recorded_for=h.recorded_for, data=dict(h.data))
                  for e in events_of(session, one.row.id) if (h := by_seq.get(e.seq)) is not None]
        shown.append(Shown(one.row, events, one.withheld, full=one.audience.name == audiences.FULL))
    return case_files.compose(session, house, actor, shown, language, as_of, wanted)


def _readme(language: str, log: str) -> str:
    return i18n.say(language, "bundle.readme", log=log, verifier=VERIFIER)
