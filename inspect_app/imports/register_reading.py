"""Reading a mapping strictly: every defect is gathered before anything is said."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inspect_app.imports.problems import NotReadable
from inspect_app.imports.register_coherence import hold_together, placed
from inspect_app.imports.register_conditions import ALONE, LISTS, WORDS, Condition
from inspect_app.imports.register_mapping import CaseRule, EventRule, RegisterMapping, Rule, SanctionRule, Sum, TableRule
from inspect_app.imports.register_values import CLASSES, TYPES, Column
from workflows.criteria import OF_THE_MIND
from workflows.words import Words, filled, joined, words

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
_AT = re.compile(r"at line (\d+), column (\d+)")
_THE_MAPPING = words(en="the mapping", vi="bản ánh xạ")


def load_register_mapping(path: Path) -> RegisterMapping:
    """The mapping in the TOML file at `path`. Raises `NotReadable` naming every defect."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise NotReadable(words(en=f"the mapping “{path.name}” is longer than {MOST_BYTES // 2**20} MiB; is it one?",
                                    vi=f"bản ánh xạ “{path.name}” dài hơn {MOST_BYTES // 2**20} MiB; đây có phải là bản ánh xạ không?"))
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NotReadable(words(en=f"there is no mapping “{path.name}”; check its name and folder",
                                vi=f"không có bản ánh xạ “{path.name}”; hãy kiểm tra tên và thư mục")) from None
    except IsADirectoryError:
        raise NotReadable(words(en=f"“{path.name}” is a folder; give the file of the mapping",
                                vi=f"“{path.name}” là thư mục; hãy đưa tệp ánh xạ")) from None
    return read_register_mapping(raw, words(en=f"the mapping “{path.name}”", vi=f"bản ánh xạ “{path.name}”"))


def read_register_mapping(raw: bytes, name: Words = _THE_MAPPING) -> RegisterMapping:
    """The mapping in these bytes. Raises `NotReadable` naming every defect."""
    try:
        told = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotReadable(filled(words(en="{name} is not UTF-8; save it as UTF-8", vi="{name} không theo bảng mã UTF-8; hãy lưu thành UTF-8"),
                                 name=name)) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise NotReadable(filled(words(en="{name} is not TOML: {error}", vi="{name} không đúng dạng TOML: {error}"),
                                 name=name, error=_where(str(error)))) from None
    reader = _Reader()
    mapping = reader.mapping(told)
    if reader.defects:
        raise NotReadable(filled(words(en="{name}: {what}", vi="{name}: {what}"), name=name, what=joined(reader.defects)))
    return mapping


def _where(error: str) -> Words:
    """What is wrong with a text of TOML: the library says it in English, and where."""
    at = _AT.search(error)
    return words(en=error, vi=f"lỗi ở dòng {at[1]}, cột {at[2]}" if at else "lỗi ở cuối văn bản, hoặc lồng quá nhiều lớp")


