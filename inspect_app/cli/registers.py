"""Registers of the past: `import register`."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from inspect_app.cli.history import acting, group, print_json
from inspect_app.services import registers
from inspect_app.services.house import House
from inspect_app.services.register_reports import Report


def add(commands: Any) -> None:
    """`commands` are the subparsers of the whole command; the group `import` may be there already."""
    register = group(commands, "import", "histories and registers from elsewhere").add_parser(
        "register",
        help="a legacy register (CSV, XLSX) as recorded cases; the same rows again change nothing",
        description="Example: inspect-app import register food-inspections/ --mapping examples/food_inspections/mapping.toml --dry-run",
    )
    register.add_argument("file", type=Path, nargs="+", metavar="FILE", help="a table, a workbook, a zip of tables, or a folder of them")
    how = register.add_mutually_exclusive_group(required=True)
    how.add_argument("--mapping", type=Path, metavar="MAP.toml", help="what its columns mean")
    how.add_argument("--propose", metavar="NAME", help="propose a mapping for a register of this name, from the names of its columns and a look "
                     "at what stands in them, and print it")
    register.add_argument("--unit", metavar="CODE", help="the unit the cases belong to")
    register.add_argument("--dry-run", action="store_true", help="say row by row what would happen, write nothing")
    register.add_argument("--json", action="store_true")
    register.add_argument("--as", dest="as_login", metavar="LOGIN", help="act as this person, not as the console")
    register.set_defaults(handler=_import)


def _import(house: House, args: Namespace) -> int:
    if args.propose is not None:
        print(registers.proposed(house, args.file, args.propose)[0])
        return 0
    mapping = registers.load_mapping(args.mapping)
    shown = sys.stderr.isatty() and not args.json
    report = registers.import_register(house, acting(house, args), args.file, mapping, dry_run=args.dry_run, unit_code=args.unit,
                                       progress=_progress if shown else None)
    if shown:
        print(file=sys.stderr)
    if args.json:
        print_json(report.as_json())
    else:
        _print(report)
    return 0


def _progress(report: Report) -> None:
    print(f"\r{report.rows} rows, {report.events} events", end="", file=sys.stderr, flush=True)


def _print(report: Report) -> None:
    would = "would be " if report.dry_run else ""
    for name, counted in report.as_json()["tables"].items():
        print(f"{name}: {counted['rows']} rows: {counted['created']} {would}created, {counted['updated']} {would}updated, "
              f"{counted['unchanged']} unchanged ({counted['moved']} of them elsewhere in the file), {counted['rejected']} rejected"
              + (f"; {counted['absent']} that were taken in before are not in it, and stay." if counted["absent"] else "."))
    made = ", ".join(f"{n} {name}" for name, n in report.cases.items()) or "no cases"
    print(f"{made} with {report.events} events {would}recorded." if report.events else "Nothing is new.")
    for name, n in (*report.contradictions.items(), *report.counts.items()):
        print(f"{name}: {n}")
    for one in report.preview:
        about = "; ".join(f"{name}: {title}" for name, title in one.cases)
        print(f"{one.outcome} {one.table}, row {one.row}{f' ({one.key})' if one.key else ''}{f': {about}' if about else ''}"
              + (f" [{', '.join(one.contradictions)}]" if one.contradictions else ""))
    for wrong in report.rejections:
        print(f"rejected {wrong.table}, row {wrong.row}{f', column {wrong.column}' if wrong.column else ''}: {wrong.message}")
