"""A ruleset is read strictly: what is unknown, missing or absurd is named, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.calendar import read_limit
from workflows.catalogue import load_catalogue
from workflows.errors import BadDefinition
from workflows.ruleset import GENERIC, load_ruleset, read_ruleset
from workflows.ruleset_keys import SINGLE, family_of

HEAD = 'name = "r"\nversion = 1\ntitle = { en = "R", vi = "Q" }\n'


def found(text: str) -> tuple[str, ...]:
    with pytest.raises(BadDefinition) as caught:
        read_ruleset(text, "r.toml", GENERIC)
    return caught.value.defects


def test_what_is_left_out_comes_from_the_ruleset_below() -> None:
    mine = read_ruleset(HEAD + '[keys]\nreminders = 3\n[clocks]\nack = "5wd"\nextra = "2m"\n', "r.toml", GENERIC)
    assert mine.values["reminders"] == 3
    assert mine.values["team.at_least"] == GENERIC.values["team.at_least"]
    assert (mine.values["clock.ack"], mine.values["clock.extra"]) == ("5wd", "2m")
    assert mine.values["clock.answer"] == GENERIC.values["clock.answer"]


@pytest.mark.parametrize(("text", "sentence"), [
    ("[rules]\nx = 1\n", "it has an unknown part “rules”"),
    ("[keys]\nsize = 1\n", "the key “size” does not exist"),
    ('[keys]\nreminders = "2"\n', "the key “reminders” takes a value of type int"),
    ("[keys]\nreminders = true\n", "the key “reminders” takes a value of type int"),
    ("[keys]\nreminders = -1\n", "the key “reminders” may not be negative"),
    ("[keys]\ninvestigators_may_decide = 1\n", "the key “investigators_may_decide” takes a value of type bool"),
    ('[keys]\n"team.at_least" = 9\n', "the key “team.at_least” may not exceed “team.at_most”"),
    ('[keys]\n"quorum.per_mille" = 1001\n', "the key “quorum.per_mille” may not exceed 1000"),
    ('[keys]\nworking_week = "11111"\n', "the key “working_week” takes seven marks"),
    ('[keys]\nworking_week = "0000000"\n', "the key “working_week” takes seven marks"),
    ('[keys]\nworking_week = "MTWTF--"\n', "the key “working_week” takes seven marks"),
    ('[clocks]\nack = "7 days"\n', "the clock “ack”: “7 days” is not a time limit"),
    ("[clocks]\nack = 7\n", "the clock “ack”: “7” is not a time limit"),
    ('[terms]\nunit = "ward"\n', "“unit” needs a text in each of: en, vi"),
])
def test_a_defect_is_named_alone(text: str, sentence: str) -> None:
    (only,) = found(HEAD + text)
    assert only.startswith(sentence)


CLERK = '"scale.post" = { en = "A", vi = "B" }\n"standing.clerk" = { en = "A", vi = "B" }\n'
LADDER = '[keys.ladder]\nperson = ["reprimand", "fine"]\n'
FINE = ('[terms]\n"sanction.fine" = { en = "fine", vi = "phạt" }\n')
LEVELS = '[keys.competence.body]\ndecides = ["reprimand", "fine"]\n[keys.sanction]\nnames_posts = []\n'


@pytest.mark.parametrize(("text", "sentence"), [
    ('[keys.vote]\nbase = "all"\n', "the key “vote.base” takes one of: roll, present"),
    ('[keys.vote]\nbase = { value = "all" }\n', "the key “vote.base” takes one of: roll, present"),
    ("[keys.vote]\nbase = { value = 3 }\n", "the key “vote.base” takes a value of type str"),
    ('[keys.vote]\nbase = { value = "roll", colour = "red" }\n', "the key “vote.base”: unknown “colour”; possible: value, source, mark"),
    ('[keys.vote]\nbase = { value = "roll", mark = "2", source = "hearsay" }\n',
     "the key “vote.base”: the source “hearsay” is not among the sources"),
    ('[keys.vote]\nbase = { value = "roll", source = { en = "A", vi = "B" } }\n', "the key “vote.base”: needs a mark, one of: 2, 1, M, D"),
    ('[keys.vote]\nbase = { value = "roll", mark = "3", source = { en = "A", vi = "B" } }\n', "the key “vote.base”: needs a mark"),
    ('[keys.vote]\nbase = { value = "roll", mark = "2", source = { en = "A" } }\n', "“vote.base, source” needs a text in each of: en, vi"),
    ('[sources]\nlaw = { en = "A" }\n', "“law” needs a text in each of: en, vi"),
    ('[keys.vote]\nwarning.decide = "more than half"\n', "the key “vote.warning.decide”: “more than half” is not a threshold"),
    ('[keys.vote]\nwarning.decide = "more_than 1/1"\n', "the key “vote.warning.decide”: “more_than 1/1” can be reached by nobody"),
    ('[keys.vote]\nquorum = "most"\n', "the key “vote.quorum”: “most” is not a threshold"),
    ("[keys.vote]\nat_least_voters = 4\n", "the key “vote.at_least_voters” may not be less than 5"),
    ('[keys.vote]\nwarning.mood = "x"\n', "the key “vote.warning.mood” does not exist"),
    ('[keys.vote]\nflogging.decide = "more_than 1/2"\n', "the key “vote.flogging.decide” speaks of a sanction “flogging” that stands on no ladder"),
    ('[keys.competence.body]\ndecides = []\nup_to.warning = ["clerk"]\n[keys.standing]\npost = ["clerk"]\n[terms]\n' + CLERK,
     "the key “competence.body.up_to.warning” speaks of a sanction that this level does not decide"),
    ('[keys.competence.body]\ndecides = ["warning"]\nup_to.warning = ["king"]\n[keys.standing]\npost = ["clerk"]\n[terms]\n' + CLERK
     + '"standing.king" = { en = "A", vi = "B" }\n', "the key “competence.body.up_to.warning” speaks of “king”, which stands on no scale"),
    ('[keys.competence.body]\ndecides = ["warning"]\nup_to.warning = ["clerk", "head"]\n[keys.standing]\npost = ["clerk", "head"]\n[terms]\n' + CLERK
     + '"standing.head" = { en = "A", vi = "B" }\n', "the key “competence.body.up_to.warning” names two places on one scale"),
    ('[keys.minor]\nmeasures = ["warning"]\n', "the key “minor.measures” offers “warning”, which is the lowest of no ladder"),
    ('[keys.limitation]\nflogging = "1m"\n', "the key “limitation.flogging” speaks of a sanction “flogging” that stands on no ladder"),
    ('[keys.limitation]\nwarning = "10wd"\n', "the key “limitation.warning” takes days (d) or months (m), or none"),
    ('[keys.limitation]\nwarning = "ten years"\n', "the key “limitation.warning”: “ten years” is not a time limit"),
    ('[keys.limitation]\nexempt = "treason"\n', "the key “limitation.exempt” takes a list of codes"),
    ('[keys.limitation]\nexempt = ["violence", "violence"]\n', "the key “limitation.exempt” names a code twice"),
    ('[keys.limitation]\nexempt = ["treason"]\n', "the code “treason” has no name; give the term “category.treason”"),
    ('[keys.factors]\nmitigating = ["charm"]\n', "the code “charm” has no name; give the term “factor.charm”"),
    ('[keys.suspension]\nfirst = "100d"\n', "the key “suspension.first” may not exceed “suspension.longest”"),
    ('[keys.extension]\nearly = "3wd"\n', "the key “extension.early” takes a part of the time limit as a fraction"),
    ('[keys.extension]\ndue = "some"\n', "the key “extension.due”: “some” is not a time limit"),
    ('[keys.extension]\ntea = "1/3"\n', "the key “extension.tea” speaks of a clock that has no limit"),
    ('[keys.extension]\ndue = "4/3"\n', "the key “extension.due” takes a part of the time limit as a fraction"),
    ('[keys.extension]\n"due.approver" = "king"\n', "the key “extension.due.approver”: there is no role “king”"),
    ('[keys.competence]\nbody.decides = ["flogging"]\n[terms]\n"sanction.flogging" = { en = "A", vi = "B" }\n',
     "the key “competence.body.decides” speaks of a sanction “flogging” that stands on no ladder"),
    ('[documents]\nnote = { en = "note" }\n', "the document “note” needs a text in each of: en, vi"),
    ('[numbering]\nnote = "{number}"\n', "the numbering “note” is of no document"),
    ('[documents]\nnote = { en = "A", vi = "B" }\n[numbering]\nnote = "{number}-{king}"\n',
     "the numbering “note” needs {number}, and of places only"),
    ('[documents]\nnote = { en = "A", vi = "B" }\n[numbering]\nnote = "X-{year}"\n', "the numbering “note” needs {number}"),
    ("criteria = 3\n", "the criteria are rows: [[criteria]]"),
    ('[[criteria]]\ncode = "x"\nabout = "person"\nlabel = { en = "A", vi = "B" }\ncounts = { en = "A", vi = "B" }\n',
     "the criterion “x” is about “person”: criteria are about the work of a unit, never about a person"),
    ('[[criteria]]\ncode = "x"\nabout = "unit"\nlabel = { en = "Right attitude", vi = "B" }\ncounts = { en = "A", vi = "B" }\n',
     "the criterion “x” speaks of “attitude”: a criterion counts facts"),
    ('[[criteria]]\ncode = "x"\nabout = "unit"\nlabel = { en = "A", vi = "Tư tưởng vững vàng" }\ncounts = { en = "A", vi = "B" }\n',
     "the criterion “x” speaks of “Tư tưởng”"),
    ('[[criteria]]\ncode = "x"\nabout = "unit"\nlabel = { en = "A", vi = "B" }\n', "the criterion “x”: “counts” needs a text in each of: en, vi"),
])
def test_a_defect_of_a_family_is_named_alone(text: str, sentence: str) -> None:
    (only,) = found(text + HEAD if text.startswith("criteria") else HEAD + text)
    assert only.startswith(sentence)


def test_a_sanction_needs_a_name_a_limitation_an_expiry_and_where_a_body_votes_a_threshold() -> None:
    assert found(HEAD + LADDER + LEVELS) == (
        "the sanction “fine” has no limitation; give “limitation.fine”, a time or none",
        "the sanction “fine” has no expiry; give “expiry.fine”, a time or none",
        "the code “fine” has no name; give the term “sanction.fine”")
    times = '[keys.limitation]\nfine = "none"\n[keys.expiry]\nfine = "1m"\n'
    assert found(HEAD + LADDER + LEVELS + times + '[keys.decision]\nrule = "vote"\n' + FINE) == (
        "the sanction “fine” has no threshold; give “vote.fine.decide”",)
    assert read_ruleset(HEAD + LADDER + LEVELS + times + FINE, "r.toml", GENERIC).values["ladder.person"] == ("reprimand", "fine")


def test_what_can_be_proposed_needs_a_threshold_for_it() -> None:
    text = LADDER + LEVELS + ('[keys.competence.unit]\nproposes = ["fine"]\n[keys.limitation]\nfine = "none"\n[keys.expiry]\nfine = "none"\n'
                              '[keys.decision]\nrule = "vote"\n[keys.vote]\nfine.decide = "more_than 1/2"\n')
    assert found(HEAD + text + FINE) == ("the sanction “fine” can be proposed and has no threshold for it; give “vote.fine.propose”",)


def test_who_says_one_ladder_says_them_all_and_takes_over_nothing_about_sanctions_that_are_on_none() -> None:
    text = '[keys.ladder]\nperson = ["reprimand"]\n[keys.competence.body]\ndecides = ["reprimand"]\n[keys.sanction]\nnames_posts = []\n'
    rules = read_ruleset(HEAD + text, "r.toml", GENERIC)
    assert rules.codes("ladder") == ("person",) and rules.codes("competence") == ("body",)
    assert [key for key in rules.values if key.startswith(("expiry.w", "limitation.w", "vote.w", "ladder.w", "competence.u"))] == []
    assert rules.values["expiry.reprimand"] == GENERIC.values["expiry.reprimand"]


def test_each_value_has_its_source_and_its_mark_and_neither_is_law() -> None:
    assert {key for key in GENERIC.values if key not in GENERIC.sources} == set()
    assert GENERIC.sources["clock.ack"].mark == "1"
    assert GENERIC.sources["clock.ack"].text.say("vi") == "Chỉ thị (EU) 2019/1937, điều 9"
    plain = read_ruleset(HEAD, "r.toml", GENERIC)
    sourced = read_ruleset(HEAD + '[clocks]\nack = { value = "7d", mark = "M", source = { en = "A", vi = "B" } }\n', "r.toml", GENERIC)
    assert sourced.law_hash == plain.law_hash
    assert sourced.sources["clock.ack"].mark == "M"


def test_a_value_of_a_house_takes_over_no_source_of_the_value_it_replaces() -> None:
    mine = read_ruleset(HEAD + '[clocks]\nack = "8d"\n[keys]\nreminders = 3\n', "r.toml", GENERIC)
    assert not {"clock.ack", "reminders"} & set(mine.sources)
    assert mine.sources["clock.answer"] == GENERIC.sources["clock.answer"]


def test_a_shipped_ruleset_names_the_source_of_every_value() -> None:
    with pytest.raises(BadDefinition) as caught:
        read_ruleset(HEAD + '[clocks]\nack = "8d"\n[keys]\nreminders = 3\n', "r.toml", GENERIC, shipped=True)
    assert caught.value.defects == ("“reminders” names no source and no mark", "“clock.ack” names no source and no mark")


def test_papers_and_criteria_are_data_and_not_law() -> None:
    text = ('[documents]\nnote = { en = "Note", vi = "Ghi chú" }\n[numbering]\nnote = "{number:03}/{year}"\n'
            '[[criteria]]\ncode = "x"\nabout = "unit"\nlabel = { en = "Visits", vi = "Thăm" }\ncounts = { en = "visits", vi = "số lần" }\n')
    rules = read_ruleset(HEAD + text, "r.toml", GENERIC)
    assert rules.papers_by_code["note"].reference(number=7, year=2026, body="", unit="") == "007/2026"
    assert [c.code for c in rules.criteria] == ["x"]
    assert rules.law_hash == read_ruleset(HEAD, "r.toml", GENERIC).law_hash


def test_a_name_a_version_and_a_title_are_needed() -> None:
    assert found("") == ("“title” needs a text in each of: en, vi", "it needs a name and a version number")


def test_every_defect_is_named_at_once() -> None:
    text = '[rules]\n[keys]\nsize = 1\nreminders = "2"\n[clocks]\nack = "x"\n[terms]\nunit = "ward"\n'
    assert len(found(HEAD + text)) == 5


def test_without_a_ruleset_below_every_key_must_be_there() -> None:
    with pytest.raises(BadDefinition) as caught:
        read_ruleset(HEAD, "r.toml")
    assert {f"the key “{key}” is missing" for key in SINGLE} <= set(caught.value.defects)


def test_what_is_not_toml_is_refused() -> None:
    assert found("name = ")[0].startswith("it is not TOML")


def test_terms_are_not_law_and_limits_are() -> None:
    plain = read_ruleset(HEAD, "r.toml", GENERIC)
    assert read_ruleset(HEAD + '[terms]\nunit = { en = "ward", vi = "khoa" }\n', "r.toml",
                        GENERIC).law_hash == plain.law_hash
    assert read_ruleset(HEAD + '[clocks]\nack = "8d"\n', "r.toml", GENERIC).law_hash != plain.law_hash
    assert read_ruleset(HEAD + "[keys]\nreminders = 3\n", "r.toml", GENERIC).law_hash != plain.law_hash


def test_a_term_is_found_by_its_name() -> None:
    mine = read_ruleset(HEAD + '[terms]\nunit = { en = "ward", vi = "khoa" }\n', "r.toml", GENERIC)
    assert mine.term_table["unit"].say("vi") == "khoa"


def test_a_ruleset_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_text(HEAD, "utf-8")
    assert load_ruleset(tmp_path / "r.toml", GENERIC).name == "r"


def test_the_generic_ruleset_has_every_key_and_a_limit_for_every_clock_of_the_shipped_workflows() -> None:
    assert set(SINGLE) <= set(dict(GENERIC.keys))
    assert all(family_of(key) for key, _ in GENERIC.keys)
    clocks = {clock for w in load_catalogue().workflows for clock in w.clocks}
    limits = {name.removeprefix("clock.") for r in load_catalogue().rulesets for name in r.values
              if name.startswith("clock.")}
    assert clocks <= limits
    assert all(read_limit(limit) for _, limit in GENERIC.clocks)
