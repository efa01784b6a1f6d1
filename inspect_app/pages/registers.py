"""Registers of the past: files are sent, a mapping is proposed and corrected, what would happen is shown row by row, then it is imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import Invalid, NotFound, Refusal, Unreadable
from inspect_app.imports.register_facts import FACTS
from inspect_app.imports.register_proposal import IGNORED, Draft
from inspect_app.services import register_uploads, registers
from inspect_app.services.register_reports import Report
from workflows.words import Words

pages = Blueprint("registers", __name__)
LONGEST_MAPPING = 2**20
ENCODINGS = ("utf-8", "windows-1258", "windows-1252", "utf-16-le")
"""Of tables that are text, what can be chosen where the file does not show it; a mapping may name any other."""


@pages.route("/registers", methods=["GET", "POST"])
@policy(GET=Policy.IMPORTS, POST=Policy.IMPORTS)
def choose() -> Answer | str | tuple[str, int]:
    if request.method == "GET":
        return render_template("registers.html", wrong=None)
    sent = [(file.filename or "", file.save) for file in request.files.getlist("files") if file.filename]
    try:
        id_ = register_uploads.keep(http.house(), http.actor(), sent)
    except Invalid as error:
        return render_template("registers.html", wrong=error.problems[0].message), 422
    return redirect(url_for("registers.one", id_=id_), 303)


@pages.route("/registers/<id_>", methods=["GET", "POST"])
@policy(GET=Policy.IMPORTS, POST=Policy.IMPORTS)
def one(id_: str) -> Answer | str | tuple[str, int]:
    house, actor = http.house(), http.actor()
    folder = register_uploads.kept(house, actor, id_)
    do = request.form.get("do", "") if request.method == "POST" else ""
    if do == "discard":
        register_uploads.discard(folder)
        return redirect(url_for("registers.choose"), 303)
    try:
        if do not in ("preview", "import"):
            drafts = _drafts(folder, do)
            return _page(folder, drafts, wrong=_defects(folder))
        text = request.form.get("mapping", "")
        if len(text) > LONGEST_MAPPING:
            raise Unreadable(i18n.say(http.language(), "registers.mapping_too_long"))
        register_uploads.write_mapping(folder, text.replace("\r\n", "\n"))
        report = _carried(folder, really=do == "import")
    except (Unreadable, NotFound) as error:
        return _page(folder, None, wrong=_told(error)), 422
    if do == "import":
        register_uploads.discard(folder)
        return render_template("register_report.html", report=report, says=_says)
    try:
        return _page(folder, _drafts(folder, do), report)
    except Unreadable:  # nothing could be proposed for these files; the mapping that was written by hand reads them
        return _page(folder, None, report)


def _carried(folder: Path, *, really: bool) -> Report:
    """The import, or what it would do. Raises `Unreadable`; `NotFound` for a unit that is not theirs."""
    house, actor, code = http.house(), http.actor(), request.form.get("unit", "")
    within = {known for known, _ in register_uploads.units_of(house, actor)}
    if code not in within:
        raise NotFound(i18n.say(http.language(), "registers.unit_needed"))
    mapping = registers.read_mapping(register_uploads.mapping(folder) or "")
    return registers.import_register(house, actor, register_uploads.tables(folder), mapping, dry_run=not really, unit_code=code,
                                     within=within)


def _defects(folder: Path) -> str | None:
    """What is wrong with the mapping as it stands: one that was sent along may not be readable."""
    try:
        registers.read_mapping(register_uploads.mapping(folder) or "")
    except Unreadable as error:
        return _told(error)
    return None


def _told(error: Refusal) -> str:
    """Why something was refused, in the reader's language."""
    said = error.args[0] if error.args else None
    return said.say(http.language()) if isinstance(said, Words) else str(error)


def _drafts(folder: Path, do: str) -> list[Draft]:
    """What is proposed; it is written down where there is no mapping yet, and again where somebody chose other meanings."""
    chosen = {}
    if do == "propose":
        names = request.form.getlist("column")
        chosen = {(table, column): code for told, code in zip(names, request.form.getlist("fact"), strict=False)
                  for table, _, column in [told.partition("\n")]}
    text, drafts = registers.proposed(http.house(), register_uploads.tables(folder), chosen=chosen, encoding=_encoding(), language=http.language())
    if do == "propose" or register_uploads.mapping(folder) is None:
        register_uploads.write_mapping(folder, text)
    return drafts


def _encoding() -> str | None:
    told = request.form.get("encoding")
    return told if told in ENCODINGS else None


def _page(folder: Path, drafts: list[Draft] | None, report: Report | None = None, wrong: str | None = None) -> str:
    return render_template("register_mapping.html", drafts=drafts or [], facts=FACTS, ignored=IGNORED, report=report, wrong=wrong, says=_says,
                           encodings=ENCODINGS, encoding=_encoding(),
                           mapping=register_uploads.mapping(folder) or "", unit=request.form.get("unit", ""),
                           units=register_uploads.units_of(http.house(), http.actor()))


def _says(report: Report, name: str) -> str:
    """A rule in the reader's language."""
    said: Any = report.says.get(name)
    return said.say(http.language()) if said is not None else name
