"""Every defect a workflow can have is planted once, alone, and named."""

from __future__ import annotations

import pytest

from tests.workflows.samples import STATES, both, small, step
from workflows.catalogue import BUILT_IN, load_catalogue
from workflows.definition import ANY, START, State, Transition, Workflow, defects
from workflows.effects import (
    Appoint,
    Due,
    Hear,
    Hold,
    Notify,
    Open,
    Pause,
    Resume,
    Sanction,
    StartClock,
    StopClock,
    Withdraw,
)
from workflows.errors import BadDefinition
from workflows.guards import (
    another_person_than,
    appeal_body_and_contact_are_named,
    came_before,
    case_is_not_paused,
    case_is_paused,
    late_entry_names_its_paper,
)
from workflows.inputs import Many, Person, Text
from workflows.roles import Role


def text(name: str) -> Text:
    return Text(name=name, label=both(name))


def entry(**more: object) -> Transition:
    return step("note", ANY, ANY, **more)


RINGS = StartClock("reply", then="lapse")

PLANTED: dict[str, tuple[Workflow, str]] = {
    "a state declared twice": (
        small(checked=False, states=(*STATES, STATES[0])), "the state “opened” is declared twice"),
    "a state with an unfit name": (
        small(checked=False, states=(*STATES, State("In Court", both("court"))), add=(
            step("sue", "opened", "In Court"), step("win", "In Court", "decided"))),
        "the state name “In Court” must be lower-case letters, digits and underscores"),
    "a trigger with an unfit name": (
        small(checked=False, tell={"trigger": "tell them"}),
        "the trigger “tell them” must be lower-case letters, digits and underscores, and not “state”"),
    "a trigger that the engine cannot carry": (
        small(checked=False, tell={"trigger": "state"}),
        "the trigger “state” must be lower-case letters, digits and underscores, and not “state”"),
    "a source that does not exist": (
        small(checked=False, tell={"source": ("opened", "nowhere")}),
        "“tell” speaks of a state “nowhere” that does not exist"),
    "a destination that does not exist": (
        small(checked=False, add=(step("lose", "opened", "nowhere"),)),
        "“lose” speaks of a state “nowhere” that does not exist"),
    "a way back to the start": (
        small(checked=False, add=(step("forget", "opened", START),)),
        "“forget” leads to the start, where no case stands"),
    "an opening that does not open": (
        small(checked=False, add=(step("begin", START, ANY),)), "“begin” leads to the start, where no case stands"),
    "an input asked for twice": (
        small(checked=False, tell={"inputs": (text("why"), text("why"))}), "“tell” asks for “why” twice"),
    "an input with an unfit name": (
        small(checked=False, tell={"inputs": (text("Why"),)}),
        "“tell”: the input name “Why” must be lower-case letters, digits and underscores"),
    "an input that nobody may read": (
        small(checked=False, tell={"inputs": (Text(name="why", label=both("Why"), readers=()),)}),
        "“tell”: the input “why” has no readers"),
    "two ways for one trigger": (
        small(checked=False, add=(step("tell", "opened", "heard", effects=(Notify(), Hear())),)),
        "“tell” leads out of “opened” twice"),
    "two ways for one opening": (
        small(checked=False, add=(step("open", START, "told", effects=(Notify(),)),)),
        "“open” leads out of “the start” twice"),
    "a transition hidden by one from everywhere": (
        small(checked=False, add=(step("tell", ANY, ANY),)), "“tell” leads out of “opened” twice"),
    "an entry hidden by a transition": (
        small(checked=False, entries=(step("tell", ANY, ANY),)), "“tell” leads out of “opened” twice"),
    "an entry that moves the case": (
        small(checked=False, entries=(step("reopen", ANY, "opened"),)),
        "the entry “reopen” must be open in every state and keep it"),
    "an entry that is not open everywhere": (
        small(checked=False, entries=(step("note", "opened", ANY),)),
        "the entry “note” must be open in every state and keep it"),
    "an opening that leads out of a state too": (
        small(checked=False, add=(step("go", (START, "opened"), "told", effects=(Notify(),)),)),
        "an opening transition leads out of the start only"),
    "a state that cannot be reached": (
        small(checked=False, states=(*STATES, State("lost", both("lost"), final=True))),
        "the state “lost” cannot be reached"),
    "an exit from a final state": (
        small(checked=False, add=(step("revive", "decided", "opened"),)), "the final state “decided” has an exit"),
    "a dead end": (
        small(checked=False, states=(*STATES, State("stuck", both("stuck"))), add=(step("stick", "opened", "stuck"),)),
        "from the state “stuck” no end can be reached"),
    "a transition for nobody": (
        small(checked=False, tell={"who": ()}), "“tell” names nobody who may do it"),
    "a transition for the system and a person": (
        small(checked=False, tell={"who": (Role.SYSTEM, Role.OFFICER)}),
        "“tell” is fired by a clock and may not be a person's as well"),
    "a rule about a step that does not exist": (
        small(checked=False, tell={"guards": (came_before(trigger="dance"),)}),
        "“tell” asks about a step “dance” that does not exist"),
    "a person appointed by an input that is not asked for": (
        small(checked=False, tell={"effects": (Notify(), Appoint(Role.MEMBER, "member"))}),
        "“tell”: the effect appoint speaks of an input “member” that is not asked for"),
    "a day taken from an input that is not asked for": (
        small(checked=False, tell={"effects": (Notify(), Due("by"))}),
        "“tell”: the effect due speaks of an input “by” that is not asked for"),
    "a sanction taken from an input that is not asked for": (
        small(checked=False, decide={"inputs": ()}),
        "“decide”: the effect sanction speaks of an input “rung” that is not asked for"),
    "a withdrawal of an item that is not asked for": (
        small(checked=False, entries=(entry(effects=(Withdraw("item"),)),)),
        "“note”: the effect withdraw speaks of an input “item” that is not asked for"),
    "an office that no act names": (
        small(checked=False, tell={"effects": (Notify(), Hold(Role.HEAD, "office"))}),
        "“tell”: the effect hold speaks of an input “office” that no act asks for"),
    "cases opened from rows that are not asked for": (
        small(checked=False, tell={"effects": (Notify(), Open("other", "open", rows="list"))}),
        "“tell”: the effect open speaks of rows “list” that are not asked for"),
    "a case opened with words nobody gave": (
        small(checked=False,
              tell={"effects": (Notify(), Open("other", "open", copy=(("what", "what"), ("=x", "source"))))}),
        "“tell”: the effect open takes over an input “what” that no act asks for"),
    "a clock that fires nothing": (
        small(checked=False, tell={"effects": (Notify(), RINGS)}),
        "the clock “reply” fires a trigger “lapse” that does not exist"),
    "a clock that fires a person's act": (
        small(checked=False, tell={"effects": (Notify(), StartClock("reply", then="hear"))}),
        "the clock “reply” fires “hear”, which is a person's act"),
    "a clock stopped that nothing starts": (
        small(checked=False, tell={"effects": (Notify(), StopClock("reply"))}),
        "“tell” stops a clock “reply” that nothing starts"),
    "a sanction without notice": (
        small(checked=False, tell={"effects": ()}), "“decide” imposes a sanction that can be reached without notice"),
    "a sanction without hearing": (
        small(checked=False, hear={"effects": ()}), "“decide” imposes a sanction that can be reached without hearing"),
    "a way around the hearing": (
        small(checked=False, add=(step("hurry", "told", "heard"),)),
        "“decide” imposes a sanction that can be reached without hearing"),
    "a sanction that is its own notice": (
        small(checked=False, tell={"effects": ()}, decide={"effects": (Notify(), Sanction("rung"))}),
        "“decide” imposes a sanction that can be reached without notice"),
    "a sanction in a fast workflow": (
        small(checked=False, fast=True), "“decide” imposes a sanction in a fast workflow"),
}


