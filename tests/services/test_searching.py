"""Searching cases: what is found, by whom, and that a name is searched for with a reason alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise, permutations
from random import Random
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from inspect_app.db import Fixed
from inspect_app.errors import Invalid
from inspect_app.models import case_text, cases, event, stream, unit
from inspect_app.now import hold, now
from inspect_app.services import indexing, keeping_log, organisation, persons, queries, searching, standing, verifying, wording
from inspect_app.services.folding import folded
from inspect_app.services.searching import NeedsReason
from tests.services.organisation import CONSOLE, LOGINS, Organisation
from tests.services.test_responsibility import asked

MONTH = 31 * 86_400_000_000
WORDS = ("Đội", "kho", "vật", "tư", "đạn", "sổ", "thuốc", "quân", "nhu", "Đường", "ướt", "hỏng", "mất", "kiểm", "kê", "năm", "2025", "007")


def found(org: Organisation, who: str, text: str, **how: Any) -> list[str]:
    """The titles that a search finds once the index is up to date, over all its pages."""
    org.index()
    titles: list[str] = []
    cursor = None
    while True:
        page = searching.search(org.house, org[who], text, cursor=cursor, limit=7, **how)
        titles += [row.title for row in page.rows]
        cursor = page.cursor
        if cursor is None:
            return titles


def test_marks_and_order_do_not_matter_and_d_is_d(org: Organisation) -> None:
    org.open(title="Đội Kho số 007 mất sổ thuốc")
    for text in ("đội kho", "DOI KHO", "kho doi", "thuoc so mat", "doi 7", "Đội số 007"):
        assert found(org, "chair", text) == ["Đội Kho số 007 mất sổ thuốc"], text
    assert found(org, "chair", "doi khoa") == []
    with pytest.raises(Invalid):
        found(org, "chair", " – ")


def test_numbers_units_and_plain_texts_are_found_and_nothing_more_delicate(org: Organisation) -> None:
    case = org.open(title="Stock", source="signal", what="The blue ledger was torn").case
    org.act("officer", case, "note_for_record", note="heard from the gatekeeper")
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats every quarter")
    org.index()
    row = queries.case(org.house, org["chair"], case)
    for text in (row.number, row.number.split("-")[1], "ward 1", "W1 stock"):
        assert found(org, "chair", text) == ["Stock"], text
    assert found(org, "chair", "every quarter repeats") == ["Stock"]
    assert found(org, "chair", "gatekeeper") == []


def test_everything_that_is_found_is_found_by_reading_all_texts(org: Organisation) -> None:
    chance = Random(1)
    titles = [" ".join(chance.sample(WORDS, 5)) for _ in range(40)]
    numbers = {title: org.open(title=title, unit=chance.choice(("W1", "W2"))).number for title in titles}
    org.index()
    for _ in range(30):
        sought = chance.sample(WORDS, chance.randint(1, 3))
        wanted = {folded(word).lstrip("0") for word in sought}
        expected = [t for t in reversed(titles) if wanted <= {w.lstrip("0") for w in f"{folded(t)} {numbers[t][5:]}".split()}]
        near = [t for t in expected if all(are_near(a, b, t) for a, b in pairwise(sought))]
        assert found(org, "chair", " ".join(sought)) == near + [t for t in expected if t not in near], sought


def test_words_are_found_wherever_they_stand_in_number_title_unit_and_texts(org: Organisation) -> None:
    """Titles are short and long, and words stand in some of them and in texts of others."""
    chance = Random(2)
    said: dict[str, set[str]] = {}
    for n in range(30):
        title = " ".join((*chance.sample(WORDS, chance.choice((1, 3, 8, 12))), f"n{n}"))
        opened = org.open(title=title, unit=chance.choice(("W1", "W2")))
        text = " ".join(chance.sample(WORDS, chance.choice((1, 4))))
        org.act("officer", opened.case, "assess", assessment=text, no_duplicate=True)
        row = queries.case(org.house, org["chair"], opened.case)
        said[title] = set(wording.words(f"{row.number} {title} {row.unit} {row.unit_name} {text}"))
    for _ in range(60):
        sought = chance.sample((*WORDS, "ward", "w2", "2", "n7"), chance.randint(1, 4))
        expected = sorted(title for title, words in said.items() if set(wording.words(" ".join(sought))) <= words)
        assert sorted(found(org, "chair", " ".join(sought))) == expected, sought


def are_near(one: str, other: str, title: str) -> bool:
    """Whether two words stand in a short title, or, where one of them is a number, with one other between them at most; in whatever order."""
    words = title.split()
    far = one.isdigit() or other.isdigit()
    return {one, other} <= set(words) and not (far and abs(words.index(one) - words.index(other)) > 2)


def test_a_name_is_found_in_whatever_order_it_is_typed_before_words_that_stand_apart(org: Organisation) -> None:
    org.open(title="About Nguyễn Văn Phong")
    org.open(title="Phong told Văn that of Nguyễn nothing was heard")
    for name in permutations(("nguyen", "van", "phong")):
        assert found(org, "chair", " ".join(name))[0] == "About Nguyễn Văn Phong", name
    assert len(found(org, "chair", "van nguyen")) == 2


def test_nobody_finds_what_they_do_not_see(org: Organisation) -> None:
    org.open(title="Lantern in W1")
    assert found(org, "chair", "lantern") == ["Lantern in W1"] == found(org, "officer", "lantern")
    assert found(org, "stranger", "lantern") == [] == found(org, "other_head", "lantern") == found(org, "admin", "lantern")


@given(st.lists(st.text("abđẤ01 –", min_size=1, max_size=6), max_size=14), st.randoms())
def test_what_has_all_words_of_a_question_has_all_their_marks(said: list[str], chance: Random) -> None:
    title = " ".join(said)
    asked_for = wording.bits(" ".join(chance.sample(wording.words(title), chance.randint(0, len(wording.words(title))))))
    assert wording.bits(title) & asked_for == asked_for and 0 < wording.bits(title) < 2**63


def test_marks_that_are_not_those_of_the_title_are_told(org: Organisation) -> None:
    case = org.open(title="Lantern in W1").case
    for marks, told in ((wording.bits("Ladder"), 1), (-1, 0), (wording.bits("Lantern in W1"), 0)):
        with org.house.db.atomic("all") as session:
            session.execute(update(cases).where(cases.c.uid == case).values(title_bits=marks))
        keeping_log.round_of(org.house)
        assert sum("marks of its title" in str(finding) for finding in verifying.verify(org.house).findings) == told


def test_after_many_words_the_embedded_index_lies_in_one_piece_and_says_the_same(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    if not org.house.db.is_sqlite:
        pytest.skip("PostgreSQL's index lies in one piece by itself")
    pieces = Fixed("SELECT COUNT(DISTINCT segid) FROM case_found_idx")
    for n in range(3):
        org.open(title=f"Lantern {n}")
        org.index()
    with org.house.db.reading("all") as session:
        assert pieces.run(session, {})[0][0] > 1
    monkeypatch.setattr(indexing, "MANY", 1)
    assert found(org, "chair", "lantern") == ["Lantern 2", "Lantern 1", "Lantern 0"]  # nothing is new, so nothing is put in order
    org.open(title="Lantern 3")
    assert found(org, "chair", "lantern") == ["Lantern 3", "Lantern 2", "Lantern 1", "Lantern 0"]
    with org.house.db.reading("all") as session:
        assert pieces.run(session, {}) == [(1,)]


def test_whoever_reaches_few_of_many_units_finds_what_is_theirs(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house so large that the index is not asked within the units, and that nobody reaches a good part of it."""
    asked(org)
    for unit_code in ("W1", "W2", "HQ"):
        org.act("officer", org.open(title=f"Lantern in {unit_code}", unit=unit_code).case, "assess", assessment="founded", no_duplicate=True)
    expected = {who: found(org, who, "lantern") for who in LOGINS}
    titles = [row.title for row in queries.register(org.house, org["head"]).rows]
    monkeypatch.setattr(standing, "WIDE", 0)
    monkeypatch.setattr(searching, "FEW_UNITS", 0)
    assert {who: found(org, who, "lantern") for who in LOGINS} == expected
    assert all(title in found(org, "head", title) for title in titles) and titles
    assert [row.title for row in searching.search(org.house, CONSOLE, "lantern").rows] == expected["chair"] != []


