"""The rule of samples: written down again here from its description, and what is changed in a file is found."""

from __future__ import annotations

from hashlib import sha256

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.audit import sampling
from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.audit.sampling import BadSample

POINT = Checkpoint("cases.example.org/a", 12, bytes(range(32)))
NAMES = [f"name{n}" for n in range(40)]


def by_hand(point: Checkpoint, engagement: str, names: list[str], size: int) -> list[str]:
    """The rule, as its description says it."""
    seed = sha256(("inspect-app/sample/v1\n" + point.text() + engagement + "\n").encode()).digest()
    return sorted(names, key=lambda name: sha256(seed + name.encode()).hexdigest())[:size]


@given(st.sets(st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=22), max_size=60),
       st.integers(0, 70), st.text(max_size=30))
def test_the_sample_is_what_the_rule_says(names: set[str], size: int, engagement: str) -> None:
    told = sampling.drawn(sampling.seed(POINT, engagement), names, size)
    assert list(told) == by_hand(POINT, engagement, sorted(names), size)


def test_a_larger_sample_begins_with_the_smaller_one_and_another_checkpoint_gives_another() -> None:
    seed = sampling.seed(POINT, "1 HQ")
    assert sampling.drawn(seed, NAMES, 30)[:7] == sampling.drawn(seed, reversed(NAMES), 7)
    assert sampling.drawn(sampling.seed(Checkpoint(POINT.origin, 12, bytes(32)), "1 HQ"), NAMES, 7) != sampling.drawn(seed, NAMES, 7)


def test_a_file_is_recomputed_and_held_against_the_checkpoint_that_was_kept() -> None:
    raw = sampling.written(POINT, POINT.text() + "\n— not looked at\n", "1 HQ", NAMES, 5)
    assert sampling.recomputed(raw, POINT)["sample"] == by_hand(POINT, "1 HQ", NAMES, 5)
    with pytest.raises(BadSample, match="not the one that was kept"):
        sampling.recomputed(raw, Checkpoint(POINT.origin, 13, POINT.root))


@pytest.mark.parametrize(("part", "value"), [
    ("sample", ["name0", "name1", "name2", "name3", "name4"]), ("population", NAMES[1:]), ("size", 4), ("seed", "00" * 32), ("engagement", "2 HQ"),
    ("population_sha256", "00" * 32), ("rule", "another"), ("size", True), ("size", -1), ("sample", [1, 2]), ("population", "names")])
def test_what_is_changed_in_a_file_is_found(part: str, value: object) -> None:
    told = orjson.loads(sampling.written(POINT, POINT.text(), "1 HQ", NAMES, 5))
    with pytest.raises(BadSample):
        sampling.recomputed(orjson.dumps(told | {part: value}))


@pytest.mark.parametrize("raw", [b"", b"[]", b"{}", b'{"rule": 1}', b"\xff"])
def test_what_is_no_sample_is_said_to_be_none(raw: bytes) -> None:
    with pytest.raises(BadSample):
        sampling.recomputed(raw)