@pytest.mark.parametrize(("workflow", "sentence"), PLANTED.values(), ids=list(PLANTED))
def test_a_planted_defect_is_named_alone(workflow: Workflow, sentence: str) -> None:
    assert list(dict.fromkeys(defects(workflow))) == [sentence]


def test_a_sanction_open_from_every_state_is_seen_behind_the_star() -> None:
    found = defects(small(checked=False, decide={"source": ANY}))
    assert "“decide” imposes a sanction that can be reached without notice" in found
    assert "“decide” imposes a sanction that can be reached without hearing" in found


def test_a_sanction_hidden_among_the_entries_is_seen() -> None:
    found = defects(small(checked=False, entries=(entry(inputs=(text("rung"),), effects=(Sanction("rung"),)),)))
    assert found == ["“note” imposes a sanction that can be reached without notice",
                     "“note” imposes a sanction that can be reached without hearing"]


def test_the_lowest_rung_alone_is_open_to_a_fast_workflow() -> None:
    assert defects(small(checked=False, fast=True, decide={"effects": (Sanction("rung", lowest_only=True),)})) == []


def test_a_sound_workflow_has_no_defects() -> None:
    assert defects(small()) == []
    assert defects(small(entries=(entry(),))) == []


def test_a_workflow_without_an_opening_reaches_nothing() -> None:
    assert defects(small(checked=False, leave_out=("open",))) == [
        "there is no opening transition", *(f"the state “{s.name}” cannot be reached" for s in STATES)]


