"""The background door: round after round of what nobody has to ask for. `python -m inspect_app.jobs.worker`"""

from __future__ import annotations

from threading import Event as Bell
from threading import Thread

from config import Settings
from inspect_app import log
from inspect_app.services import clocks, export_jobs, indexing, keeping_log, outbox, recounting
from inspect_app.services.founding import open_house
from inspect_app.services.house import House

EVERY = 60.0
"""Seconds between two rounds of clocks; the log has rounds of its own."""
LOOKS_EVERY = 2.0
"""Seconds between two looks for exports that wait: somebody waits for them, and they take long, so they have a thread of their own."""

POSTS_EVERY = 10.0
"""Seconds between two looks at the outbox; a mail server can be slow, so it has a thread of its own."""


def keep_working() -> None:
    """Work until the process is stopped."""
    settings = Settings.read()
    house = open_house(settings, background=True)
    bell = Bell()
    Thread(target=keeping_log.keep, args=(house, bell), name="log", daemon=True).start()
    Thread(target=indexing.keep, args=(house, bell), name="search", daemon=True).start()
    Thread(target=_export, args=(house, bell), name="exports", daemon=True).start()
    Thread(target=_post, args=(house, bell), name="mail", daemon=True).start()
    while True:
        recounting.watch(house)
        clocks.round_of(house)
        bell.wait(EVERY)


def _export(house: House, bell: Bell) -> None:
    while True:
        try:
            export_jobs.round_of(house)
        except export_jobs.BREAKS as error:  # a database that is away now may be back for the next look
            log.incident(error, "WORK", "exports")
        bell.wait(LOOKS_EVERY)


def _post(house: House, bell: Bell) -> None:
    while True:
        try:
            outbox.round_of(house)
        except export_jobs.BREAKS as error:
            log.incident(error, "WORK", "mail")
        bell.wait(POSTS_EVERY)


if __name__ == "__main__":
    keep_working()
