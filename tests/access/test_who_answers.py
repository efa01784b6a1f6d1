"""Who answers for an office: whatever is entered through the two gates, there is one answerer on every day, and never a circle.

The oracle says the same in other words: it knows days one by one, and follows who sends whom on as a table of the day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_app.access.offices import Answerer, Appointed, Delegated, OfficeHistory, answerer, may_not_appoint, may_not_delegate
from inspect_app.access.trees import in_circle, line

FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(12)]
WORKFLOWS = ("inspection", "responsibility", "appeal")
PEOPLE = st.integers(1, 6)
WHEN = st.sampled_from(DAYS)
SCOPES = st.sampled_from(["*", "inspection", "responsibility", "inspection responsibility", "appeal inspection"])
APPOINTED = st.builds(Appointed, PEOPLE, st.booleans(), WHEN, st.none() | WHEN)
DELEGATED = st.builds(Delegated, PEOPLE, PEOPLE, SCOPES, st.booleans(), WHEN, WHEN)
ENTRIES = st.lists(APPOINTED | DELEGATED, max_size=14)
HELD_FOR_EVER = Appointed(1, False, date(2000, 1, 1), None)


def entered(
    number: int, superior: int | None, entries: list[Appointed | Delegated], seats: int = 1, first: tuple[Appointed, ...] = ()
) -> OfficeHistory:
    """An office with every entry that the gates let through, in the order in which they came."""
    office = OfficeHistory(number, superior, first, ())
    for one in entries:
        if isinstance(one, Appointed):
            if may_not_appoint(office, one, seats) is None:
                office = OfficeHistory(number, superior, tuple(sorted((*office.appointed, one), key=lambda a: a.since)), office.delegated)
        elif may_not_delegate(office, one) is None:
            office = OfficeHistory(number, superior, office.appointed, tuple(sorted((*office.delegated, one), key=lambda d: d.since)))
    return office


@st.composite
def lines(draw: st.DrawFn) -> dict[int, OfficeHistory]:
    """Three offices one above the other; the one at the top is always held."""
    made = {n: entered(n, n + 1, draw(ENTRIES), draw(st.integers(1, 2))) for n in (1, 2)}
    return {**made, 3: entered(3, None, draw(ENTRIES), 1, (HELD_FOR_EVER,))}


def sends_on(office: OfficeHistory, day: date, workflow: str) -> dict[int, list[Delegated]]:
    """Who sends on to whom on this very day, in this very matter."""
    table: dict[int, list[Delegated]] = {}
    for one in office.delegated:
        if not (day < one.since or day > one.until) and (one.scope == "*" or f" {workflow} " in f" {one.scope} "):
            table.setdefault(one.giver, []).append(one)
    return table


def oracle(offices: dict[int, OfficeHistory], number: int, day: date, workflow: str) -> int | None:
    """The same answer, found from the top of the line downwards: each office that has somebody of its own takes over from the one above."""
    ways = [number]
    while (above := offices[ways[-1]].superior) is not None:
        ways.append(above)
    found: int | None = None
    for at in reversed(ways):
        here = [a for a in offices[at].appointed if not day < a.since and (a.until is None or not day > a.until)]
        own = sorted(here, key=lambda a: (a.acting, a.since, offices[at].appointed.index(a)))
        if own:
            found = follow(own[-1].person, sends_on(offices[at], day, workflow))
    return found


def follow(person: int, table: dict[int, list[Delegated]]) -> int:
    if person not in table:
        return person
    [one] = table[person]
    return follow(one.taker, table) if one.may_pass_on else one.taker


@settings(max_examples=400, deadline=None)
@given(lines())
def test_an_office_with_a_held_one_at_its_top_has_exactly_one_answerer_on_every_day(offices: dict[int, OfficeHistory]) -> None:
    for number in offices:
        for day in DAYS:
            for workflow in WORKFLOWS:
                found = answerer(offices, number, day, workflow)
                assert found is not None
                assert found.person == oracle(offices, number, day, workflow)


@settings(max_examples=400, deadline=None)
@given(lines())
def test_nobody_sends_one_matter_to_two_and_nothing_comes_back_to_its_giver(offices: dict[int, OfficeHistory]) -> None:
    for office in offices.values():
        for day in DAYS:
            for workflow in WORKFLOWS:
                table = sends_on(office, day, workflow)
                assert all(len(rows) == 1 for rows in table.values())
                up = {giver: [row.taker for row in rows] for giver, rows in table.items()}
                assert not any(in_circle(up, giver) for giver in up)


@settings(max_examples=200, deadline=None)
@given(lines(), st.integers(1, 3))
def test_a_matter_no_delegation_names_is_answered_as_any_other(offices: dict[int, OfficeHistory], number: int) -> None:
    for day in DAYS:
        assert answerer(offices, number, day) == answerer(offices, number, day, "a workflow that nobody named")


@settings(max_examples=300, deadline=None)
@given(ENTRIES, st.integers(1, 3))
def test_there_are_never_more_holders_than_seats_nor_two_who_act(entries: list[Appointed | Delegated], seats: int) -> None:
    office = entered(1, None, entries, seats)
    for day in DAYS:
        assert len(office.holders(day)) <= seats
        assert sum(a.acting and a.on(day) for a in office.appointed) <= 1


@settings(max_examples=300, deadline=None)
@given(lines())
def test_who_answers_was_sent_by_each_before_and_only_the_last_may_be_unable_to_pass_on(offices: dict[int, OfficeHistory]) -> None:
    for day in DAYS:
        found = answerer(offices, 1, day, "inspection")
        assert isinstance(found, Answerer)
        table = sends_on(offices[found.office], day, "inspection")
        chain = (*found.through, found.person)
        for giver, taker in pairwise(chain):
            assert [row.taker for row in table[giver]] == [taker]
        assert all(table[giver][0].may_pass_on for giver in chain[:-2])


def test_a_day_decides() -> None:
    office = OfficeHistory(
        1,
        None,
        (Appointed(1, False, date(2020, 1, 1), date(2026, 5, 31)), Appointed(2, False, date(2026, 6, 1), None)),
        (Delegated(2, 3, "*", False, date(2026, 6, 10), date(2026, 6, 20)),),
    )
    days = {
        day: answerer({1: office}, 1, date.fromisoformat(day))
        for day in ("2026-05-31", "2026-06-01", "2026-06-09", "2026-06-10", "2026-06-20", "2026-06-21")
    }
    assert [found and found.person for found in days.values()] == [1, 2, 2, 3, 3, 2]


@given(st.dictionaries(st.integers(1, 8), st.lists(st.integers(1, 8), max_size=2), max_size=8))
def test_a_circle_is_found_wherever_one_can_walk_back(above: dict[int, list[int]]) -> None:
    def walks_back(start: int, at: int, steps: int) -> bool:
        return any(up == start or (steps > 0 and walks_back(start, up, steps - 1)) for up in above.get(at, ()))

    for start in above:
        assert in_circle(above, start) == walks_back(start, start, 8)
        assert line(above, start) >= set(above[start])
