"""Working on definitions: `workflow list | show | lint | diagram | simulate`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from config import Settings
from inspect_app.errors import NotFound
from workflows import draw
from workflows.catalogue import load_catalogue
from workflows.definition import Workflow
from workflows.errors import BadDefinition
from workflows.pack import is_recorded, load_workflow
from workflows.simulate import simulate, told
from workflows.words import LANGUAGES


def add(commands: Any) -> None:
    group = commands.add_parser("workflow", help="look at, check and draw definitions", description="Example: inspect-app workflow show inspection")
    what = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = what.add_parser("list", help="every workflow with its version and the hash of its law")
    listing.set_defaults(handler=_list, needs="settings")
    show = what.add_parser("show", help="the table of a workflow", description="Example: inspect-app workflow show inspection@1")
    show.add_argument("name", metavar="N[@V]")
    show.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    show.set_defaults(handler=_show, needs="settings")
    lint = what.add_parser("lint", help="check a TOML file and name each defect", description="Example: inspect-app workflow lint my_workflow.toml")
    lint.add_argument("file", type=Path)
    lint.set_defaults(handler=_lint, needs="settings")
    diagram = what.add_parser("diagram", help="draw a workflow", description="Example: inspect-app workflow diagram inspection --format svg")
    diagram.add_argument("name", metavar="N[@V]")
    diagram.add_argument("--format", choices=("svg", "mermaid", "dot"), default="svg")
    diagram.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    diagram.set_defaults(handler=_diagram, needs="settings")
    walks = what.add_parser("simulate", help="walk through a workflow at random, with its clocks, and report queues and what runs over its time",
                            description="Example: inspect-app workflow simulate inspection --cases 10000 --json")
    walks.add_argument("name", metavar="N[@V]")
    walks.add_argument("--cases", type=_count, default=10_000, metavar="K", help="how many walks (10000 unless told otherwise)")
    walks.add_argument("--seed", type=int, default=1, help="the same seed gives the same report")
    walks.add_argument("--ruleset", default="generic", help="which time limits run")
    walks.add_argument("--json", action="store_true", help="as JSON, shares in per mille")
    walks.set_defaults(handler=_simulate, needs="settings")
    commands.workflow = what


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise ValueError
    return number


def _named(settings: Settings, name: str) -> Workflow:
    catalogue = load_catalogue(settings.packs)
    plain, _, version = name.partition("@")
    for w in sorted(catalogue.workflows, key=lambda w: -w.version):
        if w.name == plain and (not version or str(w.version) == version):
            return w
    raise NotFound(f"There is no workflow {name}; there are: {', '.join(sorted(catalogue.by_name))}.")


def _list(settings: Settings, args: Namespace) -> int:
    for w in load_catalogue(settings.packs).workflows:
        print(f"{w.name}@{w.version}  {w.law_hash[:16]}  {w.title}")
    return 0


def _show(settings: Settings, args: Namespace) -> int:
    print(draw.tables(_named(settings, args.name), args.language))
    return 0


def _lint(settings: Settings, args: Namespace) -> int:
    try:
        w = load_workflow(args.file, recorded=is_recorded(args.file.parent))
    except BadDefinition as error:
        for defect, line in zip(error.defects, error.lines, strict=True):
            print(f"{error.name}:{f'{line}:' if line else ''} {defect}", file=sys.stderr)
        return 1
    print(f"{w.name}@{w.version} is sound.")
    return 0


def _simulate(settings: Settings, args: Namespace) -> int:
    rules = load_catalogue(settings.packs).rulesets_by_name
    if args.ruleset not in rules:
        raise NotFound(f"There is no ruleset {args.ruleset}; there are: {', '.join(sorted(rules))}.")
    report = simulate(_named(settings, args.name), rules[args.ruleset], args.cases, args.seed)
    print(json.dumps(report.plain(), ensure_ascii=False) if args.json else told(report))
    return 0


def _diagram(settings: Settings, args: Namespace) -> int:
    picture = draw.model(_named(settings, args.name), args.language)
    print({"svg": draw.svg, "mermaid": draw.mermaid, "dot": draw.dot}[args.format](picture))
    return 0
