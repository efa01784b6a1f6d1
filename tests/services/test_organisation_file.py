"""The whole organisation as one document: out, in, and out again is the same; every row has an outcome; nothing is half-done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_app.db import Database
from inspect_app.errors import NotYours
from inspect_app.exports.organisation import to_csv, zipped
from inspect_app.imports.organisation import Given, read, read_path
from inspect_app.imports.problems import NotReadable
from inspect_app.services import offices, organisation, organisation_views, persons
from inspect_app.services.founding import found, migrate
from inspect_app.services.house import House
from inspect_app.services.organisation_file import COLUMNS, KINDS, SHAPE, export, export_file
from inspect_app.services.organisation_import import Imported, take_in
from tests.imports.both import in_both
from tests.services.organisation import CONSOLE, Organisation


@contextmanager
def empty_house(like: House, folder: Path) -> Iterator[House]:
    """Another house with nothing in it."""
    db = Database(f"sqlite:///{folder / 'other.db'}")
    migrate(db)
    found(db)
    yield House(db, like.catalogue, like.zone, folder, "test")
    db.close()


def lived_in(org: Organisation) -> House:
    """A house in which much has happened."""
    house = org.house
    organisation.add_unit(house, CONSOLE, "W3", "=Ward; \"three\", 'đỏ'", "W1")
    organisation.change_unit(house, CONSOLE, "W3", {"dissolved_on": "2026-01-31", "successor": "W2"})
    offices.add_office(house, CONSOLE, "head-hq", "'-Head", "HQ", seats=2)
    offices.change_office(house, CONSOLE, "head-w1", {"superior": "head-hq"})
    offices.appoint(house, CONSOLE, "head-hq", "boss", "2024-02-29")
    offices.appoint(house, CONSOLE, "head-w1", "deputy", "2025-06-01")
    offices.delegate(house, CONSOLE, "head-w1", "deputy", "one", "2026-01-01", "2999-12-31", scope="inspection", may_pass_on=True, reason="leave")
    offices.delegate(house, CONSOLE, "head-w1", "one", "two", "2026-02-01", "2027-12-31", scope="inspection", reason="@home")
    persons.move_person(house, CONSOLE, "one", "W2", "2026-03-01")
    persons.record_absence(house, CONSOLE, "head", "leave", "2026-08-01", "2026-08-21")
    persons.tie(house, CONSOLE, "two", "one", "a secret that stays", "2026-01-01")
    persons.mark_same(house, CONSOLE, "other_head", "stranger")
    persons.add_person(house, CONSOLE, "Nguyễn Thị Ánh", "W2", since="2026-05-05")
    return house


def taken(house: House, content: bytes, name: str = "all.json", **how: Any) -> Imported:
    return take_in(house, CONSOLE, read(name, content, SHAPE), **how)


def test_out_in_and_out_again_is_byte_for_byte_the_same(org: Organisation, tmp_path: Path) -> None:
    house = lived_in(org)
    out = export_file(house, CONSOLE, "json")
    assert b"a secret" not in out and b"password" not in out
    with empty_house(house, tmp_path) as other:
        done = taken(other, out)
        assert done.written and [row.problems for row in done.rejected] == []
        assert export_file(other, CONSOLE, "json") == out
        assert export_file(other, CONSOLE, "csv") == export_file(house, CONSOLE, "csv")
        assert [row["code"] for row in organisation_views.tree(other)] != []
        assert {kind for kind, counts in done.counts().items() if counts["created"]} == set(KINDS)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_taking_the_same_in_again_changes_nothing(org: Organisation, form: str) -> None:
    house = lived_in(org)
    out, before = export_file(house, CONSOLE, form), organisation_views.history(house, limit=1)
    done = taken(house, out)
    assert not done.written
    assert {row.outcome for row in done.rows} == {"unchanged"}
    assert organisation_views.history(house, limit=1) == before
    assert sum(sum(counts.values()) for counts in done.counts().values()) == len(done.rows)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(org: Organisation) -> None:
    before = export_file(org.house, CONSOLE, "json")
    rows = b"code,name,under\r\nW1,Ward one,HQ\r\nW7,Ward 7,W8\r\nW8,Ward 8,HQ\r\nW2,Ward 2,HQ\r\n"
    dry = taken(org.house, rows, "units.csv", dry_run=True)
    assert [row.outcome for row in dry.rows] == ["updated", "created", "created", "unchanged"] and not dry.written
    assert before == export_file(org.house, CONSOLE, "json")
    assert [row.outcome for row in taken(org.house, rows, "units.csv").rows] == ["updated", "created", "created", "unchanged"]
    [told] = organisation_views.history(org.house, limit=1)
    assert (told["what"], told["facts"]["created"], told["facts"]["updated"]) == ("import_organisation", 2, 1)
    assert ["units", "W7", "created"] in told["facts"]["changes"]


def test_people_are_known_by_their_login_where_a_file_knows_no_identifiers(org: Organisation) -> None:
    rows = {
        "people": [{"login": "Mai", "full_name": "Mai Lan"}, {"login": "chair", "called": "Dr Chair"}],
        "belongings": [{"person": "mai", "unit": "W1", "since": "2026-01-01"}],
        "grants": [{"person": "mai", "role": "member", "unit": "HQ", "since": "2026-01-01"}],
    }
    content = orjson.dumps({**SHAPE.head, **rows})
    assert [row.outcome for row in taken(org.house, content).rows] == ["created", "updated", "created", "created"]
    assert {row.outcome for row in taken(org.house, content).rows} == {"unchanged"}
    [[found], _] = organisation_views.people(org.house, "mai lan")
    assert (found["login"], found["unit_name"], found["grants"]) == ("mai", "Ward 1", [("member", "HQ")])


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("units", {"code": "A B", "name": "x"}, "code", "code_form"),
    ("units", {"code": "N"}, "name", "text_needed"),
    ("units", {"code": "N", "name": "N", "under": "nowhere"}, "under", "unit_unknown"),
    ("units", {"code": "HQ", "under": "W1"}, "under", "unit_circle"),
    ("units", {"code": "N", "name": "N", "kind": "club"}, "kind", "unit_kind"),
    ("units", {"code": "W1", "dissolved_on": "2026-01-01"}, "dissolved_on", "offices_held"),
    ("units", {"code": "N", "name": "N", "external": "maybe"}, "external", "truth"),
    ("people", {"full_name": "Nobody"}, "id", "who"),
    ("people", {"id": "7", "full_name": "Nobody"}, "id", "who"),
    ("people", {"login": "a b", "full_name": "X"}, "login", "login_form"),
    ("offices", {"code": "o", "title": "O", "unit": "W1", "seats": "many"}, "seats", "whole"),
    ("offices", {"code": "o", "title": "O", "unit": "W1", "seats": 0}, "seats", "seats"),
    ("appointments", {"office": "head-w1", "person": "boss", "since": "2026-01-01"}, "person", "seat_taken"),
    ("appointments", {"office": "head-w1", "person": "ghost", "since": "2026-01-01"}, "person", "person_unknown"),
    ("appointments", {"office": "head-w1", "person": "boss", "since": "1 May"}, "since", "day_form"),
    (
        "delegations",
        {"office": "head-w1", "from": "boss", "to": "one", "since": "2026-01-01", "until": "2026-02-01", "reason": "r"},
        "from",
        "not_theirs",
    ),
    ("delegations", {"office": "head-w1", "from": "head", "to": "one", "since": "2026-01-01", "reason": "r"}, "until", "end_needed"),
    ("grants", {"person": "boss", "role": "auditor", "unit": "HQ", "since": "2026-01-01"}, "until", "auditor_end"),
    ("grants", {"person": "boss", "role": "king", "unit": "HQ", "since": "2026-01-01"}, "role", "role"),
    ("grants", {"person": "chair", "role": "admin", "unit": "HQ", "since": "2026-01-01"}, "role", "two_hats"),
    ("belongings", {"person": "boss", "unit": "W1", "since": "2026-01-01"}, "since", "belongs_twice"),
    ("absences", {"person": "boss", "kind": "leave", "since": "2026-01-02", "until": "2026-01-01"}, "until", "order"),
    ("ties", {"one": "boss", "other": "boss", "since": "2026-01-02"}, "other", "tie_self"),
    ("setup", {"name": "appeal_body", "value": "W1"}, "value", "not_a_body"),
    ("setup", {"name": "log", "value": "mine"}, "name", "setup_name"),
]


@pytest.mark.parametrize(("kind", "row", "field", "code"), WRONG)
def test_a_row_that_would_not_stand_is_rejected_and_nothing_is_written(
    org: Organisation, kind: str, row: dict[str, Any], field: str, code: str
) -> None:
    before = export_file(org.house, CONSOLE, "json")
    good = Given("units", 1, {"code": "GOOD", "name": "A good one"})
    done = take_in(org.house, CONSOLE, [good, Given(kind, 2, row)])
    assert [(p.pointer, p.code) for r in done.rejected for p in r.problems] == [(f"/{field}", code)]
    assert not done.written and before == export_file(org.house, CONSOLE, "json")


def test_a_thing_that_stands_in_a_file_twice_is_rejected(org: Organisation) -> None:
    done = taken(org.house, b"code;name\nN;One\nN;Two\n", "units.csv")
    assert [row.outcome for row in done.rows] == ["created", "rejected"] and not done.written


def test_only_who_administers_the_whole_takes_it_out_or_in(org: Organisation) -> None:
    persons.grant(org.house, CONSOLE, "deputy", "admin", "W1")
    for who in ("deputy", "chair", "stranger"):
        with pytest.raises(NotYours):
            export(org.house, org[who], "json")
        with pytest.raises(NotYours):
            take_in(org.house, org[who], [Given("units", 1, {"code": "N", "name": "N"})])
    assert export_file(org.house, org["admin"], "json")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.json", b"{", "not JSON"),
        ("x.json", b"{}", "begins with"),
        ("cars.csv", b"a\n1\n", "not known here"),
        ("units.csv", b"code,colour\n1,2\n", "no column"),
        ("units.csv", b"code,code\n1,2\n", "twice"),
        ("units.csv", b"code,name\n1\n", "1 values for 2 columns"),
        ("units.csv", b"\xff\xfe", "not UTF-8"),
        ("x.zip", b"PK\x03\x04 nothing", "cannot be read"),
        ("x.json", orjson.dumps({**SHAPE.head, "units": [{"code": 1.5}]}), "neither a text"),
        ("x.json", orjson.dumps({**SHAPE.head, "units": {}}), "not a list"),
        ("units.csv", b'code,name\n"1,2\n', "not CSV"),
    ],
)
def test_a_file_that_is_none_is_said_to_be_none(name: str, content: bytes, said: str) -> None:
    with pytest.raises(NotReadable, match=said) as refused:
        read(name, content, SHAPE)
    assert in_both(refused.value.says, said)


TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.fixed_dictionaries({name: TEXTS for name in COLUMNS["units"]}), max_size=4))
def test_what_is_written_as_csv_is_read_back_as_it_was(tmp_path: Path, rows: list[dict[str, str | None]]) -> None:
    kept = [row for row in rows if any(row.values())]
    files = to_csv({"units": kept}, COLUMNS)
    expected = [{name: value or "" for name, value in row.items()} for row in kept]
    assert [given.values for given in read("x.zip", zipped(files), SHAPE)] == expected
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert not any(line.startswith((b"=", b"+", b"-", b"@")) for line in content.split(b"\r\n"))
    assert [given.values for given in read_path(tmp_path, SHAPE)] == expected
