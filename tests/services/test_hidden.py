"""Which cases are hidden is a column that the ledger keeps: what the states of a whole dossier make of it; verification finds it changed."""

from __future__ import annotations

import pytest
from sqlalchemy import exists, select, update

from inspect_app.errors import NotFound
from inspect_app.models import cases
from inspect_app.now import now
from inspect_app.services import casework, keeping_log, queries, verifying
from inspect_app.services.ledger import Key
from tests.api.standings import add_people
from tests.services.organisation import Organisation
from workflows.acts import Act
from workflows.calendar import day_of


def wrong(org: Organisation) -> list[str]:
    """The numbers of cases whose column is not what the rule makes of the states."""
    other = cases.alias()
    under_way = exists().where(other.c.dossier_id == cases.c.dossier_id, other.c.is_open).correlate(cases)
    with org.house.db.reading("all") as session:
        rows = session.execute(select(cases.c.number, cases.c.hidden, cases.c.put_away & ~under_way)).all()
    return [number for number, told, made in rows if bool(told) != bool(made)]


def hidden(org: Organisation) -> int:
    with org.house.db.reading("all") as session:
        return len(session.execute(select(cases.c.id).where(cases.c.hidden)).all())


def minor(org: Organisation, *, settled: bool = True) -> str:
    """A minor matter that was settled without a measure: it is put away."""
    add_people(org, "ward")
    told = {"person": org["ward"].id, "what": "The gate stood open for an hour.", "committed_on": day_of(now(), org.house.zone).isoformat(),
            "norm": "Gate order, 4"}
    case = org.open("head", "minor_matter", "note", **told).case
    org.act("ward", case, "answer", answer="I was called away.")
    if settled:
        org.act("head", case, "settle_without", reason="It is done with.")
    return case


def test_the_column_follows_every_act_that_ends_or_opens_a_case(org: Organisation) -> None:
    org.ordered()
    assert (wrong(org), hidden(org)) == ([], 0)
    minor(org)
    assert (wrong(org), hidden(org)) == ([], 1)


def test_who_put_a_case_out_of_sight_is_answered_again(org: Organisation) -> None:
    case = minor(org, settled=False)
    org.act("head", case, "settle", rung="reprimand", reason="It is clear.")
    org.act("ward", case, "appeal", grounds="The plan shows it.")
    act, key = Act("annul", org["chair"], {"reason": "The plan shows it."}), Key("k", "r")
    first = casework.fire(org.house, case, act, key=key)
    with pytest.raises(NotFound):
        queries.case(org.house, org["chair"], case)
    assert casework.fire(org.house, case, act, key=key).id == first.id
    with pytest.raises(NotFound):
        casework.fire(org.house, case, act, key=Key("another", "r"))


def test_verification_finds_a_case_that_is_hidden_or_shown_by_hand(org: Organisation) -> None:
    org.open()
    keeping_log.round_of(org.house)
    assert verifying.verify(org.house).findings == []
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).values(hidden=True))
    assert any("hidden or shown" in str(finding) for finding in verifying.verify(org.house).findings)
