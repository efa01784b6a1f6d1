"""Papers of a case: what may be drawn now, how it would read, drawing it, and reading what was drawn.

A paper is of an event. It is drawn outside any transaction with the number that is next, and written only where that number is still free;
so nobody waits for a drawing, and no number is left out. A decision is printed with the code of the checkpoint that its event is under; it
waits a little for one, and is never refused or held back for want of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy import select

from inspect_app import i18n
from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import may_read_paper
from inspect_app.db import Session
from inspect_app.errors import Invalid, NotFound, NotYours, Problem
from inspect_app.exports.papers import Sheet, render
from inspect_app.models import evidence
from inspect_app.services import casework, checkpoints, numbers, paper_laws, queries
from inspect_app.services import evidence as files
from inspect_app.services.casework import Reader
from inspect_app.services.house import House
from inspect_app.services.ledger import Event, Key
from inspect_app.services.numbers import NumberTaken
from inspect_app.services.paper_facts import Facts, event_for, events_in, filled, title_of
from inspect_app.services.queries import CaseRow
from workflows.acts import Act, Actor
from workflows.paper_entries import DRAWERS, ISSUE_PAPER, MARKINGS
from workflows.paper_kinds import PaperKind, PaperText
from workflows.papers import reference, series
from workflows.words import LANGUAGES

TRIES = 50
"""So often a paper is drawn anew because another took its number; each time one of them gets through."""
STEP = 0.1
"""So long (seconds) between two looks for a checkpoint."""
MARKED = dict(MARKINGS)
_SAID = ("papers.witnessed", "papers.not_witnessed", "papers.rehearsal", "papers.preview", "papers.text_of", "casefile.page")


@dataclass(frozen=True, slots=True)
class Offered:
    """A kind of paper that may be drawn in a case now, and the event that it would be of."""

    kind: PaperKind
    title: str
    of: Event


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper that was drawn: the number of its item and of its event, what the event says of it, when, and the code of the checkpoint that the
    event it is of is under now."""

    n: int
    seq: int
    at: int
    said: Mapping[str, Any]
    title: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A paper before it is kept: the sheet, its number, and what its event will say of it."""

    sheet: Sheet
    text: PaperText
    reference: str | None
    series: str | None
    number: int | None
    year: int
    checkpoint: str | None
    delicate: bool
    of: Event


def may_draw(row: CaseRow, actor: Actor) -> bool:
    """Whether this reader draws papers in this case."""
    return bool(row.parts & set(DRAWERS)) and ISSUE_PAPER.trigger in row.workflow.triggers


def drawing(row: CaseRow, actor: Actor) -> CaseRow:
    """The case, for somebody who draws papers in it. Raises `NotYours`."""
    if not may_draw(row, actor):
        raise NotYours(ISSUE_PAPER.trigger, tuple(DRAWERS))
    return row


def offered(house: House, row: CaseRow, language: str) -> list[Offered]:
    """What may be drawn in a case now: of the newest event first."""
    with house.db.reading("all") as session:
        return offered_of(house, row, events_in(session, row), language)


def offered_of(house: House, row: CaseRow, events: list[Event], language: str) -> list[Offered]:
    """`offered`, of a case with these events."""
    found = []
    for kind in house.catalogue.papers(row.ruleset).values():
        of = event_for(events, kind, row)
        if of is not None:
            found.append(Offered(kind, title_of(house, row, kind, language), of))
    return sorted(found, key=lambda one: (-one.of.seq, one.kind.code))


def compose(house: House, actor: Actor, row: CaseRow, code: str, language: str, marking: str, *, number: int | None = None,
            preview: bool = True) -> Made:
    """A paper as it would read. Raises `NotFound` for one that may not be drawn now, `Invalid` for a language or marking there is not."""
    kind = house.catalogue.papers(row.ruleset).get(code)
    wrong = [Problem(f"/{name}", "invalid", f"Choose one of: {', '.join(known)}.") for name, value, known in (
        ("language", language, LANGUAGES), ("marking", marking, tuple(MARKED))) if value not in known]
    if wrong:
        raise Invalid(tuple(wrong))
    today = queries.today(house)
    with house.db.reading("all") as session:
        events = events_in(session, row)
        of = event_for(events, kind, row) if kind is not None else None
        if kind is None or of is None:
            raise NotFound
        text = paper_laws.text(session, house, row.ruleset, kind, language)
        scheme = paper_laws.scheme(session, house, row.ruleset, kind)
        facts = Facts(session, house, actor, row, kind, events, of, language, None, today)
        body = facts.body()
        values = {"year": today.year, "body": body[0] if body else "", "unit": row.unit or ""}
        told = series(scheme, **values) if scheme else None
        told = f"{REHEARSED}{told}" if told and row.rehearsal else told
        if told is not None and number is None:
            number = numbers.upcoming(session, told, today.year)
        if told is not None and not preview:
            facts.reference = reference(scheme, number=number, **values)
            facts.reference = i18n.say(language, "papers.rehearsal_number", number=facts.reference) if row.rehearsal else facts.reference
        pieces = filled(text.blocks, facts)
        point = checkpoints.covering(session, house, row.id, of.seq) if kind.weighs else None
        names_both = paper_laws.admin_and_chair(session, row.id, today) if kind.weighs else ()
    say = {key: i18n.say(language, key) for key in _SAID}
    code_ = point.code if point else None
    footer = [f"{row.number} · {say['papers.text_of']} {text.name}, {text.version} ({text.law_hash[:12]})"]
    if kind.weighs:
        footer.insert(0, f"{say['papers.witnessed']} {code_}" if code_ else say["papers.not_witnessed"])
    footer += [i18n.say(language, "papers.holds_both", name=name) for name in names_both]
    banner = " · ".join(say[key] for key, wanted in (("papers.rehearsal", row.rehearsal), ("papers.preview", preview)) if wanted)
    marked = "" if marking == "none" else MARKED[marking].say(language)
    sheet = Sheet(language, title_of(house, row, kind, language), marked, banner, tuple(footer), pieces, today,
                  {"page": say["casefile.page"]})
    return Made(sheet, text, facts.reference, told, number if told else None, today.year, code_, facts.delicate, of)


REHEARSED = "~"
"""Rehearsals count in series of their own, so that no number of the house is theirs."""


def draw(house: House, actor: Actor, row: CaseRow, code: str, language: str, marking: str, *, seen: int | None = None, read: Reader | None = None,
         key: Key | None = None, patience: float | None = None) -> Event:
    """Draw a paper: numbered, kept in the store with its hash, and recorded. A decision waits up to `patience` seconds (the house's, where none
    is given) for a checkpoint that covers it. Raises what any act raises."""
    kind = house.catalogue.papers(row.ruleset).get(code)
    if kind is not None and kind.weighs:
        await_checkpoint(house, row, kind, house.patience if patience is None else patience)
    for _ in range(TRIES):
        made = compose(house, actor, row, code, language, marking, preview=False)
        pdf = render(made.sheet)
        name = f"{row.number} {made.sheet.title}.pdf"
        kept = files.store(house, BytesIO(pdf), name, files.PDF)
        data: dict[str, Any] = {
            "kind": code, "description": f"{made.sheet.title}{f' {made.reference}' if made.reference else ''}"[:400], "of": made.of.seq,
            "language": language, "marking": marking, "audience": kind.readers if kind else "handlers", "template": made.text.law_hash,
            **kept.told()}
        data |= {"delicate": True} if made.delicate else {}
        data |= {"reference": made.reference, "issue": made.number, "year": made.year, "series": made.series} if made.series else {}
        data |= {"checkpoint": made.checkpoint} if made.checkpoint else {}
        with files.until_told(house, kept):
            try:
                _keep_text(house, made.text)
                return casework.fire(house, row.uid, Act(ISSUE_PAPER.trigger, actor, data, seen=seen, stored_as=kept.stored_as), read=read, key=key)
            except NumberTaken:
                continue
    raise Invalid((Problem("/kind", "busy", i18n.say(actor.language, "papers.busy")),))


def _keep_text(house: House, text: PaperText) -> None:
    """Keep the text under its hash, so that what was drawn from it can be drawn again."""
    with house.db.reading() as session:
        if paper_laws.is_kept(session, text.law_hash):
            return
    with house.db.atomic("all") as session:
        paper_laws.keep(session, text)


def await_checkpoint(house: House, row: CaseRow, kind: PaperKind, patience: float, pause: Callable[[float], None] = time.sleep) -> None:
    """Wait until the event that the paper is of is under a signed checkpoint, but no longer than that; never for a log that stands still."""
    with house.db.reading("all") as session:
        of = event_for(events_in(session, row), kind, row)
    waited = 0.0
    while of is not None and waited < patience and checkpoints.under(house, row.id, of.seq) is None:
        if checkpoints.standing(house).trouble is not None:
            return
        pause(STEP)
        waited += STEP


def listed(house: House, actor: Actor, row: CaseRow) -> list[Drawn]:
    """The papers of a case that this reader may read, newest first."""
    with house.db.reading("all") as session:
        return listed_in(session, house, actor, row)


def listed_in(session: Session, house: House, actor: Actor, row: CaseRow) -> list[Drawn]:
    """`listed`, in a reading that is open."""
    parts = None if sees_everything(actor) else row.parts
    rows = session.execute(select(evidence.c.n, evidence.c.seq, evidence.c.stored_as).where(evidence.c.case_id == row.id)).all()
    by_seq = {e.seq: e for e in events_in(session, row) if e.trigger == ISSUE_PAPER.trigger} if rows else {}
    found = []
    for n, seq, stored in rows:
        event = by_seq.get(seq)
        if event is None or stored is None or not may_read_paper(event.data, parts, row.unredacted):
            continue
        point = checkpoints.covering(session, house, row.id, int(event.data["of"]))
        found.append(Drawn(n, seq, event.recorded_at, event.data, str(event.data.get("description", "–")), point.code if point else None))
    return sorted(found, key=lambda one: -one.seq)


def drawn_by(house: House, row: CaseRow, seq: int) -> str:
    """Who drew the paper of an event."""
    with house.db.reading("all") as session:
        return next((e.actor for e in events_in(session, row) if e.seq == seq), "")


def one(house: House, actor: Actor, row: CaseRow, n: int) -> tuple[Drawn, files.Item]:
    """A paper and the item that holds it. Raises `NotFound` where there is none, or it is not this reader's to read."""
    drawn = next((paper for paper in listed(house, actor, row) if paper.n == n), None)
    if drawn is None:
        raise NotFound
    held = next(item for item in files.rows_of(house, row.id) if item["n"] == n)
    return drawn, files.Item(n, drawn.seq, held["held_as"], held["sha256"], held["size"], held["media_type"], held["stored_as"],
                             held["withdrawn_seq"], drawn.at, drawn.said)


__all__ = ["Drawn", "Made", "Offered", "await_checkpoint", "compose", "draw", "drawing", "drawn_by", "listed", "listed_in",
           "may_draw", "offered", "offered_of", "one"]
