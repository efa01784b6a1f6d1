"""Administration in one place: how the installation is, and the way to everything that is kept. Workflows with picture, table, versions and what
differs between them; a definition can be checked before it is put into a pack."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from markupsafe import Markup

from inspect_app import http, i18n
from inspect_app.access.policy import Policy, policy
from inspect_app.errors import NotFound
from inspect_app.pages.figures import named
from inspect_app.schemas.cases import dump_workflow
from inspect_app.services import condition, definitions, directory, publications
from workflows import draw
from workflows.compare import Change, compare
from workflows.definition import Workflow
from workflows.errors import BadDefinition
from workflows.pack import read_workflow

pages = Blueprint("overview", __name__)

LARGEST = 512 * 1024
"""Bytes of a definition that is checked."""


@pages.get("/administration")
@policy(GET=Policy.ADMINISTERS)
def show() -> str:
    """The overview."""
    house = http.house()
    return render_template("administration.html", c=condition.of(house),
                           rulesets=[rules.title.say(http.language()) for rules in house.catalogue.rulesets_by_name.values() if not rules.recorded])


@pages.get("/administration/figures")
@policy(GET=Policy.ADMINISTERS)
def published() -> str:
    """Every edition of figures that was published, and when the next is."""
    house = http.house()
    return render_template("publications.html", editions=publications.editions(house), coming=publications.coming(house), named=named)


@pages.get("/workflows")
@policy(GET=Policy.SIGNED_IN)
def workflows() -> str:
    """Every workflow, with what it is called here."""
    return _listed()


@pages.post("/workflows")
@policy(POST=Policy.ADMINISTERS)
def check() -> tuple[str, int]:
    """Whether a definition is sound, each defect with its line, and what differs from the version that is loaded. Nothing of it is kept."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _listed(wrong=i18n.say(http.language(), "workflows.file_needed")), 422
    try:
        found = read_workflow(file.stream.read(LARGEST).decode("utf-8"), file.filename[:200])
    except UnicodeDecodeError:
        return _listed(wrong=i18n.say(http.language(), "workflows.no_text")), 422
    except BadDefinition as error:
        return _listed(defects=list(zip(error.lines, error.defects, strict=True)), sent=error.name), 422
    known = http.house().catalogue.by_name.get(found.name)
    return _listed(sound=found, changes=compare(known.law(), found.law()) if known else None, sent=file.filename[:200]), 200


def _listed(wrong: str | None = None, defects: list[tuple[int | None, str]] | None = None, sound: Workflow | None = None,
            changes: list[Change] | None = None, sent: str = "") -> str:
    house = http.house()
    rules = house.catalogue.rulesets_by_name[directory.ruleset_of(house)]
    rows = sorted(((w, i18n.workflow_label(w, rules, http.language())) for w in house.catalogue.by_name.values()), key=lambda one: one[0].name)
    return render_template("workflows.html", rows=rows, wrong=wrong, defects=defects, sound=sound, changes=changes, sent=sent)


@pages.get("/workflows/<name>")
@policy(GET=Policy.SIGNED_IN)
def workflow(name: str) -> str:
    """One workflow: picture, table, versions; with `before` and `after`, hashes of two laws, what differs between them."""
    house, language = http.house(), http.language()
    known = definitions.versions(house, name)
    law, rules = house.catalogue.by_name[name], house.catalogue.rulesets_by_name[directory.ruleset_of(house)]
    by_hash, changes = {one.law_hash: one for one in known}, None
    before, after = request.args.get("before"), request.args.get("after")
    if before is not None or after is not None:
        if before not in by_hash or after not in by_hash:
            raise NotFound
        changes = compare(by_hash[before].law, by_hash[after].law)
    picture = Markup(draw.svg(draw.model(law, language)))  # noqa: S704
    return render_template("workflow.html", w=law, told=dump_workflow(law, rules, language), picture=picture, versions=known, changes=changes,
                           before=before, after=after, title=i18n.workflow_label(law, rules, language),
                           states={s.name: i18n.state_label(law, rules, language, s.name) for s in law.states})
