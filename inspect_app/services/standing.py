"""Who answers for which office today: read from appointments and delegations, resolved by `access.offices`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import BindParameter, bindparam, select

from inspect_app.access.conflicts import EVERY_PART
from inspect_app.access.offices import ANY_SCOPE, Answerer, Appointed, Delegated, OfficeHistory, answerer, speakers
from inspect_app.access.parts import ON_FAST_TRACK, REACHING, Viewer, sees_everything
from inspect_app.db import Fixed, Session
from inspect_app.models import appointment, delegation, office
from workflows.acts import Actor
from workflows.roles import OF_OFFICE, PERSONAL, Role

NAMED = 1000
"""So many cases of one's own are named in a query; a database finds a short list by its index."""

WIDE = 10
"""Whoever reaches a tenth of all units finds a page of cases soon, in whatever order they are walked."""

_MINE = Fixed("""SELECT office_id FROM appointment WHERE person_id = :person AND since_on <= :today AND (until_on IS NULL OR until_on >= :today)
  UNION SELECT office_id FROM delegation WHERE to_id = :person AND since_on <= :today AND until_on >= :today""")
_WALLED = Fixed("SELECT part FROM exclusion WHERE case_id = :case AND person_id = :person AND since_on <= :today")
_BODIES = Fixed("""SELECT DISTINCT o.unit_id FROM appointment a JOIN office o ON o.id = a.office_id JOIN unit u ON u.id = o.unit_id
  WHERE a.person_id = :person AND u.kind = 'body' AND a.since_on <= :today AND (a.until_on IS NULL OR a.until_on >= :today)""")
_STANDING = Fixed("""SELECT 'units', COALESCE(MAX(id), 0), '' FROM unit
  UNION ALL SELECT 'roots', COUNT(*), '' FROM unit WHERE parent_id IS NULL
  UNION ALL SELECT 'streams', COALESCE(MAX(id), 0), '' FROM stream
  UNION ALL SELECT 'own', case_id, role FROM (SELECT r.case_id, r.role FROM case_role r
    WHERE r.person_id = :person AND r.until_seq IS NULL AND (r.until_on IS NULL OR r.until_on >= :today) AND r.role <> 'superior'
    LIMIT :most) o
  UNION ALL SELECT 'wall', case_id, part FROM exclusion WHERE person_id = :person AND since_on <= :today
  UNION ALL SELECT 'granted', CASE WHEN u.parent_id IS NULL THEN u.id ELSE 0 END, g.role FROM role_grant g JOIN unit u ON u.id = g.unit_id
    WHERE g.person_id = :person AND g.since_on <= :today AND (g.until_on IS NULL OR g.until_on >= :today)
  UNION ALL SELECT 'reached', a.unit_id, g.role FROM role_grant g JOIN unit_above a ON a.above_id = g.unit_id
    WHERE g.person_id = :person AND g.since_on <= :today AND (g.until_on IS NULL OR g.until_on >= :today)
    AND ((SELECT parent_id FROM unit WHERE id = g.unit_id) IS NOT NULL OR (SELECT COUNT(*) FROM unit WHERE parent_id IS NULL) > 1)
  UNION ALL SELECT 'office', office_id, '' FROM appointment
    WHERE person_id = :person AND since_on <= :today AND (until_on IS NULL OR until_on >= :today)
  UNION ALL SELECT 'office', office_id, '' FROM delegation WHERE to_id = :person AND since_on <= :today AND until_on >= :today
  UNION ALL SELECT 'body', o.unit_id, '' FROM appointment a JOIN office o ON o.id = a.office_id JOIN unit u ON u.id = o.unit_id
    WHERE a.person_id = :person AND u.kind = 'body' AND a.since_on <= :today AND (a.until_on IS NULL OR a.until_on >= :today)""")
"""All that the rights of a person come from, in one statement. A grant for every unit that has none above it is one for all units; which those are
nobody asks then."""
_SEATED = Fixed("""SELECT DISTINCT a.person_id FROM appointment a JOIN office o ON o.id = a.office_id
  WHERE o.unit_id = :body AND a.since_on <= :today AND (a.until_on IS NULL OR a.until_on >= :today) ORDER BY a.person_id""")