def test_who_may_not_read_a_text_does_not_find_by_it(org: Organisation) -> None:
    """The head who has to answer sees the case, and of its texts what is for the parties."""
    case = asked(org)
    row = queries.case(org.house, org["head"], case)
    org.act("officer", case, "declare_conflict", ground="close_tie")
    org.act("chair", case, "lift_conflict", person=org["officer"].id, reason="the lantern was returned")
    org.index()
    assert found(org, "chair", "lantern") == [row.title]
    assert row.title in found(org, "head", row.title) and found(org, "head", "lantern") == []


def test_no_next_page_is_offered_where_nothing_more_may_be_read(org: Organisation) -> None:
    """The older case has the word in a text that the head may not read, the newer one in its title."""
    case = asked(org)
    org.act("officer", case, "declare_conflict", ground="close_tie")
    org.act("chair", case, "lift_conflict", person=org["officer"].id, reason="the lantern was returned")
    newer = asked(org)
    with org.house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == newer).values(title="Lantern"))
    org.index()
    page = searching.search(org.house, org["head"], "lantern", limit=1)
    assert [row.title for row in page.rows] == ["Lantern"] and page.cursor is None
    assert searching.search(org.house, org["chair"], "lantern", limit=1).cursor is not None


def test_what_leads_to_words_that_stand_apart_says_so(org: Organisation) -> None:
    for title in ("Phong told Văn that of Nguyễn nothing was heard", "About Nguyễn Văn Phong", "Nguyễn Văn Phong again"):
        org.open(title=title)
    org.index()
    pages = [searching.search(org.house, org["chair"], "nguyen van phong", limit=1)]
    while pages[-1].cursor:
        pages.append(searching.search(org.house, org["chair"], "nguyen van phong", limit=1, cursor=pages[-1].cursor))
    assert [(len(page.rows), page.apart, page.cursor is None) for page in pages] == [(1, False, False), (1, True, False), (1, False, True)]


