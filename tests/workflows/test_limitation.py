"""Limitation after the vote, expiry, the long stop: days, restarts, and what no time bars."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.catalogue import load_catalogue
from workflows.limitation import Violation, barred, expires_on, expiry
from workflows.ruleset import GENERIC

RULES = load_catalogue().rulesets_by_name
PARTY, ARMY = RULES["vn_party"], RULES["vn_army"]
ACT, CONCLUDED = date(2019, 3, 10), date(2024, 3, 11)
OLD = Violation(ACT)

CASES = [
    ("a reprimand five years and a day after the act is barred", [OLD], "reprimand", CONCLUDED, True, date(2024, 3, 10)),
    ("the last day is in time", [OLD], "reprimand", date(2024, 3, 10), False, date(2024, 3, 10)),
    ("a warning has ten years", [OLD], "warning", CONCLUDED, False, date(2029, 3, 10)),
    ("a new violation inside the period starts it again", [OLD, Violation(date(2022, 1, 5))], "reprimand", CONCLUDED, False, date(2027, 1, 5)),
    ("a new violation after the period revives nothing", [OLD, Violation(date(2024, 3, 11))], "reprimand", date(2024, 4, 1), True, date(2024, 3, 10)),
    ("restarts follow one another", [OLD, Violation(date(2023, 1, 1)), Violation(date(2027, 6, 1))], "reprimand", date(2028, 1, 1), False,
     date(2032, 6, 1)),
    ("an earlier violation starts nothing again", [OLD, Violation(date(2010, 1, 1))], "reprimand", CONCLUDED, True, date(2024, 3, 10)),
    ("no time bars expulsion", [OLD], "expulsion", date(2050, 1, 1), False, None),
    ("no time bars a forged certificate", [Violation(ACT, category="forged_certificates")], "reprimand", date(2050, 1, 1), False, None),
    ("another category has its time", [Violation(ACT, category="lateness")], "reprimand", CONCLUDED, True, date(2024, 3, 10)),
    ("an act that ended counts from its end", [Violation(ACT, date(2020, 5, 1))], "reprimand", CONCLUDED, False, date(2025, 5, 1)),
    ("an act that goes on counts from its discovery", [Violation(date(2010, 1, 1), discovered_on=date(2018, 1, 1), continuing=True)], "reprimand",
     date(2023, 1, 2), True, date(2023, 1, 1)),
    ("an act that goes on and was discovered on no day counts from the conclusion", [Violation(date(2010, 1, 1), continuing=True)], "reprimand",
     CONCLUDED, False, date(2029, 3, 11)),
    ("an act whose end is unknown counts from the conclusion", [Violation(date(2010, 1, 1), end_unknown=True)], "reprimand", CONCLUDED, False,
     date(2029, 3, 11)),
    ("a month that is shorter ends on its last day", [Violation(date(2020, 2, 29))], "reprimand", date(2025, 3, 1), True, date(2025, 2, 28)),
]


@pytest.mark.parametrize(("violations", "sanction", "concluded", "is_barred", "day"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_limitation(violations: list[Violation], sanction: str, concluded: date, is_barred: bool, day: date | None) -> None:
    found = barred(violations, 0, sanction, concluded, PARTY.values)
    assert (found.barred, found.day) == (is_barred, day)


def test_the_army_counts_alike() -> None:
    assert barred([OLD], 0, "reprimand", CONCLUDED, ARMY.values).barred
    assert not barred([OLD], 0, "reduction_in_rank", CONCLUDED, ARMY.values).barred
    assert barred([OLD], 0, "loss_of_soldier_status", date(2050, 1, 1), ARMY.values).day is None


def test_each_violation_is_reckoned_by_itself() -> None:
    both = [OLD, Violation(date(2024, 3, 11))]
    assert [barred(both, n, "reprimand", date(2024, 4, 1), PARTY.values).barred for n in (0, 1)] == [True, False]


def test_whether_a_new_violation_starts_it_again_is_a_key() -> None:
    assert GENERIC.values["limitation.restarts"] is False
    two = [Violation(date(2025, 1, 1)), Violation(date(2025, 6, 1))]
    assert barred(two, 0, "reprimand", date(2026, 1, 2), GENERIC.values).barred


def test_it_says_why_in_both_languages() -> None:
    found = barred([OLD, Violation(date(2022, 1, 5))], 0, "reprimand", CONCLUDED, PARTY.values, PARTY.term_table)
    assert [one.say("en") for one in found.lines] == [
        "The act was done on 2019-03-10; the period counts from there.",
        "A new violation on 2022-01-05 lies inside the period, so it starts again from there.",
        "Reprimand can be imposed for 60 months, until 2027-01-05.",
        "The conclusion came on 2024-03-11, which is in time.",
    ]
    assert found.lines[2].say("vi") == "Khiển trách có thời hiệu 60 tháng, đến hết ngày 05/01/2027."


def test_a_sanction_without_a_period_and_an_act_after_its_conclusion_are_refused() -> None:
    with pytest.raises(LookupError, match=r"limitation\.flogging"):
        barred([OLD], 0, "flogging", CONCLUDED, PARTY.values)
    with pytest.raises(ValueError, match="after the conclusion"):
        barred([OLD], 0, "reprimand", date(2019, 3, 9), PARTY.values)


DAYS = st.dates(date(2005, 1, 1), date(2020, 12, 31))


@given(st.lists(DAYS, max_size=5).flatmap(lambda days: st.tuples(st.just(days), st.permutations(days))), st.dates(date(2021, 1, 1), date(2040, 1, 1)))
@settings(max_examples=400, deadline=None)
def test_the_order_of_the_other_violations_changes_nothing(orders: tuple[list[date], list[date]], concluded: date) -> None:
    one, other = (barred([OLD, *(Violation(day) for day in days)], 0, "reprimand", concluded, PARTY.values) for days in orders)
    assert one == other


@given(st.lists(DAYS, min_size=1, max_size=4), st.dates(date(2021, 1, 1), date(2040, 1, 1)))
@settings(max_examples=400, deadline=None)
def test_what_is_barred_stays_barred_and_a_further_violation_never_shortens_it(days: list[date], concluded: date) -> None:
    some = [Violation(day) for day in days]
    found = barred(some, 0, "reprimand", concluded, PARTY.values)
    later = barred(some, 0, "reprimand", date(concluded.year + 1, 1, 1), PARTY.values)
    assert later.barred or not found.barred
    more = barred([*some, Violation(date(2020, 6, 15))], 0, "reprimand", concluded, PARTY.values)
    assert found.day is not None and more.day is not None and more.day >= found.day


# Expiry, and the long stop --------------------------------------------------------------------------------------------


def test_a_sanction_is_spent_twelve_months_after_it_took_effect() -> None:
    assert expires_on(date(2025, 6, 1), "warning", PARTY.values) == date(2026, 6, 1)
    assert expires_on(date(2024, 2, 29), "warning", PARTY.values) == date(2025, 2, 28)
    assert expires_on(date(2025, 6, 1), "expulsion", PARTY.values) is None


def test_an_open_appeal_or_a_new_violation_holds_it_where_the_ruleset_says_so() -> None:
    day, held = date(2025, 6, 1), [date(2026, 5, 31)]
    assert expiry(day, "warning", PARTY.values, appeal_open=True).day is None
    assert expiry(day, "warning", PARTY.values, new_violations=held).day is None
    assert expiry(day, "warning", PARTY.values, new_violations=[date(2026, 6, 2)]).day == date(2026, 6, 1)
    assert expiry(day, "warning", GENERIC.values, appeal_open=True, new_violations=held).day == date(2026, 6, 1)


def test_it_says_why_a_sanction_is_spent() -> None:
    (only,) = expiry(date(2025, 6, 1), "warning", PARTY.values, names=PARTY.term_table).lines
    assert only.say("vi") == "Cảnh cáo có hiệu lực từ 01/06/2025, chấm dứt hiệu lực sau 12 tháng, ngày 01/06/2026."
    with pytest.raises(LookupError, match=r"expiry\.flogging"):
        expires_on(date(2025, 6, 1), "flogging", PARTY.values)
