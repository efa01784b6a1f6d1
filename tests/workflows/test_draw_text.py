"""Workflows as Mermaid, DOT and Markdown: complete, in the reader's language, and unharmed by strange labels."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from tests.workflows.samples import STATES, both, small, step
from workflows.catalogue import load_catalogue
from workflows.definition import ANY, START, State, Workflow
from workflows.draw import Diagram, dot, mermaid, model, tables
from workflows.effects import KINDS
from workflows.roles import LABELS
from workflows.words import LANGUAGES, words

WORKFLOWS = (*load_catalogue().workflows, small())
NASTY = 'say "stop"; a|b <b>&amp;</b> \\ {x} [y] : # %% `c`\nnext'
every = pytest.mark.parametrize(("workflow", "language"), list(product(WORKFLOWS, LANGUAGES)),
                                ids=[f"{w.name}-{code}" for w, code in product(WORKFLOWS, LANGUAGES)])


def strange() -> Workflow:
    """A workflow whose labels try to break out."""
    label = words(en=NASTY, vi=NASTY)
    return small(states=(replace(STATES[0], label=label), *STATES[1:]), tell={"label": label})


@every
def test_the_model_holds_every_state_once_and_every_move_between_two(workflow: Workflow, language: str) -> None:
    d = model(workflow, language)
    assert [(n.name, n.label, n.final) for n in d.nodes] == [(s.name, s.label.say(language), s.final)
                                                             for s in workflow.states]
    drawn = {(e.source, e.dest, t) for e in d.edges for t in e.triggers}
    moves = {(s, workflow.arrives(s, t), trigger) for (s, trigger), t in workflow.edges.items()
             if t not in workflow.entries}
    assert drawn == {m for m in moves if m[0] != m[1]}
    assert {n.name: n.stays for n in d.nodes} == {s.name: sum(m[0] == m[1] == s.name for m in moves)
                                                  for s in workflow.states}
    assert len({(e.source, e.dest) for e in d.edges}) == len(d.edges)


def test_moves_between_the_same_states_are_merged_into_one_edge() -> None:
    d = model(small(add=(step("lapse", "told", "heard", effects=small().triggers["hear"][0].effects),)))
    (edge,) = [e for e in d.edges if e.source == "told"]
    assert (edge.triggers, edge.label) == (("hear", "lapse"), "hear / lapse")


def test_entries_are_not_drawn() -> None:
    assert model(small(entries=(step("note", ANY, ANY),))).nodes == model(small()).nodes


def test_the_model_knows_where_the_case_stands_and_where_it_was() -> None:
    d = model(small(), "en", "heard", frozenset({"opened", "told", "heard"}))
    assert [(n.current, n.visited) for n in d.nodes] == [(False, True), (False, True), (True, False), (False, False)]
    assert d.current == "heard"
    assert model(small(), "en", START).current is None


@pytest.mark.parametrize(("current", "visited"), [("nowhere", frozenset()), (None, frozenset({"nowhere"}))])
def test_a_place_that_does_not_exist_is_refused(current: str | None, visited: frozenset[str]) -> None:
    with pytest.raises(ValueError, match="has no state nowhere"):
        model(small(), "en", current, visited)


MERMAID = (r"stateDiagram-v2", r"    %% \w+@\d+", r"    direction TB",
           r'    state "[^"\n;:]*(?:#\d+;[^"\n;:]*)*" as \w+',
           r"    (?:\[\*\]|\w+) --> (?:\[\*\]|\w+)(?: : [^:;\n]*(?:#\d+;[^:;\n]*)*)?",
           r"    classDef \w+ stroke-width:\dpx",
           r"    class [\w,]+ \w+")
DOT = (r'digraph "\w+" \{', r'  label="(?:[^"\\]|\\.)*";', r"  rankdir=TB;", r'  node \[shape=box, style="rounded"\];',
       r'  "start\d*" \[shape=point\];',
       r'  "\w+" \[label="(?:[^"\\]|\\.)*"(?:, \w+=\d)*\];', r'  "\w+" -> "\w+" \[label="(?:[^"\\]|\\.)*"\];', r"\}")


def assert_each_line_parses(text: str, grammar: tuple[str, ...]) -> None:
    assert text.endswith("\n")
    for line in text.splitlines():
        assert any(re.fullmatch(rule, line) for rule in grammar), line


@every
def test_mermaid_says_every_state_and_every_edge_once(workflow: Workflow, language: str) -> None:
    d = model(workflow, language, workflow.states[0].name, frozenset({workflow.states[-1].name}))
    text = mermaid(d)
    assert_each_line_parses(text, MERMAID)
    for n in d.nodes:
        assert len(re.findall(rf'^    state ".*" as {n.name}$', text, re.MULTILINE)) == 1
        assert len(re.findall(rf"^    {n.name} --> \[\*\]$", text, re.MULTILINE)) == n.final
    assert text.count(" --> ") == len(d.edges) + sum(n.final for n in d.nodes)
    assert f"    class {d.current} current\n" in text


@every
def test_dot_says_every_state_and_every_edge_once(workflow: Workflow, language: str) -> None:
    passed = frozenset({workflow.states[-1].name}) - {workflow.states[0].name}
    d = model(workflow, language, workflow.states[0].name, passed)
    text = dot(d)
    assert_each_line_parses(text, DOT)
    for n in d.nodes:
        assert len(re.findall(rf'^  "{n.name}" \[label=', text, re.MULTILINE)) == 1
    assert text.count(" -> ") == len(d.edges)
    assert (text.count("penwidth=4"), text.count("penwidth=2")) == (1, len(passed))


def test_strange_labels_break_neither_mermaid_nor_dot() -> None:
    d = model(strange())
    assert_each_line_parses(mermaid(d), MERMAID)
    assert_each_line_parses(dot(d), DOT)


def test_a_state_called_like_a_word_of_a_language_is_renamed_there() -> None:
    w = small(states=(*STATES, State("end", both("end"), final=True), State("start", both("start"), final=True)),
              add=(step("stop", "opened", "end"), step("again", "opened", "start")))
    assert " as end\n" not in mermaid(model(w)) and " --> s4_ : stop" in mermaid(model(w))
    assert '"start1" [shape=point]' in dot(model(w)) and '"opened" -> "start" ' in dot(model(w))


def rows(text: str) -> list[list[str]]:
    """The cells of every row of every table."""
    return [re.split(r"(?<!\\)\|", line)[1:-1] for line in text.splitlines() if line.startswith("| ")]


@every
def test_the_tables_name_every_state_once_and_every_act(workflow: Workflow, language: str) -> None:
    cells = rows(tables(workflow, language))
    codes = [row[1].strip() for row in cells]
    for state in workflow.states:
        (row,) = [r for r in cells if len(r) == 5 and r[1].strip() == f"`{state.name}`"]
        assert row[0].strip() == state.label.say(language)
    for t in (*workflow.transitions, *workflow.entries):
        assert f"`{t.trigger}`" in codes
    assert sum(len(r) == 8
               for r in cells) == len(workflow.transitions) + len(workflow.entries) + 2 * (1 + bool(workflow.entries))
    assert {r[0].split("`")[1] for r in cells if len(r) == 4 and "`" in r[0]} >= set(workflow.clocks)


@every
def test_the_tables_tell_who_under_which_rules_with_what(workflow: Workflow, language: str) -> None:
    cells = [r for r in rows(tables(workflow, language)) if len(r) == 8 and r[1].strip().startswith("`")]
    for row, t in zip(cells, (*workflow.transitions, *workflow.entries), strict=True):
        assert row[1].strip() == f"`{t.trigger}`"
        assert row[4].strip() == ", ".join(LABELS[r].say(language) for r in t.who)
        assert [i.name for i in t.inputs if f"`{i.name}`" not in row[6]] == []
        for g in t.checks:
            if not g.args:
                assert g.rule.inner.say(language) in row[5]


def test_the_tables_name_a_step_by_its_label_not_by_its_code() -> None:
    inspection = next(w for w in WORKFLOWS if w.name == "inspection")
    assert "The step “Share the draft” was taken before." in tables(inspection, "en")
    assert "Trước đó phải có bước “Gửi dự thảo lấy ý kiến”." in tables(inspection, "vi")


def test_strange_labels_do_not_break_a_table() -> None:
    cells = rows(tables(strange()))
    assert {len(r) for r in cells} <= {4, 5, 8}
    assert "<b>" not in tables(strange())


def test_the_tables_know_every_effect_in_words() -> None:
    from workflows.draw import _EFFECT

    assert set(_EFFECT) == set(KINDS.values())


@every
def test_the_same_workflow_gives_the_same_text(workflow: Workflow, language: str) -> None:
    for write in (mermaid, dot):
        assert write(model(workflow, language)) == write(model(workflow, language))
    assert tables(workflow, language) == tables(workflow, language)


def test_a_diagram_is_plain_data() -> None:
    d = model(small())
    assert d == model(small()) and hash(d) == hash(model(small()))
    assert isinstance(d, Diagram) and isinstance(d.nodes, tuple)
