"""For every guard of discipline, appeal, redress and corrective action, what it may be shown when it holds and when it does not."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.workflows.guard_cases import BOARD, Case, steps
from tests.workflows.samples import DAY
from workflows.acts import CaseFact, ClockFact, EarlierFact, StrandFact
from workflows.clocks import Calendar
from workflows.ruleset import GENERIC

OVER, AHEAD, STOPPED = ClockFact(DAY, True, 0), ClockFact(999 * DAY, True, 0), ClockFact(999 * DAY, False, 0)
VOTE: dict[str, Any] = GENERIC.values | {"decision.rule": "vote"}
MATTER: dict[str, Any] = {"status_then": "person", "status_now": "person", "level": "body", "task": "own", "body": "W1"}
FIVE = ["a", "b", "c", "d", "e"]


def told(**changed: Any) -> dict[str, Any]:
    row = {"kind": "act", "committed_on": "2026-03-01", "provision": "4", "evidence": [1]} | changed
    return {"allegations": [row]}


def roll(*people: str, **changed: Any) -> dict[str, Any]:
    return {"roll": [{"person": uid} | changed for uid in people]}


def heard(how: str, **more: Any) -> dict[str, Any]:
    return {"attended": how, "minutes": "minutes 3"} | more


def tally(counts: dict[str, int], none: int = 0, issued: int | None = None) -> dict[str, Any]:
    valid = sum(counts.values()) + none
    return {"votes": [{"sanction": code, "votes": n} for code, n in counts.items()], "none": none, "issued": valid if issued is None else issued,
            "returned": valid, "spoiled": 0}


def concluded(*results: str) -> dict[str, Any]:
    return {"conclusions": [{"allegation": n, "result": one} for n, one in enumerate(results, 1)]}


PROVEN = told() | concluded("proven") | MATTER
FROZEN = {"said": MATTER | {"voters": FIVE, "base": 5}, "steps": steps("freeze_roll")}
EARLIER = EarlierFact(frozenset({("2026-03-01", "4")}), "reprimand", True, False)
ELSE = EarlierFact(frozenset({("2025-03-01", "4")}), "reprimand", True, False)
DAYS = {"until": "2026-03-20", "review_on": "2026-03-10"}
UP_TO_CLERKS = GENERIC.values | {"standing.post": ("clerk", "manager"), "competence.body.up_to.warning": ("clerk",)}
IN_FORCE = {"effective_on": "2026-03-01", "expires_on": "2027-03-01"}
NEW = EarlierFact(frozenset({("2026-03-02", "9")}), "warning", True, False, frozenset({"2026-03-02"}))
HELD = GENERIC.values | {"expiry.held_by_appeal": True, "expiry.held_by_new_violation": True}
PENDING, SETTLED = StrandFact("appeal", "lodged", False, False), StrandFact("appeal", "announced", False, True)
ILL = {"ground": "serious_illness"}
LONG_AGO = {"suspended_on": "2025-12-01", "until": "2026-06-30"}
AT_COURT: dict[str, Any] = {"said": LONG_AGO | {"track": "criminal"}, "case": CaseFact("referred_out", 9, "discipline", False, False),
                            "ruleset": GENERIC.values | {"suspension.follows_criminal": True}}
ON_THE_17TH = {"until": "2026-03-17", "review_on": "2026-03-10"}
UNIT = {"respondent_unit": "W1", "suspended_on": "2026-01-20"}
IN_WORKING_DAYS: dict[str, Any] = {"ruleset": GENERIC.values | {
    "deferral.review": "10wd", "suspension.first": "10wd", "suspension.longest": "10wd", "suspension.organisation": "20d"}}
TET = {"calendar": Calendar("tet", 1, "1111100", frozenset({date(2026, 3, 3)}))}
INVITED = {"steps": steps("notify", "invite", "invite")}
APPEALED = MATTER | {"sanction_below": "warning"}
HEARD_ANEW = steps("accept", "notify_increase", "hear")
MAY_INCREASE = GENERIC.values | {"appeal.increase": True}

DISCIPLINE: dict[str, tuple[list[Case], list[Case]]] = {
    "allegations_are_about_acts": ([Case(data=told()), Case(data=told(kind="omission"))],
                                   [Case(data=told(kind=k)) for k in ("opinion", "spoken", "reported")] + [Case(data={"allegations": []})]),
    "allegations_lie_in_the_past": ([Case(data=told()), Case(data=told(committed_on="2026-03-02", ended_on="2026-03-02"))],
                                    [Case(data=told(committed_on="2026-03-03")), Case(data=told(ended_on="2026-02-28"))]),
    "allegations_cite_evidence": ([Case({"evidence": (1,)}, told())],
                                  [Case({"evidence": (2,)}, told()), Case({"evidence": (1,)}, told(evidence=[]))]),
    "everything_cited_is_disclosed": (
        [Case(data=told() | {"disclosed": [1]}), Case(data=told() | {"withheld": [{"item": 1, "reason": "r", "summary": "s"}]})],
        [Case(data=told()), Case(data=told() | {"withheld": [{"item": 1, "reason": "r"}]}), Case(data=told() | {"disclosed": [2]})]),
    "nothing_cited_is_tainted": ([Case(data=told()), Case({"tainted": (2,)}, told())],
                                 [Case({"tainted": (1,)}, told()), Case({"tainted": (1,)}, {"findings": [{"evidence": [1]}]})]),
    "tainted_evidence_is_dealt_with": ([Case()], [Case({"tainted": (1,)})]),
    "item_is_tainted": ([Case({"tainted": (1,)}, {"item": 1})], [Case({"tainted": (1,)}, {"item": 2}), Case(data={"item": 1})]),
    "team_is_complete": ([Case({"people": {"team_lead": ("l",), "team_member": ("m", "n")}})],
                         [Case({"people": {"team_lead": ("l",), "team_member": ("m",)}}), Case({"people": {"team_member": ("m", "n", "o")}})]),
    "replacement_is_new": ([Case({"drawn_in": {"x"}, "people": {"team_member": ("m",)}})],
                           [Case({"drawn_in": {"m"}, "people": {"team_member": ("m",)}}),
                            Case({"drawn_in": {"l"}, "people": {"team_lead": ("l",)}})]),
    "replacement_declares_to_be_free": ([Case(data={"declared": "clean"})], [Case(data={"declared": "conflict"}), Case()]),
    "refusal_was_recorded_often_enough": ([Case({"steps": steps("notify", "record_refusal", "record_refusal")})],
                                          [Case({"steps": steps("notify", "record_refusal")}),
                                           Case({"steps": steps("record_refusal", "record_refusal", "notify")})]),
    "time_to_reply_is_over": ([Case({"clocks": {"reply": OVER}})], [Case({"clocks": {"reply": AHEAD}}), Case(),
                                                                     Case({"clocks": {"reply": OVER}}, act={"occurred_at": 1})]),
    "notice_had_its_time": ([Case({"clocks": {"notice": OVER}}), Case({"clocks": {"notice": AHEAD}, "said": {"heard_early": True}})],
                            [Case({"clocks": {"notice": AHEAD}}), Case({"clocks": {"notice": OVER}}, act={"occurred_at": 1})]),
    "person_was_heard_or_absence_is_minuted": (
        [Case(data=heard("heard")), Case(data=heard("waived", paper="letter 1")), Case(INVITED, heard("absent"))],
        [Case(data=heard("waived")), Case({"steps": steps("notify", "invite")}, heard("absent")), Case(INVITED, {"attended": "absent"})]),
    "nobody_hears_themselves": ([Case({"people": {"respondent": ("bert",)}})], [Case({"people": {"respondent": ("anna",)}})]),
    "the_person_speaks": ([Case({"people": {"respondent": ("anna",)}}), Case({"people": {"respondent": ("bert",)}}, act={"recorded_for": "bert"})],
                          [Case({"people": {"respondent": ("bert",)}}), Case({"people": {"respondent": ("bert",)}}, act={"on_behalf_of": "bert"})]),
    "somebody_decides": ([Case(data={"decider": "bert"}), Case(data={"body": "W1"})], [Case(), Case(data={"decider": "bert", "body": "W1"})]),
    "decision_rule_fits": ([Case(data={"decider": "bert"}), Case({"ruleset": VOTE}, {"body": "W1"})], [Case({"ruleset": VOTE}, {"decider": "bert"})]),
    "respondent_does_not_decide": ([Case(data={"decider": "bert", "respondent": "cleo"})], [Case(data={"decider": "bert", "respondent": "bert"})]),
    "review_is_ahead": ([Case(data={"review_on": "2026-03-03"})], [Case(data={"review_on": "2026-03-02"})]),
    "deferral_is_reviewed_in_time": ([Case(data={"review_on": "2026-04-01"}), Case(IN_WORKING_DAYS | TET, {"review_on": "2026-03-17"})],
                                     [Case(data={"review_on": "2026-04-02"}), Case(IN_WORKING_DAYS, {"review_on": "2026-03-17"})]),
    "deferral_ends_on_request": ([Case()], [Case({"ruleset": GENERIC.values | {"deferral.ends_on_request": False}})]),
    "no_deferral_against_their_request": (
        [Case(data=ILL), Case({"said": ILL}, ILL), Case({"said": ILL, "steps": steps("ask_to_go_on")}, {"ground": "pregnancy"}),
         Case({"said": ILL, "steps": steps("ask_to_go_on"), "ruleset": GENERIC.values | {"deferral.ends_on_request": False}}, ILL)],
        [Case({"said": ILL, "steps": steps("defer", "ask_to_go_on")}, ILL)]),
    "suspension_keeps_its_cap": (
        [Case(data=DAYS), Case(IN_WORKING_DAYS | TET, ON_THE_17TH), Case({"said": {"suspended_on": "2026-01-20"}}, DAYS)],
        [Case(IN_WORKING_DAYS, ON_THE_17TH), Case({"said": UNIT} | IN_WORKING_DAYS, DAYS | {"until": "2026-03-30"}),
         Case({"said": {"suspended_on": "2025-12-01"}}, DAYS),
         Case(data=DAYS | {"until": "2026-04-02"}), Case(data=DAYS | {"until": "2026-03-01"})]),
    "extension_keeps_its_cap": (
        [Case({"said": {"suspended_on": "2026-02-01"}}, DAYS), Case(IN_WORKING_DAYS | TET | {"said": {"suspended_on": "2026-03-02"}}, ON_THE_17TH),
         Case(AT_COURT, DAYS)],
        [Case(IN_WORKING_DAYS | {"said": {"suspended_on": "2026-03-02"}}, ON_THE_17TH), Case({"said": UNIT} | IN_WORKING_DAYS, DAYS),
         Case(data=DAYS), Case({"said": {"suspended_on": "2025-12-01"}}, DAYS), Case(AT_COURT | {"ruleset": GENERIC.values}, DAYS),
         Case(AT_COURT | {"said": AT_COURT["said"] | {"track": "service"}}, DAYS), Case(AT_COURT | {"said": AT_COURT["said"] | UNIT}, DAYS),
         Case(AT_COURT | {"case": CaseFact("opened", 9, "discipline", False, False)}, DAYS)]),
    "no_suspension_outlasts_the_proceeding": (
        [Case(), Case({"clocks": {"suspension": STOPPED}, "said": LONG_AGO}),
         Case({"clocks": {"suspension": AHEAD}, "said": LONG_AGO | {"until": "2025-12-30"}})],
        [Case({"clocks": {"suspension": AHEAD}, "said": LONG_AGO})]),
    "suspension_is_reviewed_in_time": (
        [Case(data=DAYS), Case(data={"review_on": "2026-03-16"}),
         Case({"ruleset": GENERIC.values | {"suspension.review": "60d"}}, {"review_on": "2026-04-30"})],
        [Case(data={"review_on": "2026-03-17"}), Case(data=DAYS | {"review_on": "2026-03-21"}), Case(data=DAYS | {"review_on": "2026-03-01"}),
         Case(data={"until": "2026-03-10", "review_on": "2026-03-11"})]),
    "no_suspension_runs": ([Case(), Case({"clocks": {"suspension": STOPPED}})], [Case({"clocks": {"suspension": AHEAD}})]),
    "suspension_runs": ([Case({"clocks": {"suspension": AHEAD}})], [Case(), Case({"clocks": {"suspension": STOPPED}})]),
    "transfer_has_its_paper": ([Case({"said": MATTER}, {"body": "W2", "paper": "order 1"})],
                               [Case({"said": MATTER}, {"body": "W2"}), Case({"said": MATTER}, {"body": "W1", "paper": "order 1"})]),
    "outside_paper_is_named": ([Case(data={"paper": "order 1"})], [Case()]),
    "appellant_speaks_for_themselves": ([Case(data={"appellant": "anna"}), Case(data={"appellant": "bert"}, act={"recorded_for": "bert"})],
                                        [Case(data={"appellant": "bert"}), Case(data={"appellant": "bert"}, act={"on_behalf_of": "bert"})]),
    "appellant_was_heard": ([Case(data=heard("heard")), Case(data=heard("waived", paper="p")), Case({"steps": steps("accept", "invite", "invite")},
                                                                                                     heard("absent"))],
                            [Case(data=heard("waived")), Case({"steps": steps("accept", "invite")}, heard("absent"))]),
}

DECISION: dict[str, tuple[list[Case], list[Case]]] = {
    "roll_names_everyone_once": ([Case({"known": {*FIVE}}, roll(*FIVE))],
                                 [Case({"known": {"a", "b"}}, roll("a", "a")), Case({"known": {"a"}}, roll("a", "b")), Case(data={"roll": []})]),
    "every_exclusion_has_its_reason": ([Case(data=roll("a")), Case(data=roll("a", recused=True, why="kin"))],
                                       [Case(data=roll("a", recused=True)), Case(data=roll("a", mark="suspended"))]),
    "nobody_conflicted_has_a_vote": (
        [Case(data=roll("a")), Case({"ties": {"a"}}, roll("a", recused=True, why="kin")),
         Case({"ties": {"a"}, "people": {"respondent": ("a",)}}, roll("a")),
         Case({"investigators": {"a"}, "ruleset": VOTE | {"investigators_may_decide": True}}, roll("a"))],
        [Case({"ties": {"a"}}, roll("a")), Case({"investigators": {"a"}}, roll("a"))]),
    "nobody_from_below_has_a_vote": ([Case({"took_part": {"zoe"}}, roll("a")),
                                      Case({"took_part": {"a"}, "people": {"respondent": ("a",)}}, roll("a"))],
                                     [Case({"took_part": {"a"}}, roll("a"))]),
    "actor_took_no_part_below": ([Case({"took_part": {"bert"}})], [Case({"took_part": {"anna"}}),
                                                                   Case({"took_part": {"bert"}}, act={"recorded_for": "bert"})]),
    "nobody_named_took_part_below": ([Case({"took_part": {"zoe"}, "drawn_in": {"cleo"}})], [Case({"took_part": {"bert"}, "drawn_in": {"bert"}})]),
    "decider_did_not_investigate": ([Case({"investigators": {"bert"}}),
                                     Case({"investigators": {"anna"}, "ruleset": {"investigators_may_decide": True}})],
                                    [Case({"investigators": {"anna"}})]),
    "enough_may_vote": ([Case({"said": MATTER, "ruleset": VOTE}, roll(*FIVE)), Case({"said": MATTER}, roll("a"))],
                        [Case({"said": MATTER, "ruleset": VOTE}, roll(*FIVE[:4])),
                         Case({"said": MATTER, "ruleset": VOTE, "people": {"respondent": ("a",)}}, roll(*FIVE)), Case({"said": {}}, roll("a"))]),
    "roll_is_frozen": ([Case(FROZEN)], [Case(FROZEN | {"steps": steps("freeze_roll", "take_up")}),
                                        Case({"said": MATTER, "steps": steps("freeze_roll")})]),
    "roll_is_frozen_or_one_decides": ([Case(FROZEN | {"ruleset": VOTE}), Case()],
                                      [Case({"ruleset": VOTE}), Case(FROZEN | {"ruleset": VOTE, "steps": steps("freeze_roll", "take_up")})]),
    "level_may_decide": ([Case({"said": MATTER}, {"sanction": "termination"}), Case({"said": MATTER}, tally({"warning": 5})), Case(),
                          Case({"said": MATTER | {"post": "clerk"}, "ruleset": UP_TO_CLERKS}, {"sanction": "warning"})],
                         [Case({"said": MATTER | {"post": "manager"}, "ruleset": UP_TO_CLERKS}, {"sanction": "warning"}),
                          Case({"said": MATTER, "ruleset": UP_TO_CLERKS}, {"sanction": "warning"}),
                          Case({"said": MATTER | {"level": "unit"}}, {"sanction": "warning"}),
                          Case({"said": MATTER | {"level": "moon"}}, {"sanction": "warning"}),
                          Case({"said": MATTER | {"level": "unit", "task": "from_above"}}, {"sanction": "reprimand"})]),
    "level_may_propose": ([Case({"said": MATTER | {"level": "unit"}}, tally({"warning": 3}, 2))],
                          [Case({"said": MATTER | {"level": "unit", "task": "from_above"}}, tally({"warning": 5})),
                           Case(data=tally({"warning": 1}))]),
    "sanction_is_in_the_ladder": ([Case({"said": MATTER}, {"sanction": "dismissal"})],
                                  [Case({"said": MATTER | {"status_now": "without_post"}}, {"sanction": "dismissal"}),
                                   Case({"said": MATTER | {"status_then": "on_trial"}}, {"sanction": "termination"})]),
    "missing_proposal_has_its_basis": (
        [Case({"said": {"outcome": "warning"}}), Case({"said": {"outcome": "x", "proposes": "x", "proposal": "x"}}),
         Case({"said": {"outcome": "x", "proposes": "x", "proposal": "not_reached"}}, {"legal_basis": "article 4"})],
        [Case({"said": {"outcome": "x", "proposes": "x", "proposal": "not_reached"}})]),
    "one_may_decide": ([Case()], [Case({"ruleset": VOTE})]),
    "no_appeal_holds_it": (
        [Case(), Case({"children": (PENDING,)}), Case({"ruleset": HELD}), Case({"ruleset": HELD, "children": (SETTLED,)})],
        [Case({"ruleset": HELD, "children": (PENDING,)})]),
    "no_new_violation_holds_it": (
        [Case({"said": IN_FORCE, "earlier": (NEW,)}), Case({"said": IN_FORCE, "ruleset": HELD}),
         Case({"said": IN_FORCE, "ruleset": HELD, "earlier": (NEW._replace(stands=False, spent=True),)}),
         Case({"said": IN_FORCE, "ruleset": HELD, "earlier": (NEW._replace(proven=frozenset({"2026-03-01", "2027-03-02"})),)})],
        [Case({"said": IN_FORCE, "ruleset": HELD, "earlier": (NEW,)}),
         Case({"said": IN_FORCE, "ruleset": HELD, "earlier": (NEW._replace(proven=frozenset({"2027-03-01"})),)})]),
    "sanction_has_run_its_course": ([Case({"steps": steps("serve", one)}) for one in ("spend", "complete")], [Case({"steps": steps("serve")})]),
    "repetition_was_counted": ([Case({"said": {"aggravating": ["repeated"]}})], [Case(), Case({"said": {"aggravating": ["obstruction"]}})]),
    "review_found_it_falls": ([Case({"said": {"review_result": "falls"}})], [Case(), Case({"said": {"review_result": "stands"}})]),
    "sanction_does_not_expire": ([Case({"said": {"expires_on": ""}}), Case()], [Case({"said": {"expires_on": "2027-01-01"}})]),
    "time_to_appeal_is_over": ([Case({"clocks": {"appeal_window": OVER}})], [Case({"clocks": {"appeal_window": AHEAD}}), Case()]),
    "every_allegation_is_concluded": ([Case({"said": told()}, concluded("proven"))],
                                      [Case({"said": told()}, concluded("proven", "proven")), Case({"said": told()}, {"conclusions": []})]),
    "conclusions_are_there": ([Case({"steps": steps("hear", "conclude")})], [Case({"steps": steps("conclude", "hear")}), Case()]),
    "something_is_proven": ([Case({"said": PROVEN})], [Case({"said": concluded("not_proven")}), Case()]),
    "nothing_is_proven": ([Case({"said": concluded("not_proven")})], [Case({"said": PROVEN})]),
    "tally_adds_up": ([Case(FROZEN | {"ruleset": VOTE}, tally({"warning": 3}, 2))],
                      [Case(FROZEN | {"ruleset": VOTE}, tally({"warning": 3}, 2, issued=4)), Case(FROZEN | {"ruleset": VOTE}, tally({"warning": 6})),
                       Case(FROZEN | {"ruleset": VOTE}, tally({"exile": 5}))]),
    "ruleset_says_how_many_votes": (
        [Case({"said": MATTER}, args={"verb": "decide"}), Case({"said": MATTER, "ruleset": VOTE}, args={"verb": "propose"})],
        [Case({"said": MATTER, "ruleset": {k: v for k, v in VOTE.items() if not k.startswith("vote.warning")}}, args={"verb": "decide"})]),
    "outcome_is_a_sanction": ([Case({"said": {"outcome": "warning"}})], [Case({"said": {"outcome": o}}) for o in ("none", "not_reached")] + [Case()]),
    "outcome_is_without_sanction": ([Case({"said": {"outcome": o}}) for o in ("none", "not_reached")],
                                    [Case({"said": {"outcome": "warning"}}), Case()]),
    "limitation_has_run_out": ([Case({"said": {"barred": True}})], [Case({"said": {"barred": False}}), Case()]),
    "limitation_has_not_run_out": ([Case({"said": {"barred": False}})], [Case({"said": {"barred": True}})]),
    "act_was_not_sanctioned_before": (
        [Case({"said": PROVEN}), Case({"said": PROVEN, "earlier": (ELSE,)}), Case({"said": PROVEN, "earlier": (EARLIER._replace(stands=False),)}),
         Case({"said": PROVEN, "earlier": (EARLIER,), "ruleset": {"sanction.one_per_matter": False}})],
        [Case({"said": PROVEN, "earlier": (EARLIER,)}), Case({"said": PROVEN, "earlier": (EARLIER._replace(stands=False, spent=True),)})]),
    "repetition_is_unspent": ([Case({"said": PROVEN}), Case({"said": PROVEN, "earlier": (ELSE,)}, {"aggravating": ["repeated"]})],
                              [Case({"said": PROVEN}, {"aggravating": ["repeated"]}),
                               Case({"said": PROVEN, "earlier": (ELSE._replace(stands=False, spent=True),)}, {"aggravating": ["repeated"]})]),
    "posts_are_listed": ([Case({"said": {"outcome": "warning"}}), Case({"said": {"outcome": "dismissal"}}, {"posts": "head of store 2"})],
                         [Case({"said": {"outcome": "dismissal"}})]),
    "effect_is_not_backdated": ([Case(data={"effective_on": "2026-03-02"})], [Case(data={"effective_on": "2026-03-01"})]),
    "no_appeal_is_pending": ([Case(), Case({"children": (StrandFact("appeal", "final", True, True), StrandFact("other", "open", False, False))})],
                             [Case({"children": (StrandFact("appeal", "lodged", False, False),)})]),
}

APPEAL: dict[str, tuple[list[Case], list[Case]]] = {
    "inadmissible_ground_holds": ([Case({"said": {"late": True}}, {"ground": "late"}), Case(data={"ground": "pending_above"})],
                                  [Case({"said": {"late": False}}, {"ground": "late"})]),
    "appeal_has_its_decider": ([Case({"bodies": {}}, {"appeal_decider": "bert"}), Case({"bodies": {"board": BOARD}}, {"body": "board"})],
                               [Case({"bodies": {}}), Case({"bodies": {"board": BOARD}}, {"appeal_decider": "bert", "body": "board"}),
                                Case({"bodies": {}}, {"body": "ward"}),
                                *(Case({"bodies": {"board": one}}, {"body": "board"})
                                  for one in (BOARD._replace(inside=False), BOARD._replace(members=frozenset())))]),
    "outcome_is_the_same": ([Case({"said": APPEALED | {"outcome": "warning"}})], [Case({"said": APPEALED | {"outcome": "reprimand"}})]),
    "outcome_is_another": ([Case({"said": APPEALED | {"outcome": "reprimand"}})], [Case({"said": APPEALED | {"outcome": "warning"}})]),
    "nothing_heavier_by_surprise": (
        [Case({"said": APPEALED | {"outcome": "reprimand"}}),
         Case({"said": APPEALED | {"outcome": "dismissal"}, "ruleset": MAY_INCREASE, "steps": HEARD_ANEW})],
        [Case({"said": APPEALED | {"outcome": "dismissal"}, "steps": HEARD_ANEW}),
         Case({"said": APPEALED | {"outcome": "dismissal"}, "ruleset": MAY_INCREASE, "steps": steps("accept", "hear", "notify_increase")}),
         Case({"said": APPEALED | {"outcome": "none"}})]),
    "removal_has_its_ground": ([Case({"said": concluded("not_proven")}, {"defect": "no_violation"}),
                                Case({"said": {"barred": True}}, {"defect": "time_barred"}),
                                Case(data={"defect": "procedure"})],
                               [Case({"said": PROVEN}, {"defect": "no_violation"}), Case({"said": PROVEN}, {"defect": "time_barred"}), Case()]),
    "a_level_is_left": ([Case({"said": {"level": "unit"}})], [Case({"said": {"level": "body"}})]),
    "increase_is_open": ([Case({"ruleset": MAY_INCREASE})], [Case()]),
    "outside_result_is": (
        [Case({"said": {"result": "varied"}, "steps": steps("record_outside_decision")}, args={"result": "varied"})],
        [Case({"said": {"result": "upheld"}, "steps": steps("record_outside_decision")}, args={"result": "varied"}),
         Case({"said": {"result": "varied"}}, args={"result": "varied"})]),
    "apology_followed_their_choice": ([Case({"said": {"apology_form": "none"}}),
                                       Case({"said": {"apology_form": "letter", "apology_given_as": "letter"}})],
                                      [Case(), Case({"said": {"apology_form": "letter"}})]),
    "apology_has_the_form_chosen": ([Case({"said": {"apology_form": "letter"}}, {"apology_given_as": "letter"})],
                                    [Case({"said": {"apology_form": "letter"}}, {"apology_given_as": "meeting"})]),
    "effect_had_its_time": ([Case({"clocks": {"effectiveness": OVER}})], [Case({"clocks": {"effectiveness": AHEAD}}), Case()]),
    "cause_is_new": ([Case({"said": {"cause": "Nobody knew."}}, {"cause": "Nobody checked."})],
                     [Case({"said": {"cause": "Nobody knew."}}, {"cause": "nobody  knew"})]),
    "third_failure_reaches_the_head": ([Case({"said": {"cycle": 2}}),
                                        Case({"said": {"cycle": 3}, "steps": steps("find_ineffective", "hold_responsible")})],
                                       [Case({"said": {"cycle": 3}}),
                                        Case({"said": {"cycle": 3}, "steps": steps("hold_responsible", "find_ineffective")})]),
}
