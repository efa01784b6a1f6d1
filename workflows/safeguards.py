"""Every safeguard and every rule against misuse: which guard or code enforces it, which test proves it, and what is not built yet.

A name with a colon is code, `module:name`; any other is a guard, which stands in some transition. A test holds this table to the truth."""

from __future__ import annotations

from typing import NamedTuple

_V, _C = "tests/api/test_scenarios_votes.py::", "tests/api/test_scenarios_course.py::"
_A, _H = "tests/api/test_scenarios_appeal.py::", "tests/api/test_scenarios_hospital.py::"
_W, _CO = "tests/services/test_walls.py::", "tests/services/test_concerns.py::"


class Safeguard(NamedTuple):
    """One rule: its number, what it says, by what it is enforced, what proves it, and what is still open."""

    number: int
    says: str
    by: tuple[str, ...]
    tests: tuple[str, ...]
    open: str = ""


SAFEGUARDS: tuple[Safeguard, ...] = (
    Safeguard(1, "No sanction unless specific allegations and evidence were served, and the person was heard or their absence minuted",
              ("workflows.effects:Notify", "workflows.effects:Hear", "allegations_cite_evidence", "person_was_heard_or_absence_is_minuted",
               "refusal_was_recorded_often_enough", "notice_had_its_time"),
              (_H + "test_silence_and_absence_hold_nothing_up_but_only_after_they_were_recorded_twice",)),
    Safeguard(2, "What was said in the hearing and reserved opinions reach the deciders word for word",
              ("workflows.discipline_v1:HEARING", "workflows.voting:RECORD_DISSENT", "conclusions_are_there"),
              (_V + "test_the_law_counts_by_itself_and_a_tally_that_does_not_add_up_is_refused",)),
    Safeguard(3, "The deciding body is competent, or the matter is referred up", ("level_may_decide", "level_may_propose", "transfer_has_its_paper"),
              (_V + "test_a_task_from_above_goes_up_and_a_dismissal_names_its_posts",)),
    Safeguard(4, "The sanction is on the ladder of the status at the act and now", ("sanction_is_in_the_ladder", "workflows.computed:in_ladder"),
              (_V + "test_a_person_on_trial_meets_only_the_sanctions_of_their_status",)),
    Safeguard(5, "Secret ballot: totals only; issued = returned + spoiled", ("tally_adds_up", "workflows.voting:BALLOT"),
              (_V + "test_the_law_counts_by_itself_and_a_tally_that_does_not_add_up_is_refused",)),
    Safeguard(6, "Frozen roll with a reason for each exclusion; thresholds computed, not typed",
              ("every_exclusion_has_its_reason", "roll_is_frozen", "workflows.votes:outcome", "workflows.inputs:Computed"),
              (_V + "test_too_few_voters_send_the_matter_up_before_anybody_is_heard",
               _V + "test_the_law_counts_by_itself_and_a_tally_that_does_not_add_up_is_refused")),
    Safeguard(7, "Conflicts are declared and block until cleared or replaced; what was brought is tainted",
              ("actor_has_no_tie", "declarations_are_clean", "team_is_complete", "nothing_cited_is_tainted", "tainted_evidence_is_dealt_with"),
              (_C + "test_a_conflict_midway_blocks_until_replaced_and_taints_what_was_brought",
               _C + "test_tainted_evidence_that_nobody_verifies_is_excluded_before_the_report")),
    Safeguard(8, "Investigator, decider and appeal decider are separate; so are verifier and owner, proposer and approver",
              ("decider_did_not_investigate", "actor_took_no_part_below", "checker_is_not_the_owner", "someone_else_proposed_no_case"),
              (_A + "test_nobody_who_took_part_below_decides_and_nobody_appeals_for_another",)),
    Safeguard(9, "Limitation per violation and per sanction voted; a new violation restarts it; exempt categories",
              ("limitation_has_run_out", "limitation_has_not_run_out", "workflows.limitation:barred"),
              (_V + "test_limitation_is_compared_after_the_vote_and_for_the_sanction_voted",)),
    Safeguard(10, "One sanction per matter; an earlier sanction for the same act blocks", ("act_was_not_sanctioned_before",),
              (_H + "test_one_act_is_sanctioned_once_and_what_is_spent_is_no_repetition",)),
    Safeguard(11, "Grounds to wait are honoured and reviewed", ("deferral_is_reviewed_in_time", "review_is_ahead"),
              (_H + "test_a_matter_waits_for_its_ground_and_is_looked_at_again",)),
    Safeguard(12, "While a matter is open no promotion or transfer; lifted when it ends", ("inspect_app.services.freezes:look",),
              (_C + "test_a_move_before_the_opening_changes_nothing_and_one_after_it_waits",)),
    Safeguard(13, "Suspension is interim: cap, review, ends by itself, is not shown as guilt",
              ("suspension_keeps_its_cap", "extension_keeps_its_cap"),
              (_H + "test_a_cleared_person_gets_a_letter_and_everybody_told_before_is_told_again",)),
    Safeguard(14, "Reasons are mandatory; the lists of factors are considered even if empty",
              ("workflows.voting:FACTORS", "workflows.discipline_after:REASONS"),
              (_H + "test_one_decider_decides_with_reasons_and_the_person_reads_where_to_appeal",)),
    Safeguard(15, "Proof of service, or minuted refusal, before effect and before time limits", ("workflows.discipline_after:AFTER",),
              (_H + "test_one_decider_decides_with_reasons_and_the_person_reads_where_to_appeal",)),
    Safeguard(16, "Appeal rights are printed on the decision; an appeal does not suspend it",
              ("inspect_app.services.letters_of_matters:FORMS", "appeal_body_and_contact_are_named"),
              (_H + "test_one_decider_decides_with_reasons_and_the_person_reads_where_to_appeal",)),
    Safeguard(17, "Nothing heavier on appeal without competence, notice and hearing", ("nothing_heavier_by_surprise", "increase_is_open"),
              (_A + "test_an_appeal_gets_heavier_only_with_notice_and_hearing_of_its_own",)),
    Safeguard(18, "Who reports is sealed; nobody strikes back", ("adverse_act_needs_another_decider", "handler_is_not_the_reporter"),
              (_CO + "test_the_history_never_says_who_reported_and_the_sealed_name_is_for_the_contact",
               _CO + "test_an_adverse_act_by_those_spoken_of_needs_another_decider_and_says_no_more_than_that")),
    Safeguard(19, "Access by need to know, each reading kept; auditors read redacted", ("inspect_app.access.parts:visible_to",
                                                                                    "inspect_app.access.reading:may_read"),
              ("tests/api/test_reading.py::test_a_case_that_is_not_yours_to_see_does_not_exist_in_any_operation",
               "tests/services/test_exporting.py::test_delicate_inputs_are_withheld_from_an_auditors_copy")),
    Safeguard(20, "History is only added to, chained; corrections are new entries", ("inspect_app.services.ledger:append",),
              ("tests/services/test_casework.py::test_the_database_refuses_its_owner_and_everybody_to_change_or_remove_an_event",)),
    Safeguard(21, "Evidence has hash, source, who and when; withdrawn is not deleted", ("workflows.entries:WITHDRAW_EVIDENCE",),
              ("tests/api/test_evidence.py::test_the_event_commits_to_hash_size_and_kind_of_the_file",)),
    Safeguard(22, "The ruleset is pinned to the case", ("inspect_app.services.casework:open_in",),
              ("tests/services/test_casework.py::test_each_event_holds_the_hash_of_the_one_before_and_opens_to_its_facts",)),
    Safeguard(23, "Being overdue never decides against a person", ("no_appeal_is_pending", "time_to_reply_is_over"),
              (_H + "test_silence_and_absence_hold_nothing_up_but_only_after_they_were_recorded_twice",)),
    Safeguard(24, "What is spent is hidden in ordinary views; repetition counts only what is not spent", ("repetition_is_unspent",),
              (_H + "test_one_act_is_sanctioned_once_and_what_is_spent_is_no_repetition",),
              "hiding spent matter in search, lists and exports comes with retention"),
    Safeguard(25, "Annulment propagates: freeze lifted, the head's responsibility withdrawn, redress opened", ("workflows.discipline_after:AFTER",
                                                                                                       "oversight_of_what_was_cleared"),
              (_A + "test_a_decision_that_is_revoked_lifts_everything_and_opens_redress",),
              "a decision in another dossier that counted the annulled one as a repetition is not flagged by itself"),
    Safeguard(26, "The head has a notice and a hearing of their own; no collective acknowledgement",
              ("oversight_is_answered_in_person", "the_head_answers"),
              (_C + "test_a_head_who_contests_is_heard_and_one_who_is_silent_never_counts_as_acknowledging",)),
)

