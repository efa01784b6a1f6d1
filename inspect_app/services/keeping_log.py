"""Keeping the log: one round of sequencing and signing, and the loop that the background work runs. An error ends no loop: it is told by
the log of operation and by health, and the next round tries again."""

from __future__ import annotations

from threading import Event as Bell

from config import BadSetting
from inspect_app import log
from inspect_app.db import DRIVER_ERRORS
from inspect_app.services import checkpoints, sequencing
from inspect_app.services.house import House
from inspect_app.services.sequencing import Sequencer
from inspect_app.services.signer import SignerRefuses

EVERY = 0.2
"""Seconds between two rounds."""
AFTER_TROUBLE = 5.0


def round_of(house: House, own: Sequencer | None = None) -> int:
    """Announce keys, put in everything that waits, sign the tree; returns how many events were put in.

    What was put in before is signed first: where the signer refuses, nothing more is put in. Raises `SignerRefuses`, `BadSetting`."""
    sequencer, done = own or Sequencer(house), 0
    checkpoints.announce(house)
    checkpoints.sign(house)
    while put_in := sequencer.round():
        done += put_in
    if done:
        checkpoints.sign(house)
    return done


def keep(house: House, bell: Bell) -> None:
    """Round after round, as the one leader, until the bell rings."""
    while not bell.is_set():
        try:
            with house.db.leading(sequencing.NAME) as leads:
                if leads:
                    _lead(house, bell)
        except (*DRIVER_ERRORS, OSError, LookupError) as error:
            log.trouble("log", f"{type(error).__name__}")
        bell.wait(AFTER_TROUBLE)


def _lead(house: House, bell: Bell) -> None:
    sequencer, told = Sequencer(house), ""
    while not bell.is_set():
        try:
            put_in = round_of(house, sequencer)
            trouble = "; ".join(f"event {id_}: {why}" for id_, why in sequencer.refused.items())
        except (SignerRefuses, BadSetting) as error:
            put_in, trouble = 0, str(error)
        if trouble and trouble != told:
            log.trouble("log", trouble)
        told = trouble
        bell.wait(AFTER_TROUBLE if trouble else 0.0 if put_in >= sequencing.AT_ONCE else EVERY)
