"""The background door: round after round of what nobody has to ask for. `python -m inspect_app.jobs.worker`"""

from __future__ import annotations

from threading import Event as Bell

from config import Settings
from inspect_app.services import clocks, recounting
from inspect_app.services.founding import open_house

EVERY = 60.0
"""Seconds between two rounds."""


def keep_working() -> None:
    """Work until the process is stopped."""
    house = open_house(Settings.read(), background=True)
    bell = Bell()
    while True:
        recounting.watch(house)
        clocks.round_of(house)
        bell.wait(EVERY)


if __name__ == "__main__":
    keep_working()
