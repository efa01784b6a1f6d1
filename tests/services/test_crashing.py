"""Work that is cut off leaves nothing behind, hides nothing, and hinders nobody after it."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from inspect_app.db import Database
from inspect_app.services import casework
from tests.services.crashing import Crash, crash, killed
from tests.services.organisation import Organisation
from workflows.acts import Act


def test_an_interrupt_in_the_middle_of_a_statement_is_not_hidden_and_the_next_may_write(database_url: str) -> None:
    db = Database(database_url)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    event.listen(db.engine, "before_cursor_execute", interrupt)
    with pytest.raises(KeyboardInterrupt), db.atomic("all") as session:
        session.execute(text("SELECT 1"))
    event.remove(db.engine, "before_cursor_execute", interrupt)
    with db.atomic("all") as session:
        assert session.execute(text("SELECT 1")).scalar_one() == 1
    db.close()


def test_an_act_that_is_killed_at_any_statement_leaves_nothing_and_is_carried_out_afterwards(org: Organisation) -> None:
    case = org.open().case
    asked = Act("assess", org["officer"], {"assessment": "founded", "no_duplicate": True}, seen=1)

    def events() -> int:
        with org.house.db.reading("all") as session:
            return int(session.execute(text("SELECT COUNT(*) FROM event")).scalar_one())

    after = 1
    while not killed(org.house, 1_900_000_000_000_000, after, lambda house: casework.fire(house, case, asked)):
        assert events() == 1
        with pytest.raises(Crash), crash(org.house, after):
            casework.fire(org.house, case, asked)
        assert events() == 1
        after += 1
    assert after > 2 and events() == 2, "it was cut off in its midst, and then carried out whole"
