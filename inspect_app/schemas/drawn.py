"""JSON Schema of the acts, drawn from the declared inputs: what OpenAPI says is what the gate asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from inspect_app.schemas.acts import FIRST_YEAR, LAST_YEAR
from inspect_app.schemas.requests import LONGEST_TITLE, MOST_ACTS, TEMPLATES
from workflows.definition import Transition, Workflow
from workflows.entries import ADD_EVIDENCE
from workflows.inputs import Choice, Day, Evidence, Input, Listed, Many, Number, Text, Yes

IDENTIFIER: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
MOMENT: dict[str, Any] = {
    "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}],
    "description": "ISO 8601: a moment with its offset, or a day in the organisation's zone; never in the future.",
}
OUTER: dict[str, Any] = {
    "occurred_at": MOMENT,
    "on_behalf_of": IDENTIFIER | {"description": "The person one acts for, holding their office meanwhile."},
    "recorded_for": IDENTIFIER | {"description": "The person whose signed paper is typed; `data.paper` names it."},
}


def ref(name: str) -> dict[str, Any]:
    """A reference to another schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed(properties: Mapping[str, Any], required: Iterable[str] | None = None) -> dict[str, Any]:
    """An object with these properties and no others; all of them needed unless `required` says which."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": sorted(properties if required is None else required),
        "additionalProperties": False,
    }


def schema_for(i: Input) -> dict[str, Any]:
    """The schema of one declared input."""
    told: dict[str, Any] = {"title": str(i.label), "x-kind": i.kind, "x-class": str(i.klass), "x-readers": [str(r) for r in i.readers]}
    if i.help is not None:
        told["description"] = str(i.help)
    match i:
        case Text():
            return told | {"type": "string", "minLength": i.at_least, "maxLength": i.at_most}
        case Choice():
            return told | {"type": "string", "enum": [code for code, _ in i.options], "x-labels": [str(label) for _, label in i.options]}
        case Day():
            return told | {"type": "string", "format": "date", "x-when": i.when, "x-years": [FIRST_YEAR, LAST_YEAR]}
        case Number():
            return told | {"type": "integer", "minimum": i.at_least, "maximum": i.at_most}
        case Yes():
            return told | {"type": "boolean"} | ({"const": True} if i.required else {})
        case Evidence():
            return told | {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
                "minItems": int(i.required),
                "maxItems": 100,
            }
        case Listed():
            listed = told | {"x-list": i.of}
            return listed | ({"type": "array", "items": IDENTIFIER, "minItems": int(i.required), "maxItems": 100} if i.several else IDENTIFIER)
        case Many():
            return told | {"type": "array", "items": inputs_schema(i.of), "minItems": i.at_least, "maxItems": i.at_most}
        case _:
            return told | IDENTIFIER


def inputs_schema(inputs: Iterable[Input]) -> dict[str, Any]:
    """The schema of everything an act asks for."""
    listed = list(inputs)
    return closed({i.name: schema_for(i) for i in listed}, [i.name for i in listed if i.required])


def data_schema(workflow: Workflow, trigger: str) -> dict[str, Any]:
    """The schema of the data of a trigger; where it asks for different things from different states, any of them."""
    transitions = workflow.triggers[trigger]
    drawn = [inputs_schema(inputs) for inputs in dict.fromkeys(t.asked for t in transitions)]
    about = {"title": f"{workflow.title}: {transitions[0].label}"} | ({"description": str(transitions[0].help)} if transitions[0].help else {})
    return about | (drawn[0] if len(drawn) == 1 else {"anyOf": drawn})


def for_people(transition: Transition) -> bool:
    """Whether people may send it; a clock's own triggers are not in the description."""
    return any(role != "system" for role in transition.who)


def act_schemas(workflows: Iterable[Workflow]) -> dict[str, dict[str, Any]]:
    """Every schema of what may be sent: the data of each trigger of each workflow, and the bodies made of them."""
    made: dict[str, dict[str, Any]] = {}
    by_trigger: dict[str, list[str]] = {}
    openings: list[dict[str, Any]] = []
    for w in sorted(workflows, key=lambda w: w.name):
        for trigger, transitions in w.triggers.items():
            if not for_people(transitions[0]):
                continue
            name = f"{w.name}.{trigger}"
            made[name] = data_schema(w, trigger)
            if w.recorded and transitions[0] in w.openings:
                continue
            if transitions[0] in w.openings:
                openings.append(_opening(w, trigger, name))
            else:
                by_trigger.setdefault(trigger, []).append(name)
    data = {trigger: _either([ref(name) for name in names]) for trigger, names in by_trigger.items()}
    made["Act"] = {"oneOf": [closed({"trigger": {"const": t}, "data": d} | OUTER, _needs(made, by_trigger[t], ["trigger"])) for t, d in data.items()]}
    made["Opening"] = {"oneOf": openings}
    one_of_many = {
        "case": {"type": "string", "format": "uuid"},
        "seen": {"type": "integer", "minimum": 0, "description": "Stands for If-Match."},
        "trigger": {"enum": sorted(data)},
        "data": {"type": "object", "description": "As of the trigger."},
    } | OUTER
    acts = {"type": "array", "minItems": 1, "maxItems": MOST_ACTS, "items": closed(one_of_many, ["case", "seen", "trigger"])}
    made["Batch"] = closed({"acts": acts})
    made["Sitting"] = closed(
        {
            "template": {"enum": list(TEMPLATES)},
            "occurred_at": MOMENT,
            "acts": acts,
            "papers": {
                "type": "array",
                "items": {"type": "string", "maxLength": 400},
                "description": "The papers it is typed from: `paper` of each act without one.",
            },
        },
        ["template", "occurred_at", "acts"],
    )
    made.update(_evidence())
    return made


def _either(schemas: list[dict[str, Any]]) -> dict[str, Any]:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _needs(made: Mapping[str, Any], names: list[str], always: list[str]) -> list[str]:
    """`data` may be left out where nothing in it is needed."""
    return always if any(not made[name].get("required", [True]) for name in names) else [*always, "data"]


def _opening(workflow: Workflow, trigger: str, name: str) -> dict[str, Any]:
    alone = len(workflow.openings) == 1
    code = {"type": "string", "minLength": 1, "maxLength": 200}
    return closed(
        {
            "workflow": {"const": workflow.name},
            "trigger": {"const": trigger},
            "ruleset": code,
            "unit": code,
            "parent": {"type": "string", "format": "uuid", "description": "The case it stands under."},
            "title": {"type": "string", "minLength": 1, "maxLength": LONGEST_TITLE},
            "rehearsal": {"type": "boolean", "description": "With invented people: it stands in no list, no search and no figure."},
            "data": ref(name),
        }
        | OUTER,
        ["workflow", "title", "data", *([] if alone else ["trigger"]), "parent" if workflow.needs_parent else "unit"],
    )


def _evidence() -> dict[str, dict[str, Any]]:
    declared = {i.name: schema_for(i) for i in ADD_EVIDENCE.inputs}
    file = {"description": declared["description"], "file": {"type": "string", "contentMediaType": "application/octet-stream"}} | OUTER
    paper = {name: declared[name] for name in ("description", "reference", "sha256")} | OUTER
    return {"EvidenceFile": closed(file, ["file", "description"]), "EvidenceReference": closed(paper, ["description", "reference"])}
