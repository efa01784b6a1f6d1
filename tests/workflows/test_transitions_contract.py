"""What we rely on in the library `transitions`, and the traps we step around: a new version that differs is seen here
first."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

import pytest
from transitions import Machine, MachineError
from transitions.core import EventData


class Walker:
    def __init__(self, state: str = "a") -> None:
        self.state = state


def machine(**more: Any) -> Machine:
    settings = {"model": None, "states": ["a", "b", "c"], "initial": "a", "auto_transitions": False, "send_event": True,
                "queued": False}
    return Machine(**(settings | more))


def test_a_machine_moves_a_value_that_it_never_keeps() -> None:
    m, walker = machine(), Walker()
    m.add_transition("go", "a", "b")
    assert m.events["go"].trigger(walker) is True
    assert walker.state == "b"
    assert m.models == []
    gone = weakref.ref(walker)
    gc.disable()
    try:
        del walker
        assert gone() is None
    finally:
        gc.enable()


def test_a_condition_that_fails_says_so_in_silence_and_keeps_the_state() -> None:
    m, walker = machine(), Walker()
    m.add_transition("go", "a", "b", conditions=[lambda event: False])
    assert m.events["go"].trigger(walker) is False
    assert walker.state == "a"


def test_a_wrong_state_raises_a_machine_error() -> None:
    m = machine()
    m.add_transition("go", "a", "b")
    with pytest.raises(MachineError, match="Can't trigger event go from state b"):
        m.events["go"].trigger(Walker("b"))


def test_an_unknown_state_raises_a_value_error() -> None:
    m = machine()
    m.add_transition("go", "a", "b")
    with pytest.raises(ValueError, match="'z' is not a registered state"):
        m.events["go"].trigger(Walker("z"))


def test_an_unknown_trigger_is_no_event_at_all() -> None:
    m = machine()
    assert "fly" not in m.events
    with pytest.raises(KeyError):
        _ = m.events["fly"]


@pytest.mark.parametrize("answer", ["yes", [1], object()])
def test_a_condition_that_answers_with_anything_but_true_does_not_hold(answer: Any) -> None:
    m, walker = machine(), Walker()
    m.add_transition("go", "a", "b", conditions=[lambda event: answer])
    assert m.events["go"].trigger(walker) is False


def test_a_condition_reads_what_was_passed_along() -> None:
    seen: list[Any] = []

    def condition(event: EventData) -> bool:
        seen.append(event.kwargs["verdicts"])
        return True

    m = machine()
    m.add_transition("go", "a", "b", conditions=[condition])
    assert m.events["go"].trigger(Walker(), verdicts=(1, 2)) is True
    assert seen == [(1, 2)]


def test_a_callback_that_raises_afterwards_leaves_the_new_state() -> None:
    def fail(event: EventData) -> None:
        raise RuntimeError("too late")

    m, walker = machine(), Walker()
    m.add_transition("go", "a", "b", after=fail)
    with pytest.raises(RuntimeError, match="too late"):
        m.events["go"].trigger(walker)
    assert walker.state == "b"


def test_what_fails_at_the_very_end_is_swallowed() -> None:
    def fail(event: EventData) -> None:
        raise RuntimeError("nobody hears")

    m = machine(finalize_event=fail)
    m.add_transition("go", "a", "b")
    assert m.events["go"].trigger(Walker()) is True


def test_jumps_exist_unless_they_are_switched_off() -> None:
    assert "to_c" not in machine().events
    assert "to_c" in machine(auto_transitions=True).events


def test_a_condition_given_as_words_fails_only_when_fired() -> None:
    m = machine()
    m.add_transition("go", "a", "b", conditions="nowhere_to_be_found")
    with pytest.raises(AttributeError):
        m.events["go"].trigger(Walker())


def test_a_dotted_name_is_imported_and_called() -> None:
    m = machine(send_event=False)
    m.add_transition("go", "a", "b", after="gc.collect")
    assert m.events["go"].trigger(Walker()) is True


def test_a_destination_that_does_not_exist_is_found_only_when_fired() -> None:
    m = machine()
    m.add_transition("go", "a", "nowhere")
    with pytest.raises(ValueError, match="nowhere"):
        m.events["go"].trigger(Walker())


def test_a_registered_model_loses_the_state_it_came_with() -> None:
    m, walker = machine(), Walker("b")
    m.add_model(walker)
    assert walker.state == "a"
    assert m.models == [walker]


def test_a_trigger_may_not_be_called_like_the_attribute_that_holds_the_state() -> None:
    with pytest.raises(ValueError, match="model attribute"):
        machine().add_transition("state", "a", "b")


def test_one_machine_serves_many_threads() -> None:
    m, wrong = machine(), []
    for source, dest in (("a", "b"), ("b", "c"), ("c", "a")):
        m.add_transition("go", source, dest, conditions=[lambda event: event.kwargs["ok"]])

    def run() -> None:
        walker = Walker()
        for i in range(600):
            if m.events["go"].trigger(walker, ok=True) is not True or walker.state != "bca"[i % 3]:
                wrong.append(i)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
