"""Erasure and disposal: content goes, every proof stays, and nobody does it alone."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select, update

from config import Settings
from inspect_app.errors import Disposed, NotFound, NotYours, Refused
from inspect_app.models import cases, event, knew, metadata, receipt_code, unredacted
from inspect_app.now import hold, now
from inspect_app.services import casework, erasing, keeping_log, persons, queries, readings, retention, verifying
from inspect_app.services import evidence as files
from inspect_app.services.folding import folded
from inspect_app.services.ledger import Key
from inspect_app.services.replaying import replay_all
from tests.services import bundles
from tests.services.organisation import CONSOLE, Organisation
from tests.services.tampering import Change, tampering
from workflows.acts import Act

MONTH = 31 * 86_400_000_000
SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
"""What is judged from rows alone is judged on the embedded database; that both hold the same rows is proved elsewhere."""
NAME = "Nguyễn Thị Bí Mật"


@pytest.fixture
def kept(org: Organisation) -> Organisation:
    """The house with two data officers, of whom one has two records."""
    for login in ("two", "deputy"):
        persons.grant(org.house, CONSOLE, login, "data_officer", "HQ")
    return org


def closed(org: Organisation, name: str = NAME) -> str:
    """A signal that was closed without a case: somebody is named wherever words can be typed, and on a paper."""
    case = org.open(title=f"About {name}", source="signal", what=f"{name} was seen at the store on 3 May.").case
    kept = files.store(org.house, BytesIO(f"{name}: a statement".encode()), "found.txt", "text/plain")
    casework.fire(org.house, case, Act("add_evidence", org["officer"], {
        "description": f"A paper of {name}", "held_as": "file", "sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type,
        "filename": f"{name}.txt"}, stored_as=kept.stored_as), key=Key("the same", "0" * 64))
    org.act("officer", case, "note_for_record", note=f"{name} called again.")
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose_no_case", ground="unfounded", sentence=f"{name} was on leave that day.")
    org.act("chair", case, "close_no_case", reason=f"As proposed: {name} was away.")
    return case


def intact(org: Organisation) -> None:
    """Everything verifies: the log, the tables, the replay."""
    keeping_log.round_of(org.house)
    done = verifying.verify(org.house)
    assert (done.status, done.findings) == (0, []), done.findings
    assert not replay_all(org.house).differences


def found(org: Organisation) -> list[str]:
    """What verification finds, after the log has taken everything in."""
    return [str(finding) for finding in verifying.verify(org.house).findings]


def spellings(words: str) -> list[bytes]:
    """Words as they may lie in a table or a file."""
    raw = words.encode()
    shapes = {raw, words.encode("utf-16-le"), words.encode("utf-16-be"), b64encode(raw), urlsafe_b64encode(raw), raw.hex().encode(),
              orjson.dumps(words)[1:-1], words.encode("ascii", "backslashreplace"), words.upper().encode(), folded(words).encode()}
    for shift in range(3):
        shapes.add(b64encode(b"\0" * shift + raw)[4 if shift else 0:-4])
    return sorted(shapes)


def holders(org: Organisation, words: str) -> list[str]:
    """The tables and files in which words lie, in any usual spelling."""
    where = []
    with org.house.db.reading("all") as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).all():
                told = b"\n".join(v if isinstance(v, bytes) else str(v).encode() for v in row)
                where += [table.name] if any(shape in told or shape in told.lower() for shape in spellings(words)) else []
    for path in org.house.data.rglob("*"):
        where += [str(path)] if path.is_file() and any(shape in path.read_bytes() for shape in spellings(words)) else []
    if org.house.db.is_sqlite:
        base = Path(str(org.house.db.url.database))
        for path in base.parent.glob(f"{base.name}*"):
            where += [str(path)] if path.is_file() and any(shape in path.read_bytes() for shape in spellings(words)) else []
    return sorted(set(where))


def proposed(org: Organisation, case: str, *pieces: dict[str, Any], who: str = "officer") -> None:
    org.act(who, case, "propose_erasure", basis="third_person", pieces=list(pieces))


def disposed(org: Organisation, case: str) -> str:
    """The case, disposed of by two persons when its time is over."""
    with hold(now() + 14 * MONTH):
        org.act("deputy", case, "propose_disposal")
        return org.act("two", case, "dispose").id


def test_who_is_named_is_erased_by_two_persons_and_everything_still_verifies(kept: Organisation) -> None:
    case = closed(kept)
    intact(kept)
    assert {"cases", "case_search", "content"} <= set(holders(kept, NAME))
    pieces = [{"seq": piece.seq, "field": piece.name} for piece in retention.find(kept.house, kept["two"], case, NAME)]
    assert {(p["seq"], p["field"]) for p in pieces} == {
        (0, "title"), (1, "data.what"), (2, "data.description"), (2, "data.filename"), (3, "data.note"), (5, "data.sentence"), (6, "data.reason")}
    proposed(kept, case, *pieces[:1], {"seq": 1, "field": "data.what", "instead": "Somebody was seen at the store."}, *pieces[2:],
             {"seq": 2, "field": "file"})
    kept.act("two", case, "erase")
    intact(kept)
    assert kept.house.db.written_anew() is kept.house.db.is_sqlite
    assert holders(kept, NAME) == []
    row = queries.case(kept.house, kept["chair"], case)
    assert row.title == row.number
    with kept.house.db.reading("all") as session:
        from inspect_app.services.events import events_of

        told = {e.seq: e.data for e in events_of(session, row.id)}
    assert told[1]["what"] == "Somebody was seen at the store." and "note" not in told[3]


def test_of_a_disposed_case_stays_its_bare_course_and_a_certificate(kept: Organisation) -> None:
    case, other = closed(kept), closed(kept, "Somebody Else")
    readings.note(kept.house, kept["chair"], queries.case(kept.house, kept["chair"], case), "page")
    intact(kept)
    disposed(kept, case)
    intact(kept)
    kept.house.db.written_anew()
    assert holders(kept, NAME) == []
    assert holders(kept, "Somebody Else")
    certificate = retention.certificate(kept.house, kept["deputy"], case)
    assert (certificate.rule, certificate.through, len(certificate.files)) == ("retention.no_case", 7, 1)
    assert (certificate.proposed_by, certificate.carried_out_by) == ("Deputy Person", "Two Person")
    assert queries.case(kept.house, kept["chair"], other).title == "About Somebody Else"


def test_every_personal_column_of_a_disposed_case_is_empty(kept: Organisation) -> None:
    """Whatever the model marks as said of somebody because of a case."""
    case = closed(kept)
    org = kept
    with org.house.db.atomic("all") as session:
        number = session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()
        session.execute(update(cases).where(cases.c.id == number).values(reference="12/QD"))
        session.execute(insert(receipt_code).values(code_hash="a" * 64, case_id=number, language="vi", made_at=1))
        session.execute(insert(unredacted).values(case_id=number, person_id=org["auditor"].person_id, reason="who it is", days=3, asked_at=1))
    disposed(org, case)
    with org.house.db.reading("all") as session:
        for table in metadata.sorted_tables:
            marked = [c for c in table.columns if c.info.get("personal") == "case"]
            key = next((table.c[n] for n in ("case_id", "stream_id") if n in table.c), table.c.id if table is cases else None)
            if not marked or key is None or table is knew:
                continue
            for row in session.execute(select(*marked, *([table.c.trigger] if table is event else [])).where(key == number)).mappings():
                if table is event and row["trigger"] in ("propose_disposal", "dispose"):
                    continue
                assert [v for n, v in row.items() if n != "trigger" and v not in (None, "") and table.name != "case_search"] == [], table.name


def test_who_knew_is_told_and_strangers_are_told_nothing(kept: Organisation) -> None:
    case = closed(kept)
    disposed(kept, case)
    for who in ("officer", "chair", "auditor"):
        with pytest.raises(Disposed) as told:
            queries.case(kept.house, kept[who], case)
        assert told.value.under == "retention.no_case"
    for who in ("stranger", "other_head"):
        with pytest.raises(NotFound) as other:
            queries.case(kept.house, kept[who], case)
        assert type(other.value) is NotFound
        with pytest.raises(NotFound):
            retention.certificate(kept.house, kept[who], case)
    assert not queries.register(kept.house, kept["chair"]).rows
    assert retention.certificate(kept.house, kept["officer"], case).proposed_by is None


def test_nobody_erases_alone_not_even_under_two_records(kept: Organisation) -> None:
    case = closed(kept)
    piece = {"seq": 3, "field": "data.note"}
    proposed(kept, case, piece, who="two")
    with pytest.raises(Refused) as refused:
        kept.act("two", case, "erase")
    assert "another_person_proposed" in {v.code for v in refused.value.verdicts if not v.ok}
    persons.mark_same(kept.house, CONSOLE, "deputy", "two")
    with pytest.raises(Refused):
        kept.act("deputy", case, "erase")
    with pytest.raises(NotYours):
        kept.act("officer", case, "erase")
    kept.act("chair", case, "erase")
    with pytest.raises(Refused):
        kept.act("chair", case, "erase")
    intact(kept)


def test_a_hold_keeps_everything_until_it_is_lifted(kept: Organisation) -> None:
    case = closed(kept)
    kept.act("chair", case, "hold", reason="proceedings in court")
    with hold(now() + 20 * MONTH):
        for trigger in ("propose_disposal",):
            with pytest.raises(Refused) as refused:
                kept.act("two", case, trigger)
            assert [v.code for v in refused.value.verdicts if not v.ok] == ["no_hold_stands"]
    kept.act("deputy", case, "lift_hold", reason="they are over")
    proposed(kept, case, {"seq": 3, "field": "data.note"})
    kept.act("chair", case, "hold", reason="an audit")
    with pytest.raises(Refused):
        kept.act("two", case, "erase")
    assert [row.held for row in retention.due(kept.house, kept["two"])] == [True]


def test_nothing_is_disposed_of_before_its_time_or_while_its_dossier_is_under_way(kept: Organisation) -> None:
    case, running = closed(kept), kept.open().case
    with hold(now() + 11 * MONTH), pytest.raises(Refused) as refused:
        kept.act("two", case, "propose_disposal")
    assert [v.code for v in refused.value.verdicts if not v.ok] == ["retention_is_over"]
    with hold(now() + 50 * MONTH), pytest.raises(Refused):
        kept.act("two", running, "propose_disposal")


def test_what_a_case_under_way_rests_on_is_replaced_and_never_left_empty(kept: Organisation) -> None:
    case = kept.open(what=f"{NAME} took the drug book home on 3 May.", source="signal").case
    with pytest.raises(Refused) as refused:
        proposed(kept, case, {"seq": 1, "field": "data.what"})
    assert [v.code for v in refused.value.verdicts if not v.ok] == ["case_under_way_keeps_its_words"]
    for field in ("trigger", "actor", "guards", "data.source", "data.nothing"):
        with pytest.raises(Refused):
            proposed(kept, case, {"seq": 1, "field": field, "instead": "x"})
    proposed(kept, case, {"seq": 1, "field": "data.what", "instead": "Somebody took the drug book home on 3 May."})
    kept.act("two", case, "erase")
    kept.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    intact(kept)


def test_a_data_officer_sees_no_case_and_reaches_only_those_of_their_units(kept: Organisation) -> None:
    case = closed(kept)
    with pytest.raises(NotFound):
        queries.case(kept.house, kept["two"], case)
    with pytest.raises(NotFound):
        kept.act("two", case, "note_for_record", note="I looked")
    with pytest.raises(NotFound):
        kept.act("stranger", case, "hold", reason="because")
    persons.grant(kept.house, CONSOLE, "stranger", "data_officer", "W2")
    with pytest.raises(NotFound):
        kept.act("stranger", case, "hold", reason="because")
    kept.act("two", case, "hold", reason="because")


OF = "event_id = (SELECT event_id FROM event WHERE stream_id = ? AND seq = ?)"


def _said(change: Change, case: int, seq: int, *without: str, put: Any = None) -> None:
    """Write an event's content anew without these fields, with other words in place of the first."""
    (body,) = change(f"SELECT body FROM content WHERE {OF}", case, seq)[0]
    told = [one for one in orjson.loads(bytes(body)) if one[1] not in without] + ([["", without[0], put]] if put is not None else [])
    change(f"UPDATE content SET body = ? WHERE {OF}", orjson.dumps(told), case, seq)


