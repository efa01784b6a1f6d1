"""Letters that acts leave behind, as their reader gets them: on a page, and on paper. Each is made anew from what the case says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import false, or_, select

from inspect_app import i18n
from inspect_app.access.parts import sees_everything
from inspect_app.access.reading import HANDLING
from inspect_app.db import Session
from inspect_app.errors import NotFound
from inspect_app.models import account, event, letter, office, person
from inspect_app.services import asked as asking
from inspect_app.services import checkpoints, fast_letters, holding, letters_of_matters, queries
from inspect_app.services.asked import Asked, Limit
from inspect_app.services.house import House
from inspect_app.services.queries import CaseRow
from inspect_app.services.readings import SHIELDED
from workflows.acts import Actor
from workflows.calendar import day_of
from workflows.inputs import Choice
from workflows.roles import Role
from workflows.words import BESIDE

NOTICES = ("responsibility_notice", "reminder")
"""Letters that ask for an answer: they carry everything that is asked, and the link to answer."""

TITLES = {
    "responsibility_notice": "letter.notice", "reminder": "letter.reminder", "responsibility_relieved": "letter.relieved",
    "responsibility_referred": "letter.referred", "escalation": "letter.escalation", "determination": "letter.determination",
    "responsibility_withdrawn": "letter.withdrawn", "testimony": "letter.testimony",
    "action": "letter.action", "check_in": "letter.check_in", "acknowledgement": "letter.acknowledgement",
    "closed_no_case": "letter.closed_no_case", "followed_up": "letter.followed_up", "handed_over": "letter.handed_over", "outcome": "letter.outcome",
    "question": "letter.question", "feedback": "letter.feedback", **fast_letters.TITLES,
}
SENTENCES = {
    "reminder": "letter.reminder_says", "responsibility_relieved": "letter.relieved_says", "responsibility_referred": "letter.referred_says",
    "escalation": "letter.escalation_says", "determination": "letter.determination_says", "responsibility_withdrawn": "letter.withdrawn_says",
}


for _language, _names in BESIDE.items():
    _names.update({f"letter {kind}": i18n.say(_language, key) for kind, key in TITLES.items()})
    for _workflow in letters_of_matters.WORKFLOWS:
        _names.update({f"letter {_workflow}.{kind}": i18n.say(_language, form.title)
                       for kind in (*letters_of_matters.FORMS, *letters_of_matters.INSPECTION)
                       if (form := letters_of_matters.form_of(kind, _workflow)) is not None})


def title_of(kind: str, workflow: str) -> str:
    """The message that is the title of a letter."""
    of_matter = letters_of_matters.form_of(kind, workflow)
    return of_matter.title if of_matter else TITLES.get(kind, "letter.other")


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: its title, to whom, of which day, its paragraphs (heading, text), the address where it is answered or read, and the code of
    the checkpoint that its event is under; None: not yet witnessed."""

    id: int
    kind: str
    title: str
    to: str
    number: str
    day: date | None
    paragraphs: tuple[tuple[str, str], ...]
    link: str
    language: str
    code: str | None = None

    @property
    def lead(self) -> str:
        """What stands before the address."""
        return i18n.say(self.language, "letter.at")

    @property
    def dated(self) -> str:
        """The day of it; nothing of one that was not sent yet."""
        return i18n.day(self.day, self.language) if self.day else ""

    @property
    def under(self) -> str:
        """What stands before the code of the checkpoint, or that there is none yet."""
        return i18n.say(self.language, "letter.witnessed") if self.code else i18n.say(self.language, "letter.not_witnessed")


def link_to(house: House, number: str) -> str:
    """The one address under which whoever has to answer finds everything."""
    return f"{house.public_url}/answer/{number}"


def listed(house: House, actor: Actor, row: CaseRow) -> list[dict[str, Any]]:
    """The letters of a case: for those who handle it all but those to whoever reported or is protected, whom they would name; else one's own.
    Newest first."""
    query = (select(letter.c.id, letter.c.kind, letter.c.made_at, person.c.full_name).join(person, person.c.id == letter.c.person_id)
             .where(letter.c.case_id == row.id).order_by(letter.c.id.desc()))
    if not sees_everything(actor):
        others = letter.c.role.not_in(SHIELDED) if row.parts & HANDLING else false()
        query = query.where(or_(letter.c.person_id == actor.person_id, others))
    with house.db.reading("all") as session:
        return [dict(one) for one in session.execute(query).mappings()]


def read(house: House, actor: Actor, row: CaseRow, id_: int) -> Letter:
    """One letter of a case in its reader's own language. Raises `NotFound` where it is not this actor's to read."""
    one, seq = _read(house, actor, row, id_)
    point = checkpoints.under(house, row.id, seq)
    return replace(one, code=point.code if point else None)


