"""The rows of a register, laid out beside the database in a private file that the system deletes: so that rows of several tables find each other
whatever their order, in flat memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson

from inspect_app.imports.problems import NotReadable
from inspect_app.imports.register_coherence import column_of
from inspect_app.imports.register_conditions import all_hold
from inspect_app.imports.register_mapping import RegisterMapping, Rule, TableRule
from inspect_app.imports.register_values import Column, days_after, value_of
from inspect_app.imports.sheet_rows import CellProblem, Line, Table
from workflows.words import words

Reject = Callable[[str, int, CellProblem], None]
"""Told of each problem of a row that is not taken: table, row, problem."""

AT_ONCE = 1000


@dataclass(slots=True, eq=False)
class Row:
    """One row of a register: what its own columns say, and with the joined and computed ones (`values`); the rows that stand under it."""

    table: TableRule
    number: int
    key: str
    digest: str
    own: dict[str, str]
    values: dict[str, str]
    parent_key: str | None
    parent: Row | None = None
    contradictions: tuple[Rule, ...] = ()
    counts: tuple[Rule, ...] = ()
    children: list[Row] = field(default_factory=list)

    def all(self) -> Iterator[Row]:
        """This row and all below it, each before what stands under it."""
        yield self
        for child in self.children:
            yield from child.all()

    @property
    def said_key(self) -> str:
        """Its key as it is written."""
        return " · ".join(self.own[column] for column in self.table.key if column in self.own)


class Staging:
    """Every row of the tables of a register, found by table and key."""

    def __init__(self, mapping: RegisterMapping, reject: Reject) -> None:
        self.mapping, self.reject = mapping, reject
        self.rows = dict.fromkeys(mapping.tables, 0)
        self.repeated: dict[str, int] = {}
        """By table, the rows that say word for word what another one says, where rows may."""
        self._dotted = {name: _dotted(mapping, table) for name, table in mapping.tables.items()}
        self._rules = {name: mapping.rules_of(name) for name in mapping.tables}
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for told in ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF", "PRAGMA cache_size=-16000",
                     "CREATE TABLE staged (id INTEGER PRIMARY KEY, part TEXT, key TEXT, parent TEXT, digest TEXT, number INTEGER, own BLOB)"):
            self._db.execute(told)
        self._looked_up = lru_cache(maxsize=4096)(self._look_up)

    def __enter__(self) -> Staging:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    # In ---------------------------------------------------------------------------------------------------------------

    def load(self, rule: TableRule, table: Table) -> None:
        """Take in the rows of one table. Raises `NotReadable` where a declared column is missing."""
        missing = [name for name in rule.columns if name not in table.heading]
        if missing:
            asked, there = ", ".join(f"“{name[:60]}”" for name in missing[:10]), ", ".join(table.heading)[:600]
            raise NotReadable(words(en=f"{rule.name}: the file has no column {asked}; it has: {there}. Correct the mapping (its delimiter too)",
                                    vi=f"{rule.name}: tệp không có cột {asked}; đang có: {there}. Hãy sửa bản ánh xạ (cả dấu phân cách)"), 1)
        places = [(table.heading.index(name), column) for name, column in rule.columns.items()]
        waiting: list[tuple[Any, ...]] = []
        for line in table.lines:
            self.rows[rule.name] += 1
            laid = self._laid(rule, places, line)
            if laid is not None:
                waiting.append(laid)
            if len(waiting) >= AT_ONCE:
                self._store(waiting)
        self._store(waiting)

    def _store(self, waiting: list[tuple[Any, ...]]) -> None:
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO staged (part, key, parent, digest, number, own) VALUES (?, ?, ?, ?, ?, ?)", waiting)
        self._db.execute("END")
        waiting.clear()

    def _laid(self, rule: TableRule, places: list[tuple[int, Column]], line: Line) -> tuple[Any, ...] | None:
        if line.problem is not None:
            self.reject(rule.name, line.number, line.problem)
            return None
        own: dict[str, str] = {}
        wrong = False
        for at, column in places:
            value = value_of(column, line.said[at], self.mapping.zone)
            if isinstance(value, CellProblem):
                self.reject(rule.name, line.number, value)
                wrong = True
            elif value is not None:
                own[column.name] = value
        key = hashed(own.get(column) for column in rule.key)
        parent = None
        if rule.parent is not None:
            columns = rule.joins[rule.parent]
            parent = hashed(own.get(column) for column in columns)
            if (empty := next((column for column in columns if column not in own), None)) is not None and not wrong:
                self.reject(rule.name, line.number, CellProblem(empty, "no_parent", words(
                    en=f"it does not say to which row of {rule.parent} it belongs; fill it in",
                    vi=f"không ghi dòng này thuộc dòng nào của bảng {rule.parent}; hãy điền")))
                wrong = True
        if not wrong and not any(column in own for column in rule.key):
            self.reject(rule.name, line.number, CellProblem(rule.key[0], "no_key", words(
                en="its key is empty; fill it in", vi="khóa của dòng trống; hãy điền")))
            wrong = True
        if wrong:
            return None
        written = orjson.dumps(own, option=orjson.OPT_SORT_KEYS)
        return rule.name, key, parent, sha256(written).hexdigest(), line.number, written

    def settle(self) -> None:
        """Every table is in: rows find each other from here on, and rows that share a key where they may not are rejected."""
        self._db.execute("CREATE INDEX by_key ON staged (part, key, digest)")
        self._db.execute("CREATE INDEX by_parent ON staged (part, parent, key, digest)")
        for rule in self.mapping.tables.values():
            if rule.repeats:
                same = self._db.execute("SELECT COUNT(*) FROM staged WHERE part = ?", (rule.name,)).fetchone()[0] - self._db.execute(
                    "SELECT COUNT(*) FROM (SELECT DISTINCT key, digest FROM staged WHERE part = ?)", (rule.name,)).fetchone()[0]
                self.repeated |= {rule.name: same} if same else {}
                continue
            twice = self._db.execute("SELECT key, COUNT(DISTINCT digest) FROM staged WHERE part = ? GROUP BY key HAVING COUNT(*) > 1", (rule.name,))
            for key, kinds in twice.fetchall():
                found = self._db.execute("SELECT id, number FROM staged WHERE part = ? AND key = ? ORDER BY number", (rule.name, key)).fetchall()
                for id_, number in found if kinds > 1 else found[1:]:
                    others = ", ".join([str(other) for _, other in found if other != number][:5 if kinds > 1 else 1])
                    self.reject(rule.name, number, CellProblem(rule.key[0], "key_twice", words(
                        en=f"its key stands in row {others} too, with other content; correct one of them, or declare repeats = true",
                        vi=f"khóa này còn ở dòng {others}, với nội dung khác; hãy sửa một dòng, hoặc khai báo repeats = true",
                    ) if kinds > 1 else words(en=f"the same row stands in row {others} already; leave it out",
                                              vi=f"dòng này đã có y hệt ở dòng {others}; hãy bỏ đi")))
                    self._db.execute("DELETE FROM staged WHERE id = ?", (id_,))

    # Out --------------------------------------------------------------------------------------------------------------

    def groups(self) -> Iterator[Row]:
        """Rows with all that stands under them: first the rows that others look up, then those that begin a dossier, then those whose
        upper row is not in these files (their `parent` is None, their `parent_key` not). Rows that share a key come one after another."""
        tables = self.mapping.tables.values()
        for rule in sorted(tables, key=lambda table: bool(table.cases)):
            if rule.parent is None:
                order = "key, digest" if rule.repeats else "id"
                for told in self._flow(f"SELECT number, key, digest, own, parent FROM staged WHERE part = ? ORDER BY {order}", (rule.name,)):  # noqa: S608
                    yield self._with_children(self._row(rule, told))
        for rule in tables:
            if rule.parent is not None:
                for told in self._flow("SELECT number, key, digest, own, parent FROM staged a WHERE part = ? AND NOT EXISTS (SELECT 1 FROM staged b "
                                       "WHERE b.part = ? AND b.key = a.parent) ORDER BY parent, key, digest", (rule.name, rule.parent)):
                    yield self._with_children(self._row(rule, told))

    def _flow(self, query: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        cursor = self._db.execute(query, values)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows

    def _with_children(self, row: Row) -> Row:
        for rule in self.mapping.tables.values():
            if rule.parent == row.table.name:
                for told in self._db.execute("SELECT number, key, digest, own, parent FROM staged WHERE part = ? AND parent = ? ORDER BY key, digest",
                                             (rule.name, row.key)).fetchall():
                    child = self._row(rule, told)
                    child.parent = row
                    row.children.append(self._with_children(child))
        return row

    def _row(self, rule: TableRule, told: tuple[Any, ...]) -> Row:
        number, key, digest, written, parent = told
        own: dict[str, str] = orjson.loads(written)
        values = dict(own)
        for other, names in self._dotted[rule.name].items():
            columns = rule.joins[other]
            joined = self._looked_up(other, hashed(own.get(column) for column in columns))
            values |= {f"{other}.{name}": joined[name] for name in names if name in joined}
        for one in rule.computed:
            day, days = values.get(one.day), values.get(one.plus_days)
            if day is not None and days is not None and (made := days_after(day[:10], days)) is not None:
                values[one.name] = made
        contradictions, counts = self._rules[rule.name]
        return Row(rule, number, key, digest, own, values, parent,
                   contradictions=tuple(r for r in contradictions if all_hold(r.where, values)),
                   counts=tuple(r for r in counts if all_hold(r.where, values)))

    def _look_up(self, part: str, key: str) -> dict[str, str]:
        found = self._db.execute("SELECT own FROM staged WHERE part = ? AND key = ? LIMIT 1", (part, key)).fetchone()
        return dict(orjson.loads(found[0])) if found else {}


def hashed(told: Any) -> str:
    """The hash by which a key is known; the database keeps no key as it is written."""
    return sha256(orjson.dumps(list(told))).hexdigest()


def _dotted(mapping: RegisterMapping, table: TableRule) -> dict[str, tuple[str, ...]]:
    """The columns of joined tables that the rules of a table name, by table."""
    named = [n for one in table.computed for n in (one.day, one.plus_days)]
    for rule in table.cases:
        named += [rule.unit or "", *(n for c in rule.when for n in c.named)]
        for event in rule.events:
            named += [event.on, event.by or "", *event.data.values(), *(n for c in event.when for n in c.named)]
        named += [part.partition("}")[0] for text in (rule.title, rule.reference or "") for part in text.split("{")[1:]]
    contradictions, counts = mapping.rules_of(table.name)
    named += [n for one in (*contradictions, *counts) for c in one.where for n in c.named]
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(named):
        other, dot, column = name.partition(".")
        if dot and name not in table.columns and column_of(mapping, table, name) is not None:
            found.setdefault(other, []).append(column)
    return {other: tuple(names) for other, names in found.items()}
