"""Workflows as pictures and tables: a neutral model is drawn out of the definition, and each renderer reads only the
model.

`model` gives the picture as data; `mermaid`, `dot` and `svg` write it down; `tables` is the whole law in Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from workflows import effects as fx
from workflows.definition import ANY, START, Transition, Workflow
from workflows.draw_svg import svg
from workflows.guards import Guard
from workflows.inputs import EVERYONE, HANDLERS, PARTIES, Choice, Input, Klass, Many
from workflows.markdown import inert, table
from workflows.roles import LABELS, Role
from workflows.words import Words, named, words

__all__ = ["Diagram", "Edge", "Node", "dot", "mermaid", "model", "svg", "tables"]


@dataclass(frozen=True, slots=True)
class Node:
    """A state as it is drawn; `stays` counts the acts of the table that keep it."""

    name: str
    label: str
    final: bool = False
    current: bool = False
    visited: bool = False
    stays: int = 0
    link: str = ""
    """Where it leads to take the step to this state, for whoever may."""
    act: str = ""
    """What that step is called."""
    shut: str = ""
    """Why it cannot be reached yet by a step that would be the reader's."""

    def with_step(self, link: str, act: str, shut: str) -> Node:
        """The same with the step that leads to it."""
        return replace(self, link=link, act=act, shut=shut)


@dataclass(frozen=True, slots=True)
class Edge:
    """All transitions from one state to another, merged; the source is empty for an opening."""

    source: str
    dest: str
    triggers: tuple[str, ...]
    labels: tuple[str, ...]

    @property
    def label(self) -> str:
        return " / ".join(dict.fromkeys(self.labels))


@dataclass(frozen=True, slots=True)
class Diagram:
    """A workflow as nodes and edges in one language, with the case's place in it where there is a case."""

    name: str
    version: int
    title: str
    language: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    current: str | None = None


def model(workflow: Workflow, language: str = "en", current: str | None = None,
          visited: frozenset[str] = frozenset()) -> Diagram:
    """The picture as data. Entries and acts that keep the state are counted, not drawn. Raises ValueError for strange
    states."""
    strange = sorted(({current} if current else set()) | visited - {START})
    strange = [name for name in strange if name not in workflow.by_name]
    if strange:
        raise ValueError(f"“{workflow.name}” has no state {', '.join(strange)}")
    merged: dict[tuple[str, str], list[Transition]] = {}
    stays = dict.fromkeys(workflow.by_name, 0)
    for t in workflow.transitions:
        for source in _sources(workflow, t):
            dest = workflow.arrives(source, t)
            if source == dest:
                stays[source] += 1
            else:
                merged.setdefault((source, dest), []).append(t)
    nodes = tuple(Node(s.name, s.label.say(language), s.final, s.name == current, s.name in visited
                       and s.name != current,
                       stays[s.name]) for s in workflow.states)
    edges = tuple(Edge(source, dest, tuple(t.trigger for t in ts), tuple(t.label.say(language) for t in ts))
                  for (source, dest), ts in merged.items())
    return Diagram(workflow.name, workflow.version, workflow.title.say(language), language, nodes, edges, current
                   or None)


def _sources(workflow: Workflow, t: Transition) -> tuple[str, ...]:
    if t.sources == (ANY,):
        return tuple(s.name for s in workflow.states if not s.final)
    return t.sources


# Text renderers -----------------------------------------------------------------------------------------------------

_MERMAID = {ord(c): f"#{ord(c)};" for c in "#;:\"%<>&{}[]\\`"} | {ord("\n"): " ", ord("\r"): " "}
_RESERVED = {"state", "note", "end", "class", "classdef", "direction", "as", "hide", "click", "style", "default"}


