"""Lines of the standard facts are the same, byte for byte, whether they are made of columns or event by event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from inspect_app.exports.formats import FORMATS, ByLine
from inspect_app.exports.history import HistoryEvent
from inspect_app.exports.pseudonyms import Pseudonyms
from inspect_app.exports.template import UNSAFE, filled
from inspect_app.models import event
from inspect_app.services import histories
from inspect_app.services.histories import Cut
from inspect_app.services.house import House
from inspect_app.services.lines import lines
from tests.services.histories import WHOLE, bring_in, example_house, log_file

BY_LINE = {name: form.by_line for name, form in FORMATS.items() if form.by_line}
HOSTILE = ("=1+1", "+1", "-1", "@x", "\tx", "a\"b", "x<y>&z", "two  blanks", " before", "after ", "_x0041_", "a,b", "a\\b", "a\r\nb", "Đăng ký việc",
           "it's", "'quoted'", "a|=b", "\x7f", "\uffff", "𝔘nicode", "", "x" * 190)


@pytest.fixture
def house(founded_url: str, tmp_path: Path) -> Iterator[House]:
    house = example_house(founded_url, tmp_path)
    bring_in(house, log_file(tmp_path, *((f"A{n}", WHOLE) for n in range(8))))
    with house.db.atomic("all") as session:
        row = dict(session.execute(select(event).where(event.c.event_id == 1)).mappings().one())
        for n, text in enumerate(HOSTILE, 1):
            session.execute(insert(event).values(row | {
                "event_id": 1000 + n, "id": str(uuid4()), "seq": 1000 + n, "position": 1000 + n, "actor": text, "trigger": text[:100],
                "on_behalf_of": text or None, "role": text[:20], "zone": ["Z", "-03:30", "+07:00"][n % 3],
                "occurred_at": [-3_000_000_000_000_001, 0, 1_153_692_000_500_000, 1_800_000_000_000_000][n % 4]}))
    yield house
    house.db.close()


@pytest.mark.parametrize("name", BY_LINE)
@pytest.mark.parametrize("pseudonyms", [None, Pseudonyms(bytes(32))], ids=["by name", "under pseudonyms"])
def test_lines_made_of_columns_are_those_made_event_by_event(house: House, name: str, pseudonyms: Pseudonyms | None) -> None:
    shape, cut = BY_LINE[name].shape, Cut(None, pseudonyms)
    with house.db.snapshot("all") as session:
        query = histories.standard([], cut)
        with patch("inspect_app.services.lines.FIRST", 3), patch("inspect_app.services.lines.FEW", 5), patch("inspect_app.services.lines.MANY", 9), \
                closing(lines(session, query, shape, pseudonyms)) as flow:
            found = list(flow)
        made = [_event(row, pseudonyms) for row in session.execute(query).all()]
    assert sum(many.events for many in found) == 56 + len(HOSTILE) == len(made)
    assert b"".join(many.text for many in found) == b"".join(many.text for many in filled(made, shape))


def _event(row: Any, pseudonyms: Pseudonyms | None) -> HistoryEvent:
    made = HistoryEvent._make((*row[:-1], bool(row[-1]), {}, (), (), None))
    return made if pseudonyms is None else pseudonyms.event(made)


@pytest.mark.parametrize("by_line", BY_LINE.values(), ids=list(BY_LINE))
@given(text=st.one_of(st.text(), st.text(st.sampled_from("ab_x0041 '=+-@,\"<&>\\\n\t|")), st.sampled_from(HOSTILE)))
def test_a_text_without_what_needs_care_stands_in_each_format_as_it_is(by_line: ByLine, text: str) -> None:
    """No text of a database holds NUL or half of a pair."""
    if not re.search(UNSAFE, text) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text):
        assert by_line.shape.inside(text) == text
