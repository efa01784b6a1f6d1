"""For every guard, what it may be shown when it holds and when it does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.workflows.samples import DAY
from workflows.acts import BodyFact, CaseFact, ClockFact, ExtensionFact, MatterFact, OfficeFact, StepFact, StrandFact

WORD = {"ladder.person": ("word", "reprimand"), "ladder.unit": ("letter",), "minor.measures": ("word", "reprimand")}
OPEN, PAUSED = CaseFact("s", 1, "w", False, False), CaseFact("s", 1, "w", True, False)
HELD = OfficeFact("head", "then", "now", None, None)
EMPTY = OfficeFact("head", None, None, None, None)
BOARD: BodyFact = BodyFact("board", True, frozenset({"cleo", "dora"}))
UNDER_WAY, FOUND = MatterFact("m", "open", False, False), MatterFact("m", "concluded", False, True, "shortcoming")
DROPPED = MatterFact("m", "closed_no_case", True, False)
STANDS, SETTLED, OVER = (StrandFact("child", "open", False, False), StrandFact("child", "dated", False, True),
                         StrandFact("child", "closed", True, False))


def steps(*done: str) -> tuple[StepFact, ...]:
    """Earlier events, `trigger` or `trigger by person`."""
    return tuple(StepFact(t, by or "bert", i, "") for i, (t, _, by) in enumerate(d.partition(" by ") for d in done))


@dataclass(frozen=True)
class Case:
    """What a guard is shown."""

    facts: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    act: dict[str, Any] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)


def _team(*names: str, declared: str = "clean") -> dict[str, Any]:
    return {"team_lead": "lea", "lead_declared": "clean", "team": [{"person": n, "declared": declared} for n in names]}


def _findings(*evidence: list[int], on: str = "2026-03-02") -> dict[str, Any]:
    return {"findings": [{"evidence": items, "committed_on": on} for items in evidence]}


CLOSED = CaseFact("s", 1, "w", False, False, True)
TOLD = {"conduct": "act", "place": "store", "happened_from": "2026-03-02"}
SUBMIT, STRAND = {"trigger": "submit"}, {"workflow": "appeal", "states": ("lodged", "heard")}
CASES: dict[str, tuple[list[Case], list[Case]]] = {
    "appeal_body_and_contact_are_named": (
        [Case({"setup": {"appeal_body": "ab", "concerns_contact": "cleo"}})],
        [Case({"setup": {"appeal_body": None, "concerns_contact": "cleo"}}),
         Case({"setup": {"appeal_body": "ab", "concerns_contact": None}})]),
    "case_is_not_paused": ([Case({"case": OPEN})], [Case({"case": PAUSED})]),
    "case_is_paused": ([Case({"case": PAUSED})], [Case({"case": OPEN})]),
    "late_entry_names_its_paper": ([Case(), Case(data={"paper": "file 7"}, act={"late": True})],
                                   [Case(act={"late": True})]),
    "actor_has_no_tie": ([Case(), Case({"ties": {"bert"}})],
                         [Case({"ties": {"anna"}}), Case({"ties": {"bert"}}, act={"recorded_for": "bert"}),
                          Case({"ties": {"anna"}}, act={"on_behalf_of": "bert"})]),
    "another_person_than": ([Case(args=SUBMIT), Case({"steps": steps("submit by bert")}, args=SUBMIT)],
                            [Case({"steps": steps("submit by anna")}, args=SUBMIT),
                             Case({"steps": steps("submit by bert", "submit by anna")}, args=SUBMIT),
                             Case({"steps": steps("submit by bert")}, act={"recorded_for": "bert"}, args=SUBMIT)]),
    "came_before": ([Case({"steps": steps("submit")}, args=SUBMIT)], [Case({"steps": steps("return")}, args=SUBMIT)]),
    "not_yet_done": ([Case({"steps": steps("return")}, args=SUBMIT)], [Case({"steps": steps("submit")}, args=SUBMIT)]),
    "parent_is": ([Case({"parent": STANDS}, args={"workflow": "child"})],
                  [Case(args={"workflow": "child"}), Case({"parent": STANDS}, args={"workflow": "other"})]),
    "strand_stands": ([Case({"strands": {"appeal": StrandFact("appeal", "heard", False, False)}}, args=STRAND)],
                      [Case(args=STRAND),
                       Case({"strands": {"appeal": StrandFact("appeal", "final", True, True)}}, args=STRAND)]),
    "strand_is_not_open": ([Case(args={"workflow": "appeal"})],
                           [Case({"strands": {"appeal": STANDS}}, args={"workflow": "appeal"})]),
    "people_named_are_known": ([Case({"drawn_in": {"bert"}, "known": {"bert", "cleo"}}), Case()],
                               [Case({"drawn_in": {"bert"}})]),
    "children_are_settled": ([Case(), Case({"children": (SETTLED, OVER)})], [Case({"children": (SETTLED, STANDS)})]),
    "unit_is_in_jurisdiction": ([Case({"jurisdiction": {"u1"}, "unit": "u1"}), Case({"unit": None})],
                                [Case({"jurisdiction": {"u1"}, "unit": "u2"}), Case({"unit": "u1"})]),
    "source_is_classified": ([Case({"said": {"source": "signal"}})], [Case(), Case({"said": {"source": ""}})]),
    "someone_else_proposed_no_case": ([Case({"steps": steps("propose_no_case by bert")})],
                                      [Case(), Case({"steps": steps("propose_no_case by anna")})]),
    "team_has_the_right_size": ([Case(data=_team("a", "b"))],
                                [Case(data=_team("a")), Case(data=_team("a", "a")), Case(data=_team("a", "lea")),
                                 Case(data=_team(*"abcde"))]),
    "declarations_are_clean": ([Case(data=_team("a", "b"))],
                               [Case(data=_team("a", "b", declared="conflict")),
                                Case(data=_team("a") | {"lead_declared": "conflict"}),
                                Case(data={})]),
    "nobody_named_has_a_tie": ([Case({"ties": {"dora"}, "drawn_in": {"cleo"}})],
                               [Case({"ties": {"dora"}, "drawn_in": {"dora", "cleo"}})]),
    "access_ends_ahead": ([Case(data={"until": "2026-03-02"}), Case(data={"until": "2026-01-01"}, act={"late": True})],
                          [Case(data={"until": "2026-03-01"})]),
    "another_person_lifts": ([Case(data={"person": "bert"})],
                             [Case(data={"person": "anna"}), Case(data={"person": "bert"}, act={"recorded_for": "bert"}),
                              Case(data={"person": "anna"}, act={"on_behalf_of": "bert"})]),
    "companion_has_no_other_part": (
        [Case({"people": {"officer": ("bert",)}}, {"person": "cleo"}), Case({"people": {"companion": ("cleo",)}}, {"person": "cleo"})],
        [Case({"people": {"officer": ("cleo",)}}, {"person": "cleo"}), Case({"ties": {"cleo"}}, {"person": "cleo"})]),
    "period_is_in_order": ([Case(data={"period_from": "2026-01-01", "period_to": "2026-01-01"})],
                           [Case(data={"period_from": "2026-01-02", "period_to": "2026-01-01"})]),
    "office_has_a_holder": ([Case({"offices": {"head": HELD}}, {"office": "head"}),
                             Case({"offices": {"head": EMPTY._replace(acting_now="cleo")}}, {"office": "head"})],
                            [Case({"offices": {"head": EMPTY}}, {"office": "head"}), Case(data={"office": "head"})]),
    "reminders_were_recorded": ([Case({"steps": steps("remind", "remind")})], [Case({"steps": steps("remind")})]),
    "findings_cite_evidence": ([Case({"evidence": (1, 2)}, _findings([1])),
                                Case({"evidence": (1, 2)}, _findings([1], [2, 1]))],
                               [Case({"evidence": (1,)}, _findings([1], [])),
                                Case({"evidence": (1,)}, _findings([2]))]),
    "findings_lie_in_the_past": ([Case(data=_findings([1], on="2026-03-02"))],
                                 [Case(data=_findings([1], on="2026-03-03"))]),
    "reply_is_in_or_its_time_is_over": (
        [Case({"steps": steps("share_draft", "comment")}),
         Case({"steps": steps("share_draft"), "clocks": {"comment": ClockFact(DAY, True, 0)}})],
        [Case({"steps": steps("share_draft")}), Case({"steps": steps("share_draft", "comment", "share_draft")}),
         Case({"steps": steps("share_draft"), "clocks": {"comment": ClockFact(999 * DAY, True, 0)}})]),
    "disagreement_is_answered": ([Case(), Case({"steps": steps("comment")}, {"answers": "see page 2"})],
                                 [Case({"steps": steps("comment")})]),
    "quorum_is_met": ([Case(data={"entitled": 9, "present": 5})],
                      [Case(data={"entitled": 10, "present": 5}), Case(data={"entitled": 4, "present": 5}),
                       Case(data={})]),
    "unit_was_heard": ([Case({"steps": steps(s)}) for s in ("report", "comment", "response_lapsed")],
                       [Case(), Case({"steps": steps("remind")})]),
    "investigators_do_not_decide": (
        [Case({"people": {"team_lead": ("bert",)}}),
         Case({"people": {"team_member": ("anna",)}, "ruleset": {"investigators_may_decide": True}})],
        [Case({"people": {"team_lead": ("anna",)}}), Case({"people": {"team_member": ("anna", "bert")}})]),
    "office_has_an_answerer": (
        [Case({"offices": {"head": EMPTY._replace(holder_then="bert")}}, {"office": "head", "basis": "oversight"}),
         Case({"offices": {"head": EMPTY._replace(acting_now="bert")}}, {"office": "head", "basis": "handling"})],
        [Case({"offices": {"head": EMPTY._replace(holder_now="bert")}}, {"office": "head", "basis": "oversight"}),
         Case({"offices": {"head": EMPTY._replace(holder_then="bert")}}, {"office": "head", "basis": "handling"}),
         Case(data={"office": "head", "basis": "handling"})]),
    "office_stands_on_its_line": ([Case({"offices": {"head": HELD}}, {"office": "head", "line": "unit"})],
                                  [Case({"offices": {"head": HELD}}, {"office": "head", "line": "body"})]),
    "next_superior_stands_above_the_unit": (
        [Case({"superiors": {}}, {"level": "direct"}),
         Case({"superiors": {"unit": {"head"}}}, {"level": "next_superior", "office": "head", "line": "unit"})],
        [Case({"superiors": {"body": {"head"}}}, {"level": "next_superior", "office": "head", "line": "unit"}),
         Case({"superiors": {}}, {"level": "next_superior", "office": "head", "line": "unit"})]),
    "joint_office_has_several_seats": (
        [Case(data={"level": "direct"}),
         Case({"offices": {"head": HELD._replace(seats=3)}}, {"level": "joint", "office": "head"})],
        [Case({"offices": {"head": HELD}}, {"level": "joint", "office": "head"}), Case(data={"level": "joint", "office": "head"})]),
    "joint_names_its_member": (
        [Case(data={"level": "direct"}),
         Case({"offices": {"head": HELD._replace(holders=("bert",))}}, {"level": "joint", "office": "head", "answerer": "bert"})],
        [Case(data={"level": "direct", "answerer": "bert"}), Case({"offices": {"head": HELD}}, {"level": "joint", "office": "head"}),
         Case({"offices": {"head": HELD._replace(holders=("bert",))}}, {"level": "joint", "office": "head", "answerer": "cleo"})]),
    "a_body_inside_determines": (
        [Case({"bodies": {"board": BOARD}}, {"determiner": "board"}), Case({"bodies": {"board": BOARD}, "said": {"determiner": "board"}})],
        [Case(data={"determiner": "board"}), Case({"bodies": {"board": BOARD._replace(inside=False)}}, {"determiner": "board"}),
         Case({"bodies": {"board": BOARD._replace(members=frozenset())}}, {"determiner": "board"})]),
    "nobody_determines_their_own": (
        [Case({"offices": {"head": HELD}, "bodies": {"board": BOARD}}, {"office": "head", "determiner": "board"})],
        [Case({"offices": {"head": HELD._replace(answerers=frozenset({"cleo"}))}, "bodies": {"board": BOARD}},
              {"office": "head", "determiner": "board"}),
         Case({"offices": {"head": HELD._replace(answerers=frozenset({"cleo"}))}, "bodies": {"board": BOARD},
               "said": {"office": "head", "determiner": "board"}})]),
    "matter_was_not_cleared": (
        [Case({"matter": DROPPED}, {"basis": "handling"}), Case({"matter": FOUND}, {"basis": "oversight"}), Case(data={"basis": "oversight"})],
        [Case({"matter": DROPPED}, {"basis": "oversight"}),
         Case({"matter": FOUND._replace(result="no_shortcoming")}, {"basis": "oversight"})]),
    "oversight_names_the_day": ([Case(data={"basis": "handling"}),
                                 Case(data={"basis": "oversight", "matter_on": "2026-01-01"})],
                                [Case(data={"basis": "oversight"})]),
    "superior_is_direct": (
        [Case({"direct_superiors": {"bert": {"anna"}}}, {"person": "bert"}),
         Case({"direct_superiors": {"bert": {"cleo"}}}, {"person": "bert"}, act={"recorded_for": "cleo"})],
        [Case({"direct_superiors": {"bert": {"cleo"}}}, {"person": "bert"}), Case({"direct_superiors": {}}, {"person": "bert"}),
         Case({"direct_superiors": {"bert": {"anna"}}}, {"person": "cleo"})]),
    "person_is_another": ([Case(data={"person": "bert"})],
                          [Case(data={"person": "anna"}), Case(data={"person": "bert"}, act={"recorded_for": "bert"})]),
    "measure_is_the_lowest": (
        [Case(data={"rung": "reprimand"}), Case({"ruleset": WORD}, {"rung": "word"})],
        [Case(data={"rung": "warning"}), Case({"ruleset": WORD}, {"rung": "reprimand"}), Case({"ruleset": WORD}, {"rung": "letter"}),
         Case({"ruleset": WORD | {"ladder.unit": ()}})]),
    "another_decides_the_appeal": (
        [Case({"steps": steps("note by bert", "settle by bert", "appeal by cleo"), "people": {"respondent": ("cleo",)}})],
        [Case({"steps": steps("note by anna", "settle by bert")}), Case({"steps": steps("note by bert", "settle by anna")}),
         Case({"people": {"respondent": ("anna",)}}), Case({"steps": steps("settle by bert")}, act={"recorded_for": "bert"})]),
    "checked_side_does_not_conclude": (
        [Case({"people": {"respondent": ("bert",)}})],
        [Case({"people": {"respondent": ("anna",)}}), Case({"people": {"respondent": ("bert",)}}, act={"recorded_for": "bert"})]),
    "units_named_are_in_jurisdiction": (
        [Case({"jurisdiction": {"u1", "u2"}}, {"units": [{"unit": "u1"}, {"unit": "u2"}]})],
        [Case({"jurisdiction": {"u1"}}, {"units": [{"unit": "u1"}, {"unit": "u2"}]})]),
    "due_is_ahead": ([Case(data={"due": "2026-03-02"}), Case(data={"due": "2026-01-01"}, act={"late": True}), Case()],
                     [Case(data={"due": "2026-03-01"})]),
    "oversight_is_answered_in_person": ([Case({"said": {"basis": "oversight"}}),
                                         Case({"said": {"basis": "handling"}}, act={"on_behalf_of": "bert"}),
                                         Case({"said": {"basis": "oversight"}}, act={"recorded_for": "bert"})],
                                        [Case({"said": {"basis": "oversight"}}, act={"on_behalf_of": "bert"})]),
    "right_office_is_another": ([Case({"said": {"office": "tail"}, "offices": {"head": HELD}}, {"right_office": "head"}),
                                 Case({"said": {"office": "tail", "basis": "oversight"}, "offices": {"head": HELD}},
                                      {"right_office": "head"})],
                                [Case({"said": {"office": "head"}, "offices": {"head": HELD}},
                                      {"right_office": "head"}),
                                 Case({"said": {"office": "tail", "basis": "oversight"},
                                       "offices": {"head": EMPTY._replace(holder_now="bert")}}, {"right_office": "head"}),
                                 Case({"said": {"office": "tail"}, "offices": {"head": EMPTY}},
                                      {"right_office": "head"}),
                                 Case({"said": {"office": "tail"}}, {"right_office": "head"})]),
    "the_head_answers": ([Case({"people": {"head": ("anna",)}}),
                          Case({"people": {"head": ("bert",)}}, act={"recorded_for": "bert"})],
                         [Case({"people": {"head": ("bert",)}})]),
    "a_prior_report_has_day_and_receiver": (
        [Case(), Case(data={"reported_on": "2026-01-01", "reported_to": "the board", "reported_before": "that it was late"})],
        [Case(data={"reported_on": "2026-01-01"}), Case(data={"reported_to": "the board"}), Case(data={"report_reference": "12/2026"})]),
    "prior_report_lies_in_the_past": ([Case(), Case(data={"reported_on": "2026-03-02"})], [Case(data={"reported_on": "2026-03-03"})]),
    "prior_report_cites_what_stands": ([Case(), Case({"evidence": (1,)}, {"report_evidence": [1]})],
                                       [Case({"evidence": (1,)}, {"report_evidence": [2]})]),
    "absence_is_in_order": ([Case(data={"away_from": "2026-03-02", "away_until": "2026-03-02"})],
                            [Case(data={"away_from": "2026-03-02", "away_until": "2026-03-01"}),
                             Case(data={"away_from": "2026-03-02", "away_until": "2028-03-01"})]),
    "responsibility_is_joint": ([Case({"said": {"level": "joint"}})], [Case({"said": {"level": "direct"}}), Case()]),
    "note_comes_from_a_fellow_member": (
        [Case({"said": {"level": "joint", "office": "head", "answerer": "bert"}}, {"office": "head", "member": "cleo"})],
        [Case({"said": {"level": "joint", "office": "head", "answerer": "bert"}}, {"office": "head", "member": "bert"}),
         Case({"said": {"level": "joint", "office": "tail", "answerer": "bert"}}, {"office": "head", "member": "cleo"}),
         Case({"said": {"level": "joint", "office": "head", "answerer": "bert", "holder": "cleo"}}, {"office": "head", "member": "cleo"}),
         Case({"said": {"level": "direct", "office": "head"}}, {"office": "head", "member": "cleo"})]),
    "reminders_had_their_time": (
        [Case({"steps": steps("notify", "remind", "remind_automatically"), "now": 2 * DAY}),
         Case({"steps": steps("notify", "remind", "remind", "remind"), "now": 2 + DAY}), Case({"ruleset": {"reminders": 0}})],
        [Case({"steps": steps("remind", "remind"), "now": DAY}), Case({"steps": steps("remind")}),
         Case({"steps": steps("remind", "remind", "serve_again")})]),
    "handling_passes_on": ([Case({"said": {"basis": "handling"}})], [Case({"said": {"basis": "oversight"}}), Case()]),
    "underlying_matter_is_decided": (
        [Case({"said": {"basis": "handling"}, "matter": UNDER_WAY}), Case({"said": {"basis": "oversight"}}),
         Case({"said": {"basis": "oversight"}, "matter": FOUND}),
         Case({"said": {"basis": "oversight"}, "matter": UNDER_WAY._replace(is_final=True)})],
        [Case({"said": {"basis": "oversight"}, "matter": UNDER_WAY})]),
    "oversight_of_what_was_cleared": (
        [Case({"said": {"basis": "oversight"}, "matter": DROPPED}),
         Case({"said": {"basis": "oversight"}, "matter": FOUND._replace(result="no_shortcoming")})],
        [Case({"said": {"basis": "handling"}, "matter": DROPPED}), Case({"said": {"basis": "oversight"}, "matter": FOUND}),
         Case({"said": {"basis": "oversight"}, "matter": UNDER_WAY._replace(result="no_shortcoming")}), Case({"said": {"basis": "oversight"}})]),
    "responsibility_was_closed": (
        [Case({"case": OPEN._replace(state="closed", is_final=True), "said": {"outcome": o}}) for o in ("confirmed", "reduced")],
        [Case({"case": OPEN._replace(state="closed", is_final=True), "said": {"outcome": "withdrawn"}}),
         Case({"case": OPEN, "said": {"outcome": "confirmed"}})]),
    "determiner_is_not_the_head": ([Case({"people": {"head": ("bert",)}})],
                                   [Case({"people": {"head": ("anna",)}}),
                                    Case({"people": {"head": ("bert",)}}, act={"on_behalf_of": "bert"})]),
    "responsibility_stands": ([Case({"said": {"outcome": o}}) for o in ("confirmed", "reduced")],
                              [Case({"said": {"outcome": "withdrawn"}}), Case()]),
    "own_case_is_about_who_answered": (
        [Case({"people": {"head": ("bert",)}}, {"matters": [{"respondent": "bert"}]}),
         Case({"said": {"answerer": "cleo"}}, {"matters": [{"respondent": "cleo"}]})],
        [Case({"people": {"head": ("bert",)}}, {"matters": [{"respondent": "cleo"}]})]),
    "withdrawn_or_linked": (
        [Case({"said": {"outcome": "withdrawn"}}), *(Case({"steps": steps(one)}) for one in ("link", "open_own_case", "open_inspection"))],
        [Case({"said": {"outcome": "reduced"}})]),
    "checker_is_not_the_owner": ([Case({"people": {"owner": ("bert",)}})], [Case({"people": {"owner": ("anna",)}})]),
    "checker_did_not_do_it": ([Case(), Case({"steps": steps("finish by bert")})],
                              [Case({"steps": steps("finish by anna")}),
                               Case({"steps": steps("finish by bert")}, act={"recorded_for": "bert"})]),
    "concern_names_act_place_and_day": ([Case(data=TOLD), Case(data={"kind": "retaliation"})],
                                        [Case(), Case(data=TOLD | {"place": None}), Case(data={"kind": "wrongdoing"})]),
    "days_are_in_order": ([Case(data={"happened_from": "2026-03-02", "happened_until": "2026-03-02"}), Case(data=TOLD)],
                          [Case(data={"happened_from": "2026-03-02", "happened_until": "2026-03-01"})]),
    "everyone_named_is_chosen_or_described": ([Case(data={"named": [{"person": "bert"}, {"described": "the driver"}]}), Case()],
                                              [Case(data={"named": [{"person": "bert"}, {}]})]),
    "nobody_reports_in_another_name": ([Case(), Case(data={"reporter": "anna", "known_as": "anna"})],
                                       [Case(data={"reporter": "bert"}), Case(data={"known_as": "bert"})]),
    "handler_is_not_the_reporter": ([Case({"people": {"reporter": ("bert",)}}), Case()],
                                    [Case({"people": {"reporter": ("anna",)}}),
                                     Case({"people": {"reporter": ("bert",)}}, act={"recorded_for": "bert"})]),
    "hearer_conducts_the_matter": ([Case({"parts_above": {"team_lead"}}), Case({"parts_above": {"chair", "auditor"}})],
                                   [Case(), Case({"parts_above": {"respondent", "companion"}})]),
    "witness_has_no_other_part": (
        [Case({"parts_above": {"officer"}, "people_above": {"respondent": ("bert",)}}, {"person": "cleo"}),
         Case({"parts_above": {"officer"}, "people_above": {"reporter": ("cleo",)}}, {"person": "cleo"}),
         Case({"parts_above": {"companion"}, "people_above": {"respondent": ("cleo",)}}, {"person": "cleo"})],
        [Case({"parts_above": {"officer"}, "people_above": {"respondent": ("cleo",)}}, {"person": "cleo"}),
         Case({"parts_above": {"chair"}, "people_above": {"officer": ("cleo",)}}, {"person": "cleo"})]),
    "another_decides_in_a_closed_circle": ([Case({"case": CLOSED, "people": {"decider": ("anna", "bert")}}), Case({"case": OPEN})],
                                           [Case({"case": CLOSED, "people": {"decider": ("anna",)}}), Case({"case": CLOSED})]),
    "adverse_act_needs_another_decider": ([Case(), Case({"feared": {"bert"}, "ties": {"carl"}})],
                                          [Case({"feared": {"anna"}}), Case({"ties": {"anna"}}),
                                           Case({"feared": {"bert"}}, act={"recorded_for": "bert"})]),
}

# Time limits ----------------------------------------------------------------------------------------------------------

REPLY = {"clock": "reply"}
RUNS, ENDED = ClockFact(90 * DAY, True, 0), ClockFact(90 * DAY, False, 0)
AHEAD = ClockFact(110 * DAY, True, 0)


def _more(**changed: Any) -> dict[str, Any]:
    plain = ExtensionFact(date(2026, 3, 10), date(2026, 3, 20), date(2026, 3, 4), 0, 1)
    return {"extensions": {"reply": plain._replace(**changed)}}


def _until(day: str) -> dict[str, Any]:
    return {"until": day}


CASES |= {
    "limit_is_running": ([Case({"clocks": {"reply": RUNS}}, args=REPLY)], [Case({"clocks": {"reply": ENDED}}, args=REPLY), Case(args=REPLY)]),
    "minimum_time_is_over": ([Case({"clocks": {"reply": RUNS}}, args=REPLY), Case({"clocks": {"reply": ENDED}}, args=REPLY)],
                             [Case({"clocks": {"reply": AHEAD}}, args=REPLY), Case(args=REPLY),
                              Case({"clocks": {"reply": RUNS}}, act={"occurred_at": 80 * DAY}, args=REPLY)]),
    "day_has_come": ([Case(data={"on": "2026-03-02"}, args={"input": "on"}), Case(data={"on": "2026-03-01"}, args={"input": "on"})],
                     [Case(data={"on": "2026-03-03"}, args={"input": "on"}), Case(data={"on": "soon"}, args={"input": "on"}),
                      Case(args={"input": "on"})]),
    "extension_is_within_the_cap": ([Case(_more(), _until("2026-03-20"), args=REPLY), Case(_more(), _until("2026-03-11"), args=REPLY)],
                                    [Case(_more(), _until("2026-03-21"), args=REPLY), Case(_more(), _until("2026-03-10"), args=REPLY),
                                     Case(_more(latest=None), _until("2026-03-11"), args=REPLY), Case(_more(), _until("soon"), args=REPLY),
                                     Case({"extensions": {}}, _until("2026-03-11"), args=REPLY)]),
    "extension_is_asked_early": ([Case(_more(), args=REPLY), Case(_more(early_until=date(2026, 3, 2)), args=REPLY)],
                                 [Case(_more(early_until=date(2026, 3, 1)), args=REPLY), Case(_more(early_until=None), args=REPLY),
                                  Case({"extensions": {}}, args=REPLY)]),
    "extension_is_not_used_up": ([Case(_more(), args=REPLY)], [Case(_more(granted=1), args=REPLY), Case(_more(at_most=0), args=REPLY),
                                                               Case({"extensions": {}}, args=REPLY)]),
    "extension_has_its_approver": ([Case(_more(), args=REPLY), Case(_more(approver="chair") | {"parts": frozenset({"chair"})}, args=REPLY)],
                                   [Case(_more(approver="chair"), args=REPLY), Case({"extensions": {}}, args=REPLY),
                                    Case(_more(approver="chair") | {"parts": frozenset({"officer"})}, args=REPLY)]),
}

from tests.workflows.guard_cases_discipline import APPEAL, DECISION, DISCIPLINE  # noqa: E402  (they are made of what stands above)
from tests.workflows.guard_cases_learning import LEARNING  # noqa: E402
from tests.workflows.guard_cases_retention import RETENTION  # noqa: E402

CASES |= DISCIPLINE | DECISION | APPEAL | LEARNING | RETENTION
