"""The two demonstrations: the same for a seed, whole, in their own words, and with work for whoever looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from inspect_app.db import Database
from inspect_app.imports.organisation import read
from inspect_app.models import account, appointment, case_role, cases, clock, event, office, person, role_grant, unit
from inspect_app.now import hold, now
from inspect_app.schemas.acts import read_act
from inspect_app.services import demonstration, queries
from inspect_app.services.clocks import sweep
from inspect_app.services.demonstration import AlreadyPeopled, BadDemonstration, Demonstration, load_demonstration
from inspect_app.services.demonstration_data import CORE, houses, read_house
from inspect_app.services.events import events_of
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.organisation_file import SHAPE, export_file
from inspect_app.services.organisation_import import take_in
from workflows.acts import Act, Actor
from workflows.calendar import micros
from workflows.catalogue import BUILT_IN, load_catalogue

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
pytestmark = pytest.mark.xdist_group("demonstration")
"""What was loaded once serves them all."""

KINDS = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
HOUSES = ("depot", "hospital")
TOLD_ONCE = ("discipline", "appeal", "redress", "corrective_action")
"""Workflows of which each house tells one matter at most; of all others it shows every state, and no two matters become one."""
WANTED = {(w.name, s.name) for w in BUILT_IN for s in w.states
          if w.name not in TOLD_ONCE and s.name != "merged" and not w.learning} | {("discipline", "in_force")}
LEARNT = {("programme", "approved"), ("planned_inspection", "opened"), ("demonstration", "reviewed"), ("demonstration", "planned"),
          ("lesson", "checked"), ("pilot_unit", "designated"), ("assessment", "confirmed"), ("mandate", "received"), ("rollout", "answered")}
"""What each house has of the yearly programme, of which there is one."""

LOGINS = {"admin", "chair", "member", "officer", "recorder", "lead", "head", "unit", "auditor", "data", "contact"}
WEDNESDAY = micros(datetime(2026, 7, 8, 9, 30, tzinfo=UTC))
DIALECT = (
    "cell",
    "party",
    "cadre",
    "comrade",
    "self-criticism",
    "denunciation",
    "probationary",
    "grassroots",
    "standing committee",
    "pledge",
    "expulsion",
    "chi bộ",
    "đảng",
    "đồng chí",
)


def hashed(password: str) -> str:
    return f"hash of {password}"


def empty_house(url: str, folder: Path) -> House:
    return House(Database(url), load_catalogue(), ZONE, folder, "test")


Beside = Callable[[str], House]


@pytest.fixture
def beside(shaped: Callable[..., str], tmp_path: Path) -> Beside:
    """Makes an empty house by this name, on SQLite."""
    return lambda name: empty_house(shaped("sqlite", str(tmp_path / f"{name}.db"), None), tmp_path)


def load(house: House, which: str, seed: int = 1, moment: int = WEDNESDAY) -> Demonstration:
    with hold(moment):
        return load_demonstration(house, which, seed, hash_password=hashed)


Lived = Callable[..., tuple[House, Demonstration]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, shaped: Callable[..., str], request: pytest.FixtureRequest) -> Lived:
    """A demonstration that was loaded once on a database of this kind, for tests that only look."""

    @cache
    def load_once(which: str, kind: str = "sqlite") -> tuple[House, Demonstration]:
        folder = tmp_path_factory.mktemp(which)
        place = (str(folder / f"{which}.db"), None) if kind == "sqlite" else (f"lived_{which}", request.getfixturevalue("postgres"))
        house = empty_house(shaped(kind, *place), folder)
        return house, load(house, which)

    return load_once


def dump(house: House) -> list[Any]:
    """Everything that was loaded, with names in place of identifiers."""
    with house.db.reading("all") as session:
        names = {uid: name for uid, name in session.execute(select(person.c.uid, person.c.full_name))}

        def plain(value: Any) -> Any:
            if isinstance(value, list):
                return [plain(one) for one in value]
            if isinstance(value, dict):
                return {key: plain(one) for key, one in value.items()}
            return names.get(value, value) if isinstance(value, str) else value

        rows: list[Any] = []
        for query in (
            select(unit.c.code, unit.c.name, unit.c.path),
            select(office.c.code, office.c.title, office.c.superior_id),
            select(person.c.full_name, person.c.called),
            select(account.c.login, account.c.language),
            select(
                appointment.c.office_id,
                appointment.c.person_id,
                appointment.c.acting,
                appointment.c.since_on,
                appointment.c.until_on,
            ),
            select(role_grant.c.person_id, role_grant.c.role, role_grant.c.since_on, role_grant.c.until_on),
            select(cases.c.number, cases.c.workflow, cases.c.state, cases.c.title, cases.c.due_at, cases.c.paused),
            select(clock.c.case_id, clock.c.name, clock.c.due_at, clock.c.status),
        ):
            rows += sorted(str(tuple(row)) for row in session.execute(query))
        for (id_,) in session.execute(select(cases.c.id).order_by(cases.c.id)).all():
            rows += [
                (id_, e.trigger, e.after, names.get(e.actor, e.actor), e.role, e.recorded_at, plain(e.data))
                for e in events_of(session, id_)
            ]
    return rows


def actors(house: House, told: Demonstration) -> dict[str, Actor]:
    with house.db.reading("all") as session:
        return {one.login: actor_of_login(session, one.login) for one in told.accounts}


@pytest.mark.parametrize("which", [pytest.param("depot", marks=pytest.mark.full), "hospital"])
@pytest.mark.postgresql
def test_the_same_seed_gives_the_same_organisation_on_either_database(which: str, lived: Lived) -> None:
    one, other = (lived(which, kind)[0] for kind in ("sqlite", "postgresql"))
    assert dump(one) == dump(other)


@pytest.mark.parametrize("which", ["depot", pytest.param("hospital", marks=pytest.mark.full)])
def test_another_seed_gives_another_organisation(which: str, lived: Lived, beside: Beside) -> None:
    other = beside("other")
    load(other, which, seed=2)
    assert dump(lived(which)[0]) != dump(other)


@pytest.mark.parametrize(("kind", "which"), [
    ("sqlite", "depot"), ("sqlite", "hospital"), pytest.param("postgresql", "hospital", marks=pytest.mark.postgresql),
    pytest.param("postgresql", "depot", marks=[pytest.mark.postgresql, pytest.mark.full])])
def test_every_state_of_every_workflow_occurs(lived: Lived, kind: str, which: str) -> None:
    house, told = lived(which, kind)
    with house.db.reading("all") as session:
        seen = {(name, state) for name, state in session.execute(select(cases.c.workflow, cases.c.state))}
        paused = session.execute(select(func.count()).where(cases.c.paused)).scalar_one()
    assert seen >= WANTED | LEARNT
    assert paused == 2
    assert 140 <= told.matters <= 160
    assert 560 <= told.acts <= 740


@pytest.mark.parametrize("which", HOUSES)
def test_everything_is_of_the_last_year_under_the_houses_own_rules_and_only_what_is_shown_is_a_rehearsal(which: str, lived: Lived) -> None:
    house, told = lived(which)
    rules = house.catalogue.rulesets_by_name[told.ruleset].law_hash
    with house.db.reading("all") as session:
        assert set(session.execute(select(cases.c.workflow).where(cases.c.rehearsal)).scalars()) == {"shortcoming"}
        used = [e.data["rehearsal"] for (id_,) in session.execute(select(cases.c.id).where(cases.c.workflow == "demonstration")).all()
                for e in events_of(session, id_) if e.trigger == "enter_held"]
        assert sorted(session.execute(select(cases.c.number).where(cases.c.rehearsal)).scalars()) == sorted(used)
        assert set(session.execute(select(cases.c.ruleset)).scalars()) == {rules}
        first, last = session.execute(select(func.min(event.c.recorded_at), func.max(event.c.recorded_at))).one()
        in_order = session.execute(select(event.c.recorded_at).order_by(event.c.event_id)).scalars().all()
        assert session.execute(select(func.count()).where(event.c.origin != "act")).scalar_one() == 0
    day = 86_400_000_000
    assert 300 * day < WEDNESDAY - first < 395 * day, "what is kept for a year has to be older than that"
    assert 0 < WEDNESDAY - last < 3 * day
    assert all(later - earlier > -1_000 for earlier, later in pairwise(in_order))


@pytest.mark.parametrize("which", HOUSES)
def test_there_is_an_account_for_every_kind_of_user_and_work_for_each(which: str, lived: Lived) -> None:
    house, told = lived(which)
    assert {one.login for one in told.accounts} == LOGINS
    assert all(
        one.password == demonstration.PASSWORD and one.what and one.language == told.language for one in told.accounts
    )
    with hold(WEDNESDAY):
        waits = {
            login: {(row.workflow.name, row.state) for row in queries.work(house, actor).rows}
            for login, actor in actors(house, told).items()
        }
        seen = {
            login: len(queries.register(house, actor, limit=1000).rows) for login, actor in actors(house, told).items()
        }
    assert {
        ("inspection", "proposed"),
        ("inspection", "concluding"),
        ("inspection", "following_up"),
        ("inspection", "triage"),
    } <= waits["chair"]
    assert ("responsibility", "acknowledged") in waits["member"]
    assert {("inspection", "registered"), ("responsibility", "identified"), ("responsibility", "no_response")} <= waits[
        "officer"
    ]
    assert {("inspection", "ordered"), ("inspection", "verifying")} <= waits["lead"]
    assert {("responsibility", "notified"), ("inspection", "notified")} <= waits["head"]
    assert {("shortcoming", "noted"), ("shortcoming", "done"), ("responsibility", "received")} <= waits["unit"]
    assert waits["recorder"] == waits["data"] == {("shortcoming", "noted")}
    assert seen["admin"] == 0 and not waits["auditor"]
    assert seen["auditor"] > seen["chair"] > 80  # what is spent or cleared is hidden from those who need it no longer


@pytest.mark.parametrize("which", HOUSES)
def test_some_work_is_overdue_and_some_due_this_week(which: str, lived: Lived) -> None:
    house, _ = lived(which)
    with house.db.reading("all") as session:
        due = (
            session.execute(select(cases.c.due_at).where(cases.c.is_open, cases.c.due_at.is_not(None))).scalars().all()
        )
    week = 7 * 86_400_000_000
    assert sum(moment < WEDNESDAY for moment in due) >= 5
    assert sum(WEDNESDAY <= moment < WEDNESDAY + week for moment in due) >= 5


@pytest.mark.parametrize("which", HOUSES)
def test_the_organisation_has_two_levels_and_posts_of_every_kind(which: str, lived: Lived) -> None:
    house, _ = lived(which)
    with house.db.reading("all") as session:
        inside = session.execute(select(unit.c.path).where(~unit.c.external, unit.c.kind == "unit")).scalars().all()
        assert session.execute(select(func.count()).where(unit.c.external)).scalar_one() == 2
        assert session.execute(select(func.count()).where(unit.c.kind == "body", ~unit.c.external)).scalar_one() == 2
        held = session.execute(select(appointment.c.office_id, appointment.c.acting, appointment.c.until_on)).all()
        audits = session.execute(
            select(role_grant.c.since_on, role_grant.c.until_on).where(role_grant.c.role == "auditor")
        ).all()
    assert 38 <= len(inside) <= 42
    assert {path.count("/") - 1 for path in inside} == {1, 2, 3}
    acting = {o for o, is_acting, _ in held if is_acting}
    holding = {o for o, is_acting, until in held if not is_acting and until is None}
    assert acting & holding and acting - holding
    assert {o for o, _, until in held if until is not None} <= holding
    assert len(audits) == 1 and audits[0].until_on is not None


@pytest.mark.parametrize("which", HOUSES)
def test_oversight_is_asked_of_who_held_the_post_then(which: str) -> None:
    data = read_house(which)
    changed = next(u.code for u in data.units if u.changed)
    asked = next(i.head for i in data.inspections if i.unit == changed and i.head)
    opened = next(i.opened for i in data.inspections if i.unit == changed)
    since = next(u.changed for u in data.units if u.changed)
    assert asked.basis == "oversight" and asked.matter is not None and since is not None
    assert asked.matter + opened > since


def test_a_head_who_names_the_right_office_does_not_conduct_what_that_opens(lived: Lived) -> None:
    house, _ = lived("hospital")
    child, parent = cases.alias(), cases.alias()
    with house.db.reading("all") as session:
        pairs = session.execute(
            select(child.c.id, parent.c.id)
            .join(parent, parent.c.id == child.c.parent_id)
            .where(child.c.workflow == "responsibility", parent.c.workflow == "responsibility")
        ).all()
        officers = select(case_role.c.person_id).where(case_role.c.role == "officer")
        conducts = [
            {id_: set(session.execute(officers.where(case_role.c.case_id == id_)).scalars()) for id_ in pair}
            for pair in pairs
        ]
    assert len(pairs) == 2
    assert all(
        two[child_id] == two[parent_id] != set() for two, (child_id, parent_id) in zip(conducts, pairs, strict=True)
    )


@pytest.mark.parametrize("which", HOUSES)
def test_every_act_could_have_come_through_the_gate(which: str, lived: Lived) -> None:
    house, _ = lived(which)
    with house.db.reading("all") as session:
        for id_, name in session.execute(select(cases.c.id, cases.c.workflow)).all():
            workflow = house.catalogue.by_name[name]
            for e in events_of(session, id_):
                transition = workflow.edge(e.before, e.trigger)
                assert transition is not None
                assert not re.search(r"\{(m\d|unit|title|day)\}", str(e.data))
                asked = {name: value for name, value in e.data.items() if name in {i.name for i in transition.asked}}
                typed = read_act(workflow, transition, Act(e.trigger, Actor(e.actor, ""), asked))
                assert typed.data == asked, (e.number, e.trigger)


def test_the_houses_share_no_names(lived: Lived) -> None:
    found_names = []
    for which in HOUSES:
        house, _ = lived(which)
        with house.db.reading("all") as session:
            found_names.append(
                {
                    *session.execute(select(unit.c.name)).scalars(),
                    *session.execute(select(person.c.full_name)).scalars(),
                    *session.execute(select(cases.c.title)).scalars(),
                }
            )
            people = session.execute(select(person.c.full_name)).scalars().all()
            assert len(people) == len(set(people))
    assert not found_names[0] & found_names[1]


def test_the_core_brings_only_demonstrations_that_speak_no_dialect() -> None:
    assert set(houses()) == set(HOUSES)
    for path in CORE.glob("*.toml"):
        text = path.read_text("utf-8").casefold()
        assert not [word for word in DIALECT if re.search(rf"\b{re.escape(word)}\b", text)]


def test_every_text_of_the_depot_is_vietnamese() -> None:
    data = read_house("depot")
    texts = [
        text for one in data.inspections for text in (one.title, one.what, one.finding, one.reply, one.measure) if text
    ]
    texts += [text for row in data.shortcomings for text in (row.title, row.what, row.cause, row.measure, row.done)]
    texts += [sentence for sentences in data.phrases.values() for sentence in sentences]
    assert not [text for text in texts if not re.search("[à-ỹđ]", text.casefold())]


@KINDS
def test_a_database_that_has_people_is_left_alone(lived: Lived, kind: str) -> None:
    house, _ = lived("hospital", kind)
    before = dump(house)
    with pytest.raises(AlreadyPeopled, match="already has people"):
        load(house, "depot")
    assert dump(house) == before


def test_an_unknown_demonstration_is_refused_by_naming_those_there_are(beside: Beside) -> None:
    with pytest.raises(BadDemonstration, match="there are: depot, hospital"):
        load(beside("x"), "school")


@pytest.mark.parametrize(("which", "day"), [
    ("depot", (2026, 8, 2)),
    *(pytest.param(*crossed, marks=pytest.mark.full) for crossed in
      [("hospital", (2026, 8, 2)), ("hospital", (2028, 2, 29)), ("depot", (2028, 2, 29)), ("depot", (2027, 1, 1)), ("hospital", (2027, 1, 1)),
       ("depot", (2026, 11, 2)), ("hospital", (2026, 11, 2))])])
def test_it_loads_on_any_day_at_any_hour(which: str, day: tuple[int, int, int], beside: Beside) -> None:
    """A Sunday, the first of January, a leap day; and a Monday, minutes after midnight."""
    house = beside("x")
    moment = micros(datetime(*day, 0, 5, tzinfo=ZONE))
    load(house, which, seed=7, moment=moment)
    with house.db.reading("all") as session:
        seen = {(name, state) for name, state in session.execute(select(cases.c.workflow, cases.c.state))}
        assert session.execute(select(func.max(event.c.recorded_at))).scalar_one() < moment
    assert seen >= WANTED


@pytest.mark.parametrize("which", HOUSES)
def test_the_first_round_of_background_work_moves_nothing(which: str, lived: Lived) -> None:
    house, _ = lived(which)
    with hold(WEDNESDAY):
        before = dump(house)
        assert sweep(house, now()).fired == 0
    assert dump(house) == before


@pytest.mark.parametrize("which", HOUSES)
def test_its_organisation_leaves_as_one_document_and_comes_in_elsewhere(lived: Lived, beside: Beside, which: str) -> None:
    house, _ = lived(which)
    console = Actor("console:test", "test")
    out = export_file(house, console, "json")
    other = beside("other")
    done = take_in(other, console, read("all.json", out, SHAPE))
    assert [row.problems for row in done.rejected] == []
    assert export_file(other, console, "json") == out


def on(day: date, which: str, beside: Beside) -> None:
    load(beside(which), which, moment=micros(datetime.combine(day, time(9, 30), UTC)))


def test_it_loads_on_a_day_that_moves_the_programme_to_a_friday(beside: Beside) -> None:
    on(date(2026, 11, 27), "depot", beside)


@pytest.mark.full
@pytest.mark.parametrize("which", HOUSES)
@pytest.mark.parametrize("day", [date(2026, 1, 2) + timedelta(days=n * 11) for n in range(67)], ids=str)
def test_it_loads_on_every_day(day: date, which: str, beside: Beside) -> None:
    on(day, which, beside)