TAMPERING: dict[str, Callable[[Change, int], Any]] = {
    "the content of an event that nobody erased": lambda change, case: change(f"DELETE FROM content WHERE {OF}", case, 2),
    "the content of an event of which a field was erased": lambda change, case: change(f"DELETE FROM content WHERE {OF}", case, 1),
    "the content of the act of erasure": lambda change, case: change(f"DELETE FROM content WHERE {OF}", case, 8),
    "more fields than the act names": lambda change, case: _said(change, case, 1, "data.source", "actor", "zone", "position"),
    "fields of another event": lambda change, case: _said(change, case, 2, "data.description", "data.held_as", "data.sha256", "data.size"),
    "other words in place of what was erased": lambda change, case: _said(change, case, 1, "data.what", put="Other words than the act gave."),
    "words in place of what was not erased": lambda change, case: _said(change, case, 5, "data.sentence", put="Words that nobody said."),
    "a mark of disposal": lambda change, case: change("UPDATE cases SET disposed_at = 5, disposed_under = 'retention.x' WHERE id = ?", case),
    "a name": lambda change, case: change("UPDATE event SET actor = '' WHERE stream_id = ? AND seq = 4", case),
    "the kind of the act": lambda change, case: change("UPDATE event SET \"trigger\" = 'dispose' WHERE stream_id = ? AND seq = 8", case),
    "who proposed": lambda change, case: change("UPDATE event SET actor = 'somebody' WHERE stream_id = ? AND seq = 7", case),
}


