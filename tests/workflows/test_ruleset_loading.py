"""A ruleset is read strictly: what is unknown, missing or absurd is named, all of it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.calendar import read_limit
from workflows.catalogue import load_catalogue
from workflows.errors import BadDefinition
from workflows.ruleset import EXTENSION, GENERIC, KEYS, load_ruleset, read_ruleset

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


def test_a_name_a_version_and_a_title_are_needed() -> None:
    assert found("") == ("“title” needs a text in each of: en, vi", "it needs a name and a version number")


def test_every_defect_is_named_at_once() -> None:
    text = '[rules]\n[keys]\nsize = 1\nreminders = "2"\n[clocks]\nack = "x"\n[terms]\nunit = "ward"\n'
    assert len(found(HEAD + text)) == 5


def test_without_a_ruleset_below_every_key_must_be_there() -> None:
    with pytest.raises(BadDefinition) as caught:
        read_ruleset(HEAD, "r.toml")
    assert {f"the key “{key}” is missing" for key in KEYS} <= set(caught.value.defects)


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
    assert {key for key in dict(GENERIC.keys) if key in KEYS or not EXTENSION.fullmatch(key)} == set(KEYS)
    clocks = {clock for w in load_catalogue().workflows for clock in w.clocks}
    limits = {name.removeprefix("clock.") for r in load_catalogue().rulesets for name in r.values
              if name.startswith("clock.")}
    assert clocks <= limits
    assert all(read_limit(limit) for _, limit in GENERIC.clocks)
