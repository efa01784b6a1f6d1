"""The gate for what the JSON door is sent around an act: an opening, a sitting, a batch, the questions of a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from inspect_app.errors import Invalid, Problem, Unreadable
from inspect_app.schemas.acts import canonical_or_invalid, read_request, read_when, step
from workflows.acts import Act, Actor
from workflows.words import Words, words

LONGEST_TITLE = 300
MOST_ACTS = 100
LONGEST_LIST = 200
LONGEST_QUESTION = 200

TEMPLATES: dict[str, Words] = {"meeting": words(en="a meeting", vi="cuộc họp"), "visit": words(en="a visit", vi="buổi làm việc tại đơn vị")}
"""What a sitting may have been; a closed table."""


@dataclass(frozen=True, slots=True)
class AskedAct:
    """One of several acts: on which case, having seen which event."""

    case: str
    act: Act
    seen_given: bool


def _act(asked: Mapping[str, Any], actor: Actor, seen: int | None) -> Act:
    return Act(
        asked["trigger"] or "",
        actor,
        asked["data"],
        seen=seen,
        occurred_at=asked.get("occurred_at"),
        occurred_on=asked.get("occurred_on"),
        zone=asked.get("zone", "Z"),
        on_behalf_of=asked["on_behalf_of"],
        recorded_for=asked["recorded_for"],
    )


def act_of(body: Any, actor: Actor, seen: int | None) -> Act:
    """The act of a request on one case, its data still raw. Raises `Invalid`, `Unreadable`."""
    return _act(read_request(body), actor, seen)


_OPENING = frozenset({"workflow", "trigger", "parent", "ruleset", "unit", "title", "rehearsal"})


def read_opening(body: Any, actor: Actor) -> tuple[dict[str, Any], Act]:
    """({workflow, ruleset, unit, parent, title, trigger}, the first act). Raises `Invalid`, `Unreadable`."""
    asked = read_request(body, _OPENING)
    wrong: list[Problem] = []
    for name in ("workflow", "title"):
        if body.get(name) is None:
            wrong.append(Problem(f"/{name}", "required", "This is needed; fill it in."))
    if body.get("unit") is None and body.get("parent") is None:
        wrong.append(Problem("/unit", "required", "Name the unit it is about, or the parent case."))
    if body.get("rehearsal") is not None and not isinstance(body["rehearsal"], bool):
        wrong.append(Problem("/rehearsal", "invalid", "Send true or false."))
    for name in ("workflow", "ruleset", "unit", "parent", "title"):
        value = body.get(name)
        if value is not None and not isinstance(value, str):
            wrong.append(Problem(f"/{name}", "invalid", "Send a text."))
    if not wrong:
        title = body["title"].strip()
        if not 1 <= len(title) <= LONGEST_TITLE:
            wrong.append(Problem("/title", "invalid", f"Write 1 to {LONGEST_TITLE} characters."))
        wrong += [
            Problem(f"/{name}", "invalid", "Write at most 200 characters.")
            for name in ("workflow", "ruleset", "unit", "parent")
            if len(body.get(name) or "") > 200
        ]
    if wrong:
        raise Invalid(tuple(wrong))
    told: dict[str, Any] = {name: body.get(name) for name in _OPENING} | {"title": body["title"].strip()}
    for name, value in told.items():
        canonical_or_invalid(value, f"/{name}")
    act = _act(asked, actor, None)
    return told, act


def _read_asked(body: Any, actor: Actor, pointer: str) -> AskedAct:
    if not isinstance(body, dict):
        raise Invalid((Problem(pointer, "invalid", "Send an act as an object."),))
    extra = frozenset({"case", "seen"})
    try:
        wrong = []
        if not isinstance(body.get("case"), str) or not body["case"]:
            wrong.append(Problem("/case", "required", "Name the case by its id."))
        seen = body.get("seen")
        if seen is not None and (isinstance(seen, bool) or not isinstance(seen, int)):
            wrong.append(Problem("/seen", "invalid", "Send the number of the event you saw."))
        if wrong:
            raise Invalid(tuple(wrong))
        canonical_or_invalid(body["case"], "/case")
        canonical_or_invalid(seen, "/seen")
        asked = read_request(body, extra)
        if asked["trigger"] is None:
            raise Invalid((Problem("/trigger", "required", "Name the trigger."),))
    except Invalid as error:
        raise under(error, pointer) from None
    act = _act(asked, actor, seen)
    return AskedAct(body["case"].lower(), act, seen is not None)


def under(error: Invalid, pointer: str) -> Invalid:
    """The same problems, said of a part of the request."""
    return Invalid(tuple(Problem(f"{pointer}{p.pointer}", p.code, p.message) for p in error.problems))


def read_batch(body: Any) -> list[Any]:
    """The acts of a batch, each still raw: each has an answer of its own. Raises `Invalid`, `Unreadable`."""
    return _acts(body, frozenset())


def read_batched(body: Any, actor: Actor) -> AskedAct:
    """One act of a batch."""
    return _read_asked(body, actor, "")


def _acts(body: Any, extra: frozenset[str]) -> list[Any]:
    if not isinstance(body, dict):
        raise Unreadable("Send a JSON object.")
    wrong = [Problem(f"/{step(name)}", "unknown", "There is no such field here; leave it out.") for name in body if name not in extra | {"acts"}]
    acts = body.get("acts")
    if not isinstance(acts, list) or not 1 <= len(acts) <= MOST_ACTS:
        wrong.append(Problem("/acts", "invalid", f"Send 1 to {MOST_ACTS} acts."))
    if wrong:
        raise Invalid(tuple(wrong))
    return list(acts or ())


def read_sitting(body: Any, actor: Actor) -> list[AskedAct]:
    """The acts of a sitting, each with the sitting's moment and papers where it has none of its own. Raises `Invalid`, `Unreadable`."""
    raw = _acts(body, frozenset({"template", "occurred_at", "papers"}))
    wrong: list[Problem] = []
    if not isinstance(body.get("template"), str) or body["template"] not in TEMPLATES:
        wrong.append(Problem("/template", "unknown", f"Choose one of: {', '.join(TEMPLATES)}."))
    papers = body.get("papers") or []
    papers = [papers] if isinstance(papers, str) else papers
    if not isinstance(papers, list) or not all(isinstance(p, str) for p in papers) or len("; ".join(papers)) > 400:
        wrong.append(Problem("/papers", "invalid", "Name the papers it is typed from, together at most 400 characters."))
    if body.get("occurred_at") is None:
        wrong.append(Problem("/occurred_at", "required", "Say when it took place."))
    if wrong:
        raise Invalid(tuple(wrong))
    when = read_when(body["occurred_at"], "/occurred_at")
    asked = [_read_asked(one, actor, f"/acts/{n}") for n, one in enumerate(raw)]
    return [replace(a, act=_at(a.act, when, "; ".join(papers))) for a in asked]


