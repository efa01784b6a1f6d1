"""How a text of a paper would read: its places filled in with what the house already knows, and with their names in brackets where only a case can
say. Nothing is kept, no number is taken, and no case is looked at."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select

from inspect_app import i18n
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, Problem
from inspect_app.exports.papers import Piece, Sheet
from inspect_app.exports.pdf import Rows
from inspect_app.models import definition, unit
from inspect_app.services import numbers, paper_laws, setup
from inspect_app.services.house import House
from inspect_app.services.paper_facts import LIMITS, filled, long_day
from inspect_app.services.queries import today
from workflows.acts import Actor
from workflows.definition import START, Workflow
from workflows.inputs import Input, Many
from workflows.paper_kinds import ANY_ACT, PaperKind, paper_text, readable, wrong_in
from workflows.paper_text import BadText
from workflows.papers import reference, series, sound


@dataclass
class Sample:
    """What the places of a text stand for without a case."""

    session: Session
    house: House
    actor: Actor
    ruleset: str
    kind: PaperKind
    language: str
    reference: str | None
    day: date

    @property
    def rules(self) -> Any:
        return self.house.catalogue.rulesets_by_name[self.ruleset]

    @property
    def flows(self) -> list[Workflow]:
        return [self.house.catalogue.by_name[name] for name in self.kind.acts if name in self.house.catalogue.by_name]

    def value(self, name: str) -> str | None:
        """What a place stands for: as it is where the house knows it, else what it is called, in brackets."""
        family, dot, own = name.partition(".")
        if not dot:
            return self._known(name) or f"[{i18n.say(self.language, f'paperplace.{name}')}]"
        if family == "part":
            return f"[{i18n.role_label(self.rules, self.language, own, self.flows[0] if self.flows else None)}]"
        if family == "due":
            return f"[{i18n.clock_label(self.rules, self.language, own)}]"
        found = self._input(own)
        return f"[{found or own}]"

    def _known(self, name: str) -> str | None:
        top = select(unit.c.name).where(unit.c.parent_id.is_(None), ~unit.c.external).order_by(unit.c.id).limit(1)
        match name:
            case "house":
                return self.session.execute(top).scalar()
            case "title":
                return title_of(self.house, self.ruleset, self.kind, self.language)
            case "reference":
                return self.reference
            case "day":
                return long_day(self.day, self.language)
            case "ruleset":
                return str(self.rules.title.say(self.language))
            case "made_by":
                return self.actor.name
            case "procedure":
                return i18n.workflow_label(self.flows[0], self.rules, self.language) if len(self.flows) == 1 else None
            case "appeal_body":
                named = setup.named_in(self.session)["appeal_body"]
                return self.session.execute(select(unit.c.name).where(unit.c.code == named)).scalar()
            case "appeal_within":
                limit = str(self.rules.values.get("clock.appeal_window", ""))
                number = limit.rstrip("dwm")
                return i18n.say(self.language, LIMITS[limit[len(number):]], n=number) if number else None
        return None

    def _acts(self) -> Iterator[tuple[Workflow, Any]]:
        """The acts that the paper is of, each with its workflow; the first act of all where it is of any."""
        for flow in self.flows:
            wanted = self.kind.acts[flow.name]
            for t in flow.transitions:
                if t.trigger in wanted or (ANY_ACT in wanted and START in t.sources):
                    yield flow, t

    def _all(self) -> Iterator[tuple[Workflow, Any]]:
        yield from self._acts()
        for flow in self.flows:
            for t in flow.transitions:
                yield flow, t

    def _input(self, name: str) -> str | None:
        for flow, t in self._all():
            for i in t.asked:
                if i.name == name:
                    return i18n.input_label(flow, t, self.rules, self.language, i)
        return None

    def rows(self, name: str) -> tuple[Rows, ...]:
        """Two rows of the columns that everybody who reads the paper may read."""
        for _, t in self._all():
            for i in t.asked:
                if i.name == name and isinstance(i, Many):
                    return self._rows(i)
        return ()

    def _rows(self, i: Many) -> tuple[Rows, ...]:
        row = tuple((c.label.say(self.language), "…") for c in i.of if readable(c, self.kind))
        return (row, row) if row else ()

    def everything(self) -> Iterator[Piece]:
        """The fields of the act that the paper is of, without what they would say."""
        flow_and_act = next(self._acts(), None)
        if flow_and_act is None:
            return
        flow, t = flow_and_act
        shown: list[Input] = [i for i in t.asked if readable(i, self.kind)]
        plain = tuple((i18n.input_label(flow, t, self.rules, self.language, i), "…") for i in shown if not isinstance(i, Many))
        if plain:
            yield Piece("told", rows=(plain,))
        for i in shown:
            if isinstance(i, Many) and (rows := self._rows(i)):
                yield Piece("heading", (i18n.input_label(flow, t, self.rules, self.language, i),))
                yield Piece("rows", rows=rows)


def title_of(house: House, ruleset: str, kind: PaperKind, language: str) -> str:
    """What a kind of paper is called under a ruleset."""
    own = house.catalogue.rulesets_by_name[ruleset].papers_by_code.get(kind.code)
    text = str((own.title if own is not None else kind.title).say(language))
    return text[:1].upper() + text[1:]


def sheet(house: House, actor: Actor, ruleset: str, code: str, language: str, words: str | None = None, numbering: str | None = None) -> Sheet:
    """How a kind of paper would read: with the text and the numbering in force, or with those that are given. Raises `NotFound`; `Invalid` for a
    text or a numbering that could not be taken."""
    kind = paper_laws.kind_of(house, ruleset, code)
    day = today(house)
    with house.db.reading("all") as session:
        before = paper_laws.text(session, house, ruleset, kind, language)
        made = before if words is None else _read(house, kind, before.name, before.version + 1, words)
        scheme = paper_laws.scheme(session, house, ruleset, kind) if numbering is None else " ".join(numbering.split())
        if scheme and not sound(scheme):
            raise Invalid((Problem("/numbering", "scheme", i18n.say(actor.language, "fault.paper_scheme")),))
        place = i18n.say(language, "paperplace.code")
        values = {"year": day.year, "body": place, "unit": place}
        number = reference(scheme, number=numbers.upcoming(session, series(scheme, **values), day.year), **values) if scheme else None
        pieces = filled(made.blocks, Sample(session, house, actor, ruleset, kind, language, number, day))
    footer = f"{i18n.say(language, 'papers.text_of')} {made.name}, {made.version} ({made.law_hash[:12]})"
    return Sheet(language, title_of(house, ruleset, kind, language), "", i18n.say(language, "papers.preview"), (footer,), pieces, day,
                 {"page": i18n.say(language, "casefile.page")})


def _read(house: House, kind: PaperKind, name: str, version: int, words: str) -> Any:
    flows = [house.catalogue.by_name[flow] for flow in kind.acts if flow in house.catalogue.by_name]
    try:
        made = paper_text(name, version, paper_laws.plain(words))
    except BadText as error:
        raise Invalid((Problem("/text", "text", str(error)),)) from None
    if wrong := list(wrong_in(made.blocks, kind, flows)):
        raise Invalid(tuple(Problem("/text", "text", one) for one in wrong))
    return made


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: `mark` is “+” where only the text in force has it, “-” where only the older one has, else a blank."""

    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was kept: of which part (a language, or the number), which one, what it says, and how the one in force differs."""

    part: str
    version: int
    hash: str
    at: int
    says: str
    differs: tuple[Line, ...]


def version(house: House, ruleset: str, code: str, law_hash: str) -> Version:
    """One version of a text or of a numbering, under its hash. Raises `NotFound`."""
    shown = paper_laws.shown(house, ruleset, code)
    row = next((one for one in shown["kept"] if one["hash"] == law_hash), None)
    if row is None:
        raise NotFound
    with house.db.reading() as session:
        law = orjson.loads(bytes(session.execute(select(definition.c.law).where(definition.c.hash == law_hash)).scalar_one()))
    says = str(law["scheme"] if row["part"] == "number" else law["text"])
    now = str(shown["numbering"] if row["part"] == "number" else shown["texts"][row["part"]]["text"])
    lines = difflib.ndiff(says.splitlines(), now.splitlines())
    return Version(row["part"], row["version"], law_hash, row["at"], says,
                   tuple(Line(line[0], line[2:]) for line in lines if line[0] in "+- "))


__all__ = ["Line", "Sample", "Version", "sheet", "title_of", "version"]
