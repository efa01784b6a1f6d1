"""The one policy: what every door asks of whoever comes. Nothing is allowed that no row of `TABLE` allows.

Each route and method declares its action (`@policy(GET=Policy.READS_CASE)`); an action's row says who may come through at all. What they
find behind it is decided by the case: `visible_to` and the parts they play, and for an act by the `who` of its transition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from workflows.acts import Actor
from workflows.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """The actions: what somebody does who comes through a door."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    READS_CASE = "reads_case"
    ACTS_ON_CASE = "acts_on_case"
    WRITES = "writes"
    EXPORTS = "exports"
    AUDITS = "audits"
    OBSERVES = "observes"
    ANSWERS_AUDITS = "answers_audits"
    READS_LOG = "reads_log"
    MEASURES = "measures"
    EXPLAINS = "explains"
    AGREES = "agrees"
    IMPORTS = "imports"
    ADMINISTERS = "administers"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may: anyone; or somebody signed in, with a role of `granted` for some unit where that is not empty, and with a part in the case where
    it is `of_case`. `scope` is what a token needs."""

    says: str
    anyone: bool = False
    granted: frozenset[Role] = frozenset()
    of_case: bool = False
    scope: str = "read"


TABLE: Mapping[Policy, Rule] = MappingProxyType({
    Policy.PUBLIC: Rule("Anyone, signed in or not.", anyone=True),
    Policy.SIGNED_IN: Rule("Whoever has signed in; cases that are not theirs to see do not exist for them."),
    Policy.READS_CASE: Rule("Whoever plays a part in the case named; for all others there is no such case.", of_case=True),
    Policy.ACTS_ON_CASE: Rule("Whoever plays a part in the case named, where the law gives the act to that part.", of_case=True, scope="write"),
    Policy.WRITES: Rule("Whoever has signed in; each act is judged by its own case.", scope="write"),
    Policy.EXPORTS: Rule("Auditors and chairs, for the cases that they see.", granted=frozenset({Role.AUDITOR, Role.CHAIR}), scope="export"),
    Policy.AUDITS: Rule("Auditors, within their engagement.", granted=frozenset({Role.AUDITOR})),
    Policy.OBSERVES: Rule("Auditors, within their engagement: they draw samples and observe, and change no case.",
                          granted=frozenset({Role.AUDITOR}), scope="write"),
    Policy.ANSWERS_AUDITS: Rule("Chairs and unit leaders, for what is observed of their units.", granted=frozenset({Role.CHAIR, Role.UNIT_LEAD}),
                                scope="write"),
    Policy.READS_LOG: Rule("Auditors and administrators, and anyone where the log is opened: it holds hashes, numbers and moments, no personal "
                           "data.", granted=frozenset({Role.AUDITOR, Role.ADMIN})),
    Policy.MEASURES: Rule("Auditors and administrators: how the installation runs.", granted=frozenset({Role.AUDITOR, Role.ADMIN})),
    Policy.EXPLAINS: Rule("Data officers and auditors, for the cases of their units.", granted=frozenset({Role.DATA_OFFICER, Role.AUDITOR})),
    Policy.AGREES: Rule("Data officers and chairs, about cases of their units from which no wall keeps them out.",
                        granted=frozenset({Role.DATA_OFFICER, Role.CHAIR}), scope="decide"),
    Policy.IMPORTS: Rule("Chairs, into units of theirs.", granted=frozenset({Role.CHAIR}), scope="write"),
    Policy.ADMINISTERS: Rule("Administrators; they see no case by it.", granted=frozenset({Role.ADMIN}), scope="administer"),
})


MAY_BE_OPENED = frozenset({Policy.READS_LOG})
"""What an installation may open to anyone by its settings."""


def policy(**methods: Policy) -> Callable[[View], View]:
    """Declare the action of a view for each method: `@policy(GET=Policy.SIGNED_IN)`. A view without one keeps the application from starting."""

    def declare(view: View) -> View:
        view.policies = dict(methods)  # type: ignore[attr-defined]
        return view

    return declare


def can(actor: Actor | None, action: Policy, granted: Callable[[], frozenset[Role]], scopes: frozenset[str] | None,
        parts: frozenset[Role] | None = None) -> bool:
    """Whether this actor may do this. `granted` gives their roles for whatever unit, and is asked only where it matters; `scopes` are those of
    a token, None for a browser's session; `parts` are those they play in the case that the action is about, None where no case is known yet."""
    rule = TABLE.get(action)
    if rule is None:
        return False
    if rule.anyone:
        return True
    if actor is None or (scopes is not None and rule.scope not in scopes):
        return False
    if rule.of_case and parts is not None and not parts:
        return False
    return not rule.granted or bool(granted() & rule.granted)
