"""A ruleset as a table for people: every key with its value in words, what it is for, where it comes from, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows.limitation import period_words
from workflows.markdown import inert, table
from workflows.roles import LABELS, Role
from workflows.ruleset import MARKS, Ruleset
from workflows.ruleset_keys import FAMILIES, code_in, codes_in, days, family_of, limit, part_or_limit, period, quorum, role, threshold, week
from workflows.thresholds import read_quorum
from workflows.words import Words, words

GROUPS: dict[str, tuple[Words, tuple[str, ...]]] = {
    "work": (words(en="Inspecting", vi="Kiểm tra"), ("team", "reminders", "quorum", "investigators_may_decide", "superior_may_investigate",
                                                     "working_week", "calendar", "remind")),
    "sanctions": (words(en="Sanctions and competence", vi="Hình thức và thẩm quyền"),
                  ("ladder", "standing", "competence", "sanction", "minor", "measures", "decision")),
    "votes": (words(en="Votes", vi="Biểu quyết"), ("vote", "roll")),
    "time": (words(en="Limitation and expiry", vi="Thời hiệu và chấm dứt hiệu lực"), ("limitation", "expiry")),
    "weighed": (words(en="What is weighed, what waits", vi="Tình tiết, miễn, hoãn"), ("factors", "exemption", "deferral", "freeze", "suspension")),
    "after": (words(en="Appeal and afterwards", vi="Khiếu nại và sau đó"), ("appeal", "announce", "redress", "retention")),
    "clocks": (words(en="Time limits", vi="Thời hạn"), ("clock", "extension", "pauses")),
}
"""The parts of a ruleset on a page, by the first word of their keys."""
_SAY = {
    "key": words(en="Key", vi="Khóa"), "value": words(en="Value", vi="Giá trị"), "about": words(en="What it is", vi="Ý nghĩa"),
    "source": words(en="Source", vi="Nguồn"), "mark": words(en="Mark", vi="Độ tin cậy"), "yes": words(en="yes", vi="có"),
    "no": words(en="no", vi="không"), "none": words(en="none", vi="không có"), "nothing": words(en="–", vi="–"),
    "marks": words(en="How sure a value is", vi="Độ tin cậy của giá trị"),
    "papers": words(en="Papers", vi="Văn bản"), "numbering": words(en="Number", vi="Số hiệu"),
    "criteria": words(en="Criteria", vi="Tiêu chí"), "counts": words(en="What is counted", vi="Nội dung đếm"),
    "limit": words(en="time limit", vi="thời hạn"), "code": words(en="Code", vi="Mã"), "name": words(en="Name", vi="Tên"),
    "hash": words(en="Hash of what binds", vi="Mã băm của phần ràng buộc"),
    "own": words(en="set by this house", vi="do cơ quan đặt"),
}
_CHOICES = {
    "vote": words(en="a body votes", vi="tập thể biểu quyết"), "one": words(en="one person decides", vi="một người quyết định"),
    "roll": words(en="everyone on the roll", vi="toàn bộ danh sách"), "present": words(en="those who vote", vi="những người bỏ phiếu"),
    "end": words(en="its end", vi="khi chấm dứt"), "act": words(en="the act", vi="khi thực hiện"),
    "discovery": words(en="its discovery", vi="khi phát hiện"), "conclusion": words(en="the conclusion", vi="khi kết luận"),
    "service": words(en="when it is served", vi="khi giao quyết định"), "announcement": words(en="when it is announced", vi="khi công bố"),
    "person": words(en="the person", vi="người được xem xét"), "unit": words(en="the unit", vi="đơn vị"),
    "line": words(en="the units on the line", vi="các đơn vị theo tuyến"),
}
_DAYS = tuple(words(en=en, vi=vi) for en, vi in (("Monday", "thứ Hai"), ("Tuesday", "thứ Ba"), ("Wednesday", "thứ Tư"), ("Thursday", "thứ Năm"),
                                                ("Friday", "thứ Sáu"), ("Saturday", "thứ Bảy"), ("Sunday", "Chủ nhật")))
_CODES_OF = {"ladder": "status", "competence": "level", "standing": "scale", "clock": "span", "extension": "span", "pauses": "span",
             "retention": "retention"}


@dataclass(frozen=True, slots=True)
class Row:
    """One key: its value as it stands and in words, what it is for, where it comes from."""

    key: str
    value: Any
    said: str
    about: str
    source: str
    mark: str

    @property
    def written(self) -> str:
        """The value as the ruleset writes it."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return " ".join(map(str, self.value)) or "[]" if isinstance(self.value, list) else str(self.value)


