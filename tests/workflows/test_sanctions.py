"""Which sanctions stand on a ballot, who may impose them, and one sanction for one act."""

from __future__ import annotations

import pytest

from workflows.catalogue import load_catalogue
from workflows.sanctions import Imposed, competence_of, on_the_ballot, sanctioned_before

RULES = load_catalogue().rulesets_by_name
PARTY, ARMY = RULES["vn_party"], RULES["vn_army"]

BALLOTS = [
    ("a member who holds a post", "person", "person", ("reprimand", "warning", "dismissal", "expulsion")),
    ("a member without a post is not dismissed", "without_post", "without_post", ("reprimand", "warning", "expulsion")),
    ("a probationary member is reprimanded or warned", "probationary", "probationary", ("reprimand", "warning")),
    ("probationary at the act, full member now", "probationary", "person", ("reprimand", "warning")),
    ("held a post at the act and holds none now", "person", "without_post", ("reprimand", "warning", "expulsion")),
    ("holds a post now and held none at the act", "without_post", "person", ("reprimand", "warning", "expulsion")),
    ("an organisation", "organisation", "organisation", ("reprimand", "warning", "dissolution")),
    ("an organisation that is no more", "organisation", "organisation_gone", ()),
]


@pytest.mark.parametrize(("then", "now", "expected"), [b[1:] for b in BALLOTS], ids=[b[0] for b in BALLOTS])
def test_a_ballot_offers_what_the_status_then_and_now_allows(then: str, now: str, expected: tuple[str, ...]) -> None:
    assert on_the_ballot(then, now, PARTY.values).sanctions == expected


def test_a_cell_has_on_its_ballot_what_it_decides_and_where_it_proposes_the_rest_too() -> None:
    assert on_the_ballot("person", "person", PARTY.values, "cell").sanctions == ("reprimand", "warning")
    assert on_the_ballot("person", "person", PARTY.values, "cell", proposing=True).sanctions == ("reprimand", "warning", "dismissal", "expulsion")
    assert on_the_ballot("person", "person", PARTY.values, "cell_committee", proposing=True).sanctions == ()


def test_a_ballot_says_why() -> None:
    found = on_the_ballot("probationary", "person", PARTY.values, "cell", names=PARTY.term_table)
    assert found.lines[0].say("vi") == "Khi vi phạm: đảng viên dự bị; các hình thức: khiển trách, cảnh cáo."
    assert found.lines[-1].say("en") == "On the ballot: reprimand, warning."


def test_an_unknown_status_or_level_is_not_guessed() -> None:
    with pytest.raises(LookupError, match="no ladder for “general”; it has: organisation, organisation_gone, person"):
        on_the_ballot("general", "person", PARTY.values)
    with pytest.raises(LookupError, match="no level “court”"):
        on_the_ballot("person", "person", PARTY.values, "court")


@pytest.mark.parametrize(("rules", "level", "sanction", "organisation", "from_above", "may"), [
    ("vn_party", "cell", "warning", False, False, "decides"),
    ("vn_party", "cell", "expulsion", False, False, "proposes"),
    ("vn_party", "cell", "warning", False, True, ""),
    ("vn_party", "base", "warning", False, True, "decides"),
    ("vn_party", "base", "dissolution", True, False, "proposes"),
    ("vn_party", "superior", "dissolution", True, False, "decides"),
    ("vn_party", "cell", "reprimand", True, False, ""),
    ("vn_party", "cell_committee", "reprimand", False, False, ""),
    ("vn_army", "above", "warning", False, False, "decides"),
    ("vn_army", "company", "demotion", False, False, "proposes"),
    ("vn_army", "division", "loss_of_officer_rank", False, False, "proposes"),
    ("generic", "body", "termination", False, True, "decides"),
    ("generic", "unit", "reprimand", False, False, "decides"),
    ("generic", "unit", "reprimand", False, True, ""),
])
def test_a_level_decides_proposes_or_refers_up(rules: str, level: str, sanction: str, organisation: bool, from_above: bool, may: str) -> None:
    found = competence_of(level, sanction, RULES[rules].values, organisation=organisation, task_from_above=from_above)
    assert found.may == may
    assert found.lines


def test_one_act_is_sanctioned_once() -> None:
    earlier = [Imposed("V1", "reprimand"), Imposed("V2", "warning", annulled=True)]
    assert not sanctioned_before({"V1", "V3"}, earlier, PARTY.values).ok
    assert sanctioned_before({"V2", "V3"}, earlier, PARTY.values).ok
    assert sanctioned_before({"V1"}, earlier, PARTY.values | {"sanction.one_per_matter": False}).ok
    assert sanctioned_before({"V1"}, earlier, PARTY.values, PARTY.term_table).lines[0].say("en") == "V1 was sanctioned before with reprimand."


@pytest.mark.parametrize(("level", "sanction", "standing", "may"), [
    ("squad", "reprimand", ("soldier_post",), "decides"), ("squad", "reprimand", ("squad_leader",), ""), ("squad", "reprimand", (), ""),
    ("platoon", "reprimand", ("squad_leader", "sergeant"), "decides"),
    ("company", "reprimand", ("captain",), "decides"), ("company", "reprimand", ("major",), "proposes"),
    ("company", "reprimand", ("company_commander", "captain"), "proposes"), ("company", "warning", ("pay_below_4_9",), "decides"),
    ("company", "warning", ("pay_below_5_3",), "proposes"), ("company", "warning", ("senior_sergeant",), "proposes"),
    ("battalion", "reduction_in_rank", ("soldier_post", "private_first_class"), "decides"),
    ("battalion", "reduction_in_rank", ("corporal",), "proposes"),
    ("regiment", "dismissal", ("squad_leader", "sergeant"), "decides"), ("regiment", "dismissal", ("platoon_leader", "lieutenant"), "proposes"),
    ("regiment", "loss_of_soldier_status", ("senior_sergeant",), "proposes"),
    ("division", "loss_of_soldier_status", ("senior_sergeant",), "decides"), ("division", "reprimand", ("pay_from_6_8",), "decides"),
    ("division", "demotion", ("battalion_commander",), "proposes"), ("above", "demotion", ("general",), "decides")])
def test_a_commander_decides_up_to_the_post_title_and_pay_of_their_level(level: str, sanction: str, standing: tuple[str, ...], may: str) -> None:
    assert competence_of(level, sanction, ARMY.values, standing=standing).may == may