def _read(house: House, actor: Actor, row: CaseRow, id_: int) -> tuple[Letter, int]:
    """The letter, and the number of the event that it is of."""
    with house.db.reading("all") as session:
        found = session.execute(select(letter.c.kind, letter.c.made_at, letter.c.seq, letter.c.role, letter.c.person_id, person.c.full_name,
                                       account.c.language)
                                .join(person, person.c.id == letter.c.person_id).outerjoin(account, account.c.person_id == person.c.id)
                                .where(letter.c.id == id_, letter.c.case_id == row.id)).first()
        others = sees_everything(actor) or (row.parts & HANDLING and found is not None and found.role not in SHIELDED)
        if found is None or (found.person_id != actor.person_id and not others):
            raise NotFound
        language = found.language or actor.language
        title = i18n.say(language, title_of(found.kind, row.workflow.name))
        on = day_of(found.made_at, house.zone)
        form = letters_of_matters.form_of(found.kind, row.workflow.name)
        if form is not None:
            told_then = letters_of_matters.paragraphs(session, house, row, form, found.seq, found.role, language)
            return Letter(id_, found.kind, title, found.full_name, row.number, on, told_then, f"{house.public_url}/cases/{row.uid}",
                          language), found.seq
        if row.workflow.held_role is not Role.HEAD:
            act = letters_of_matters.act_of(session, house, row, found.seq, language)
            paragraphs: tuple[tuple[str, str], ...] = (("", i18n.say(language, "letter.other_says", title=row.title, act=act)),)
            if found.kind == "testimony":
                paragraphs = (("", i18n.say(language, "letter.testimony_says")),)
            if row.workflow.fast:
                paragraphs = fast_letters.paragraphs(session, house, row, found.kind, found.seq, language)
            return Letter(id_, found.kind, title, found.full_name, row.number, on, paragraphs, f"{house.public_url}/cases/{row.uid}",
                          language), found.seq
        told = asking.asked(session, house, row.id, on)
        own = _own_words(session, house, row, found.kind, found.seq, told, language)
        return Letter(id_, found.kind, title, found.full_name, row.number, on, own, link_to(house, row.number), language), found.seq


def preview(house: House, actor: Actor, told: dict[str, Any]) -> tuple[Letter, ...]:
    """The notice as whoever has to answer would read it, one for each where several answer, before anything was carried out."""
    today = queries.today(house)
    with house.db.reading() as session:
        would = asking.would_ask(session, told, today, actor.name)
        people = _answerers(session, told, today) or [("–", actor.language)]
        return tuple(Letter(0, "responsibility_notice", i18n.say(language, "letter.notice"), name, "…", None, _asks(would, language),
                            link_to(house, "…"), language) for name, language in people)


def _answerers(session: Session, told: dict[str, Any], today: date) -> list[tuple[str, str]]:
    number = session.execute(select(office.c.id).where(office.c.code == told.get("office"))).scalar()
    if number is None:
        return []
    wanted: list[Any]
    if told.get("level") == "joint":
        wanted = [person.c.uid.in_(holding.members(session, str(told["office"]), told, today))]
    else:
        wanted = [person.c.id == holding.answers(session, int(number), told, today)[0]]
    rows = session.execute(select(person.c.full_name, account.c.language).outerjoin(account, account.c.person_id == person.c.id).where(*wanted))
    return [(name, language or "en") for name, language in rows]


def _own_words(session: Session, house: House, row: CaseRow, kind: str, seq: int, told: Asked, language: str) -> tuple[tuple[str, str], ...]:
    first = [("", _sentence(kind, row, told, language))] if kind in SENTENCES else []
    if kind in NOTICES:
        return (*first, *_asks(told, language))
    if kind == "escalation":
        lapsed = session.execute(select(event.c.seq).where(event.c.stream_id == row.id, event.c.trigger == "answer_lapsed",
                                                           event.c.seq < seq)).first()
        if lapsed is not None:
            first.append(("", i18n.say(language, "letter.silence_says")))
        if told.said.get("reason") and lapsed is None:
            first.append((i18n.say(language, "letter.reason"), str(told.said["reason"])))
    if kind == "determination":
        first.append((i18n.say(language, "letter.reason"), str(told.said.get("reasons", "–"))))
    about = (i18n.say(language, "letter.about"), told.summary)
    return (*first, about)


def _sentence(kind: str, row: CaseRow, told: Asked, language: str) -> str:
    outcome = option(row, "determine", "outcome", told.said.get("outcome"), language)
    reason = option(row, "withdraw", "reason", told.said.get("reason"), language)
    return i18n.say(language, SENTENCES[kind], office=told.office, where=told.where, body=told.body, outcome=outcome, why=reason)


def option(row: CaseRow, trigger: str, name: str, code: object, language: str) -> str:
    """What a code of a choice is called; a dash where there is none."""
    found = (i for t in row.workflow.triggers.get(trigger, ()) for i in t.inputs if i.name == name and isinstance(i, Choice))
    return next((words.say(language) for i in found for value, words in i.options if value == code), "–")


def _asks(told: Asked, language: str) -> tuple[tuple[str, str], ...]:
    """Everything a notice says: the same that the page of the answer shows."""
    say = i18n.say
    by = [say(language, "letter.due_says", day=i18n.day(told.due_on, language))]
    by += [why(told.answer, language)] if told.answer else [say(language, "letter.answer_says")]
    return (
        (say(language, "letter.office"), f"{told.office}, {told.where} – {say(language, BASES[told.basis])}"),
        (say(language, "letter.about"), told.summary),
        (say(language, "letter.owed"), told.owed),
        (say(language, "letter.by"), " ".join(by)),
        (say(language, "letter.who_asks"), ", ".join(told.asked_by)),
        (say(language, "letter.who_determines"), say(language, "letter.who_determines_says", body=told.body, members=", ".join(told.members))),
        (say(language, "letter.next"), say(language, "letter.next_says")),
        (say(language, "letter.companion"), say(language, "letter.companion_says")),
        ("", say(language, "letter.not_an_admission")),
    )


BASES = {"handling": "basis.handling", "oversight": "basis.oversight"}
LIMITS = {"d": "limit.d", "wd": "limit.wd", "m": "limit.m"}


def why(limit: Limit, language: str) -> str:
    """Why an answer is due on its day: from when, how long, which days did not count."""
    number = limit.limit.rstrip("dwm")
    long = i18n.say(language, LIMITS[limit.limit[len(number):]], n=number)
    text = i18n.say(language, "limit.why", since=i18n.day(limit.since, language), long=long, until=i18n.day(limit.until, language))
    for away in limit.away:
        text += " " + i18n.say(language, "limit.away", since=i18n.day(away.since, language), until=i18n.day(away.until, language))
    return text
