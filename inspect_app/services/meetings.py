"""A meeting of a body typed back: in each of its matters the acts that took place, in order, all dated that day, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inspect_app import i18n
from inspect_app.errors import Invalid, Problem
from inspect_app.services import casework
from inspect_app.services.casework import Reader
from inspect_app.services.evidence import Kept
from inspect_app.services.house import House
from inspect_app.services.ledger import Event, Key
from inspect_app.services.queries import CaseRow
from workflows.acts import Act, Actor
from workflows.definition import Transition


class Took(NamedTuple):
    """An act that took place in a matter, with what was typed of it. `n` is the place of the matter in the form; what is not one's `own` to do
    is typed for whoever signed the minutes."""

    n: int
    row: CaseRow
    transition: Transition
    data: Mapping[str, Any]
    own: bool = True


def _order(took: Sequence[Took]) -> list[tuple[CaseRow, int | None]]:
    """The acts of the sitting: in each matter the minutes (None), then what took place, by its place in `took`."""
    found: list[tuple[CaseRow, int | None]] = []
    seen: set[str] = set()
    for at, one in enumerate(took):
        if one.row.uid not in seen:
            found.append((one.row, None))
            seen.add(one.row.uid)
        found.append((one.row, at))
    return found


def enter(house: House, actor: Actor, took: Sequence[Took], held_on: str, scan: str, *, description: str, signed_by: str | None = None,
          kept: Kept | None = None, read: Reader | None = None, key: Key | None = None) -> list[Event]:
    """Enter it: every event or none. The minutes become an item of evidence of each matter first: the file in the first, by reference in the
    others. Raises `InSitting`, `Invalid`."""
    steps: list[tuple[str, Act]] = []
    for row, at in _order(took):
        if at is None:
            steps.append((row.uid, _minutes(actor, held_on, scan, description, kept if not steps else None)))
            continue
        transition = took[at].transition
        data = dict(took[at].data) | ({"paper": scan} if any(i.name == "paper" for i in transition.inputs) else {})
        for_whom = None if took[at].own else signed_by
        if for_whom is None and not took[at].own:
            raise Invalid((Problem("/signed_by", "required", i18n.say(actor.language, "meeting.who_signed")),))
        steps.append((row.uid, Act(transition.trigger, actor, data, occurred_on=held_on, recorded_for=for_whom)))
    if not steps:
        raise Invalid((Problem("", "required", "Say what took place."),))
    return casework.sit(house, steps, read=read, key=key)


def place_of(took: Sequence[Took], act: int) -> int | None:
    """Which of `took` an act of the sitting was; None for the minutes."""
    return _order(took)[act][1]


def _minutes(actor: Actor, held_on: str, scan: str, description: str, kept: Kept | None) -> Act:
    paper: dict[str, Any] = {"description": description, "paper": scan}
    if kept is None:
        paper |= {"held_as": "reference", "reference": scan}
    else:
        paper |= kept.told()
    return Act("add_evidence", actor, paper, occurred_on=held_on, stored_as=kept.stored_as if kept else None)


__all__ = ["Took", "enter", "place_of"]
