"""Mapping by example: from the names of columns and what their cells show, a mapping is proposed, as a text that people correct."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field

from inspect_app.imports.register_facts import BY_CODE, ENOUGH, FACTS, bare, likeness
from inspect_app.imports.register_samples import Sample, Seen
from workflows.words import LANGUAGES, words

IGNORED = "-"
"""The choice that a column means nothing here."""
MOST_KEYS = 8
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_AN_ID = re.compile(r"(^| )(id|no|number|nr|key|so|ma|stt)( |$)|id$")

_PROPOSED = words(en="A proposal, made from the names of columns and a look at the first rows. Correct it, look at the preview, then import.",
                  vi="Bản đề xuất, lập từ tên các cột và nội dung các dòng đầu. Hãy sửa, xem trước, rồi mới nhập.")
_ZONE = words(en="where its days and clocks stood; left out, that of this house",
              vi="múi giờ của ngày giờ trong sổ; nếu bỏ, lấy múi giờ của tổ chức này")
_LOOKED_AT = words(en="{n} rows were looked at", vi="đã xem {n} dòng")
_KEPT = words(en="kept as it is", vi="giữ nguyên")
_FIT = words(en="{share} of the cells fit", vi="{share} số ô khớp")
_CODES = words(en="codes: {codes}", vi="các mã: {codes}")
_UNTIL = words(en="name the column of its last day: what is spent, or says no day, is not taken in",
               vi="ghi cột có ngày cuối: kỷ luật đã hết hiệu lực, hoặc không ghi ngày, thì không được nhập")


@dataclass(slots=True)
class Draft:
    """What is proposed for a table: which column has which meaning, by what it is joined, what its rows are, what tells them apart."""

    name: str
    sample: Sample
    facts: dict[str, str]
    kind: str = "looked_up"
    key: tuple[str, ...] = ()
    repeats: bool = False
    joins: dict[str, str] = field(default_factory=dict)
    parent: str | None = None
    day: str | None = None
    """The column that says when what a row tells happened; of the row above, where its own says nothing of it."""

    def column(self, fact: str) -> str | None:
        """The column with a meaning."""
        return next((column for column, code in self.facts.items() if code == fact), None)


def drafted(samples: Sequence[Sample], chosen: Mapping[tuple[str, str], str] | None = None, units: Container[str] = ()) -> list[Draft]:
    """What is proposed for each table. `chosen` are meanings that somebody gave, by table and column; a table with any is not guessed at. `units` are
    the units of this organisation, by bare code and name: a column tells of them where most of its values do."""
    drafts: list[Draft] = []
    for sample in samples:
        name = table_name(sample.place.stem, [draft.name for draft in drafts])
        given = {column: code for (table, column), code in (chosen or {}).items() if table == sample.place.name}
        facts = {c: code for c, code in given.items() if code in BY_CODE and sample.column(c) is not None}
        facts = facts if given else _with_units(_guessed(sample), sample, units)
        drafts.append(Draft(name, sample, facts))
    for draft in drafts:
        draft.kind = _kind(draft)
        ids = [c for c in draft.sample.columns if c.is_unique and c.filled == 1 and c.type in ("text", "number")]
        best = next((c for c in ids if _AN_ID.search(bare(c.name))), None)
        draft.key = (best.name,) if best is not None else ()
    for draft in drafts:
        _join(draft, drafts)
    for draft in drafts:
        draft.day = _day(draft, drafts)
        if not draft.key:
            upper = next((other.sample for other in drafts if other.name == draft.parent), None)
            above = frozenset(c.name for c in upper.columns) if upper is not None else frozenset()
            draft.key, draft.repeats = _all_that_tells(draft, above), True
    return drafts


def table_name(stem: str, taken: Sequence[str]) -> str:
    """What a table or a register is called in a mapping, by what it is called outside."""
    name = re.sub(r"[^a-z0-9]+", "_", bare(stem)).strip("_")[:40] or "rows"
    name = name if name[0].isalpha() else f"t_{name}"
    return name if name not in taken else f"{name}_{len(taken) + 1}"


def _guessed(sample: Sample) -> dict[str, str]:
    """Each meaning goes to the column that says it best, where its cells are of the type that it takes."""
    ranked = sorted(((likeness(column.name, fact), column.name, fact) for column in sample.columns for fact in FACTS if _fits(column, fact.type)),
                    key=lambda one: -one[0])
    found: dict[str, str] = {}
    for score, column, fact in ranked:
        if score >= ENOUGH and column not in found and fact.code not in found.values():
            found[column] = fact.code
    return found


def _with_units(facts: dict[str, str], sample: Sample, units: Container[str]) -> dict[str, str]:
    """The meanings, where a column with units tells of ours; else it says what was inspected, if none does so already."""
    column = next((name for name, code in facts.items() if code == "unit"), None)
    if column is None:
        return facts
    said = sample.values.get(column, frozenset()) - {""}
    if said and 2 * sum(1 for one in said if bare(one) in units) >= len(said):
        return facts
    rest = {name: code for name, code in facts.items() if name != column}
    return rest if "subject" in rest.values() else facts | {column: "subject"}


def _fits(column: Seen, kind: str) -> bool:
    return column.type == kind if kind in ("day", "number") else column.type != "day"


def _kind(draft: Draft) -> str:
    """What the rows of a table are: sanctions, findings, inspections, or something that others look up."""
    has = set(draft.facts.values())
    days = {code for code in has if BY_CODE[code].type == "day"}
    if {"person", "sanction"} <= has or {"sanction", "imposed_on"} <= has:
        return "sanctions"
    if has & {"norm", "finding", "measure", "done_on"} and days:
        return "findings"
    return "inspections" if "inspected_on" in has and has & {"occasion", "inspector", "result", "subject", "unit"} else "looked_up"


def _join(draft: Draft, drafts: list[Draft]) -> None:
    """The tables whose key stands in a column of this one: the names are the same, and so are almost all values that can be compared."""
    for other in drafts:
        if other is draft or not other.key:
            continue
        key = other.key[0]
        if draft.key == other.key or draft.sample.column(key) is None:
            continue
        mine, theirs = draft.sample.values.get(key, frozenset()), other.sample.values.get(key, frozenset())
        if other.sample.whole and mine and len(mine & theirs) < 0.5 * len(mine):
            continue
        draft.joins[other.name] = key
        if other.kind == "inspections" and draft.kind in ("findings", "sanctions"):
            draft.parent = other.name


def _day(draft: Draft, drafts: list[Draft]) -> str | None:
    own = next((column for fact in ("found_on", "inspected_on", "imposed_on") if (column := draft.column(fact)) is not None), None)
    upper = next((other for other in drafts if other.name == draft.parent), None)
    if own is None and upper is not None and (above := upper.column("inspected_on")) is not None:
        return f"{upper.name}.{above}"
    later = {column for column, code in draft.facts.items() if code in ("due", "done_on", "until")}
    return own or next((c.name for c in draft.sample.columns if c.type == "day" and c.name not in later), None) or next(
        (c.name for c in draft.sample.columns if c.type == "day"), None)


def _all_that_tells(draft: Draft, above: frozenset[str]) -> tuple[str, ...]:
    """Columns that together tell rows apart where no single one does: what they belong to, then what they say, but for what may change later
    and what the row `above` says already."""
    later = {"done_on", "measure", "due", "days", "result", "until"}
    said = [c for c in draft.sample.columns if draft.facts.get(c.name) not in later and c.type in ("text", "number") and not c.codes
            and c.name not in above]
    short = [c.name for c in said if max((len(s) for s in c.samples), default=0) < 60 and c.samples]
    day = [column for column, code in draft.facts.items() if code in ("inspected_on", "found_on", "imposed_on") and column not in above][:1]
    joined = [draft.joins[draft.parent]] if draft.parent is not None else [*draft.joins.values()]
    return tuple(dict.fromkeys([*joined, *day, *short]))[:MOST_KEYS] or tuple(c.name for c in draft.sample.columns[:MOST_KEYS])


def proposal(drafts: Sequence[Draft], register: str, encoding: str | None = None, language: str = LANGUAGES[0]) -> str:
    """The mapping that is proposed, as TOML, with what was seen in remarks, in `language`."""
    lines = [f"# {_PROPOSED.say(language)}", "",
             f"register = {_text(register)}", f"# zone = \"Asia/Ho_Chi_Minh\"   # {_ZONE.say(language)}",
             *([f"encoding = {_text(encoding)}"] if encoding else []), ""]
    for draft in drafts:
        lines += [*_table(draft, language), ""]
    for draft in drafts:
        done, since = draft.column("done_on"), draft.day
        if draft.kind == "findings" and done and since and done != since:
            lines += ["[[contradictions]]", f'name = "{draft.name}_remedied_before_found"', f"table = {_text(draft.name)}",
                      f'case = "{draft.name}_action"',
                      'says = { en = "It was remedied before it was found.", vi = "Ngày khắc phục có trước ngày phát hiện." }',
                      f'where = [{{ column = {_text(done)}, asks = "before", to = {_text(since)} }}]', ""]
    return "\n".join(lines)


def _table(draft: Draft, language: str) -> list[str]:
    place, at = draft.sample.place, f"tables.{draft.name}"
    lines = [f"[{at}]   # {_LOOKED_AT.say(language, n=draft.sample.rows)}", f"{'sheet' if place.sheet else 'file'} = {_text(place.name)}",
             f"key = [{', '.join(map(_text, draft.key))}]"]
    lines += ["repeats = true"] if draft.repeats else []
    lines += [f"joins.{other} = [{_text(column)}]" for other, column in draft.joins.items()]
    lines += ["", f"[{at}.columns]"]
    for column in draft.sample.columns:
        code = draft.facts.get(column.name)
        remark = [(BY_CODE[code].label if code else _KEPT).say(language), _FIT.say(language, share=f"{column.share:.0%}")]
        remark += [_CODES.say(language, codes=", ".join(" ".join(code.split()) for code in column.codes))] if column.codes else []
        lines.append(f"{_key(column.name)} = {{ {_declared(column, code, draft)} }}   # {'; '.join(remark)}")
    if (due := _due(draft)) is not None and due[1] is not None:
        lines += ["", f"[{at}.computed]", f"due_day = {{ day = {_text(due[0])}, plus_days = {_text(due[1])} }}"]
    return [*lines, *_cases(draft, language)]


def _declared(column: Seen, code: str | None, draft: Draft) -> str:
    is_key = column.name in draft.key or column.name in draft.joins.values()
    told = [f'type = "{column.type}"'] if column.type != "text" and not (is_key and column.type == "number") else []
    if column.formats:
        told.append(f"formats = [{', '.join(map(_text, column.formats))}]")
    if code in ("person", "sanction") or (draft.kind == "sanctions" and code in ("until", "norm", "finding")):
        told.append('class = "sensitive"')
    if column.name in (draft.key if not draft.repeats else draft.joins.values()) or code in ("inspected_on", "found_on", "imposed_on"):
        told.append("needed = true")
    return ", ".join(told)


def _due(draft: Draft) -> tuple[str, str | None] | None:
    """The column of the day by which something is to be remedied; or the day and the number of days it is counted from."""
    if (due := draft.column("due")) is not None:
        return due, None
    since, days = draft.day, draft.column("days")
    return (since, days) if since is not None and days is not None else None


def _cases(draft: Draft, language: str) -> list[str]:
    day = draft.day
    if draft.kind == "looked_up" or day is None:
        return []
    match draft.kind:
        case "inspections":
            subject = "subject" if draft.column("subject") else "unit"
            return _case(draft, "", "past_inspection", None, [
                _event(draft, "inspect", day, {"subject": subject, "occasion": "occasion"}, by="inspector"),
                *([_event(draft, "conclude", day, {"conclusion": "result"}, by="inspector", when=("present", draft.column("result")))]
                  if draft.column("result") else [])])
        case "sanctions":
            until = draft.column("until")
            said = f"sanction = {{ until = {_text(until)} }}" if until else \
                f"# sanction = {{ until = \"…\" }}   # {_UNTIL.say(language)}"
            return [*_case(draft, "", "past_sanction", None, [
                _event(draft, "impose", draft.column("imposed_on") or day,
                       {"person": "person", "sanction": "sanction", "norm": "norm", "act": "finding", "until": "until"})]), said]
    under = draft.parent
    found = _case(draft, "", "past_finding", under, [
        _event(draft, "find", day, {"norm": "norm", "severity": "severity", "finding": "finding", "place": "place"},
               by=None if under else "inspector")])
    return [*found, *_action(draft, day)]


def _action(draft: Draft, day: str) -> list[str]:
    done, due = draft.column("done_on"), _due(draft)
    if not (done or due or draft.column("measure")):
        return []
    by = due[0] if due and due[1] is None else "due_day" if due else None
    data = [f"measure = {_text(column)}"] if (column := draft.column("measure")) else []
    data += [f"due = {_text(by)}"] if by else []
    events = [f'{{ trigger = "require", on = {_text(day)}, data = {{ {", ".join(data)} }} }}']
    if done and by:
        events += [f'{{ trigger = "remedy_late", on = {_text(done)}, when = [{{ column = {_text(done)}, asks = "after", to = {_text(by)} }}] }}',
                   f'{{ trigger = "remedy", on = {_text(done)}, when = [{{ column = {_text(done)}, asks = "not_after", to = {_text(by)} }}] }}']
    elif done:
        events.append(f'{{ trigger = "remedy", on = {_text(done)} }}')
    return _case(draft, "_action", "past_action", f"{draft.name}_row", events)


def _case(draft: Draft, ending: str, workflow: str, under: str | None, events: list[str]) -> list[str]:
    alone = ("unit", "subject", "inspected_on") if draft.parent is None else ()
    telling = ("norm", "place", *alone, "found_on") if draft.kind == "findings" else ("unit", "subject", "occasion", "inspected_on")
    unit = draft.column("unit") if ending == "" else None
    shown = [column for fact in telling if draft.kind != "sanctions" and (column := draft.column(fact)) is not None]
    name = f"{draft.name}{ending or '_row'}"
    above = f"{under}_row" if under is not None and not under.endswith("_row") else under
    return ["", f"[[tables.{draft.name}.cases]]", f"name = {_text(name)}", f"workflow = {_text(workflow)}",
            *([f"under = {_text(above)}"] if above else []), *([f"unit = {_text(unit)}"] if unit else []),
            f"title = {_text(' '.join('{' + column + '}' for column in shown) or '{key}')}",
            "events = [", *(f"    {event}," for event in events), "]"]


def _event(draft: Draft, trigger: str, on: str, data: Mapping[str, str], *, by: str | None = None, when: tuple[str, str | None] | None = None) -> str:
    told = [f'trigger = "{trigger}"', f"on = {_text(on)}"]
    if by and (column := draft.column(by)):
        told.append(f"by = {_text(column)}")
    said = [f"{name} = {_text(column)}" for name, fact in data.items() if (column := draft.column(fact))]
    if said:
        told.append(f"data = {{ {', '.join(said)} }}")
    if when and when[1]:
        told.append(f'when = [{{ column = {_text(when[1])}, asks = "{when[0]}" }}]')
    return f"{{ {', '.join(told)} }}"


def _text(said: str) -> str:
    """A text of TOML."""
    escaped = said.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _text(name)
