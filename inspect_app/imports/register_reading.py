"""Reading a mapping strictly: every defect is gathered before anything is said."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inspect_app.imports.problems import NotReadable
from inspect_app.imports.register_conditions import ALONE, LISTS, WORDS, Condition
from inspect_app.imports.register_mapping import PLACE, CaseRule, EventRule, RegisterMapping, Rule, SanctionRule, Sum, TableRule
from inspect_app.imports.register_values import CLASSES, TYPES, Column
from workflows.criteria import OF_THE_MIND
from workflows.words import Words

MOST_BYTES = 2**20
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
_WORKFLOW = re.compile(r"[a-z][a-z0-9_]*(@[1-9][0-9]*)?", re.ASCII)
_TOP = {"register", "zone", "delimiter", "encoding", "tables", "contradictions", "counts"}
_TABLE = {"file", "sheet", "key", "repeats", "joins", "columns", "computed", "cases"}
_COLUMN = {"type", "formats", "codes", "needed", "class"}
_CASE = {"name", "workflow", "title", "reference", "under", "unit", "when", "events", "sanction"}
_EVENT = {"trigger", "on", "by", "when", "data"}
_SANCTION = {"until", "rung", "months", "never", "status", "ended"}
_RULE = {"name", "table", "says", "where", "case"}


def load_register_mapping(path: Path) -> RegisterMapping:
    """The mapping in the TOML file at `path`. Raises `NotReadable` naming every defect."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotReadable(f"the mapping “{path.name}” is longer than {MOST_BYTES // 2**20} MiB; is it one?")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NotReadable(f"there is no mapping “{path.name}”; check its name and folder") from None
    except IsADirectoryError:
        raise NotReadable(f"“{path.name}” is a folder; give the file of the mapping") from None
    return read_register_mapping(raw, f"the mapping “{path.name}”")


def read_register_mapping(raw: bytes, name: str = "the mapping") -> RegisterMapping:
    """The mapping in these bytes. Raises `NotReadable` naming every defect."""
    try:
        told = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotReadable(f"{name} is not UTF-8; save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotReadable(f"{name} is not TOML: {error}") from None
    reader = _Reader()
    mapping = reader.mapping(told)
    if reader.defects:
        raise NotReadable(f"{name}: {'; '.join(reader.defects)}")
    return mapping


class _Reader:
    def __init__(self) -> None:
        self.defects: list[str] = []

    def say(self, defect: str) -> None:
        self.defects.append(defect)

    # Small things -----------------------------------------------------------------------------------------------------

    def known(self, at: str, table: Mapping[str, Any], keys: set[str]) -> None:
        for key in table:
            if key not in keys:
                self.say(f"{at}unknown key “{key[:60]}”; known here: {', '.join(sorted(keys))}")

    def table(self, at: str, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.say(f"{at} is not a table")
        return {}

    def rows(self, at: str, value: Any) -> list[Mapping[str, Any]]:
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            return value
        self.say(f"{at} is not a list of tables")
        return []

    def text(self, at: str, value: Any, *, needed: bool = False) -> str | None:
        if value is None and not needed:
            return None
        if isinstance(value, str) and value.strip() and "\0" not in value:
            return unicodedata.normalize("NFC", value)
        self.say(f"{at} is {value!r:.80}; write a text that is not empty")
        return None

    def texts(self, at: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(unicodedata.normalize("NFC", one) for one in value)
        self.say(f"{at} is not a list of texts; write [\"…\", \"…\"]")
        return ()

    def yes(self, at: str, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        self.say(f"{at} is {value!r:.80}; write true or false")
        return False

    def name(self, at: str, value: Any) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self.say(f"{at} is {value!r:.80}; write lower-case letters, digits and underscores, at most 60")
        return "unnamed"

    # The mapping ------------------------------------------------------------------------------------------------------

    def mapping(self, raw: Mapping[str, Any]) -> RegisterMapping:
        self.known("", raw, _TOP)
        tables = {name: self.one_table(self.name("the name of a table", name), self.table(f"tables.{name}", told))
                  for name, told in self.table("tables", raw.get("tables", {})).items()}
        if not tables:
            self.say("no table is mapped; write [tables.…] for each file")
        made = RegisterMapping(
            register=self.name("register", raw.get("register")),
            tables=tables,
            contradictions=tuple(self.rule(f"contradictions {n}", told) for n, told in
                                 enumerate(self.rows("contradictions", raw.get("contradictions", [])), 1)),
            counts=tuple(self.rule(f"counts {n}", told) for n, told in enumerate(self.rows("counts", raw.get("counts", [])), 1)),
            zone=self.zone(raw.get("zone")),
            delimiter=self.delimiter(raw.get("delimiter")),
            encoding=self.encoding(raw.get("encoding")),
        )
        made = replace(made, tables={name: self.placed(made, table) for name, table in tables.items()})
        self.hold_together(made)
        return made

    def zone(self, value: Any) -> ZoneInfo | None:
        name = self.text("zone", value)
        if name is None:
            return None
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.say(f"there is no zone “{name[:60]}”; write one like \"Asia/Ho_Chi_Minh\"")
            return None

    def delimiter(self, value: Any) -> str | None:
        if value is not None and (not isinstance(value, str) or len(value) != 1 or value in "\"\r\n\0"):
            self.say(f"delimiter is {value!r:.40}; write one character, like \",\", \";\" or \"\\t\"")
            return None
        return value

    def encoding(self, value: Any) -> str | None:
        name = self.text("encoding", value)
        if name is None:
            return None
        try:
            b"ab".decode(name)
        except UnicodeDecodeError:
            return name
        except (LookupError, ValueError):
            self.say(f"there is no encoding “{name[:60]}”; write one like \"utf-8\" or \"windows-1258\"")
            return None
        return name

    def one_table(self, name: str, raw: Mapping[str, Any]) -> TableRule:
        at = f"tables.{name}."
        self.known(at, raw, _TABLE)
        if "file" in raw and "sheet" in raw:
            self.say(f"{at}file and sheet are both there; name one")
        columns = {column: self.column(f"{at}columns.{column}.", column, self.table(f"{at}columns.{column}", told))
                   for column, told in self.normal(self.table(f"{at}columns", raw.get("columns", {}))).items()}
        computed = tuple(self.sum(f"{at}computed.{key}.", key, self.table(f"{at}computed.{key}", told))
                         for key, told in self.table(f"{at}computed", raw.get("computed", {})).items())
        return TableRule(
            name=name,
            file=self.text(f"{at}file", raw.get("file")),
            sheet=self.text(f"{at}sheet", raw.get("sheet")),
            key=self.texts(f"{at}key", raw.get("key", [])),
            repeats=self.yes(f"{at}repeats", raw.get("repeats", False)),
            columns=columns,
            computed=computed,
            joins={other: self.texts(f"{at}joins.{other}", told) for other, told in self.table(f"{at}joins", raw.get("joins", {})).items()},
            cases=tuple(self.case(f"{at}cases {n}: ", told) for n, told in enumerate(self.rows(f"{at}cases", raw.get("cases", [])), 1)),
        )

    @staticmethod
    def normal(table: Mapping[str, Any]) -> Mapping[str, Any]:
        return {unicodedata.normalize("NFC", name): told for name, told in table.items()}

    def column(self, at: str, name: str, raw: Mapping[str, Any]) -> Column:
        self.known(at, raw, _COLUMN)
        kind, klass = raw.get("type", "text"), raw.get("class", "plain")
        if kind not in TYPES:
            self.say(f"{at}type is {kind!r:.40}; the types are: {', '.join(TYPES)}")
        if klass not in CLASSES:
            self.say(f"{at}class is {klass!r:.40}; the classes are: {', '.join(CLASSES)}")
        if (minds := OF_THE_MIND.search(name.replace("_", " "))) is not None:
            self.say(f"{at[:-1]} speaks of “{minds[0]}”: a register brings acts and countable facts, never what anybody thinks or is; leave it out")
        codes = self.table(f"{at}codes", raw.get("codes", {}))
        if any(not isinstance(value, str) or not value for value in codes.values()):
            self.say(f"{at}codes holds something else than texts")
            codes = {}
        if (kind == "code") != bool(codes):
            self.say(f"{at}codes belong to a column of type code, and such a column needs them")
        formats = self.texts(f"{at}formats", raw.get("formats", []))
        if formats and kind not in ("day", "moment"):
            self.say(f"{at}formats are for days and moments")
        for form in formats:
            if "%" not in form or re.search(r"%[^aAbBdmYyHIMSfpjzZ%-]", form):
                self.say(f"{at}formats holds “{form[:40]}”; write a form like \"%d/%m/%Y\"")
        return Column(name, str(kind), formats, self.normal(codes), self.yes(f"{at}needed", raw.get("needed", False)), str(klass))

    def sum(self, at: str, name: str, raw: Mapping[str, Any]) -> Sum:
        self.known(at, raw, {"day", "plus_days"})
        return Sum(name, self.text(f"{at}day", raw.get("day"), needed=True) or "",
                   self.text(f"{at}plus_days", raw.get("plus_days"), needed=True) or "")

    def case(self, at: str, raw: Mapping[str, Any]) -> CaseRule:
        self.known(at, raw, _CASE)
        workflow = raw.get("workflow")
        if not isinstance(workflow, str) or not _WORKFLOW.fullmatch(workflow):
            self.say(f"{at}workflow is {workflow!r:.80}; write the name of a workflow, like \"past_inspection\"")
        events = tuple(self.event(f"{at}events {n}: ", told) for n, told in enumerate(self.rows(f"{at}events", raw.get("events", [])), 1))
        if not events:
            self.say(f"{at}it has no events; say what its row tells")
        return CaseRule(
            name=self.name(f"{at}name", raw.get("name")),
            workflow=str(workflow),
            title=self.text(f"{at}title", raw.get("title"), needed=True) or "",
            events=events,
            reference=self.text(f"{at}reference", raw.get("reference")),
            under=self.text(f"{at}under", raw.get("under")),
            unit=self.text(f"{at}unit", raw.get("unit")),
            when=self.conditions(f"{at}when", raw.get("when", [])),
            sanction=self.sanction(f"{at}sanction.", self.table(f"{at}sanction", raw["sanction"])) if "sanction" in raw else None,
        )

    def event(self, at: str, raw: Mapping[str, Any]) -> EventRule:
        self.known(at, raw, _EVENT)
        data = self.table(f"{at}data", raw.get("data", {}))
        return EventRule(
            trigger=self.name(f"{at}trigger", raw.get("trigger")),
            on=self.text(f"{at}on", raw.get("on"), needed=True) or "",
            by=self.text(f"{at}by", raw.get("by")),
            when=self.conditions(f"{at}when", raw.get("when", [])),
            data={self.name(f"{at}data", name): self.text(f"{at}data.{name}", column, needed=True) or "" for name, column in data.items()},
        )

    def sanction(self, at: str, raw: Mapping[str, Any]) -> SanctionRule:
        self.known(at, raw, _SANCTION)
        months = self.table(f"{at}months", raw.get("months", {}))
        if any(type(n) is not int or not 0 < n < 1200 for n in months.values()):
            self.say(f"{at}months holds something else than numbers of months")
            months = {}
        made = SanctionRule(self.text(f"{at}until", raw.get("until")), self.text(f"{at}rung", raw.get("rung")), dict(months),
                            self.texts(f"{at}never", raw.get("never", [])), self.text(f"{at}status", raw.get("status")),
                            self.texts(f"{at}ended", raw.get("ended", [])))
        if made.until is None and not (made.rung and (made.months or made.never)):
            self.say(f"{at}until is missing; name the column of the last day, or rung and months, so that what is spent can be told")
        return made

    def conditions(self, at: str, value: Any) -> tuple[Condition, ...]:
        return tuple(self.condition(f"{at} {n}: ", told) for n, told in enumerate(self.rows(at, value), 1))

    def condition(self, at: str, raw: Mapping[str, Any]) -> Condition:
        self.known(at, raw, {"column", "asks", "to", "values"})
        asks = raw.get("asks")
        if asks not in WORDS:
            self.say(f"{at}asks is {asks!r:.40}; it may be: {', '.join(WORDS)}")
        to, values = self.text(f"{at}to", raw.get("to")), self.texts(f"{at}values", raw.get("values", []))
        if asks in ALONE:
            fits, takes = not (to or values), "neither to nor values"
        elif asks in LISTS:
            fits, takes = bool(values) and not to, "values"
        else:
            fits, takes = bool(to) != (len(values) == 1), "to = a column, or one value"
        if asks in WORDS and not fits:
            self.say(f"{at}“{asks}” takes {takes}")
        return Condition(self.text(f"{at}column", raw.get("column"), needed=True) or "", str(asks), to, values)

    def rule(self, at: str, raw: Mapping[str, Any]) -> Rule:
        self.known(f"{at}: ", raw, _RULE)
        try:
            says = Words(tuple(sorted(raw["says"].items())))
        except (KeyError, ValueError, AttributeError):
            self.say(f"{at}: says needs a sentence in each language: says = {{ en = \"…\", vi = \"…\" }}")
            says = Words((("en", "?"), ("vi", "?")))
        where = self.conditions(f"{at}: where", raw.get("where", []))
        if not where:
            self.say(f"{at}: where is missing; say of which rows it holds")
        return Rule(self.name(f"{at}: name", raw.get("name")), str(raw.get("table")), says, where, self.text(f"{at}: case", raw.get("case")))

    # What must fit together -------------------------------------------------------------------------------------------

    def placed(self, made: RegisterMapping, table: TableRule) -> TableRule:
        """The table with the one under whose cases its own stand."""
        own = {rule.name for rule in table.cases}
        above = {found[0].name for rule in table.cases
                 if rule.under and rule.under not in own and (found := made.case_rule(rule.under)) is not None}
        if len(above) > 1:
            self.say(f"tables.{table.name}: its cases stand under those of two tables; under one it is told which row belongs where")
        return replace(table, parent=min(above)) if above else table

    def hold_together(self, made: RegisterMapping) -> None:
        names = [rule.name for table in made.tables.values() for rule in table.cases]
        self.twice("the case", names)
        self.twice("the rule", [rule.name for rule in (*made.contradictions, *made.counts)])
        for table in made.tables.values():
            self.table_holds(made, table)
        for rule in (*made.contradictions, *made.counts):
            if rule.table not in made.tables:
                self.say(f"{rule.name}: there is no table “{rule.table[:60]}”")
                continue
            self.columns_exist(made, made.tables[rule.table], f"{rule.name}: ", (n for c in rule.where for n in c.named))
            if rule.case is not None and rule.case not in {one.name for one in made.tables[rule.table].cases}:
                self.say(f"{rule.name}: there is no case “{rule.case[:60]}” of this table")

    def twice(self, what: str, names: list[str]) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.say(f"{what} “{name}” is there twice; rename one")

    def table_holds(self, made: RegisterMapping, table: TableRule) -> None:
        at = f"tables.{table.name}: "
        if not table.key:
            self.say(f"{at}key is missing; name the columns that tell its rows apart")
        self.columns_exist(made, table, f"{at}key: ", table.key, own=True)
        for other, columns in table.joins.items():
            if other not in made.tables or other == table.name:
                self.say(f"{at}joins names “{other[:60]}”, which is no other table")
            elif len(columns) != len(made.tables[other].key) or made.tables[other].repeats:
                self.say(f"{at}joins.{other} needs as many columns as the key of that table, whose rows may not share it")
            self.columns_exist(made, table, f"{at}joins: ", columns, own=True)
        for one in table.computed:
            self.columns_exist(made, table, f"{at}computed.{one.name}: ", (one.day, one.plus_days))
        if table.parent is not None and table.parent not in table.joins:
            self.say(f"{at}its cases stand under those of {table.parent}; write joins.{table.parent} = [columns that hold its key]")
        if table.repeats and table.parent is not None and not set(table.joins.get(table.parent, ())) <= set(table.key):
            self.say(f"{at}rows may share a key only where it holds the columns of joins.{table.parent}")
        if self.circles(made, table):
            self.say(f"{at}its cases stand, by a way round, under themselves")
        before: set[str] = set()
        for rule in table.cases:
            self.case_holds(made, table, rule, before)
            before.add(rule.name)

    def circles(self, made: RegisterMapping, table: TableRule) -> bool:
        seen, above = {table.name}, table.parent
        while above is not None:
            if above in seen:
                return True
            seen.add(above)
            above = made.tables[above].parent
        return False

    def case_holds(self, made: RegisterMapping, table: TableRule, rule: CaseRule, before: set[str]) -> None:
        at = f"tables.{table.name}, case {rule.name}: "
        own = {one.name for one in table.cases}
        if rule.under is not None and rule.under not in before and (rule.under in own or made.case_rule(rule.under) is None):
            self.say(f"{at}under names “{rule.under[:60]}”, which is no case of a joined table, and none before it here")
        if before and rule.under is None:
            self.say(f"{at}a further case of a row stands under another; write under = \"…\"")
        if not before and (rule.when or (rule.events and rule.events[0].when)):
            self.say(f"{at}the first case of a row, and its first event, have no conditions; leave “when” out")
        named = [n for c in (*rule.when, *(c for e in rule.events for c in e.when)) for n in c.named]
        named += [n for e in rule.events for n in (e.on, *([e.by] if e.by else []), *e.data.values())]
        shown = [n for text in (rule.title, rule.reference or "") for n in PLACE.findall(text) if n != "key"]
        sanction = rule.sanction
        more = [n for n in (sanction.until, sanction.rung, sanction.status) if n] if sanction else []
        self.columns_exist(made, table, at, (*named, *shown, *more, *([rule.unit] if rule.unit else [])))
        for name in shown:
            if (found := column_of(made, table, name)) is not None and found.klass != "plain":
                self.say(f"{at}the title and the reference are seen in lists, and “{name[:60]}” is {found.klass}; leave it out there")

    def columns_exist(self, made: RegisterMapping, table: TableRule, at: str, names: Iterable[str], *, own: bool = False) -> None:
        computed = {one.name for one in table.computed}
        for name in dict.fromkeys(names):
            other, dot, _ = name.partition(".")
            joined = bool(dot) and other in table.joins and not own
            if column_of(made, table, name) is None and not (name in computed and not own) and name:
                self.say(f"{at}“{name[:60]}” is no column of {other if joined else table.name}; declare it under columns")


def column_of(made: RegisterMapping, table: TableRule, name: str) -> Column | None:
    """The column of a table, or of one that it joins (`other.column`), by its name."""
    if name in table.columns:
        return table.columns[name]
    other, dot, column = name.partition(".")
    return made.tables[other].columns.get(column) if dot and other in table.joins and other in made.tables else None
