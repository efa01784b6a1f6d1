"""The organisation over time: every verb is one transaction, noted once; what does not hold is refused and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from inspect_app.errors import Invalid, NotYours, Refused
from inspect_app.imports.organisation import Given
from inspect_app.models import appointment, belonging, close_tie, delegation, event, installation, office, person, role_grant, unit, unit_above
from inspect_app.now import hold, now
from inspect_app.services import account_keeping, offices, organisation, organisation_views, persons, setup, standing
from inspect_app.services.ledger import Key
from inspect_app.services.organisation_import import take_in
from inspect_app.services.queries import today
from inspect_app.services.units import replant
from tests.services.organisation import CONSOLE, Organisation

MICROS_A_DAY = 86_400_000_000


def refused(code: str, field: str) -> AbstractContextManager[Any]:
    """The act is refused for one reason, said of one field."""
    return pytest.raises(Invalid, check=lambda e: [(p.code, p.pointer) for p in e.problems] == [(code, f"/{field}" if field else "")])


def answers(org: Organisation, code: str, days: int = 0, workflow: str = "inspection") -> str | None:
    """The login of whoever answers for an office, so many days from today."""
    with org.house.db.reading() as session:
        number = session.execute(select(office.c.id).where(office.c.code == code)).scalar_one()
        found = standing.who_answers(session, number, today(org.house) + timedelta(days=days), workflow)
        return None if found is None else next(login for login, one in org.people.items() if one.person_id == found.person)


def day(org: Organisation, days: int) -> str:
    return (today(org.house) + timedelta(days=days)).isoformat()


def count(org: Organisation, *conditions: Any) -> int:
    with org.house.db.reading("all") as session:
        return int(session.execute(select(func.count()).select_from(event).where(*conditions)).scalar_one())


def test_a_unit_is_added_renamed_moved_and_dissolved_and_each_is_noted_once(org: Organisation) -> None:
    house, before = org.house, count(org)
    organisation.add_unit(house, org["admin"], "W3", "Ward 3", "W1")
    assert organisation.change_unit(house, org["admin"], "W3", {"name": "Ward three"}).what == "rename_unit"
    assert organisation.change_unit(house, org["admin"], "W3", {"under": "W2"}).what == "move_unit"
    assert organisation.change_unit(house, org["admin"], "W3", {"dissolved_on": day(org, 0), "successor": "W1"}).what == "dissolve_unit"
    assert count(org) == before + 4
    told = organisation_views.history(house, limit=2)
    assert [(row["what"], row["name"]) for row in told] == [("dissolve_unit", "Admin Person"), ("move_unit", "Admin Person")]
    assert told[1]["facts"] == {"code": "W3", "under": "W2", "under_before": "W1"}


def test_the_closure_follows_every_move_and_succession(org: Organisation) -> None:
    def above(code: str) -> set[str]:
        with org.house.db.reading() as session:
            here, top = unit.alias(), unit.alias()
            return set(
                session.execute(
                    select(top.c.code)
                    .join(unit_above, unit_above.c.above_id == top.c.id)
                    .join(here, here.c.id == unit_above.c.unit_id)
                    .where(here.c.code == code)
                ).scalars()
            )

    organisation.add_unit(org.house, CONSOLE, "W3", "Ward 3", "W1")
    assert above("W3") == {"W3", "W1", "HQ"}
    organisation.change_unit(org.house, CONSOLE, "W3", {"under": "W2"})
    assert above("W3") == {"W3", "W2", "HQ"}
    organisation.change_unit(org.house, CONSOLE, "W3", {"dissolved_on": day(org, 0), "successor": "W1"})
    assert above("W3") == {"W3", "W2", "W1", "HQ"}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"under": "W1"}, "unit_circle", "under"),
        ({"under": "nowhere"}, "unit_unknown", "under"),
        ({"name": " "}, "text_needed", "name"),
        ({"dissolved_on": "2020-13-01"}, "day_form", "dissolved_on"),
        ({"dissolved_on": "2999-01-01"}, "dissolved_ahead", "dissolved_on"),
        ({"dissolved_on": "2026-01-01"}, "units_below", "dissolved_on"),
        ({"successor": "AB"}, "successor_early", "successor"),
        ({"colour": "red"}, "field_unknown", "colour"),
        ({"under": None}, "nothing_new", ""),
    ],
)
def test_what_would_not_stand_is_refused_and_leaves_nothing(org: Organisation, changes: dict[str, Any], code: str, field: str) -> None:
    before, rows = count(org), organisation_views.tree(org.house)
    with refused(code, field):
        organisation.change_unit(org.house, CONSOLE, "HQ", changes)
    assert (count(org), organisation_views.tree(org.house)) == (before, rows)


def test_what_goes_on_in_a_dissolved_unit_ends_and_its_people_go_over(org: Organisation) -> None:
    persons.move_person(org.house, CONSOLE, "deputy", "W1", day(org, -30))
    offices.delegate(org.house, CONSOLE, "head-w1", "head", "deputy", day(org, -5), day(org, 60), reason="leave")
    organisation.change_unit(org.house, CONSOLE, "W1", {"dissolved_on": day(org, -1), "successor": "W2"})
    assert answers(org, "head-w1", -1) == "deputy" and answers(org, "head-w1") == "other_head"
    page = organisation_views.person_page(org.house, org["deputy"].id)
    assert [(row["code"], row["since"].isoformat()) for row in page["belongings"]][:2] == [("W2", day(org, 0)), ("W1", day(org, -30))]
    assert page["person"]["unit_id"] == 3
    with refused("unit_is_over", "until"):
        offices.appoint(org.house, CONSOLE, "head-w1", "deputy")
    with refused("unit_dissolved", "unit"):
        persons.move_person(org.house, CONSOLE, "boss", "W1")


def test_an_administrator_of_a_unit_administers_what_is_below_it_and_nothing_else(org: Organisation) -> None:
    persons.grant(org.house, CONSOLE, "deputy", "admin", "W1")
    organisation.add_unit(org.house, org["deputy"], "W1A", "Ward 1 A", "W1")
    acts: tuple[Callable[[], Any], ...] = (
        lambda: organisation.add_unit(org.house, org["deputy"], "X", "X", "W2"),
        lambda: organisation.add_unit(org.house, org["deputy"], "X", "X"),
        lambda: organisation.change_unit(org.house, org["deputy"], "W1A", {"under": "W2"}),
        lambda: persons.grant(org.house, org["deputy"], "deputy", "member", "HQ"),
        lambda: setup.name_both(org.house, org["deputy"], "AB"),
        lambda: organisation.change_unit(org.house, org["stranger"], "W1A", {"name": "mine"}),
    )
    for act in acts:
        with pytest.raises(NotYours):
            act()


def test_a_tree_that_nobody_is_granted_for_is_for_those_at_the_top_until_somebody_is(org: Organisation) -> None:
    organisation.add_unit(org.house, org["admin"], "APP", "Appeals", kind="body")
    offices.add_office(org.house, org["admin"], "app-chair", "Chair of appeals", "APP")
    organisation.change_unit(org.house, org["admin"], "AB", {"external": False})
    organisation.change_unit(org.house, org["admin"], "AB", {"external": True})
    persons.grant(org.house, org["admin"], "boss", "admin", "APP")
    with pytest.raises(NotYours):
        organisation.change_unit(org.house, org["admin"], "APP", {"name": "Board"})
    organisation.change_unit(org.house, org["boss"], "APP", {"name": "Board"})


def test_a_successor_takes_the_seat_and_the_days_meet_without_a_gap(org: Organisation) -> None:
    offices.appoint(org.house, CONSOLE, "head-w1", "deputy", day(org, 0))
    assert [answers(org, "head-w1", n) for n in (-1, 0, 1)] == ["head", "deputy", "deputy"]
    with refused("seat_taken", "person"):
        offices.appoint(org.house, CONSOLE, "head-w1", "boss", day(org, -10))
    offices.appoint(org.house, CONSOLE, "head-w1", "boss", day(org, 3), day(org, 5), acting=True)
    assert [answers(org, "head-w1", n) for n in (2, 3, 5, 6)] == ["deputy", "boss", "boss", "deputy"]


def test_seats_bound_how_many_hold_an_office(org: Organisation) -> None:
    offices.add_office(org.house, CONSOLE, "team", "Team", "W1", seats=2)
    for who in ("one", "two"):
        offices.appoint(org.house, CONSOLE, "team", who)
    with refused("seat_taken", "person"):
        offices.appoint(org.house, CONSOLE, "team", "deputy")
    with refused("appointed_twice", "person"):
        offices.appoint(org.house, CONSOLE, "team", "one")
    with refused("seats_held", "seats"):
        offices.change_office(org.house, CONSOLE, "team", {"seats": 1})
    with refused("seats", "seats"):
        offices.change_office(org.house, CONSOLE, "team", {"seats": 0})


def test_a_vacant_office_is_answered_for_by_the_one_above_on_its_line(org: Organisation) -> None:
    offices.add_office(org.house, CONSOLE, "head-hq", "Head of all", "HQ")
    offices.appoint(org.house, CONSOLE, "head-hq", "boss", day(org, -100))
    offices.change_office(org.house, CONSOLE, "head-w1", {"superior": "head-hq"})
    with org.house.db.reading() as session:
        number = session.execute(select(appointment.c.id).where(appointment.c.person_id == org["head"].person_id)).scalar_one()
    offices.end_appointment(org.house, CONSOLE, number, day(org, -1))
    assert answers(org, "head-w1", -1) == "head" and answers(org, "head-w1") == "boss"
    with refused("office_circle", "superior"):
        offices.change_office(org.house, CONSOLE, "head-hq", {"superior": "head-w1"})
    offices.add_office(org.house, CONSOLE, "board", "Board", "AB")
    with refused("another_line", "superior"):
        offices.change_office(org.house, CONSOLE, "head-w1", {"superior": "board"})


def test_a_delegation_is_passed_on_only_where_it_may_and_ends_with_what_it_rests_on(org: Organisation) -> None:
    house = org.house
    first = offices.delegate(
        house, CONSOLE, "head-w1", "head", "deputy", day(org, 0), day(org, 20), scope="inspection", may_pass_on=True, reason="leave"
    )
    for arguments, code, field in (
        (("deputy", "boss", day(org, 0), day(org, 30), "inspection"), "not_theirs", "from"),
        (("deputy", "boss", day(org, 0), day(org, 9), "*"), "not_theirs", "from"),
        (("deputy", "head", day(org, 0), day(org, 9), "inspection"), "delegation_circle", "to"),
        (("head", "boss", day(org, 5), day(org, 9), "*"), "delegated_twice", "from"),
        (("head", "head", day(org, 5), day(org, 9), "*"), "to_oneself", "to"),
        (("head", "boss", day(org, 5), day(org, 4), "*"), "order", "until"),
        (("head", "boss", day(org, 5), day(org, 9), "nothing"), "scope", "scope"),
    ):
        with refused(code, field):
            offices.delegate(house, CONSOLE, "head-w1", *arguments[:4], scope=arguments[4], reason="leave")
    offices.delegate(house, CONSOLE, "head-w1", "deputy", "boss", day(org, 2), day(org, 15), scope="inspection", reason="leave too")
    assert [answers(org, "head-w1", n) for n in (1, 2, 15, 16, 21)] == ["deputy", "boss", "boss", "deputy", "head"]
    assert answers(org, "head-w1", 2, "shortcoming") == "head"
    assert offices.end_delegation(house, CONSOLE, first.facts["id"], day(org, 10)).facts["delegations_cut"] == 1
    with house.db.reading() as session:
        assert session.execute(select(func.max(delegation.c.until_on))).scalar_one().isoformat() == day(org, 10)
    assert offices.end_delegation(house, CONSOLE, first.facts["id"]).facts["delegations_cut"] == 1
    assert answers(org, "head-w1", 5) == "head"


def test_people_belong_to_a_unit_on_a_day_and_the_mirror_follows(org: Organisation) -> None:
    persons.move_person(org.house, CONSOLE, "one", "W2", day(org, 2))
    page = organisation_views.person_page(org.house, org["one"].id)
    assert page["person"]["unit_id"] == 1 and next((b["code"], b["until"]) for b in page["belongings"]) == ("W2", None)
    assert persons.keep_today(org.house) == 0
    with hold(now() + 2 * MICROS_A_DAY):
        assert persons.keep_today(org.house) == 1
        assert organisation_views.person_page(org.house, org["one"].id)["person"]["unit_id"] == 3
        assert persons.keep_today(org.house) == 0
    with refused("moved_later", "since"):
        persons.move_person(org.house, CONSOLE, "one", "W1", day(org, 1))
    with org.house.db.reading() as session:
        assert session.execute(select(func.count()).select_from(belonging).where(belonging.c.person_id == org["one"].person_id)).scalar_one() == 2


def test_nobody_is_administrator_and_chair_at_the_same_time_in_whatever_record(org: Organisation) -> None:
    with refused("two_hats", "role"):
        persons.grant(org.house, CONSOLE, "chair", "admin", "W1")
    persons.grant(org.house, CONSOLE, "deputy", "admin", "W1", until=day(org, 5))
    persons.grant(org.house, CONSOLE, "deputy", "chair", "W1", since=day(org, 6))
    with refused("two_hats", "same_as"):
        persons.mark_same(org.house, CONSOLE, "deputy", "chair")
    with refused("same_self", "same_as"):
        persons.mark_same(org.house, CONSOLE, "one", "one")
    persons.mark_same(org.house, CONSOLE, "one", "two")
    with refused("same_circle", "same_as"):
        persons.mark_same(org.house, CONSOLE, "two", "one")
    persons.mark_same(org.house, CONSOLE, "two", "boss")
    with org.house.db.reading() as session:
        roots = dict(session.execute(select(person.c.called, person.c.same_as_id).where(person.c.called.in_(("one", "two")))).all())
    assert set(roots.values()) == {org["boss"].person_id}


def test_an_auditor_has_a_mandate_and_an_end(org: Organisation) -> None:
    with refused("auditor_end", "until"):
        persons.grant(org.house, CONSOLE, "boss", "auditor", "HQ", reason="Engagement 9")
    with refused("auditor_mandate", "reason"):
        persons.grant(org.house, CONSOLE, "boss", "auditor", "HQ", until=day(org, 90))
    done = persons.grant(org.house, CONSOLE, "boss", "auditor", "HQ", until=day(org, 90), reason="Engagement 9")
    with refused("granted_twice", "role"):
        persons.grant(org.house, CONSOLE, "boss", "auditor", "HQ", until=day(org, 9), reason="Engagement 9")
    persons.end_grant(org.house, CONSOLE, done.facts["id"])
    assert organisation_views.person_page(org.house, org["boss"].id)["grants"] == []


def test_the_reason_of_a_tie_is_sealed(org: Organisation) -> None:
    persons.tie(org.house, CONSOLE, "two", "one", "They are sisters-in-law.", day(org, -10))
    with refused("tied_twice", "other"):
        persons.tie(org.house, CONSOLE, "one", "two", "again")
    with org.house.db.reading("all") as session:
        assert session.execute(select(close_tie.c.sealed_reason)).scalar_one() == "They are sisters-in-law."
    assert "sisters" not in str(organisation_views.person_page(org.house, org["one"].id)) + str(organisation_views.history(org.house))
    persons.untie(org.house, CONSOLE, "one", "two", day(org, -2))
    assert organisation_views.person_page(org.house, org["two"].id)["ties"][0]["until"].isoformat() == day(org, -2)


def test_absences_do_not_meet(org: Organisation) -> None:
    done = persons.record_absence(org.house, CONSOLE, "head", "illness", day(org, 0), day(org, 9))
    with refused("absent_twice", "since"):
        persons.record_absence(org.house, CONSOLE, "head", "leave", day(org, 9), day(org, 12))
    with refused("absence_kind", "kind"):
        persons.record_absence(org.house, CONSOLE, "head", "holiday", day(org, 30), day(org, 32))
    persons.end_absence(org.house, CONSOLE, done.facts["id"], day(org, 4))
    persons.record_absence(org.house, CONSOLE, "head", "leave", day(org, 5), day(org, 12))


def test_no_formal_case_opens_before_both_are_named_and_the_fast_track_does(org: Organisation) -> None:
    with org.house.db.atomic() as session:
        session.execute(installation.delete().where(installation.c.name.in_(setup.NAMES)))
    for body, contact in (("AB", None), (None, "contact")):
        with pytest.raises(Refused, match="appeal body and the contact"):
            org.open()
        org.open(
            "officer",
            "shortcoming",
            "note",
            what="The drug book was not closed.",
            cause_kind="means",
            cause="No clerk was there in May.",
            office="head-w1",
            due="2099-01-01",
            measure="A clerk is named.",
        )
        setup.name_both(org.house, org["admin"], body, contact)
    org.open()


@pytest.mark.parametrize(
    ("body", "contact", "code", "field"),
    [
        ("W1", None, "not_a_body", "appeal_body"),
        ("nowhere", None, "unit_unknown", "appeal_body"),
        (None, "chair", "contact_role", "contact"),
        (None, "admin", "contact_role", "contact"),
        (None, "head", "contact_role", "contact"),
        (None, "nobody", "person_unknown", "contact"),
        (None, None, "setup_nothing", "appeal_body"),
    ],
)
def test_the_set_up_names_only_who_can_be_it(org: Organisation, body: str | None, contact: str | None, code: str, field: str) -> None:
    with refused(code, field):
        setup.name_both(org.house, CONSOLE, body, contact)


def test_whoever_is_offered_as_contact_is_whoever_can_be_it(org: Organisation) -> None:
    offices.add_office(org.house, CONSOLE, "above", "Above", "HQ")
    offices.appoint(org.house, CONSOLE, "above", "stranger", "2020-01-01")
    offices.change_office(org.house, CONSOLE, "head-w1", {"superior": "above"})
    offices.delegate(org.house, CONSOLE, "above", "stranger", "deputy", day(org, -1), day(org, 9), reason="leave")
    persons.mark_same(org.house, CONSOLE, "two", "officer")
    account_keeping.close(org.house, CONSOLE, "lead")
    persons.add_person(org.house, CONSOLE, "Without Account", "HQ")
    can = set()
    with org.house.db.reading() as session:
        for uid in session.execute(select(person.c.uid)).scalars():
            with suppress(Invalid):
                can.add(setup.contact_of(session, org.house, CONSOLE, uid))
    assert setup.fit(org.house) == can
    assert {org[who].id for who in ("one", "head", "boss", "contact")} - can == {org["head"].id}
    assert not can & {org[who].id for who in ("chair", "officer", "two", "stranger", "deputy", "lead")}


def test_who_is_named_in_the_set_up_stays_fit_for_it(org: Organisation) -> None:
    with refused("is_contact", "role"):
        persons.grant(org.house, CONSOLE, "contact", "officer", "HQ")
    with refused("appeal_body_needed", "dissolved_on"):
        organisation.change_unit(org.house, CONSOLE, "AB", {"dissolved_on": day(org, 0)})
    offices.appoint(org.house, CONSOLE, "head-w2", "contact", day(org, 0))
    with refused("contact_office", "superior"):
        offices.change_office(org.house, CONSOLE, "head-w1", {"superior": "head-w2"})


def test_the_same_key_adds_once_and_gets_the_same_answer(org: Organisation) -> None:
    before = count(org)
    add: Callable[[], Any] = lambda: organisation.add_unit(org.house, org["admin"], "W9", "Ward 9", "HQ", key=Key("k", "same"))  # noqa: E731
    assert add() == add()
    assert count(org) == before + 1


def test_a_subtree_is_an_index_lookup_among_three_thousand_units(org: Organisation) -> None:
    with org.house.db.atomic("all") as session:
        rows = [
            {"code": f"U{n}", "name": f"Unit {n}", "kind": "unit", "external": False, "path": "/", "parent_id": 1 if n < 60 else 5 + n // 60}
            for n in range(3000)
        ]
        session.execute(unit.insert(), rows)
        replant(session)
        if not org.house.db.is_sqlite:
            session.exec_driver_sql("ANALYZE unit_above")
    with org.house.db.reading() as session:
        query = select(unit_above.c.unit_id).where(unit_above.c.above_id == 40)
        told = str(query.compile(dialect=session.dialect, compile_kwargs={"literal_binds": True}))
        plan = str(session.exec_driver_sql(("EXPLAIN QUERY PLAN " if org.house.db.is_sqlite else "EXPLAIN ") + told).all())
        assert "ix_unit_above_above" in plan and "SCAN" not in plan and "Seq Scan" not in plan
        assert len(organisation_views.below(session, 1)) > 3000


def grant_of(org: Organisation, login: str) -> int:
    with org.house.db.reading() as session:
        return int(session.execute(select(role_grant.c.id).where(role_grant.c.person_id == org[login].person_id)).scalar_one())


def test_the_last_administrator_stays_until_another_signs_in(org: Organisation) -> None:
    number = grant_of(org, "admin")
    for until in (None, day(org, 0), day(org, 400)):
        with refused("last_administrator", "until"):
            persons.end_grant(org.house, org["admin"], number, until)
    persons.grant(org.house, org["admin"], "lead", "admin", "W1")
    with refused("last_administrator", "until"):
        persons.end_grant(org.house, org["admin"], number)
    persons.grant(org.house, org["admin"], "one", "admin", "HQ", since=day(org, 3))
    with refused("last_administrator", "until"):
        persons.end_grant(org.house, org["admin"], number, day(org, 1))
    persons.end_grant(org.house, org["admin"], number, day(org, 2))
    assert org["admin"].person_id is not None


def test_an_administrator_who_cannot_sign_in_does_not_count(org: Organisation) -> None:
    persons.add_person(org.house, CONSOLE, "Mai Lan", "HQ", login="mai")
    persons.grant(org.house, CONSOLE, "mai", "admin", "HQ")
    with refused("last_administrator", "until"):
        persons.end_grant(org.house, CONSOLE, grant_of(org, "admin"))


def test_a_file_does_not_end_the_last_administrator_either(org: Organisation) -> None:
    row = {"person": "admin", "role": "admin", "unit": "HQ", "since": "2020-01-01", "until": day(org, 30)}
    done = take_in(org.house, CONSOLE, [Given("grants", 1, row)])
    assert [p.code for r in done.rejected for p in r.problems] == ["last_administrator"] and not done.written
