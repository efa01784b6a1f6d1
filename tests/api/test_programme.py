"""A year of the programme over HTTP: one pilot unit, four demonstrations by four units, an effectiveness review whose figures come from cases."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import insert, select

from inspect_app.models import appointment, office, person, role_grant, unit
from inspect_app.services.units import replant
from tests.api.conftest import Callers
from tests.api.scenario import Story
from tests.services.organisation import LONG_AGO, Organisation

WARDS = ("W1", "W2", "W3", "W4")
HEADS = {"W1": "head", "W2": "other_head", "W3": "deputy", "W4": "stranger"}
GENERIC = "generic"


@pytest.fixture
def story(org: Organisation, callers: Callers) -> Story:
    """Four wards, each with a head who leads the unit."""
    with org.house.db.atomic("all") as session:
        top = session.execute(select(unit.c.id).where(unit.c.code == "HQ")).scalar_one()
        for code in ("W3", "W4"):
            number = session.execute(insert(unit).values(code=code, name=f"Ward {code[1]}", kind="unit", external=False, path="/",
                                                         parent_id=top).returning(unit.c.id)).scalar_one()
            post = session.execute(insert(office).values(code=f"head-{code.lower()}", title=f"Head of {code}", unit_id=number,
                                                         line="unit").returning(office.c.id)).scalar_one()
            who = session.execute(select(person.c.id).where(person.c.uid == org[HEADS[code]].id)).scalar_one()
            session.execute(insert(appointment).values(office_id=post, person_id=who, since_on=LONG_AGO))
        replant(session)
        for code in ("W2", "W3", "W4"):
            number = session.execute(select(unit.c.id).where(unit.c.code == code)).scalar_one()
            who = session.execute(select(person.c.id).where(person.c.uid == org[HEADS[code]].id)).scalar_one()
            session.execute(insert(role_grant).values(person_id=who, role="unit_lead", unit_id=number, since_on=LONG_AGO))
    return Story(callers, GENERIC)


def planned(story: Story, target: str, quarter: str, **changed: Any) -> dict[str, Any]:
    return {"target": target, "quarter": quarter, "what": f"The drug book of {target}", "kind": "scheduled", "every": "once",
            "officer": story.who("officer"), "points": "Every page is signed\nEvery count agrees"} | changed


def shown(story: Story, target: str, quarter: str) -> dict[str, Any]:
    return {"quarter": quarter, "target": target, "office": f"head-{target.lower()}", "what": "How the drug book is counted",
            "aim": "remedied_in_time", "officer": story.who("officer")}


def drawn_up(story: Story) -> dict[str, Any]:
    return {"year": 2026, "what": "Drug books and their counts", "legal_basis": "Regulation 4, article 2",
            "items": [planned(story, "W1", "q1"), planned(story, "W2", "q1", every="each_half")],
            "demonstrations": [shown(story, ward, f"q{n}") for n, ward in enumerate(WARDS, 1)]}


def approved(story: Story) -> str:
    """A programme that another than who drew it up has approved."""
    case = story.open("officer", "programme", "draft", unit="HQ", **drawn_up(story))
    story.act("officer", case, "submit")
    assert "another_person_than(trigger=submit)" not in story.refused("chair", case, "approve", decision="7")  # the day is missing
    story.act("chair", case, "approve", decision="12/2026", decided_on=story.today())
    return case


def remedy(story: Story, ward: str, *, late: bool) -> None:
    """A shortcoming of a ward, remedied by its head before its day or after."""
    today = date.fromisoformat(story.today())
    case = story.open("officer", "shortcoming", "note", unit=ward, what="The count of the drug book is missing", cause_kind="procedure",
                      cause="nobody was named to count", office=f"head-{ward.lower()}", measure="name who counts", due=today.isoformat())
    with story.on(*((today.year, today.month, today.day + (2 if late else 0)))):
        story.act(HEADS[ward], case, "finish", what_was_done="somebody is named")
        story.act("officer", case, "check", what_was_seen="the list with the name")


def inspected(story: Story, item: str, target: str) -> str:
    """An inspection of the programme, from registration to its conclusion, and the item of the plan that it belongs to."""
    case = story.open("officer", "inspection", "register", unit=target, source="programme", what="The drug book of the ward, as planned")
    story.act("officer", item, "link", inspection=story.case(case)["number"])
    return case


def test_a_year_of_the_programme_runs_to_an_effect_that_figures_show(story: Story) -> None:
    with story.on(2026, 1, 5):
        programme = approved(story)
        items = story.below(programme, "planned_inspection")
        hosts = story.below(programme, "demonstration")
        assert [story.said(one["id"])["quarter"] for one in items] == ["q1", "q1", "q3"]
        assert sorted(one["unit"] for one in hosts) == list(WARDS)
        inspected(story, items[0]["id"], "W1")
    with story.on(2026, 1, 12):
        remedy(story, "W1", late=True)
    with story.on(2026, 1, 20):
        remedy(story, "W2", late=True)
    with story.on(2026, 2, 2):
        remedy(story, "W2", late=False)
    first = hosts[0]["id"]
    with story.on(2026, 2, 10):
        drill = story.speaks("officer").post("/cases", {"workflow": "shortcoming", "trigger": "note", "title": "x", "unit": "W1", "ruleset": GENERIC,
                                                         "rehearsal": True, "data": {
                                                             "what": "Invented: the count is missing", "cause_kind": "procedure",
                                                             "cause": "invented for the demonstration", "office": "head-w1", "measure": "count"}},
                                             Idempotency_Key="drill").get_json()
        story.act("head", first, "prepare", script="count, sign, compare", participants="the head, a nurse", watch=[{"point": "two people count"}])
        real = items[0]["number"]
        assert "demonstration_uses_a_rehearsal" in story.refused("head", first, "hold", held_on="2026-02-10", rehearsal=real, present=9,
                                                                observed=[{"point": "two people count", "outcome": "yes"}])
        story.act("officer", first, "hold", held_on="2026-02-10", rehearsal=drill["number"], present=9,
                  observed=[{"point": "two people count", "outcome": "yes"}])
        story.act("officer", first, "draw_lessons", lessons=[
            {"kind": "fix", "what": "name who counts in the roster", "office": "head-w1", "due": "2026-02-28"}])
        story.act("officer", first, "roll_out", rolled_out="The roster names who counts", due="2026-03-10")
    called = story.below(first, "rollout")[0]["id"]
    with story.on(2026, 2, 20):
        asked = story.below(called, "rollout")
        assert sorted(one["unit"] for one in asked) == ["HQ", *WARDS]
        for one in asked:
            if one["unit"] in HEADS:
                choice = "waived" if one["unit"] == "W4" else "adopted"
                story.act(HEADS[one["unit"]], one["id"], "answer", choice=choice, sentence="the roster is ours")
    with story.on(2026, 3, 2):
        remedy(story, "W2", late=False)
        remedy(story, "W1", late=False)
        assert "next_quarter_has_come" in story.refused("officer", first, "review", effect="works", conclusion="fewer late remedies")
    with story.on(2026, 4, 2):
        story.act("officer", first, "review", effect="works", conclusion="fewer late remedies")
    compared = {row["figure"]: row for row in story.said(first)["compared"]}
    assert compared["remedied_in_time"] == {"figure": "remedied_in_time", "part": 1, "whole": 3, "after_part": 2, "after_whole": 2}
    assert compared["shortcomings"] == {"figure": "shortcomings", "part": 3, "after_part": 2}
