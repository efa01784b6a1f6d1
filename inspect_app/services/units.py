"""The tree of units: who stands above whom, kept beside the units so that a subtree is an index lookup."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update

from inspect_app.db import Session
from inspect_app.models import unit, unit_above

_ABOVE = text("""INSERT INTO unit_above (unit_id, above_id, steps)
  WITH RECURSIVE up(unit_id, above_id, steps) AS (
    SELECT id, id, 0 FROM unit
    UNION SELECT up.unit_id, above.id, up.steps + 1 FROM up JOIN unit here ON here.id = up.above_id
      JOIN unit above ON above.id = here.parent_id OR above.id = here.successor_id WHERE up.steps < 40)
  SELECT unit_id, above_id, MIN(steps) FROM up GROUP BY unit_id, above_id""")


def replant(session: Session) -> None:
    """Recompute who stands above whom, and the order of the tree, after units were added, moved, dissolved or succeeded."""
    rows = session.execute(select(unit.c.id, unit.c.parent_id, unit.c.path)).all()
    above = {id_: parent for id_, parent, _ in rows}
    moved = []
    for id_, _, path in rows:
        line, at = [id_], above[id_]
        while at is not None and at not in line:
            line.append(at)
            at = above[at]
        if (told := f"/{'/'.join(str(n) for n in reversed(line))}/") != path:
            moved.append({"moved": id_, "told": told})
    if moved:
        session.execute(update(unit).where(unit.c.id == bindparam("moved")).values(path=bindparam("told")), moved)
    session.execute(delete(unit_above))
    session.execute(_ABOVE)


def plant(session: Session, **values: Any) -> int:
    """Add one unit; `parent_id` may be None. Returns its number. Whoever adds many calls `replant` once themselves."""
    id_ = int(session.execute(insert(unit).values(path="/", **values).returning(unit.c.id)).scalar_one())
    replant(session)
    return id_
