"""An export of the standard facts of everything in a process that runs, as a server's does: `python -m benchmarks.taking FORM` prints its seconds."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from inspect_app.db import Database
from inspect_app.services import exporting
from inspect_app.services.exporting import Order
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.catalogue import load_catalogue

BENCH = Actor("console:bench", "bench")


def house_of(url: str, packs: Path, data: Path) -> House:
    """The installation in this database."""
    return House(Database(url), load_catalogue([packs]), ZoneInfo("Europe/Rome"), data, "test")


def house_here() -> House:
    """The installation that the environment names."""
    return house_of(os.environ["INSPECT_DATABASE_URL"], Path(os.environ["INSPECT_PACKS"]), Path(os.environ["INSPECT_DATA"]))


def main() -> None:
    """Write the export to nowhere, as the COPY beside it is."""
    house = house_here()
    with open(os.devnull, "wb") as nowhere:
        start = time.perf_counter()
        for piece in exporting.streamed(house, BENCH, Order(Wanted(), sys.argv[1], facts="standard")):
            nowhere.write(piece)
    sys.stdout.write(f"{time.perf_counter() - start}\n")


if __name__ == "__main__":
    main()
