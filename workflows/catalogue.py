"""The workflows and rulesets in force: the core's own, and what the packs bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from workflows.concern_v1 import CONCERN
from workflows.definition import Workflow
from workflows.effects import Open, Tell
from workflows.errors import BadDefinition
from workflows.inspection_v1 import INSPECTION
from workflows.minor_matter_v1 import MINOR_MATTER
from workflows.pack import load_pack
from workflows.records_check_v1 import RECORDS_CHECK
from workflows.responsibility_v1 import RESPONSIBILITY
from workflows.roles import Role
from workflows.rollout_v1 import ROLLOUT
from workflows.ruleset import GENERIC, Ruleset
from workflows.shortcoming_v1 import SHORTCOMING_WORKFLOW
from workflows.talk_v1 import TALK
from workflows.unit_check_v1 import UNIT_CHECK

BUILT_IN = (INSPECTION, RESPONSIBILITY, SHORTCOMING_WORKFLOW, CONCERN, *(TALK, RECORDS_CHECK, ROLLOUT, UNIT_CHECK, MINOR_MATTER))
SHIPPED_PACKS = Path(__file__).parent / "packs"


@dataclass(frozen=True)
class Catalogue:
    """Workflows by name and by hash of their law; rulesets by name and by hash."""

    workflows: tuple[Workflow, ...] = BUILT_IN
    rulesets: tuple[Ruleset, ...] = field(default=(GENERIC,))

    @cached_property
    def by_name(self) -> dict[str, Workflow]:
        """The newest version of each workflow."""
        return {w.name: w for w in sorted(self.workflows, key=lambda w: w.version)}

    @cached_property
    def by_hash(self) -> dict[str, Workflow]:
        return {w.law_hash: w for w in self.workflows}

    @cached_property
    def rulesets_by_name(self) -> dict[str, Ruleset]:
        return {r.name: r for r in sorted(self.rulesets, key=lambda r: r.version)}

    @cached_property
    def rulesets_by_hash(self) -> dict[str, Ruleset]:
        return {r.law_hash: r for r in self.rulesets}


def load_catalogue(folders: Iterable[Path] = ()) -> Catalogue:
    """The core's workflows, the shipped packs, and the packs in `folders`. Raises `BadDefinition`."""
    flows, rules = list(BUILT_IN), [GENERIC]
    shipped = sorted(p.parent for p in SHIPPED_PACKS.glob("*/pack.toml"))
    for folder in (*shipped, *folders):
        pack = load_pack(folder)
        flows += pack.workflows
        rules += [pack.ruleset] if pack.ruleset else []
    names = [(w.name, w.version) for w in flows]
    twice = sorted({f"{n}@{v}" for n, v in names if names.count((n, v)) > 1})
    if twice:
        raise BadDefinition("packs", [f"{name} is defined twice" for name in twice])
    known = {w.name: w for w in flows}
    for w in flows:
        for t in (*w.transitions, *w.entries):
            for effect in t.effects:
                other = known.get(effect.workflow) if isinstance(effect, (Open, Tell)) else None
                if isinstance(effect, Open) and (other is None or not any(o.trigger == effect.trigger for o in other.openings)):
                    raise BadDefinition(w.name, [f"“{t.trigger}” opens a case that no workflow knows"])
                if isinstance(effect, Tell) and (other is None or any(Role.SYSTEM not in o.who for o in other.triggers.get(effect.trigger, (t,)))):
                    raise BadDefinition(w.name, [f"“{t.trigger}” tells other cases of something that the system does not do there"])
    return Catalogue(tuple(flows), tuple(rules))
