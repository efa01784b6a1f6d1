"""How the installation is, for its administrators: the log, background work, what was set up. Numbers and moments; nothing of any case."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from inspect_app.audit.checkpoint import Checkpoint
from inspect_app.models import clock, export_job
from inspect_app.now import now
from inspect_app.services import calendars, checkpoints, setup
from inspect_app.services.checkpoints import Standing
from inspect_app.services.house import Former, House
from workflows.ruleset import Ruleset

BEHIND = 300_000_000
"""So long (µs) a time limit may have run out before background work is behind."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The log and how it stands, its newest checkpoint and when that was made (µs since 1970 UTC), the logs before it; time limits that ran out and
    were not fired for five minutes; exports that wait; what the set-up lacks; which calendar is in force under each ruleset."""

    log: str
    stands: Standing
    newest: Checkpoint | None
    made_at: int | None
    former: tuple[Former, ...]
    unfired: int
    exports: int
    set_up: bool
    calendars: tuple[tuple[Ruleset, str, str], ...]
    """(ruleset, name, title) of the calendars in force, see `calendars.in_force`."""


def of(house: House) -> Condition:
    """How it is now."""
    with house.db.reading("all") as session:
        newest = checkpoints.newest_signed(session, house.log)
        unfired = session.execute(select(func.count()).select_from(clock).where(clock.c.status == "running", clock.c.then.is_not(None),
                                                                                clock.c.due_at < now() - BEHIND)).scalar_one()
        waiting = session.execute(select(func.count()).select_from(export_job).where(export_job.c.state.in_(("waiting", "running")))).scalar_one()
        named = setup.named_in(session)
    return Condition(house.log, checkpoints.standing(house), newest.point if newest else None, newest.made_at if newest else None, house.former,
                     unfired, waiting, all(named.values()), tuple(calendars.in_force(house)))
