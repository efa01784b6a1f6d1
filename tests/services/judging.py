"""The whole history of a house, held against its laws and against itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

from inspect_app.services.house import House
from inspect_app.services.replaying import replay_all
from workflows import effects as fx
from workflows.definition import Workflow
from workflows.roles import Role

_EVENTS = """SELECT c.id, c.definition, e.seq, e."trigger", e."before", e."after", e.role, e.actor, e.position, c.dossier_id, c.state, c.seq
  FROM event e JOIN cases c ON c.id = e.stream_id ORDER BY c.id, e.seq"""
_SANCTIONS = "SELECT case_id, seq FROM sanction ORDER BY case_id, seq"
_FIRED = "SELECT case_id, \"then\", COUNT(*) FROM clock WHERE status = 'fired' AND \"then\" IS NOT NULL GROUP BY case_id, \"then\""


def judge(house: House) -> Counter[str]:
    """Every fault is raised. Returns how much was judged, by what it was."""
    replayed = replay_all(house)
    assert replayed.found == 0, replayed.differences[:5]
    with house.db.reading("all") as session:
        rows = session.exec_driver_sql(_EVENTS).all()
        sanctioned: dict[int, set[int]] = {}
        for case, seq in session.exec_driver_sql(_SANCTIONS).all():
            sanctioned.setdefault(case, set()).add(seq)
        fired = {(case, then): n for case, then, n in session.exec_driver_sql(_FIRED).all()}
    judged: Counter[str] = Counter()
    alone: dict[str, set[str]] = {}
    by_case: dict[int, list[Any]] = {}
    places: dict[int, list[int]] = {}
    for row in rows:
        by_case.setdefault(row[0], []).append(row)
        places.setdefault(row[9], []).append(row[8])
    for dossier, positions in places.items():
        assert sorted(positions) == list(range(1, len(positions) + 1)), f"dossier {dossier} has a gap"
    for case, events in by_case.items():
        law = house.law(events[0][1])
        _sequence(case, events)
        _parts(law, events)
        judged["sanctions"] += _due_process(law, events, sanctioned.get(case, set()))
        if law.law_hash not in alone:
            alone[law.law_hash] = _alone(house, law)
        judged["clocks"] += _once(alone[law.law_hash], case, events, fired)
        judged["events"] += len(events)
    judged["cases"] = len(by_case)
    return judged


def _sequence(case: int, events: list[Any]) -> None:
    assert [e[2] for e in events] == list(range(1, len(events) + 1)), f"case {case} has a gap"
    assert (events[-1][10], events[-1][11]) == (events[-1][5], len(events)), f"case {case} does not stand where its events lead"


def _parts(law: Workflow, events: list[Any]) -> None:
    state = ""
    for _, _, seq, trigger, before, after, role, actor, *_ in events:
        t = law.edge(state, trigger)
        assert t is not None and before == state and after == law.arrives(state, t), f"event {seq} ({trigger}) does not follow"
        assert Role(role) in t.who, f"event {seq} ({trigger}) was done as {role}"
        assert (actor == "system") == (role == "system"), f"event {seq} ({trigger}): {actor} as {role}"
        state = after


def _due_process(law: Workflow, events: list[Any], sanctioned: set[int]) -> int:
    """No sanction without notice and then hearing, or a recorded absence, which counts as one."""
    told = heard = False
    found = set()
    for _, _, seq, trigger, before, *_ in events:
        t = law.edge(before, trigger)
        assert t is not None
        if t.sanctions:
            found.add(seq)
            assert told and heard, f"a sanction in {law.name} without {'hearing' if told else 'notice'}"
        heard = heard or (told and any(isinstance(e, fx.Hear) for e in t.effects))
        told = told or any(isinstance(e, fx.Notify) for e in t.effects)
    assert sanctioned <= found, "a sanction that no event imposed"
    return len(found)


def _alone(house: House, law: Workflow) -> set[str]:
    """What a clock alone can fire."""
    everything = [e for w in house.catalogue.workflows for _, t in w.numbered for e in t.effects]
    told = {e.trigger for e in everything if isinstance(e, fx.Tell) and e.workflow == law.name}
    return {e.then for _, t in law.numbered for e in t.effects if isinstance(e, fx.StartClock) and e.then} - told


def _once(alone: set[str], case: int, events: list[Any], fired: dict[tuple[int, str], int]) -> int:
    """What a clock alone can fire happened at most as often as its clocks fired."""
    happened = Counter(e[3] for e in events)
    for trigger in alone:
        assert happened[trigger] <= fired.get((case, trigger), 0), f"{trigger} happened more often than its clock ran out"
    return sum(happened[trigger] for trigger in alone)