def _at(act: Act, when: Mapping[str, Any], papers: str) -> Act:
    data: Mapping[str, Any] = act.data if "paper" in act.data or not papers else {**act.data, "paper": papers}
    own = act.occurred_at is not None or act.occurred_on is not None
    return replace(act, data=data) if own else replace(act, data=data, **when)


def read_question(asked: Mapping[str, str], known: frozenset[str]) -> dict[str, str]:
    """The questions of a list, as they stand in the address: each known, given once, short. Raises `Invalid`."""
    wrong = [
        Problem(f"/{step(name)}", "unknown", f"There is no such question; ask by: {', '.join(sorted(known))}.") for name in asked if name not in known
    ]
    for name, value in asked.items():
        if name in known and (len(value) > LONGEST_QUESTION or "\0" in value):
            wrong.append(Problem(f"/{name}", "invalid", f"Write at most {LONGEST_QUESTION} characters, without NUL."))
    if wrong:
        raise Invalid(tuple(wrong))
    return {name: value for name, value in asked.items() if value != ""}


def read_truth(asked: Mapping[str, str], name: str) -> bool | None:
    """`true` or `false`; None where it is not asked."""
    value = asked.get(name)
    if value not in (None, "true", "false"):
        raise Invalid((Problem(f"/{name}", "invalid", "Send true or false."),))
    return None if value is None else value == "true"


def read_limit(asked: Mapping[str, str]) -> int:
    """How many rows a page has: 50, or `limit`, at most 200."""
    text = asked.get("limit", "50")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= LONGEST_LIST):
        raise Invalid((Problem("/limit", "invalid", f"Give a number from 1 to {LONGEST_LIST}."),))
    return int(text)