def mermaid(d: Diagram) -> str:
    """The picture as a Mermaid `stateDiagram-v2`."""
    ids = {n.name: n.name if re.fullmatch(r"[A-Za-z]\w*", n.name, re.ASCII) and n.name.lower() not in _RESERVED
           else f"s{i}_"
           for i, n in enumerate(d.nodes)}
    lines = ["stateDiagram-v2", f"    %% {d.name}@{d.version}".replace("\n", " "), "    direction TB"]
    lines += [f'    state "{n.label.translate(_MERMAID)}" as {ids[n.name]}' for n in d.nodes]
    lines += [f"    {ids.get(e.source, '[*]')} --> {ids[e.dest]} : {e.label.translate(_MERMAID)}" for e in d.edges]
    lines += [f"    {ids[n.name]} --> [*]" for n in d.nodes if n.final]
    for mark, names in (("current", [ids[n.name] for n in d.nodes if n.current]),
                        ("visited", [ids[n.name] for n in d.nodes if n.visited])):
        if names:
            lines.append(f"    classDef {mark} stroke-width:{4 if mark == 'current' else 2}px")
            lines.append(f"    class {','.join(names)} {mark}")
    return "\n".join(lines) + "\n"


def dot(d: Diagram) -> str:
    """The picture in the DOT language of Graphviz."""
    start = next(name for i in range(len(d.nodes) + 1) if (name := f"start{i or ''}") not in {n.name for n in d.nodes})
    lines = [f"digraph {_quoted(d.name)} {{", f"  label={_quoted(d.title)};", "  rankdir=TB;",
             '  node [shape=box, style="rounded"];', f"  {_quoted(start)} [shape=point];"]
    for n in d.nodes:
        extra = (", peripheries=2" if n.final else "") + (", penwidth=4" if n.current else ", penwidth=2" if n.visited
                                                          else "")
        lines.append(f"  {_quoted(n.name)} [label={_quoted(n.label)}{extra}];")
    lines += [f"  {_quoted(e.source or start)} -> {_quoted(e.dest)} [label={_quoted(e.label)}];" for e in d.edges]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "") + '"'


# Tables -------------------------------------------------------------------------------------------------------------

