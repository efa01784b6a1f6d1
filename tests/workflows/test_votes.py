"""A vote: the roll, the count, the thresholds, and when votes are added up."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.catalogue import load_catalogue
from workflows.ruleset import GENERIC, read_ruleset
from workflows.thresholds import Threshold
from workflows.votes import Ballot, Member, Outcome, Roll, body_can_decide, decided_by_one, defects, freeze_roll, outcome
from workflows.words import LANGUAGES

PARTY = load_catalogue().rulesets_by_name["vn_party"]
MEMBER = PARTY.values["ladder.person"]


def roll_of(number: int) -> Roll:
    return Roll(tuple(f"p{n}" for n in range(number)))


def ballot(none: int = 0, spoiled: int = 0, **counts: int) -> Ballot:
    returned = sum(counts.values()) + none
    return Ballot(counts, none, returned + spoiled, returned, spoiled)


def vote(roll: int, proposing: bool = False, **counts: int) -> Outcome:
    return outcome(ballot(**counts), roll_of(roll), MEMBER, PARTY.values, proposing, PARTY.term_table)


VECTORS = [
    ("accumulated down to the warning", 20, False, {"dismissal": 5, "warning": 7, "reprimand": 8}, (True, "warning", True)),
    ("ten of twenty is not more than half", 20, False, {"warning": 10, "reprimand": 6, "none": 4}, (True, "reprimand", True)),
    ("a proposal of thirteen of twenty-one falls short", 21, True, {"expulsion": 13, "warning": 8}, (False, None, False)),
    ("a proposal of fourteen of twenty-one is reached", 21, True, {"expulsion": 14, "warning": 7}, (True, "expulsion", False)),
    ("twelve of twenty warn", 20, False, {"warning": 12, "reprimand": 8}, (True, "warning", False)),
    ("eleven of twenty decide on expulsion", 20, False, {"expulsion": 11, "warning": 9}, (True, "expulsion", False)),
    ("no sanction is added to no form", 20, False, {"reprimand": 9, "none": 11}, (False, None, False)),
    ("a proposal is never added up", 20, True, {"dismissal": 10, "expulsion": 10}, (False, None, False)),
    ("who is away counts in the roll", 20, False, {"warning": 10, "reprimand": 4}, (True, "reprimand", True)),
    ("fewer than two thirds voted", 20, False, {"warning": 13}, (False, None, False)),
    ("a third for expulsion goes up with its count", 21, True, {"expulsion": 7, "dismissal": 7, "warning": 7}, (False, None, False)),
]


@pytest.mark.parametrize(("roll", "proposing", "counts", "expected"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS])
def test_a_vote_comes_out_as_the_rules_say(roll: int, proposing: bool, counts: dict[str, int], expected: tuple[Any, ...]) -> None:
    found = vote(roll, proposing, **counts)
    assert (found.reached, found.sanction, found.accumulated) == expected


def test_a_vote_says_why_in_every_language_and_names_the_keys_it_rests_on() -> None:
    found = vote(21, True, expulsion=13, warning=8)
    english, vietnamese = ([one.say(language) for one in found.lines] for language in LANGUAGES)
    assert "Expulsion: 13 votes; it needs at least 2/3 of 21, that is 14." in english
    assert "Khai trừ: 13 phiếu; cần ít nhất 2/3 của 21, tức 14." in vietnamese
    assert english[-1].startswith("The proposal is not reached")
    assert {"vote.base", "vote.quorum", "vote.expulsion.propose"} <= {key for one in found.lines for key in one.keys}
    assert {key for one in found.lines for key in one.keys} <= set(PARTY.values)


# Thresholds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "votes", "base", "holds"), [
    ("more_than 1/2", 10, 20, False), ("more_than 1/2", 11, 20, True), ("more_than 1/2", 11, 21, True), ("at_least 1/2", 10, 20, True),
    ("at_least 2/3", 13, 20, False), ("at_least 2/3", 14, 20, True), ("at_least 2/3", 14, 21, True), ("at_least 2/3", 0, 0, False),
])
def test_a_threshold_is_whole_numbers_alone(text: str, votes: int, base: int, holds: bool) -> None:
    assert Threshold.read(text).reached(votes, base) is holds


@pytest.mark.parametrize("text", [
    "half", "more_than 50%", "more_than 1/1", "at_least 3/2", "at_least 0/2", "at_least 2 / 3", "about 1/2", "more_than 1/0"])
def test_a_threshold_that_nobody_or_everybody_reaches_or_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"threshold|nobody|no vote"):
        Threshold.read(text)


@given(st.sampled_from(["more_than", "at_least"]), st.integers(1, 9), st.integers(1, 10), st.integers(1, 500))
@settings(max_examples=500, deadline=None)
def test_the_votes_a_threshold_needs_are_the_fewest_that_reach_it(how: str, part: int, more: int, base: int) -> None:
    threshold = Threshold.read(f"{how} {part}/{part + more}")
    needed = threshold.needed(base)
    assert threshold.reached(needed, base) and not threshold.reached(needed - 1, base)


# The roll -------------------------------------------------------------------------------------------------------------


def members(*marks: str, present: bool = True, plain: int = 6) -> list[Member]:
    return [*(Member(f"p{n}") for n in range(plain)), Member("x", frozenset(marks), present)]


@pytest.mark.parametrize(("marks", "present", "reason", "base"), [
    ((), False, None, 7),
    (("respondent",), True, "respondent", 6),
    (("suspended",), True, "suspended", 6),
    (("probationary",), True, "probationary", 6),
    (("exempted",), True, None, 7),
    (("exempted",), False, "exempted", 6),
    (("transferred_out",), False, "transferred_out", 6),
    (("recused",), True, "recused", 7),
    (("recused", "respondent"), True, "respondent", 6),
    (("recused", "exempted"), False, "exempted", 6),
])
def test_each_member_is_entitled_or_excluded_with_a_reason(marks: tuple[str, ...], present: bool, reason: str | None, base: int) -> None:
    roll = freeze_roll(members(*marks, present=present), PARTY.values)
    assert (dict(roll.excluded).get("x"), roll.base) == (reason, base)
    assert ("x" in roll.entitled) is (reason is None)


def test_whether_a_recusal_lowers_the_base_is_a_key() -> None:
    assert freeze_roll(members("recused"), PARTY.values).base == 7
    assert freeze_roll(members("recused"), GENERIC.values).base == 6


def test_whether_the_person_concerned_votes_is_a_key() -> None:
    assert freeze_roll(members("respondent"), PARTY.values | {"vote.respondent_votes": True}).voters == 7


def test_a_probationary_member_has_a_voice_and_no_vote() -> None:
    assert freeze_roll(members("probationary"), PARTY.values).excluded == (("x", "probationary"),)


# The count ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "sentence"), [
    (Ballot({"warning": 5}, 0, 6, 5, 0), "6 ballots were issued; 5 valid and 0 spoiled are 5."),
    (Ballot({"warning": 5}, 0, 6, 6, 0), "6 valid ballots came back; the forms and “no sanction” add up to 5."),
    (Ballot({"warning": 8}, 0, 8, 8, 0), "8 ballots were issued to 7 who may vote."),
    (Ballot({"warning": -1}, 7, 6, 6, 0), "A count is never less than nothing."),
    (Ballot({"flogging": 6}, 0, 6, 6, 0), "Flogging did not stand on the ballot."),
])
def test_a_tally_that_does_not_add_up_is_refused(count: Ballot, sentence: str) -> None:
    found = [one.say("en") for one in defects(count, roll_of(7), MEMBER, PARTY.values)]
    assert found == [sentence]
    with pytest.raises(ValueError, match=re.escape(sentence)):
        outcome(count, roll_of(7), MEMBER, PARTY.values)


def test_no_sanction_counts_only_where_it_stands_on_the_ballot() -> None:
    count = ballot(none=3, warning=4)
    assert defects(count, roll_of(7), MEMBER, PARTY.values) == ()
    (only,) = defects(count, roll_of(7), MEMBER, PARTY.values | {"vote.none_on_ballot": False})
    assert only.keys == ("vote.none_on_ballot",)


def test_spoiled_ballots_are_issued_and_count_for_nothing() -> None:
    found = outcome(ballot(spoiled=2, warning=11, reprimand=7), roll_of(20), MEMBER, PARTY.values)
    assert (found.sanction, found.accumulated) == ("warning", False)


def test_a_form_without_a_threshold_is_not_guessed() -> None:
    with pytest.raises(LookupError, match=r"vote\.fine\.decide"):
        outcome(ballot(fine=7), roll_of(7), ("fine",), PARTY.values)


def test_of_those_who_vote_is_a_key() -> None:
    values = PARTY.values | {"vote.base": "present"}
    assert outcome(ballot(warning=8, reprimand=6), roll_of(20), MEMBER, values).sanction == "warning"
    assert outcome(ballot(warning=8, reprimand=6), roll_of(20), MEMBER, PARTY.values).accumulated


# Whether a body can decide --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("voters", "base", "proposing", "ok"), [
    (5, 5, False, True), (4, 4, False, False), (20, 20, True, True), (6, 10, False, False), (7, 10, False, True), (8, 12, True, True),
])
def test_a_body_that_could_not_reach_a_sanction_refers_the_matter_up(voters: int, base: int, proposing: bool, ok: bool) -> None:
    roll = replace(roll_of(voters), base=base)
    assert body_can_decide(roll, MEMBER, PARTY.values, proposing).ok is ok


def test_fewer_than_five_never_vote_whatever_a_ruleset_says() -> None:
    found = body_can_decide(roll_of(4), ("reprimand",), PARTY.values | {"vote.at_least_voters": 1})
    assert not found.ok and found.lines[0].say("en") == "4 may vote; at least 5 are needed to decide on a sanction."


def test_with_nothing_to_decide_nobody_decides() -> None:
    assert not body_can_decide(roll_of(20), (), PARTY.values).ok


# One decider ----------------------------------------------------------------------------------------------------------


def test_where_one_person_decides_one_is_enough() -> None:
    assert GENERIC.values["decision.rule"] == "one"
    assert body_can_decide(roll_of(1), ("warning",), GENERIC.values).ok
    assert not body_can_decide(roll_of(0), ("warning",), GENERIC.values).ok
    found = decided_by_one("warning", GENERIC.values["ladder.person"], "The director", GENERIC.term_table)
    assert (found.reached, found.sanction, found.accumulated) == (True, "warning", False)
    assert found.lines[0].say("en") == "The director decides alone, as the ruleset says: warning."
    assert decided_by_one(None, ("warning",), "The director").sanction is None
    with pytest.raises(ValueError, match="flogging"):
        decided_by_one("flogging", ("warning",), "The director")


def test_a_house_makes_the_generic_rules_a_vote_by_one_key() -> None:
    text = 'name = "h"\nversion = 1\ntitle = { en = "H", vi = "H" }\n[keys.decision]\nrule = "vote"\n'
    rules = read_ruleset(text, "h.toml", GENERIC)
    found = outcome(ballot(warning=4, none=3), roll_of(7), rules.values["ladder.person"], rules.values, names=rules.term_table)
    assert found.sanction == "warning"
    assert outcome(ballot(termination=4, warning=3), roll_of(7), rules.values["ladder.person"], rules.values).reached is False


# Properties -----------------------------------------------------------------------------------------------------------

RULES = st.fixed_dictionaries({
    "vote.accumulate": st.booleans(), "vote.quorum": st.sampled_from(["none", "at_least 2/3"]), "vote.base": st.sampled_from(["roll", "present"])})
COUNTS = st.fixed_dictionaries({code: st.integers(0, 12) for code in MEMBER})


def weight(found: Outcome, ladder: tuple[str, ...] = MEMBER) -> int:
    return ladder.index(found.sanction) if found.sanction else -1


@given(RULES, COUNTS, st.integers(0, 8), st.integers(0, 10))
@settings(max_examples=500, deadline=None)
def test_a_vote_more_for_the_heaviest_never_makes_the_outcome_lighter(rules: dict[str, Any], counts: dict[str, int], none: int, away: int) -> None:
    values = PARTY.values | rules | {"vote.base": "roll"}
    roll = roll_of(sum(counts.values()) + none + away + 1)
    before = outcome(ballot(none, **counts), roll, MEMBER, values)
    after = outcome(ballot(none, **(counts | {MEMBER[-1]: counts[MEMBER[-1]] + 1})), roll, MEMBER, values)
    assert weight(after) >= weight(before)


@given(RULES, COUNTS, st.integers(0, 8), st.integers(0, 10))
@settings(max_examples=300, deadline=None)
def test_the_order_in_which_forms_are_counted_changes_nothing(rules: dict[str, Any], counts: dict[str, int], none: int, away: int) -> None:
    roll, values = roll_of(sum(counts.values()) + none + away), PARTY.values | rules
    backwards = dict(reversed(counts.items()))
    assert outcome(ballot(none, **counts), roll, MEMBER, values) == outcome(ballot(none, **backwards), roll, MEMBER, values)


@given(st.permutations(members("recused", plain=4) + members("respondent", plain=0) + members("exempted", present=False, plain=0)))
@settings(max_examples=100, deadline=None)
def test_the_order_of_the_members_changes_no_number_of_the_roll(some: list[Member]) -> None:
    roll = freeze_roll(some, PARTY.values)
    assert (roll.voters, roll.base, sorted(reason for _, reason in roll.excluded)) == (4, 5, ["exempted", "recused", "respondent"])


@given(RULES, COUNTS, st.integers(0, 8), st.integers(0, 10))
@settings(max_examples=300, deadline=None)
def test_a_proposal_is_never_added_up(rules: dict[str, Any], counts: dict[str, int], none: int, away: int) -> None:
    found = outcome(ballot(none, **counts), roll_of(sum(counts.values()) + none + away), MEMBER, PARTY.values | rules, True)
    assert not found.accumulated
    assert found.reached is (found.sanction is not None)
