"""The rows that the database keeps beside events: what the law cannot make again from the events of one case alone (who was served, who sits
where) is committed to in the map of heads, as it stood when the newest event of its stream was put into the log.

Every row of a covered table counts, with every column listed here, in one digest for each case, and one for the organisation. A column that may
change without an event is not listed; `UNCOVERED` says which, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Boolean

from inspect_app.db import Fixed, Session, together
from inspect_app.models import metadata

VERSION = b"rows/1\n"


class Covered(NamedTuple):
    """A table: the column that names the case ("" for the organisation), its columns, and the order of its rows."""

    table: str
    case: str
    columns: tuple[str, ...]
    order: str


OF_CASES = (
    Covered("cases", "id", ("uid", "number", "reference", "dossier_id", "parent_id", "workflow", "definition", "ruleset", "state", "seq", "is_open",
                            "paused", "unit_id", "title", "opened_at", "updated_at", "origin", "rehearsal", "office_id", "body_id",
                            "superior_office_id", "closed_circle", "disposed_at", "disposed_under", "put_away"), "id"),
    Covered("case_search", "case_id", ("folded",), "case_id"),
    Covered("case_role", "case_id", ("person_id", "role", "since_seq", "until_seq", "until_on"), "case_id, person_id, role"),
    Covered("named", "case_id", ("person_id", "seq"), "case_id, person_id"),
    Covered("declared_conflict", "case_id", ("person_id", "seq"), "case_id, person_id"),
    Covered("clock", "case_id", ("id", "name", "limit", "started_seq", "started_at", "due_at", "then", "times", "calendar", "grounds"), "id"),
    Covered("letter", "case_id", ("id", "seq", "kind", "role", "person_id", "made_at"), "id"),
    Covered("evidence", "case_id", ("id", "n", "seq", "held_as", "sha256", "size", "media_type", "stored_as", "withdrawn_seq"), "id"),
    Covered("sanction", "case_id", ("id", "seq", "person_id", "rung", "effective_on", "expires_on", "ended_seq", "ended_as"), "id"),
    Covered("responsibility", "case_id", ("office_id", "person_id", "basis", "level", "due_on"), "case_id"),
)
OF_ORGANISATION = (
    Covered("unit", "", ("id", "code", "name", "kind", "external", "parent_id", "path", "dissolved_on", "successor_id"), "id"),
    Covered("unit_above", "", ("unit_id", "above_id", "steps"), "unit_id, above_id"),
    Covered("person", "", ("id", "uid", "full_name", "called", "same_as_id"), "id"),
    Covered("belonging", "", ("id", "person_id", "unit_id", "since_on", "until_on"), "id"),
    Covered("close_tie", "", ("id", "one_id", "other_id", "since_on", "until_on", "sealed_reason"), "id"),
    Covered("absence", "", ("id", "person_id", "kind", "since_on", "until_on"), "id"),
    Covered("office", "", ("id", "code", "title", "unit_id", "line", "superior_id", "seats"), "id"),
    Covered("appointment", "", ("id", "office_id", "person_id", "acting", "since_on", "until_on"), "id"),
    Covered("delegation", "", ("id", "office_id", "from_id", "to_id", "scope", "may_pass_on", "since_on", "until_on", "reason"), "id"),
    Covered("role_grant", "", ("id", "person_id", "role", "unit_id", "since_on", "until_on", "reason"), "id"),
    Covered("calendar", "", ("name", "title", "version", "week", "country", "hash"), "name"),
    Covered("calendar_day", "", ("calendar", "on", "works", "what"), "calendar, on"),
    Covered("paper_law", "", ("name", "version", "hash"), "name"),
    Covered("outage", "", ("id", "since_on", "until_on", "reason", "noted_at"), "id"),
)
ORGANISATION = "organisation"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _of_case(one: Covered) -> Fixed:
    select = f'SELECT {_quoted((one.case, *one.columns))} FROM "{one.table}" WHERE "{one.case}"'
    order = _quoted(one.order.split(", "))
    return Fixed(f"{select} AMONG :ids ORDER BY {order}")


def _of_house(one: Covered) -> Fixed:
    return Fixed(f'SELECT {_quoted(one.columns)} FROM "{one.table}" ORDER BY {_quoted(one.order.split(", "))}')


def _truths(one: Covered) -> tuple[int, ...]:
    """Which columns hold truth: 0 and 1 in one database, false and true in the other."""
    return tuple(n for n, name in enumerate(one.columns) if isinstance(metadata.tables[one.table].c[name].type, Boolean))


_CASE_ROWS = tuple((one.table.encode(), _truths(one), _of_case(one)) for one in OF_CASES)
_HOUSE_ROWS = tuple((one.table.encode(), _truths(one), _of_house(one)) for one in OF_ORGANISATION)
_KINDS = Fixed("SELECT id, kind FROM stream WHERE id AMONG :ids AND kind IN ('case', 'organisation')")


_ASTRAY = tuple((one.table, Fixed(f'SELECT COUNT(*) FROM "{one.table}" x WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.id = x."{one.case}")'))
                for one in OF_CASES if one.table != "cases")


def astray(session: Session) -> dict[str, int]:
    """How many rows of each table belong to no case."""
    found = {table: int(count.run(session, {})[0][0]) for table, count in _ASTRAY}
    return {table: count for table, count in found.items() if count}


def digests(session: Session, streams: Iterable[int]) -> dict[int, bytes]:
    """The digest over the rows of each of these streams that has any; `session` is a snapshot, or sees nobody write."""
    kinds = dict(_KINDS.run(session, {"ids": together(streams)}))
    wanted = [id_ for id_, kind in kinds.items() if kind == "case"]
    found = {id_: sha256(VERSION) for id_ in wanted}
    if wanted:
        asked = {"ids": together(wanted)}
        for name, truths, rows in _CASE_ROWS:
            for row in rows.run(session, asked):
                if row[0] in found:
                    found[row[0]].update(_written(name, row[1:], truths))
    told = {id_: digest.digest() for id_, digest in found.items()}
    return told | {id_: _house(session) for id_, kind in kinds.items() if kind == ORGANISATION}


def _house(session: Session) -> bytes:
    digest = sha256(VERSION)
    for name, truths, rows in _HOUSE_ROWS:
        for row in rows.run(session, {}):
            digest.update(_written(name, row, truths))
    return digest.digest()


def salted(salt: bytes, digest: bytes) -> bytes:
    """What the map commits to: nobody without the salt can try out what the rows may be."""
    return sha256(salt + digest).digest()


def _written(name: bytes, row: tuple[Any, ...], truths: tuple[int, ...]) -> bytes:
    """A row, the same bytes from both databases: truth as 0 and 1, days as texts."""
    told: Any = row
    if truths and isinstance(row[truths[0]], bool):
        told = list(row)
        for n in truths:
            told[n] = int(told[n])
    raw = orjson.dumps(told)
    return b"%s %d\n%s\n" % (name, len(raw), raw)


BY_REPLAY: Mapping[str, tuple[str, ...]] = {
    "cases": ("title_bits", "state", "seq", "is_open", "due_at", "due_order", "definition", "ruleset", "dossier_id", "updated_at",
              "disposed_at", "disposed_under", "put_away", "hidden"),
    "clock": ("name", "limit", "times", "started_seq", "due_at", "then", "status"),
    "dossier": ("id", "uid", "position"),
    "stream": ("id", "cid", "kind", "seq", "head", "at"),
    "event": ("event_id", "stream_id", "seq", "envelope", "leaf", "dossier_id", "position", "trigger", "before", "after", "actor", "role",
              "on_behalf_of", "recorded_for", "occurred_at", "zone", "late", "recorded_at", "origin", "fits", "source_row"),
    "content": ("event_id", "subject_id", "body"),
    "definition": ("hash", "law"),
    "log_leaf": ("idx", "event_id"),
    "log_tile": ("level", "idx", "data"),
    "log_checkpoint": ("size", "root", "map_root", "entry", "made_at", "note"),
    "log_head": ("stream_id", "bucket", "key", "seq", "head", "rows", "salt"),
    "log_map": ("place", "hash"),
    "log_key": ("key",),
    "log_pending": ("event_id",),
}
"""Columns that are worked out again, from the events, their content, the laws that are kept, or the tree."""

_SIGNING_IN = "how somebody signs in"
_OF_THE_HOUSE = "requests, reading and settings of the installation"
_BESIDE = "an accompanying fact that is in no event"
UNCOVERED: Mapping[str, str] = {
    "event.id": "a random name; nothing is decided by it",
    "clock.ended_at": "a limit that ran out where its trigger was not possible leaves no event",
    "clock.compared": "which calendar a limit was last compared with; a comparison that moves nothing is no event",
    "letter.read_at": "that a letter was read; reading is no event",
    "person.unit_id": "where somebody belongs today: a day may change it; the rows of belonging are covered",
    "case_text": "words to find a case by, made anew from what stands beside them; nothing is decided by them",
    "exclusion": "worked out anew from declared conflicts, ties and offices whenever one of them changes",
    **dict.fromkeys(("engagement", "audit_sample", "observation"), "what an auditor was handed, drew and asked: each is an event, with its hash"),
    "export_job": "work under way, which expires; that an export was asked for, and what was taken, are events",
    **dict.fromkeys(("register_row", "register_case", "register_flag"),
                    "which row of a register became which case: the events that it told say source and row, and what contradicts itself"),
    **dict.fromkeys(("account", "session", "token", "identity", "one_time_code", "one_time_link", "sign_in_try", "sign_in_state", "kept_form"),
                    _SIGNING_IN),
    **dict.fromkeys(("answered", "upload", "case_read", "receipt_code", "unredacted", "installation"), _OF_THE_HOUSE),
    "paper_series": "where a series stands; each paper's number is in its event",
    **dict.fromkeys(("notice", "mail", "mail_address", "notice_choice", "feed"),
                    "what somebody is told of, beside the history: the acts and limits it comes from are covered"),
    "publication": "figures as they were published; each says its hash, and so does the administrative event of its publication",
    "case_comment": "comments stand beside the record, never in it",
    **dict.fromkeys(("saved_view", "register_look", "draft"), "what somebody set up for themselves or has not sent yet"),
    "knew": "who is told that a case was disposed of; made with a key outside the database",
    **dict.fromkeys(("dossier.opened_at", "dossier.source", "dossier.source_digest", "dossier.source_log", "definition.kind", "definition.name",
                     "definition.version", "definition.first_used_at", "log_key.announced_at"), _BESIDE),
}
"""Tables and columns that verification leaves out, each with the reason."""