def test_an_unsound_workflow_cannot_be_made() -> None:
    with pytest.raises(BadDefinition, match="small@1: there is no opening transition") as caught:
        small(leave_out=("open",))
    assert "there is no opening transition" in caught.value.defects


def test_every_defect_is_reported_at_once() -> None:
    found = defects(small(checked=False, tell={"who": (), "source": ("opened", "nowhere")}))
    assert found == ["“tell” speaks of a state “nowhere” that does not exist", "“tell” names nobody who may do it"]


@pytest.mark.parametrize("workflow", BUILT_IN, ids=lambda w: w.name)
def test_a_shipped_workflow_has_no_defects(workflow: Workflow) -> None:
    assert defects(workflow) == []


def test_every_workflow_of_the_catalogue_has_no_defects() -> None:
    assert {w.name: defects(w) for w in load_catalogue().workflows} == {w.name: [] for w in load_catalogue().workflows}


def test_a_system_transition_with_its_clock_is_sound() -> None:
    w = small(open={"effects": (RINGS,)},
              add=(step("lapse", "opened", "told", who=(Role.SYSTEM,), effects=(Notify(),)),))
    assert w.clocks == ("reply",)
    assert late_entry_names_its_paper not in [g.rule for t in w.triggers["lapse"] for g in t.checks]


def test_every_act_of_a_person_may_name_its_paper_and_a_paused_case_stands_still() -> None:
    w = small(add=(step("pause", "opened", ANY, effects=(Pause(),)), step("resume", "opened", ANY, effects=(Resume(),)),
                   step("end", "opened", "decided", while_paused=True)))
    rules = {name: [g.rule for g in ts[0].checks] for name, ts in w.triggers.items()}
    assert rules["open"] == [appeal_body_and_contact_are_named, late_entry_names_its_paper]
    assert rules["tell"] == rules["pause"] == [case_is_not_paused, late_entry_names_its_paper]
    assert rules["resume"] == [case_is_paused, late_entry_names_its_paper]
    assert rules["end"] == [late_entry_names_its_paper]
    assert all(ts[0].inputs[-1].name == "paper" for ts in w.triggers.values())


def test_making_a_workflow_from_the_parts_of_another_changes_nothing() -> None:
    first = small(entries=(entry(),))
    again = Workflow(name="small", version=1, title=both("Small"), states=first.states, transitions=first.transitions,
                     entries=first.entries)
    assert again.law_hash == first.law_hash


def test_rows_and_copies_that_are_asked_for_are_sound() -> None:
    rows = Many(name="people", label=both("People"), of=(Person(name="person", label=both("Person")),))
    effects = (Notify(), Open("other", "open", copy=(("why", "what"), ("=handover", "source")), rows="people"),
               Appoint(Role.MEMBER, "people", "person"))
    w = small(tell={"inputs": (rows, text("why")), "effects": effects,
                    "guards": (another_person_than(trigger="open"),)})
    assert defects(w) == []


def test_a_formal_matter_opens_only_where_it_can_be_appealed_against() -> None:
    named = appeal_body_and_contact_are_named
    assert named in [g.rule for g in small().triggers["open"][0].checks]
    assert named not in [g.rule for g in small(fast=True, checked=False).triggers["open"][0].checks]
    first = small()
    below = Workflow(name="small", version=1, title=both("Small"), states=first.states, needs_parent=True,
                     transitions=(step("open", "", "opened"), *first.transitions[1:]))
    assert named not in [g.rule for g in below.triggers["open"][0].checks]
