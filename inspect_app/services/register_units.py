"""Into which units the rows of a register are taken: that of an organisation says it in a column, one of a unit is taken into that unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select

from inspect_app.errors import NotFound
from inspect_app.imports.register_mapping import CaseRule
from inspect_app.imports.register_values import Values
from inspect_app.imports.sheet_rows import CellProblem
from inspect_app.models import unit
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from workflows.words import words


class Units(NamedTuple):
    """The units into which rows are taken: by code or name as `folded` gives them (None where a name is that of several), and the one of rows
    that say none."""

    by_name: Mapping[str, int | None]
    chosen: int | None

    def of(self, rule: CaseRule, values: Values) -> int | None:
        """The unit that a row says for a case, else None."""
        said = values.get(rule.unit) if rule.unit is not None else None
        return self.by_name.get(folded(said)) if said is not None else None

    def wrong(self, rule: CaseRule, values: Values) -> CellProblem | None:
        """What is wrong with the unit that a row says, or nothing."""
        said = values.get(rule.unit) if rule.unit is not None else None
        if rule.unit is None or said is None or self.of(rule, values) is not None:
            return None
        if folded(said) in self.by_name:
            return CellProblem(rule.unit, "unit", words(en=f"several units are called “{said[:80]}”; write its code",
                                                        vi=f"có nhiều đơn vị tên “{said[:80]}”; hãy ghi mã đơn vị"))
        return CellProblem(rule.unit, "unit", words(
            en=f"there is no unit “{said[:80]}” here of which you may take a register in; correct it, or leave it out for the one that is chosen",
            vi=f"không có đơn vị “{said[:80]}” mà bạn được nhập sổ; hãy sửa, hoặc để trống để lấy đơn vị đã chọn"))


def units_of(house: House) -> list[tuple[str, str, int]]:
    """Code, name and number of every unit that there is."""
    with house.db.reading("all") as session:
        rows = session.execute(select(unit.c.code, unit.c.name, unit.c.id).where(unit.c.dissolved_on.is_(None)))
        return [(code, name, id_) for code, name, id_ in rows]


def units_for(house: House, unit_code: str | None, within: Collection[str] | None) -> Units:
    """The units into which rows may be taken. Raises `NotFound`."""
    known = [one for one in units_of(house) if within is None or one[0] in within]
    chosen = next((id_ for code, _, id_ in known if code == unit_code), None)
    if unit_code is not None and chosen is None:
        raise NotFound(f"There is no unit with the code “{unit_code}”.")
    by_name: dict[str, int | None] = {}
    for _, name, id_ in known:
        by_name[folded(name)] = None if folded(name) in by_name else id_
    return Units(by_name | {folded(code): id_ for code, _, id_ in known}, chosen)