def rows(ruleset: Ruleset, language: str) -> dict[str, list[Row]]:
    """Every value of a ruleset by part of the page, each part in the order of its families."""
    found: dict[str, list[Row]] = {group: [] for group in GROUPS}
    order = {word: (group, place) for group, (_, firsts) in GROUPS.items() for place, word in enumerate(firsts)}
    for key, value in ruleset.values.items():
        first = key.split(".")[0]
        group = order[first][0]
        source = ruleset.sources.get(key)
        found[group].append(Row(key, list(value) if isinstance(value, tuple) else value, _value(ruleset, key, value, language),
                                _about(ruleset, key, language), source.text.say(language) if source else _SAY["own"].say(language),
                                source.mark if source else ""))
    for some in found.values():
        some.sort(key=lambda row: _place(row.key, order))
    return found


def _place(key: str, order: dict[str, tuple[str, int]]) -> tuple[Any, ...]:
    """Where a key stands in its part: as the families do; what is said of one time limit or one level stands together."""
    first, family = key.split(".")[0], family_of(key)
    place, among = order[first][1], FAMILIES.index(family) if family else -1
    of = key.removeprefix("clock.") if family is None else code_in(key)
    if order[first][0] == "clocks":
        return of, among
    return (place, of, among) if first == "competence" else (place, among, of)


def _about(ruleset: Ruleset, key: str, language: str) -> str:
    first, family = key.split(".")[0], family_of(key)
    of = key.removeprefix("clock.") if first == "clock" else code_in(key)
    said = _SAY["limit"] if family is None else family.says
    if not of:
        return said.say(language)
    parts = (_CODES_OF.get(first, "sanction"), "sanction")
    named = ", ".join(ruleset.term(part, one).say(language) for part, one in zip(parts, codes_in(key) or (of,), strict=False))
    return f"{said.say(language)}: {named}"


def _value(ruleset: Ruleset, key: str, value: Any, language: str) -> str:
    family = family_of(key)
    read = family.read if family else limit
    if isinstance(value, bool):
        return _SAY["yes" if value else "no"].say(language)
    if isinstance(value, tuple):
        terms = family.terms if family else ""
        if read is days:
            return ", ".join(str(one) for one in value) or _SAY["nothing"].say(language)
        return ", ".join(ruleset.term(terms, one).say(language) for one in value) or _SAY["nothing"].say(language)
    if value == "none":
        return _SAY["none"].say(language)
    if read in (limit, period):
        return period_words(value).say(language)
    if read is part_or_limit and "/" not in str(value):
        return period_words(str(value)).say(language)
    if read in (threshold, quorum):
        share = read_quorum(value)
        return share.say().say(language) if share else str(value)
    if read is role:
        return LABELS[Role(value)].say(language)
    if read is week:
        return ", ".join(name.say(language) for name, mark in zip(_DAYS, value, strict=True) if mark == "1")
    return _CHOICES[value].say(language) if value in _CHOICES else str(value)


def page(ruleset: Ruleset, language: str) -> str:
    """The whole ruleset in Markdown; each key is an anchor that other pages point to."""

    def heads(*keys: str) -> list[str]:
        return [_SAY[key].say(language) for key in keys]

    lines = [f"# {ruleset.title.say(language)} (`{ruleset.name}@{ruleset.version}`)", "",
             f"{_SAY['hash'].say(language)}: `{ruleset.law_hash}`", "", f"## {_SAY['marks'].say(language)}", ""]
    lines += table(heads("mark", "about"), ((f"`{mark}`", said.say(language)) for mark, said in MARKS.items()))
    for group, some in rows(ruleset, language).items():
        lines += [f"## {GROUPS[group][0].say(language)}", ""]
        lines += table(heads("key", "value", "about", "source", "mark"), (
            (f'<a id="{r.key}"></a>`{r.key}`', inert(r.said) + ("" if r.said == r.written else f" `{r.written}`"), inert(r.about), inert(r.source),
             f"`{r.mark}`" if r.mark else "–") for r in some))
    if ruleset.papers:
        lines += [f"## {_SAY['papers'].say(language)}", ""]
        lines += table(heads("code", "name", "numbering"), (
            (f"`{p.code}`", inert(p.title.say(language)), f"`{p.numbering}`" if p.numbering else "–") for p in ruleset.papers))
    if ruleset.criteria:
        lines += [f"## {_SAY['criteria'].say(language)}", ""]
        lines += table(heads("code", "name", "counts"), (
            (f"`{c.code}`", inert(c.label.say(language)), inert(c.counts.say(language))) for c in ruleset.criteria))
    return "\n".join(lines)
