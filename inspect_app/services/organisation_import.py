"""Taking an organisation in: every row is created, updated, unchanged or rejected with field and reason. One transaction: where a row is
rejected, nothing is written at all. What is not in the file stays as it is; taking the same file in again changes nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, update
from uuid_utils import uuid4

from inspect_app.db import Session
from inspect_app.errors import Invalid, Problem, Refusal
from inspect_app.imports.organisation import Given
from inspect_app.models import person
from inspect_app.services import account_keeping, indexing, organisation, organisation_look, persons, setup, walls
from inspect_app.services.administering import carry_out, code_of, may_administer, problem, refuse, text_of
from inspect_app.services.administrators import administered
from inspect_app.services.house import House
from inspect_app.services.offices import scope_of
from inspect_app.services.organisation_file import DAYS, KINDS, OFFICES, PEOPLE, TRUTHS, UNITS, WHOLE, Key, Present, in_order, present
from inspect_app.services.queries import today
from inspect_app.services.units import replant
from workflows.acts import Actor

CREATED, UPDATED, UNCHANGED, REJECTED = OUTCOMES = ("created", "updated", "unchanged", "rejected")
LENGTHS = {"name": 300, "full_name": 300, "called": 100, "title": 300, "reason": 1000}
NEEDED = ("name", "full_name", "title", "since", "person", "unit", "office", "from", "to", "one", "other", "value", "role")
LATER = ("under", "successor", "superior", "same_as", "dissolved_on")
"""Columns that are written when every row of the kind is there, because they name others of the kind."""
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")


@dataclass
class Row:
    """What became of one row; `key` says which thing it is about."""

    given: Given
    key: Key = ()
    outcome: str = UNCHANGED
    problems: tuple[Problem, ...] = ()
    number: int = 0
    told: dict[str, Any] | None = None

    def reject(self, problems: Sequence[Problem]) -> None:
        self.outcome, self.problems = REJECTED, (*self.problems, *problems)


@dataclass
class Imported:
    """What an import did, or would do. `written` says whether anything was kept."""

    dry_run: bool
    rows: list[Row]

    @property
    def rejected(self) -> list[Row]:
        return [row for row in self.rows if row.outcome == REJECTED]

    @property
    def changed(self) -> list[Row]:
        """The rows that make or change something."""
        return [row for row in self.rows if row.outcome in (CREATED, UPDATED)]

    @property
    def written(self) -> bool:
        return not self.dry_run and not self.rejected and any(row.outcome != UNCHANGED for row in self.rows)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many rows of each kind had which outcome; they add up to the rows that were given."""
        found: dict[str, Counter[str]] = {}
        for row in self.rows:
            found.setdefault(row.given.kind, Counter())[row.outcome] += 1
        return {kind: {outcome: counter[outcome] for outcome in OUTCOMES} for kind, counter in found.items()}

    def told(self) -> dict[str, Any]:
        """The report, for programs."""
        return {"dry_run": self.dry_run, "written": self.written, "counts": self.counts(), "rows": [
            {"kind": r.given.kind, "row": r.given.row, "key": [str(part) for part in r.key], "outcome": r.outcome,
             "problems": [{"field": p.pointer.lstrip("/"), "code": p.code, "message": p.message} for p in r.problems]} for r in self.rows]}


class _NothingIsKept(Refusal):
    """The import ends without writing anything."""


def take_in(house: House, actor: Actor, given: Sequence[Given], *, dry_run: bool = False) -> Imported:
    """Take rows in, all or none. Raises `NotYours`; everything that is wrong with rows stands in the report."""
    report = Imported(dry_run, [])

    def work(session: Session) -> tuple[str, Mapping[str, Any]]:
        may_administer(session, house, actor, None)
        report.rows = _Run(session, house, actor).rows(given)
        if not report.written:
            raise _NothingIsKept
        digest = sha256(orjson.dumps([[g.kind, g.values] for g in given], option=orjson.OPT_SORT_KEYS)).hexdigest()
        changes = [[r.given.kind, *map(str, r.key), r.outcome] for r in report.rows if r.outcome != UNCHANGED]
        return "import_organisation", {"digest": digest, "created": sum(r.outcome == CREATED for r in report.rows),
                                       "updated": sum(r.outcome == UPDATED for r in report.rows),
                                       "unchanged": sum(r.outcome == UNCHANGED for r in report.rows), "changes": changes}

    with suppress(_NothingIsKept):
        carry_out(house, actor, work)
    return report


