"""The texts of papers: what they may say, what is refused when they are loaded, and that none is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workflows.catalogue import load_catalogue
from workflows.errors import BadDefinition
from workflows.paper_kinds import GENERIC_KINDS, PaperKind, find_in_kinds, load_kinds, read_kinds
from workflows.paper_text import BadText, Kind, read_text
from workflows.words import LANGUAGES

CATALOGUE = load_catalogue()
RULESETS = [name for name, rules in CATALOGUE.rulesets_by_name.items() if not rules.recorded]


def kind(words: str, **changed: Any) -> dict[str, Any]:
    """One paper as a file has it."""
    told = {"title": {"en": "order", "vi": "quyết định"}, "of": {"discipline": ["impose"]}, "readers": "parties",
            "text": {"en": words, "vi": words}} | changed
    return {"papers": {"made": told}}


def wrong(words: str, **changed: Any) -> str:
    """What is said of a paper that does not hold."""
    try:
        found = find_in_kinds(read_kinds(kind(words, **changed), "papers.toml", "generic"), CATALOGUE.by_name)
    except BadDefinition as error:
        return str(error)
    return "; ".join(found)


@pytest.mark.parametrize("ruleset", RULESETS)
def test_every_document_of_a_ruleset_has_a_text_in_every_language(ruleset: str) -> None:
    kinds = CATALOGUE.papers(ruleset)
    assert {paper.code for paper in CATALOGUE.rulesets_by_name[ruleset].papers} <= set(kinds)
    for one in kinds.values():
        assert set(one.by_language) == set(LANGUAGES), one.code


STEPS = {
    "inspection": "propose close_no_case issue launch report response_lapsed draft submit conclude follow_up close end_with_reasons transfer "
                  "merge split pause",
    "discipline": "defer notify answer record_refusal freeze_roll vote vote_to_propose refer_up hear end_time_barred clear exempt "
                  "end_not_reached impose serve spend revoke_on_appeal refer_out suspend vary_on_appeal invite",
    "appeal": "lodge accept find_inadmissible hear vote uphold vary remove announce",
    "responsibility": "notify remind escalate hear determine withdraw",
    "redress": "settle_scope record_apology restore", "corrective_action": "assign verify find_effective find_ineffective reopen",
    "minor_matter": "settle", "unit_check": "conclude", "shortcoming": "note check"}
"""The steps for which the design names a paper."""


@pytest.mark.parametrize(("flow", "triggers"), STEPS.items())
def test_every_step_that_leaves_a_paper_has_one(flow: str, triggers: str) -> None:
    given = {trigger for one in GENERIC_KINDS.values() for trigger in one.acts.get(flow, ())}
    assert set(triggers.split()) - given == set()


@pytest.mark.parametrize("text", ["{unheard_of}", "{said.unheard_of}", "{part.reporter}", "{part.protected}", "{part.nobody}", "{due.unheard_of}",
                                  "{rows.unheard_of}"])
def test_a_place_that_there_is_not_is_named_with_its_line(text: str) -> None:
    found = wrong(f"First.\n\n{text}")
    assert text.strip("{}").removeprefix("rows.") in found
    assert "line 3" in found


def test_a_place_that_not_every_reader_of_the_paper_may_read_is_refused() -> None:
    assert "said.issued" in wrong("{said.issued}")
    assert wrong("{said.issued}", readers="handlers") == ""
    assert "roll" not in wrong("{rows.roll}", readers="handlers")


def test_rows_stand_alone_on_their_line_and_nothing_else_does() -> None:
    assert "alone on its line" in wrong("So: {rows.conclusions}")
    assert "alone on its line" in wrong("So: {told}")
    assert "said.conclusions" in wrong("{said.conclusions}")
    assert "rows.reasons" in wrong("{rows.reasons}")


@pytest.mark.parametrize("text", ["{title!r}", "{title:>9}", "{title.__class__}", "{}", "{0}", "{title", "title}", "{said.a.b}", "{ title }",
                                  "[a | b | c | d]", "___ 99", "x" * 40_001, 
                                  "\n" * 601])
def test_what_is_no_text_is_refused(text: str) -> None:
    with pytest.raises(BadText):
        read_text(text)


def test_a_text_is_blocks_and_never_a_program() -> None:
    blocks = read_text("# {title}\n#read(\"/etc/passwd\")\n\n? {day}\n- ? {day}\n- {{brace}}\n___ 3\n[a // b | c]\n{rows.team}\n{told}")
    assert [b.kind for b in blocks] == [Kind.TITLE, Kind.TEXT, Kind.TEXT, Kind.ITEM, Kind.ITEM, Kind.RULED, Kind.SIDES, Kind.ROWS, Kind.TOLD]
    assert blocks[1].words == ('#read("/etc/passwd")',)
    assert [b.optional for b in blocks[2:5]] == [True, True, False]


@pytest.mark.parametrize(("changed", "says"), [
    ({"readers": "everyone"}, "readers"), ({"of": {"unheard_of": ["impose"]}}, "unheard_of"), ({"of": {"discipline": ["unheard_of"]}}, "unheard_of"),
    ({"of": {}}, "“of”"), ({"numbering": "{year}"}, "numbering"), ({"title": {"en": "order"}}, "title"), ({"text": {"en": "x"}}, "text in each"),
    ({"unheard_of": 1}, "unheard_of")])
def test_a_paper_that_does_not_hold_says_why(changed: dict[str, Any], says: str) -> None:
    assert says in wrong("x", **changed)


def test_a_pack_says_only_what_is_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "papers.toml"
    path.write_text('[letterhead]\nen = "[House]"\nvi = "[Nha]"\n[papers.decision]\nnumbering = "{number}"\n', "utf-8")
    found = {one.code: one for one in load_kinds(path, "mine", GENERIC_KINDS)}
    assert set(found) == set(GENERIC_KINDS)
    decision: PaperKind = found["decision"]
    assert decision.numbering == "{number}"
    assert decision.acts == GENERIC_KINDS["decision"].acts
    assert decision.by_language["en"].text.startswith("[House]\n\n# {title}")
    assert decision.by_language["en"].name == "mine/decision.en"
