"""The kit of a sitting: everything that a body needs on paper before it meets, in one file; and which matters wait for one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select

from inspect_app import i18n
from inspect_app.access.parts import in_force
from inspect_app.db import Session
from inspect_app.exports.papers import Piece, Sheet, levelled, render
from inspect_app.models import appointment, belonging, case_role, declared_conflict, exclusion, office, person, unit
from inspect_app.services import paper_laws, papers, queries
from inspect_app.services.house import House
from inspect_app.services.ledger import Event
from inspect_app.services.paper_facts import BLANK, Facts, events_in, filled, long_day
from inspect_app.services.queries import CaseRow, Filter
from workflows.acts import Actor
from workflows.definition import Transition
from workflows.inputs import Computed, Listed, Many
from workflows.paper_entries import DRAWERS, MARKINGS
from workflows.roles import Role
from workflows.sittings import BEFORE_A_BODY, before_a_body

MOST_MATTERS, MOST_MEMBERS = 30, 300
_LEAVES = (Role.TEAM_LEAD.value, Role.TEAM_MEMBER.value, Role.RESPONDENT.value, Role.COMPANION.value, Role.HEAD.value)
"""Whoever plays one of these parts in a matter is not in the room while it is decided."""
_ROWS = 12
"""So many lines a sheet has where nobody is known by name."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that is prepared: which body (its code), on which day, where, in which language, under which marking."""

    body: str
    held_on: date | None
    place: str
    language: str
    marking: str


def waiting(house: House, actor: Actor) -> list[CaseRow]:
    """The open matters that wait for a body and that this reader conducts, oldest first."""
    found: list[CaseRow] = []
    for name, (states, _) in BEFORE_A_BODY.items():
        rows = queries.register(house, actor, Filter(workflow=name, is_open=True, rehearsal=None), sort="opened", limit=200).rows
        found += [row for row in rows if row.state in states and not row.paused and row.parts & set(DRAWERS)]
    return sorted(found, key=lambda row: row.opened_at)


def members(session: Session, code: str, today: date) -> list[tuple[str, str]]:
    """(identifier, name) of who sits on a body by office; or who belongs to the unit, where it is one."""
    seated = (select(person.c.uid, person.c.full_name).join(appointment, appointment.c.person_id == person.c.id)
              .join(office, office.c.id == appointment.c.office_id).join(unit, unit.c.id == office.c.unit_id)
              .where(unit.c.code == code, unit.c.kind == "body", in_force(appointment, today)))
    here = (select(person.c.uid, person.c.full_name).join(belonging, belonging.c.person_id == person.c.id)
            .join(unit, unit.c.id == belonging.c.unit_id).where(unit.c.code == code, in_force(belonging, today)))
    rows = session.execute(seated.union(here).limit(MOST_MEMBERS)).all()
    return sorted(((uid, name) for uid, name in rows), key=lambda one: one[1])


def members_for(house: House, row: CaseRow) -> list[tuple[str, str]]:
    """(identifier, name) of who sits on the body that decides a case, where the case says which that is."""
    with house.db.reading("all") as session:
        code = next((str(e.data["body"]) for e in reversed(events_in(session, row)) if e.data.get("body")), None)
        return members(session, code, queries.today(house)) if code else []


def compose(house: House, actor: Actor, rows: Sequence[CaseRow], meeting: Meeting) -> Sheet:
    """The kit of these matters, in the order in which they are given."""
    language, today = meeting.language, queries.today(house)
    say = _Say(language)
    with house.db.reading("all") as session:
        name = session.execute(select(unit.c.name).where(unit.c.code == meeting.body)).scalar() or BLANK
        people = members(session, meeting.body, today) if meeting.body else []
        pieces = [*_agenda(house, rows, meeting, name, say), *_declarations(people, rows, say), *_attendance(people, say)]
        for n, row in enumerate(rows, 1):
            pieces += _matter(session, house, actor, row, n, people, say)
    pieces += _minutes(rows, meeting, name, say)
    marked = "" if meeting.marking == "none" else dict(MARKINGS)[meeting.marking].say(language)
    banner = say("papers.rehearsal") if rows and all(row.rehearsal for row in rows) else ""
    return Sheet(language, say("kit.title"), marked, banner, (say("kit.footer", name=actor.name, day=i18n.day(today, language)),),
                 levelled(tuple(pieces)), today, {"page": say("casefile.page")})


def render_kit(sheet: Sheet) -> bytes:
    """The kit as PDF."""
    return render(sheet)


