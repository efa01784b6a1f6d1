"""Mapping by example: names of columns in both languages and what their cells show become a mapping that reads, and that people can correct."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_app.imports.register_facts import BY_CODE, FACTS, bare, likeness
from inspect_app.imports.register_proposal import Draft, drafted, proposal
from inspect_app.imports.register_reading import read_register_mapping
from inspect_app.imports.register_samples import samples_of
from inspect_app.services.register_laws import laws_of
from tests.services.registers import register
from workflows.catalogue import load_catalogue

VIETNAMESE = {
    "Kiểm tra.csv": "Số,Đơn vị,Ngày kiểm tra,Người kiểm tra,Kết quả\n"
                    + "".join(f"KT{n},Đội {n % 3},{n % 28 + 1:02d}/03/2024,Lan,Đạt\n" for n in range(40)),
    "Khuyết điểm.csv": "Số,Nội dung,Quy định,Hạn khắc phục,Ngày khắc phục\n"
                       + "".join(f"KT{n % 40},Thiếu sổ {n},Điều {n % 5},15/04/2024,{n % 28 + 1:02d}/04/2024\n" for n in range(60)),
}


def drafts_of(tmp_path: Path, files: dict[str, str]) -> list[Draft]:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    return drafted(samples_of([tmp_path]))


def test_columns_are_understood_by_their_names_in_vietnamese(tmp_path: Path) -> None:
    findings, visits = drafts_of(tmp_path, VIETNAMESE)
    assert visits.facts == {"Đơn vị": "subject", "Ngày kiểm tra": "inspected_on", "Người kiểm tra": "inspector", "Kết quả": "result"}
    assert findings.facts == {"Nội dung": "finding", "Quy định": "norm", "Hạn khắc phục": "due", "Ngày khắc phục": "done_on"}
    assert (visits.kind, visits.key, findings.kind, findings.parent) == ("inspections", ("Số",), "findings", visits.name)
    day = visits.sample.column("Ngày kiểm tra")
    assert day is not None and (day.type, day.formats, day.share) == ("day", ("%d/%m/%Y",), 1.0)


def test_a_column_with_units_of_the_house_says_into_which_unit_a_row_comes(tmp_path: Path) -> None:
    drafts_of(tmp_path, VIETNAMESE)
    samples = samples_of([tmp_path])
    _, visits = drafted(samples, units={bare("Đội 0"), bare("Đội 2"), bare("Kho")})
    assert visits.facts["Đơn vị"] == "unit"
    mapping = read_register_mapping(proposal([visits], "ours").encode())
    [table] = mapping.tables.values()
    assert table.cases[0].unit == "Đơn vị" and table.cases[0].events[0].data["subject"] == "Đơn vị"
    assert drafted(samples, units={bare("Đội 0")})[1].facts["Đơn vị"] == "subject"


def test_a_proposal_reads_and_fits_the_law(tmp_path: Path) -> None:
    (tmp_path / "vi").mkdir()
    findings = drafts_of(tmp_path / "vi", VIETNAMESE)
    for drafts in (findings, drafted(samples_of([register(tmp_path / "r")]))):
        mapping = read_register_mapping(proposal(drafts, "ours").encode())
        assert len(mapping.contradictions) == (1 if drafts is findings else 0)
        assert mapping.register == "ours" and laws_of(load_catalogue(), mapping).by_case is not None
        assert {name for table in mapping.tables.values() for name in table.columns} >= {c.name for draft in drafts for c in draft.sample.columns}


def test_meanings_that_somebody_chose_are_taken_and_nothing_is_guessed_beside_them(tmp_path: Path) -> None:
    samples = samples_of([register(tmp_path / "r")])
    chosen = {("visits.csv", "day"): "inspected_on", ("visits.csv", "who"): "inspector", ("visits.csv", "result"): "-"}
    drafts = {draft.name: draft for draft in drafted(samples, chosen)}
    assert drafts["visits"].facts == {"day": "inspected_on", "who": "inspector"} and drafts["visits"].kind == "inspections"
    text = proposal(list(drafts.values()), "ours")
    assert 'trigger = "inspect", on = "day", by = "who"' in text


def test_sanctions_are_proposed_with_their_last_day_and_delicate(tmp_path: Path) -> None:
    text = proposal(drafts_of(tmp_path, {"ky luat.csv": "Số QĐ,Họ và tên,Hình thức kỷ luật,Ngày quyết định,Hiệu lực đến\n" + "".join(
        f"Q{n},Người {n},Khiển trách,{n + 1:02d}/02/2026,{n + 1:02d}/02/2027\n" for n in range(20))}), "ours")
    mapping = read_register_mapping(text.encode())
    [rule] = next(iter(mapping.tables.values())).cases
    assert rule.workflow == "past_sanction" and rule.sanction is not None and rule.sanction.until == "Hiệu lực đến"
    assert "Họ và tên" not in rule.title and laws_of(load_catalogue(), mapping)


@pytest.mark.parametrize(("name", "code"), [
    ("inspection_date", "inspected_on"), ("InspectionDate", "inspected_on"), ("NGÀY KIỂM TRA", "inspected_on"), ("ngay_kiem_tra", "inspected_on"),
    ("Violation Code", "norm"), ("Date corrected", "done_on"), ("Hạn khắc phục", "due"), ("Severity", "severity"), ("Địa điểm", "place")])
def test_the_best_meaning_of_a_name(name: str, code: str) -> None:
    assert max(FACTS, key=lambda fact: likeness(name, fact)).code == code


def test_facts_have_names_that_are_bare_and_theirs_alone() -> None:
    names = [name for fact in FACTS for name in fact.names]
    assert len(names) == len(set(names)) and all(bare(name) == name for name in names) and len(BY_CODE) == len(FACTS)


def test_odd_names_and_cells_do_not_break_out_of_the_proposal(tmp_path: Path) -> None:
    heading = 'a"b,"c\nd","e\\f",#x,[y],=z\n'
    drafts = drafts_of(tmp_path, {"odd.csv": heading + "".join(f'v{n % 2},"p\nq",=1+1,],"""",{n}\n' for n in range(30))})
    mapping = read_register_mapping(proposal(drafts, "ours").encode())
    assert {'a"b', "c\nd", "e\\f", "#x", "[y]", "=z"} == set(mapping.tables["odd"].columns)