_SAY: dict[str, Words] = {
    "states": words(en="States", vi="Trạng thái"),
    "acts": words(en="Acts", vi="Các bước"),
    "entries": words(en="Entries, open in every state", vi="Việc ghi thêm, ở mọi trạng thái"),
    "clocks": words(en="Time limits", vi="Thời hạn"),
    "state": words(en="State", vi="Trạng thái"),
    "code": words(en="Code", vi="Mã"),
    "end": words(en="End", vi="Kết thúc"),
    "settled": words(en="Settled", vi="Đã có kết quả"),
    "stays_open": words(en="Acts that keep it", vi="Số bước giữ nguyên trạng thái"),
    "act": words(en="Act", vi="Bước"),
    "from": words(en="From", vi="Từ"),
    "to": words(en="To", vi="Đến"),
    "who": words(en="Who", vi="Ai"),
    "rules": words(en="Rules", vi="Điều kiện"),
    "asked": words(en="Asked for", vi="Nội dung phải ghi"),
    "effects": words(en="What follows", vi="Hệ quả"),
    "clock": words(en="Time limit", vi="Thời hạn"),
    "begins": words(en="Begins with", vi="Bắt đầu từ"),
    "stops": words(en="Stops with", vi="Dừng khi"),
    "then": words(en="When it runs out", vi="Khi hết hạn"),
    "start": words(en="(start)", vi="(bắt đầu)"),
    "any": words(en="any state", vi="mọi trạng thái"),
    "open": words(en="any open state", vi="mọi trạng thái chưa kết thúc"),
    "same": words(en="stays", vi="giữ nguyên"),
    "yes": words(en="yes", vi="có"),
    "no": words(en="no", vi="không"),
    "optional": words(en="optional", vi="không bắt buộc"),
    "readers": words(en="read by", vi="người được đọc"),
    "everyone": words(en="everyone in the case", vi="mọi người trong vụ việc"),
    "parties": words(en="handlers and parties", vi="người xử lý và các bên"),
    "handlers": words(en="handlers", vi="người xử lý"),
    "paused": words(en="also while paused", vi="cả khi tạm dừng"),
    "standing": words(en="touches a person's standing: never in a batch",
                      vi="liên quan địa vị cá nhân: không làm hàng loạt"),
    "above": words(en="whoever answers for the office above becomes: superior", vi="người phụ trách chức vụ cấp trên trở thành: cấp trên"),
    "all_stop": words(en="all time limits stop", vi="dừng mọi thời hạn"),
    "overdue": words(en="it is shown as overdue", vi="báo quá hạn"),
}
_KLASS = {
    Klass.PLAIN: words(en="plain", vi="thường"),
    Klass.PERSONAL: words(en="personal", vi="cá nhân"),
    Klass.SENSITIVE: words(en="sensitive", vi="nhạy cảm"),
    Klass.SEALED: words(en="sealed", vi="niêm phong"),
}
_KIND = {
    "text": words(en="text", vi="chữ"), "choice": words(en="choice", vi="lựa chọn"), "day": words(en="day", vi="ngày"),
    "number": words(en="number", vi="số"), "yes": words(en="yes or no", vi="có hoặc không"), "person": words(en="person", vi="người"),
    "office": words(en="office", vi="chức vụ"), "unit": words(en="unit", vi="đơn vị"), "case": words(en="case", vi="vụ việc"),
    "evidence": words(en="evidence", vi="chứng cứ"), "many": words(en="rows", vi="danh sách"),
    "listed": words(en="what the ruleset lists", vi="mục do bộ quy định liệt kê"), "computed": words(en="worked out", vi="hệ thống tính"),
}
"""How each kind of input is answered."""
_HOW = {
    "spent": words(en="spent", vi="đã chấm dứt hiệu lực"), "varied": words(en="varied", vi="đã được thay đổi"),
    "revoked": words(en="revoked", vi="đã bị hủy bỏ"),
}
"""Why a sanction no longer stands."""
_EFFECT: dict[type[fx.Effect], Words] = {
    fx.Serve: words(en="letter “{letter}” to: {role}", vi="gửi văn bản “{letter}” cho: {role}"),
    fx.StartClock: words(en="time limit “{name}” begins", vi="bắt đầu thời hạn “{name}”"),
    fx.StopClock: words(en="time limit “{name}” stops", vi="dừng thời hạn “{name}”"),
    fx.Appoint: words(en="whoever is named at “{input}” becomes: {role}", vi="người nêu tại “{input}” trở thành: {role}"),
    fx.Dismiss: words(en="whoever is named at “{input}” is no longer: {role}", vi="người nêu tại “{input}” thôi là: {role}"),
    fx.Recuse: words(en="whoever declares it takes no further part", vi="người khai thôi tham gia"),
    fx.Reinstate: words(en="whoever is named at “{input}” may take part again", vi="người nêu tại “{input}” được tham gia lại"),
    fx.Take: words(en="the person acting becomes: {role}", vi="người thực hiện trở thành: {role}"),
    fx.Hold: words(en="whoever holds “{input}” becomes: {role}", vi="người giữ “{input}” trở thành: {role}"),
    fx.Move: words(en="the case belongs to: {input}", vi="vụ việc thuộc: {input}"),
    fx.Seat: words(en="the body in “{input}” decides", vi="cơ quan tại “{input}” kết luận"),
    fx.Tell: words(en="the system fires “{trigger}” in each case of “{workflow}” it concerns",
                   vi="hệ thống thực hiện “{trigger}” trong từng vụ việc “{workflow}” liên quan"),
    fx.Away: words(en="time limits do not count the days away", vi="thời hạn không tính những ngày vắng mặt"),
    fx.Open: words(en="opens “{workflow}”", vi="mở “{workflow}”"),
    fx.Route: words(en="it goes its way by who is named in “{named}”", vi="chuyển đến nơi xử lý theo người được nêu tại “{named}”"),
    fx.Due: words(en="due on the day in “{input}”", vi="hạn là ngày tại “{input}”"),
    fx.Extend: words(en="time limit “{clock}” ends on the day in “{until}”", vi="thời hạn “{clock}” kéo dài đến ngày tại “{until}”"),
    fx.Recount: words(en="time limits are derived again under the calendar in force", vi="thời hạn được tính lại theo lịch đang áp dụng"),
    fx.Outage: words(en="what would end on these days ends one working day later",
                     vi="thời hạn hết trong những ngày này được lùi sang ngày làm việc kế tiếp"),
    fx.Pause: words(en="the case is paused", vi="vụ việc tạm dừng"),
    fx.Resume: words(en="the case runs on", vi="vụ việc tiếp tục"),
    fx.Notify: words(en="the respondent learns the allegations", vi="người được xem xét được thông báo nội dung"),
    fx.Hear: words(en="the respondent was heard", vi="người được xem xét đã được nghe"),
    fx.Sanction: words(en="the sanction in “{input}” is imposed", vi="áp dụng hình thức tại “{input}”"),
    fx.EndSanction: words(en="the sanction no longer stands: {how}", vi="hình thức không còn giá trị: {how}"),
    fx.TellAgain: words(en="letter “{letter}” to whoever was told before", vi="gửi văn bản “{letter}” cho mọi người đã được thông báo trước đây"),
    fx.Attach: words(en="the evidence becomes an item of the case", vi="chứng cứ được đưa vào vụ việc"),
    fx.Issue: words(en="the paper becomes an item of the case and takes the next number of its series",
                    vi="văn bản được đưa vào vụ việc và lấy số kế tiếp của dãy số"),
    fx.Withdraw: words(en="the item in “{input}” is no longer cited",
                       vi="chứng cứ tại “{input}” không còn được viện dẫn"),
    fx.Erase: words(en="what “{input}” lists is taken out of the contents; every commitment stays",
                    vi="nội dung nêu tại “{input}” bị xóa; mọi cam kết vẫn còn"),
    fx.Dispose: words(en="of the case stay its bare course, every commitment and a certificate",
                      vi="chỉ còn diễn biến trần của vụ việc, mọi cam kết và biên bản hủy"),
}


