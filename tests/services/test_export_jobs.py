"""Exports in the background: each is its owner's alone, made once, cancelled where it stands, kept for a day, and an event at every step."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from sqlalchemy import select, update

from inspect_app.audit.envelope import disclosed
from inspect_app.errors import Invalid, KeyReused, NotFound, NotNow, TooMany
from inspect_app.models import content, event, export_job, person, role_grant, stream
from inspect_app.now import hold, now
from inspect_app.services import export_jobs, exporting, persons
from inspect_app.services.export_jobs import ask, cancel, fetch, mine, one, round_of
from inspect_app.services.exporting import NotAvailable, Order
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from inspect_app.services.ledger import Key
from tests.services.organisation import CONSOLE, Organisation

WHY = "the yearly audit"


def order(form: str = "jsonl", number: str | None = None, **more: object) -> Order:
    return Order(Wanted(number), form, reason=WHY, **more)  # type: ignore[arg-type]


def said(house: House) -> list[tuple[str, str]]:
    """The stream of exports: what was done, by whom."""
    with house.db.reading("all") as session:
        rows = session.execute(select(event.c.trigger, event.c.actor).join(stream, stream.c.id == event.c.stream_id)
                               .where(stream.c.kind == exporting.STREAM).order_by(event.c.seq)).all()
    return [(trigger, actor) for trigger, actor in rows]


def files(house: House) -> list[Path]:
    return list((house.data / "exports").glob("*"))


@pytest.fixture
def org(org: Organisation) -> Organisation:
    org.open(what="The drug book had gaps.", source="signal")
    return org


def test_an_export_is_asked_for_made_and_fetched(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    job = ask(house, auditor, order())
    assert (job.state, mine(house, auditor)) == ("waiting", [job])
    assert round_of(house) == 1
    done, file = fetch(house, auditor, job.id)
    with file:
        lines = [orjson.loads(line) for line in file.read().splitlines()]
    assert (done.state, done.events, done.percent) == ("done", 1, 100)
    assert [line["trigger"] for line in lines] == ["register"]
    assert [what for what, _ in said(house)] == ["ask_export", "export", "fetch_export"]
    assert {who for _, who in said(house)} == {auditor.id}
    assert round_of(house) == 0


def test_the_reason_is_asked_and_kept(org: Organisation) -> None:
    with pytest.raises(Invalid):
        ask(org.house, org["auditor"], Order(Wanted(), "csv", reason=" "))
    ask(org.house, org["auditor"], order())
    with org.house.db.reading("all") as session:
        body = session.execute(select(content.c.body).join(event, event.c.event_id == content.c.event_id)
                               .where(event.c.trigger == "ask_export")).scalar_one()
    assert disclosed(body)["data.reason"] == WHY


def test_an_export_is_its_owners_alone(org: Organisation) -> None:
    house = org.house
    job = ask(house, org["auditor"], order())
    round_of(house)
    for verb in (one, cancel, fetch):
        with pytest.raises(NotFound):
            verb(house, org["chair"], job.id)
    assert mine(house, org["chair"]) == []
    assert one(house, org["auditor"], job.id).state == "done"


def test_what_waits_is_cancelled_and_what_is_made_is_thrown_away(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    waiting = ask(house, auditor, order())
    assert cancel(house, auditor, waiting.id).state == "cancelled"
    assert round_of(house) == 0
    made = ask(house, auditor, order())
    round_of(house)
    assert len(files(house)) == 1
    assert cancel(house, auditor, made.id).state == "cancelled"
    assert files(house) == []
    for job in (waiting, made):
        with pytest.raises(NotNow):
            cancel(house, auditor, job.id)
        with pytest.raises(NotFound):
            fetch(house, auditor, job.id)


def test_what_runs_stops_when_it_is_cancelled(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    house, auditor = org.house, org["auditor"]
    job = ask(house, auditor, order())
    write = exporting.write

    def cancelled_meanwhile(*told: object) -> object:
        cancel(house, auditor, job.id)
        return write(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "write", cancelled_meanwhile)
    assert round_of(house) == 1
    assert one(house, auditor, job.id).state == "cancelled"
    assert files(house) == []


def test_a_file_expires_after_a_day(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    job = ask(house, auditor, order())
    round_of(house)
    with hold(now() + export_jobs.KEPT + 1):
        assert one(house, auditor, job.id).state == "expired"
        with pytest.raises(NotFound):
            fetch(house, auditor, job.id)
        round_of(house)
    assert files(house) == []
    assert one(house, auditor, job.id).state == "expired"


def test_who_may_no_longer_take_histories_gets_none_made(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    job = ask(house, auditor, order())
    with house.db.atomic("all") as session:
        session.execute(role_grant.delete().where(role_grant.c.person_id == auditor.person_id))
    round_of(house)
    failed = one(house, auditor, job.id)
    assert (failed.state, failed.problem) == ("failed", "no_taker")


def test_a_file_with_a_case_that_may_no_longer_be_seen_is_not_handed_out(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    job = ask(house, auditor, order())
    round_of(house)
    org.open(what="Another book had gaps.", source="signal")
    fetch(house, auditor, job.id)[1].close()
    with house.db.atomic("all") as session:
        session.execute(role_grant.delete().where(role_grant.c.person_id == auditor.person_id))
    persons.grant(house, CONSOLE, "auditor", "auditor", "W2", until="2999-12-31", reason="Engagement letter")
    with pytest.raises(NotFound, match="has changed"):
        fetch(house, auditor, job.id)


def test_what_a_worker_leaves_behind_is_taken_over_and_given_up_after_some_tries(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    job = ask(house, auditor, order())
    for _ in range(export_jobs.TRIES):
        assert export_jobs._QUEUE.claim(house) is not None
        assert export_jobs._QUEUE.claim(house) is None
        with house.db.atomic("all") as session:
            session.execute(update(export_job).values(lease_until=now() - 1))
    round_of(house)
    assert (one(house, auditor, job.id).state, one(house, auditor, job.id).problem) == ("failed", "broken")


def test_an_export_that_breaks_is_told_and_the_next_one_is_made(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    house, auditor = org.house, org["auditor"]
    first, second = ask(house, auditor, order("csv")), ask(house, auditor, order("jsonl"))
    write = exporting.write

    def breaks(house: House, actor: object, what: Order, *rest: object) -> object:
        return 1 / 0 if what.form == "csv" else write(house, actor, what, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "write", breaks)
    assert round_of(house) == 2
    assert [one(house, auditor, job.id).state for job in (first, second)] == ["failed", "done"]


def test_the_same_key_asks_once(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    first = ask(house, auditor, order(), Key("k", "a" * 64))
    assert ask(house, auditor, order(), Key("k", "a" * 64)).id == first.id
    with pytest.raises(KeyReused):
        ask(house, auditor, order("csv"), Key("k", "b" * 64))
    assert len(mine(house, auditor)) == 1


def test_only_so_many_wait_at_once(org: Organisation) -> None:
    for _ in range(export_jobs.AT_ONCE):
        ask(org.house, org["auditor"], order())
    with pytest.raises(TooMany):
        ask(org.house, org["auditor"], order())
    round_of(org.house)
    ask(org.house, org["auditor"], order())


def test_what_is_not_there_or_not_offered_is_refused_at_once(org: Organisation) -> None:
    house, auditor = org.house, org["auditor"]
    with pytest.raises(NotFound):
        ask(house, auditor, order(number="1999-1"))
    for wrong in (order("docx"), order(audience="public"), order(facts="some"), order("pdf", facts="standard"), order(as_of=now() + 10**9)):
        with pytest.raises(NotAvailable):
            ask(house, auditor, wrong)
    assert said(house) == []


def test_a_bundle_is_made_in_the_background_too(org: Organisation) -> None:
    job = ask(org.house, org["auditor"], order("bundle"))
    round_of(org.house)
    done, file = fetch(org.house, org["auditor"], job.id)
    with file:
        assert file.read(2) == b"PK"
    assert done.name.endswith(".zip")


def test_nobody_but_a_person_has_exports_in_the_background(org: Organisation) -> None:
    with org.house.db.reading() as session:
        assert session.execute(select(person.c.id).where(person.c.uid == CONSOLE.id)).first() is None
    with pytest.raises(NotFound):
        one(org.house, CONSOLE, "x")
