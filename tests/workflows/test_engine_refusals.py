"""An act is allowed or refused, and whoever asks is told why, guard by guard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.samples import ANNA, STATES, act, both, facts, small, step
from workflows import engine
from workflows.acts import Actor, CaseFact
from workflows.catalogue import BUILT_IN
from workflows.definition import ANY, START, State, Workflow
from workflows.effects import Hear, Notify, StartClock
from workflows.engine import as_problem, explain, fire, follow, known_before, needs, part, rule
from workflows.errors import NotNow, NotYours, Refused
from workflows.guards import actor_has_no_tie, came_before, office_has_a_holder
from workflows.inputs import Office
from workflows.roles import GRANTED, Role

OFFICER = frozenset({Role.OFFICER})
EVERYBODY = frozenset(Role) - {Role.SYSTEM}
GUARDED = small(tell={"guards": (actor_has_no_tie, came_before(trigger="hear"))})
TIED = {"ties": frozenset({"anna"})}


def test_an_allowed_act_leads_on_and_names_the_role_it_was_done_in() -> None:
    done = fire(small(), "opened", frozenset({Role.CHAIR, Role.OFFICER}), facts(), act("tell"))
    assert (done.before, done.after, done.role) == ("opened", "told", Role.OFFICER)
    assert done.transition.trigger == "tell"
    assert all(v.ok for v in done.verdicts)


def test_the_first_event_leads_out_of_the_start() -> None:
    assert fire(small(), START, OFFICER, facts(), act("open")).after == "opened"


def test_what_cannot_happen_now_names_what_can() -> None:
    with pytest.raises(NotNow) as caught:
        fire(small(), "opened", OFFICER, facts(), act("decide"))
    assert str(caught.value) == "“decide” is not possible in the state “opened”; possible now: tell."
    with pytest.raises(NotNow, match="possible now: nothing"):
        rule(small(), "decided", "tell")


@pytest.mark.parametrize("trigger", ["", "fly", "to_decided", "state", "__init__", "may_tell"])
def test_a_trigger_is_looked_up_in_the_definition_only(trigger: str) -> None:
    with pytest.raises(NotNow):
        fire(small(), "opened", OFFICER, facts(), act(trigger))


def test_an_act_of_others_names_whose_it_is() -> None:
    with pytest.raises(NotYours) as caught:
        fire(small(), "heard", OFFICER, facts(), act("decide", {"rung": "warning"}))
    assert str(caught.value) == "“decide” is for chair."
    assert caught.value.who == (Role.CHAIR,)


def test_without_a_role_nothing_is_theirs() -> None:
    for workflow in (small(), *BUILT_IN):
        for (state, trigger), transition in workflow.edges.items():
            with pytest.raises(NotYours):
                part(transition, frozenset())
            with pytest.raises(NotYours):
                fire(workflow, state, frozenset(), facts(), act(trigger))


def test_a_refusal_carries_every_verdict_not_only_the_first() -> None:
    with pytest.raises(Refused) as caught:
        fire(GUARDED, "opened", OFFICER, facts(**TIED), act("tell"))
    assert [(v.code, v.ok) for v in caught.value.verdicts] == [
        ("case_is_not_paused", True), ("actor_has_no_tie", False), ("came_before(trigger=hear)", False),
        ("late_entry_names_its_paper", True)]
    assert str(caught.value) == ("The person acting has no close tie or conflict in this case. "
                                 "The step “hear” was taken before.")


def test_verdicts_are_told_in_the_language_of_the_person_acting() -> None:
    with pytest.raises(Refused) as caught:
        fire(GUARDED, "opened", OFFICER, facts(**TIED), act("tell", actor=Actor("anna", "Anna", 1, "vi")))
    assert f"Trước đó phải có bước “{GUARDED.called('vi')['trigger hear']}”." in str(caught.value)


def test_a_party_reads_the_outer_sentence_and_a_handler_the_inner_one() -> None:
    with pytest.raises(Refused) as caught:
        fire(GUARDED, "opened", OFFICER, facts(**TIED), act("tell"))
    inner, outer = as_problem(caught.value.verdicts, True)[1], as_problem(caught.value.verdicts, False)[1]
    assert inner == {"code": "actor_has_no_tie", "ok": False,
                     "message": "The person acting has no close tie or conflict in this case."}
    assert outer == {"code": "actor_has_no_tie", "ok": False, "message": "This act needs another person."}


@pytest.mark.parametrize("workflow", BUILT_IN, ids=lambda w: w.name)
def test_a_person_cannot_fire_what_a_clock_fires(workflow: Workflow) -> None:
    for (state, trigger), transition in workflow.edges.items():
        if Role.SYSTEM in transition.who:
            with pytest.raises(NotYours):
                fire(workflow, state, EVERYBODY, facts(), act(trigger))
            assert trigger not in [o.transition.trigger for o in explain(workflow, state, EVERYBODY, facts(), act())]


def test_nobody_can_be_granted_to_be_the_system() -> None:
    assert Role.SYSTEM not in GRANTED


def test_the_system_fires_what_a_clock_fires() -> None:
    w = small(open={"effects": (StartClock("reply", then="lapse"),)},
              add=(step("lapse", "opened", "told", who=(Role.SYSTEM,), effects=(Notify(), Hear())),))
    assert fire(w, "opened", frozenset({Role.SYSTEM}), facts(), act("lapse")).after == "told"


def test_an_offer_leaves_open_what_is_decided_by_what_is_entered() -> None:
    w = small(tell={"guards": (office_has_a_holder, actor_has_no_tie),
                    "inputs": (Office(name="office", label=both("Office")),)})
    (offer,) = explain(w, "opened", OFFICER, facts(), act())
    assert [(v.code, v.ok) for v in offer.verdicts] == [
        ("case_is_not_paused", True), ("office_has_a_holder", None), ("actor_has_no_tie", None), ("late_entry_names_its_paper", None)]
    assert offer.verdicts[1].inner == "The office named has a holder, or someone who acts for them."
    assert offer.mine and offer.allowed


def test_of_the_acts_of_others_nothing_is_told_but_that_they_are_theirs() -> None:
    (other,) = explain(GUARDED, "opened", frozenset({Role.CHAIR}), facts(**TIED), act())
    assert not other.mine and not other.allowed and other.verdicts == ()


def test_an_explanation_shows_which_rule_stands_in_the_way() -> None:
    (offer,) = explain(GUARDED, "opened", OFFICER, facts(**TIED), act())
    assert offer.mine and not offer.allowed
    assert [v.code for v in offer.verdicts if v.ok is False] == ["actor_has_no_tie", "came_before(trigger=hear)"]


def test_a_fact_that_follows_what_an_act_names_is_not_known_before() -> None:
    names_an_office = small(tell={"guards": (actor_has_no_tie,), "inputs": (Office(name="office", label=both("Office")),)})
    names_nothing = small(tell={"guards": (actor_has_no_tie,)})
    assert known_before(names_an_office.triggers["tell"][0]) == {"case"}
    assert known_before(names_nothing.triggers["tell"][0]) == {"case", "ties"}


def test_only_the_declared_facts_are_needed() -> None:
    assert needs(GUARDED.triggers["tell"][0]) == {"case", "ties", "steps"}
    shown = facts().only(needs(small().triggers["tell"][0]))
    assert fire(small(), "opened", OFFICER, shown, act("tell")).after == "told"


def test_a_recorded_step_is_followed_without_a_role_and_its_broken_rules_are_told() -> None:
    done = follow(GUARDED, "opened", facts(**TIED), act("tell"))
    assert done is not None
    assert (done.after, done.role) == ("told", None)
    assert [v.code for v in done.verdicts if not v.ok] == ["actor_has_no_tie", "came_before(trigger=hear)"]


def test_a_recorded_step_is_judged_only_by_what_is_known() -> None:
    done = follow(GUARDED, "opened", facts().only(["ties"]), act("tell"))
    assert done is not None and [v.code for v in done.verdicts] == ["actor_has_no_tie", "late_entry_names_its_paper"]


def test_a_recorded_step_that_the_workflow_does_not_know_is_not_followed() -> None:
    assert follow(small(), "opened", facts(), act("decide")) is None
    assert follow(small(), "decided", facts(), act("fly")) is None


def test_a_paused_case_says_so() -> None:
    with pytest.raises(Refused, match="The case is not paused"):
        fire(small(), "opened", OFFICER, facts(case=CaseFact("opened", 1, "small", True, False)), act("tell"))


def test_an_act_entered_late_names_its_paper() -> None:
    with pytest.raises(Refused, match="names the paper"):
        fire(small(), "opened", OFFICER, facts(), act("tell", late=True))
    assert fire(small(), "opened", OFFICER, facts(),
                act("tell", {"paper": "file 3, page 4"}, late=True)).after == "told"


def test_an_entry_keeps_a_final_state_and_is_open_there() -> None:
    w = small(entries=(step("note", ANY, ANY),))
    assert fire(w, "decided", OFFICER, facts(), act("note")).after == "decided"


def test_a_machine_is_built_once_for_each_law(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    original = engine._LawMachine.__init__

    def counted(self: Any, workflow: Workflow) -> None:
        built.append(workflow.law_hash)
        original(self, workflow)

    monkeypatch.setattr(engine._LawMachine, "__init__", counted)
    engine._machine.cache_clear()
    for _ in range(3):
        fire(small(), "opened", OFFICER, facts(), act("tell"))
        follow(GUARDED, "opened", facts(), act("tell"))
    assert sorted(built) == sorted({small().law_hash, GUARDED.law_hash})


def test_no_machine_keeps_a_model() -> None:
    fire(small(), "opened", OFFICER, facts(), act("tell"))
    assert engine._machine(small().law_hash, engine._Keyed(small())).models == []


def test_the_person_acting_is_the_one_who_is_judged() -> None:
    w, shown = small(tell={"guards": (actor_has_no_tie,)}), facts(ties=frozenset({"bert"}))
    assert fire(w, "opened", OFFICER, shown, act("tell", actor=ANNA)).after == "told"
    with pytest.raises(Refused):
        fire(w, "opened", OFFICER, shown, act("tell", actor=Actor("bert", "Bert", 2)))


def test_a_transition_from_everywhere_is_not_open_at_the_end() -> None:
    w = small(states=(*STATES, State("over", both("over"), final=True)), add=(step("remind", ANY, ANY), step("drop", ANY, "over")))
    assert fire(w, "told", OFFICER, facts(), act("remind")).after == "told"
    assert fire(w, "told", OFFICER, facts(), act("drop")).after == "over"
    for trigger in ("remind", "drop"):
        with pytest.raises(NotNow, match="possible now: nothing"):
            fire(w, "over", OFFICER, facts(), act(trigger))