class _Table:
    """The words of one workflow in one language."""

    def __init__(self, workflow: Workflow, language: str) -> None:
        self.w, self.language, self.names = workflow, language, workflow.called(language)

    def say(self, key: str) -> str:
        return _SAY[key].say(self.language)

    def state(self, name: str) -> str:
        return self.w.by_name[name].label.say(self.language)

    def act(self, trigger: str) -> str:
        known = self.w.triggers.get(trigger)
        return known[0].label.say(self.language) if known else trigger

    def sources(self, t: Transition) -> str:
        if t.sources == (ANY,):
            return self.say("any" if t in self.w.entries else "open")
        return ", ".join(self.state(s) if s != START else self.say("start") for s in t.sources)

    def guard(self, guard: Guard) -> str:
        return guard.unasked(self.language, self.names).inner

    def readers(self, roles: tuple[Role, ...]) -> str:
        for key, group in (("everyone", EVERYONE), ("parties", PARTIES), ("handlers", HANDLERS)):
            if roles == group:
                return self.say(key)
        return ", ".join(LABELS[r].say(self.language) for r in roles)

    def input(self, i: Input) -> str:
        about = [_KLASS[i.klass].say(self.language), f"{self.say('readers')}: {self.readers(i.readers)}"]
        about += [] if i.required else [self.say("optional")]
        text = f"{i.label.say(self.language)} `{i.name}` ({_KIND[i.kind].say(self.language)}; {'; '.join(about)})"
        if isinstance(i, Choice):
            text += ": " + ", ".join(label.say(self.language) for _, label in i.options)
        if isinstance(i, Many):
            text += " [" + "; ".join(self.input(column) for column in i.of) + "]"
        return text

    def effect(self, e: fx.Effect, inputs: dict[str, Input]) -> str:
        if isinstance(e, fx.StopClock) and e.name is None:
            return self.say("all_stop")
        if isinstance(e, fx.Hold) and e.above:
            return self.say("above")
        said: dict[str, object] = {}
        for f in fields(e):
            value = getattr(e, f.name)
            if isinstance(value, Role):
                value = LABELS[value].say(self.language)
            elif isinstance(value, str) and f.name in ("input", "named", "until"):
                value = inputs[value].label.say(self.language) if value in inputs else named(self.names, "input", value)
            elif isinstance(e, (fx.StartClock, fx.StopClock)) and f.name == "name":
                value = named(self.names, "clock", value)
            elif f.name == "how":
                value = _HOW[value].say(self.language) if value in _HOW else value
            elif isinstance(value, str):
                value = named(self.names, f.name, value, getattr(e, "workflow", self.w.name))
            said[f.name] = value
        return _EFFECT[type(e)].say(self.language, **said)

    def rows(self, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
        return table(map(self.say, heads), (map(inert, row) for row in rows))

    def acts(self, transitions: tuple[Transition, ...]) -> list[str]:
        rows = []
        for t in transitions:
            inputs = {i.name: i for i in t.inputs}
            marks = [self.say(k) for k, on in (("standing", t.standing), ("paused", t.while_paused)) if on]
            rows.append((t.label.say(self.language), f"`{t.trigger}`", self.sources(t),
                         self.say("same") if t.dest == ANY else self.state(t.dest),
                         ", ".join(LABELS[r].say(self.language) for r in t.who),
                         "\n".join(self.guard(g) for g in t.checks), "\n".join(map(self.input, t.inputs)),
                         "\n".join([*(self.effect(e, inputs) for e in t.effects), *marks])))
        return self.rows(("act", "code", "from", "to", "who", "rules", "asked", "effects"), rows)

    def clock(self, name: str) -> str:
        called = named(self.names, "clock", name)
        return f"`{name}`" if called == name else f"{called} `{name}`"

    def clocks(self) -> list[str]:
        everything = (*self.w.transitions, *self.w.entries)
        rows = []
        for clock in self.w.clocks:
            starts = [(t, e) for t in everything for e in t.effects if isinstance(e, fx.StartClock) and e.name == clock]
            stops = [t for t in everything for e in t.effects if isinstance(e, fx.StopClock)
                     and e.name in (clock, None)]
            then = [self.act(e.then) for _, e in starts if e.then] or [self.say("overdue")]
            rows.append((self.clock(clock), ", ".join(dict.fromkeys(t.label.say(self.language) for t, _ in starts)),
                         ", ".join(dict.fromkeys(t.label.say(self.language) for t in stops)),
                         ", ".join(dict.fromkeys(then))))
        return self.rows(("clock", "begins", "stops", "then"), rows)


def tables(workflow: Workflow, language: str = "en") -> str:
    """The whole law of a workflow in Markdown: states, acts with their rules, inputs and effects, entries, time
    limits."""
    t = _Table(workflow, language)
    stays = {n.name: n.stays for n in model(workflow, language).nodes}
    lines = [f"# {workflow.title.say(language)} (`{workflow.name}@{workflow.version}`)", "", f"## {t.say('states')}",
             ""]
    lines += t.rows(("state", "code", "end", "settled", "stays_open"), (
        (s.label.say(language), f"`{s.name}`", t.say("yes" if s.final else "no"),
         t.say("yes" if workflow.is_settled(s.name) else "no"),
         str(stays[s.name])) for s in workflow.states))
    lines += [f"## {t.say('acts')}", "", *t.acts(workflow.transitions)]
    if workflow.entries:
        lines += [f"## {t.say('entries')}", "", *t.acts(workflow.entries)]
    if workflow.clocks:
        lines += [f"## {t.say('clocks')}", "", *t.clocks()]
    return "\n".join(lines)


def effect_words(workflow: Workflow, transition: Transition, effect: fx.Effect, language: str) -> str:
    """One effect of a transition in words, as the manual has it."""
    asked = {i.name: i for t in workflow.transitions for i in t.inputs} | {i.name: i for i in transition.inputs}
    return _Table(workflow, language).effect(effect, asked)
