"""Which inputs a reader may see: the declaration's `readers` against the parts they play in the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from workflows.definition import Workflow
from workflows.effects import Serve
from workflows.inputs import Input, Klass, Many
from workflows.paper_kinds import AUDIENCES
from workflows.roles import HANDLERS, UNNAMED, Role

HANDLING = frozenset({Role.CHAIR, Role.MEMBER, Role.OFFICER, Role.RECORDER, Role.TEAM_LEAD, Role.TEAM_MEMBER, Role.DECIDER, Role.AUDITOR,
                      Role.DATA_OFFICER, Role.VERIFIER, Role.SUPERIOR, Role.DIRECT_SUPERIOR})
"""Who reads the inner sentence of a guard; everyone else reads the outer one."""


_CONDUCTING, _ABOUT = HANDLING | frozenset(HANDLERS), frozenset({Role.RESPONDENT, Role.COMPANION})

DELICATE = frozenset({Klass.SENSITIVE, Klass.SEALED})
"""What is withheld from whoever sees a case as its auditor alone."""

SPEAKING = frozenset({Role.REPORTER, Role.PROTECTED})
"""Who only spoke: of a case they learn what is theirs, and nothing else."""


def only_spoke(parts: frozenset[Role] | None) -> bool:
    """Whether a reader has no part in a case but to have spoken, or to be protected for it."""
    return parts is not None and bool(parts) and parts <= SPEAKING


def is_told(workflow: Workflow, trigger: str, role: str, parts: frozenset[Role] | None) -> bool:
    """Whether a reader learns of an event at all: who only spoke learns of their own acts, and of what is said or served to them."""
    if parts is None or not only_spoke(parts):
        return True
    if role in UNNAMED:
        return role in parts
    served = {e.role for t in workflow.triggers.get(trigger, ()) for e in t.effects if isinstance(e, Serve)}
    return bool(served & parts)


SHARED_BY = {"draft": "share_draft"}
"""Acts whose words the parties are told from when another act shares them, where the workflow has it."""


def conducts(parts: frozenset[Role]) -> bool:
    """Whether a reader conducts, decides or audits a case: nobody whom it is about, whatever else they are in it."""
    return bool(parts & _CONDUCTING) and not parts & _ABOUT


def not_shared(workflow: Workflow, happened: Iterable[tuple[int, str]]) -> frozenset[int]:
    """Of what happened in a case (number of the event, and its act), the events whose words were not shared yet with the parties."""
    told = sorted((seq, trigger) for seq, trigger in happened if trigger in SHARED_BY or trigger in SHARED_BY.values())
    shared = {trigger: seq for seq, trigger in told}
    return frozenset(seq for seq, trigger in told if SHARED_BY.get(trigger) in workflow.triggers and seq > shared.get(SHARED_BY[trigger], 0))


def may_read(i: Input, parts: frozenset[Role], unredacted: bool = False) -> bool:
    """Whether any of the parts is among the input's readers; an auditor reads redacted, unless another person agreed to more."""
    return bool(parts & set(i.readers)) and (unredacted or not (parts <= {Role.AUDITOR} and i.klass in DELICATE))


def declared(workflow: Workflow, trigger: str) -> dict[str, Input]:
    """The inputs of a trigger, over all its transitions, by name."""
    return {i.name: i for t in workflow.triggers.get(trigger, ()) for i in t.inputs}


def readable(workflow: Workflow, trigger: str, data: Mapping[str, Any], parts: frozenset[Role] | None,
             unredacted: bool = False, *, untold: bool = False) -> tuple[dict[str, Any], list[str]]:
    """(what may be read, the names of what is withheld). `parts` None is the installation itself, which withholds nothing; `unredacted` is an
    auditor to whom another person agreed it. Of what is `untold` yet nothing may be read.

    An input that the workflow does not declare (a recorded history has such) is withheld from all but those who handle the case."""
    if parts is None:
        return dict(data), []
    if untold:
        return {}, sorted(data)
    inputs = declared(workflow, trigger)
    seen: dict[str, Any] = {}
    withheld: list[str] = []
    for name, value in data.items():
        i = inputs.get(name)
        if (i is None and not parts & HANDLING) or (i is not None and not may_read(i, parts, unredacted)):
            withheld.append(name)
        elif isinstance(i, Many) and isinstance(value, list):
            hidden = {c.name for c in i.of if not may_read(c, parts, unredacted)}
            seen[name] = [{k: v for k, v in row.items() if k not in hidden} for row in value]
            withheld += [f"{name}.{column}" for column in sorted(hidden)]
        else:
            seen[name] = value
    return seen, withheld


PAPER = "issue_paper"
"""The act by which a paper is drawn; its event says who may read the paper."""


def may_read_paper(said: Mapping[str, Any], parts: frozenset[Role] | None, unredacted: bool = False) -> bool:
    """Whether a reader may read the paper that an event tells of: who handles the case may, the parties where it is for them. Who sees a case as
    its auditor alone does not where it says what is delicate, unless another person agreed to it."""
    if parts is None:
        return True
    if said.get("delicate") and parts <= {Role.AUDITOR} and not unredacted:
        return False
    return bool(parts & set(AUDIENCES.get(str(said.get("audience")), ())))


def reads_inner(parts: Iterable[Role]) -> bool:
    """Whether these parts read the inner sentences of guards."""
    return bool(HANDLING & set(parts))
