"""The yearly programme as the JSON door tells it."""

from __future__ import annotations

from typing import Any

from inspect_app.services.programmes import Item, Plan, Shown


def dump_plan(plan: Plan) -> dict[str, Any]:
    """Planned against actual, demonstrations with what came of them, and topics that suggest themselves."""
    return {"year": plan.year, "legal_basis": plan.legal_basis,
            "quarters": [{"quarter": q.quarter, "planned": q.planned, "due": q.due, "held": q.held, "dropped": q.dropped, "late": q.late}
                         for q in plan.quarters],
            "items": [_item(one) for one in plan.items], "demonstrations": [_shown(one) for one in plan.demonstrations],
            "topics": [{"why": t.why, "what": t.what, "times": t.times, "units": t.units} for t in plan.topics]}


def _item(one: Item) -> dict[str, Any]:
    year, quarter = one.actual or (None, None)
    return {"case": one.case.uid, "number": one.case.number, "unit": one.case.unit, "what": one.case.title, "first": one.first,
            "quarter": one.quarter, "kind": one.kind, "every": one.every, "points": list(one.points), "state": one.case.state,
            "inspection": one.inspection.uid if one.inspection else None, "actual_year": year, "actual_quarter": quarter, "late": one.late}


def _shown(one: Shown) -> dict[str, Any]:
    return {"case": one.case.uid, "number": one.case.number, "unit": one.case.unit, "what": one.case.title, "quarter": one.quarter, "aim": one.aim,
            "held_on": one.held_on.isoformat() if one.held_on else None, "state": one.case.state, "lessons": one.lessons, "answers": one.answers,
            "effect": one.effect, "compared": list(one.compared)}
