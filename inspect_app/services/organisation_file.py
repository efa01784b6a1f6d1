"""The whole organisation as one document: rows by kind, in an order of their own, so that the same organisation is the same bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Table, select

from inspect_app.db import Session
from inspect_app.exports.organisation import Document, to_csv, to_json, zipped
from inspect_app.imports.organisation import Shape
from inspect_app.models import absence, account, appointment, belonging, close_tie, delegation, office, person, role_grant, unit
from inspect_app.services import setup
from inspect_app.services.administering import carry_out, may_administer
from inspect_app.services.house import House
from workflows.acts import Actor

FORMATS = ("json", "csv")


class Kind(NamedTuple):
    """A kind of row: its columns (the database's own name of each, where that differs), what makes a row the same row, its table."""

    columns: Mapping[str, str]
    key: tuple[str, ...]
    table: Table | None
    defaults: Mapping[str, Any] = {}


def _named(*names: str, **renamed: str) -> dict[str, str]:
    return {name: name for name in names} | renamed


PERIOD = {"since": "since_on", "until": "until_on"}
KINDS: Mapping[str, Kind] = {
    "units": Kind(_named("code", "name", "kind", "external", under="parent_id", dissolved_on="dissolved_on", successor="successor_id"), ("code",),
                  unit, {"kind": "unit", "external": False}),
    "people": Kind(_named(id="uid", login="login", language="language", full_name="full_name", called="called", same_as="same_as_id",
                          closed="closed"), ("id",), person, {"language": "en", "closed": False}),
    "belongings": Kind({"person": "person_id", "unit": "unit_id", **PERIOD}, ("person", "unit", "since"), belonging),
    "offices": Kind(_named("code", "title", unit="unit_id", line="line", superior="superior_id", seats="seats"), ("code",), office,
                    {"line": "unit", "seats": 1}),
    "appointments": Kind({"office": "office_id", "person": "person_id", "acting": "acting", **PERIOD}, ("office", "person", "acting", "since"),
                         appointment, {"acting": False}),
    "delegations": Kind({"office": "office_id", "from": "from_id", "to": "to_id", "scope": "scope", "may_pass_on": "may_pass_on", **PERIOD,
                         "reason": "reason"}, ("office", "from", "to", "scope", "since"), delegation, {"scope": "*", "may_pass_on": False}),
    "grants": Kind({"person": "person_id", "role": "role", "unit": "unit_id", **PERIOD, "reason": "reason"}, ("person", "role", "unit", "since"),
                   role_grant),
    "absences": Kind({"person": "person_id", "kind": "kind", **PERIOD}, ("person", "kind", "since"), absence),
    "ties": Kind({"one": "one_id", "other": "other_id", **PERIOD}, ("one", "other", "since"), close_tie),
    "setup": Kind(_named("name", "value"), ("name",), None),
}
"""The sealed reason of a tie is in no document, and neither is anything with which someone signs in."""

COLUMNS = {name: tuple(kind.columns) for name, kind in KINDS.items()}
SHAPE = Shape(COLUMNS, {"format": "inspect-app organisation", "version": 1})
UNITS, OFFICES, PEOPLE = ("unit", "under", "successor"), ("office", "superior"), ("person", "from", "to", "one", "other", "same_as")
"""Columns that name a unit by its code, an office by its code, a person by their identifier."""
TRUTHS, DAYS, WHOLE = ("external", "acting", "may_pass_on", "closed"), ("since", "until", "dissolved_on"), ("seats",)

Key = tuple[Any, ...]


class Present(NamedTuple):
    """The organisation as it stands: rows and their numbers by kind and key; numbers of units, offices and people by how they are named."""

    rows: dict[str, dict[Key, dict[str, Any]]]
    numbers: dict[str, dict[Key, int]]
    units: dict[str, int]
    offices: dict[str, int]
    people: dict[str, int]
    uids: dict[str, str]


def present(session: Session) -> Present:
    """Everything there is, as rows of the document."""
    units = {code: id_ for id_, code in session.execute(select(unit.c.id, unit.c.code))}
    offices = {code: id_ for id_, code in session.execute(select(office.c.id, office.c.code))}
    people = {uid: id_ for id_, uid in session.execute(select(person.c.id, person.c.uid))}
    names = {column: {number: told for told, number in known.items()}
             for columns, known in ((UNITS, units), (OFFICES, offices), (PEOPLE, people)) for column in columns}
    accounts = {row.person_id: row for row in session.execute(select(account.c.person_id, account.c.login, account.c.language, account.c.active))}
    told = Present({}, {}, units, offices, people, {uid: uid for uid in people})
    uids = names["person"]
    told.uids.update({row.login: uids[id_] for id_, row in accounts.items()})
    for name, kind in KINDS.items():
        found = told.rows.setdefault(name, {}), told.numbers.setdefault(name, {})
        if kind.table is None:
            for key, value in setup.named_in(session).items():
                if value is not None:
                    found[0][(key,)] = {"name": key, "value": value}
            continue
        for raw in session.execute(select(kind.table)).mappings():
            known: dict[str, Any] = dict(raw)
            if name == "people":
                signs_in = accounts.get(raw["id"])
                known |= {"login": signs_in.login if signs_in else None, "language": signs_in.language if signs_in else None,
                          "closed": signs_in is not None and not signs_in.active}
            row = {column: _said(column, known[own], names) for column, own in kind.columns.items()}
            row = in_order(name, row)
            which = tuple(row[column] for column in kind.key)
            found[0][which], found[1][which] = row, raw["id"]
    return told


def in_order(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row, a tie's two persons in the order of their identifiers."""
    if kind == "ties" and row["one"] > row["other"]:
        row["one"], row["other"] = row["other"], row["one"]
    return row


def _said(column: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> Any:
    if value is None:
        return None
    if column in names:
        return names[column][value]
    if column in DAYS:
        return value.isoformat()
    return bool(value) if column in TRUTHS else value


def document(session: Session) -> Document:
    """Everything there is, each kind of row in the order of its keys."""
    return {name: [row for _, row in sorted(rows.items(), key=lambda item: [str(part) for part in item[0]])]
            for name, rows in present(session).rows.items()}


def export(house: House, actor: Actor, form: str) -> bytes | dict[str, bytes]:
    """The organisation as JSON, or as CSV files by name; that it was taken stands in the administrative history. Raises `NotYours`."""
    found: list[Document] = []

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        found.append(document(session))
        return "export_organisation", {"format": form, "rows": sum(len(rows) for rows in found[0].values())}

    carry_out(house, actor, work)
    return to_json(found[0], SHAPE.head) if form == "json" else to_csv(found[0], COLUMNS)


def export_file(house: House, actor: Actor, form: str) -> bytes:
    """The same as one file: JSON, or a zip of CSV files."""
    made = export(house, actor, form)
    return made if isinstance(made, bytes) else zipped(made)