@SQLITE
@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_that_looks_like_erasure_is_found(kept: Organisation, settings: Settings, what: str) -> None:
    case = closed(kept)
    proposed(kept, case, {"seq": 1, "field": "data.what", "instead": "Somebody was seen at the store."})
    kept.act("two", case, "erase")
    intact(kept)
    with kept.house.db.reading("all") as session:
        number = session.execute(select(cases.c.id).where(cases.c.uid == case)).scalar_one()
    with tampering(settings) as change:
        TAMPERING[what](change, number)
    assert verifying.verify(kept.house).status == 2


def test_a_disposal_that_one_person_wrote_into_the_database_is_found(kept: Organisation) -> None:
    """A forged act of disposal, chained as it should be, is still one that nobody had proposed."""
    from inspect_app.services import ledger
    from inspect_app.services.taken import take
    from workflows.acts import SYSTEM, Actor

    case = closed(kept)
    intact(kept)
    with kept.house.db.atomic("all") as session:
        taken = take(session, kept.house, case, SYSTEM, queries.today(kept.house))
        act = Act("dispose", Actor("somebody", "somebody"), {"rule": "retention.no_case", "through": taken.seq})
        ledger.append(session, kept.house.log, taken, act, after=taken.state, role="chair", now=now(), verdicts=())
        erasing.clear(session, kept.house, taken, taken.seq, taken.at, "retention.no_case")
    keeping_log.round_of(kept.house)
    assert any("nobody had proposed it" in line for line in found(kept))


