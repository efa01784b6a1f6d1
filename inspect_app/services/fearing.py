"""Who may not strike back: of whom somebody spoke in a concern, or as a witness, with their line; against whose decision somebody appealed; and who
stood right above somebody who reported what went wrong in their own unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from inspect_app.db import Fixed, Session
from inspect_app.services import deciding
from inspect_app.services.relations import superiors_on
from inspect_app.services.said import said
from workflows.acts import Act
from workflows.calendar import day_of
from workflows.definition import START, Transition
from workflows.effects import Appoint
from workflows.guards import given, persons_in, speaker
from workflows.roles import Role

_PROTECTED = """FROM person p JOIN case_role r ON r.person_id = p.id AND r.role = 'protected' JOIN cases c ON c.id = r.case_id
  AND c.rehearsal = (SELECT rehearsal FROM cases WHERE id = :id)"""
_SPOKEN = Fixed(f"""SELECT c.opened_at, o.uid {_PROTECTED} JOIN (SELECT case_id, person_id FROM named
    UNION SELECT case_id, person_id FROM exclusion WHERE part = 'all') w ON w.case_id = c.id
  JOIN person o ON o.id = w.person_id WHERE p.uid = :uid AND c.id <> :id AND c.workflow NOT IN ('appeal', 'shortcoming', 'corrective_action')
  AND NOT (c.workflow = 'testimony' AND c.parent_id = :id)""")  # noqa: S608 – joined from constants
_APPEALED = Fixed(f"""SELECT c.id, c.opened_at {_PROTECTED} WHERE p.uid = :uid AND c.workflow = 'appeal'
  AND c.dossier_id <> (SELECT dossier_id FROM cases WHERE id = :id) AND c.opened_at < (SELECT opened_at FROM cases WHERE id = :id)""")  # noqa: S608 – joined from constants
_REPORTED = Fixed(f"""SELECT c.opened_at, p.id {_PROTECTED} WHERE p.uid = :uid AND c.workflow IN ('shortcoming', 'corrective_action')
  AND c.opened_at < (SELECT opened_at FROM cases WHERE id = :id)""")  # noqa: S608 – joined from constants
_ASKED = Fixed(f"""SELECT 1 {_PROTECTED} JOIN clock k ON k.case_id = c.id AND k."then" = 'check_in' AND k.status = 'running'
  WHERE p.uid = :uid AND c.workflow IN ('shortcoming', 'corrective_action') LIMIT 1""")
_RECORDS = Fixed("SELECT uid FROM person WHERE id = :id OR same_as_id = :id ORDER BY id")
AIMED_AT = (Role.RESPONDENT, Role.HEAD)
"""The parts of those whom an act of a case may be aimed at."""


def aimed_at(transition: Transition | None, act: Act, players: Mapping[str, Sequence[str]]) -> set[str]:
    """Whom an act may be aimed at: whoever has such a part in the case, and where it opens one, whoever gets such a part by it."""
    found = {uid for role in AIMED_AT for uid in players.get(role.value, ())}
    if transition is not None and transition.source == START:
        found |= {uid for e in transition.effects if isinstance(e, Appoint) and e.role in AIMED_AT for uid in persons_in(given(act, e.input))}
    return found


Reason = Callable[[Session, int, str], list[tuple[int, str]]]
"""Gives, for a case and a person, (since when, who) may not act against this person in this case; the moment is in µs since 1970 UTC."""


def spoken_of(session: Session, case_id: int, uid: str) -> list[tuple[int, str]]:
    """Of whom this person spoke in a concern, or as a witness in another matter than this, with their line."""
    return [(opened_at, other) for opened_at, other in _SPOKEN.run(session, {"uid": uid, "id": case_id})]


def appealed_against(session: Session, case_id: int, uid: str) -> list[tuple[int, str]]:
    """Who took part in what this person appealed against, where the case is another matter that was opened after the appeal: what was under way
    before goes on."""
    found: list[tuple[int, str]] = []
    for appeal, opened_at in _APPEALED.run(session, {"uid": uid, "id": case_id}):
        below = deciding.took_part(session, {n: said(session, n) for n in deciding.line_above(session, appeal)})
        found += [(opened_at, other) for other in sorted(below)]
    return found


def reported_under(zone: ZoneInfo) -> Reason:
    """Who stood right above this person when they reported a shortcoming of their own unit, where the case was opened after it: what was under way
    before goes on. `zone` is the organisation's."""
    def found(session: Session, case_id: int, uid: str) -> list[tuple[int, str]]:
        above = {(opened_at, number) for opened_at, person_id in _REPORTED.run(session, {"uid": uid, "id": case_id})
                 for number in superiors_on(session, person_id, day_of(opened_at, zone))}
        return [(opened_at, other) for opened_at, number in sorted(above) for (other,) in _RECORDS.run(session, {"id": number})]

    return found


def is_asked(session: Session, case_id: int, act: Act) -> bool:
    """Whether whoever speaks is being asked how they are, for a shortcoming of their own unit that they reported before."""
    return bool(_ASKED.run(session, {"uid": speaker(act), "id": case_id}))