class _Say:
    """Messages in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        return i18n.say(self.language, key, **values)


def _agenda(house: House, rows: Sequence[CaseRow], meeting: Meeting, name: str, say: _Say) -> list[Piece]:
    when = long_day(meeting.held_on, meeting.language) if meeting.held_on else BLANK
    table = [(say("kit.item"), say("kit.matter"), say("kit.unit"), say("kit.to_decide"))]
    for n, row in enumerate(rows, 1):
        rules = house.catalogue.rulesets_by_name[row.ruleset]
        acts = [t for t in before_a_body(row.workflow, row.state) if row.workflow.edge(row.state, t.trigger) is t]
        table.append((str(n), f"{row.number}\n{i18n.workflow_label(row.workflow, rules, meeting.language)}: {row.title}", row.unit_name or "–",
                      "\n".join(dict.fromkeys(i18n.trigger_label(row.workflow, rules, meeting.language, t.trigger) for t in acts))))
    return [Piece("title", (say("kit.title"),)), Piece("told", rows=(((say("kit.body"), name), (say("kit.day"), when),
                                                                       (say("kit.place"), meeting.place or BLANK)),)),
            Piece("heading", (say("kit.agenda"),)), Piece("table", table=tuple(table)), Piece("text", (say("kit.agenda_says"),))]


def _declarations(people: Sequence[tuple[str, str]], rows: Sequence[CaseRow], say: _Say) -> list[Piece]:
    head = (say("kit.name"), say("kit.no_conflict"), say("kit.conflict_in"), say("kit.signature"))
    body = [(name, "[   ]", "", "") for _, name in people] or [("", "[   ]", "", "")] * _ROWS
    return [Piece("break"), Piece("title", (say("kit.declarations"),)), Piece("text", (say("kit.declarations_says", n=len(rows)),)),
            Piece("table", table=(head, *body))]


def _attendance(people: Sequence[tuple[str, str]], say: _Say) -> list[Piece]:
    head = (say("kit.name"), say("kit.present"), say("kit.absent_why"), say("kit.left_for"))
    body = [(name, "[   ]", "", "") for _, name in people] or [("", "[   ]", "", "")] * _ROWS
    counts = ((say("kit.on_roll"), str(len(people)) if people else BLANK), (say("kit.entitled"), BLANK), (say("kit.present"), BLANK),
              (say("kit.quorum_met"), "[   ]"))
    return [Piece("break"), Piece("title", (say("kit.attendance"),)), Piece("text", (say("kit.attendance_says"),)),
            Piece("table", table=(head, *body)), Piece("told", rows=(counts,)), Piece("sides", (f"{say('kit.recorder')}\n\n\n{BLANK}",
                                                                                              f"{say('kit.chair')}\n\n\n{BLANK}"))]


def _matter(session: Session, house: House, actor: Actor, row: CaseRow, n: int, people: Sequence[tuple[str, str]], say: _Say) -> list[Piece]:
    language, rules = say.language, house.catalogue.rulesets_by_name[row.ruleset]
    out = _who_leaves(session, row, people)
    pieces = [Piece("break"), Piece("title", (say("kit.item_of", n=n, number=row.number),)), Piece("text", (row.title,)),
              Piece("told", rows=(((say("kit.procedure"), i18n.workflow_label(row.workflow, rules, language)),
                                   (say("kit.unit"), row.unit_name or "–"),
                                   (say("kit.state"), i18n.state_label(row.workflow, rules, language, row.state)),
                                   (say("kit.leaves"), ", ".join(out) if out else say("kit.nobody"))),))]
    acts = before_a_body(row.workflow, row.state)
    pieces.append(Piece("heading", (say("kit.questions"),)))
    for act in acts:
        asked = [i18n.input_label(row.workflow, act, rules, language, i) for i in act.asked if i.name != "paper"]
        label = i18n.trigger_label(row.workflow, rules, language, act.trigger)
        pieces.append(Piece("item", (f"{label}: {'; '.join(asked)}" if asked else label,)))
    events = events_in(session, row)
    drawn = papers.listed_in(session, house, actor, row)
    pieces.append(Piece("heading", (say("kit.papers"),)))
    pieces += [Piece("item", (f"{one.title} (SHA-256 {str(one.said.get('sha256', ''))[:16]})",)) for one in drawn] or [
        Piece("text", (say("papers.none"),))]
    pieces += _words(session, house, actor, row, events, language)
    for act in acts:
        pieces += _ballot(house, row, act, events, say)
    return pieces


def _who_leaves(session: Session, row: CaseRow, people: Sequence[tuple[str, str]]) -> list[str]:
    """Members who are not in the room: by name alone, whatever the reason."""
    uids = [uid for uid, _ in people]
    mine = person.c.uid.in_(uids)
    r = case_role.c
    walled = select(person.c.uid).join(exclusion, exclusion.c.person_id == person.c.id).where(exclusion.c.case_id == row.id, mine)
    declared = select(person.c.uid).join(declared_conflict, declared_conflict.c.person_id == person.c.id).where(
        declared_conflict.c.case_id == row.id, mine)
    played = select(person.c.uid).join(case_role, r.person_id == person.c.id).where(r.case_id == row.id, or_(
        r.until_seq.is_(None), r.role.in_(_LEAVES[:2])), r.role.in_(_LEAVES), mine)
    found = set(session.execute(walled.union(declared, played)).scalars())
    return [name for uid, name in people if uid in found]


def _words(session: Session, house: House, actor: Actor, row: CaseRow, events: list[Event], language: str) -> list[Piece]:
    """What the papers say on which the body decides, as the case says it now."""
    found: list[Piece] = []
    for one in reversed(papers.offered_of(house, row, events, language)):
        if not one.kind.kit:
            continue
        text = paper_laws.text(session, house, row.ruleset, one.kind, language)
        facts = Facts(session, house, actor, row, one.kind, events, one.of, language, None, queries.today(house))
        told = [Piece("heading", piece.words) if piece.kind == "title" else piece for piece in filled(text.blocks, facts)
                if piece.kind not in ("sides", "ruled")]
        found += told
    return found


def _ballot(house: House, row: CaseRow, act: Transition, events: list[Event], say: _Say) -> list[Piece]:
    """A form for the totals of a ballot, where an act counts one: never who voted what."""
    votes = next((i for i in act.inputs if isinstance(i, Many) and i.name == "votes"), None)
    if votes is None:
        return []
    rules, language = house.catalogue.rulesets_by_name[row.ruleset], say.language
    of = next((c.of for c in votes.of if isinstance(c, Listed)), "")
    label = i18n.trigger_label(row.workflow, rules, language, act.trigger)
    options = [i18n.listed_label(rules, language, of, code) for code in _offered(house, row, events, of)]
    counts = tuple((i18n.input_label(row.workflow, act, rules, language, i), BLANK) for i in act.inputs
                   if i.kind == "number" and not isinstance(i, Computed) and i.name != "none")
    table = ((say("kit.option"), say("kit.votes")), *((option, "") for option in options), (say("kit.no_option"), ""))
    return [Piece("heading", (say("kit.ballot", act=label),)), Piece("text", (say("kit.ballot_says"),)), Piece("table", table=table),
            Piece("told", rows=(counts,)), Piece("sides", (f"{say('kit.counted_by')}\n\n\n{BLANK}", f"{say('kit.chair')}\n\n\n{BLANK}"))]


def _offered(house: House, row: CaseRow, events: list[Event], of: str) -> tuple[str, ...]:
    """The codes on the ballot: those of the ladder of the person's status, where the case says it."""
    rules = house.catalogue.rulesets_by_name[row.ruleset]
    status = next((e.data["status_now"] for e in reversed(events) if e.data.get("status_now")), None)
    own = rules.values.get(f"ladder.{status}") if status else None
    family = of.partition(".")[0]
    every = tuple(dict.fromkeys(code for key, codes in rules.values.items() if key.startswith(f"{family}.") for code in codes))
    return tuple(own) if own else every