class _Run:
    """One import in an open transaction."""

    def __init__(self, session: Session, house: House, actor: Actor) -> None:
        self.session, self.house, self.actor = session, house, actor
        self.there: Present = present(session)
        self.wrong: Callable[..., Problem] = partial(problem, actor)

    def rows(self, given: Sequence[Given]) -> list[Row]:
        """Write what differs, then look at everything that was written. Nothing is kept where a row is rejected."""
        rows = [Row(one) for one in given]
        before = administered(self.session, today(self.house))
        for kind in KINDS:
            mine = [row for row in rows if row.given.kind == kind]
            seen: set[Key] = set()
            for row in mine:
                self._guarded(row, partial(self._one, row, seen))
            for row in mine:
                if row.outcome in (CREATED, UPDATED):
                    self._guarded(row, partial(self._others_of_its_kind, row))
        changed = Imported(True, rows).changed
        if changed:
            replant(self.session)
            look = organisation_look.Look(self.session, self.house, self.actor, before)
            for row in changed:
                self._guarded(row, partial(look.at, row.given.kind, row.number, row.told or {}))
            persons.mirror(self.session, today(self.house))
            if not any(row.outcome == REJECTED for row in rows):
                walls.rebuild_for(self.session, self.house, list(self.session.execute(select(person.c.id)).scalars()))
        return rows

    def _guarded(self, row: Row, work: Callable[[], None]) -> None:
        try:
            work()
        except Invalid as error:
            row.reject(error.problems)

    def _one(self, row: Row, seen: set[Key]) -> None:
        kind = row.given.kind
        told = self._typed(kind, row.given.values)
        row.key = key = tuple(told[column] for column in KINDS[kind].key)
        if key in seen:
            refuse(self.actor, KINDS[kind].key[0], "fault.row_twice")
        seen.add(key)
        before = self.there.rows[kind].get(key)
        row.told, row.number = told, self.there.numbers[kind].get(key, 0)
        if told == before:
            return
        row.outcome = UPDATED if before else CREATED
        self._write(row, {name: told[name] for name in KINDS[kind].columns if name not in LATER})
        self.there.rows[kind][key] = told

    def _typed(self, kind: str, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The row with every column in its type: what is not given is as it was, or as it is by default. Raises `Invalid`."""
        problems: list[Problem] = []
        told: dict[str, Any] = {}
        for column in KINDS[kind].columns:
            if column in raw:
                try:
                    told[column] = self._value(kind, column, raw[column])
                except Invalid as error:
                    problems += error.problems
        if kind == "people":
            self._who(told, problems)
        said = {p.pointer.lstrip("/") for p in problems}
        missing = [c for c in KINDS[kind].key if told.get(c) is None and c not in KINDS[kind].defaults and c not in said]
        problems += [self.wrong(c, "fault.text_needed") for c in missing]
        if problems:
            raise Invalid(tuple(problems))
        defaults = {column: KINDS[kind].defaults.get(column) for column in KINDS[kind].columns}
        key = tuple(in_order(kind, defaults | told)[column] for column in KINDS[kind].key)
        full = in_order(kind, {**(self.there.rows[kind].get(key) or defaults), **told})
        full |= {c: v for c, v in defaults.items() if full[c] is None and v is not None and c not in ("language",)}
        if kind == "people":
            full["called"] = full["called"] or (full["full_name"] or "").split(" ")[-1][:100]
            full["login"] = full["login"] or (self.there.rows[kind].get(key) or {}).get("login")
            full["language"] = (full["language"] or defaults["language"]) if full["login"] else None
            full["closed"] = bool(full["closed"] and full["login"])
        problems = [self.wrong(c, "fault.text_needed") for c in KINDS[kind].columns if c in NEEDED and full[c] is None]
        if kind in ("delegations", "absences") and full["until"] is None:
            problems.append(self.wrong("until", "fault.end_needed"))
        if problems:
            raise Invalid(tuple(problems))
        return full

    def _who(self, told: dict[str, Any], problems: list[Problem]) -> None:
        """Someone is known by their identifier, or by their login; who is known by neither yet gets an identifier."""
        if told.get("login"):
            told["login"] = told["login"].casefold()
        if told.get("id") is None and "id" not in {p.pointer.lstrip("/") for p in problems}:
            if not told.get("login"):
                problems.append(self.wrong("id", "fault.who"))
            else:
                told["id"] = self.there.uids.get(told["login"]) or str(uuid4())

    def _value(self, kind: str, column: str, value: Any) -> Any:
        if value is None or value == "":
            return False if column in TRUTHS else None
        if column in TRUTHS:
            text = str(value).strip().casefold()
            if text not in (*_YES, *_NO):
                refuse(self.actor, column, "fault.truth")
            return text in _YES
        if column in WHOLE:
            if not re.fullmatch(r"[0-9]{1,6}", str(value)):
                refuse(self.actor, column, "fault.whole")
            return int(value)
        text = text_of(self.actor, str(value), column, LENGTHS.get(column, 300)) or ""
        if column in DAYS:
            return self._day(column, text)
        if column in PEOPLE or (kind == "setup" and column == "value"):
            return self.there.uids.get(text) or self.there.uids.get(text.casefold()) or text
        if kind == "people" and column == "id":
            try:
                return str(UUID(text))
            except ValueError:
                refuse(self.actor, "id", "fault.who")
        if column == "code":
            return code_of(self.actor, text)
        if column == "role":
            return persons.role_of(self.actor, text)
        if (kind, column) == ("absences", "kind") and text not in persons.ABSENCES:
            refuse(self.actor, column, "fault.absence_kind")
        return scope_of(self.house, self.actor, text) if column == "scope" else text

    def _day(self, column: str, text: str) -> str:
        from_text = organisation_look.day(self.actor, text, column)
        return from_text.isoformat()

    def _number(self, column: str, value: str | None) -> int | None:
        """The number of the unit, office or person that a column names. Raises `Invalid`."""
        if value is None:
            return None
        where, key = ((self.there.units, "fault.unit_unknown") if column in UNITS else (self.there.offices, "fault.office_unknown")
                      if column in OFFICES else (self.there.people, "fault.person_unknown"))
        if value not in where:
            refuse(self.actor, column, key, code=value[:60])
        return where[value]

    def _values(self, kind: str, told: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column, value in told.items():
            own = KINDS[kind].columns[column]
            if column in (*UNITS, *OFFICES, *PEOPLE):
                found[own] = self._number(column, value)
            else:
                found[own] = date.fromisoformat(value) if column in DAYS and value else value
        return found

    def _write(self, row: Row, told: Mapping[str, Any]) -> None:
        kind, table = row.given.kind, KINDS[row.given.kind].table
        if table is None:
            self._set_up(told)
            return
        if kind == "offices" and told["line"] not in ("unit", "body"):
            refuse(self.actor, "line", "fault.line")
        if kind == "units" and told["kind"] not in organisation.KINDS:
            refuse(self.actor, "kind", "fault.unit_kind")
        values = self._values(kind, told)
        login, language, closed = (values.pop(name, None) for name in ("login", "language", "closed"))
        if kind == "ties":
            if values["one_id"] == values["other_id"]:
                refuse(self.actor, "other", "fault.tie_self")
            values["one_id"], values["other_id"] = sorted((values["one_id"], values["other_id"]))
        if row.number:
            self.session.execute(update(table).where(table.c.id == row.number).values(**values))
            if kind == "units":
                indexing.renamed(self.session, row.number)
        else:
            values |= {"units": {"path": "/"}, "ties": {"sealed_reason": ""}}.get(kind, {})
            row.number = int(self.session.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
            named = {"units": self.there.units, "offices": self.there.offices, "people": self.there.people}.get(kind)
            if named is not None:
                named[row.key[0]] = row.number
        if kind == "people":
            self.there.uids[row.key[0]] = row.key[0]
            if login:
                persons.write_account(self.session, self.actor, row.number, login, language)
                account_keeping.set_closed(self.session, row.number, closed=bool(closed))
                self.there.uids[login] = row.key[0]

    def _set_up(self, told: Mapping[str, Any]) -> None:
        if told["name"] not in setup.NAMES:
            refuse(self.actor, "name", "fault.setup_name", names=", ".join(setup.NAMES))
        setup.keep(self.session, told["name"], told["value"])

    def _others_of_its_kind(self, row: Row) -> None:
        """Write the columns that name others of the same kind, now that all of them are there."""
        kind, told = row.given.kind, row.told or {}
        later = {column: told[column] for column in LATER if column in told}
        if later and row.outcome != REJECTED:
            table = KINDS[kind].table
            assert table is not None
            self.session.execute(update(table).where(table.c.id == row.number).values(**self._values(kind, later)))
