"""A draft of findings is for the team and those who decide until it is shared with the unit: at every door, its evidence too."""

from __future__ import annotations

from pathlib import Path

from inspect_app.services import queries
from tests.api.conftest import Callers
from tests.pages.test_own import drafted
from tests.pages.test_pages import Visitor
from tests.services.bundles import contents, disclosed, take
from tests.services.organisation import CONSOLE, Organisation

WORDS = ("three gaps", "told of it themselves", "File 7")


def share(org: Organisation, case: str) -> None:
    org.act("lead", case, "share_draft", shared_on=queries.today(org.house).isoformat())


def test_the_head_reads_neither_the_words_nor_the_evidence_of_a_draft_before_it_is_shared(callers: Callers) -> None:
    org = callers.org
    case = drafted(org)
    head, lead, page = callers["head"], callers["lead"], Visitor(callers.app)
    page.sign_in("head")
    history = head.get(f"/cases/{case}/events")
    draft = next(e for e in history.get_json()["events"] if e["trigger"] == "draft")
    assert draft["data"] == {} and draft["withheld"] == ["findings", "speaks_for"]
    assert head.get(f"/cases/{case}/events/{draft['seq']}").get_json()["data"] == {}
    assert head.get(f"/cases/{case}/evidence").get_json()["evidence"] == []
    for path in (f"/cases/{case}", f"/cases/{case}?file=1"):
        assert [word for word in WORDS if word in page.get(path).text] == []
    theirs = next(e for e in lead.get(f"/cases/{case}/events").get_json()["events"] if e["trigger"] == "draft")
    assert theirs["withheld"] == [] and "three gaps" in str(theirs["data"])
    share(org, case)
    assert "three gaps" in str(head.get(f"/cases/{case}/events/{draft['seq']}").get_json()["data"])
    assert [e["description"] for e in head.get(f"/cases/{case}/evidence").get_json()["evidence"]] == ["Drug book"]
    assert all(word in page.get(f"/cases/{case}?file=1").text for word in WORDS)


def test_a_second_draft_is_kept_back_until_it_is_shared_too(callers: Callers) -> None:
    org = callers.org
    case = drafted(org)
    share(org, case)
    org.act("head", case, "comment", views="We agree.")
    org.act("lead", case, "consult")
    org.act("lead", case, "submit", final_report="As in the draft.", answers="None is open.")
    org.act("chair", case, "return", reason="The third gap is not explained.")
    org.act("lead", case, "draft", speaks_for="Nothing more.", findings=[
        {"finding": "The drug book had a fourth gap.", "norm": "Order 4", "committed_on": "2026-05-03", "evidence": [1]}])
    told = str(callers["head"].get(f"/cases/{case}/events").get_json())
    assert "three gaps" in told and "fourth gap" not in told


def test_a_bundle_for_the_person_leaves_a_draft_out_until_it_is_shared(callers: Callers, tmp_path: Path) -> None:
    org = callers.org
    case = drafted(org)
    number = queries.case(org.house, org["chair"], case).number

    def told() -> str:
        return str(disclosed(contents(take(org.house, CONSOLE, number, "person", tmp_path / "one.zip"))))

    assert "three gaps" not in told()
    share(org, case)
    assert "three gaps" in told()
