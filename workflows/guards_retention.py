"""Guards of the acts by which content is held, erased and disposed of. Registered with all others when this is imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.acts import Act, Facts, FieldFact
from workflows.computed import Value, computes
from workflows.guards import given, guard, speaker
from workflows.retention import OF_ROW
from workflows.roles import PERSONAL

Place = tuple[int, str]


def place_of(seq: int, name: str, fields: Mapping[Place, FieldFact]) -> tuple[Place, str] | None:
    """The field that a piece lies in, and the column of its row where it is one; None where there is no such piece."""
    if (seq, name) in fields:
        return (seq, name), ""
    base, _, column = name.rpartition(".")
    found = fields.get((seq, base))
    return ((seq, base), column) if found is not None and isinstance(found.value, dict) and column in found.value else None


def _rows(act: Act) -> list[dict[str, Any]]:
    return list(given(act, "pieces") or ())


@guard(needs=("keeping",), vi="Không có lệnh giữ hồ sơ đang có hiệu lực.")
def no_hold_stands(case: Facts, act: Act) -> bool:
    """No hold stands on the case."""
    return not case.keeping.held


@guard(needs=("keeping",), vi="Đang có lệnh giữ hồ sơ.")
def a_hold_stands(case: Facts, act: Act) -> bool:
    """A hold stands on the case."""
    return bool(case.keeping.held)


@guard(needs=("parts",), vi="Người thực hiện không phải là người mà vụ việc liên quan đến.")
def actor_is_not_concerned(case: Facts, act: Act) -> bool:
    """Whoever acts is not a person whom the case is about."""
    return not case.parts & {str(role) for role in PERSONAL}


@guard(needs=("keeping",), vi="Chưa có đề nghị nào khác đang chờ người thứ hai.")
def no_proposal_waits(case: Facts, act: Act) -> bool:
    """No other proposal waits for a second person."""
    return case.keeping.proposal is None


@guard(needs=("keeping",), vi="Đang có đề nghị “{trigger}” chờ người thứ hai.")
def a_proposal_waits(case: Facts, act: Act, *, trigger: str) -> bool:
    """A proposal “{trigger}” waits for a second person."""
    return case.keeping.proposal is not None and case.keeping.proposal.trigger == trigger


@guard(needs=("keeping",), vi="Đang có đề nghị xóa hoặc hủy chờ người thứ hai.")
def some_proposal_waits(case: Facts, act: Act) -> bool:
    """A proposal to erase or dispose waits for a second person."""
    return case.keeping.proposal is not None


@guard(needs=("keeping",), separates=True, vi="Người đề nghị không tự duyệt đề nghị của mình, kể cả khi có hai hồ sơ người dùng.")
def another_person_proposed(case: Facts, act: Act) -> bool:
    """Another person made the proposal than the one who approves it, whatever record of them is used."""
    proposal = case.keeping.proposal
    return proposal is not None and not proposal.people & {act.actor.id, speaker(act)}


@guard(needs=("keeping",), vi="Thời hạn lưu của vụ việc và của mọi vụ việc cùng hồ sơ đã hết.")
def retention_is_over(case: Facts, act: Act) -> bool:
    """The case, and every case of its dossier, has ended and has been kept as long as its rules say."""
    return bool(case.keeping.is_due)


@guard(needs=("keeping",), vi="Nội dung của vụ việc chưa bị hủy.")
def case_is_not_disposed(case: Facts, act: Act) -> bool:
    """The case was not disposed of before."""
    return not case.keeping.disposed


@guard(needs=("fields",), inputs=True, vi="Mỗi mục phải có trong vụ việc, mỗi mục một lần, và thuộc loại được phép xóa.")
def pieces_can_be_erased(case: Facts, act: Act) -> bool:
    """Each piece is there, is named once, and is of a kind that may be erased: words and what names persons, not the course of the case."""
    named = [(int(row["seq"]), str(row["field"])) for row in _rows(act)]
    found = [place_of(seq, name, case.fields) for seq, name in named]
    whole = {place for one in found if one is not None for place, column in [one] if not column}
    may = all(one is not None and (one[1] in case.fields[one[0]].columns if one[1] else case.fields[one[0]].erasable) for one in found)
    return may and len(set(named)) == len(named) and not any(one is not None and one[1] and one[0] in whole for one in found)


@guard(needs=("case",), inputs=True, vi="Khi vụ việc chưa kết thúc, chỗ bị xóa phải có lời thay thế.")
def case_under_way_keeps_its_words(case: Facts, act: Act) -> bool:
    """While the case is under way, what is erased is replaced by other words, so that nothing it rests on is missing."""
    return case.case.is_final or all(row.get("instead") or row["field"] in OF_ROW for row in _rows(act))


@computes("retention.erased", "keeping", "fields")
def erased(case: Facts, act: Act) -> Value:
    """What the proposal that waits takes out: each field by its event and commitment, with what stands in its place."""
    proposal = case.keeping.proposal
    found: dict[Place, dict[str, str | None]] = {}
    for seq, name, instead in proposal.pieces if proposal else ():
        there = place_of(seq, name, case.fields)
        if there is not None:
            found.setdefault(there[0], {})[there[1]] = instead
    return [_taken_out(place, columns, case.fields[place]) for place, columns in found.items()]


def _taken_out(place: Place, columns: Mapping[str, str | None], field: FieldFact) -> dict[str, Any]:
    row: dict[str, Any] = {"seq": place[0], "digest": field.digest}
    if "" in columns:
        value: Any = columns[""]
    else:
        value = {name: columns.get(name, kept) for name, kept in field.value.items()}
        value = {name: kept for name, kept in value.items() if kept is not None or name not in columns}
    return row | ({"name": place[1]} if value is not None or not field.digest else {}) | ({"value": value} if value is not None else {})


@computes("retention.rule", "keeping")
def rule(case: Facts, act: Act) -> Value:
    """The key of the ruleset under which the case is kept."""
    return str(case.keeping.rule)


@computes("retention.due_on", "keeping")
def due_on(case: Facts, act: Act) -> Value:
    """The last day for which the case was to be kept."""
    return None if case.keeping.due_on is None else str(case.keeping.due_on.isoformat())


@computes("retention.proposer", "keeping")
def proposer(case: Facts, act: Act) -> Value:
    """Who made the proposal."""
    return None if case.keeping.proposal is None else [str(case.keeping.proposal.by)]


@computes("retention.basis", "keeping")
def basis(case: Facts, act: Act) -> Value:
    """On what basis it was proposed."""
    return None if case.keeping.proposal is None else case.keeping.proposal.basis or None


@computes("retention.files", "files")
def files(case: Facts, act: Act) -> Value:
    """The files of evidence that go with the case, by their SHA-256."""
    return list(case.files)


@computes("retention.elsewhere", "elsewhere")
def elsewhere(case: Facts, act: Act) -> Value:
    """Free words about the case that stand outside its own history, by their commitments."""
    return list(case.elsewhere) or None


@computes("retention.events", "case")
def events(case: Facts, act: Act) -> Value:
    """Up to which event the content goes."""
    return int(case.case.seq)
