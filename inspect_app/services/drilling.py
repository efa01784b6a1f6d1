"""The drill: a backup is taken, restored beside everything, and verified, in one go, so that the day it is needed is not the first."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from config import Settings
from inspect_app.services import backing_up, erasures, restoring, signer, verifying
from inspect_app.services.archive import Recipient
from inspect_app.services.backing_up import Taken
from inspect_app.services.founding import open_house
from inspect_app.services.house import House
from inspect_app.services.restoring import Restored
from inspect_app.services.verified import Verified
from inspect_app.services.verifying import Outside
from workflows.acts import Actor


@dataclass
class Drilled:
    """What a drill found. `taken` is missing where an older backup was tried."""

    taken: Taken | None
    restored: Restored
    verified: Verified


def drill(house: House, settings: Settings, actor: Actor, backup: Path | None = None, keys: Sequence[Recipient] = (),
          outside: Outside | None = None, room: Path | None = None) -> Drilled:
    """Restore a backup, one taken now where none is given, into an embedded database in a folder of its own, verify that, and throw it away.

    One that is taken now has to reach as far as the signer had seen before. Raises what taking and restoring raise."""
    with TemporaryDirectory(prefix="inspect-drill-", dir=room) as name:
        folder = Path(name)
        place = replace(settings, database_url=f"sqlite:///{folder / 'inspect.db'}", database_owner_url=None, database_worker_url=None,
                        data=folder / "data", keys=folder / "keys", packs=())
        taken = None
        if (listed := erasures.path_of(house)).exists():
            (place.keys / signer.FOLDER).mkdir(parents=True)
            shutil.copyfile(listed, place.keys / signer.FOLDER / listed.name)
        if backup is None:
            if (house.keys / signer.FOLDER).is_dir():
                shutil.copytree(house.keys / signer.FOLDER, place.keys / signer.FOLDER, dirs_exist_ok=True)
            backup = folder / "backup"
            taken = backing_up.back_up(house, backup, settings.packs, keys)
        restored = restoring.restore(place, backup, actor, keys, outside)
        copy = open_house(place, background=True)
        try:
            return Drilled(taken, restored, verifying.verify(copy, Outside()))
        finally:
            copy.db.close()
