"""Writing rows of a register down: what is new becomes cases, what has changed gets its correction, what is the same is left alone. One bundle
of rows is one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import update

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session, together
from inspect_app.imports.register_conditions import all_hold
from inspect_app.imports.register_mapping import CaseRule, EventRule, RegisterMapping
from inspect_app.imports.register_values import when_of
from inspect_app.models import dossier, event, register_case, register_flag, register_row, stream
from inspect_app.services import ledger, wording
from inspect_app.services.bulk import insert_rows, next_ids
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.recording import RECORDED, append_outside, insert_recorded
from inspect_app.services.register_laws import Laws
from inspect_app.services.register_staging import Row
from inspect_app.services.register_strands import Folder, Strand, Told, new_folder, new_strand, taken
from inspect_app.services.register_units import Units
from workflows.acts import Actor
from workflows.inputs import Number, Yes
from workflows.register_entries import CORRECT_ROW

STREAM = "registers"
"""The installation's own stream of what was taken in from registers beside the cases."""
OPEN = ("plain", "personal")
"""Classes of columns that are kept beside the inputs; what is more delicate is told by an input that says who reads it."""
CREATED, UPDATED, UNCHANGED, REJECTED = OUTCOMES = ("created", "updated", "unchanged", "rejected")


@dataclass(slots=True)
class Known:
    """A row that was taken in before."""

    id: int
    n: int
    digest: str
    row: int


@dataclass(slots=True)
class Fate:
    """What becomes of a row. `before` is the one it is matched with; `n` is its place among rows of its key."""

    row: Row
    outcome: str
    n: int = 0
    before: Known | None = None
    strands: dict[str, Strand] = field(default_factory=dict)


_KNOWN = Fixed("SELECT key, id, n, digest, row FROM register_row WHERE register = :register AND part = :part AND key AMONG TEXTS :keys ORDER BY n")
_SAID = Fixed("""SELECT r.row_id, e."trigger", c.body FROM register_case r JOIN event e ON e.stream_id = r.case_id LEFT JOIN content c
  ON c.event_id = e.event_id AND c.subject_id = 0 WHERE r.row_id AMONG :ids ORDER BY r.row_id, e.dossier_id, e.position""")
_CHANGED = Fixed("UPDATE register_row SET digest = :digest, changed_at = :at WHERE id = :id")
_STREAM_MOVED = Fixed("UPDATE stream SET seq = :seq, head = :head, at = :at WHERE id = :id")
_CASE_MOVED = Fixed("""UPDATE cases SET state = :state, seq = :seq, is_open = :is_open, updated_at = :at, title = :title, title_bits = :bits
  WHERE id = :id""")
_FOUND = Fixed("UPDATE case_search SET folded = :folded WHERE case_id = :id")
_UNFLAG = Fixed("UPDATE register_flag SET until = :at WHERE row_id = :row AND until IS NULL AND rule NOT AMONG TEXTS :rules")


def known_rows(session: Session, register: str, rows: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[Known]]:
    """Of these (table, key), the rows that were taken in before."""
    wanted: dict[str, set[str]] = {}
    for part, key in rows:
        wanted.setdefault(part, set()).add(key)
    found: dict[tuple[str, str], list[Known]] = {}
    for part, keys in wanted.items():
        told = {"register": register, "part": part, "keys": together(keys)}
        for key, id_, n, digest, row in _KNOWN.run(session, told):
            found.setdefault((part, key), []).append(Known(id_, n, digest, row))
    return found


