"""Lines of the standard facts: filled in by the server, where it is PostgreSQL and the row needs no care, and else here.

The server's own text is only ever put together from values in which nothing has to be escaped in any format; a row with a value that has is
handed over as it is and filled in by the exporter itself, so that escaping is written once."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing

import orjson
from sqlalchemy import Select, func, select

from inspect_app.db import Session
from inspect_app.exports.formats import ByLine
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.moments import FIRST_SERIAL
from inspect_app.exports.pseudonyms import CASE, DOSSIER, PERSON, Pseudonyms
from inspect_app.exports.template import TEXTS, UNSAFE, How, Line, Say, filler
from inspect_app.models import dossier, event
from inspect_app.services.bulk import copied, literal_sql, stream_rows

FACTS = ("dossier", "case_number", "workflow", "position", "seq", "event_id", "trigger", "before", "after", "actor", "role", "on_behalf_of",
         "recorded_for", "occurred_at", "zone", "recorded_at", "origin", "fits")
"""The columns of the query that lines are made from, in the order of `HistoryEvent`."""
FIRST = 250
"""Dossiers whose lines are asked for before all others."""
_UID = 36
_PLAIN, _CAREFUL = b"+", b"?"
_OFFSET = ("CASE zone WHEN 'Z' THEN 0 ELSE CASE left(zone, 1) WHEN '-' THEN -60000000 ELSE 60000000 END * "
           "(substr(zone, 2, 2)::bigint * 60 + substr(zone, 5, 2)::bigint) END")
_PSEUDONYMS = {"dossier": DOSSIER, "case_number": CASE, "actor": PERSON, "on_behalf_of": PERSON, "recorded_for": PERSON}


def lines(session: Session, query: Select[tuple[object, ...]], by_line: ByLine, pseudonyms: Pseudonyms | None) -> Generator[Line, None, None]:
    """The lines of the rows of a query that gives `FACTS`, in its order, each with its dossier."""
    fill = filler(by_line.line, by_line.inside)
    if session.dialect.name == "sqlite":
        with closing(stream_rows(session, query)) as rows:
            for row in rows:
                event = _event(row, pseudonyms)
                yield event.dossier, fill(event).encode("utf-8", "replace")
        return
    uid, name = b"", ""
    for portion in _portions(session, query):
        with closing(copied(session, _in_server(literal_sql(session, portion), by_line, pseudonyms))) as flow:
            for text in flow:
                if text[1:1 + _UID] != uid:
                    uid = text[1:1 + _UID]
                    name = uid.decode() if pseudonyms is None else pseudonyms.of(DOSSIER, uid.decode())
                if text[:1] == _PLAIN:
                    yield name, text[1 + _UID:]
                else:
                    yield name, fill(_event(orjson.loads(text[1 + _UID:]), pseudonyms)).encode("utf-8", "replace")


def _portions(session: Session, query: Select[tuple[object, ...]]) -> Iterator[Select[tuple[object, ...]]]:
    """The query for the first dossiers, and for all others: the server sorts everything that it is asked for before it sends the first row."""
    least = session.execute(select(func.min(dossier.c.id))).scalar_one()
    if least is not None:
        yield query.where(event.c.dossier_id < least + FIRST)
        yield query.where(event.c.dossier_id >= least + FIRST)


def _event(row: tuple[object, ...] | list[object], pseudonyms: Pseudonyms | None) -> HistoryEvent:
    event = HistoryEvent._make((*row[:-1], bool(row[-1]), {}, (), (), None))
    return event if pseudonyms is None else pseudonyms.event(event)


def _in_server(query: str, by_line: ByLine, pseudonyms: Pseudonyms | None) -> str:
    """The statement that gives for each row a mark, its dossier, and its line or, where that needs care, its facts as a JSON list."""
    text = " || ".join(_piece(piece, pseudonyms) for piece in by_line.line)
    care = [f"concat_ws('|', {', '.join(map(_quoted_name, TEXTS))}) ~ {_literal(UNSAFE)}"]
    if any(isinstance(piece, Say) and piece.how in (How.DAYS, How.DAYS_UTC) for piece in by_line.line):
        care.append(f"least(occurred_at + ({_OFFSET}), recorded_at) < {FIRST_SERIAL}")
    listed = ", ".join(_quoted_name(name) for name in FACTS)
    return (f"SELECT CASE WHEN {' OR '.join(care)} THEN '?' || dossier || json_build_array({listed})::text ELSE '+' || dossier || {text} END "  # noqa: S608
            f"FROM ({query}) AS facts ({listed})")


def _quoted_name(name: str) -> str:
    return f'"{name}"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _piece(piece: str | Say, pseudonyms: Pseudonyms | None) -> str:
    if isinstance(piece, str):
        return _literal(piece)
    fact, how, before, after, absent = piece
    column = _quoted_name(fact)

    def around(middle: str) -> str:
        return " || ".join(part for part in (_literal(before) if before else "", middle, _literal(after) if after else "") if part)

    if how == How.PLAIN:
        shown = column if fact in TEXTS or fact in ("dossier", "event_id", "zone") else f"{column}::text"
        if pseudonyms is not None and fact in _PSEUDONYMS:
            kind = _PSEUDONYMS[fact]
            salt = (pseudonyms.key + kind.encode()).hex()
            shown = f"'{kind}-' || left(encode(sha256('\\x{salt}'::bytea || convert_to({column}, 'UTF8')), 'hex'), 16)"
        if fact in TEXTS:
            return f"CASE WHEN {column} <> '' THEN {around(shown)} ELSE {_literal(absent)} END"
        return around(shown)
    if how in (How.FLAG, How.BIT):
        yes, no = ("true", "false") if how == How.FLAG else ("1", "0")
        return around(f"CASE WHEN {column} THEN '{yes}' ELSE '{no}' END")
    moment = f"({column} + ({_OFFSET}))" if how in (How.PLACED, How.DAYS) else column
    if how in (How.DAYS, How.DAYS_UTC):
        return around(f"({moment}::float8 / 86400000000::float8 + 25569::float8)::text")
    return around(f"{_iso(moment)} || {'zone' if how == How.PLACED else _literal('Z')}")


def _iso(moment: str) -> str:
    return f"replace((timestamp '1970-01-01' + {moment} * interval '1 microsecond')::text, ' ', 'T')"
