"""What recorded acts took out of the contents of events. Pure.

Content that is missing is a tampering, unless an act in the history of its case says that it went: one that another person proposed, while no
hold stood. Such an act names each commitment whose value went (`erase`), or says that the case was disposed of (`dispose`); then of every event
before it stays the bare course alone. In place of a value may stand another, marked by an empty salt: the act commits to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

KEEPING = ("hold", "lift_hold", "propose_erasure", "propose_disposal", "decline_proposal", "erase", "dispose", "erase_again", "dispose_again")
"""The acts by which content goes or stays."""
FORGETTING = ("propose_forgetting", "decline_forgetting", "forget_person", "forget_person_again")
"""The administrative acts by which somebody who has left is forgotten: proposed, declined, carried out, done again after a restore."""
BARE = frozenset({"trigger", "before", "after", "role", "occurred_at", "zone", "origin", "dossier", "position", "ruleset", "guards", "late",
                  "overdue", "calendar", "clock", "parent", "opened", "fits", "row"})
"""The course of a case: what stays of an event when its case is disposed of."""
WHO = ("actor", "on_behalf_of", "recorded_for")
"""The plain columns of an event that name persons; they are empty where the field beside them went."""
KEPT_OF_KEEPING = BARE | {*WHO, "data.rule", "data.due_on"}
"""What stays of the acts by which content goes or stays, so that it can be seen that two persons did it."""


class KeepingAct(NamedTuple):
    """An act of keeping, as it is stored."""

    stream_id: int
    seq: int
    trigger: str
    actor: str
    on_behalf_of: str | None
    recorded_for: str | None
    recorded_at: int
    body: bytes | None


class Disposal(NamedTuple):
    """When a case was disposed of, by which event and under which key of its ruleset."""

    seq: int
    at: int
    rule: str


@dataclass
class Erased:
    """Everything that went: `digests` of commitments, `put` what stands in their place (canonical JSON by event and name), and `disposed`
    streams. `faults` are acts that were not such as they have to be, by stream and event."""

    digests: set[str] = field(default_factory=set)
    streams: set[int] = field(default_factory=set)
    put: dict[tuple[int, int, str], bytes] = field(default_factory=dict)
    disposed: dict[int, Disposal] = field(default_factory=dict)
    faults: list[tuple[int, int, str]] = field(default_factory=list)

    def is_gone(self, stream_id: int, seq: int) -> bool:
        """Whether the content of an event went with its case."""
        found = self.disposed.get(stream_id)
        return found is not None and seq < found.seq


NOTHING = Erased()


def read(acts: Iterable[KeepingAct]) -> Erased:
    """What these acts, by stream and number, took out; those that were not allowed are faults, and take out nothing."""
    done = Erased()
    stream, held, proposed = 0, False, None
    for act in acts:
        if act.stream_id != stream:
            stream, held, proposed = act.stream_id, False, None
        if act.trigger in ("hold", "lift_hold"):
            held = act.trigger == "hold"
        elif act.trigger.startswith("propose_"):
            proposed = act
        elif act.trigger == "decline_proposal":
            proposed = None
        else:
            fault = _fault(act, held, proposed)
            proposed = None
            if fault is None:
                _take(done, act)
            else:
                done.faults.append((act.stream_id, act.seq, fault))
    return done


def read_forgetting(acts: Iterable[KeepingAct], done: Erased) -> None:
    """Add what administrative acts, in their order, took out of the history of the organisation: each names the commitments, and each was proposed by
    another person before, or done again by the system."""
    proposed: dict[str, KeepingAct] = {}
    for act in acts:
        fields = {name: value for _, name, value in orjson.loads(act.body or b"[]")}
        who = str(fields.get("data.person"))
        if act.trigger == FORGETTING[0]:
            proposed[who] = act
            continue
        before = proposed.pop(who, None)
        if act.trigger == FORGETTING[1]:
            continue
        if act.trigger == FORGETTING[3]:
            fault = None if act.actor == "system" else "only the system does again what was done before a restore"
        else:
            fault = ("it takes content out, and nobody had proposed it" if before is None
                     else "it takes content out on the word of one person alone" if before.actor == act.actor else None)
        if fault is None:
            done.digests.update(str(one) for one in _list(fields.get("data.digests")))
        else:
            done.faults.append((act.stream_id, act.seq, fault))


def _fault(act: KeepingAct, held: bool, proposed: KeepingAct | None) -> str | None:
    if act.body is None:
        return "it takes content out, and its own is missing"
    if act.trigger.endswith("_again"):
        return None if act.actor == "system" else "only the system does again what was done before a restore"
    if held:
        return "it takes content out while a hold stands"
    wanted = "propose_erasure" if act.trigger == "erase" else "propose_disposal"
    if proposed is None or proposed.trigger != wanted:
        return "it takes content out, and nobody had proposed it"
    if {proposed.actor, proposed.on_behalf_of, proposed.recorded_for} & {act.actor, act.on_behalf_of, act.recorded_for} - {None, ""}:
        return "it takes content out on the word of one person alone"
    return None


def _take(done: Erased, act: KeepingAct) -> None:
    fields = {name: value for _, name, value in orjson.loads(act.body or b"[]")}
    if act.trigger.startswith("dispose"):
        done.disposed.setdefault(act.stream_id, Disposal(act.seq, act.recorded_at, str(fields.get("data.rule"))))
        done.digests.update(str(one) for one in _list(fields.get("data.elsewhere")))
        return
    done.streams.add(act.stream_id)
    for name, row in fields.items():
        if not (name.startswith("data.erased.") and isinstance(row, dict)):
            continue
        done.digests.update(row["digest"] for _ in (0,) if row.get("digest"))
        if "value" in row and row.get("seq"):
            done.put[act.stream_id, int(row["seq"]), str(row.get("name"))] = canonical(row["value"])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def canonical(value: Any) -> bytes:
    """A value in the one form in which it is compared."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def bare(fields: Iterable[tuple[str, str, Any]], trigger: str) -> list[tuple[str, str, Any]]:
    """Of what an event discloses, what stays when its case is disposed of."""
    stays = KEPT_OF_KEEPING if trigger in KEEPING else BARE
    return [(salt, name, value) for salt, name, value in fields if salt and name in stays]
