"""Every defect a workflow can have is planted once, alone, and named."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from tests.workflows.samples import STATES, both, small, step
from workflows.catalogue import BUILT_IN, load_catalogue
from workflows.definition import ANY, START, State, Transition, Workflow
from workflows.effects import (
    Appoint,
    Away,
    Due,
    Effect,
    Hear,
    Hold,
    Notify,
    Open,
    Pause,
    Resume,
    Sanction,
    Seat,
    StartClock,
    StopClock,
    Tell,
    Withdraw,
)
from workflows.errors import BadDefinition, Place
from workflows.guards import (
    another_person_than,
    appeal_body_and_contact_are_named,
    came_before,
    case_is_not_paused,
    case_is_paused,
    late_entry_names_its_paper,
)
from workflows.inputs import Choice, Day, Input, Klass, Many, Number, Office, Person, Text
from workflows.lint import defects, find
from workflows.roles import Role
from workflows.words import words


def text(name: str, **more: Any) -> Text:
    return Text(name=name, label=both(name), **more)


def rows(*columns: Input, **more: Any) -> Many:
    return Many(name="people", label=both("People"), of=columns, **more)


def number(name: str, label: str = "", **more: Any) -> Number:
    return Number(name=name, label=both(label or name), **more)


def options(*codes: str, name: str = "kind") -> Choice:
    return Choice(name=name, label=both(name), options=tuple((code, both(code)) for code in codes))


def entry(**more: object) -> Transition:
    return step("note", ANY, ANY, **more)


def by_the_system(trigger: str, source: str, dest: str, *effects: Effect) -> Transition:
    return step(trigger, source, dest, who=(Role.SYSTEM,), effects=effects)


def asking(*inputs: Input) -> Workflow:
    """A workflow whose “tell” asks for these."""
    return small(checked=False, tell={"inputs": inputs})


def doing(*effects: Effect, **more: Any) -> Workflow:
    """A workflow whose “tell” has these effects too."""
    return small(checked=False, tell={"effects": (Notify(), *effects), **more})


def with_state(name: str, *ways: Transition, final: bool = True, **more: Any) -> Workflow:
    """A workflow with one more state."""
    return small(checked=False, states=(*STATES, State(name, both(name), final=final)), add=ways, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture(Input):
    """A kind of input that nobody draws."""

    kind: ClassVar[str] = "picture"


RINGS = StartClock("reply", then="lapse")
PERSON = Person(name="person", label=both("Person"))
UNFIT = "must be lower-case letters, digits and underscores"

PLANTED: dict[str, tuple[Workflow, str, str]] = {
    # Names
    "a state declared twice": (
        small(checked=False, states=(*STATES, STATES[0])), "the state “opened” is declared twice", "state opened"),
    "a state with an unfit name": (
        with_state("In Court", step("sue", "opened", "In Court")), f"the state name “In Court” {UNFIT}", "state In Court"),
    "a trigger with an unfit name": (
        small(checked=False, tell={"trigger": "tell them"}), f"the trigger “tell them” {UNFIT}, and not “state”", "tell them"),
    "a trigger that the engine cannot carry": (
        small(checked=False, tell={"trigger": "state"}), f"the trigger “state” {UNFIT}, and not “state”", "state"),
    "a source that does not exist": (
        small(checked=False, tell={"source": ("opened", "nowhere")}), "“tell” speaks of a state “nowhere” that does not exist", "tell"),
    "a destination that does not exist": (
        small(checked=False, add=(step("lose", "opened", "nowhere"),)), "“lose” speaks of a state “nowhere” that does not exist", "lose"),
    "a way back to the start": (
        small(checked=False, add=(step("forget", "opened", START),)), "“forget” leads to the start, where no case stands", "forget"),
    "an opening that does not open": (
        small(checked=False, add=(step("begin", START, ANY),)), "“begin” leads to the start, where no case stands", "begin"),
    "two ways for one trigger": (
        small(checked=False, add=(step("tell", "opened", "told", effects=(Notify(), StopClock())),)), "“tell” leads out of “opened” twice", "tell"),
    "two ways for one opening": (
        small(checked=False, add=(step("open", START, "told", effects=(Notify(),)),)), "“open” leads out of “the start” twice", "open"),
    "a transition hidden by one from everywhere": (
        small(checked=False, add=(step("tell", ANY, ANY),)), "“tell” leads out of “opened” twice", "tell"),
    "an entry hidden by a transition": (
        small(checked=False, entries=(step("tell", ANY, ANY),)), "“tell” leads out of “opened” twice", "tell"),
    "an entry that moves the case": (
        small(checked=False, entries=(step("reopen", ANY, "opened"),)), "the entry “reopen” must be open in every state and keep it", "reopen"),
    "an entry that is not open everywhere": (
        small(checked=False, entries=(step("note", "opened", ANY),)), "the entry “note” must be open in every state and keep it", "note"),
    # Shape
    "an opening that leads out of a state too": (
        small(checked=False, add=(step("go", (START, "opened"), "told", effects=(Notify(),)),)),
        "an opening transition leads out of the start only", "go"),
    "a state that cannot be reached": (with_state("lost"), "the state “lost” cannot be reached", "state lost"),
    "an exit from a final state": (
        small(checked=False, add=(step("revive", "decided", "opened"),)), "the final state “decided” has an exit", "revive"),
    "a dead end": (
        with_state("stuck", step("stick", "opened", "stuck"), final=False), "from the state “stuck” no end can be reached", "state stuck"),
    "a state that only the system leaves, and nothing makes it": (
        with_state("waiting", step("wait", "opened", "waiting"), by_the_system("go_on", "waiting", "opened"), final=False),
        "the state “waiting” is left by the system alone, and no clock makes it act", "state waiting"),
    "a pause that nothing ends": (
        small(checked=False, add=(step("pause", "opened", ANY, effects=(Pause(),)),)),
        "“pause” pauses a case in “opened”, where nothing resumes it", "pause"),
    "a pause that leads away from what would end it": (
        small(checked=False, add=(step("pause", "opened", "told", effects=(Notify(), Pause())), step("resume", "opened", ANY, effects=(Resume(),)))),
        "“pause” pauses a case in “told”, where nothing resumes it", "pause"),
    # Who
    "a transition for nobody": (small(checked=False, tell={"who": ()}), "“tell” names nobody who may do it", "tell"),
    "a transition for the system and a person": (
        small(checked=False, tell={"who": (Role.SYSTEM, Role.OFFICER)}), "“tell” is fired by a clock and may not be a person's as well", "tell"),
    "a transition for a part that nobody has": (
        small(checked=False, tell={"who": (Role.VERIFIER,)}), "“tell” is for a part that nothing gives to anybody: verifier", "tell"),
    "a rule about a step that does not exist": (
        small(checked=False, tell={"guards": (came_before(trigger="dance"),)}), "“tell” asks about a step “dance” that does not exist", "tell"),
    "a rule asked for twice": (
        small(checked=False, tell={"guards": (came_before(trigger="open"), came_before(trigger="open"))}),
        "“tell” asks the guard “came_before(trigger=open)” twice", "tell"),
    # Inputs
    "an input asked for twice": (asking(text("why"), text("why")), "“tell” asks for “why” twice", "tell, why"),
    "an input with an unfit name": (asking(text("Why")), f"“tell”: the input name “Why” {UNFIT}", "tell, Why"),
    "an input with the name of a field of every form": (
        asking(text("seen")), "“tell”: the input name “seen” belongs to every form", "tell, seen"),
    "an input that nobody may read": (asking(text("why", readers=())), "“tell”: the input “why” has no readers", "tell, why"),
    "an input without a class": (asking(text("why", klass=None)), "“tell”: the input “why” has no class", "tell, why"),
    "a column without readers": (
        asking(rows(text("why", readers=()))), "“tell”: “people”: the input “why” has no readers", "tell, people, why"),
    "a column without a class": (
        asking(rows(text("why", klass=None))), "“tell”: “people”: the input “why” has no class", "tell, people, why"),
    "a column asked for twice": (
        asking(rows(text("why"), text("why"))), "“tell”: “people” asks for “why” twice", "tell, people, why"),
    "a seal that everyone may open": (
        asking(text("why", klass=Klass.SEALED)), "“tell”: the input “why” is sealed, and everyone may read it", "tell, why"),
    "a person who is nobody's secret": (
        asking(Person(name="who", label=both("Who"), klass=Klass.PLAIN)), "“tell”: the input “who” names a person, and its class is plain",
        "tell, who"),
    "an input of a kind that no form draws": (
        asking(Picture(name="face", label=both("Picture"))), "“tell”: the input “face” is of a kind that no form can draw: picture", "tell, face"),
    "a column of a kind that no form draws": (
        asking(rows(Picture(name="face", label=both("Picture")))),
        "“tell”: “people”: the input “face” is of a kind that no form can draw: picture", "tell, people, face"),
    "a choice without options": (
        asking(options()), "“tell”: the input “kind” cannot be drawn: its options need codes, at least one, each once", "tell, kind"),
    "a choice with one option twice": (
        asking(options("a", "a")), "“tell”: the input “kind” cannot be drawn: its options need codes, at least one, each once", "tell, kind"),
    "a text that cannot be long enough": (
        asking(text("why", at_least=9, at_most=8)), "“tell”: the input “why” cannot be filled in: at least 9, at most 8", "tell, why"),
    "a number that cannot be given": (
        asking(number("n", at_least=7, at_most=3)), "“tell”: the input “n” cannot be filled in: at least 7, at most 3", "tell, n"),
    "a day of an unknown time": (
        asking(Day(name="day", label=both("Day"), when="soon")),
        "“tell”: the input “day” cannot be drawn: a day lies in the past, the future or any, not “soon”", "tell, day"),
    "rows without columns": (asking(rows()), "“tell”: the input “people” cannot be drawn: rows need columns", "tell, people"),
    "rows in rows": (
        asking(rows(Many(name="more", label=both("More"), of=(text("why"),)))),
        "“tell”: the input “people” cannot be drawn: there are no rows in rows", "tell, people"),
    "more rows than a form draws": (
        asking(rows(text("why"), at_least=51, at_most=60)),
        "“tell”: the input “people” cannot be filled in: at least 51, at most 60 rows, and a form draws 50", "tell, people"),
    # Criteria
    "a criterion about what a person thinks": (
        asking(options("firm", "weak", name="attitude")), "“tell”: the input “attitude” is a criterion about what a person thinks", "tell, attitude"),
    "an option about what a person thinks": (
        asking(options("loyal", "doubtful")), "“tell”: the input “kind” is a criterion about what a person thinks", "tell, kind"),
    "a label about what a person thinks, in one language alone": (
        asking(Number(name="mark", label=words(en="Mark", vi="Thái độ chính trị"))),
        "“tell”: the input “mark” is a criterion about what a person thinks", "tell, mark"),
    "a person rated in rows": (
        asking(rows(PERSON, number("score"))), "“tell”: “people”: the input “score” is a criterion that rates a person", "tell, people, score"),
    "a person ranked by an act": (
        asking(PERSON, options("first", "second", name="ranking")), "“tell”: the input “ranking” is a criterion that rates a person",
        "tell, ranking"),
    # Effects
    "a person appointed by an input that is not asked for": (
        doing(Appoint(Role.MEMBER, "member")), "“tell”: the effect appoint speaks of an input “member” that is not asked for", "tell"),
    "a person appointed from a column that is not there": (
        doing(Appoint(Role.MEMBER, "people", "person"), inputs=(rows(text("why")),)),
        "“tell”: the effect appoint speaks of a column “person” that “people” does not have", "tell"),
    "a last day that is not asked for": (
        doing(Appoint(Role.MEMBER, "person", until="until"), inputs=(PERSON,)),
        "“tell”: the effect appoint speaks of an input “until” that is not asked for", "tell"),
    "a day taken from an input that is not asked for": (
        doing(Due("by")), "“tell”: the effect due speaks of an input “by” that is not asked for", "tell"),
    "an absence of which one day is not asked for": (
        doing(Away("since", "until"), inputs=(Day(name="since", label=both("Since")),)),
        "“tell”: the effect away speaks of an input “until” that is not asked for", "tell"),
    "a body seated by an input that is not asked for": (
        doing(Seat("body")), "“tell”: the effect seat speaks of an input “body” that is not asked for", "tell"),
    "a sanction taken from an input that is not asked for": (
        small(checked=False, decide={"inputs": ()}), "“decide”: the effect sanction speaks of an input “rung” that is not asked for", "decide"),
    "a withdrawal of an item that is not asked for": (
        small(checked=False, entries=(entry(effects=(Withdraw("item"),)),)),
        "“note”: the effect withdraw speaks of an input “item” that is not asked for", "note"),
    "an office that no act names": (
        doing(Hold(Role.HEAD, "office")), "“tell”: the effect hold speaks of an input “office” that no act asks for", "tell"),
    "a part of an office that comes with none": (
        doing(Hold(Role.RESPONDENT, "office", handling=True), inputs=(Office(name="office", label=both("Office")),)),
        "“tell”: the part “respondent” does not come with an office; those that do are head, owner", "tell"),
    "something told to nowhere": (
        doing(Tell("other", "hear", to="around")), "“tell”: the effect tell reaches cases below, beside or above, not “around”", "tell"),
    "cases opened from rows that are not asked for": (
        doing(Open("other", "open", rows="list")), "“tell”: the effect open speaks of rows “list” that are not asked for", "tell"),
    "a case opened with words nobody gave": (
        doing(Open("other", "open", copy=(("what", "what"), ("=x", "source")))),
        "“tell”: the effect open takes over an input “what” that no act asks for", "tell"),
    # Clocks
    "a clock that fires nothing": (doing(RINGS), "the clock “reply” fires a trigger “lapse” that does not exist", "tell"),
    "a window that fires nothing": (
        doing(StartClock("reply", window=True)), "the clock “reply” is a window, and fires nothing that says it has closed", "tell"),
    "a silent clock that fires nothing": (
        doing(StartClock("reply", silent=True)), "the clock “reply” is silent, fires nothing, and no act ends it by its name", "tell"),
    "a clock that fires a person's act": (
        doing(StartClock("reply", then="hear")), "the clock “reply” fires “hear”, which is a person's act", "tell"),
    "a clock that fires what is over when it runs": (
        small(checked=False, hear={"effects": (Hear(), RINGS)}, add=(by_the_system("lapse", "told", ANY),)),
        "the clock “reply” fires “lapse”, which is not possible in any state in which it runs", "hear"),
    "a clock that is stopped before what it fires can happen": (
        small(checked=False, open={"effects": (RINGS,)}, tell={"effects": (Notify(), StopClock("reply"))},
              add=(by_the_system("lapse", "told", ANY),)),
        "the clock “reply” fires “lapse”, which is not possible in any state in which it runs", "open"),
    "a clock stopped that nothing starts": (doing(StopClock("reply")), "“tell” stops a clock “reply” that nothing starts", "tell"),
    "a reminder that never ends": (
        small(checked=False, tell={"effects": (Notify(), RINGS)}, add=(by_the_system("lapse", "told", ANY, RINGS),)),
        "the clock “reply” → “reply” comes back to itself without anybody's act", "lapse"),
    "two clocks that start each other": (
        small(checked=False, tell={"effects": (Notify(), RINGS)},
              add=(by_the_system("lapse", "told", ANY, StartClock("again", then="ask_again")), by_the_system("ask_again", "told", ANY, RINGS))),
        "the clock “again” → “reply” → “again” comes back to itself without anybody's act", "lapse"),
    # Due process
    "a sanction without notice": (
        small(checked=False, tell={"effects": ()}), "“decide” imposes a sanction that can be reached without notice", "decide"),
    "a sanction without hearing": (
        small(checked=False, hear={"effects": ()}), "“decide” imposes a sanction that can be reached without hearing", "decide"),
    "a way around the hearing": (
        small(checked=False, add=(step("hurry", "told", "heard"),)), "“decide” imposes a sanction that can be reached without hearing", "decide"),
    "a way around the notice, found by a clock": (
        small(checked=False, open={"effects": (RINGS,)}, add=(by_the_system("lapse", "opened", "told"),)),
        "“decide” imposes a sanction that can be reached without notice", "decide"),
    "a hearing before the notice": (
        small(checked=False, tell={"effects": (Hear(),)}, hear={"effects": (Notify(),)}),
        "“decide” imposes a sanction that can be reached with a hearing before the notice", "decide"),
    "a notice in the breath of the hearing": (
        small(checked=False, tell={"effects": (Notify(), Hear())}, hear={"effects": ()}),
        "“decide” imposes a sanction that can be reached with a hearing before the notice", "decide"),
    "a sanction that is its own notice": (
        small(checked=False, tell={"effects": ()}, decide={"effects": (Notify(), Sanction("rung"))}),
        "“decide” imposes a sanction that can be reached without notice", "decide"),
    "a notice that is an entry, and so need not happen": (
        small(checked=False, tell={"effects": ()}, entries=(entry(effects=(Notify(),)),)),
        "“decide” imposes a sanction that can be reached without notice", "decide"),
    "a sanction in a fast workflow": (
        small(checked=False, fast=True), "“decide” imposes a sanction in a fast workflow", "decide"),
    "a lowest rung in a fast workflow without hearing": (
        small(checked=False, fast=True, hear={"effects": ()}, decide={"effects": (Sanction("rung", lowest_only=True),)}),
        "“decide” imposes a sanction that can be reached without hearing", "decide"),
    "a sanction hidden among the entries": (
        small(checked=False, entries=(entry(inputs=(text("rung"),), effects=(Sanction("rung"),)),)),
        "“note” imposes a sanction and is open in every state", "note"),
    "a sanction by a clock": (
        small(checked=False, hear={"effects": (Hear(), StartClock("reply", then="decide"))}, decide={"who": (Role.SYSTEM,)}),
        "“decide” imposes a sanction, and no person does it", "decide"),
    "a sanction that leads where nothing is punished": (
        small(checked=False, states=(*STATES[:3], replace(STATES[3], punishes=False))),
        "“decide” imposes a sanction and leads to “decided”, which does not say that it punishes", "decide"),
    "a state that punishes, reached without a sanction": (
        small(checked=False, add=(step("give_up", "opened", "decided"),)),
        "“give_up” leads to “decided”, which punishes, and imposes no sanction", "give_up"),
    # Proposals
    "a proposal that nobody approves": (
        small(checked=False, add=(step("propose_end", "opened", ANY),)),
        "“propose_end” is a proposal, and no act says that it approves it", "propose_end"),
    "a part that proposes and alone approves": (
        with_state("over", step("propose", "opened", ANY), step("agree", "opened", "over", approves="propose")),
        "the part “officer” proposes by “propose” and alone approves it by “agree”", "agree"),
    "a part that proposes and may approve itself": (
        with_state("over", step("propose", "opened", ANY), step("agree", "opened", "over", approves="propose", who=(Role.CHAIR, Role.OFFICER))),
        "the part “officer” proposes by “propose” and may approve it, and no rule asks for another person by “agree”", "agree"),
    "a rule that asks for another person than somebody else": (
        with_state("over", step("propose", "opened", ANY),
                   step("agree", "opened", "over", approves="propose", guards=(another_person_than(trigger="open"),))),
        "the part “officer” proposes by “propose” and alone approves it by “agree”", "agree"),
    "an approval of what nobody proposes": (
        with_state("over", step("agree", "opened", "over", approves="propose")),
        "“agree” approves a proposal “propose” that does not exist", "agree"),
}


def told_place(w: Workflow, place: Place) -> str:
    """A place in words: a state, an act with what it asks for, or the workflow."""
    if place.state is not None:
        return f"state {place.state}"
    if place.transition is None:
        return "workflow"
    return ", ".join([dict(w.numbered)[Place(transition=place.transition)].trigger, *place.inputs])


@pytest.mark.parametrize(("workflow", "sentence", "place"), PLANTED.values(), ids=list(PLANTED))
def test_a_planted_defect_is_named_alone_with_its_place(workflow: Workflow, sentence: str, place: str) -> None:
    found = find(workflow)
    assert list(dict.fromkeys(d.sentence for d in found)) == [sentence]
    assert told_place(workflow, found[0].place) == place


def test_many_kinds_of_defects_are_planted() -> None:
    assert len(PLANTED) >= 60


def test_two_states_that_lead_to_each_other_for_ever_are_both_named() -> None:
    w = small(checked=False, states=(*STATES, State("ping", both("ping")), State("pong", both("pong"))),
              add=(step("serve", "opened", "ping"), step("hit", "ping", "pong"), step("back", "pong", "ping")))
    assert defects(w) == ["from the state “ping” no end can be reached", "from the state “pong” no end can be reached"]


def test_a_sanction_open_from_every_state_is_seen_behind_the_star() -> None:
    found = defects(small(checked=False, decide={"source": ANY}))
    assert "“decide” imposes a sanction that can be reached without notice" in found
    assert "“decide” imposes a sanction that can be reached without hearing" in found


def test_the_lowest_rung_alone_is_open_to_a_fast_workflow() -> None:
    assert defects(small(checked=False, fast=True, decide={"effects": (Sanction("rung", lowest_only=True),)})) == []


def test_recorded_histories_need_not_know_notice_and_hearing() -> None:
    bare = small(checked=False, tell={"effects": ()}, hear={"effects": ()})
    assert len(defects(bare)) == 2
    assert defects(replace(bare, recorded=True)) == []


def test_a_rule_that_asks_for_another_person_lets_a_part_approve() -> None:
    assert defects(with_state("over", step("propose", "opened", ANY),
                              step("agree", "opened", "over", approves="propose", guards=(another_person_than(trigger="propose"),)))) == []


def test_peoples_own_words_are_no_criterion() -> None:
    assert defects(asking(PERSON, text("opinion"), text("beliefs"))) == []
    assert defects(asking(number("score", "Score of the drill"))) == [], "a number about the work of a unit"


def test_reminders_that_are_counted_come_to_an_end() -> None:
    again = StartClock("reply", then="lapse", times="reminders")
    assert defects(small(checked=False, tell={"effects": (Notify(), again)}, add=(by_the_system("lapse", "told", ANY),))) == []


def test_a_person_between_two_clocks_breaks_the_circle() -> None:
    w = small(checked=False, states=(*STATES, State("asked", both("asked"))), tell={"effects": (Notify(), RINGS)},
              add=(by_the_system("lapse", "told", "asked"), step("ask_again", "asked", "told", effects=(RINGS,))))
    assert defects(w) == []


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
                   step("end", "opened", "told", while_paused=True, effects=(Notify(),))))
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
