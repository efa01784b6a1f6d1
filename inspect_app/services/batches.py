"""Many acts at a time, each its own transaction with its own answer: what holds for a batch at every door."""

from __future__ import annotations

from inspect_app.errors import Refused
from inspect_app.services.queries import CaseRow
from workflows.definition import Transition
from workflows.effects import Attach, Recuse, Withdraw
from workflows.errors import Verdict
from workflows.words import words

MOST = 100
"""Acts of one batch."""
ALONE = words(
    en="An act that touches a person's standing is done alone; it cannot be batched.",
    vi="Việc ảnh hưởng đến quyền lợi của một người phải làm riêng; không thể làm theo lô.",
)


def refuse_alone(row: CaseRow, trigger: str, language: str) -> None:
    """Raises `Refused` for an act that touches a person's standing."""
    if any(t.standing for t in row.workflow.triggers.get(trigger, ())):
        alone = ALONE.say(language)
        raise Refused(trigger, (Verdict("not_in_a_batch", False, alone, alone),))


def together(row: CaseRow) -> tuple[Transition, ...]:
    """The acts that this reader may do in a case along with others: theirs, and none that touches a person's standing, is about one
    item of evidence or one paper, or declares a conflict."""
    return tuple(t for t in row.workflow.out_of(row.state) if row.parts & set(t.who) and not t.standing and not t.of_one
                 and not any(isinstance(e, (Attach, Withdraw, Recuse)) for e in t.effects) and not t.preview and (t.while_paused or not row.paused))


__all__ = ["ALONE", "MOST", "refuse_alone", "together"]
