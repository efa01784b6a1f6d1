"""Papers of a case: drawn from their text, numbered, marked, kept with their hash, read by whom they are for."""

from __future__ import annotations

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from hashlib import sha256
from threading import Barrier
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import update

from inspect_app.errors import Invalid, NotFound, NotYours
from inspect_app.exports.papers import Piece, Sheet, levelled, render
from inspect_app.models import cases
from inspect_app.now import hold, now
from inspect_app.services import evidence as files
from inspect_app.services import keeping_log, numbers, papers, queries
from inspect_app.services.replaying import replay_all
from tests.api.conftest import Callers
from tests.api.scenario import DECIDED, Story, ballot, roll_of
from tests.exports.test_pdf import PAYLOADS, shown
from tests.services.organisation import Organisation
from workflows.papers import series, sound


def words_in(pdf: bytes) -> str:
    """The words of a PDF, with blanks between them as they stand."""
    return unicodedata.normalize("NFC", "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)))


@pytest.fixture
def story(callers: Callers) -> Story:
    return Story(callers)


def decided(story: Story) -> str:
    """A matter in which a sanction was imposed."""
    with story.on(2026, 3, 2):
        case = story.matter()
        story.notified(case, "2026-01-10")
    with story.on(2026, 4, 6):
        story.act("one", case, "answer", position="agreed", statement="I was alone on shift.")
        story.sat(case, roll_of([*story.members(20), story.who("one")]))
        story.concluded(case, True)
        story.act("officer", case, "vote", **ballot({"warning": 12, "reprimand": 8}))
        story.act("chair", case, "impose", effective_on="2026-04-06", **DECIDED)
    return case


def drawn(org: Organisation, case: str, kind: str, *, who: str = "officer", language: str = "vi",
          marking: str = "none") -> tuple[dict[str, Any], bytes]:
    """A paper that is drawn: what its event says, and its PDF."""
    house, actor = org.house, org[who]
    event = papers.draw(house, actor, queries.case(house, actor, case), kind, language, marking)
    row = queries.case(house, actor, case)
    newest = papers.listed(house, actor, row)[0]
    kept, _ = files.content(house, papers.one(house, actor, row, newest.n)[1])
    with kept:
        return dict(event.data), kept.read()


def test_a_decision_is_numbered_marked_and_kept_with_its_hash(story: Story) -> None:
    case, org = decided(story), story.callers.org
    with story.on(2026, 4, 7):
        said, pdf = drawn(org, case, "decision", marking="confidential")
    assert sha256(pdf).hexdigest() == said["sha256"]
    assert said["reference"] == "01-QĐ/W1"
    text = words_in(pdf)
    for word in (said["reference"], "QUYẾT ĐỊNH KỶ LUẬT", "MẬT", "cảnh cáo", "The store was not counted; nothing was lost.", "Appeal board",
                 "30 ngày", "ngày 07 tháng 04 năm 2026"):
        assert word in text, word
    story.sound()


def test_a_decision_says_that_it_is_not_yet_witnessed_until_a_checkpoint_covers_it(story: Story) -> None:
    case, org = decided(story), story.callers.org
    with story.on(2026, 4, 7):
        said, pdf = drawn(org, case, "decision", language="en")
        assert "Not yet witnessed" in words_in(pdf)
        assert "checkpoint" not in said


def test_a_decision_that_is_covered_bears_the_code_of_its_checkpoint(story: Story) -> None:
    case, org = decided(story), story.callers.org
    keeping_log.round_of(org.house)
    with story.on(2026, 4, 7):
        said, pdf = drawn(org, case, "decision", language="en")
    assert said["checkpoint"] in words_in(pdf)


def test_a_decision_waits_a_little_for_a_checkpoint_and_never_longer(org: Organisation) -> None:
    house = org.house
    kind = house.catalogue.papers("generic")["order"]
    pauses: list[float] = []
    with hold(now()):
        row = queries.case(house, org["officer"], org.ordered())
        papers.await_checkpoint(house, row, kind, 0.5, pauses.append)
        assert 4 <= len(pauses) <= 6, "it gives up"
        pauses.clear()

        def sequenced(pause: float) -> None:
            pauses.append(pause)
            keeping_log.round_of(house)

        papers.await_checkpoint(house, row, kind, 5.0, sequenced)
        assert len(pauses) == 1, "it goes on as soon as there is one"
        papers.await_checkpoint(house, row, kind, 5.0, pauses.append)
        assert len(pauses) == 1


def test_a_preview_keeps_nothing_and_takes_no_number(story: Story) -> None:
    case, org = decided(story), story.callers.org
    with story.on(2026, 4, 7):
        row = queries.case(org.house, org["officer"], case)
        made = papers.compose(org.house, org["officer"], row, "decision", "en", "none")
        assert made.reference is None
        assert "PREVIEW" in made.sheet.banner
        assert papers.listed(org.house, org["officer"], row) == []
        assert numbers.peek(org.house, str(made.series), 2026) == 1


def test_a_series_counts_from_one_in_each_year_and_a_paper_without_a_scheme_bears_no_number(story: Story) -> None:
    case, org = decided(story), story.callers.org
    with story.on(2026, 4, 7):
        assert drawn(org, case, "decision")[0]["reference"] == "01-QĐ/W1"
        assert "reference" not in drawn(org, case, "allegations")[0]
        assert drawn(org, case, "decision")[0]["reference"] == "02-QĐ/W1"
    with story.on(2027, 1, 4):
        assert drawn(org, case, "decision")[0]["reference"] == "01-QĐ/W1"


def test_kinds_whose_numbers_would_read_alike_count_in_one_series() -> None:
    assert series("{number:02}-QĐ/{body}", body="RB", year=2026) == series("{number}-QĐ/{body}", body="RB", year=2027)
    assert series("{number:02}-QĐ/{body}", body="RB") != series("{number:02}-QĐ/{body}", body="W1")
    assert series("{number}/{year}", year=2026) != series("{number}/{year}/{body}", year=2026, body="RB")


@pytest.mark.parametrize("scheme", ["", "{year}", "{number}{number}", "{number!r}", "{number:>999999999}", "{number.real}", "{unit:9}", "{0}{number}",
                                    "{number", "{number:099}"])
def test_a_scheme_that_is_more_than_a_number_and_its_places_is_not_sound(scheme: str) -> None:
    assert not sound(scheme)


def test_a_paper_is_read_by_whom_it_is_for(story: Story) -> None:
    case, org = decided(story), story.callers.org
    with story.on(2026, 4, 7):
        for kind in ("decision", "tally", "statement"):
            drawn(org, case, kind)

        def read_by(login: str) -> set[str]:
            row = queries.case(org.house, org[login], case)
            return {str(one.said["kind"]) for one in papers.listed(org.house, org[login], row)}

        assert read_by("officer") == {"decision", "tally", "statement"}
        assert read_by("one") == {"decision", "statement"}
        assert read_by("auditor") == {"decision"}, "what is delicate is redacted to auditors"
        row = queries.case(org.house, org["one"], case)
        tally = next(one.n for one in papers.listed(org.house, org["officer"], queries.case(org.house, org["officer"], case))
                     if one.said["kind"] == "tally")
        with pytest.raises(NotFound):
            papers.one(org.house, org["one"], row, tally)
        with pytest.raises(NotYours):
            papers.drawing(row, org["one"])


def test_what_does_not_stand_on_a_list_is_refused(story: Story) -> None:
    case, org = decided(story), story.callers.org
    row = queries.case(org.house, org["officer"], case)
    with pytest.raises(Invalid):
        papers.compose(org.house, org["officer"], row, "decision", "xx", "none")
    with pytest.raises(Invalid):
        papers.compose(org.house, org["officer"], row, "decision", "vi", "cosmic")
    with pytest.raises(NotFound):
        papers.compose(org.house, org["officer"], row, "spent_notice", "vi", "none")


def test_a_paper_is_never_sent_in_through_the_door_of_acts(story: Story) -> None:
    case = decided(story)
    told = {"kind": "decision", "description": "Forged", "of": 1, "language": "en", "marking": "none", "audience": "parties", "template": "0" * 64,
            "held_as": "file", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf", "filename": "x.pdf", "series": "x", "year": 2026,
            "issue": 9}
    with story.on(2026, 4, 7):
        assert story.refused("officer", case, "issue_paper", **told) == {"paper_is_drawn_here"}


def test_a_rehearsal_prints_every_paper_and_takes_no_number_of_the_house(org: Organisation) -> None:
    case = org.ordered()
    house = org.house
    with house.db.atomic("all") as session:
        session.execute(update(cases).where(cases.c.uid == case).values(rehearsal=True))
    said, pdf = drawn(org, case, "order", language="en")
    assert said["reference"].startswith("Rehearsal ")
    assert "REHEARSAL" in words_in(pdf)
    assert numbers.peek(house, said["series"].removeprefix("~"), said["year"]) == 1


def test_numbers_have_no_gap_and_no_double_when_many_draw_at_once(org: Organisation) -> None:
    together = [org.ordered() for _ in range(4)]
    house, each = org.house, 3
    start = Barrier(len(together))

    def work(case: str) -> list[tuple[int, int]]:
        start.wait()
        return [(int(event.data["issue"]), int(event.data["year"])) for event in (
            papers.draw(house, org["officer"], queries.case(house, org["officer"], case), "order", "en", "none") for _ in range(each))]

    with ThreadPoolExecutor(len(together)) as pool:
        taken = [one for found in pool.map(work, together) for one in found]
    assert sorted(number for number, _ in taken) == list(range(1, len(together) * each + 1))
    assert replay_all(house).differences == []


def test_an_act_that_is_refused_takes_no_number(org: Organisation) -> None:
    case = org.ordered()
    house = org.house
    with pytest.raises(Exception, match="moved on"):
        papers.draw(house, org["officer"], queries.case(house, org["officer"], case), "order", "en", "none", seen=1)
    assert drawn(org, case, "order", language="en")[0]["issue"] == 1
    assert files.sweep(house, 0) == 0


def test_three_hundred_hostile_texts_are_set_as_texts() -> None:
    pieces: list[Piece] = []
    for text in PAYLOADS:
        row = ((text, text),)
        pieces += [Piece("title", (text,)), Piece("heading", (text,)), Piece("text", (text,)), Piece("item", (text,)), Piece("rows", rows=(row,)),
                   Piece("told", rows=(row,)), Piece("sides", (text, text)), Piece("table", table=((text, text), (text, text))),
                   Piece("ruled", lines=1)]
    pdf = render(Sheet("en", PAYLOADS[0], PAYLOADS[1], PAYLOADS[2], (PAYLOADS[3], PAYLOADS[4]), levelled(tuple(pieces)), date(2026, 5, 4),
                       {"page": PAYLOADS[5]}))
    flat = "".join(words_in(pdf).split()).replace("-", "").casefold()
    assert len(PAYLOADS) == 300
    missing = [text for text in PAYLOADS if unicodedata.normalize("NFC", shown(text)).replace("-", "").casefold() not in flat]
    assert missing == []
    assert b"/JavaScript" not in pdf
    assert b"/EmbeddedFile" not in pdf
