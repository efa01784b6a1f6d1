"""Who may come through which door at all. What they find behind it is decided by the case: `visible_to`, and the parts they play in it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from workflows.acts import Actor
from workflows.roles import Role

View = TypeVar("View", bound=Callable[..., Any])


class Policy(StrEnum):
    """What a route and method ask of whoever comes."""

    PUBLIC = "public"
    """Anyone, signed in or not."""
    SIGNED_IN = "signed_in"
    """Someone; cases that are not theirs to see do not exist for them."""
    EXPORTS = "exports"
    """Those who may take histories away: auditors and chairs."""
    WRITES = "writes"
    """Someone, and a token only with the scope `write`."""
    ADMINISTERS = "administers"
    """Administrators, and a token of theirs only with the scope `administer`."""
    EXPLAINS = "explains"
    """Those who may ask why someone sees or does not see a case: data officers and auditors."""


EXPORTERS = frozenset({Role.AUDITOR, Role.CHAIR})
GRANTED: dict[Policy, frozenset[Role]] = {
    Policy.EXPORTS: EXPORTERS,
    Policy.ADMINISTERS: frozenset({Role.ADMIN}),
    Policy.EXPLAINS: frozenset({Role.DATA_OFFICER, Role.AUDITOR}),
}
"""Policies that ask for a role granted for some unit."""
SCOPES: dict[Policy, str] = {Policy.WRITES: "write", Policy.EXPORTS: "export", Policy.ADMINISTERS: "administer"}
"""The scope a token needs; `read` where nothing is said."""


def policy(**methods: Policy) -> Callable[[View], View]:
    """Declare the policy of a view for each method: `@policy(GET=Policy.SIGNED_IN)`. A view without one keeps the application from starting."""

    def declare(view: View) -> View:
        view.policies = dict(methods)  # type: ignore[attr-defined]
        return view

    return declare


def can(actor: Actor | None, wanted: Policy, granted: Callable[[], frozenset[Role]], scopes: frozenset[str] | None) -> bool:
    """Whether this actor may come through. `granted` is asked only where it matters; `scopes` is None for a browser's session."""
    if wanted is Policy.PUBLIC:
        return True
    if actor is None:
        return False
    if scopes is not None and SCOPES.get(wanted, "read") not in scopes:
        return False
    return wanted not in GRANTED or bool(granted() & GRANTED[wanted])
