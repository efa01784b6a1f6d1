"""What satisfies the declarations of an act passes the gate, and each violation is refused: made from the definitions themselves."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from inspect_app.errors import Invalid
from inspect_app.forms.build import Lists, draw
from inspect_app.now import hold
from inspect_app.schemas.acts import read_act
from tests.workflows.filling import Known, filled, spoilt
from tests.workflows.samples import act
from workflows.catalogue import load_catalogue
from workflows.definition import Transition, Workflow
from workflows.inputs import Choice

MARCH = 1_772_420_400_000_000
KNOWN = Known(date(2026, 3, 2))
each_workflow = pytest.mark.parametrize("w", load_catalogue().workflows, ids=lambda w: w.name)


def asking(w: Workflow) -> list[Transition]:
    """Its acts that ask a person for something."""
    return [t for t in (*w.transitions, *w.entries) if t.inputs and "system" not in t.who]


def by_reference(t: Transition, data: dict[str, object]) -> dict[str, object]:
    """A paper that is kept elsewhere, where that may be: a file would have to be sent."""
    held = next((i for i in t.inputs if isinstance(i, Choice) and i.name == "held_as" and "reference" in dict(i.options)), None)
    return data | ({"held_as": "reference"} if held else {})


@each_workflow
def test_satisfying_inputs_pass_the_gate_and_each_violation_is_refused(w: Workflow) -> None:
    with hold(MARCH):
        for t in asking(w):
            for seed in range(8):
                data = by_reference(t, filled(t.asked, Random(seed), KNOWN))
                assert set(read_act(w, t, act(t.trigger, data)).data) <= set(data), t.trigger
            for why, wrong in spoilt(t.asked, data):
                with pytest.raises(Invalid):
                    read_act(w, t, act(t.trigger, wrong))
                    pytest.fail(f"{t.trigger}: {why}")


@each_workflow
def test_every_declared_input_is_drawn(w: Workflow) -> None:
    for t in asking(w):
        drawn = draw(t.asked, {i.name: str(i.label) for i in t.asked}, Lists(), "en")
        assert [f.name for f in drawn.form] == [i.name for i in t.asked], t.trigger
