"""The committee's desk: what waits, who is kept out, whether they are enough, totals, minutes; for those who decide or handle, and nobody else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert, select, update

from inspect_app.errors import NotFound
from inspect_app.models import appointment, cases, office
from inspect_app.services import desk
from tests.api.conftest import Callers
from tests.api.scenario import Story, ballot, roll_of
from tests.pages.test_pages import Visitor
from tests.services.organisation import LONG_AGO, Organisation

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def voted(story: Story) -> tuple[str, list[str]]:
    """A matter that the review board decides, up to its vote; one of nine on the roll did not come."""
    case, people = story.matter(body="RB"), story.members(9)
    story.notified(case, "2024-02-01")
    story.act("one", case, "answer", heard_early=True)
    roll = roll_of(people)
    roll[0] |= {"absent": True}
    story.act("officer", case, "freeze_roll", roll=roll)
    story.heard(case)
    story.concluded(case, True)
    return case, people


def test_the_desk_shows_who_may_vote_whether_they_are_enough_and_the_totals(story: Story, callers: Callers, org: Organisation) -> None:
    with story.on(2024, 2, 20):
        case, _ = voted(story)
        body, agenda = desk.body(org.house, org["officer"], "RB")
        assert (body.seats, body.mine, [m.row.uid for m in agenda]) == (("Boss Person",), False, [case])
        presence = agenda[0].presence
        assert presence is not None and (presence.voters, presence.present, presence.enough) == (9, 8, True)
        assert "vote" in agenda[0].enters and agenda[0].count is None
        story.act("officer", case, "vote", **ballot({"warning": 9}))
        page = Visitor(callers.app)
        page.sign_in("boss")
        shown = page.get("/desk/RB").text
        assert "Nobody of the body is kept out." in shown and "Enough." in shown and "Ballots issued" in shown
        told = page.get("/desk/RB/minutes").text
        assert "Record the hearing" in told and "Record the vote" in told and "Freeze the roll" in told
        assert "Nothing of a sitting" in page.get("/desk/RB/minutes?on=2024-02-19").text


def test_a_declared_conflict_is_on_the_desk_without_its_reason(story: Story, org: Organisation) -> None:
    with story.on(2024, 2, 20):
        case, _ = voted(story)
        story.act("boss", case, "declare_conflict", ground="interest")
        _, agenda = desk.body(org.house, org["officer"], "RB")
        assert agenda[0].declared == ("Boss Person",) and "interest" not in repr((agenda[0].apart, agenda[0].declared))
        assert desk.body(org.house, org["boss"], "RB")[1] == [], "who declared it sees no more of the matter"


@pytest.mark.parametrize("login", ["one", "stranger", "auditor", "admin"])
def test_nobody_but_those_who_decide_or_handle_has_a_desk(story: Story, org: Organisation, login: str) -> None:
    with story.on(2024, 2, 20):
        voted(story)
        assert desk.bodies(org.house, org[login]) == []
        with pytest.raises(NotFound):
            desk.body(org.house, org[login], "RB")
        with pytest.raises(NotFound):
            desk.minutes(org.house, org[login], "RB", date(2024, 2, 20))



def test_what_an_inspection_committee_has_to_conclude_is_on_its_desk_and_on_no_other(org: Organisation) -> None:
    case = org.ordered()
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == case).values(state="concluding"))
    assert case not in [m.row.uid for one in desk.bodies(org.house, org["chair"]) for m in desk.body(org.house, org["chair"], one.code)[1]]
    with org.house.db.atomic("all") as session:
        number = session.execute(select(office.c.id).where(office.c.code == "reviewer")).scalar_one()
        session.execute(insert(appointment).values(office_id=number, person_id=org["chair"].person_id, since_on=LONG_AGO))
    body, agenda = desk.body(org.house, org["chair"], "RB")
    assert [(m.row.uid, m.waits) for m in agenda] == [(case, True)] and "conclude" in agenda[0].steps and body.matters == 1
    act, lacks = agenda[0].lacks or ("", ())
    assert act == "conclude" not in agenda[0].enters and any("heard" in rule for rule in lacks), "a step that the rules refuse is no button"
    assert [one.code for one in desk.bodies(org.house, org["chair"])] == ["RB"]
    assert desk.body(org.house, org["boss"], "RB")[1] == [], "who sits there and has no part in the matter is not shown it"


def test_what_waits_for_nothing_of_the_body_stands_below(story: Story, callers: Callers, org: Organisation) -> None:
    with story.on(2024, 2, 20):
        case = story.matter(body="RB")
        _, agenda = desk.body(org.house, org["officer"], "RB")
        assert [(m.row.uid, m.waits) for m in agenda] == [(case, False)]
        page = Visitor(callers.app)
        page.sign_in("officer")
        shown = page.get("/desk/RB").text
        assert shown.index('id="resting"') < shown.index(f"/cases/{case}")


def test_on_the_desk_what_leads_on_is_put_first_and_nothing_where_the_choice_is_open(story: Story, callers: Callers, org: Organisation) -> None:
    def leads(login: str, case: str) -> tuple[str | None, int]:
        page = Visitor(callers.app)
        page.sign_in(login)
        shown = page.get("/desk/RB").text
        begin = shown.index(f"/cases/{case}")
        matter = next(m for m in desk.body(org.house, org[login], "RB")[1] if m.row.uid == case)
        return matter.leads, shown[begin:shown.index("</section>", begin)].count("btn-primary")

    with story.on(2024, 2, 20):
        case, _ = voted(story)
        assert leads("officer", case) == ("vote", 1)
        story.act("officer", case, "vote", **ballot({"warning": 9}))
        assert leads("boss", case) == (None, 0), "to impose it is one of several ways to end"
        with org.house.db.atomic("all") as session:
            session.execute(update(cases).where(cases.c.uid == case).values(state="deliberating"))
        assert leads("boss", case) == (None, 0), "whoever decides may exempt, and is not led there"
