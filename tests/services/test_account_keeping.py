"""Accounts as an administrator keeps them: given to whoever has none, closed at once in every door, opened again; and never a way in for another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pytest
from sqlalchemy import insert, select, update

from inspect_app.errors import Invalid, NotFound, NotYours, Unknown
from inspect_app.imports.organisation import read
from inspect_app.models import account, one_time_code, one_time_link
from inspect_app.models import identity as known
from inspect_app.now import now
from inspect_app.services import account_keeping, factors, feeds, identity, links, organisation_views, persons, sessions, tokens
from inspect_app.services.account_keeping import Kept
from inspect_app.services.organisation_file import SHAPE, export_file
from inspect_app.services.organisation_import import take_in
from inspect_app.services.sessions import Place
from tests.services.organisation import CONSOLE, PASSWORD, Organisation


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Invalid) as caught:
        yield
    assert [p.code for p in caught.value.problems] == [code]


def sheet_of(org: Organisation, login: str) -> None:
    """A second factor, as if its codes had been printed."""
    with org.house.db.atomic() as session:
        session.execute(insert(one_time_code).values(person_id=org[login].person_id, code_hash="0" * 64, made_at=now()))


def account_of(org: Organisation, login: str) -> Kept:
    found = account_keeping.kept(org.house, org[login].id)
    assert found is not None
    return found


def test_whoever_exists_without_an_account_is_given_one_and_chooses_the_password(org: Organisation) -> None:
    uid = str(persons.add_person(org.house, CONSOLE, "Nguyễn Thị Ánh", "W1").facts["person"])
    assert account_keeping.kept(org.house, uid) is None
    account_keeping.give(org.house, org["admin"], uid, "Anh", "vi")
    made = account_keeping.kept(org.house, uid)
    assert made is not None
    assert (made.login, made.language, made.active, made.comes) == ("anh", "vi", True, False)
    secret = links.hand_over(org.house, org["admin"], uid).rpartition("/")[2]
    links.use(org.house, secret, "a long walk by the river", "a long walk by the river")
    assert identity.sign_in(org.house, "anh", "a long walk by the river", Place("10.0.0.1")).secret
    [used, made_link, gave, *_] = organisation_views.history(org.house)
    assert [row["what"] for row in (gave, made_link, used)] == ["give_account", "make_link", "use_link"]
    assert gave["facts"] == {"person": uid, "login": "anh", "language": "vi"}


def test_nobody_is_given_two_accounts_nor_the_name_of_another(org: Organisation) -> None:
    uid = str(persons.add_person(org.house, CONSOLE, "Nguyễn Thị Ánh", "W1").facts["person"])
    for who, login, code in ((org["one"].id, "other", "account_there"), (uid, "CHAIR", "login_taken"), (uid, "two words", "login_form")):
        with refused(code):
            account_keeping.give(org.house, org["admin"], who, login, "en")
    with refused("no_account"):
        account_keeping.close(org.house, org["admin"], uid)


def test_a_closed_account_lets_nobody_in_by_any_door_from_that_moment_on(org: Organisation) -> None:
    secret = identity.sign_in(org.house, "one", PASSWORD, Place("10.0.0.1")).secret or ""
    token = tokens.create_token(org.house, "one", "program", "read", 1)
    feed = feeds.make(org.house, org["one"]).rpartition("=")[2]
    link = links.make(org.house, CONSOLE, "one").rpartition("/")[2]
    assert (account_of(org, "one").sessions, account_of(org, "one").tokens) == (1, 1)
    account_keeping.close(org.house, org["admin"], "one")
    assert sessions.session_of(org.house, secret) is None
    with pytest.raises(Unknown):
        tokens.token_actor(org.house, token)
    with pytest.raises(NotFound):
        feeds.read(org.house, feed)
    with pytest.raises(NotFound):
        links.look(org.house, link)
    with pytest.raises(Unknown):
        identity.sign_in(org.house, "one", PASSWORD, Place("10.0.0.1"))
    assert not account_of(org, "one").active
    account_keeping.open_again(org.house, org["admin"], "one")
    assert sessions.session_of(org.house, secret) is None
    with pytest.raises(Unknown):
        tokens.token_actor(org.house, token)
    assert identity.sign_in(org.house, "one", PASSWORD, Place("10.0.0.1")).secret
    assert [row["what"] for row in organisation_views.history(org.house)[:2]] == ["open_account", "close_account"]


def test_the_house_and_its_concerns_are_never_left_without_who_answers(org: Organisation) -> None:
    with refused("own_account"):
        account_keeping.close(org.house, org["admin"], "admin")
    with refused("last_administrator"):
        account_keeping.close(org.house, CONSOLE, "admin")
    with refused("is_contact"):
        account_keeping.close(org.house, org["admin"], "contact")
    persons.grant(org.house, CONSOLE, "boss", "admin", "HQ")
    account_keeping.close(org.house, org["boss"], "admin")
    with refused("nothing_new"):
        account_keeping.close(org.house, org["boss"], "admin")


def test_an_administrator_of_a_unit_keeps_the_accounts_of_its_people_alone(org: Organisation) -> None:
    persons.grant(org.house, CONSOLE, "two", "admin", "W1")
    persons.move_person(org.house, CONSOLE, "one", "W1")
    account_keeping.change(org.house, org["two"], "one", "one.first", "vi")
    for work in (account_keeping.close, account_keeping.sign_out, account_keeping.revoke_tokens, account_keeping.open_again):
        with pytest.raises(NotYours):
            work(org.house, org["two"], "chair")
    assert account_of(org, "one").login == "one.first"
    with refused("nothing_new"):
        account_keeping.change(org.house, org["two"], "one.first", "ONE.first", "vi")


def test_somebody_is_signed_out_everywhere_and_their_programs_stop(org: Organisation) -> None:
    secret = identity.sign_in(org.house, "one", PASSWORD, Place("10.0.0.1")).secret or ""
    token = tokens.create_token(org.house, "one", "program", "read", 1)
    account_keeping.sign_out(org.house, org["admin"], "one")
    assert sessions.session_of(org.house, secret) is None
    assert tokens.token_actor(org.house, token)[0].id == org["one"].id
    account_keeping.revoke_tokens(org.house, org["admin"], "one")
    with pytest.raises(Unknown):
        tokens.token_actor(org.house, token)


def test_a_link_for_a_new_password_is_handed_over_only_where_it_lets_nobody_in_by_itself(org: Organisation) -> None:
    assert links.wanted(org.house, org["one"].id) is None
    with pytest.raises(NotFound):
        links.hand_over(org.house, org["admin"], org["one"].id)
    sheet_of(org, "one")
    assert links.wanted(org.house, org["one"].id) == "reset"
    secret = links.hand_over(org.house, org["admin"], org["one"].id).rpartition("/")[2]
    links.use(org.house, secret, "a long walk by the river", "a long walk by the river")
    entered = identity.sign_in(org.house, "one", "a long walk by the river", Place("10.0.0.1"))
    assert entered.secret is None and entered.half is not None
    assert factors.has(org.house, org["one"].person_id).codes == 1
    told = links.last(org.house, org["one"].person_id)
    assert told is not None and told.purpose == "reset" and told.used_at is not None


def taken(org: Organisation, *rows: dict[str, Any]) -> dict[str, Any]:
    done = take_in(org.house, CONSOLE, read("all.json", orjson.dumps({**SHAPE.head, "people": list(rows)}), SHAPE))
    return done.counts()["people"] | {"problems": [p.code for row in done.rejected for p in row.problems]}


def test_what_is_closed_goes_out_and_in_and_is_the_same_again(org: Organisation) -> None:
    account_keeping.close(org.house, CONSOLE, "one")
    out = export_file(org.house, CONSOLE, "json")
    closed = {row["login"] for row in orjson.loads(out)["people"] if row["closed"]}
    assert closed == {"one"}
    assert {row.outcome for row in take_in(org.house, CONSOLE, read("all.json", out, SHAPE)).rows} == {"unchanged"}
    assert taken(org, {"login": "one", "closed": "no"}, {"login": "two", "closed": "yes"})["updated"] == 2
    assert (account_of(org, "one").active, account_of(org, "two").active) == (True, False)
    assert taken(org, {"login": "contact", "closed": True})["problems"] == ["is_contact"]
    assert taken(org, {"login": "admin", "closed": True})["problems"] == ["last_administrator"]


def test_a_file_takes_no_account_away_and_is_the_same_again(org: Organisation) -> None:
    rows = {"id": org["one"].id, "login": "", "full_name": "One More"}
    assert taken(org, rows)["updated"] == 1
    assert taken(org, rows)["unchanged"] == 1
    assert account_of(org, "one").login == "one"


def test_an_unused_link_is_void_once_the_account_is_closed_and_opened(org: Organisation) -> None:
    secret = links.make(org.house, CONSOLE, "one").rpartition("/")[2]
    account_keeping.close(org.house, CONSOLE, "one")
    account_keeping.open_again(org.house, CONSOLE, "one")
    with pytest.raises(NotFound):
        links.look(org.house, secret)
    with org.house.db.reading() as session:
        assert session.execute(select(one_time_link.c.purpose).where(one_time_link.c.used_at.is_(None))).all() == []
        assert session.execute(select(account.c.active).where(account.c.login == "one")).scalar_one()


def test_whoever_comes_by_a_provider_alone_is_handed_no_link(org: Organisation) -> None:
    with org.house.db.atomic() as session:
        session.execute(update(account).where(account.c.login == "one").values(password_hash=None))
        session.execute(insert(known).values(issuer="https://login.example.org", subject="7", person_id=org["one"].person_id))
    assert links.wanted(org.house, org["one"].id) is None and account_of(org, "one").comes
