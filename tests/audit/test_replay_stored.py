"""Replay over what is stored: nothing differs, until someone touches a row."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from inspect_app.cli import history
from inspect_app.cli.main import build
from inspect_app.services.house import House
from inspect_app.services.replaying import replay_all
from tests.services.histories import WHOLE, bring_in, example_house, log_file


@pytest.fixture
def house(founded_url: str, tmp_path: Path) -> House:
    made = example_house(founded_url, tmp_path)
    bring_in(made, log_file(tmp_path, ("A1", WHOLE), ("A2", ["Create Fine", "Payment", "Add penalty"])))
    return made


def touch(house: House, statement: str) -> list[str]:
    """Change a row behind the ledger's back; what replay says then."""
    with house.db.atomic("all") as session:
        session.execute(text(statement))
    return [what for _, _, what in replay_all(house).differences]


def test_what_is_stored_differs_nowhere(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    done = replay_all(house)
    assert (done.streams, done.events, done.found) == (4, 10, 0)
    args = build().parse_args(["audit", "replay"])
    assert history._replay(house, args) == 0
    assert capsys.readouterr().out == "4 streams, 10 events, 0 differences.\n"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE cases SET state = 'sent' WHERE id = 1", "state is mirrored as 'sent', its events make it 'in_collection'"),
        ("UPDATE cases SET seq = 9 WHERE id = 2", "seq is mirrored as 9, its events make it 2"),
        ("UPDATE stream SET seq = 9 WHERE id = 2", "the stream stands at event 9, its events end at 2"),
        ("UPDATE dossier SET position = 9 WHERE id = 1", "it stands at position 9, its 7 events run from 1 to 7"),
        ("UPDATE cases SET dossier_id = 2 WHERE id = 2", "2 events stand in another dossier than their case"),
    ],
)
def test_a_touched_row_is_named(house: House, statement: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said in touch(house, statement)
    args = build().parse_args(["audit", "replay", "--json"])
    assert history._replay(house, args) == 1
    assert said in capsys.readouterr().out
