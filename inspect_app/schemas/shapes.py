"""JSON Schema of the answers of the JSON door. Each says everything that may be in an answer; a test holds the answers to it."""

from __future__ import annotations

from typing import Any

from inspect_app.schemas.drawn import closed, ref
from inspect_app.services.silence import KINDS

TEXT: dict[str, Any] = {"type": "string"}
MAYBE: dict[str, Any] = {"type": ["string", "null"]}
WHOLE: dict[str, Any] = {"type": "integer"}
TRUTH: dict[str, Any] = {"type": "boolean"}
WHEN: dict[str, Any] = {"type": "string", "format": "date-time"}
MAYBE_WHEN: dict[str, Any] = {"type": ["string", "null"], "format": "date-time"}
UUID: dict[str, Any] = {"type": "string", "format": "uuid"}
DIGEST: dict[str, Any] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
CURSOR: dict[str, Any] = MAYBE | {"description": "Leads to the next page; null at the end."}


def many(of: dict[str, Any]) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": of}


_VERDICT = closed({"code": TEXT, "ok": TRUTH, "message": TEXT})
_FORESEEN = closed({"code": TEXT, "ok": {"type": ["boolean", "null"], "description": "null: decided by what you enter"}, "message": TEXT})
_RULE = closed({"code": TEXT, "message": TEXT})
_OPENED = {
    "id": UUID,
    "number": TEXT,
    "reference": MAYBE,
    "dossier": UUID,
    "workflow": TEXT,
    "workflow_version": WHOLE,
    "law": DIGEST,
    "ruleset": TEXT,
    "state": TEXT,
    "seq": WHOLE,
    "title": TEXT,
    "unit": MAYBE,
    "parent": {"type": ["string", "null"], "format": "uuid"},
    "origin": TEXT,
    "rehearsal": TRUTH,
    "opened_at": WHEN,
}
_CASE = _OPENED | {"is_open": TRUTH, "paused": TRUTH, "updated_at": WHEN, "due_at": MAYBE_WHEN, "parts": many(TEXT), "waits": many(TEXT)}
_EVENT = {
    "id": UUID,
    "case": UUID,
    "number": TEXT,
    "seq": WHOLE,
    "position": WHOLE,
    "trigger": TEXT,
    "before": TEXT,
    "after": TEXT,
    "actor": TEXT,
    "role": TEXT,
    "on_behalf_of": MAYBE,
    "recorded_for": MAYBE,
    "occurred_at": WHEN,
    "recorded_at": WHEN,
    "origin": {"enum": ["act", "recorded"]},
    "fits": TRUTH,
    "late": TRUTH,
    "overdue": TRUTH,
    "data": {"type": "object"},
    "guards": many(closed({"code": TEXT, "ok": TRUTH})),
    "leaf": DIGEST,
    "receipt": {"description": "The log's signed promise, in the answer to the act that made the event; null everywhere else.",
                "oneOf": [{"type": "null"}, ref("Receipt")]},
}
_TRANSITION = {
    "trigger": TEXT,
    "label": TEXT,
    "dest": TEXT,
    "who": many(TEXT),
    "standing": TRUTH,
    "entry": TRUTH,
    "help": MAYBE,
    "inputs": many(ref("Input")),
}
_LINE = {
    "name": TEXT,
    "version": WHOLE,
    "title": TEXT,
    "law": DIGEST,
    "fast": TRUTH,
    "needs_parent": TRUTH,
    "parents": many(TEXT),
    "openings": many(TEXT),
}
_INPUT_NEEDED = {
    "name": TEXT,
    "kind": TEXT,
    "label": TEXT,
    "required": TRUTH,
    "class": {"enum": ["plain", "personal", "sensitive", "sealed"]},
    "readers": many(TEXT),
}
_INPUT_MORE = {
    "help": TEXT,
    "at_least": WHOLE,
    "at_most": WHOLE,
    "options": many(closed({"code": TEXT, "label": TEXT})),
    "several": TRUTH,
    "when": {"enum": ["past", "future", "any"]},
    "of": many(ref("Input")),
}

