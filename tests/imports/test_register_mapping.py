"""A mapping of a register is read strictly: every defect is named at once, with what to write instead."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.imports.problems import NotReadable
from inspect_app.imports.register_conditions import AGAINST, Condition
from inspect_app.imports.register_reading import load_register_mapping, read_register_mapping
from inspect_app.imports.register_values import Column, days_after, value_of
from inspect_app.imports.sheet_rows import CellProblem
from tests.imports.both import in_both
from tests.services.registers import MAPPING

FOOD = Path(__file__).resolve().parents[2] / "examples" / "food_inspections" / "mapping.toml"


@pytest.mark.parametrize(("old", "new", "says"), [
    ('register = "workshops"', 'register = "Work shops"', "write lower-case letters"),
    ('zone = "Asia/Ho_Chi_Minh"', 'zone = "Asia/Nowhere"', "there is no zone"),
    ('zone = "Asia/Ho_Chi_Minh"', 'encoding = "rot13"', "there is no encoding"),
    ('zone = "Asia/Ho_Chi_Minh"', 'delimiter = ",,"', "write one character"),
    ('zone = "Asia/Ho_Chi_Minh"', 'zones = "x"', "unknown key “zones”"),
    ('file = "places.csv"', 'file = "places.csv"\nsheet = "x"', "name one"),
    ('key = ["place"]', "key = []", "key is missing"),
    ('key = ["place"]', 'key = ["nothing"]', "is no column of places"),
    ('joins.places = ["place"]', 'joins.nobody = ["place"]', "which is no other table"),
    ('joins.places = ["place"]', 'joins.places = ["place", "day"]', "as many columns as the key"),
    ('joins.visits = ["visit"]', "", "write joins.visits"),
    ('key = ["visit", "rule", "what"]', 'key = ["rule", "what"]', "only where it holds the columns"),
    ('columns.kind = {}', 'columns.kind = { type = "colour" }', "the types are"),
    ('columns.kind = {}', 'columns.kind = { class = "secret" }', "the classes are"),
    ('columns.kind = {}', 'columns.kind = { formats = ["%Y"] }', "are for days and moments"),
    ('columns.kind = {}', 'columns.kind = { type = "code" }', "such a column needs them"),
    ('formats = ["%d/%m/%Y"], needed', 'formats = ["%Q"], needed', "write a form like"),
    ('columns.kind = {}', "columns.attitude = {}", "never what anybody thinks or is"),
    ('columns.kind = {}', 'columns."tư tưởng" = {}', "never what anybody thinks or is"),
    ('workflow = "past_inspection"', 'workflow = "../x"', "write the name of a workflow"),
    ('title = "{places.called} {day}"', 'title = "{nobody}"', "is no column of visits"),
    ('title = "{rule}"\nevents', 'title = "{what}"\nevents', "are seen in lists"),
    ('under = "finding"', "", "stands under another"),
    ('under = "visit"', 'under = "nothing"', "which is no case of a joined table"),
    ('name = "action"', 'name = "finding"', "is there twice"),
    ('asks = "present" }] },', 'asks = "around" }] },', "it may be: present"),
    ('asks = "present" }] },', 'asks = "present", to = "day" }] },', "takes neither"),
    ('asks = "before", to = "visits.day"', 'asks = "before"', "takes to = a column"),
    ('says = { en = "In time", vi = "Đúng hạn" }', 'says = { en = "In time" }', "a sentence in each language"),
    ('case = "action"\nsays = { en = "It is open', 'case = "visit"\nsays = { en = "It is open', "there is no case “visit” of this table"),
    ('computed.due = { day = "visits.day"', 'computed.due = { day = "visits.hour"', "is no column of visits"),
    ('[tables.places]', "[tables.places", "is not TOML"),
])
def test_a_defect_of_a_mapping_is_named_with_its_remedy(old: str, new: str, says: str) -> None:
    assert old in MAPPING
    with pytest.raises(NotReadable, match=says) as refused:
        read_register_mapping(MAPPING.replace(old, new, 1).encode())
    assert in_both(refused.value.says, says)


def test_all_defects_are_named_at_once() -> None:
    with pytest.raises(NotReadable) as found:
        read_register_mapping(MAPPING.replace('key = ["place"]', "key = []").replace('zone = "Asia/Ho_Chi_Minh"', "zone = 7").encode())
    assert "key is missing" in str(found.value) and "zone is 7" in str(found.value)
    with pytest.raises(NotReadable) as found:
        read_register_mapping(b"[tables.a]\ncolour = 1\ncases = [{}]")
    vi = found.value.says.say("vi")
    assert "register còn thiếu; hãy ghi" in vi and "tables.a: không có từ khóa “colour”" in vi and "title còn thiếu" in vi and "None" not in vi


def test_a_mapping_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"register = \"caf\xe9\"")
    for path, says in ((tmp_path / "none.toml", "there is no mapping"), (tmp_path, "is a folder"), (tmp_path / "a.toml", "is not UTF-8")):
        with pytest.raises(NotReadable, match=says) as refused:
            load_register_mapping(path)
        assert in_both(refused.value.says, says)
    for raw in (b"", b"a = 1", b"[tables]", b"tables = 3", b"[tables.x]\ncolumns = 3\ncases = {}", b"[[tables]]", b"a = " + b"[" * 5000):
        with pytest.raises(NotReadable):
            read_register_mapping(raw)


def test_the_example_is_sound() -> None:
    mapping = load_register_mapping(FOOD)
    assert [*mapping.tables] == ["establishments", "inspections", "violations"]
    assert mapping.tables["violations"].parent == "inspections" and mapping.zone == ZoneInfo("America/Detroit")


@given(st.text(max_size=60), st.sampled_from(["text", "day", "moment", "number", "yes", "code"]))
def test_no_cell_is_too_odd_to_be_judged(cell: str, kind: str) -> None:
    column = Column("c", kind, ("%d/%m/%Y",) if kind in ("day", "moment") else (), {"a": "b"} if kind == "code" else {})
    found = value_of(column, cell, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert found is None or (isinstance(found, CellProblem) and in_both(found.message)) or (isinstance(found, str) and value_of(
        Column("c", kind, (), {"b": "b"} if kind == "code" else {}), found, None) == found)


@given(st.dates(), st.integers(-1_000, 1_000))
def test_days_are_spelled_one_way_and_counted(day: object, days: int) -> None:
    said = str(day)
    found = days_after(said, str(days))
    if found is not None:
        assert days_after(found, str(-days)) == said
        for asks, (a, b) in (("before", (said, found)), ("after", (found, said))):
            assert Condition("a", asks, "b").holds({"a": a, "b": b}) == (days > 0)
    assert not any(Condition("a", asks, "b").holds({"a": said}) for asks in AGAINST)


@pytest.mark.parametrize(("kind", "cell", "value"), [
    ("number", "10.0", "10"), ("number", "+1 000", "1000"), ("number", "-0.50", "-0.5"), ("number", "0", "0"),
    ("yes", "Có", "yes"), ("yes", "No", "no"),
    ("day", "31/05/2019", "2019-05-31"), ("day", "2019-05-31 00:00:00", "2019-05-31"), ("moment", "31/05/2019", "2019-05-31T00:00:00+07:00"),
    ("text", " a\r\nb ", "a\nb"), ("text", "=1+1", "=1+1")])
def test_a_value_is_spelled_one_way_whatever_the_file_wrote(kind: str, cell: str, value: str) -> None:
    assert value_of(Column("c", kind, ("%d/%m/%Y",) if kind in ("day", "moment") else ()), cell, ZoneInfo("Asia/Ho_Chi_Minh")) == value


def test_what_is_wrong_with_a_delicate_cell_is_said_without_it() -> None:
    found = value_of(Column("c", "number", klass="sensitive"), "Anna Secret", None)
    assert isinstance(found, CellProblem) and not any("Secret" in text for _, text in found.message.texts)
    nowhere = value_of(Column("c", "moment", klass="sensitive"), "1961-04-12T09:07", None)
    assert isinstance(nowhere, CellProblem) and not any("1961" in text for _, text in nowhere.message.texts)
