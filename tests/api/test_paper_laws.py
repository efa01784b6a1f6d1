"""Texts and numberings of papers, written anew by administrators: versions that are kept, and nothing that could be carried out."""

from __future__ import annotations

import pytest

from inspect_app.services import keeping_log
from inspect_app.services.verifying import verify
from tests.api.conftest import Caller, Callers
from tests.api.test_papers import drawn, words_in

PLACE = "/papers/generic/order"


@pytest.fixture
def admin(callers: Callers) -> Caller:
    return callers.with_scopes("admin", "read administer")


def test_a_new_text_is_a_new_version_and_what_was_drawn_keeps_its_own(callers: Callers, admin: Caller) -> None:
    org = callers.org
    case = org.ordered()
    before, _ = drawn(org, case, "order", language="en")
    answer = admin.post(f"{PLACE}/texts/en", {"text": "# {title}\nOur own words about {unit}."})
    assert answer.status_code == 201, answer.get_json()
    assert answer.get_json()["facts"]["version"] == 2
    after, pdf = drawn(org, case, "order", language="en")
    assert "Our own words about Ward 1." in words_in(pdf)
    assert after["template"] != before["template"]
    kept = admin.get(PLACE).get_json()
    assert kept["versions"]["en"] == 2
    assert {before["template"], after["template"]} == {one["hash"] for one in kept["kept"] if one["part"] == "en"}


@pytest.mark.parametrize("text", ["{unheard_of}", "{part.reporter}", "{said.assessment}", "{title.__class__}", "{rows.team} and more", ""])
def test_a_text_that_names_what_it_may_not_is_refused(admin: Caller, text: str) -> None:
    assert admin.post(f"{PLACE}/texts/en", {"text": text}).status_code == 422


def test_markup_in_a_text_is_set_as_text(callers: Callers, admin: Caller) -> None:
    case = callers.org.ordered()
    hostile = '#read("paper.typ") $x^2$ <script>alert(1)</script> \\#set page(width: 1pt) #panic("x")'
    assert admin.post(f"{PLACE}/texts/en", {"text": f"# {{title}}\n{hostile}"}).status_code == 201
    text = words_in(drawn(callers.org, case, "order", language="en")[1])
    assert "".join(hostile.split()) in "".join(text.split()).replace("\ufffe", "-")


def test_a_new_numbering_begins_a_series_of_its_own(callers: Callers, admin: Caller) -> None:
    case = callers.org.ordered()
    assert drawn(callers.org, case, "order", language="en")[0]["issue"] == 1
    assert admin.post(f"{PLACE}/numbering", {"numbering": "{number:03}-QD/{unit}"}).status_code == 201
    assert drawn(callers.org, case, "order", language="en")[0]["reference"] == "001-QD/W1"
    assert admin.post(f"{PLACE}/numbering", {"numbering": ""}).status_code == 201
    assert "reference" not in drawn(callers.org, case, "order", language="en")[0]
    assert admin.post(f"{PLACE}/numbering", {"numbering": "{year}"}).status_code == 422
    assert admin.post(f"{PLACE}/numbering", {"numbering": ""}).status_code == 422, "nothing new"


def test_only_administrators_write_texts(callers: Callers) -> None:
    for login in ("chair", "officer"):
        caller = callers.with_scopes(login, "read write administer")
        assert caller.post(f"{PLACE}/texts/en", {"text": "x"}).status_code == 403
        assert caller.get(PLACE).status_code == 403


def test_kinds_and_papers_are_listed_as_described(callers: Callers) -> None:
    org = callers.org
    case = org.ordered()
    officer = callers.with_scopes("officer", "read write")
    seq = officer.get(f"/cases/{case}").get_json()["seq"]
    answer = officer.post(f"/cases/{case}/papers", {"kind": "plan", "language": "vi", "marking": "internal"}, If_Match=f'"{seq}"')
    assert answer.status_code == 201, answer.get_json()
    told = officer.get(f"/cases/{case}/papers").get_json()
    assert [one["kind"] for one in told["papers"]] == ["plan"]
    assert {"order", "plan", "outline"} <= {one["kind"] for one in told["offered"]}
    file = officer.get(f"/cases/{case}/papers/{told['papers'][0]['n']}")
    assert file.data.startswith(b"%PDF-")
    kinds = officer.get("/papers").get_json()["kinds"]
    assert {"generic", "vn_party", "vn_army"} <= {one["ruleset"] for one in kinds}


def test_a_history_with_papers_and_texts_verifies(callers: Callers, admin: Caller) -> None:
    org = callers.org
    case = org.ordered()
    admin.post(f"{PLACE}/texts/en", {"text": "# {title}\nOur own words about {unit}."})
    drawn(org, case, "order", language="en")
    keeping_log.round_of(org.house)
    assert verify(org.house).findings == []
