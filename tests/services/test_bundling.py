"""A bundle proves itself, offline; it holds nothing of what is withheld, and nobody can change, drop or add anything unseen."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any
from zipfile import ZIP_STORED, ZipFile

import pytest
from sqlalchemy import select

from inspect_app.audit import bundle_verify, checkpoint
from inspect_app.audit.bundle_verify import ALTERED, INTACT, UNKNOWN, judge
from inspect_app.audit.notes import Signer
from inspect_app.models import cases
from inspect_app.now import hold
from inspect_app.services import checkpoints, exporting
from inspect_app.services.exporting import NotAvailable, Order
from inspect_app.services.histories import Wanted
from tests.api.standings import Peopled, peopled
from tests.services.bundles import contents, disclosed, forged, leaks, packed, resigned, status, take
from tests.services.drive import Drive, with_trial
from tests.services.looking import looking
from tests.services.organisation import CONSOLE, Organisation
from tests.services.test_random_drive import TRIAL

AUDIENCES = ("full", "internal", "person")
VERIFIER = Path(bundle_verify.__file__)


ON_SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
"""What a bundle holds does not depend on the database; that it is read rightly from either is shown once."""


@pytest.fixture
def everyone(org: Organisation) -> Peopled:
    return peopled(org)


@pytest.fixture
def bundle(everyone: Peopled, tmp_path: Path) -> Path:
    """The whole history of an inspection, for the installation itself."""
    return take(everyone.org.house, CONSOLE, everyone.number("inspection"), "full", tmp_path / "inspection.zip")


def proves_itself(org: Organisation, at_least: int, folder: Path) -> None:
    """Every case of the house, at least so many of them, for each audience: intact, and without anything that is withheld."""
    with org.house.db.reading("all") as session:
        numbers = list(session.execute(select(cases.c.number).order_by(cases.c.id).limit(at_least)).scalars())
    assert len(numbers) == at_least
    for number in numbers:
        for audience in AUDIENCES:
            out = take(org.house, CONSOLE, number, audience, folder / "one.zip")
            assert judge(out)[0] == INTACT, (number, audience, judge(out)[1])
            assert leaks(org.house, contents(out)) == [], (number, audience)


@ON_SQLITE
def test_cases_of_every_kind_prove_themselves_to_every_audience(org: Organisation, tmp_path: Path) -> None:
    with with_trial(org, TRIAL), looking(org.house.db) as sql:
        Drive(org, 7, sql, TRIAL.name).run(300)
        with hold(2**52):
            proves_itself(org, 20, tmp_path)


@pytest.mark.full
@ON_SQLITE
def test_five_hundred_cases_prove_themselves_to_every_audience(org: Organisation, tmp_path: Path) -> None:
    with with_trial(org, TRIAL), looking(org.house.db) as sql:
        Drive(org, 8, sql, TRIAL.name).run(7000)
        with hold(2**52):
            proves_itself(org, 500, tmp_path)


def test_a_bundle_of_everything_holds_each_case_whole(everyone: Peopled, tmp_path: Path) -> None:
    org = everyone.org
    files = contents(take(org.house, org["auditor"], None, "full", tmp_path / "all.zip"))
    assert status(tmp_path / "all.zip") == INTACT
    assert leaks(org.house, files) == []
    assert len(disclosed(files)) == 5
    assert set(files) >= {"verify.py", "README.txt", "manifest.json", "manifest.txt", "checkpoint.txt", "keys.txt", "case-file.pdf",
                          "tables/history.csv", "tables/history.xlsx", "tables/history.jsonl", "tables/history.xes", "tables/history.ocel.json"}


@ON_SQLITE
def test_an_auditor_takes_away_no_more_than_they_may_read(everyone: Peopled, tmp_path: Path) -> None:
    org, number = everyone.org, everyone.number("concern")
    files = contents(take(org.house, org["auditor"], number, "full", tmp_path / "concern.zip"))
    assert "data.what" not in disclosed(files)[number][1]
    assert "data.what" in disclosed(contents(take(org.house, org["chair"], number, "full", tmp_path / "concern.zip")))[number][1]
    assert leaks(org.house, files) == []


@ON_SQLITE
def test_a_person_gets_their_matter_with_everybody_else_under_a_pseudonym(everyone: Peopled, tmp_path: Path) -> None:
    org = everyone.org
    files = contents(take(org.house, CONSOLE, everyone.number("inspection"), "person", tmp_path / "one.zip"))
    lines = [json.loads(line) for line in files["tables/history.jsonl"].splitlines()]
    who = {line["actor"] for line in lines}
    assert all(name.startswith("p-") for name in who)
    assert 1 < len(who) < len(lines)
    assert not any(actor.id.encode() in raw for actor in org.people.values() for raw in files.values())


def _drop(told: dict[str, Any]) -> None:
    del told["events"][2]
    del told["proof"]["index"][2]


def _cut(told: dict[str, Any]) -> None:
    told["events"].pop()
    told["proof"]["index"].pop()


def _swap(told: dict[str, Any]) -> None:
    events, index = told["events"], told["proof"]["index"]
    events[1], events[2] = events[2], events[1]
    index[1], index[2] = index[2], index[1]


def _double(told: dict[str, Any]) -> None:
    told["events"].append(told["events"][-1])
    told["proof"]["index"].append(told["proof"]["index"][-1])


def _reword(told: dict[str, Any]) -> None:
    envelope = json.loads(told["events"][0]["envelope"])
    told["events"][0]["envelope"] = json.dumps(envelope | {"at": envelope["at"] + 1}, sort_keys=True, separators=(",", ":"))


def _move(told: dict[str, Any]) -> None:
    told["events"][0]["disclosures"], told["events"][1]["disclosures"] = told["events"][1]["disclosures"], told["events"][0]["disclosures"]


def _twice(told: dict[str, Any]) -> None:
    told["events"][0]["disclosures"].append(told["events"][0]["disclosures"][0])


def _deny(told: dict[str, Any]) -> None:
    told["events"], told["proof"]["index"] = [], []


CHANGES: tuple[Callable[[dict[str, Any]], None], ...] = (_drop, _cut, _swap, _double, _reword, _move, _twice, _deny)


@ON_SQLITE
def test_no_change_to_a_history_passes_even_with_the_key_of_the_manifest(everyone: Peopled, bundle: Path) -> None:
    files = contents(bundle)
    for change in CHANGES:
        bundle.write_bytes(forged(everyone.org.house, files, change))
        assert status(bundle) == ALTERED, change


@ON_SQLITE
def test_what_is_not_disclosed_may_be_left_out_and_the_rest_still_proves_itself(everyone: Peopled, bundle: Path) -> None:
    bundle.write_bytes(forged(everyone.org.house, contents(bundle), lambda told: told["events"][0]["disclosures"].pop()))
    assert status(bundle) == INTACT


@ON_SQLITE
def test_no_file_is_changed_added_or_missing_unseen(everyone: Peopled, bundle: Path) -> None:
    files = contents(bundle)
    for name in files:
        for other in (files | {name: files[name] + b" "}, {n: raw for n, raw in files.items() if n != name}, files | {"more.txt": b"more"}):
            bundle.write_bytes(packed(other))
            assert status(bundle) != INTACT, name
    bundle.write_bytes(resigned(everyone.org.house, files | {"evidence/x.bin": b"a file that no event names"}))
    assert status(bundle) == ALTERED


def flipped(bundle: Path, times: int, seed: int) -> None:
    """Flip one bit so many times: never is a bundle accepted that holds anything else."""
    raw, before, draw = bundle.read_bytes(), contents(bundle), Random(seed)
    for _ in range(times):
        at, bit = draw.randrange(len(raw)), 1 << draw.randrange(8)
        bundle.write_bytes(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1:])
        if status(bundle) == INTACT:
            assert contents(bundle) == before
    bundle.write_bytes(raw)


@ON_SQLITE
def test_a_flipped_bit_never_passes_with_other_content(bundle: Path) -> None:
    flipped(bundle, 400, 1)


@pytest.mark.full
@ON_SQLITE
def test_fifty_thousand_flipped_bits_never_pass_with_other_content(bundle: Path) -> None:
    flipped(bundle, 50_000, 2)


@ON_SQLITE
def test_a_checkpoint_that_is_held_decides(everyone: Peopled, bundle: Path, tmp_path: Path) -> None:
    house = everyone.org.house
    held = tmp_path / "held.txt"
    first = checkpoints.newest(house)
    held.write_text(first.note, "utf-8")
    later = take(house, CONSOLE, everyone.number("inspection"), "full", tmp_path / "later.zip")
    assert judge(later, None, str(held))[0] == UNKNOWN
    second = checkpoints.newest(house)
    assert second.point.size > first.point.size
    proof = tmp_path / "proof.txt"
    proof.write_text(bundle_proof(house, first, second), "ascii")
    assert judge(later, None, str(held), str(proof))[0] == INTACT
    lines = proof.read_text("ascii").splitlines()
    proof.write_text("\n".join([lines[-1], *lines[:-1]]) if len(lines) > 1 else "", "ascii")
    assert judge(later, None, str(held), str(proof))[0] == ALTERED
    held.write_text(second.note, "utf-8")
    assert judge(later, None, str(held))[0] == INTACT


def bundle_proof(house: Any, first: Any, second: Any) -> str:
    return checkpoint.write_proof(checkpoints.consistent(house, first.point, second.point))


@ON_SQLITE
def test_another_key_than_the_one_that_is_known_is_refused(everyone: Peopled, bundle: Path) -> None:
    files = contents(bundle)
    mine = next(line for line in files["keys.txt"].decode().splitlines() if line.startswith(f"{everyone.org.house.log}+"))
    assert judge(bundle, mine)[0] == INTACT
    other = Signer(everyone.org.house.log, bytes(32)).verifier.written()
    assert judge(bundle, other)[0] == ALTERED


def test_what_is_no_bundle_is_told_as_such(tmp_path: Path) -> None:
    for raw in (b"", b"PK", b"PK\x03\x04" + bytes(100), b"\0" * 1000, b"PK\x05\x06" + b"\xff" * 18):
        (tmp_path / "x.zip").write_bytes(raw)
        assert judge(tmp_path / "x.zip")[0] == UNKNOWN
    assert judge(tmp_path / "nowhere.zip")[0] == UNKNOWN


NONSENSE = (b"[" * 100_000, b'{"log":1}', b"{}", b"null", b'{"log":"x","log":"y"}', b"1" * 100_000, b'{"log":NaN}', b"\xff")


@ON_SQLITE
def test_a_manifest_or_a_history_that_says_nonsense_ends_in_a_verdict(everyone: Peopled, bundle: Path) -> None:
    files = contents(bundle)
    for told in NONSENSE:
        for name in ("manifest.json", "keys.txt", "manifest.txt", "checkpoint.txt"):
            bundle.write_bytes(packed(files | {name: told}))
            assert status(bundle) in (ALTERED, UNKNOWN)
        bundle.write_bytes(resigned(everyone.org.house, files | {"cases/000001.json": told}))
        assert status(bundle) in (ALTERED, UNKNOWN)


@ON_SQLITE
def test_a_file_that_unpacks_without_end_is_left_at_the_cap(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle_verify, "MOST_BYTES", 8 << 20)
    bundle.write_bytes(packed(contents(bundle) | {"tables/zeros.csv": bytes(64 << 20)}))
    assert status(bundle) == UNKNOWN


@ON_SQLITE
def test_a_file_that_stands_twice_is_no_bundle(bundle: Path, tmp_path: Path) -> None:
    out = tmp_path / "twice.zip"
    with ZipFile(out, "w", ZIP_STORED) as archive, pytest.warns(UserWarning, match="Duplicate"):
        for name, raw in [*contents(bundle).items(), ("keys.txt", b"other")]:
            archive.writestr(name, raw)
    assert status(out) == UNKNOWN


@ON_SQLITE
def test_the_verifier_in_a_bundle_is_ours_short_and_needs_one_library(bundle: Path) -> None:
    text = VERIFIER.read_text("utf-8")
    assert contents(bundle)["verify.py"] == text.encode()
    assert len(text.splitlines()) < 300
    imported = {node.module.partition(".")[0] for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.module}
    imported |= {alias.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import) for alias in node.names}
    assert imported - sys.stdlib_module_names == {"cryptography"}


@ON_SQLITE
def test_facts_of_then_withhold_what_came_later(everyone: Peopled, tmp_path: Path) -> None:
    house, number = everyone.org.house, everyone.number("inspection")
    files = contents(take(house, CONSOLE, number, "full", tmp_path / "now.zip"))
    middle = json.loads(json.loads(files["cases/000001.json"])["events"][2]["envelope"])["at"]
    exporting.export(house, CONSOLE, Order(Wanted(number), "bundle", as_of=middle), tmp_path / "then.zip")
    then = disclosed(contents(tmp_path / "then.zip"))[number]
    assert status(tmp_path / "then.zip") == INTACT
    assert [bool(then[seq]) for seq in (1, 2, 3, 4)] == [True, True, True, False]


@ON_SQLITE
def test_there_is_no_bundle_for_everybody(everyone: Peopled, tmp_path: Path) -> None:
    with pytest.raises(NotAvailable, match="full, internal, person"):
        take(everyone.org.house, CONSOLE, everyone.number("inspection"), "public", tmp_path / "x.zip")
