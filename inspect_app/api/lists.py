"""What waits for the reader, and the law and the units they work under."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from inspect_app import http
from inspect_app.access.policy import Policy, policy
from inspect_app.api import asking
from inspect_app.api.operations import LIST, Blueprint, operation, query
from inspect_app.errors import NotFound
from inspect_app.schemas.cases import dump_case, dump_workflow, dump_workflow_line
from inspect_app.schemas.requests import read_limit, read_question, read_truth
from inspect_app.services import directory, queries, silence
from workflows import draw
from workflows.definition import Workflow
from workflows.draw_rulesets import rows
from workflows.ruleset import Ruleset
from workflows.words import LANGUAGES

lists = Blueprint("lists", __name__, url_prefix=asking.BASE)

_NAME = ({"name": "name", "in": "path", "required": True, "schema": {"type": "string"}, "description": "The name of the workflow."},)
_DRAWN = {"svg": ("image/svg+xml", draw.svg), "mmd": ("text/plain", draw.mermaid), "dot": ("text/vnd.graphviz", draw.dot)}


@lists.get("/work")
@operation("What waits for the reader", answers={200: "Work"}, headers=("Link",), parameters=LIST, problems=(422,))
@policy(GET=Policy.SIGNED_IN)
def work() -> Response:
    """Cases with a step forward that is theirs to take, most urgent first; `waits` names the steps."""
    asked = read_question(request.args, frozenset({"limit", "cursor"}))
    found = queries.work(http.house(), http.actor(), limit=read_limit(asked), cursor=asked.get("cursor"))
    return http.answer({"work": [dump_case(row) for row in found.rows], "cursor": found.cursor}, 200, asking.next_link(asked, found.cursor))


@lists.get("/responsibilities")
@operation(
    "Responsibilities served on the reader",
    answers={200: "Responsibilities"},
    problems=(422,),
    parameters=(query("mine", "They are always the reader's own: nobody's are listed for others.", enum=("true",)),),
)
@policy(GET=Policy.SIGNED_IN)
def responsibilities() -> Response:
    """Most urgent first, the open ones before those that have ended."""
    asked = read_question(request.args, frozenset({"mine"}))
    read_truth(asked, "mine")
    found = queries.responsibilities(http.house(), http.actor())
    return http.answer({"responsibilities": [r | {"case": dump_case(r["case"]), "due_on": r["due_on"].isoformat()} for r in found]})


@lists.get("/silence")
@operation(
    "The ledger of silence",
    answers={200: "Silence"},
    headers=("Link",),
    problems=(403, 422),
    parameters=(query("kind", "Which part of it.", enum=silence.KINDS), *LIST),
)
@policy(GET=Policy.AUDITS)
def silent() -> Response:
    """Within the auditor's engagement, by part. `signals` (or none said): those closed without a case, newest first, and those that nobody has
    assessed in their time. `steps`: what has run out and was not done. `unanswered`: heads who let their time pass. `withheld`: evidence that was
    cited and not shown. `late`: entries after their day. `extended`: more time for a limit."""
    asked = read_question(request.args, frozenset({"kind", "limit", "cursor"}))
    found = silence.ledger(http.house(), http.actor(), kind=asked.get("kind", silence.SIGNALS), limit=read_limit(asked), cursor=asked.get("cursor"))
    closed = [{"case": dump_case(e.case), "on": e.on.isoformat(), "ground": e.ground, "sentence": e.sentence, "by_two": e.by_two}
              for e in found.closed]
    noted = [{"case": dump_case(n.case), "seq": n.event.seq, "trigger": n.event.trigger, "role": n.event.role, "of": n.of.isoformat(),
              "on": n.on.isoformat(), "data": dict(n.event.data)} for n in found.noted]
    told = {"kind": found.kind, "closed": closed, "waiting": [dump_case(row) for row in found.waiting],
            "overdue": [dump_case(row) for row in found.overdue], "noted": noted, "cursor": found.cursor}
    return http.answer(told, 200, asking.next_link(asked, found.cursor))


def _rules() -> Ruleset:
    house = http.house()
    return house.catalogue.rulesets_by_name[directory.ruleset_of(house)]


def _workflow(name: str) -> Workflow:
    found = http.house().catalogue.by_name.get(name)
    if found is None:
        raise NotFound(f"There is no workflow “{name[:100]}” here.")
    return found


@lists.get("/workflows")
@operation("The workflows", answers={200: "WorkflowList"})
@policy(GET=Policy.SIGNED_IN)
def workflows() -> Response:
    """The newest version of each."""
    rules, language = _rules(), http.language()
    found = sorted(http.house().catalogue.by_name.values(), key=lambda w: w.name)
    return http.answer({"workflows": [dump_workflow_line(w, rules, language) for w in found]})


@lists.get("/workflows/<name>")
@operation("The table of a workflow", answers={200: "Workflow"}, parameters=_NAME, problems=(404,))
@policy(GET=Policy.SIGNED_IN)
def workflow(name: str) -> Response:
    """States, acts with their rules and what they ask for, and the hash of the law."""
    return http.answer(dump_workflow(_workflow(name), _rules(), http.language()))


@lists.get("/workflows/<name>/diagram.<any(svg, mmd, dot):form>")
@operation(
    "A workflow as a picture",
    answers={200: "diagram"},
    problems=(404,),
    parameters=(
        *_NAME,
        {"name": "form", "in": "path", "required": True, "schema": {"type": "string", "enum": list(_DRAWN)}, "description": "SVG, Mermaid or DOT."},
    ),
)
@policy(GET=Policy.SIGNED_IN)
def diagram(name: str, form: str) -> Response:
    """In the reader's language."""
    media_type, write = _DRAWN[form]
    language = http.language() if http.language() in LANGUAGES else LANGUAGES[0]
    return Response(write(draw.model(_workflow(name), language)), mimetype=media_type)


@lists.get("/rulesets")
@operation("The rulesets", answers={200: "RulesetList"})
@policy(GET=Policy.SIGNED_IN)
def rulesets() -> Response:
    """What binds cases: values by key, time limits, and for each what it is for, where it comes from and how sure that is. `chosen` is the one that
    new cases fall under."""
    chosen, language = _rules().name, http.language()
    told: list[dict[str, Any]] = [
        {
            "name": r.name,
            "version": r.version,
            "title": r.title.say(language),
            "law": r.law_hash,
            "chosen": r.name == chosen,
            "keys": dict(r.keys),
            "clocks": dict(r.clocks),
            "entries": [{"key": e.key, "value": e.said, "about": e.about, "source": e.source, "mark": e.mark or None}
                        for some in rows(r, language).values() for e in some],
            "documents": [{"code": p.code, "title": p.title.say(language), "numbering": p.numbering or None} for p in r.papers],
            "criteria": [{"code": c.code, "label": c.label.say(language), "counts": c.counts.say(language)} for c in r.criteria],
        }
        for r in http.house().catalogue.rulesets_by_name.values()
    ]
    return http.answer({"rulesets": told})
