"""The state of the log, for auditors and administrators: how far it is signed, what waits, which keys sign, and what to keep of it elsewhere."""

from __future__ import annotations

from flask import Blueprint, render_template

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.services import checkpoints

pages = Blueprint("log", __name__)


@pages.get("/log")
@policy(GET=Policy.READS_LOG)
def show() -> str:
    """The newest checkpoint in full, to be kept outside the house."""
    house = http.house()
    with house.db.reading("all") as session:
        newest, keys = checkpoints.newest_signed(session, house.log), checkpoints.known(session)
    return render_template("log.html", name=house.log, stands=checkpoints.standing(house), newest=newest, keys=[key.written() for key in keys])
