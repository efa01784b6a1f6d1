"""Taking a register of the past in: every row is created, updated, unchanged or rejected with a reason, and the counts add up. A second import
of the same rows, in whatever order, changes nothing; one that was stopped goes on where it ended."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import func, select

from inspect_app.errors import Unreadable
from inspect_app.imports.problems import BadValue, NotReadable
from inspect_app.imports.register_facts import bare
from inspect_app.imports.register_files import opened, places, wanted
from inspect_app.imports.register_mapping import RegisterMapping
from inspect_app.imports.register_proposal import Draft, drafted, proposal, table_name
from inspect_app.imports.register_reading import load_register_mapping, read_register_mapping
from inspect_app.imports.register_samples import samples_of
from inspect_app.imports.register_values import when_of
from inspect_app.imports.sheet_rows import CellProblem
from inspect_app.models import register_row
from inspect_app.now import now
from inspect_app.services.bulk import one_at_a_time
from inspect_app.services.house import House
from inspect_app.services.queries import today
from inspect_app.services.register_laws import Laws, concerns_standing, laws_of, refused
from inspect_app.services.register_reports import Rejection, Report, Shown
from inspect_app.services.register_staging import Row, Staging
from inspect_app.services.register_units import Units, units_for, units_of
from inspect_app.services.register_writing import (
    CREATED,
    OPEN,
    OUTCOMES,
    REJECTED,
    UNCHANGED,
    UPDATED,
    Fate,
    Known,
    Writer,
    known_rows,
    matched,
)
from workflows.acts import Actor
from workflows.words import LANGUAGES, filled, words

MOST_LISTED, MOST_SHOWN = 200, 50
"""So many problems are listed, and of each table so many rows of each outcome in a preview; all are counted."""
FIRST_SIZE, FEWEST, MOST = 200, 20, 1000
"""Rows in one transaction: as many as keep it shorter than `PATIENCE`."""
PATIENCE = 0.15
"""Seconds for which other writers may be kept waiting."""
LONGEST_NAME = 200


def load_mapping(path: Path) -> RegisterMapping:
    """The mapping at `path`. Raises `Unreadable`, whose sentence is in every language."""
    try:
        return load_register_mapping(path)
    except NotReadable as error:
        raise Unreadable(error.says) from None


def read_mapping(text: str) -> RegisterMapping:
    """The mapping in a text. Raises `Unreadable`, whose sentence is in every language."""
    try:
        return read_register_mapping(text.encode("utf-8", "surrogatepass"))
    except NotReadable as error:
        raise Unreadable(error.says) from None


def proposed(house: House, paths: Sequence[Path], register: str | None = None, chosen: Mapping[tuple[str, str], str] | None = None,
             encoding: str | None = None, language: str = LANGUAGES[0]) -> tuple[str, list[Draft]]:
    """A mapping that is proposed for these tables, and on which ground; a register without a name is called after its file or tables. `chosen` are
    meanings that somebody gave, by table and column; `encoding` is that of tables of text, `language` that of the remarks. Raises `Unreadable`."""
    try:
        drafts = drafted(samples_of(paths, encoding), chosen, {bare(said) for code, name, _ in units_of(house) for said in (code, name)})
        files = {draft.sample.place.path.stem for draft in drafts if draft.sample.place.within is not None}
        names = list(files) if len(files) == 1 else [draft.name for draft in drafts]
        return proposal(drafts, register or table_name("_".join(names), ()), encoding, language), drafts
    except NotReadable as error:
        raise Unreadable(error.says) from None


def import_register(
    house: House,
    actor: Actor,
    paths: Sequence[Path],
    mapping: RegisterMapping,
    *,
    dry_run: bool = False,
    unit_code: str | None = None,
    within: Collection[str] | None = None,
    progress: Callable[[Report], None] | None = None,
) -> Report:
    """Take the tables at `paths` in, where rows say no unit into the one with the code, where they do into units with one of the codes `within`
    (None: any). Raises `NotFound`, or `Unreadable` in every language; bundles that were written before a damaged place stay."""
    run = _Run(house, actor, mapping, laws_of(house.catalogue, mapping),
               Report(mapping.register, dry_run, {rule.name: rule.says for rule in (*mapping.contradictions, *mapping.counts)}),
               units_for(house, unit_code, within))
    try:
        with Staging(mapping, run.reject) as staging:
            run.load(staging, paths)
            for bundle in run.bundles(staging):
                run.take(bundle)
                if progress is not None:
                    progress(run.report)
    except NotReadable as error:
        raise Unreadable(error.says) from None
    run.finish()
    return run.report


class _Run:
    def __init__(self, house: House, actor: Actor, mapping: RegisterMapping, laws: Laws, report: Report, units: Units) -> None:
        self.house, self.actor, self.mapping, self.laws, self.report, self.units = house, actor, mapping, laws, report, units
        self.size = FIRST_SIZE
        self.now, self.today = now(), today(house)
        report.contradictions.update({rule.name: 0 for rule in mapping.contradictions})
        report.counts.update({rule.name: 0 for rule in mapping.counts})
        self.order: dict[str, list[tuple[int, int]]] = {}
        self.shown: dict[tuple[str, str], list[Shown]] = {}
        self.rejected: set[tuple[str, int]] = set()
        self.silent = {table.name for table in mapping.tables.values() if any(concerns_standing(laws.of(rule)) for rule in table.cases)}
        with house.db.reading("all") as session:
            r = register_row.c
            rows = session.execute(select(r.part, func.count()).where(r.register == mapping.register).group_by(r.part))
            self.there: dict[str, int] = {part: many for part, many in rows}

    # Reading ----------------------------------------------------------------------------------------------------------

    def load(self, staging: Staging, paths: Sequence[Path]) -> None:
        """Lay out the rows of every table that is there."""
        found, used = places(paths), set()
        for rule in self.mapping.tables.values():
            place = wanted(rule.name, rule.file, rule.sheet, found, alone=len(self.mapping.tables) == 1)
            if place is None:
                continue
            used.add(place)
            self.report.tables[rule.name] = Counter()
            with opened(place, self.mapping.delimiter, self.mapping.encoding, set(rule.columns).issubset) as table:
                staging.load(rule, table)
        if not used:
            asked = ", ".join(rule.file or rule.sheet or rule.name for rule in self.mapping.tables.values())
            there = ", ".join(place.name for place in found)[:400]
            raise NotReadable(words(en=f"none of the tables of the mapping ({asked}) is among: {there}",
                                    vi=f"không có bảng nào của bản ánh xạ ({asked}) trong số các bảng đã gửi: {there}"))
        staging.settle()
        self.report.repeated = staging.repeated
        looked_up = {other for rule in self.mapping.tables.values() for other in rule.joins}
        self.report.lonely = [rule.name for rule in self.mapping.tables.values() if rule.name in self.report.tables and not rule.cases
                              and rule.name not in looked_up]

    def reject(self, table: str, number: int, problem: CellProblem) -> None:
        """Note what is wrong with a row; the row is counted once."""
        if (table, number) not in self.rejected:
            self.rejected.add((table, number))
            self.report.tables[table][REJECTED] += 1
        if len(self.report.rejections) < MOST_LISTED:
            self.report.rejections.append(Rejection(table, number, problem.column, problem.code, problem.message))

    def bundles(self, staging: Staging) -> Iterator[list[Row]]:
        """Whole groups, until there are enough rows for one transaction. Rows that share a key stay in one bundle."""
        held: list[Row] = []
        rows = 0
        for group in staging.groups():
            many = sum(1 for _ in group.all())
            if held and rows + many > self.size and (held[-1].table, held[-1].key) != (group.table, group.key) and (
                    group.parent_key is None or held[-1].parent_key != group.parent_key):
                yield held
                held, rows = [], 0
            held.append(group)
            rows += many
        if held:
            yield held

    # Writing ----------------------------------------------------------------------------------------------------------

    def take(self, bundle: list[Row]) -> None:
        """Take in one bundle: first it is looked at, and only what is new or has changed is written."""
        writer = Writer(self.house, self.actor, self.mapping, self.laws, self.units, self.now)
        said: dict[int, tuple[dict[str, Any], set[str]]] = {}
        with self.house.db.reading("all") as session:
            rows, there = self._known(session, bundle)
            fates = matched(rows, there)
            if self.report.dry_run:
                said = writer.said_before(session, [fate.before.id for fate in fates if fate.outcome == UPDATED and fate.before is not None])
        if self.report.dry_run:
            self._foretell(writer, fates)
        elif any(fate.outcome != UNCHANGED for fate in fates):
            began = perf_counter()
            with self.house.db.atomic("all") as session:
                one_at_a_time(session, "recording")
                rows, there = self._known(session, bundle)
                fates = matched(rows, there)
                writer.write(session, [*self._uppers(rows, there), *fates])
            self._pace(perf_counter() - began)
        self.report.cases.update(writer.opened)
        self.report.events += writer.events
        for fate in fates:
            self._count(fate)
            if self.report.dry_run:
                self._show(fate, said.get(fate.before.id, ({}, set()))[0] if fate.before is not None else {})

    def _known(self, session: Any, bundle: list[Row]) -> tuple[list[Row], dict[tuple[str, str], list[Known]]]:
        """The rows of a bundle that are taken in, and which rows of these keys are there."""
        keys = {(row.table.name, row.key) for group in bundle for row in group.all()}
        keys |= {(group.table.parent, group.parent_key) for group in bundle if group.table.parent and group.parent_key}
        there = known_rows(session, self.mapping.register, keys)
        rows: list[Row] = []
        for group in bundle:
            self._fit(group, there, rows)
        return rows, there

    def _fit(self, row: Row, there: dict[tuple[str, str], list[Known]], fitting: list[Row]) -> None:
        """Of a row and those below it, the ones that can be taken in; the others are rejected."""
        if row.table.parent is not None and row.parent is None and (row.table.parent, row.parent_key) not in there:
            problem: CellProblem | None = CellProblem(row.table.joins[row.table.parent][0], "no_parent", words(
                en=f"the row of {row.table.parent} that it belongs to is not here, or was rejected; send it too, or correct it",
                vi=f"dòng của bảng {row.table.parent} mà dòng này thuộc về không có ở đây, hoặc đã bị từ chối; hãy gửi cả dòng đó, hoặc sửa lại"))
        else:
            problem = self._problem(row)
        if problem is None:
            fitting.append(row)
        else:
            if (row.table.name, row.number) not in self.rejected:
                self.reject(row.table.name, row.number, problem)
            for child in row.children:
                child.parent = None
        for child in row.children:
            self._fit(child, there, fitting)

    def _problem(self, row: Row) -> CellProblem | None:
        """Why no case can be made of a row, or nothing."""
        zone = self.mapping.zone or self.house.zone
        for n, rule in enumerate(row.table.cases):
            if (spent := refused(rule, row.values, self.today)) is not None:
                return spent
            if (elsewhere := self.units.wrong(rule, row.values)) is not None:
                return elsewhere
            first = rule.events[0]
            if n == 0 and first.on not in row.values:
                joined = first.on.partition(".")[0] if first.on not in row.table.columns and "." in first.on else None
                return CellProblem(first.on, "no_day", words(
                    en=f"its day stands in the table {joined}, where there is no such row; send that table too",
                    vi=f"ngày của dòng này ở bảng {joined}, nhưng bảng đó không có dòng tương ứng; hãy gửi cả bảng đó",
                ) if joined else words(en="it does not say on which day that was; fill it in", vi="không ghi việc đó xảy ra ngày nào; hãy điền"))
            for told in Writer.told(row, rule):
                try:
                    occurred_at, _ = when_of(row.values[told.on], zone)
                except BadValue as error:
                    return CellProblem(told.on, "day", filled(words(en="the day {why}", vi="ngày này {why}"), why=error.says))
                if occurred_at > self.now:
                    return CellProblem(told.on, "future", words(en="the day lies in the future; what is recorded has happened",
                                                                vi="ngày này ở tương lai; chỉ ghi lại việc đã xảy ra"))
                if told.by is not None and len(row.values.get(told.by, "")) > LONGEST_NAME:
                    return CellProblem(told.by, "too_long", words(
                        en=f"the name of who acted is longer than {LONGEST_NAME} characters; shorten it",
                        vi=f"tên người thực hiện dài hơn {LONGEST_NAME} ký tự; hãy rút ngắn"))
        return None

    def _uppers(self, rows: list[Row], there: dict[tuple[str, str], list[Known]]) -> list[Fate]:
        """For rows whose upper row is not in the files but was taken in before: that row, as it is known."""
        made: dict[tuple[str, str], Fate] = {}
        for row in rows:
            if row.table.parent is None or row.parent is not None or row.parent_key is None:
                continue
            at = (row.table.parent, row.parent_key)
            if at not in made:
                known = there[at][0]
                made[at] = Fate(Row(self.mapping.tables[at[0]], known.row, at[1], known.digest, {}, {}, None), UNCHANGED, known.n, known)
            row.parent = made[at].row
        return list(made.values())

    def _pace(self, took: float) -> None:
        if took > PATIENCE:
            self.size = max(FEWEST, self.size * 3 // 4)
        elif took < PATIENCE / 2:
            self.size = min(MOST, self.size * 5 // 4)

    # Counting ---------------------------------------------------------------------------------------------------------

    def _foretell(self, writer: Writer, fates: list[Fate]) -> None:
        """Count what writing would leave, without writing."""
        for fate in fates:
            if fate.outcome == CREATED:
                for rule in writer.becoming(fate.row):
                    writer.opened[rule.name] = writer.opened.get(rule.name, 0) + 1
                    writer.events += sum(1 for _ in writer.told(fate.row, rule))
            elif fate.outcome == UPDATED and fate.row.table.cases:
                writer.events += 1

    def _count(self, fate: Fate) -> None:
        row, report = fate.row, self.report
        counted = report.tables[row.table.name]
        counted[fate.outcome] += 1
        if fate.outcome == UNCHANGED and fate.before is not None:
            self.order.setdefault(row.table.name, []).append((row.number, fate.before.row))
        report.contradictions.update(rule.name for rule in row.contradictions)
        report.counts.update(rule.name for rule in row.counts)

    def _show(self, fate: Fate, before: dict[str, Any]) -> None:
        """Of each table the first rows of each outcome, in the order of the file."""
        row, silent = fate.row, fate.row.table.name in self.silent
        alike = self.shown.setdefault((row.table.name, fate.outcome), [])
        if len(alike) == MOST_SHOWN and alike[-1].row < row.number:
            return
        made = tuple((rule.name, row.table.titled(rule, row.values, row.said_key)) for rule in Writer.becoming(row))
        changed = tuple(one for one in Writer.changes(row, before) if row.table.columns[one.column].klass in OPEN) if (
            fate.outcome == UPDATED and row.table.cases and not silent) else ()
        insort(alike, Shown(row.table.name, row.number, "" if silent else row.said_key, fate.outcome, made,
                            tuple(rule.name for rule in row.contradictions), changed), key=lambda one: one.row)
        del alike[MOST_SHOWN:]

    def finish(self) -> None:
        """What was taken in before and is no longer in the files stays as it is, and is counted; what stands in another order is counted too."""
        for name, counted in self.report.tables.items():
            self.report.absent[name] = max(0, self.there.get(name, 0) - counted[UNCHANGED] - counted[UPDATED])
            counted["moved"] = out_of_order([before for _, before in sorted(self.order.get(name, ()))])
            self.report.preview += sorted((one for outcome in OUTCOMES for one in self.shown.get((name, outcome), ())), key=lambda one: one.row)


def out_of_order(places: Sequence[int]) -> int:
    """How many have to be put elsewhere so that the rest stands in its order: `[1, 4, 2, 3]` → 1. None where rows were only left out."""
    ends: list[int] = []
    for place in places:
        at = bisect_right(ends, place)
        ends[at:at + 1] = [place]
    return len(places) - len(ends)