def test_a_rehearsal_is_found_by_nobody(org: Organisation) -> None:
    from inspect_app.services import casework
    from inspect_app.services.casework import Opening
    from workflows.acts import Act

    casework.open_case(org.house, Opening("inspection", Act("register", org["officer"], {"source": "signal", "what": "x"}), "Lantern", "W1",
                                          rehearsal=True))
    org.index()
    assert found(org, "chair", "lantern") == []
    with org.house.db.reading("all") as session:
        assert session.execute(select(func.count()).select_from(case_text)).scalar_one() == 0


def test_a_unit_that_is_renamed_is_found_by_its_new_name(org: Organisation) -> None:
    org.open(title="Stock")
    organisation.change_unit(org.house, CONSOLE, "W1", {"name": "Lantern store"})
    org.index()
    assert found(org, "chair", "lantern store") == ["Stock"] and found(org, "chair", "ward 1") == []


def test_a_case_that_is_in_another_unit_by_its_next_act_is_found_there(org: Organisation) -> None:
    case = org.open(title="Stock").case
    assert found(org, "chair", "W1") == ["Stock"]
    with org.house.db.atomic("all") as session:
        there = select(unit.c.id).where(unit.c.code == "W2").scalar_subquery()
        session.execute(update(cases).where(cases.c.uid == case).values(unit_id=there))
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    assert found(org, "chair", "W2") == ["Stock"] == found(org, "chair", "founded") and found(org, "chair", "W1") == []


def test_a_name_is_searched_for_with_a_reason_and_the_auditor_sees_it(org: Organisation) -> None:
    name = "Nguyễn Văn Phong"
    persons.add_person(org.house, CONSOLE, name, "W1")
    org.open(title=f"About {name}")
    org.open(title="The văn phòng of W1")
    for text in (name, "nguyen van phong", "phong nguyen van", "van phong", "stock nguyen van phong"):
        with pytest.raises(NeedsReason):
            found(org, "chair", text)
    assert found(org, "chair", "văn phòng")  # an office, and nobody's name
    assert noted(org) == []
    assert found(org, "chair", name, reason="a letter names them") == [f"About {name}"]
    assert noted(org) == [("Chair Person", (name,), "a letter names them")]
    org.index()
    done = verifying.verify(org.house)
    assert (done.status, [str(finding) for finding in done.findings]) == (0, [])


def noted(org: Organisation) -> list[tuple[str, tuple[str, ...], str]]:
    rows, _ = searching.noted(org.house, org["auditor"])
    return [(one.by, one.names, one.reason) for one in rows]


def test_a_page_that_is_walked_on_is_noted_once(org: Organisation) -> None:
    persons.add_person(org.house, CONSOLE, "Nguyễn Văn Phong", "W1")
    for n in range(12):
        org.open(title=f"Nguyễn Văn Phong, {n}")
    assert len(found(org, "chair", "nguyen van phong", reason="a letter")) == 12
    assert len(noted(org)) == 1


def test_an_act_writes_no_word_and_the_next_round_adds_those_of_it(org: Organisation) -> None:
    case = org.open().case
    with org.house.db.reading("all") as session:
        assert session.execute(select(case_text.c.case_id)).first() is None
    org.index()
    before = words_of(org, case)
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose", work_type="suspicion", why="it repeats every quarter")
    assert words_of(org, case) == before
    org.index()
    pairs = "it_repeats every_repeats every_quarter every_it quarter_repeats"
    assert words_of(org, case) == (now := f"{before} _founded _it _repeats _every _quarter {pairs}")
    with org.house.db.atomic("all") as session:
        session.execute(update(case_text).values(stale=True))
    org.index()
    assert words_of(org, case) == now, "made anew they are the same"
    assert indexing.round_of(org.house) == 0


