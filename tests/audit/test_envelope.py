"""The envelope: canonical bytes, commitments that open one by one, and ten reference events that never change."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from inspect_app.audit.canonical import DEEPEST, LARGEST, NotCanonical, canonical, check, strict
from inspect_app.audit.envelope import disclosed, faults, leaf_hash, seal

VECTORS = Path(__file__).parent.parent / "vectors" / "events.json"
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=30)
KEYS = st.from_regex(r"[a-z_][a-z0-9_]{0,12}", fullmatch=True)
VALUES = st.recursive(st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
                      lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)


def b64(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@given(VALUES)
def test_sorted_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def random_value(rng: Random, depth: int = 0) -> Any:
    """A value of the profile: small, of every kind, with letters of every plane."""
    kind = rng.randrange(4 if depth > 3 else 6)
    if kind == 0:
        return rng.choice((None, True, False))
    if kind == 1:
        return rng.choice((0, 1, -1, LARGEST, -LARGEST, rng.randint(-LARGEST, LARGEST)))
    if kind < 4:
        return "".join(chr(rng.choice((rng.randrange(1, 0x80), rng.randrange(0x80, 0xD800), rng.randrange(0xE000, 0x110000))))
                       for _ in range(rng.randrange(8)))
    if kind == 4:
        return [random_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {"_abcdefgh_z0123"[rng.randrange(10):][:rng.randrange(1, 6)]: random_value(rng, depth + 1) for _ in range(rng.randrange(5))}


def same_bytes(seed: int, count: int) -> None:
    rng = Random(seed)
    for _ in range(count):
        value = random_value(rng)
        assert canonical(value) == rfc8785.dumps(value)


def test_sorted_bytes_of_random_objects_are_those_of_rfc_8785() -> None:
    same_bytes(1, 5_000)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(2, 12))
def test_sorted_bytes_of_half_a_million_random_objects_are_those_of_rfc_8785(seed: int) -> None:
    same_bytes(seed, 50_000)


@given(VALUES)
def test_what_is_canonical_reads_back_as_itself(value: Any) -> None:
    try:
        check(value)
    except NotCanonical:
        return
    assert strict(canonical(value)) == value


@pytest.mark.parametrize("raw", [b'{"a":1,"a":2}', b'{"b":1, "a":2}', b'{"b":1,"a":2}', b'{"a":1.0}', b'{"a":-0}', b'{"a":1e2}', b'["\\u0041"]',
                                 b' {"a":1}', b'{"a":1}\n', b'["\\/"]', b'{"A":1}', b'"\\ud800"', b'[1,]', b"\xef\xbb\xbf{}", b'["\\u0000"]'])
def test_any_other_way_to_write_it_is_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        strict(raw)


@pytest.mark.parametrize(("value", "word"), [(1.5, "float"), ({"Key": 1}, "key"), (2**53, "large"), ({"a": "x\0"}, "NUL"), ("\ud83d", "half")])
def test_what_the_profile_does_not_know_is_named(value: Any, word: str) -> None:
    with pytest.raises(NotCanonical, match=word):
        check(value)


def test_depth_has_an_end() -> None:
    value: Any = 1
    for _ in range(DEEPEST + 1):
        value = [value]
    with pytest.raises(NotCanonical, match="deeper"):
        check(value)


def test_every_field_opens_alone_by_the_rule_of_rfc_9901() -> None:
    fields = [("trigger", "assess"), ("data.note", "đã xem"), ("guards", [["a", True]])]
    sealed = seal(log="x/1", cid=b"c" * 16, seq=1, prev=b"", at=5, wf="w", fields=fields)
    digests = json.loads(sealed.envelope)["_sd"]
    for salt, name, value in json.loads(sealed.body):
        disclosure = urlsafe_b64encode(canonical([salt, name, value])).rstrip(b"=")
        assert urlsafe_b64encode(sha256(disclosure).digest()).rstrip(b"=").decode() in digests
        assert len(b64(salt)) == 16
    assert disclosed(sealed.body) == dict(fields)


@given(st.integers(1, 30))
def test_the_number_of_fields_is_hidden(n: int) -> None:
    sealed = seal(log="x/1", cid=b"c" * 16, seq=1, prev=b"", at=5, wf="w", fields=[(f"x.{i}", i) for i in range(n)])
    digests = json.loads(sealed.envelope)["_sd"]
    assert len(digests) % 4 == 0
    assert n <= len(digests) < n + 4
    assert digests == sorted(digests)


def test_the_envelope_says_nothing_of_who_or_what() -> None:
    sealed = seal(log="x/1", cid=b"c" * 16, seq=1, prev=b"", at=5, wf="w", fields=[("actor", "Nguyễn Văn A"), ("trigger", "conclude")])
    assert set(json.loads(sealed.envelope)) == {"v", "log", "cid", "seq", "prev", "at", "wf", "_sd", "_sd_alg"}
    assert b"conclude" not in sealed.envelope


def test_the_same_facts_are_never_sealed_the_same_way_twice() -> None:
    one, two = (seal(log="x/1", cid=b"c" * 16, seq=1, prev=b"", at=5, wf="w", fields=[("data.vote", True)]) for _ in range(2))
    assert one.envelope != two.envelope


def test_a_changed_byte_is_found() -> None:
    sealed = seal(log="x/1", cid=b"c" * 16, seq=1, prev=b"", at=5, wf="w", fields=[("data.sum", 10)])
    assert faults(sealed.envelope, sealed.leaf, sealed.body, {"seq": 1}) == []
    assert faults(sealed.envelope.replace(b'"at":5', b'"at":6'), sealed.leaf, sealed.body, {})
    assert faults(sealed.envelope, sealed.leaf, sealed.body.replace(b"10]", b"99]"), {})
    assert faults(sealed.envelope, sealed.leaf, sealed.body, {"seq": 2})


def reference_events() -> list[dict[str, Any]]:
    """The ten reference events, made again with the salts they were made with."""
    told = json.loads(VECTORS.read_text("utf-8"))
    made: list[dict[str, Any]] = []
    heads: dict[str, bytes] = {}
    for one in told:
        noise = bytes.fromhex(one["random"])
        prev = heads.get(one["cid"], b"")
        sealed = seal(log=one["log"], cid=bytes.fromhex(one["cid"]), seq=one["seq"], prev=prev, at=one["at"], wf=one["wf"],
                      fields=[tuple(f) for f in one["fields"]], random=lambda n: noise[:n])  # noqa: B023
        heads[one["cid"]] = sealed.leaf
        made.append({**one, "envelope": sealed.envelope.decode(), "leaf": sealed.leaf.hex(), "body": sealed.body.decode()})
    return made


def test_ten_reference_events_have_the_bytes_and_hashes_they_always_had() -> None:
    told = json.loads(VECTORS.read_text("utf-8"))
    assert len(told) == 10
    assert reference_events() == told


def test_reference_hashes_are_those_of_an_independent_reading() -> None:
    for one in json.loads(VECTORS.read_text("utf-8")):
        assert sha256(b"\x00" + one["envelope"].encode()).hexdigest() == one["leaf"] == leaf_hash(one["envelope"].encode()).hex()
        assert rfc8785.dumps(json.loads(one["envelope"])).decode() == one["envelope"]
