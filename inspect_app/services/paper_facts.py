"""What the places of a paper's text stand for: the facts of one case as they stood with the event that the paper is of, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from babel.dates import format_date
from sqlalchemy import or_, select

from inspect_app import i18n
from inspect_app.access.reading import DELICATE, declared
from inspect_app.db import Session
from inspect_app.exports.papers import Piece, levelled
from inspect_app.exports.pdf import Rows
from inspect_app.models import case_role, cases, clock, office, person, unit
from inspect_app.services import setup
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import named_in, told
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.inputs import Input, Many
from workflows.paper_kinds import ANY_ACT, SECRET, PaperKind, readable
from workflows.paper_text import Block, Kind, pieces

BLANK = "……………"
"""What stands where there is nothing to say: to be filled in by hand."""
LONG_DAY = {"vi": "'ngày' dd 'tháng' MM 'năm' y", "en": "d MMMM y"}


def event_for(events: list[Event], kind: PaperKind, row: CaseRow) -> Event | None:
    """The newest event that gives this paper in this case; None where none does yet."""
    triggers = kind.acts.get(row.workflow.name, ())
    drawn = [e for e in events if e.trigger and e.trigger != "issue_paper" and (ANY_ACT in triggers or e.trigger in triggers)]
    return drawn[-1] if drawn else None


class Filling(Protocol):
    """What the places of a text stand for."""

    def value(self, name: str) -> str | None:
        """What a place stands for; None where there is nothing to say."""

    def rows(self, name: str) -> tuple[Rows, ...]:
        """The rows of an input, each as labels and words."""

    def everything(self) -> Iterator[Piece]:
        """All that the act was told and the readers may read."""


@dataclass
class Facts:
    """The facts of a case for one paper. `delicate` says, once the text was filled in, whether it tells of anything delicate."""

    session: Session
    house: House
    actor: Actor
    row: CaseRow
    kind: PaperKind
    events: list[Event]
    of: Event
    language: str
    reference: str | None
    day: date
    delicate: bool = False
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.events = [e for e in self.events if e.seq <= self.of.seq]
        flow = self.row.workflow
        people = [e.actor for e in self.events] + [e.recorded_for for e in self.events if e.recorded_for] + named_in(flow, self.events, "person")
        offices, units = named_in(flow, self.events, "office"), named_in(flow, self.events, "unit")
        told = (select(person.c.uid, person.c.full_name).where(person.c.uid.in_(set(people))),
                select(office.c.code, office.c.title).where(office.c.code.in_(set(offices))),
                select(unit.c.code, unit.c.name).where(unit.c.code.in_(set(units))))
        self.names = {code: name for query in told for code, name in self.session.execute(query)}

    @property
    def rules(self) -> Any:
        return self.house.catalogue.rulesets_by_name[self.row.ruleset]

    def value(self, name: str) -> str | None:
        """What a place stands for; None where there is nothing to say."""
        family, dot, own = name.partition(".")
        if not dot:
            return _FACTS[name](self) or None
        match family:
            case "said":
                return self._said(own)
            case "part":
                return self._part(own)
            case "due":
                return self._due(own)
        return None

    def _said(self, name: str) -> str | None:
        found = self._newest(name)
        if found is None or isinstance(found[1], Many) or found[2] in (None, "", []):
            return None
        event, i, value = found
        self._told(i)
        pairs = told(self.row.workflow, self.rules, self.language, event.trigger, {name: value}, self.names)
        words = pairs[0][1] if pairs else None
        return words if isinstance(words, str) else "; ".join(f"{a}: {b}" for one in words or () for a, b in one) or None

    def rows(self, name: str) -> tuple[Rows, ...]:
        """The rows of an input, each as labels and words, without the columns that not everybody may read."""
        found = self._newest(name)
        return self._rows(*found) if found is not None else ()

    def _rows(self, event: Event, i: Input, value: Any) -> tuple[Rows, ...]:
        if not isinstance(i, Many) or not isinstance(value, list):
            return ()
        columns = {c.name: c for c in i.of if readable(c, self.kind)}
        for c in (i, *columns.values()):
            self._told(c)
        shown = [{key: one for key, one in line.items() if key in columns} for line in value if isinstance(line, dict)]
        pairs = told(self.row.workflow, self.rules, self.language, event.trigger, {i.name: shown}, self.names)
        lines = pairs[0][1] if pairs and not isinstance(pairs[0][1], str) else []
        return tuple(tuple((str(label), str(words)) for label, words in line) for line in lines)

    def everything(self) -> Iterator[Piece]:
        """All that the act was told and the readers of the paper may read, in the order of the form."""
        inputs = declared(self.row.workflow, self.of.trigger)
        plain: list[tuple[str, str]] = []
        for name, value in self.of.data.items():
            i = inputs.get(name)
            if i is None or not readable(i, self.kind) or value in (None, "", []):
                continue
            if isinstance(i, Many):
                yield from self._flush(plain)
                pairs = told(self.row.workflow, self.rules, self.language, self.of.trigger, {name: value}, self.names)
                if pairs and (rows := self._rows(self.of, i, value)):
                    yield Piece("heading", (pairs[0][0],))
                    yield Piece("rows", rows=rows)
                continue
            self._told(i)
            plain += [(label, words) for label, words in told(self.row.workflow, self.rules, self.language, self.of.trigger, {name: value},
                                                              self.names) if isinstance(words, str)]
        yield from self._flush(plain)

    @staticmethod
    def _flush(plain: list[tuple[str, str]]) -> Iterator[Piece]:
        if plain:
            yield Piece("told", rows=(tuple(plain),))
            plain.clear()

    def _newest(self, name: str) -> tuple[Event, Input, Any] | None:
        """The newest answer to an input that everybody who reads the paper may read."""
        for e in reversed(self.events):
            i = declared(self.row.workflow, e.trigger).get(name) if name in e.data else None
            if i is not None and readable(i, self.kind):
                return e, i, e.data[name]
        return None

    def _told(self, i: Input) -> None:
        self.delicate = self.delicate or i.klass in DELICATE

    def _part(self, role: str) -> str | None:
        if role in SECRET:
            return None
        r, seq = case_role.c, self.of.seq
        rows = self.session.execute(select(person.c.full_name).join(case_role, r.person_id == person.c.id).where(
            r.case_id == self.row.id, r.role == role, r.since_seq <= seq, or_(r.until_seq.is_(None), r.until_seq > seq))
            .order_by(person.c.full_name)).scalars().all()
        return ", ".join(dict.fromkeys(rows)) or None

    def _due(self, name: str) -> str | None:
        due = self.session.execute(select(clock.c.due_at).where(clock.c.case_id == self.row.id, clock.c.name == name)
                                   .order_by(clock.c.id.desc()).limit(1)).scalar()
        return i18n.day(day_of(due, self.house.zone), self.language) if due else None

    def body(self) -> tuple[str, str] | None:
        """(code, name) of the body that decides the case: the one that it is with, else the one it named, else the unit on top."""
        own = select(unit.c.code, unit.c.name).join(cases, cases.c.body_id == unit.c.id).where(cases.c.id == self.row.id)
        top = select(unit.c.code, unit.c.name).where(unit.c.parent_id.is_(None), ~unit.c.external).order_by(unit.c.id).limit(1)
        said = next((e.data["body"] for e in reversed(self.events) if isinstance(e.data.get("body"), str)), "")
        named = select(unit.c.code, unit.c.name).where(unit.c.code == said)
        found = self.session.execute(own).first() or self.session.execute(named).first() or self.session.execute(top).first()
        return (str(found.code), str(found.name)) if found else None

    def in_words(self, at: int) -> str:
        """A day in words, as papers write it."""
        return long_day(day_of(at, self.house.zone), self.language)

    def who(self, uid: str) -> str:
        """Who acted, by name, or by the part where they are not named."""
        return self.names.get(uid) or i18n.role_label(self.rules, self.language, uid, self.row.workflow)


def long_day(day: date, language: str) -> str:
    """A day in words: `ngày 05 tháng 03 năm 2026`."""
    return format_date(day, LONG_DAY.get(language, LONG_DAY["en"]), locale="vi" if language == "vi" else "en")


def title_of(house: House, row: CaseRow, kind: PaperKind, language: str) -> str:
    """What a paper is called under the ruleset of its case."""
    own = house.catalogue.rulesets_by_name[row.ruleset].papers_by_code.get(kind.code)
    text = (own.title if own is not None else kind.title).say(language)
    return text[:1].upper() + text[1:]


def _house_name(f: Facts) -> str | None:
    return f.session.execute(select(unit.c.name).where(unit.c.parent_id.is_(None), ~unit.c.external).order_by(unit.c.id).limit(1)).scalar()


def _appeal_body(f: Facts) -> str | None:
    named = setup.named_in(f.session)["appeal_body"]
    return f.session.execute(select(unit.c.name).where(unit.c.code == named)).scalar()


def _appeal_within(f: Facts) -> str | None:
    limit = str(f.rules.values.get("clock.appeal_window", ""))
    number = limit.rstrip("dwm")
    return i18n.say(f.language, LIMITS[limit[len(number):]], n=number) if number else None


LIMITS = {"d": "limit.d", "wd": "limit.wd", "m": "limit.m"}


def _body(f: Facts) -> str | None:
    found = f.body()
    return found[1] if found else None


_FACTS: dict[str, Callable[[Facts], str | None]] = {
    "house": _house_name,
    "unit": lambda f: f.row.unit_name,
    "body": _body,
    "title": lambda f: title_of(f.house, f.row, f.kind, f.language),
    "reference": lambda f: f.reference,
    "day": lambda f: long_day(f.day, f.language),
    "happened_on": lambda f: f.in_words(f.of.occurred_at),
    "number": lambda f: f.row.number,
    "subject": lambda f: f.row.title,
    "procedure": lambda f: i18n.workflow_label(f.row.workflow, f.rules, f.language),
    "state": lambda f: i18n.state_label(f.row.workflow, f.rules, f.language, f.of.after),
    "ruleset": lambda f: f.rules.title.say(f.language),
    "act": lambda f: i18n.trigger_label(f.row.workflow, f.rules, f.language, f.of.trigger),
    "done_by": lambda f: f.who(f.of.recorded_for or f.of.on_behalf_of or f.of.actor),
    "made_by": lambda f: f.actor.name,
    "appeal_body": _appeal_body,
    "appeal_within": _appeal_within,
    "appeal_until": lambda f: f.value("due.appeal_window"),
}


def filled(blocks: tuple[Block, ...], facts: Filling) -> tuple[Piece, ...]:
    """The blocks of a text with their places filled in; what may be left out and has nothing to say is."""
    found: list[Piece] = []
    for block in blocks:
        match block.kind:
            case Kind.ROWS:
                rows = facts.rows(block.words[0])
                found.append(Piece("rows", rows=rows) if rows else Piece("text", (BLANK,)))
            case Kind.TOLD:
                found += list(facts.everything()) or [Piece("text", (BLANK,))]
            case Kind.RULED:
                found.append(Piece("ruled", lines=block.lines))
            case _:
                words = [_filled(text, facts, block.optional) for text in block.words]
                if None not in words:
                    found.append(Piece(block.kind.value, tuple(_broken(text or "", block.kind) for text in words)))
    return levelled(tuple(found))


def _filled(text: str, facts: Filling, optional: bool) -> str | None:
    parts: list[str] = []
    for words, name in pieces(text):
        parts.append(words)
        if name is None:
            continue
        value = facts.value(name)
        if value is None and optional:
            return None
        parts.append(value or BLANK)
    return "".join(parts)


def _broken(text: str, kind: Kind) -> str:
    """Beside each other, `//` begins a new line; a line that says what the one above it says is left out."""
    if kind is not Kind.SIDES:
        return text
    lines = [line.strip() for line in text.split("//")]
    return "\n".join(line for n, line in enumerate(lines) if not n or not line or line != lines[n - 1])


def events_in(session: Session, row: CaseRow) -> list[Event]:
    """All events of a case, oldest first."""
    return list(events_of(session, row.id))


__all__ = ["BLANK", "LIMITS", "Facts", "event_for", "events_in", "filled", "long_day", "title_of"]

