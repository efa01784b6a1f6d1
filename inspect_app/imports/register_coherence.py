"""What must fit together in a mapping: its names, its tables, the cases that stand under each other, the columns that it names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from inspect_app.imports.register_mapping import PLACE, CaseRule, RegisterMapping, TableRule
from inspect_app.imports.register_values import Column
from workflows.words import Words, words


class Say(Protocol):
    """Told of each defect, in every language."""

    def __call__(self, en: str, vi: str) -> None: ...


def placed(made: RegisterMapping, table: TableRule, say: Say) -> TableRule:
    """The table with the one under whose cases its own stand."""
    own = {rule.name for rule in table.cases}
    above = {found[0].name for rule in table.cases
             if rule.under and rule.under not in own and (found := made.case_rule(rule.under)) is not None}
    if len(above) > 1:
        say(en=f"tables.{table.name}: its cases stand under those of two tables; under one it is told which row belongs where",
            vi=f"tables.{table.name}: các vụ việc của bảng này thuộc vụ việc của hai bảng; chỉ được thuộc một bảng, để biết dòng nào thuộc dòng nào")
    return replace(table, parent=min(above)) if above else table


def hold_together(made: RegisterMapping, say: Say) -> None:
    """Say whatever does not fit together in a mapping whose tables are `placed`."""
    _Coherence(made, say).judge()


def column_of(made: RegisterMapping, table: TableRule, name: str) -> Column | None:
    """The column of a table, or of one that it joins (`other.column`), by its name."""
    if name in table.columns:
        return table.columns[name]
    other, dot, column = name.partition(".")
    return made.tables[other].columns.get(column) if dot and other in table.joins and other in made.tables else None


class _Coherence:
    def __init__(self, made: RegisterMapping, say: Say) -> None:
        self.made, self.say = made, say

    def judge(self) -> None:
        made = self.made
        self.twice(words(en="the case", vi="vụ việc"), [rule.name for table in made.tables.values() for rule in table.cases])
        self.twice(words(en="the rule", vi="quy tắc"), [rule.name for rule in (*made.contradictions, *made.counts)])
        for table in made.tables.values():
            self.table_holds(table)
        for rule in (*made.contradictions, *made.counts):
            if rule.table not in made.tables:
                self.say(en=f"{rule.name}: there is no table “{rule.table[:60]}”", vi=f"{rule.name}: không có bảng “{rule.table[:60]}”")
                continue
            self.columns_exist(made.tables[rule.table], f"{rule.name}: ", (n for c in rule.where for n in c.named))
            if rule.case is not None and rule.case not in {one.name for one in made.tables[rule.table].cases}:
                self.say(en=f"{rule.name}: there is no case “{rule.case[:60]}” of this table",
                         vi=f"{rule.name}: bảng này không có vụ việc “{rule.case[:60]}”")

    def twice(self, what: Words, names: list[str]) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.say(en=f"{what.say('en')} “{name}” is there twice; rename one", vi=f"{what.say('vi')} “{name}” có hai lần; hãy đổi một tên")

    def table_holds(self, table: TableRule) -> None:
        at, made = f"tables.{table.name}: ", self.made
        if not table.key:
            self.say(en=f"{at}key is missing; name the columns that tell its rows apart",
                     vi=f"{at}thiếu key; hãy ghi các cột dùng để phân biệt các dòng")
        self.columns_exist(table, f"{at}key: ", table.key, own=True)
        for other, columns in table.joins.items():
            if other not in made.tables or other == table.name:
                self.say(en=f"{at}joins names “{other[:60]}”, which is no other table",
                         vi=f"{at}joins nêu “{other[:60]}”, không phải là một bảng khác")
            elif len(columns) != len(made.tables[other].key) or made.tables[other].repeats:
                self.say(en=f"{at}joins.{other} needs as many columns as the key of that table, whose rows may not share it",
                         vi=f"{at}joins.{other} phải có số cột bằng khóa của bảng đó, và các dòng của bảng đó không được trùng khóa")
            self.columns_exist(table, f"{at}joins: ", columns, own=True)
        for one in table.computed:
            self.columns_exist(table, f"{at}computed.{one.name}: ", (one.day, one.plus_days))
        if table.parent is not None and table.parent not in table.joins:
            self.say(en=f"{at}its cases stand under those of {table.parent}; write joins.{table.parent} = [columns that hold its key]",
                     vi=f"{at}các vụ việc của bảng này thuộc vụ việc của {table.parent}; hãy ghi joins.{table.parent} = [các cột chứa khóa bảng đó]")
        if table.repeats and table.parent is not None and not set(table.joins.get(table.parent, ())) <= set(table.key):
            self.say(en=f"{at}rows may share a key only where it holds the columns of joins.{table.parent}",
                     vi=f"{at}các dòng chỉ được trùng khóa khi khóa gồm các cột của joins.{table.parent}")
        if self.circles(table):
            self.say(en=f"{at}its cases stand, by a way round, under themselves",
                     vi=f"{at}các vụ việc của bảng này, qua một vòng, lại thuộc chính chúng")
        before: set[str] = set()
        for rule in table.cases:
            self.case_holds(table, rule, before)
            before.add(rule.name)

    def circles(self, table: TableRule) -> bool:
        seen, above = {table.name}, table.parent
        while above is not None:
            if above in seen:
                return True
            seen.add(above)
            above = self.made.tables[above].parent
        return False

    def case_holds(self, table: TableRule, rule: CaseRule, before: set[str]) -> None:
        at = f"tables.{table.name}.cases “{rule.name}”: "
        own = {one.name for one in table.cases}
        if rule.under is not None and rule.under not in before and (rule.under in own or self.made.case_rule(rule.under) is None):
            self.say(en=f"{at}under names “{rule.under[:60]}”, which is no case of a joined table, and none before it here",
                     vi=f"{at}under nêu “{rule.under[:60]}”, không phải vụ việc của một bảng được nối (joins), cũng không đứng trước ở đây")
        if before and rule.under is None:
            self.say(en=f"{at}a further case of a row stands under another; write under = \"…\"",
                     vi=f"{at}vụ việc tiếp theo của một dòng phải thuộc một vụ việc khác; hãy ghi under = \"…\"")
        if not before and (rule.when or (rule.events and rule.events[0].when)):
            self.say(en=f"{at}the first case of a row, and its first event, have no conditions; leave “when” out",
                     vi=f"{at}vụ việc đầu của một dòng và sự kiện đầu của nó không có điều kiện; hãy bỏ “when”")
        named = [n for c in (*rule.when, *(c for e in rule.events for c in e.when)) for n in c.named]
        named += [n for e in rule.events for n in (e.on, *([e.by] if e.by else []), *e.data.values())]
        shown = [n for text in (rule.title, rule.reference or "") for n in PLACE.findall(text) if n != "key"]
        sanction = rule.sanction
        more = [n for n in (sanction.until, sanction.rung, sanction.status) if n] if sanction else []
        self.columns_exist(table, at, (*named, *shown, *more, *([rule.unit] if rule.unit else [])))
        for name in shown:
            if (found := column_of(self.made, table, name)) is not None and found.klass != "plain":
                self.say(en=f"{at}the title and the reference are seen in lists, and “{name[:60]}” is {found.klass}; leave it out there",
                         vi=f"{at}tiêu đề (title) và số văn bản (reference) hiện trong danh sách, mà “{name[:60]}” thuộc mức {found.klass}; hãy bỏ")

    def columns_exist(self, table: TableRule, at: str, names: Iterable[str], *, own: bool = False) -> None:
        computed = {one.name for one in table.computed}
        for name in dict.fromkeys(names):
            other, dot, _ = name.partition(".")
            where = other if dot and other in table.joins and not own else table.name
            if column_of(self.made, table, name) is None and not (name in computed and not own) and name:
                self.say(en=f"{at}“{name[:60]}” is no column of {where}; declare it under columns",
                         vi=f"{at}“{name[:60]}” không phải là cột của {where}; hãy khai báo trong columns")