_CHAIN = Fixed("""WITH RECURSIVE up(id, superior_id, steps) AS (SELECT id, superior_id, 0 FROM office WHERE id = :office
  UNION ALL SELECT o.id, o.superior_id, up.steps + 1 FROM up JOIN office o ON o.id = up.superior_id WHERE up.steps < 40)
  SELECT id, superior_id FROM up""")

_A, _D = appointment.c, delegation.c
_OFFICES: BindParameter[int] = bindparam("offices", expanding=True)
_APPOINTED = (select(_A.office_id, _A.person_id, _A.acting, _A.since_on, _A.until_on)
              .where(_A.office_id.in_(_OFFICES)).order_by(_A.since_on, _A.id))
_DELEGATED = (select(_D.office_id, _D.from_id, _D.to_id, _D.scope, _D.may_pass_on, _D.since_on, _D.until_on)
              .where(_D.office_id.in_(_OFFICES)).order_by(_D.since_on, _D.id))


def histories(session: Session, numbers: Iterable[int]) -> dict[int, OfficeHistory]:
    """These offices and everything above them on their lines, over time."""
    lines: dict[int, int | None] = {}
    for number in numbers:
        if number not in lines:
            lines.update(_CHAIN.run(session, {"office": number}))
    appointed: dict[int, list[Appointed]] = {}
    given: dict[int, list[Delegated]] = {}
    named = {"offices": list(lines)}
    for office_id, *rest in session.execute(_APPOINTED, named):
        appointed.setdefault(office_id, []).append(Appointed(rest[0], bool(rest[1]), rest[2], rest[3]))
    for office_id, *rest in session.execute(_DELEGATED, named):
        given.setdefault(office_id, []).append(Delegated(rest[0], rest[1], rest[2], bool(rest[3]), rest[4], rest[5]))
    return {n: OfficeHistory(n, above, tuple(appointed.get(n, ())), tuple(given.get(n, ()))) for n, above in lines.items()}


def who_answers(session: Session, number: int, day: date, workflow: str) -> Answerer | None:
    """Who answers for an office on a day, in matters of a workflow."""
    return answerer(histories(session, (number,)), number, day, workflow)


def answers_for(session: Session, number: int, person_id: int | None, day: date, workflow: str) -> bool:
    """Whether this person's word is the office's on this day: as who answers, its holder, or through whom it came to another."""
    return person_id is not None and person_id in speakers_of(session, number, day, workflow)


def offices_of(session: Session, person_id: int, day: date) -> dict[str, tuple[int, ...]]:
    """The offices whose word a person's is on a day: their own, those delegated to them, and vacant ones below. By workflow, and
    under `*` for all workflows that no delegation names."""
    return _speaking(session, person_id, [row[0] for row in _MINE.run(session, {"person": person_id, "today": day.isoformat()})], day)


def _speaking(session: Session, person_id: int, mine: list[int], day: date) -> dict[str, tuple[int, ...]]:
    """As `offices_of`, for whom these are held by or delegated to."""
    if not mine:
        return {}
    held = select(appointment.c.id).where(appointment.c.office_id == office.c.id, appointment.c.since_on <= day,
                                          appointment.c.until_on.is_(None) | (appointment.c.until_on >= day))
    ahead, vacant = list(mine), []
    while ahead:
        ahead = list(session.execute(select(office.c.id).where(office.c.superior_id.in_(ahead), ~held.exists())).scalars())
        ahead = [number for number in ahead if number not in vacant]
        vacant += ahead
    known = histories(session, (*mine, *vacant))
    scopes = {w for o in known.values() for given in o.delegated for w in given.scope.split()} | {ANY_SCOPE}
    return {w: tuple(n for n in (*mine, *vacant) if person_id in speakers(known, n, day, w)) for w in scopes}