@SQLITE
def test_random_erasures_leave_every_proof_whole(kept: Organisation) -> None:
    chance = Random(20270131)
    left: dict[str, list[tuple[int, str]]] = {}
    for n in range(3):
        left[closed(kept, f"Person {n} of the house")] = []
    for _ in range(10):
        case = chance.choice(list(left))
        try:
            _, pieces, _ = retention.one(kept.house, kept["two"], case)
        except Disposed:
            continue
        free = [piece for piece in pieces if piece.name != "reference"]
        if not free:
            continue
        some = chance.sample(free, min(len(free), chance.randint(1, 3)))
        told = [{"seq": p.seq, "field": p.name} | ({"instead": "…"} if chance.random() < 0.5 and p.name != "file" else {}) for p in some]
        if chance.random() < 0.2:
            disposed(kept, case)
        else:
            kept.act("deputy", case, "propose_erasure", basis="mistaken", pieces=told)
            kept.act(chance.choice(("two", "chair")), case, chance.choice(("erase", "erase", "decline_proposal")))
        intact(kept)


@SQLITE
def test_who_opened_a_file_is_forgotten_after_its_own_time(kept: Organisation) -> None:
    case = kept.open().case
    readings.note(kept.house, kept["chair"], queries.case(kept.house, kept["chair"], case), "page")
    assert readings.forget(kept.house) == 0
    with hold(now() + 58 * MONTH):
        assert readings.forget(kept.house) == 0
    with hold(now() + 61 * MONTH):
        assert readings.forget(kept.house) == 1
    intact(kept)


@SQLITE
@pytest.mark.parametrize("whole", [False, True])
def test_a_bundle_of_what_was_erased_still_proves_itself(kept: Organisation, tmp_path: Path, whole: bool) -> None:
    case = closed(kept)
    number = queries.case(kept.house, kept["chair"], case).number
    if whole:
        disposed(kept, case)
    else:
        proposed(kept, case, {"seq": 1, "field": "data.what", "instead": "Somebody was seen at the store."}, {"seq": 3, "field": "data.note"})
        kept.act("two", case, "erase")
    keeping_log.round_of(kept.house)
    bundle = bundles.take(kept.house, CONSOLE, number, "full", tmp_path / "one.zip")
    assert bundles.status(bundle) == 0
    held = bundles.contents(bundle)
    assert not any(b"was seen at the store on 3 May" in content for content in held.values())
