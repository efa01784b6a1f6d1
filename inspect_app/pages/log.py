"""The state of the log, for auditors and administrators: how far it is signed, what waits, which keys sign, and what to keep of it elsewhere;
and a bundle that was taken away, held against it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Blueprint, render_template, request

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.audit.bundle_verify import ALTERED, INTACT, UNKNOWN
from inspect_app.services import bundles_here, checkpoints
from inspect_app.services.bundles_here import Judged

pages = Blueprint("log", __name__)

VERDICTS = {INTACT: "intact", ALTERED: "altered", UNKNOWN: "unsure"}


@pages.get("/log")
@policy(GET=Policy.READS_LOG)
def show() -> str:
    """The newest checkpoint in full, to be kept outside the house."""
    return _page()


@pages.post("/log")
@policy(POST=Policy.READS_LOG)
def judge_bundle() -> tuple[str, int]:
    """What came of a bundle that was sent; nothing of it is kept."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(wrong=i18n.say(http.language(), "log.file_needed")), 422
    with TemporaryDirectory() as place:
        sent = Path(place) / "sent.zip"
        file.save(sent)
        judged = bundles_here.judge(http.house(), sent, Path(place))
    return _page(judged=judged, name=file.filename[:200]), 422 if judged.status else 200


def _page(judged: Judged | None = None, name: str = "", wrong: str | None = None) -> str:
    house = http.house()
    with house.db.reading("all") as session:
        newest, keys = checkpoints.newest_signed(session, house.log), checkpoints.known(session)
    return render_template("log.html", name=house.log, stands=checkpoints.standing(house), newest=newest, keys=[key.written() for key in keys],
                           judged=judged, verdict=VERDICTS[judged.status] if judged else None, sent=name, wrong=wrong)