def speakers_of(session: Session, number: int, day: date, workflow: str) -> tuple[int, ...]:
    """Everybody whose word is the office's on a day, in matters of a workflow."""
    return speakers(histories(session, (number,)), number, day, workflow)


def bodies_of(session: Session, person_id: int | None, day: date) -> tuple[int, ...]:
    """The bodies on which somebody sits on a day: they hold an office of them, or act in one."""
    return tuple(row[0] for row in _BODIES.run(session, {"person": person_id, "today": day.isoformat()})) if person_id is not None else ()


def unwalled(session: Session, case_id: int, person_id: int, day: date, parts: frozenset[Role]) -> frozenset[Role]:
    """Of somebody's parts in a case those that no wall takes from them on a day; what a case gives to a person concerned is taken by none."""
    walls = {part for (part,) in _WALLED.run(session, {"case": case_id, "person": person_id, "today": day.isoformat()})}
    return parts & frozenset(PERSONAL) if EVERY_PART in walls else frozenset(role for role in parts if role.value not in walls)


def seated(session: Session, body_id: int, day: date) -> tuple[int, ...]:
    """Who sits on a body on a day."""
    return tuple(row[0] for row in _SEATED.run(session, {"body": body_id, "today": day.isoformat()}))


def viewer_of(session: Session, actor: Actor, day: date) -> Viewer:
    """Who looks, with everything their rights come from on that day."""
    found: dict[str, list[tuple[int, str]]] = {}
    for kind, n, word in _STANDING.run(session, {"person": actor.person_id, "today": day.isoformat(), "most": NAMED + 1}):
        found.setdefault(kind, []).append((n, word))
    (number, _), (streams, _) = found["units"][0], found["streams"][0]
    if sees_everything(actor) or actor.person_id is None:
        return Viewer(actor, day, wide=sees_everything(actor), units_in_all=number, cases_in_all=streams)
    roles, walls = joined(found.get("own", ())), joined(found.get("wall", ()))
    played = [(case_id, role) for case_id, role in found.get("own", ()) if role not in (wall := walls.get(case_id, "").split(","))
              and (EVERY_PART not in wall or role in PERSONAL)]
    by_person = [(case_id, role) for case_id, role in played if role not in OF_OFFICE]
    own, about = frozenset(case_id for case_id, _ in by_person), frozenset(case_id for case_id, role in by_person if role in PERSONAL)
    held = frozenset(case_id for case_id, role in played if role in OF_OFFICE)
    few = len(found.get("own", ())) <= NAMED
    granted = {role: {root for root, other in found["granted"] if other == role and root} for _, role in found.get("granted", ())
               if role in REACHING or role in ON_FAST_TRACK}
    everywhere = {role for role, roots in granted.items() if len(roots) >= found["roots"][0][0]}
    reached = [(unit_id, role) for unit_id, role in found.get("reached", ()) if role in REACHING or role in ON_FAST_TRACK]

    def within(*which: Role) -> frozenset[int] | None:
        units = frozenset(unit_id for unit_id, role in reached if role in which)
        return None if everywhere & set(which) or len(units) >= number else units

    units = within(*REACHING)
    offices, bodies = (list(dict.fromkeys(n for n, _ in found.get(kind, ()))) for kind in ("office", "body"))
    return Viewer(actor, day, own if few else None, held, units, within(*ON_FAST_TRACK), _speaking(session, actor.person_id, offices, day),
                  tuple(bodies), wide=units is None or len(units) * WIDE >= number, concerned=about if few else None, audited=within(Role.AUDITOR),
                  playing=frozenset(Role(role) for _, role in played) if few else None, units_in_all=number, cases_in_all=streams,
                  roles=roles if few else None, walls=walls, granted=joined(reached), everywhere=",".join(everywhere))


def joined(found: Iterable[tuple[int, str]]) -> dict[int, str]:
    """The codes of each number, with commas between them."""
    together: dict[int, str] = {}
    for number, code in found:
        together[number] = f"{together[number]},{code}" if number in together else code
    return together
