"""Case files: a case as it is read on paper, put together from what its reader may see, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from inspect_app import i18n
from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import is_told, readable
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.exports.pdf import CaseFile, Listed, OneCase, Paper, Rows, Told, render
from inspect_app.models import case_role, cases, person, unit
from inspect_app.now import now
from inspect_app.services import checkpoints, directory, evidence, letters, queries
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.queries import CaseRow
from inspect_app.services.telling import named_in, told
from inspect_app.services.untold import untold
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.roles import Role

MOST_CASES, MOST_EVENTS = 50, 3000
"""What one file may hold; paper is for reading, and more is taken as a table."""
SEALED = (Role.REPORTER.value, Role.PROTECTED.value)
"""Parts whose players are named to nobody."""
_WORDS = ("casefile.contents", "casefile.parties", "casefile.timeline", "casefile.papers", "casefile.verification",
          "casefile.verification_says", "casefile.number", "casefile.recorded", "casefile.leaf",
          "casefile.none", "casefile.page")


class TooLong(Exception):
    """There are more cases, or more events, than a file for reading may hold."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A case as it is shown: its events with what the reader may read of each, and how many fields are withheld, by `seq`. Not `full`: without
    title, parties and letters, which say what may be withheld."""

    row: CaseRow
    events: Sequence[Event]
    withheld: Mapping[int, int]
    full: bool = True


def make(session: Session, house: House, actor: Actor, chosen: list[ColumnElement[bool]], language: str, as_of: int | None,
         wanted: str) -> tuple[bytes, int]:
    """The chosen cases as one PDF, and how many events are in it. Raises `TooLong`."""
    uids = session.execute(select(cases.c.uid).where(*chosen).order_by(cases.c.dossier_id, cases.c.id).limit(MOST_CASES + 1)).scalars().all()
    if len(uids) > MOST_CASES:
        raise TooLong
    found: list[Shown] = []
    count = 0
    for uid in uids:
        one = _shown(session, actor, queries.case(house, actor, uid), as_of)
        count += len(one.events)
        if count > MOST_EVENTS:
            raise TooLong
        found.append(one)
    return compose(session, house, actor, found, language, as_of, wanted), count


def _shown(session: Session, actor: Actor, row: CaseRow, as_of: int | None) -> Shown:
    parts = None if sees_everything(actor) else row.parts
    events: list[Event] = []
    withheld: dict[int, int] = {}
    kept = untold(session, row.id, row.workflow, parts, actor.id)
    for e in events_of(session, row.id):
        if (as_of is None or e.recorded_at <= as_of) and is_told(row.workflow, e.trigger, e.role, parts):
            data, hidden = readable(row.workflow, e.trigger, e.data, parts, row.unredacted, untold=e.seq in kept)
            events.append(e._replace(data=data))
            withheld[e.seq] = len(hidden)
    return Shown(row, events, withheld)


def compose(session: Session, house: House, actor: Actor, found: Sequence[Shown], language: str, as_of: int | None, wanted: str) -> bytes:
    """These cases as one PDF."""
    made = [_one(session, house, actor, one, language, as_of) for one in found]
    count = sum(len(one.events) for one in found)

    def say(key: str, **values: object) -> str:
        return i18n.say(language, key, **values)

    at = now()
    single = made[0] if len(made) == 1 else None
    title = say("casefile.title", title=single.title) if single else say("casefile.title_many", cases=len(made))
    cover = [(say("casefile.made"), i18n.moment(at, house.zone, language)), (say("casefile.made_for"), actor.name),
             (say("casefile.holds"), say("casefile.holds_says", cases=len(made), events=count))]
    if as_of is not None:
        cover.append((say("casefile.as_of"), i18n.moment(as_of, house.zone, language)))
    if single is None:
        cover.append((say("casefile.chosen"), wanted))
    file = CaseFile(
        language, _house_name(session), title, say("casefile.subtitle"), single.title if single else title, say("casefile.marking"),
        f"{say('casefile.footer')} {i18n.moment(at, house.zone, language)}", say("casefile.notice"), day_of(at, house.zone), tuple(cover),
        tuple(made),
        {key.partition(".")[2]: say(key) for key in _WORDS})
    return render(file)


def _house_name(session: Session) -> str:
    """What the organisation is called: the name of the unit on top."""
    return str(session.execute(select(unit.c.name).where(unit.c.parent_id.is_(None), ~unit.c.external).order_by(unit.c.id).limit(1)).scalar() or "")


def _one(session: Session, house: House, actor: Actor, one: Shown, language: str, as_of: int | None) -> OneCase:
    row, rules = one.row, house.catalogue.rulesets_by_name[one.row.ruleset]
    names = _names(house, row, one.events)
    history = [e for e in events_of(session, row.id) if as_of is None or e.recorded_at <= as_of]

    def say(key: str, **values: object) -> str:
        return i18n.say(language, key, **values)

    def when(moment: int | None) -> str:
        return i18n.moment(moment, house.zone, language)

    state = next((e.after for e in reversed(one.events) if e.after), row.state)
    facts = [(say("casefile.case_number"), row.number), (say("casefile.procedure"), i18n.workflow_label(row.workflow, rules, language)),
             (say("casefile.state"), i18n.state_label(row.workflow, rules, language, state)), (say("casefile.unit"), row.unit_name or "–"),
             (say("casefile.opened"), when(row.opened_at)),
             (say("casefile.ruleset"), f"{rules.title.say(language)} ({row.ruleset}, {rules.version})")]
    if row.reference and one.full:
        facts.insert(1, (say("casefile.reference"), row.reference))
    if row.rehearsal:
        facts.append((say("casefile.rehearsal"), i18n.say(language, "word.yes")))
    shown = [_event(row, rules, language, e, names, one.withheld.get(e.seq, 0), when(e.occurred_at), when(e.recorded_at))
             for e in one.events if e.trigger]
    last = history[-1].seq if history else 0
    proof = [(say("casefile.log"), house.log), (say("casefile.events"), str(len(history))),
             (say("casefile.witnessed"), _witness(session, house, row, last, language))]
    label = i18n.workflow_label(row.workflow, rules, language)
    papers = _items(house, actor, row, language, as_of, one.full) + (_letters(house, actor, row, language, as_of) if one.full else [])
    return OneCase(f"{row.number} · {row.title if one.full else label}", tuple(facts),
                   _parties(session, row, rules, language, last) if one.full else (), tuple(shown), tuple(papers), tuple(proof),
                   tuple((str(e.seq), when(e.recorded_at), e.leaf) for e in history))


def _witness(session: Session, house: House, row: CaseRow, seq: int, language: str) -> str:
    """The code of the checkpoint that covers the newest event, or that none does yet."""
    try:
        point = checkpoints.covering(session, house, row.id, seq)
    except NotFound:
        point = None
    return point.code if point is not None else i18n.say(language, "casefile.not_yet")


def _names(house: House, row: CaseRow, events: Sequence[Event]) -> dict[str, str]:
    who = [name for e in events for name in (e.actor, e.recorded_for, e.on_behalf_of) if name]
    return (directory.names(house, who + named_in(row.workflow, events, "person"))
            | directory.office_titles(house, named_in(row.workflow, events, "office"))
            | directory.unit_names(house, named_in(row.workflow, events, "unit")))


def _event(row: CaseRow, rules: Any, language: str, e: Event, names: dict[str, str], withheld: int, occurred: str, recorded: str) -> Told:
    who = names.get(e.actor) or i18n.role_label(rules, language, e.actor, row.workflow)
    role = i18n.role_label(rules, language, e.role, row.workflow) if e.role else ""
    line = [occurred, f"{who} ({role})" if role and role != who else who]
    for other, key in ((e.on_behalf_of, "casefile.on_behalf_of"), (e.recorded_for, "casefile.recorded_for")):
        if other:
            line.append(i18n.say(language, key, name=names.get(other, other)))
    if e.after != e.before:
        line.append("→ " + i18n.state_label(row.workflow, rules, language, e.after))
    if recorded != occurred:
        line.append(i18n.say(language, "casefile.recorded_on", when=recorded))
    said: list[tuple[str, str]] = []
    lists: list[Listed] = []
    for label, value in told(row.workflow, rules, language, e.trigger, e.data, names):
        if isinstance(value, list):
            lists.append(Listed(label, tuple(_texts(line) for line in value)))
        else:
            said.append((label, str(value)))
    hidden = i18n.say(language, "casefile.withheld", count=withheld) if withheld else ""
    return Told(f"{e.seq}. {i18n.trigger_label(row.workflow, rules, language, e.trigger)}", " · ".join(line), tuple(said), tuple(lists), hidden)


def _texts(rows: Iterable[tuple[str, Any]]) -> Rows:
    return tuple((str(label), str(value)) for label, value in rows)


def _parties(session: Session, row: CaseRow, rules: Any, language: str, seq: int) -> Rows:
    """Who played which part after event `seq`, by part; those who are sealed are counted."""
    r = case_role.c
    found = session.execute(select(r.role, person.c.full_name).join(person, person.c.id == r.person_id).where(
        r.case_id == row.id, r.since_seq <= seq, or_(r.until_seq.is_(None), r.until_seq > seq)).order_by(r.role, person.c.full_name)).all()
    by_role: dict[str, list[str]] = {}
    for role, name in found:
        by_role.setdefault(role, []).append(name)
    return tuple((i18n.role_label(rules, language, role, row.workflow), i18n.say(language, "casefile.sealed") if role in SEALED else ", ".join(names))
                 for role, names in by_role.items())


def _items(house: House, actor: Actor, row: CaseRow, language: str, as_of: int | None, full: bool) -> list[Paper]:
    papers = []
    for item in evidence.items(house, row, actor):
        if as_of is not None and item.added_at > as_of:
            continue
        facts = [(i18n.say(language, "casefile.recorded_at"), i18n.moment(item.added_at, house.zone, language))]
        for key, label in (("description", "casefile.description"), ("reference", "casefile.kept_at"), ("filename", "casefile.filename")):
            if full and item.said.get(key):
                facts.append((i18n.say(language, label), str(item.said[key])))
        if full and item.size is not None:
            facts.append((i18n.say(language, "casefile.size"), f"{item.size} · {item.media_type}"))
        if item.withdrawn_seq is not None:
            facts.append((i18n.say(language, "casefile.withdrawn"), i18n.say(language, "word.yes")))
        papers.append(Paper(i18n.say(language, "casefile.item", n=item.n), tuple(facts), (item.sha256 or "") if full else ""))
    return papers


def _letters(house: House, actor: Actor, row: CaseRow, language: str, as_of: int | None) -> list[Paper]:
    papers, reader = [], replace(actor, language=language)
    for one in reversed(letters.listed(house, actor, row)):
        if as_of is not None and one["made_at"] > as_of:
            continue
        letter = letters.read(house, reader, row, one["id"])
        made = i18n.moment(one["made_at"], house.zone, language)
        facts = ((i18n.say(language, "casefile.to"), letter.to), (i18n.say(language, "casefile.recorded_at"), made))
        papers.append(Paper(letter.title, facts, "", letter.paragraphs))
    return papers