def _minutes(rows: Sequence[CaseRow], meeting: Meeting, name: str, say: _Say) -> list[Piece]:
    when = long_day(meeting.held_on, meeting.language) if meeting.held_on else BLANK
    pieces = [Piece("break"), Piece("title", (say("kit.minutes"),)),
              Piece("told", rows=(((say("kit.body"), name), (say("kit.day"), when), (say("kit.place"), meeting.place or BLANK),
                                   (say("kit.opened_at"), BLANK), (say("kit.chair"), BLANK), (say("kit.recorder"), BLANK),
                                   (say("kit.present"), BLANK)),))]
    for n, row in enumerate(rows, 1):
        pieces += [Piece("heading", (say("kit.item_of", n=n, number=row.number),)), Piece("text", (say("kit.left_room"),)), Piece("ruled", lines=1),
                   Piece("text", (say("kit.heard"),)), Piece("ruled", lines=3), Piece("text", (say("kit.discussed"),)), Piece("ruled", lines=5),
                   Piece("text", (say("kit.concluded"),)), Piece("ruled", lines=3), Piece("text", (say("kit.reserved"),)), Piece("ruled", lines=2)]
    pieces += [Piece("told", rows=(((say("kit.closed_at"), BLANK),),)),
               Piece("sides", (f"{say('kit.recorder')}\n\n\n{BLANK}", f"{say('kit.chair')}\n\n\n{BLANK}"))]
    return pieces


__all__ = ["MOST_MATTERS", "Meeting", "compose", "members", "members_for", "render_kit", "waiting"]