class _Reader:
    def __init__(self) -> None:
        self.defects: list[Words] = []

    def say(self, en: str, vi: str) -> None:
        self.defects.append(words(en=en, vi=vi))

    def wrong(self, at: str, value: Any, en: str, vi: str) -> None:
        """A value that cannot stand there, or is missing, and what to write instead."""
        if value is None:
            self.say(en=f"{at} is missing; {en}", vi=f"{at} còn thiếu; {vi}")
        else:
            self.say(en=f"{at} is {value!r:.80}; {en}", vi=f"{at} đang là {value!r:.80}; {vi}")

    # Small things -----------------------------------------------------------------------------------------------------

    def known(self, at: str, table: Mapping[str, Any], keys: set[str]) -> None:
        where = f"{at[:-1]}: " if at.endswith(".") else at
        for key in table:
            if key not in keys:
                self.say(en=f"{where}unknown key “{key[:60]}”; known here: {', '.join(sorted(keys))}",
                         vi=f"{where}không có từ khóa “{key[:60]}”; ở đây dùng: {', '.join(sorted(keys))}")

    def table(self, at: str, value: Any) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.say(en=f"{at} is not a table", vi=f"{at} không phải là một bảng của TOML")
        return {}

    def rows(self, at: str, value: Any) -> list[Mapping[str, Any]]:
        if isinstance(value, list) and all(isinstance(row, dict) for row in value):
            return value
        self.say(en=f"{at} is not a list of tables", vi=f"{at} không phải là danh sách các bảng của TOML")
        return []

    def text(self, at: str, value: Any, *, needed: bool = False) -> str | None:
        if value is None and not needed:
            return None
        if isinstance(value, str) and value.strip() and "\0" not in value:
            return unicodedata.normalize("NFC", value)
        self.wrong(at, value, en="write a text that is not empty", vi="hãy ghi một đoạn văn bản không trống")
        return None

    def texts(self, at: str, value: Any) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(unicodedata.normalize("NFC", one) for one in value)
        self.say(en=f"{at} is not a list of texts; write [\"…\", \"…\"]", vi=f"{at} không phải là danh sách văn bản; hãy ghi [\"…\", \"…\"]")
        return ()

    def yes(self, at: str, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        self.wrong(at, value, en="write true or false", vi="hãy ghi true hoặc false")
        return False

    def name(self, at: str, value: Any) -> str:
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
        self.wrong(at, value, en="write lower-case letters, digits and underscores, at most 60",
                   vi="hãy ghi chữ thường không dấu, chữ số và dấu gạch dưới, tối đa 60 ký tự")
        return "unnamed"

    # The mapping ------------------------------------------------------------------------------------------------------

    def mapping(self, raw: Mapping[str, Any]) -> RegisterMapping:
        self.known("", raw, _TOP)
        tables = {name: self.one_table(self.name(f"[tables.{name[:60]}]", name), self.table(f"tables.{name}", told))
                  for name, told in self.table("tables", raw.get("tables", {})).items()}
        if not tables:
            self.say(en="no table is mapped; write [tables.…] for each file", vi="chưa ánh xạ bảng nào; hãy ghi [tables.…] cho từng tệp")
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
        made = replace(made, tables={name: placed(made, table, self.say) for name, table in tables.items()})
        hold_together(made, self.say)
        return made

    def zone(self, value: Any) -> ZoneInfo | None:
        name = self.text("zone", value)
        if name is None:
            return None
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.say(en=f"there is no zone “{name[:60]}”; write one like \"Asia/Ho_Chi_Minh\"",
                     vi=f"không có múi giờ “{name[:60]}”; hãy ghi như \"Asia/Ho_Chi_Minh\"")
            return None

    def delimiter(self, value: Any) -> str | None:
        if value is not None and (not isinstance(value, str) or len(value) != 1 or value in "\"\r\n\0"):
            self.wrong("delimiter", value, en="write one character, like \",\", \";\" or \"\\t\"",
                       vi="hãy ghi một ký tự, như \",\", \";\" hoặc \"\\t\"")
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
            self.say(en=f"there is no encoding “{name[:60]}”; write one like \"utf-8\" or \"windows-1258\"",
                     vi=f"không có bảng mã “{name[:60]}”; hãy ghi như \"utf-8\" hoặc \"windows-1258\"")
            return None
        return name

    def one_table(self, name: str, raw: Mapping[str, Any]) -> TableRule:
        at = f"tables.{name}."
        self.known(at, raw, _TABLE)
        if "file" in raw and "sheet" in raw:
            self.say(en=f"{at}file and sheet are both there; name one", vi=f"{at}có cả file và sheet; hãy chỉ ghi một")
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
            self.wrong(f"{at}type", kind, en=f"the types are: {', '.join(TYPES)}", vi=f"các kiểu là: {', '.join(TYPES)}")
        if klass not in CLASSES:
            self.wrong(f"{at}class", klass, en=f"the classes are: {', '.join(CLASSES)}", vi=f"các mức là: {', '.join(CLASSES)}")
        if (minds := OF_THE_MIND.search(name.replace("_", " "))) is not None:
            self.say(
                en=f"{at[:-1]} speaks of “{minds[0]}”: a register brings acts and countable facts, never what anybody thinks or is; leave it out",
                vi=f"{at[:-1]} nói về “{minds[0]}”: sổ chỉ đưa vào hành vi và dữ kiện đếm được, không đưa suy nghĩ hay bản chất của ai; hãy bỏ cột")
        codes = self.table(f"{at}codes", raw.get("codes", {}))
        if any(not isinstance(value, str) or not value for value in codes.values()):
            self.say(en=f"{at}codes holds something else than texts", vi=f"{at}codes chứa giá trị không phải văn bản")
            codes = {}
        if (kind == "code") != bool(codes):
            self.say(en=f"{at}codes belong to a column of type code, and such a column needs them",
                     vi=f"{at}codes chỉ dùng cho cột kiểu code, và cột kiểu đó phải có codes")
        formats = self.texts(f"{at}formats", raw.get("formats", []))
        if formats and kind not in ("day", "moment"):
            self.say(en=f"{at}formats are for days and moments", vi=f"{at}formats chỉ dùng cho kiểu ngày (day) và ngày giờ (moment)")
        for form in formats:
            if "%" not in form or re.search(r"%[^aAbBdmYyHIMSfpjzZ%-]", form):
                self.say(en=f"{at}formats holds “{form[:40]}”; write a form like \"%d/%m/%Y\"",
                         vi=f"{at}formats có “{form[:40]}”; hãy ghi dạng như \"%d/%m/%Y\"")
        return Column(name, str(kind), formats, self.normal(codes), self.yes(f"{at}needed", raw.get("needed", False)), str(klass))

    def sum(self, at: str, name: str, raw: Mapping[str, Any]) -> Sum:
        self.known(at, raw, {"day", "plus_days"})
        return Sum(name, self.text(f"{at}day", raw.get("day"), needed=True) or "",
                   self.text(f"{at}plus_days", raw.get("plus_days"), needed=True) or "")

    def case(self, at: str, raw: Mapping[str, Any]) -> CaseRule:
        self.known(at, raw, _CASE)
        workflow = raw.get("workflow")
        if not isinstance(workflow, str) or not _WORKFLOW.fullmatch(workflow):
            self.wrong(f"{at}workflow", workflow, en="write the name of a workflow, like \"past_inspection\"",
                       vi="hãy ghi tên một quy trình, như \"past_inspection\"")
        events = tuple(self.event(f"{at}events {n}: ", told) for n, told in enumerate(self.rows(f"{at}events", raw.get("events", [])), 1))
        if not events:
            self.say(en=f"{at}it has no events; say what its row tells", vi=f"{at}chưa có sự kiện (events); hãy ghi dòng đó cho biết việc gì")
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
            self.say(en=f"{at}months holds something else than numbers of months", vi=f"{at}months chứa giá trị không phải số tháng")
            months = {}
        made = SanctionRule(self.text(f"{at}until", raw.get("until")), self.text(f"{at}rung", raw.get("rung")), dict(months),
                            self.texts(f"{at}never", raw.get("never", [])), self.text(f"{at}status", raw.get("status")),
                            self.texts(f"{at}ended", raw.get("ended", [])))
        if made.until is None and not (made.rung and (made.months or made.never)):
            self.say(en=f"{at}until is missing; name the column of the last day, or rung and months, so that what is spent can be told",
                     vi=f"{at}thiếu until; hãy ghi cột có ngày cuối, hoặc rung và months, để biết kỷ luật nào đã hết hiệu lực")
        return made

    def conditions(self, at: str, value: Any) -> tuple[Condition, ...]:
        return tuple(self.condition(f"{at} {n}: ", told) for n, told in enumerate(self.rows(at, value), 1))

    def condition(self, at: str, raw: Mapping[str, Any]) -> Condition:
        self.known(at, raw, {"column", "asks", "to", "values"})
        asks = raw.get("asks")
        if asks not in WORDS:
            self.wrong(f"{at}asks", asks, en=f"it may be: {', '.join(WORDS)}", vi=f"có thể là: {', '.join(WORDS)}")
        to, values = self.text(f"{at}to", raw.get("to")), self.texts(f"{at}values", raw.get("values", []))
        if asks in ALONE:
            fits, takes = not (to or values), words(en="neither to nor values", vi="không dùng to hay values")
        elif asks in LISTS:
            fits, takes = bool(values) and not to, words(en="values", vi="cần values")
        else:
            fits, takes = bool(to) != (len(values) == 1), words(en="to = a column, or one value", vi="cần to = một cột, hoặc values có một giá trị")
        if asks in WORDS and not fits:
            self.say(en=f"{at}“{asks}” takes {takes}", vi=f"{at}“{asks}” {takes.say('vi')}")
        return Condition(self.text(f"{at}column", raw.get("column"), needed=True) or "", str(asks), to, values)

    def rule(self, at: str, raw: Mapping[str, Any]) -> Rule:
        self.known(f"{at}: ", raw, _RULE)
        try:
            says = Words(tuple(sorted(raw["says"].items())))
        except (KeyError, ValueError, AttributeError):
            self.say(en=f"{at}: says needs a sentence in each language: says = {{ en = \"…\", vi = \"…\" }}",
                     vi=f"{at}: says phải có một câu bằng mỗi ngôn ngữ: says = {{ en = \"…\", vi = \"…\" }}")
            says = Words((("en", "?"), ("vi", "?")))
        where = self.conditions(f"{at}: where", raw.get("where", []))
        if not where:
            self.say(en=f"{at}: where is missing; say of which rows it holds", vi=f"{at}: thiếu where; hãy ghi quy tắc áp dụng cho những dòng nào")
        return Rule(self.name(f"{at}: name", raw.get("name")), str(raw.get("table")), says, where, self.text(f"{at}: case", raw.get("case")))