SHAPES: dict[str, dict[str, Any]] = {
    "Problem": closed(
        {
            "type": {"type": "string", "format": "uri-reference"},
            "title": TEXT,
            "status": WHOLE,
            "detail": TEXT,
            "pointer": TEXT | {"description": "The part of the request it is about, as a JSON pointer."},
            "errors": many(closed({"pointer": TEXT, "code": TEXT, "message": TEXT})),
            "guards": many(_VERDICT),
            "possible": many(TEXT),
            "disposed_on": TEXT | {"description": "The day on which the case was disposed of."},
            "under": TEXT | {"description": "The key of its ruleset under which it was."},
            "certificate": TEXT | {"description": "The page of the certificate."},
        },
        ("type", "title", "status", "detail"),
    )
    | {"description": "RFC 9457."},
    "Input": closed(_INPUT_NEEDED | _INPUT_MORE, _INPUT_NEEDED),
    "Event": closed(_EVENT),
    "Receipt": closed({"log": TEXT, "leaf": DIGEST, "note": TEXT}),
    "LogStanding": closed({"log": TEXT, "size": WHOLE, "signed": WHOLE, "waiting": WHOLE, "waits_seconds": WHOLE, "unsigned_seconds": WHOLE,
                           "trouble": {"enum": ["late", "unsigned", None]}, "keys": many(TEXT)}),
    "CaseProof": closed({"complete": TRUTH, "waiting": WHOLE, "proof": {"type": "object"},
                         "events": many({"type": "object", "required": ["seq", "index", "envelope"]})}),
    "ReadEvent": closed(_EVENT | {"withheld": many(TEXT)}),
    "EventList": closed({"events": many(ref("ReadEvent")), "cursor": CURSOR}),
    "OpenedCase": closed(_OPENED | {"event": ref("Event")}),
    "ListedCase": closed(_CASE),
    "Case": closed(_CASE | {"children": many(UUID)}),
    "CaseList": closed({"cases": many(ref("ListedCase")), "cursor": CURSOR, "total": WHOLE, "total_capped": TRUTH}, ("cases", "cursor")),
    "Silence": closed(
        {
            "closed": many(closed({"case": ref("ListedCase"), "on": {"type": "string", "format": "date"}, "ground": MAYBE, "sentence": MAYBE,
                                   "by_two": TRUTH | {"description": "Whether another person had proposed it."}})),
            "kind": {"enum": list(KINDS)},
            "waiting": many(ref("ListedCase")),
            "overdue": many(ref("ListedCase")),
            "noted": many(closed({"case": ref("ListedCase"), "seq": WHOLE, "trigger": TEXT, "role": TEXT, "of": {"type": "string", "format": "date"},
                                  "on": {"type": "string", "format": "date"}, "data": {"type": "object"}})),
            "cursor": CURSOR,
        }
    ),
    "Transitions": closed(
        {
            "case": UUID,
            "state": TEXT,
            "seq": WHOLE,
            "transitions": many(closed(_TRANSITION | {"mine": TRUTH, "allowed": TRUTH, "guards": many(_FORESEEN)})),
        }
    ),
    "ClockList": closed(
        {
            "clocks": many(
                closed(
                    {
                        "name": TEXT,
                        "status": {"enum": ["running", "paused", "stopped", "fired"]},
                        "due_on": {"type": "string", "format": "date"},
                        "due_at": WHEN,
                        "started_at": WHEN,
                        "started_seq": WHOLE,
                        "limit": TEXT,
                        "working_week": TEXT,
                        "calendar": TEXT,
                        "calendar_version": WHOLE,
                        "zone": TEXT,
                        "then": MAYBE,
                        "ended_at": MAYBE_WHEN,
                        "lines": many(closed({"code": TEXT, "values": {"type": "object"}, "says": TEXT})),
                    }
                )
            ),
            "away": many(closed({"from": {"type": "string", "format": "date"}, "until": {"type": "string", "format": "date"}})),
        }
    ),
    "BatchResults": closed(
        {
            "results": many(
                {
                    "oneOf": [
                        closed({"status": {"const": 201}, "event": ref("Event"), "etag": TEXT}),
                        closed({"status": WHOLE, "problem": ref("Problem")}),
                    ]
                }
            )
        }
    ),
    "SittingResult": closed({"template": TEXT, "events": many(ref("Event"))}),
    "AddedEvidence": closed({"n": WHOLE, "event": ref("Event")}),
    "EvidenceList": closed(
        {
            "evidence": many(
                closed(
                    {
                        "n": WHOLE,
                        "seq": WHOLE,
                        "held_as": {"enum": ["file", "reference"]},
                        "description": MAYBE,
                        "reference": MAYBE,
                        "filename": MAYBE,
                        "sha256": MAYBE,
                        "size": {"type": ["integer", "null"]},
                        "media_type": MAYBE,
                        "added_at": WHEN,
                        "withdrawn": TRUTH,
                        "file": MAYBE,
                    }
                )
            )
        }
    ),
    "Work": closed({"work": many(ref("ListedCase")), "cursor": CURSOR}),
    "Responsibilities": closed(
        {
            "responsibilities": many(
                closed(
                    {
                        "case": ref("ListedCase"),
                        "basis": TEXT,
                        "level": TEXT,
                        "due_on": {"type": "string", "format": "date"},
                        "office": TEXT,
                        "office_title": TEXT,
                    }
                )
            )
        }
    ),
    "WorkflowList": closed({"workflows": many(closed(_LINE))}),
    "Workflow": closed(
        _LINE
        | {
            "states": many(closed({"name": TEXT, "label": TEXT, "final": TRUTH, "settled": TRUTH})),
            "clocks": many(TEXT),
            "transitions": many(closed(_TRANSITION | {"sources": many(TEXT), "guards": many(_RULE)})),
        }
    ),
    "RulesetList": closed(
        {
            "rulesets": many(
                closed(
                    {
                        "name": TEXT,
                        "version": WHOLE,
                        "title": TEXT,
                        "law": DIGEST,
                        "chosen": TRUTH,
                        "keys": {"type": "object"},
                        "clocks": {"type": "object"},
                        "entries": many(closed({"key": TEXT, "value": TEXT, "about": TEXT, "source": TEXT, "mark": MAYBE})),
                        "documents": many(closed({"code": TEXT, "title": TEXT, "numbering": MAYBE})),
                        "criteria": many(closed({"code": TEXT, "label": TEXT, "counts": TEXT})),
                    }
                )
            )
        }
    ),
    "Plan": closed({
        "year": WHOLE, "legal_basis": TEXT,
        "quarters": many(closed({"quarter": TEXT, "planned": WHOLE, "due": WHOLE, "held": WHOLE, "dropped": WHOLE, "late": WHOLE})),
        "items": many(closed({"case": UUID, "number": TEXT, "unit": MAYBE, "what": TEXT, "first": TEXT, "quarter": TEXT, "kind": TEXT, "every": TEXT,
                              "points": many(TEXT), "state": TEXT, "inspection": {"type": ["string", "null"], "format": "uuid"},
                              "actual_year": {"type": ["integer", "null"]}, "actual_quarter": MAYBE, "late": TRUTH})),
        "demonstrations": many(closed({"case": UUID, "number": TEXT, "unit": MAYBE, "what": TEXT, "quarter": TEXT, "aim": TEXT, "held_on": MAYBE,
                                       "state": TEXT, "lessons": {"type": "object"}, "answers": {"type": "object"}, "effect": MAYBE,
                                       "compared": many({"type": "object"})})),
        "topics": many(closed({"why": TEXT, "what": TEXT, "times": WHOLE, "units": WHOLE}))}),
    "UnitList": closed({"units": many(closed({"code": TEXT, "name": TEXT, "kind": TEXT, "external": TRUTH, "parent": MAYBE, "mine": TRUTH,
                                              "dissolved_on": MAYBE, "successor": MAYBE}))}),
}
