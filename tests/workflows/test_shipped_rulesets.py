"""The shipped rulesets: what public sources say stands in them, with its mark, and every reader can make sense of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workflows.catalogue import SHIPPED_PACKS, load_catalogue
from workflows.draw_rulesets import page, rows
from workflows.pack import load_pack
from workflows.roles import Role
from workflows.ruleset import GENERIC, MARKS, Ruleset, read_ruleset
from workflows.ruleset_checks import sanctions_of
from workflows.words import LANGUAGES

RULES = load_catalogue().rulesets_by_name
SHIPPED = sorted(RULES)

KNOWN: list[tuple[str, str, Any, str]] = [
    # Sanctions, and who may take them
    ("vn_party", "ladder.person", ("reprimand", "warning", "dismissal", "expulsion"), "2"),
    ("vn_party", "ladder.probationary", ("reprimand", "warning"), "2"),
    ("vn_party", "ladder.organisation", ("reprimand", "warning", "dissolution"), "2"),
    ("vn_army", "ladder.person", ("reprimand", "warning", "pay_step_cut", "demotion", "dismissal", "reduction_in_rank", "loss_of_officer_rank",
                                  "loss_of_soldier_status"), "1"),
    ("vn_party", "competence.cell.decides", ("reprimand", "warning"), "2"),
    ("vn_party", "competence.cell.proposes", ("dismissal", "expulsion"), "2"),
    ("vn_party", "competence.cell.tasks_from_above", False, "1"),
    ("vn_party", "competence.cell_committee.decides", (), "1"),
    ("vn_party", "competence.base.decides", ("reprimand", "warning", "dismissal"), "M"),
    ("vn_party", "competence.base.decides_on_organisations", ("reprimand", "warning"), "1"),
    ("vn_party", "sanction.one_per_matter", True, "2"),
    ("vn_party", "sanction.names_posts", ("dismissal",), "2"),
    ("vn_party", "measures.other", ("removal_from_list",), "1"),
    ("vn_party", "decision.effective", "announcement", "2"),
    ("vn_party", "redress.restores", ("benefits", "post", "membership"), "2"),
    # Votes
    ("vn_party", "vote.base", "roll", "2"),
    ("vn_party", "vote.warning.decide", "more_than 1/2", "2"),
    ("vn_party", "vote.expulsion.propose", "at_least 2/3", "2"),
    ("vn_party", "vote.expulsion.decide", "more_than 1/2", "2"),
    ("vn_party", "vote.dissolution.propose", "at_least 2/3", "M"),
    ("vn_party", "vote.accumulate", True, "2"),
    ("vn_party", "vote.respondent_votes", False, "M"),
    ("vn_party", "vote.quorum", "at_least 2/3", "D"),
    ("vn_party", "roll.excluded_if_absent", ("exempted", "transferred_out"), "2"),
    # Limitation, expiry
    ("vn_party", "limitation.reprimand", "60m", "2"),
    ("vn_party", "limitation.warning", "120m", "2"),
    ("vn_party", "limitation.dismissal", "120m", "2"),
    ("vn_party", "limitation.expulsion", "none", "2"),
    ("vn_party", "limitation.dissolution", "none", "2"),
    ("vn_party", "limitation.exempt", ("internal_politics", "national_interest", "forged_certificates"), "M"),
    ("vn_army", "limitation.exempt", ("internal_politics", "national_interest", "forged_certificates"), "2"),
    ("vn_army", "limitation.reduction_in_rank", "120m", "2"),
    ("vn_party", "limitation.restarts", True, "2"),
    ("vn_party", "limitation.start.continuing", "discovery", "2"),
    ("vn_party", "expiry.warning", "12m", "2"),
    ("vn_party", "expiry.expulsion", "none", "2"),
    # What is weighed, what waits
    ("vn_party", "factors.mitigating", ("reported_by_self", "helped_clarify", "prevented_harm", "made_good"), "1"),
    ("vn_party", "deferral.grounds", ("pregnancy", "young_child", "serious_illness"), "1"),
    ("vn_party", "freeze.acts", ("transfer", "appointment", "promotion", "award"), "2"),
    ("vn_party", "suspension.first", "90d", "2"),
    ("vn_party", "suspension.longest", "180d", "2"),
    ("vn_party", "suspension.organisation", "90d", "2"),
    # Appeal
    ("vn_party", "appeal.increase", True, "1"),
    ("vn_party", "appeal.suspends", False, "2"),
    ("generic", "appeal.increase", False, "M"),
    # Time limits
    ("vn_party", "clock.thematic_centre", "45wd", "2"),
    ("vn_party", "clock.thematic_province", "30wd", "2"),
    ("vn_party", "clock.thematic_district", "25wd", "1"),
    ("vn_party", "clock.thematic_base", "20wd", "2"),
    ("vn_party", "extension.thematic_base", "1/3", "2"),
    ("vn_party", "clock.inspection_centre", "60wd", "D"),
    ("vn_party", "clock.inspection_province", "45wd", "D"),
    ("vn_party", "clock.response", "15wd", "D"),
    ("vn_party", "clock.archive", "15wd", "1"),
    ("vn_party", "clock.serve_decision", "10d", "2"),
    ("vn_party", "clock.announce", "15d", "1"),
    ("vn_party", "clock.other_track", "5d", "1"),
    ("vn_party", "clock.criminal_notice", "3d", "2"),
    ("vn_party", "clock.appeal_window", "30d", "2"),
    ("vn_party", "clock.appeal_resolve", "90wd", "1"),
    ("vn_party", "clock.appeal_resolve_centre", "180wd", "1"),
    ("vn_party", "clock.denunciation_resolve", "90wd", "M"),
    ("generic", "clock.reply", "7d", "2"),
    ("generic", "clock.notice", "30d", "2"),
    ("generic", "clock.hearing_again", "5wd", "M"),
    ("generic", "clock.report_ack", "7d", "1"),
    ("generic", "clock.report_feedback", "3m", "1"),
    ("generic", "clock.answer", "10wd", "D"),
    ("generic", "reminders", 2, "D"),
    ("generic", "clock.effectiveness", "90d", "D"),
    ("generic", "clock.long_stop", "6m", "D"),
    ("generic", "clock.talk_kept", "12m", "D"),
    ("generic", "clock.minor_spent", "6m", "D"),
    ("generic", "extension.inspection", "1/3", "2"),
    ("generic", "extension.inspection.approver", "chair", "D"),
    ("generic", "calendar", "house", "D"),
    ("vn_party", "calendar", "vietnam", "D"),
    ("generic", "vote.at_least_voters", 5, "D"),
]


@pytest.mark.parametrize(("rules", "key", "value", "mark"), KNOWN, ids=[f"{r}-{k}" for r, k, _, _ in KNOWN])
def test_what_public_sources_say_stands_in_a_ruleset_with_its_mark(rules: str, key: str, value: Any, mark: str) -> None:
    found = RULES[rules]
    assert found.values[key] == value
    assert found.sources[key].mark == mark


@pytest.mark.parametrize("name", SHIPPED)
def test_every_value_of_a_shipped_ruleset_has_its_source(name: str) -> None:
    rules = RULES[name]
    assert set(rules.values) == set(rules.sources)
    assert {source.mark for source in rules.sources.values()} <= set(MARKS)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_code_and_every_time_limit_of_a_shipped_ruleset_has_a_name(name: str) -> None:
    rules = RULES[name]
    named = [f"sanction.{code}" for code in sanctions_of(dict(rules.keys))] + [f"span.{clock}" for clock, _ in rules.clocks]
    named += [f"exclusion.{mark}" for mark in ("respondent", "recused")]
    assert [term for term in named if term not in rules.term_table] == []


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_ruleset_shows_every_key_once_with_its_source(name: str, language: str) -> None:
    rules = RULES[name]
    drawn = [row for some in rows(rules, language).values() for row in some]
    assert sorted(row.key for row in drawn) == sorted(rules.values)
    assert [row.key for row in drawn if not row.said or not row.about or not row.source or not row.mark] == []
    text = page(rules, language)
    assert all(f'<a id="{key}"></a>' in text for key in rules.values)


def test_a_page_says_a_value_in_the_words_of_its_ruleset() -> None:
    told = {row.key: row for some in rows(RULES["vn_party"], "vi").values() for row in some}
    assert told["ladder.probationary"].said == "khiển trách, cảnh cáo"
    assert told["ladder.probationary"].about.endswith("đảng viên dự bị")
    assert told["vote.expulsion.propose"].said == "ít nhất 2/3"
    assert told["clock.appeal_window"].said == "30 ngày"
    assert told["vote.accumulate"].said == "có"
    assert told["working_week"].said.startswith("thứ Hai, ")
    english = {row.key: row for some in rows(RULES["generic"], "en").values() for row in some}
    assert (english["vote.quorum"].said, english["decision.rule"].said) == ("at least 2/3", "one person decides")


def test_a_house_sees_which_values_are_its_own(tmp_path: Any) -> None:
    (tmp_path / "pack.toml").write_text('name = "h"\n', "utf-8")
    (tmp_path / "ruleset.toml").write_text('name = "h"\nversion = 1\ntitle = { en = "H", vi = "H" }\n[clocks]\nack = "8d"\n', "utf-8")
    rules = load_pack(tmp_path).ruleset
    assert isinstance(rules, Ruleset)
    row = next(row for row in rows(rules, "en")["clocks"] if row.key == "clock.ack")
    assert (row.source, row.mark) == ("set by this house", "")
    assert "| 8 days `8d` | time limit: registered → assessed | set by this house | – |" in page(rules, "en")


@pytest.mark.parametrize("name", [path.name for path in sorted(SHIPPED_PACKS.iterdir()) if (path / "ruleset.toml").is_file()])
def test_a_shipped_pack_brings_papers_with_numbers_and_criteria_about_units(name: str) -> None:
    rules = RULES[name]
    assert {"decision", "conclusion", "proposal"} <= set(rules.papers_by_code)
    assert rules.papers_by_code["decision"].reference(number=7, year=2026, body="UBKT", unit="K1").startswith("07")
    assert rules.criteria and {c.about for c in rules.criteria} == {"unit"}


def test_approvers_are_roles_and_every_part_of_a_page_is_used() -> None:
    for rules in RULES.values():
        assert {str(value) for key, value in rules.values.items() if key.endswith(".approver")} <= {str(role) for role in Role}
    assert all(rows(RULES["vn_party"], "en").values())


def test_the_example_of_the_manual_is_a_ruleset() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "howto" / "write-a-pack.md").read_text("utf-8")
    rules = read_ruleset(text.split("```toml\n")[1].split("```")[0], "ward.toml", GENERIC)
    assert rules.values["ladder.person"] == ("reprimand", "fine")
    assert rules.codes("ladder") == ("person",)
