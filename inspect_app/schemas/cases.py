"""Cases, and what can be done with them, as the JSON door shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspect_app import i18n
from inspect_app.schemas.events import moment
from inspect_app.services.queries import CaseRow
from workflows.definition import Transition, Workflow
from workflows.engine import Offer
from workflows.errors import Verdict
from workflows.inputs import Choice, Day, Input, Listed, Many, Number, Text
from workflows.listed import codes
from workflows.ruleset import Ruleset


def dump_case(row: CaseRow) -> dict[str, Any]:
    """One case. `waits` are the steps forward that are the reader's to take, `parts` the parts they play in it."""
    return dump_opened(row) | {
        "is_open": row.is_open,
        "paused": row.paused,
        "updated_at": moment(row.updated_at),
        "due_at": moment(row.due_at),
        "parts": sorted(row.parts),
        "waits": list(row.waits),
    }


def dump_opened(row: CaseRow) -> dict[str, Any]:
    """What of a case stays as it was when it was opened, but for state and seq."""
    return {
        "id": row.uid,
        "number": row.number,
        "reference": row.reference,
        "dossier": row.dossier,
        "workflow": row.workflow.name,
        "workflow_version": row.workflow.version,
        "law": row.workflow.law_hash,
        "ruleset": row.ruleset,
        "state": row.state,
        "seq": row.seq,
        "title": row.title,
        "unit": row.unit,
        "parent": row.parent,
        "origin": row.origin,
        "rehearsal": row.rehearsal,
        "opened_at": moment(row.opened_at),
    }


def dump_input(workflow: Workflow, transition: Transition, rules: Ruleset, language: str, i: Input) -> dict[str, Any]:
    """One declared input, in the reader's language."""
    told: dict[str, Any] = {
        "name": i.name,
        "kind": i.kind,
        "label": i18n.input_label(workflow, transition, rules, language, i),
        "required": i.required,
        "class": str(i.klass),
        "readers": [str(r) for r in i.readers],
    }
    if i.help is not None:
        told["help"] = i.help.say(language)
    match i:
        case Text() | Number():
            told |= {"at_least": i.at_least, "at_most": i.at_most}
        case Choice():
            told["options"] = [{"code": code, "label": label.say(language)} for code, label in i.options]
        case Listed():
            told["options"] = [{"code": code, "label": i18n.listed_label(rules, language, i.of, code)} for code in codes(rules.listed, i.of)]
            told["several"] = i.several
        case Day():
            told["when"] = i.when
        case Many():
            told |= {"at_least": i.at_least, "at_most": i.at_most, "of": [dump_input(workflow, transition, rules, language, c) for c in i.of]}
    return told


def dump_transition(workflow: Workflow, transition: Transition, rules: Ruleset, language: str) -> dict[str, Any]:
    """One rule of a workflow: its words, who, and what it asks for."""
    return {
        "trigger": transition.trigger,
        "label": i18n.trigger_label(workflow, rules, language, transition.trigger),
        "dest": transition.dest,
        "who": [str(r) for r in transition.who],
        "standing": transition.standing,
        "entry": transition in workflow.entries,
        "help": transition.help.say(language) if transition.help else None,
        "inputs": [dump_input(workflow, transition, rules, language, i) for i in transition.asked],
    }


def dump_offers(workflow: Workflow, rules: Ruleset, language: str, offers: Sequence[Offer], inner: bool) -> list[dict[str, Any]]:
    """Every act out of the present state; the rules of the reader's own acts only, and to a party by their outer sentences.

    `ok` is null, and the message says so, where a rule is decided by what is entered."""
    return [
        dump_transition(workflow, o.transition, rules, language)
        | {
            "mine": o.mine,
            "allowed": o.allowed,
            "guards": [{"code": v.code, "ok": v.ok, "message": _foreseen(language, v, inner)} for v in o.verdicts],
        }
        for o in offers
    ]


def _foreseen(language: str, verdict: Verdict, inner: bool) -> str:
    message = verdict.inner if inner else verdict.outer
    return message if verdict.ok is not None else i18n.say(language, "guard.decided", rule=message)


def dump_workflow(workflow: Workflow, rules: Ruleset, language: str) -> dict[str, Any]:
    """The table of a workflow, and the hash of its law."""
    return dump_workflow_line(workflow, rules, language) | {
        "states": [
            {"name": s.name, "label": i18n.state_label(workflow, rules, language, s.name), "final": s.final, "settled": workflow.is_settled(s.name)}
            for s in workflow.states
        ],
        "transitions": [
            dump_transition(workflow, t, rules, language) | {"sources": list(t.sources), "guards": _rules(workflow, t, rules, language)}
            for t in (*workflow.transitions, *workflow.entries)
        ],
        "clocks": list(workflow.clocks),
    }


def _rules(workflow: Workflow, transition: Transition, rules: Ruleset, language: str) -> list[dict[str, Any]]:
    return [{"code": g.code, "message": g.unasked(language, workflow.called(language, rules.term_table)).outer} for g in transition.checks]


def dump_workflow_line(workflow: Workflow, rules: Ruleset, language: str) -> dict[str, Any]:
    """A workflow in a list."""
    return {
        "name": workflow.name,
        "version": workflow.version,
        "title": i18n.workflow_label(workflow, rules, language),
        "law": workflow.law_hash,
        "fast": workflow.fast,
        "needs_parent": workflow.needs_parent,
        "parents": list(workflow.parents),
        "openings": [t.trigger for t in workflow.openings],
    }
