"""Whoever testifies is protected, and nobody of the matter learns that they did: asked how they are, with a button of their own, and safe from those
against whom they spoke. A head who reports what went wrong in their own unit is protected as well."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from config import Settings
from inspect_app.models import appointment, cases, named, office, person, unit
from inspect_app.services import exporting, keeping_log, letters, notices, persons, queries, readings, verifying
from inspect_app.services.exporting import Order
from inspect_app.services.histories import Wanted
from inspect_app.services.parties import parties
from inspect_app.services.walls import rebuild_for
from tests.api.conftest import Callers
from tests.api.scenario import Story, allegation
from tests.api.standings import add_people
from tests.api.test_scenarios_course import SHORTCOMING
from tests.conftest import application
from tests.pages.test_pages import Visitor
from tests.services.organisation import CONSOLE, LONG_AGO

HEARD: dict[str, Any] = {"heard_on": "2024-04-02", "about": "Who held the keys on the evening."}
_keys = count()


@pytest.fixture
def story(callers: Callers) -> Story:
    """A house in which the head of ward 1 has somebody right above and somebody right below: `above` and `below`; `another` stands on no line of
    theirs. All three may open matters of discipline."""
    org = callers.org
    add_people(org, "above", "below", "another", "companion")
    with org.house.db.atomic("all") as session:
        units = {code: number for code, number in session.execute(select(unit.c.code, unit.c.id))}
        head = session.execute(select(office.c.id).where(office.c.code == "head-w1")).scalar_one()
        rows = [{"code": code, "title": code, "unit_id": units[at], "line": "unit"} for code, at in (("chief", "HQ"), ("clerk-w1", "W1"))]
        over, under = (session.execute(insert(office).values(**row).returning(office.c.id)).scalar_one() for row in rows)
        session.execute(update(office).where(office.c.id == head).values(superior_id=over))
        session.execute(update(office).where(office.c.id == under).values(superior_id=head))
        for number, login in ((over, "above"), (under, "below")):
            session.execute(insert(appointment).values(office_id=number, person_id=org[login].person_id, since_on=LONG_AGO))
        rebuild_for(session, org.house, [org[login].person_id or 0 for login in ("above", "below", "head")])
    for login in ("above", "below", "another"):
        persons.grant(org.house, CONSOLE, login, "officer", "HQ", since=LONG_AGO)
    return Story(callers)


def ordered(story: Story) -> str:
    """An inspection of ward 1 with a team, not launched yet: it is about nobody so far."""
    case = story.open("officer", "inspection", "register", source="programme", what="Quality of resolutions in the second quarter.")
    story.act("officer", case, "assess", assessment="As the programme says.", no_duplicate=True)
    story.act("officer", case, "propose", work_type="scheduled", why="The yearly programme.")
    story.act("chair", case, "issue", **story.callers.org.team("one", "two"))
    return case


def launched(story: Story) -> str:
    """The same, launched: the head of ward 1 speaks for the inspected side, and has a companion."""
    case = ordered(story)
    story.act("lead", case, "launch", office="head-w1", served_on="2024-04-02", rights_notice=True)
    story.act("head", case, "name_companion", person=story.who("companion"))
    return case


def hear(story: Story, case: str, witness: str = "stranger", by: str = "lead") -> Any:
    """Record that somebody was heard; the whole answer."""
    body = {"workflow": "testimony", "parent": case, "title": "The head of ward 1", "data": HEARD | {"person": story.who(witness)}}
    return story.speaks(by).post("/cases", body, Idempotency_Key=f"hear-{next(_keys)}")


def heard(story: Story, case: str, witness: str = "stranger", by: str = "lead") -> str:
    answer = hear(story, case, witness, by)
    assert answer.status_code == 201, answer.get_json()
    return str(answer.get_json()["id"])


def charge(story: Story, by: str, whom: str) -> Any:
    """Open a matter of discipline against somebody; the whole answer."""
    body = {"workflow": "discipline", "trigger": "open_matter", "title": "Another", "ruleset": "vn_party", "unit": "W1", "data": {
        "respondent": story.who(whom), "status_then": "person", "status_now": "person", "source": "order", "task": "own", "level": "cell",
        "body": "W1", "what": "Stores were not counted for two months."}}
    return story.speaks(by).post("/cases", body, Idempotency_Key=f"charge-{next(_keys)}")


def failed(answer: Any) -> dict[str, str]:
    """The guards by which an act was refused, with what they say."""
    assert answer.status_code == 422, answer.get_json()
    return {g["code"]: g["message"] for g in answer.get_json()["guards"] if not g["ok"]}


def told(story: Story, login: str, case: str, place: Path) -> list[str]:
    """Everything that somebody is told of a matter, door by door."""
    house, actor, speaks, texts = story.callers.org.house, story.callers.org[login], story.speaks(login), []
    story.callers.org.index()
    for path in (f"/cases/{case}", f"/cases/{case}/events?limit=200", f"/cases/{case}/clocks", f"/cases/{case}/transitions",
                 "/cases?limit=200", "/cases?workflow=testimony", "/cases?q=keys", "/cases?q=Stranger", "/cases?q=Testimony", "/work",
                 "/responsibilities"):
        answer = speaks.get(path)
        texts.append(f"{path} {answer.status_code} {answer.get_data(as_text=True)}")
    row = queries.case(house, actor, case)
    texts += [repr(parties(house, actor, row)), repr(letters.listed(house, actor, row)), repr([n.id for n in notices.listed(house, actor)[0]])]
    texts.append(repr([(one.name, one.part) for one in readings.openings(house, actor, row)]))
    for form in ("csv", "jsonl"):
        exporting.export(house, actor, Order(Wanted(), form, named=True), place / f"taken.{form}")
        texts.append((place / f"taken.{form}").read_text("utf-8"))
    return texts


def test_nobody_of_the_matter_is_told_anything_of_a_witness_in_any_door(story: Story, tmp_path: Path, settings: Settings) -> None:
    with story.on(2024, 4, 2):
        case = launched(story)
        who = ("head", "companion", "one")
        for login in who:
            told(story, login, case, tmp_path)  # who opened the file is told of as well
        before = {login: told(story, login, case, tmp_path) for login in who}
        testimony = heard(story, case)
        for login in who:
            for was, now in zip(before[login], told(story, login, case, tmp_path), strict=True):
                assert now == was, login
        for login in (*who, "above", "below", "member", "officer", "admin", "contact"):
            if login in story.callers.org.people:
                assert story.speaks(login).get(f"/cases/{testimony}").status_code == 404, login
    with story.on(2024, 5, 6):
        story.act("stranger", testimony, "answer_check_in", how="worse", words="They moved my desk.")
        head = Visitor(application(settings, story.callers.org.house))
        head.sign_in("head")
        page = head.get(f"/cases/{case}").text
        assert "Drug book" in page or "A matter" in page
        for words in ("estimony", "witness", "stranger", "Stranger", "keys on the evening", "moved my desk"):
            assert words not in page
        assert head.get(f"/cases/{testimony}").status_code == 404
    story.sound()


def test_who_keeps_a_testimony_reads_it_and_an_auditor_reads_no_name(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = launched(story)
        testimony = heard(story, case)
        for login in ("lead", "chair"):
            assert story.events(testimony, login)[0]["data"]["person"] == story.who("stranger")
            assert story.case(testimony, login)["title"] == "Testimony"
        event = story.events(testimony, "auditor")[0]
        assert event["data"].get("person") is None and "about" not in {k for k, v in event["data"].items() if v}
    with story.on(2024, 5, 6):
        story.act("stranger", testimony, "answer_check_in", how="worried", words="Nobody greets me.")
        for login in ("lead", "chair", "auditor"):
            told_last = story.events(testimony, login)[-1]
            assert (told_last["trigger"], told_last["actor"], told_last["role"]) == ("answer_check_in", "protected", "protected")
        assert story.events(testimony, "chair")[-1]["data"]["words"] == "Nobody greets me."
        house, auditor = story.callers.org.house, story.callers.org["auditor"]
        row = queries.case(house, auditor, testimony)
        assert letters.listed(house, auditor, row) == [] and "stranger" not in repr(parties(house, auditor, row)).lower()
        chair = story.callers.org["chair"]
        assert letters.listed(house, chair, queries.case(house, chair, testimony)) == []
        assert "Stranger Person" not in repr(readings.openings(house, auditor, row))
    story.sound()


def test_a_witness_sees_what_is_theirs_and_nothing_of_the_matter_or_of_other_witnesses(story: Story, settings: Settings) -> None:
    with story.on(2024, 4, 2):
        case = launched(story)
        mine, other = heard(story, case), heard(story, case, "another")
        speaks = story.speaks("stranger")
        assert speaks.get(f"/cases/{case}").status_code == 404 and speaks.get(f"/cases/{other}").status_code == 404
        assert [one["id"] for one in speaks.get("/cases?limit=200").get_json()["cases"]] == [mine]
        assert [e["data"]["about"] for e in story.events(mine, "stranger")] == [HEARD["about"]]
        assert story.case(mine, "stranger")["title"] == "Testimony" and story.letters(mine, "stranger") == ["testimony"]
        story.act("lead", mine, "note_for_record", note="To be heard once more in May.")
        assert [e["trigger"] for e in story.events(mine, "stranger")] == ["hear_witness"]
        shown = story.shown_letters(mine, "stranger")[0]
        assert shown["title"] == "You were heard as a witness" and "ward" not in shown["text"].lower()
        assert shown["text"].endswith("."), "without its address, as in a case file, it ends in a whole sentence"
    with story.on(2024, 5, 6):
        visitor = Visitor(application(settings, story.callers.org.house))
        visitor.sign_in("stranger")
        page = visitor.get(f"/cases/{mine}").text
        assert f"/cases/{mine}/retaliation" in page and "once more in May" not in page and case not in page
        assert visitor.send(f"/cases/{mine}/acts/answer_check_in", how="well").status_code == 303
        sent = visitor.send(f"/cases/{mine}/retaliation", what="I was moved to night shifts.")
        assert sent.status_code == 303 and "/concerns/" in sent.headers["Location"]
        concern = sent.headers["Location"].split("/concerns/")[1].split("?")[0]
        assert story.speaks("contact").get(f"/cases/{concern}").status_code == 200
        for login in ("head", "above", "below", "lead", "officer", "chair"):
            assert story.speaks(login).get(f"/cases/{concern}").status_code == 404, login
    story.sound()


def test_only_who_conducts_the_matter_records_a_witness_who_has_no_other_part_in_it(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = launched(story)
        assert failed(hear(story, case, "head")) == {"witness_has_no_other_part": "The witness plays no other part in the matter."}
        assert failed(hear(story, case, "companion")).keys() == {"witness_has_no_other_part"}
        assert failed(hear(story, case, "one")).keys() == {"witness_has_no_other_part"}
        assert hear(story, case, by="head").status_code == 403
        assert hear(story, case, by="stranger").status_code == 404
        assert hear(story, case, by="above").status_code == 404
        story.act("head", case, "name_companion", person=story.who("another"))
        for tried in ("stranger", "one"):
            assert failed(hear(story, case, tried, by="another")).keys() == {"hearer_conducts_the_matter"}
        heard(story, case, by="two")
        heard(story, case, by="chair")


def test_those_against_whom_a_witness_spoke_need_another_decider_for_a_year_and_the_refusal_tells_nothing(story: Story) -> None:
    with story.on(2024, 4, 2):
        heard(story, launched(story))
    with story.on(2024, 6, 3):
        tied = failed(charge(story, "above", "stranger"))
        assert tied == failed(charge(story, "below", "stranger")) == {
            "actor_has_no_tie": "The person acting has no close tie or conflict in this case.",
            "adverse_act_needs_another_decider":
                "The person acting has no close tie or conflict, and nothing else stands between them and whoever the act is aimed at."}
        assert charge(story, "another", "stranger").status_code == 201
        assert charge(story, "above", "contact").status_code == 201
    with story.on(2025, 4, 1):
        assert failed(charge(story, "above", "stranger")) == tied
    with story.on(2025, 4, 4):
        assert charge(story, "above", "stranger").status_code == 201
    story.sound()


def test_who_comes_to_be_spoken_against_later_is_kept_from_it_from_then_on(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = ordered(story)
        testimony = heard(story, case)
        assert charge(story, "below", "stranger").status_code == 201
        story.act("lead", case, "launch", office="head-w1", served_on="2024-04-02", rights_notice=True)
        assert "adverse_act_needs_another_decider" in failed(charge(story, "below", "stranger"))
        assert story.speaks("lead").get(f"/cases/{testimony}").status_code == 200
        keeping_log.round_of(story.callers.org.house)
        assert verifying.verify(story.callers.org.house, processes=1).status == 0


def test_the_page_of_the_matter_has_the_form_for_those_who_conduct_it(story: Story, settings: Settings) -> None:
    with story.on(2024, 4, 2):
        case = launched(story)
        lead = Visitor(application(settings, story.callers.org.house))
        lead.sign_in("lead")
        form = f"/cases/new/testimony?under={case}"
        assert form in lead.get(f"/cases/{case}").text and "Testimony" not in lead.get(f"/cases/{case}").text
        sent = lead.send(form, **HEARD, person=story.who("stranger"))
        assert sent.status_code == 303 and sent.headers["Location"].endswith(f"/cases/{case}?done=apart")
        assert "in a file of its own" in lead.get(sent.headers["Location"]).text
        assert "Testimony" in lead.get(f"/cases/{case}").text
        head = Visitor(application(settings, story.callers.org.house))
        head.sign_in("head")
        assert "testimony" not in head.get(f"/cases/{case}?file").text.lower() and head.send(form, person=story.who("stranger")).status_code == 403


def test_a_head_who_is_asked_to_answer_for_the_matter_is_among_those_a_witness_spoke_against(story: Story) -> None:
    persons.grant(story.callers.org.house, CONSOLE, "other_head", "officer", "HQ", since=LONG_AGO)
    with story.on(2024, 4, 2):
        case = launched(story)
        heard(story, case)
        assert charge(story, "other_head", "stranger").status_code == 201
        story.act("officer", case, "hold_responsible", **story.callers.org.assignment(office="head-w2"))
        story.act("officer", story.below(case, "responsibility")[0]["id"], "notify", served_on="2024-04-02")
        assert "adverse_act_needs_another_decider" in failed(charge(story, "other_head", "stranger"))


def test_a_matter_in_a_closed_circle_keeps_its_testimonies_in_it(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = ordered(story)
        house = story.callers.org.house
        with house.db.atomic("all") as session:
            session.execute(update(cases).where(cases.c.uid == case).values(closed_circle=True))
        testimony = heard(story, case)
        for login in ("chair", "auditor", "officer"):
            assert story.speaks(login).get(f"/cases/{testimony}").status_code == 404, login
        assert story.speaks("lead").get(f"/cases/{testimony}").status_code == 200


def test_no_pseudonym_stands_for_a_witness(story: Story, tmp_path: Path) -> None:
    with story.on(2024, 4, 2):
        testimony = heard(story, launched(story))
        house, chair = story.callers.org.house, story.callers.org["chair"]
        number = story.case(testimony, "chair")["number"]
        for named, says in ((True, True), (False, False)):
            exporting.export(house, chair, Order(Wanted(number), "jsonl", named=named), tmp_path / "taken.jsonl")
            first = json.loads((tmp_path / "taken.jsonl").read_text("utf-8").splitlines()[0])
            assert first["trigger"] == "hear_witness" and ("person" in first["data"]) is says
            assert (story.who("stranger") in (tmp_path / "taken.jsonl").read_text("utf-8")) is says


def test_a_witness_of_discipline_is_protected_from_the_respondents_line(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = story.matter("head")
        testimony = heard(story, case, by="officer")
        assert story.speaks("head").get(f"/cases/{testimony}").status_code == 404
        assert "adverse_act_needs_another_decider" in failed(charge(story, "above", "stranger"))
        assert charge(story, "another", "stranger").status_code == 201
        story.notified(case, "2024-02-01")
        assert "testimony" not in [c["workflow"] for c in story.speaks("head").get("/cases?limit=200").get_json()["cases"]]
    story.sound()


def test_a_witness_is_asked_three_times_and_silence_means_nothing(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = launched(story)
        first, second = heard(story, case), ""
    with story.on(2024, 4, 20):
        second = heard(story, case, "contact")
    with story.on(2024, 5, 1):
        assert [e["trigger"] for e in story.events(first, "stranger")] == ["hear_witness"]
    with story.on(2024, 5, 6):
        assert story.letters(first, "stranger") == ["testimony", "check_in"] and story.letters(second, "contact") == ["testimony"]
        story.act("stranger", first, "answer_check_in", how="well")
    for day in ((2024, 5, 22), (2024, 6, 6), (2024, 7, 2), (2024, 7, 19), (2024, 10, 1), (2024, 10, 20), (2024, 12, 1)):
        with story.on(*day):
            story.sweep()
    with story.on(2024, 12, 1):
        assert [e["trigger"] for e in story.events(first, "chair")] == [
            "hear_witness", "check_in", "answer_check_in", "check_in", "check_in_unanswered", "check_in", "check_in_unanswered"]
        assert story.letters(second, "contact") == ["testimony", *["check_in"] * 3]
        assert story.letters(case, "stranger") == [] and not {first, second} & set(story.overdue())
    story.sound()


# A head who reports what went wrong in their own unit ----------------------------------------------------------------------------


def noted(story: Story, by: str = "head", **changed: Any) -> str:
    return story.open(by, "shortcoming", "note", **(SHORTCOMING | {"due": "2024-06-30"} | changed))


def test_a_head_who_reports_their_own_shortcoming_is_safe_from_who_stands_right_above_for_a_year(story: Story) -> None:
    with story.on(2024, 4, 1):
        before = charge(story, "above", "head").get_json()["id"]
        story.act("above", before, "add_evidence", description="Store book", held_as="reference", reference="File 7, page 3")
    with story.on(2024, 4, 2):
        case = noted(story)
        assert story.said(case, "head")["reported_by"] == [story.who("head")]
    with story.on(2024, 6, 3):
        assert failed(charge(story, "above", "head")).keys() == {"adverse_act_needs_another_decider"}
        assert charge(story, "another", "head").status_code == 201
        story.act("above", before, "notify", allegations=[allegation("2024-02-01")], disclosed=[1], rights_notice=True)
    with story.on(2025, 4, 4):
        assert charge(story, "above", "head").status_code == 201
    story.sound()


def test_retaliation_for_an_own_report_names_who_stood_right_above(story: Story) -> None:
    with story.on(2024, 4, 2):
        number = story.case(noted(story), "head")["number"]
        concern = story.open("head", "concern", "raise_concern", kind="retaliation", about=number, what="My leave was refused at once.",
                             reporter=story.who("head"))
        with story.callers.org.house.db.reading("all") as session:
            spoken_of = select(person.c.uid).join(named, named.c.person_id == person.c.id).join(cases, cases.c.id == named.c.case_id)
            assert session.execute(spoken_of.where(cases.c.uid == concern)).scalars().all() == [story.who("above")]


def test_a_shortcoming_that_somebody_else_noted_protects_nobody(story: Story) -> None:
    with story.on(2024, 4, 2):
        case = noted(story, "officer")
        assert "reported_by" not in story.said(case, "officer") and "ask_30" not in story.said(case, "officer")
        assert charge(story, "above", "head").status_code == 201
    with story.on(2024, 12, 1):
        assert "check_in" not in [e["trigger"] for e in story.events(case, "chair")]


def test_a_head_is_asked_how_they_are_once_at_a_time_and_who_stands_above_reads_no_answer(story: Story) -> None:
    persons.grant(story.callers.org.house, CONSOLE, "above", "unit_lead", "HQ", since=LONG_AGO)
    with story.on(2024, 4, 2):
        case = noted(story)
        assert {name: story.said(case, "head")[name] for name in ("ask_30", "ask_90", "ask_180")} == {
            "ask_30": "2024-05-02", "ask_90": "2024-07-01", "ask_180": "2024-09-29"}
        further = noted(story, what="Visitors were not entered in the book.")
        said = story.said(further, "head")
        assert said["reported_by"] == [story.who("head")] and "ask_30" not in said
        story.act("head", case, "finish", what_was_done="A column was added.")
    with story.on(2024, 5, 6):
        assert story.letters(case, "head").count("check_in") == 1 and "check_in" not in story.letters(further, "head")
        story.act("head", case, "answer_check_in", how="worse", words="My leave was refused.")
        assert story.events(case, "chair")[-1]["data"]["words"] == "My leave was refused."
        assert not story.events(case, "above")[-1]["data"].get("words")
    with story.on(2024, 7, 3):
        assert story.letters(case, "head").count("check_in") == 2
    with story.on(2024, 11, 1):
        third = noted(story, what="Keys were left in the door.", due="2024-12-01")
        assert story.said(third, "head")["ask_30"] == "2024-12-01"
    story.sound()


def test_questions_go_on_after_the_shortcoming_was_remedied_and_checked(story: Story) -> None:
    persons.grant(story.callers.org.house, CONSOLE, "another", "unit_lead", "HQ", since=LONG_AGO)
    with story.on(2024, 4, 2):
        case = noted(story)
        story.act("head", case, "finish", what_was_done="A column was added.")
        story.act("another", case, "check", what_was_seen="It is there.")
        assert story.state(case, "head") == "checked" and story.due(case, "due", "head") is None
    with story.on(2024, 5, 6):
        assert "check_in" in story.letters(case, "head")
        story.act("head", case, "answer_check_in", how="well")
    story.sound()