def matched(rows: Sequence[Row], there: dict[tuple[str, str], list[Known]]) -> list[Fate]:
    """What becomes of these rows, in their order. Rows that share a key are the same where their content is; what is left over on both sides
    has changed, in order; the rest is new. So it does not matter where a row stands. One whose case was disposed of stays out."""
    by_key: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        by_key.setdefault((row.table.name, row.key), []).append(row)
    fates: dict[int, Fate] = {}
    for key, mine in by_key.items():
        left = list(there.get(key, ()))
        others: list[Row] = []
        for row in mine:
            same = next((one for one in left if one.digest == row.digest), None) or next((one for one in left if not one.digest), None)
            if same is None:
                others.append(row)
            else:
                left.remove(same)
                fates[id(row)] = Fate(row, UNCHANGED, same.n, same)
        following = max((one.n for one in there.get(key, ())), default=-1) + 1
        for row in others:
            if left:
                before = left.pop(0)
                fates[id(row)] = Fate(row, UPDATED, before.n, before)
            else:
                fates[id(row)] = Fate(row, CREATED, following)
                following += 1
    return [fates[id(row)] for row in rows]


class Changed(NamedTuple):
    """A column of a row that says something else than when it was last taken in."""

    column: str
    was: str | None
    now: str | None


class Writer:
    """Writes the rows of one bundle, in the transaction that is given."""

    def __init__(self, house: House, actor: Actor, mapping: RegisterMapping, laws: Laws, units: Units, now: int) -> None:
        self.house, self.actor, self.mapping, self.laws, self.units, self.now = house, actor, mapping, laws, units, now
        self.ruleset = house.catalogue.rulesets_by_name["generic"].law_hash
        self.strands: list[Strand] = []
        self.events = 0
        self.opened: dict[str, int] = {}

    def write(self, session: Session, fates: Sequence[Fate]) -> None:
        """Write what is new and what has changed."""
        by_row = {id(fate.row): fate for fate in fates}
        self._fetch(session, fates, by_row)
        said = self.said_before(session, [fate.before.id for fate in fates if fate.outcome == UPDATED and fate.before is not None])
        outside: list[Fate] = []
        for fate in fates:
            if fate.outcome == CREATED:
                self._create(fate, by_row)
            elif fate.outcome == UPDATED and fate.before is not None:
                if fate.row.table.cases:
                    self._correct(fate, by_row, *said.get(fate.before.id, ({}, set())))
                else:
                    outside.append(fate)
        self._store(session, fates)
        for fate in outside:
            self._note(session, fate)

    # What is there already --------------------------------------------------------------------------------------------

    def _fetch(self, session: Session, fates: Sequence[Fate], by_row: dict[int, Fate]) -> None:
        """Take the cases under which something comes, and those that get a correction."""
        needed = {fate.before.id: fate for fate in fates if fate.outcome == UPDATED and fate.before is not None}
        for fate in fates:
            above = by_row.get(id(fate.row.parent)) if fate.outcome != UNCHANGED and fate.row.parent is not None else None
            if above is not None and above.before is not None:
                needed[above.before.id] = above
        for row_id, strands in taken(session, self.house, needed).items() if needed else ():
            needed[row_id].strands = strands
            self.strands += strands.values()

    def said_before(self, session: Session, row_ids: list[int]) -> dict[int, tuple[dict[str, Any], set[str]]]:
        """What these rows said when they were last taken in, by column, as far as it is still kept; and the triggers of their cases."""
        found: dict[int, tuple[dict[str, Any], set[str]]] = {}
        if not row_ids:
            return found
        for row_id, trigger, body in _SAID.run(session, {"ids": together(row_ids)}):
            values, triggers = found.setdefault(row_id, ({}, set()))
            triggers.add(trigger)
            columns = self._columns(trigger)
            for name, value in (disclosed(body) if body else {}).items():
                if name.startswith("x.") and isinstance(value, list):
                    values[name[2:]] = value[1]
                elif name.startswith("data.changes.") and isinstance(value, dict):
                    values[value["column"]] = value.get("now")
                elif name.startswith("data.") and (column := columns.get(name[5:])) is not None:
                    values[column] = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return found

    def _columns(self, trigger: str) -> dict[str, str]:
        """Which column each input of a trigger was told from."""
        return {name: column for table in self.mapping.tables.values() for rule in table.cases for one in rule.events if one.trigger == trigger
                for name, column in one.data.items()}

    # What a row becomes -----------------------------------------------------------------------------------------------

    def _create(self, fate: Fate, by_row: dict[int, Fate]) -> None:
        above = by_row.get(id(fate.row.parent)) if fate.row.parent is not None else None
        for rule in self.becoming(fate.row):
            self._open(fate, rule, above)

    @staticmethod
    def becoming(row: Row) -> list[CaseRule]:
        """The cases that a row becomes."""
        return [rule for rule in row.table.cases if all_hold(rule.when, row.values) and rule.events[0].on in row.values]

    def _open(self, fate: Fate, rule: CaseRule, above: Fate | None) -> Strand:
        row = fate.row
        parent = self._above(fate, rule, above)
        folder: Folder = parent.folder if parent is not None else new_folder()
        reference = row.table.titled(CaseRule("", "", rule.reference, ()), row.values, row.said_key)[:200] if rule.reference else None
        strand = new_strand(self.laws.of(rule), folder, row.table.titled(rule, row.values, row.said_key), reference, parent,
                            self.units.of(rule, row.values) or (parent.unit_id if parent is not None else self.units.chosen))
        flagged = self.flags(row, rule)
        for n, told in enumerate(self.told(row, rule)):
            self._add(strand, row, told, kept=not fate.strands and not n, flags=flagged if not n else ())
        fate.strands[rule.name] = strand
        self.strands.append(strand)
        self.opened[rule.name] = self.opened.get(rule.name, 0) + 1
        return strand

    @staticmethod
    def _above(fate: Fate, rule: CaseRule, above: Fate | None) -> Strand | None:
        """The case that a case of a row stands under: that of the name, or the first where the row above did not become it."""
        if rule.under is None:
            return None
        if rule.under in fate.strands or above is None:
            return fate.strands.get(rule.under) or next(iter(fate.strands.values()), None)
        return above.strands.get(rule.under) or next(iter(above.strands.values()), None)

    @staticmethod
    def flags(row: Row, rule: CaseRule) -> tuple[str, ...]:
        """The contradictions of a row that are flagged on this case of it: where the rule names none that the row became, on the first."""
        made = [one.name for one in Writer.becoming(row)]
        return tuple(one.name for one in row.contradictions if (one.case if one.case in made else made[0]) == rule.name)

    @staticmethod
    def told(row: Row, rule: CaseRule) -> Iterator[EventRule]:
        """The events that a row tells of one of its cases."""
        return (one for one in rule.events if one.on in row.values and all_hold(one.when, row.values))

    def _add(self, strand: Strand, row: Row, told: EventRule, *, kept: bool, flags: tuple[str, ...]) -> None:
        values = row.values
        occurred_at, zone = when_of(values[told.on], self.mapping.zone or self.house.zone)
        data = tuple((f"data.{name}", self._typed(strand, told.trigger, name, values[column]))
                     for name, column in told.data.items() if column in values)
        beside = tuple((name, ("string", value)) for name, value in row.own.items()
                       if name not in told.data.values() and row.table.columns[name].klass in OPEN) if kept else ()
        strand.add(self.house, self.actor, self.ruleset, Told(
            told.trigger, values.get(told.by, "") if told.by else "", occurred_at, zone, row.number,
            f"register:{self.mapping.register}/{row.table.name}", data, beside, flags), self.now)
        self.events += 1

    @staticmethod
    def _typed(strand: Strand, trigger: str, name: str, value: str) -> Any:
        """A value as the input of that name takes it."""
        i = next((i for t in strand.workflow.triggers.get(trigger, ()) for i in t.inputs if i.name == name), None)
        if isinstance(i, Number):
            return int(value) if value.lstrip("-").isdecimal() else value
        return value == "yes" if isinstance(i, Yes) else value

    # What has changed -------------------------------------------------------------------------------------------------

    def _correct(self, fate: Fate, by_row: dict[int, Fate], before: dict[str, Any], triggers: set[str]) -> None:
        """One correction for a changed row, with its day and both values; then the events that the row tells only now."""
        row, changed = fate.row, self.changes(fate.row, before)
        changes = [{name: said for name, said in one._asdict().items() if said is not None} for one in changed]
        about = self._about(fate, {one.column for one in changed})
        above = by_row.get(id(row.parent)) if row.parent is not None else None
        if about is not None:
            data = (("data.changes", len(changes)), *((f"data.changes.{n}", change) for n, change in enumerate(changes, 1)))
            about.add(self.house, self.actor, self.ruleset, Told(
                CORRECT_ROW.trigger, self.actor.id, self.now, "Z", row.number, f"register:{self.mapping.register}/{row.table.name}", data,
                flags=tuple(rule.name for rule in row.contradictions)), self.now)
            self.events += 1
        for rule in row.table.cases:
            strand = fate.strands.get(rule.name)
            if strand is None:
                if rule in self.becoming(row):
                    self._open(fate, rule, above)
                continue
            self._entitle(strand, rule, row, changed)
            for told in self.told(row, rule):
                if told.trigger not in triggers and strand.workflow.edge(strand.state, told.trigger) is not None:
                    self._add(strand, row, told, kept=False, flags=())

    @staticmethod
    def changes(row: Row, before: Mapping[str, Any]) -> list[Changed]:
        """What a row says otherwise than before."""
        return [Changed(name, before.get(name), row.own.get(name)) for name in dict.fromkeys((*before, *row.own))
                if name in row.table.columns and before.get(name) != row.own.get(name)]

    @staticmethod
    def _entitle(strand: Strand, rule: CaseRule, row: Row, changed: list[Changed]) -> None:
        """The title follows a row that has changed, where it still is the one that the row gave: one that was erased stays so."""
        was = {one.column: one.was for one in changed}
        before = {name: said for name, said in (dict(row.values) | was).items() if said is not None}
        if strand.title == row.table.titled(rule, before, row.said_key):
            strand.title = row.table.titled(rule, row.values, row.said_key)

    @staticmethod
    def _about(fate: Fate, changed: set[str]) -> Strand | None:
        """The case that a correction belongs to: the last one that tells of what changed, else the first of the row."""
        there = [rule for rule in fate.row.table.cases if rule.name in fate.strands]
        for rule in reversed(there):
            if any(changed & {told.on, *told.data.values(), *(n for c in told.when for n in c.named)} for told in rule.events):
                return fate.strands[rule.name]
        return fate.strands[there[0].name] if there else None

    def _note(self, session: Session, fate: Fate) -> None:
        """A row without a case has changed: that is kept in the installation's own stream."""
        if fate.before is not None:
            append_outside(session, self.house.log, STREAM, self.actor, CORRECT_ROW.trigger, {
                "register": self.mapping.register, "part": fate.row.table.name, "key": fate.row.key, "row": fate.row.number,
                "was": fate.before.digest, "now": fate.row.digest}, self.now)

    # Into the database ------------------------------------------------------------------------------------------------

    def _store(self, session: Session, fates: Sequence[Fate]) -> None:
        strands = [strand for strand in self.strands if strand.added]
        for workflow in {s.workflow.law_hash: s.workflow for s in strands}.values():
            self.house.pin(session, workflow)
        ruleset = self.house.pin(session, self.house.catalogue.rulesets_by_name["generic"])
        self._store_strands(session, strands, ruleset)
        created = [fate for fate in fates if fate.outcome == CREATED]
        updated = [fate for fate in fates if fate.outcome == UPDATED and fate.before is not None]
        ids = next_ids(session, register_row, len(created))
        row_ids = {id(fate): next(ids) for fate in created} | {id(fate): fate.before.id for fate in updated if fate.before is not None}
        insert_rows(session, register_row, ("id", "register", "part", "key", "n", "digest", "row", "dossier_id", "recorded_at"), [
            (row_ids[id(fate)], self.mapping.register, fate.row.table.name, fate.row.key, fate.n, fate.row.digest, fate.row.number,
             next(iter(fate.strands.values())).folder.id if fate.strands else None, self.now) for fate in created])
        if updated:
            _CHANGED.run_many(session, [{"id": row_ids[id(fate)], "digest": fate.row.digest, "at": self.now} for fate in updated])
        insert_rows(session, register_case, ("case_id", "row_id", "name"), [
            (strand.id, row_ids[id(fate)], name) for fate in (*created, *updated) for name, strand in fate.strands.items()
            if strand.added and strand.added[0][0][1] == 1])
        self._store_flags(session, created, updated, row_ids)

    def _store_flags(self, session: Session, created: list[Fate], updated: list[Fate], row_ids: dict[int, int]) -> None:
        for fate in updated:
            standing = together(rule.name for rule in fate.row.contradictions)
            _UNFLAG.run(session, {"row": row_ids[id(fate)], "at": self.now, "rules": standing})
        flags = []
        for fate in (*created, *updated):
            for rule in fate.row.contradictions:
                strand = fate.strands.get(rule.case or "") or next(iter(fate.strands.values()), None)
                if strand is None or strand.id is None:
                    continue
                told = (register_flag.c.case_id == strand.id, register_flag.c.rule == rule.name)
                if fate.outcome == UPDATED and session.execute(update(register_flag).where(*told).values(until=None)).rowcount:
                    continue
                flags.append((strand.id, rule.name, row_ids[id(fate)], orjson.dumps(dict(rule.says.texts)).decode(), self.now))
        insert_rows(session, register_flag, ("case_id", "rule", "row_id", "says", "since"), flags)

    def _store_strands(self, session: Session, strands: list[Strand], ruleset: str) -> None:
        fresh = [strand for strand in strands if strand.id is None]
        moved = [strand for strand in strands if strand.id is not None]
        folders = list({id(strand.folder): strand.folder for strand in strands}.values())
        numbers = next_ids(session, dossier, sum(folder.id is None for folder in folders))
        ids = next_ids(session, stream, len(fresh))
        events = next_ids(session, event, sum(len(strand.added) for strand in strands))
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in ("dossier", "stream", "cases", "search", "event", "content", "pending")}
        for folder in folders:
            if folder.id is None:
                folder.id = next(numbers)
                rows["dossier"].append((folder.id, folder.uid, folder.position, self.now, None, None))
            elif folder.moved:
                session.execute(update(dossier).where(dossier.c.id == folder.id).values(position=folder.position))
        year = datetime.fromtimestamp(self.now / 1e6, UTC).astimezone(self.house.zone).year
        for strand in fresh:
            strand.id = next(ids)
            number = strand.number = f"{year}-{strand.id:06d}"
            rows["stream"].append((strand.id, strand.cid, "case", strand.seq, strand.head, strand.at))
            rows["cases"].append((strand.id, strand.uid, number, strand.reference, strand.folder.id, strand.parent.id if strand.parent else None,
                                  strand.workflow.name, strand.workflow.law_hash, ruleset, strand.state, strand.seq,
                                  not strand.workflow.is_final(strand.state), strand.unit_id, strand.title, wording.bits(strand.title), self.now,
                                  strand.at, RECORDED, False, False))
            rows["search"].append((strand.id, folded(f"{number} {strand.title}")))
        for strand in strands:
            for values, body in strand.added:
                e = next(events)
                rows["event"].append((e, strand.id, strand.folder.id, *values))
                rows["content"].append((e, 0, body))
                rows["pending"].append((e,))
        insert_recorded(session, rows)
        if moved:
            _STREAM_MOVED.run_many(session, [{"id": s.id, "seq": s.seq, "head": s.head, "at": s.at} for s in moved])
            _CASE_MOVED.run_many(session, [{"id": s.id, "state": s.state, "seq": s.seq, "is_open": not s.workflow.is_final(s.state), "at": s.at,
                                            "title": s.title, "bits": wording.bits(s.title)} for s in moved])
            _FOUND.run_many(session, [{"id": s.id, "folded": folded(f"{s.number} {s.title}")} for s in moved])
        for folder in folders:
            if folder.moved and folder.id is not None:
                ledger.hide(session, folder.id)