AGAINST_MISUSE: tuple[Safeguard, ...] = (
    Safeguard(1, "Nothing rates or tags a person's opinions, beliefs, attitude or loyalty", ("workflows.criteria:read_criteria",), (),
              "proved with the linter of criteria"),
    Safeguard(2, "An allegation names act, date, place, provision; what was thought or said is none", ("allegations_are_about_acts",
                                                                                                    "concern_names_act_place_and_day"),
              (_C + "test_an_opinion_or_a_word_in_a_meeting_is_never_an_allegation",)),
    Safeguard(3, "Nobody's matters are listed across cases, but for the yes or no of one guard",
              ("repetition_is_unspent", "act_was_not_sanctioned_before"),
              (_H + "test_one_act_is_sanctioned_once_and_what_is_spent_is_no_repetition",)),
    Safeguard(4, "Every input has class and readers; every door follows them", ("workflows.inputs:Input", "inspect_app.access.reading:readable"),
              ("tests/rules/test_declared.py::test_every_input_declares_its_class_and_readers",)),
    Safeguard(5, "A statement is optional, used here alone, no inference from silence", ("workflows.discipline_v1:TO_THE_OUTCOME",),
              (_H + "test_another_authority_has_it_first_and_after_half_a_year_the_person_gets_a_reason",),
              "erasure 12 months after the matter is final comes with retention"),
    Safeguard(6, "Who spoke is protected: check-ins, another decider, a button of its own", ("adverse_act_needs_another_decider",
                                                                                          "workflows.guards_concern:RETALIATION"),
              (_CO + "test_the_reporter_is_asked_three_times_and_silence_is_recorded", _CO + "test_retaliation_speaks_of_ones_own_matter")),
    Safeguard(7, "A concern about the line reaches none of it in any door", ("workflows.effects:Route",),
              (_W + "test_the_line_of_a_person_whom_a_concern_names_does_not_know_of_it",)),
    Safeguard(8, "Before it is final nothing leaves the circle that needs to know", ("inspect_app.access.parts:visible_to",),
              ("tests/services/test_exporting.py::test_a_person_exports_what_they_may_see_and_nothing_else",), "the public audience is not built"),
    Safeguard(9, "A conflict is a pair and a kind; a deferral keeps ground, date seen and reviewer, not the paper",
              ("workflows.discipline_aside:ASIDE",
                                                                                                             "workflows.effects:Recuse"),
              (_H + "test_a_matter_waits_for_its_ground_and_is_looked_at_again",)),
    Safeguard(10, "Parties read outer sentences and their own acts", ("workflows.engine:as_problem",),
              ("tests/api/test_reading.py::test_transitions_show_every_act_with_what_it_asks_and_what_its_rules_say",)),
    Safeguard(11, "Published statistics are frozen quarterly tables with small numbers hidden", (), (), "statistics are not built"),
    Safeguard(12, "Spent, annulled and cleared matter is hidden in every door", (), (), "comes with retention"),
    Safeguard(13, "An imported sanction keeps its own date; spent ones about persons are rejected", (), (), "imports bring no sanctions yet"),
    Safeguard(14, "Retention has defaults, legal hold, erasure of third persons", (), (), "retention is not built"),
    Safeguard(15, "Rights are never blocked by evidence or outage", ("workflows.discipline_after:AFTER", "the_person_speaks"),
              (_A + "test_a_late_appeal_is_taken_and_called_late_only_where_it_is",)),
    Safeguard(16, "A changed calendar or ruleset never shortens anybody's time", ("inspect_app.services.casework:open_in",), (),
              "proved with the calendars"),
    Safeguard(17, "When a roll is frozen enough may vote for every sanction, at least five, or it goes up before a hearing", ("enough_may_vote",),
              (_V + "test_too_few_voters_send_the_matter_up_before_anybody_is_heard",)),
    Safeguard(18, "Everything cited was disclosed, or withheld with reason and summary; findings say what speaks for the person; long stop",
              ("everything_cited_is_disclosed", "workflows.voting:CONCLUSIONS", "workflows.long_stop:LONG_STOP"),
              (_C + "test_an_opinion_or_a_word_in_a_meeting_is_never_an_allegation",
               _H + "test_another_authority_has_it_first_and_after_half_a_year_the_person_gets_a_reason")),
    Safeguard(19, "What touches standing is never batched", ("workflows.definition:Transition",),
              ("tests/api/test_together.py::test_an_act_that_touches_a_persons_standing_cannot_be_batched",)),
    Safeguard(20, "A cleared person gets a letter, freezes end at once, whoever was told is told again", ("workflows.effects:TellAgain",
                                                                                                     "inspect_app.services.freezes:frozen"),
              (_H + "test_a_cleared_person_gets_a_letter_and_everybody_told_before_is_told_again",)),
)