def words_of(org: Organisation, case: str) -> str:
    with org.house.db.reading("all") as session:
        return str(session.execute(select(case_text.c.words).join(cases, cases.c.id == case_text.c.case_id).where(cases.c.uid == case)).scalar_one())


def ended(org: Organisation) -> str:
    """A case that ended, whose content two people may take out."""
    for login in ("two", "deputy"):
        persons.grant(org.house, CONSOLE, login, "data_officer", "HQ")
    case = org.open(title="Lantern of somebody", source="signal", what="x").case
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    org.act("officer", case, "propose_no_case", ground="unfounded", sentence="It was there.")
    org.act("chair", case, "close_no_case", reason="As proposed.")
    return case


def test_what_was_taken_out_is_found_no_more(org: Organisation) -> None:
    case = ended(org)
    org.index()
    assert found(org, "chair", "lantern") == ["Lantern of somebody"]
    org.act("officer", case, "propose_erasure", basis="third_person", pieces=[{"seq": 0, "field": "title"}])
    org.act("two", case, "erase")
    org.index()
    assert found(org, "chair", "lantern") == [] and len(found(org, "chair", "ward 1")) == 1
    assert "lantern" not in everything(org)
    with hold(now() + 14 * MONTH):
        org.act("deputy", case, "propose_disposal")
        org.act("two", case, "dispose")
        org.index()
        assert found(org, "chair", "ward 1") == []


@contextmanager
def once_words_are_made(monkeypatch: pytest.MonkeyPatch, work: Callable[[], object]) -> Iterator[None]:
    """In here the first round that has read a case, and has not yet written its words, first does this."""
    indexed, waiting = wording.indexed, [work]

    def first(*told: Any) -> str:
        while waiting:
            waiting.pop()()
        return indexed(*told)

    with monkeypatch.context() as patched:
        patched.setattr(wording, "indexed", first)
        yield


@pytest.mark.parametrize("known", [True, False])
def test_words_of_what_goes_while_they_are_made_do_not_come_back(org: Organisation, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    if org.house.db.is_sqlite:
        pytest.skip("the embedded database has one writer at a time")
    case = ended(org)
    org.act("officer", case, "propose_erasure", basis="third_person", pieces=[{"seq": 0, "field": "title"}])
    keeping_log.round_of(org.house)
    if known:
        indexing.round_of(org.house)
        org.act("officer", case, "note_for_record", note="heard")
        keeping_log.round_of(org.house)
    eraser = Thread(target=org.act, args=("two", case, "erase"))

    def erase() -> None:
        eraser.start()
        while eraser.is_alive() and not waits(org):
            pass

    with once_words_are_made(monkeypatch, erase):
        indexing.round_of(org.house)
    eraser.join()
    org.index()
    assert "lantern" not in everything(org) and len(found(org, "chair", "ward 1")) == 1


def waits(org: Organisation) -> bool:
    """Whether a transaction waits for another."""
    with org.house.db.reading("all") as session:
        return bool(Fixed("SELECT 0", "SELECT COUNT(*) FROM pg_locks WHERE NOT granted").run(session, {})[0][0])


def test_nobody_waits_for_words_that_are_made(org: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    if org.house.db.is_sqlite:
        pytest.skip("the embedded database has one writer at a time")
    case = org.open().case
    org.index()
    org.act("officer", case, "assess", assessment="founded", no_duplicate=True)
    keeping_log.round_of(org.house)
    with once_words_are_made(monkeypatch, lambda: org.act("officer", case, "note_for_record", note="meanwhile")):
        indexing.round_of(org.house)
    assert queries.case(org.house, org["chair"], case).seq == 3


def everything(org: Organisation) -> str:
    """All words that the index of the embedded database holds, and all that are kept."""
    with org.house.db.reading("all") as session:
        told = " ".join(session.execute(select(case_text.c.words)).scalars())
        if org.house.db.is_sqlite:
            driver: Any = session.connection.driver_connection
            told += " ".join(str(row[0]) for row in driver.execute("SELECT block FROM case_found_data"))
    return told


def test_the_log_of_searches_is_a_stream_of_its_own(org: Organisation) -> None:
    persons.add_person(org.house, CONSOLE, "Nguyễn Văn Phong", "W1")
    found(org, "chair", "nguyen van phong", reason="a letter")
    with org.house.db.reading("all") as session:
        query = select(event.c.trigger).join(stream, stream.c.id == event.c.stream_id).where(stream.c.kind == "searches")
        rows = session.execute(query).scalars().all()
        assert rows == ["search_person"] and session.execute(select(func.count()).select_from(unit)).scalar_one()
