"""A template of a visit or meeting, filled in, as acts: the paper as evidence, then each act, all dated the day it took place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspect_app.errors import Invalid, Problem
from inspect_app.services import casework, facts, queries
from inspect_app.services.casework import Opening, Reader
from inspect_app.services.evidence import Kept
from inspect_app.services.house import House
from inspect_app.services.ledger import Event, Key
from inspect_app.services.queries import CaseRow, Filter
from workflows.acts import Act, Actor
from workflows.roles import Role
from workflows.sittings import Beat, Template


def open_to(house: House, actor: Actor, template: Template) -> list[CaseRow]:
    """The open cases in which this actor may enter such a sitting now."""
    rows = queries.register(house, actor, Filter(workflow=template.workflow, is_open=True), sort="-updated", limit=200).rows
    first = template.beats[0].trigger
    return [row for row in rows if (edge := row.workflow.edge(row.state, first)) is not None and not row.paused
            and row.parts & set(template.who) & set(edge.who)]


def enter(house: House, template: Template, actor: Actor, told: Mapping[str, Any], *, opening: Opening | None = None, row: CaseRow | None = None,
          kept: Kept | None = None, read: Reader | None = None, key: Key | None = None) -> list[Event]:
    """Enter it: every event or none. `opening` says where a case is opened, `row` on which case it is else; `kept` is the scan where it was
    uploaded. Raises `InSitting` with what was refused, `Invalid` where someone whose words are typed plays no part in the case."""
    on = str(told["held_on"])
    speakers = _speakers(house, row, told)
    case = row.uid if row is not None else ""

    def act(beat: Beat) -> Act:
        workflow = house.catalogue.by_name[template.workflow]
        asks = {i.name for t in workflow.triggers.get(beat.trigger, ()) for i in t.inputs}
        data = beat.data(told) | ({"paper": told["scan"]} if "paper" in asks else {})
        for_whom = speakers.get(beat.speaks) if beat.speaks else None
        if beat.speaks and for_whom is None:
            raise Invalid((Problem("/data/case", "unknown", "Nobody plays this part in the case yet."),))
        return Act(beat.trigger, actor, data, occurred_on=on, recorded_for=for_whom)

    paper = {"description": template.label.say(actor.language), "paper": told["scan"]}
    if kept is None:
        paper |= {"held_as": "reference", "reference": told["scan"]}
    else:
        paper |= kept.told()
    evidence = Act("add_evidence", actor, paper, occurred_on=on, stored_as=kept.stored_as if kept else None)
    first, *rest = template.beats if opening is not None else (None, *template.beats)
    if opening is not None and first is not None:
        opening = Opening(opening.workflow, act(first), opening.title, opening.unit, ruleset=opening.ruleset, rehearsal=opening.rehearsal)
    return casework.sit(house, [(case, one) for one in (evidence, *(act(beat) for beat in rest if beat is not None))], opening=opening, read=read,
                        key=key)


def _speakers(house: House, row: CaseRow | None, told: Mapping[str, Any]) -> dict[Role, str]:
    """Whose words are typed: of a case that is opened the person named, else whoever plays the part."""
    if row is None:
        return {Role.RESPONDENT: str(told["person"])} if told.get("person") else {}
    with house.db.reading("all") as session:
        return {Role(role): uids[0] for role, uids in facts.people(session, row.id, queries.today(house)).items() if uids}


__all__ = ["enter", "open_to"]
