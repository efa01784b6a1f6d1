"""What differs between two laws is told, whatever was changed, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from workflows.catalogue import BUILT_IN
from workflows.compare import ACT, ADDED, CHANGED, GONE, STATE, WORKFLOW, compare
from workflows.inspection_v1 import INSPECTION


def law() -> dict[str, Any]:
    return copy.deepcopy(INSPECTION.law())


@pytest.mark.parametrize("workflow", BUILT_IN, ids=lambda w: w.name)
def test_a_law_does_not_differ_from_itself(workflow: Any) -> None:
    assert compare(workflow.law(), copy.deepcopy(workflow.law())) == []


def test_everything_that_was_changed_is_told_once() -> None:
    after = law()
    after["version"] = 2
    after["states"].append({"name": "shelved", "final": True, "settled": True, "punishes": False})
    gone = after["transitions"].pop(3)
    changed = after["transitions"][0]
    changed["who"] = [*changed["who"], "recorder"]
    told = compare(law(), after)
    assert [(c.what, c.name, c.how) for c in told] == [
        (WORKFLOW, "inspection", CHANGED), (STATE, "shelved", ADDED), (ACT, changed["trigger"], CHANGED), (ACT, gone["trigger"], GONE)]
    assert told[2].parts[0]._replace(before=()) == ("who", (), ("recorder",))


def test_backwards_what_was_added_is_gone() -> None:
    after = law()
    after["transitions"] = after["transitions"][:-1]
    one, other = compare(law(), after), compare(after, law())
    assert [(c.name, c.how) for c in one] == [(c.name, {ADDED: GONE, GONE: ADDED}[c.how]) for c in other]
