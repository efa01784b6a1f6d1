"""The hash of a law covers what binds and nothing else, and is the same for Python and TOML."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from tests.workflows.samples import RUNG, STATES, both, small, step
from workflows.catalogue import BUILT_IN
from workflows.definition import ANY, Transition, Workflow
from workflows.effects import Hear, Notify, Open, Pause, Resume, Sanction, Serve, StartClock
from workflows.entries import ENTRIES
from workflows.guards import actor_has_no_tie, another_person_than, strand_stands
from workflows.inputs import HANDLERS, PARTIES, Choice, Klass, Many, Person, Text
from workflows.pack import read_workflow
from workflows.roles import Role
from workflows.words import Words, words

OTHER = words(en="Other words", vi="Lời khác")

TOML = '''
name = "small"
version = 1
fast = false
parents = ["inspection"]
title.en = "Otherwise called"
title.vi = "Tên khác"

[states]
opened = { label = { en = "A", vi = "B" } }
told = { label = { en = "A", vi = "B" }, settled = true }
heard = { label = { en = "A", vi = "B" } }
decided = { label = { en = "A", vi = "B" }, final = true, punishes = true }

[[transitions]]
trigger = "open"
label = { en = "A", vi = "B" }
source = ""
dest = "opened"
who = ["officer"]

[[transitions]]
trigger = "tell"
label = { en = "A", vi = "B" }
source = "opened"
dest = "told"
who = ["chair", "officer"]
standing = true
guards = ["actor_has_no_tie", { guard = "another_person_than", trigger = "open" },
          { guard = "strand_stands", workflow = "appeal", states = ["lodged", "heard"] }]
effects = ["notify", { effect = "serve", role = "respondent", letter = "notice" },
           { effect = "startclock", name = "reply", then = "lapse" }]

[[transitions.inputs]]
kind = "text"
name = "why"
label = { en = "A", vi = "B" }
help = { en = "A", vi = "B" }
class = "personal"
readers = "parties"
at_least = 3
lines = true

[[transitions.inputs]]
kind = "many"
name = "people"
label = { en = "A", vi = "B" }
class = "plain"
readers = "everyone"
required = false
of = [{ kind = "person", name = "person", label = { en = "A", vi = "B" }, class = "personal", readers = "handlers" }]

[[transitions]]
trigger = "lapse"
label = { en = "A", vi = "B" }
source = "told"
dest = "heard"
who = ["system"]
effects = ["hear"]

[[transitions]]
trigger = "decide"
label = { en = "A", vi = "B" }
help = { en = "A", vi = "B" }
source = "heard"
dest = "decided"
who = ["chair"]
effects = [{ effect = "sanction", input = "rung" },
           { effect = "open", workflow = "other", trigger = "begin", copy = [["why", "what"]] }]

[[transitions.inputs]]
kind = "choice"
name = "rung"
label = { en = "A", vi = "B" }
class = "plain"
readers = "everyone"
options = { reprimand = { en = "A", vi = "B" }, warning = { en = "A", vi = "B" } }

[[transitions]]
trigger = "pause"
label = { en = "A", vi = "B" }
source = ["opened", "told"]
dest = "*"
who = ["chair"]
effects = ["pause"]

[[transitions]]
trigger = "resume"
label = { en = "A", vi = "B" }
source = ["told", "opened"]
dest = "*"
who = ["chair"]
effects = ["resume"]
'''


def in_python() -> Workflow:
    """The same law as `TOML`, in other words."""
    tell = step(
        "tell", "opened", "told", who=(Role.CHAIR, Role.OFFICER), standing=True,
        guards=(actor_has_no_tie, another_person_than(trigger="open"),
                strand_stands(workflow="appeal", states=("lodged", "heard"))),
        inputs=(Text(name="why", label=both("Why"), klass=Klass.PERSONAL, readers=PARTIES, at_least=3, lines=True),
                Many(name="people", label=both("People"), required=False, of=(
                    Person(name="person", label=both("Person"), readers=HANDLERS),))),
        effects=(Notify(), Serve(Role.RESPONDENT, "notice"), StartClock("reply", then="lapse")))
    opened, told, heard, decided = STATES
    return Workflow(
        name="small", version=1, title=both("Small"), parents=("inspection",), entries=ENTRIES,
        states=(opened, replace(told, settled=True), heard, decided),
        transitions=(
            step("open", "", "opened"), tell, step("lapse", "told", "heard", who=(Role.SYSTEM,), effects=(Hear(),)),
            step("decide", "heard", "decided", who=(Role.CHAIR,), inputs=(RUNG,),
                 effects=(Sanction("rung"), Open("other", "begin", copy=(("why", "what"),)))),
            step("pause", ("told", "opened"), ANY, who=(Role.CHAIR,), effects=(Pause(),)),
            step("resume", ("opened", "told"), ANY, who=(Role.CHAIR,), effects=(Resume(),))))


def reworded(value: Any) -> Any:
    """The same value with every text in it replaced."""
    if isinstance(value, Words):
        return OTHER
    if isinstance(value, tuple):
        return tuple(reworded(v) for v in value)
    if is_dataclass(value) and not isinstance(value, type) and not hasattr(value, "holds"):
        return replace(value, **{f.name: reworded(getattr(value, f.name)) for f in fields(value) if f.init})
    return value


def test_a_law_is_the_same_in_python_and_in_toml() -> None:
    written, made = read_workflow(TOML, "small.toml"), in_python()
    assert written.law() == made.law()
    assert written.law_hash == made.law_hash


@pytest.mark.parametrize("workflow", BUILT_IN, ids=lambda w: w.name)
def test_a_law_does_not_change_with_its_words(workflow: Workflow) -> None:
    changed: Workflow = reworded(workflow)
    assert changed.title == OTHER and changed.states[0].label == OTHER and changed.transitions[0].label == OTHER
    assert changed.law_hash == workflow.law_hash


@pytest.mark.parametrize("workflow", BUILT_IN, ids=lambda w: w.name)
def test_a_law_hash_is_sha_256_over_canonical_bytes_without_a_float(workflow: Workflow) -> None:
    def whole(text: str) -> float:
        raise AssertionError(f"a float in the law: {text}")

    read = json.loads(workflow.law_bytes, parse_float=whole)
    assert json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == workflow.law_bytes
    assert workflow.law_hash == hashlib.sha256(workflow.law_bytes).hexdigest()


def test_the_words_of_a_choice_are_not_law_and_its_codes_are() -> None:
    base = Choice(name="rung", label=both("Rung"), options=(("a", both("A")),))
    assert base.law() == replace(base, options=(("a", OTHER),), label=OTHER, help=OTHER).law()
    assert base.law() != replace(base, options=(("b", both("A")),)).law()


CHANGES: dict[str, dict[str, Any]] = {
    "another role": {"who": (Role.CHAIR,)},
    "another rule": {"guards": (actor_has_no_tie,)},
    "another effect": {"effects": (Notify(), StartClock("reply"))},
    "another input": {"inputs": (Text(name="why", label=both("Why")),)},
    "never in a batch": {"standing": True},
    "open while paused": {"while_paused": True},
    "a proposal that it approves": {"approves": "decide"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_whatever_binds_changes_the_law(change: dict[str, Any]) -> None:
    assert small(tell=change).law_hash != small().law_hash


@pytest.mark.parametrize("change",
                         [{"klass": Klass.SENSITIVE}, {"readers": HANDLERS}, {"required": False}, {"at_most": 5},
                          {"lines": True}])
def test_whatever_binds_an_input_changes_the_law(change: dict[str, Any]) -> None:
    why = Text(name="why", label=both("Why"))
    assert small(tell={"inputs": (why,)}).law_hash != small(tell={"inputs": (replace(why, **change),)}).law_hash


def test_the_order_of_roles_is_law_since_it_decides_in_which_one_an_act_is_done() -> None:
    one = small(tell={"who": (Role.CHAIR, Role.OFFICER)}).law_hash
    assert one != small(tell={"who": (Role.OFFICER, Role.CHAIR)}).law_hash


def test_a_final_or_settled_state_is_law() -> None:
    settled = (replace(STATES[0], settled=True), *STATES[1:])
    assert small(states=settled).law_hash != small().law_hash
    assert small(states=(*STATES[:3], replace(STATES[3], punishes=False)), checked=False).law_hash != small().law_hash


def test_every_field_of_a_transition_is_law_but_its_words_and_what_a_page_shows() -> None:
    known = {f.name for f in fields(Transition)} - {"label", "help", "preview", "unasked", "page", "of_one"}
    assert known == set(small().transitions[0].law())
