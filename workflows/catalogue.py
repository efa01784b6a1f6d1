"""The workflows and rulesets in force: the core's own, and what the packs bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from workflows.appeal_v1 import APPEAL
from workflows.concern_v1 import CONCERN
from workflows.corrective_action_v1 import CORRECTIVE_ACTION
from workflows.definition import Workflow
from workflows.demonstration_v1 import DEMONSTRATION, LESSON_WORKFLOW
from workflows.discipline_v1 import DISCIPLINE
from workflows.errors import BadDefinition
from workflows.inspection_v1 import INSPECTION
from workflows.lint_catalogue import find_together
from workflows.minor_matter_v1 import MINOR_MATTER
from workflows.pack import Pack, load_pack
from workflows.paper_kinds import GENERIC_KINDS, PaperKind, find_in_kinds
from workflows.pilot_unit_v1 import ASSESSMENT, PILOT_UNIT
from workflows.plan_draft_v1 import PLAN_DRAFT
from workflows.programme_v1 import PLANNED_INSPECTION, PROGRAMME
from workflows.records_check_v1 import RECORDS_CHECK
from workflows.redress_v1 import REDRESS
from workflows.responsibility_v1 import RESPONSIBILITY
from workflows.rollout_v1 import ROLLOUT
from workflows.ruleset import GENERIC, Ruleset
from workflows.shortcoming_v1 import SHORTCOMING_WORKFLOW
from workflows.talk_v1 import TALK
from workflows.testimony_v1 import TESTIMONY_WORKFLOW
from workflows.training_v1 import CAPABILITY_REVIEW, MANDATE, REVIEW_ROUND, TRAINING
from workflows.unit_check_v1 import UNIT_CHECK
from workflows.words import BESIDE

BUILT_IN = (INSPECTION, RESPONSIBILITY, SHORTCOMING_WORKFLOW, CONCERN, DISCIPLINE, APPEAL, REDRESS, CORRECTIVE_ACTION, TALK, RECORDS_CHECK, ROLLOUT,
            UNIT_CHECK, MINOR_MATTER, PROGRAMME, PLANNED_INSPECTION, DEMONSTRATION, LESSON_WORKFLOW, PILOT_UNIT, ASSESSMENT, TRAINING, MANDATE,
            REVIEW_ROUND, CAPABILITY_REVIEW, PLAN_DRAFT, TESTIMONY_WORKFLOW)
SHIPPED_PACKS = Path(__file__).parent / "packs"


for _language, _names in BESIDE.items():
    for _workflow in BUILT_IN:
        _names[f"workflow {_workflow.name}"] = _workflow.title.say(_language)
        _names.update({f"states {_workflow.name}.{_state.name}": _state.label.say(_language) for _state in _workflow.states})
        _names.update({f"trigger {_workflow.name}.{_code}": _steps[0].label.say(_language) for _code, _steps in _workflow.triggers.items()})


@dataclass(frozen=True)
class Catalogue:
    """Workflows by name and by hash of their law; rulesets by name and by hash."""

    workflows: tuple[Workflow, ...] = BUILT_IN
    rulesets: tuple[Ruleset, ...] = field(default=(GENERIC,))
    drawn: tuple[tuple[str, PaperKind], ...] = ()
    """Papers of rulesets, beside or instead of those of every house."""

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

    def papers(self, ruleset: str) -> dict[str, PaperKind]:
        """The papers under a ruleset, by code."""
        return dict(GENERIC_KINDS) | {kind.code: kind for name, kind in self.drawn if name == ruleset}

    @cached_property
    def rulesets_by_hash(self) -> dict[str, Ruleset]:
        return {r.law_hash: r for r in self.rulesets}


def load_catalogue(folders: Iterable[Path] = ()) -> Catalogue:
    """The core's workflows, the shipped packs, and the packs in `folders`. Raises `BadDefinition`."""
    brought = [load_pack(folder) for folder in folders]
    return _sound([*_shipped(), *brought]) if brought else _as_shipped()


@cache
def _shipped() -> tuple[Pack, ...]:
    """The packs that come with the core; nobody changes them while a process runs."""
    return tuple(load_pack(path.parent, shipped=True) for path in sorted(SHIPPED_PACKS.glob("*/pack.toml")))


@cache
def _as_shipped() -> Catalogue:
    return _sound(_shipped())


def _sound(packs: Iterable[Pack]) -> Catalogue:
    """The core and these packs, once they hold together. Raises `BadDefinition`."""
    flows, rules = list(BUILT_IN), [GENERIC]
    drawn: list[tuple[str, PaperKind]] = []
    for pack in packs:
        drawn += [(pack.ruleset.name, kind) for kind in pack.papers] if pack.ruleset else []
        flows += pack.workflows
        rules += [pack.ruleset] if pack.ruleset else []
    names = [(w.name, w.version) for w in flows]
    twice = sorted({f"{n}@{v}" for n, v in names if names.count((n, v)) > 1})
    if twice:
        raise BadDefinition("packs", [f"{name} is defined twice" for name in twice])
    known = {w.name: w for w in flows}
    for w in flows:
        if found := find_together(w, known, rules):
            raise BadDefinition(w.name, [d.sentence for d in found])
    for owner, kinds in (("papers.toml", tuple(GENERIC_KINDS.values())), *((f"{name}/papers.toml", (kind,)) for name, kind in drawn)):
        if wrong := find_in_kinds(kinds, known):
            raise BadDefinition(owner, wrong)
    return Catalogue(tuple(flows), tuple(rules), tuple(drawn))
