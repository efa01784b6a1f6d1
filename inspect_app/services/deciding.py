"""Facts about who decides and on what: who took part below, who is on the frozen roll, which evidence is tainted, what was decided before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inspect_app.audit.envelope import disclosed
from inspect_app.db import Fixed, Session
from workflows.acts import EarlierFact
from workflows.roles import TOOK_PART, Role

TEAM = frozenset({Role.TEAM_LEAD.value, Role.TEAM_MEMBER.value})
_LINE = Fixed("""WITH RECURSIVE up(id) AS (SELECT parent_id FROM cases WHERE id = :case AND parent_id IS NOT NULL
  UNION SELECT c.parent_id FROM cases c JOIN up ON c.id = up.id WHERE c.parent_id IS NOT NULL) SELECT id FROM up""")
_PLAYED = Fixed("SELECT p.uid, r.role FROM case_role r JOIN person p ON p.id = r.person_id WHERE r.case_id = :case")
_ACTED = Fixed("SELECT e.role, e.actor, e.on_behalf_of, e.recorded_for FROM event e WHERE e.stream_id = :case")
_TAINTED = Fixed("""SELECT i.n FROM evidence i JOIN event e ON e.stream_id = i.case_id AND e.seq = i.seq
  JOIN person p ON p.uid = COALESCE(e.recorded_for, e.on_behalf_of, e.actor)
  JOIN declared_conflict d ON d.case_id = i.case_id AND d.person_id = p.id WHERE i.case_id = :case AND i.withdrawn_seq IS NULL ORDER BY i.n""")
_VERIFIED = Fixed("""SELECT c.body FROM event e JOIN content c ON c.event_id = e.event_id
  WHERE e.stream_id = :case AND e."trigger" = 'reverify_evidence' AND NOT EXISTS (SELECT 1 FROM declared_conflict d
    JOIN person p ON p.id = d.person_id WHERE d.case_id = e.stream_id AND p.uid = COALESCE(e.recorded_for, e.on_behalf_of, e.actor))""")
_EARLIER = Fixed("""SELECT s.case_id, s.rung, s.ended_as FROM sanction s JOIN cases c ON c.id = s.case_id
  WHERE s.case_id <> :case AND c.rehearsal = (SELECT rehearsal FROM cases WHERE id = :case) AND s.person_id IN (
  SELECT r.person_id FROM case_role r WHERE r.case_id = :case AND r.role = 'respondent' AND r.until_seq IS NULL) ORDER BY s.id""")


def took_part(session: Session, above: Mapping[int, Mapping[str, Any]]) -> frozenset[str]:
    """Whoever conducted or decided one of these cases: by a part, by an act, or on a frozen roll. `above` gives what each of them said."""
    found: set[str] = set()
    for case_id, said in above.items():
        found |= {uid for uid, role in _PLAYED.run(session, {"case": case_id}) if role in TOOK_PART}
        found |= {uid for role, *people in _ACTED.run(session, {"case": case_id}) if role in TOOK_PART for uid in people if uid}
        found |= set(said.get("voters") or ())
    return frozenset(found)


def investigators(session: Session, case_ids: Iterable[int]) -> frozenset[str]:
    """Whoever was on the team of one of these cases, even if they have left it."""
    return frozenset(uid for case_id in case_ids for uid, role in _PLAYED.run(session, {"case": case_id}) if role in TEAM)


def line_above(session: Session, case_id: int) -> tuple[int, ...]:
    """The cases above this one, by number."""
    return tuple(row[0] for row in _LINE.run(session, {"case": case_id}))


def tainted(session: Session, case_id: int) -> tuple[int, ...]:
    """Items that stand, were brought by somebody who has since declared a conflict, and that nobody without one has verified again."""
    items = [row[0] for row in _TAINTED.run(session, {"case": case_id})]
    verified = {disclosed(row[0]).get("data.item") for row in _VERIFIED.run(session, {"case": case_id})} if items else set()
    return tuple(n for n in items if n not in verified)


def earlier(session: Session, case_id: int, said_of: Any) -> tuple[EarlierFact, ...]:
    """The sanctions that those this case is about received in other cases, and for what. `said_of` reads what a case said."""
    found = []
    for other, rung, ended_as in _EARLIER.run(session, {"case": case_id}):
        said = said_of(other)
        proven = {row.get("allegation") for row in said.get("conclusions") or () if row.get("result") == "proven"}
        told = acts_of(said)
        days = frozenset(day for n, (day, _) in enumerate(told, 1) if not said.get("conclusions") or n in proven)
        found.append(EarlierFact(frozenset(told), rung, ended_as is None, ended_as == "spent", days))
    return tuple(found)


def acts_of(said: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What a case said it is about: day and provision of each act alleged, or of the one that a minor matter is about."""
    if said.get("norm") and not said.get("allegations"):
        return ((str(said.get("committed_on")), str(said["norm"])),)
    return tuple((str(row.get("committed_on")), str(row.get("provision"))) for row in said.get("allegations") or ())
