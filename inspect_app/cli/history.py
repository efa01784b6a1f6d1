"""Histories: `import log`, `export`, `workflow conform`, `audit replay`."""

from __future__ import annotations

import os
import pwd
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

import orjson

from config import Settings
from inspect_app.audit import bundle_verify
from inspect_app.services import conformance, exporting, logs, replaying
from inspect_app.services.histories import Wanted
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from workflows.acts import Actor
from workflows.catalogue import load_catalogue
from workflows.words import LANGUAGES

CONTRACT_FORMATS = ("csv", "jsonl", "xlsx", "xes", "ocel-json", "parquet", "pdf", "bundle")


def add(commands: Any) -> None:
    """`commands` are the subparsers of the whole command; groups that are there are joined."""
    _add_import(group(commands, "import", "histories and registers from elsewhere"))
    _add_conform(group(commands, "workflow", "look at, check and draw definitions"))
    _add_replay(group(commands, "audit", "hold the history against itself"))
    _add_bundle(group(commands, "bundle", "histories that were taken away"))
    export = commands.add_parser(
        "export",
        help="histories for auditors",
        description="Example: inspect-app export --all --format xes --out history.xes",
    )
    which = export.add_mutually_exclusive_group()
    which.add_argument("--case", metavar="NUMBER")
    which.add_argument("--query", metavar="Q", help="words of number and title, diacritics or not")
    which.add_argument("--all", action="store_true", help="everything that may be seen; the default")
    export.add_argument("--format", choices=CONTRACT_FORMATS, required=True)
    export.add_argument("--out", metavar="FILE", required=True, help="“-” is standard output")
    export.add_argument("--audience", choices=exporting.AUDIENCES, default="full")
    export.add_argument("--facts", choices=exporting.FACTS, default="all",
                        help="every committed fact, or the standard ones alone (who did what, when, and what came of it), which leave faster")
    names = export.add_mutually_exclusive_group()
    names.add_argument("--named", action="store_true", default=None,
                       help="persons, cases and dossiers by their names; the default of all formats but xes and ocel-json")
    names.add_argument("--pseudonymous", action="store_false", dest="named",
                       help="under pseudonyms, and without inputs that could name somebody; the default of xes and ocel-json")
    export.add_argument("--as-of", metavar="T", help="what was recorded by this day or moment (ISO 8601), under the rights and rules of now")
    export.add_argument("--language", choices=LANGUAGES, help="of papers (pdf); the default is the taker's own")
    export.add_argument("--reason", default="", help="why; it stands in the stream of exports")
    _as(export)
    export.set_defaults(handler=_export)


def group(commands: Any, name: str, help_text: str) -> Any:
    if not hasattr(commands, name):
        setattr(
            commands,
            name,
            commands.add_parser(name, help=help_text).add_subparsers(dest="what", required=True, metavar="WHAT"),
        )
    return getattr(commands, name)


def _as(parser: ArgumentParser) -> None:
    parser.add_argument("--as", dest="as_login", metavar="LOGIN", help="act as this person, not as the console")


def _add_import(what: Any) -> None:
    log = what.add_parser(
        "log",
        help="an event log (XES, XES.gz, CSV) as recorded cases, one trace a dossier",
        description="Example: inspect-app import log fines.xes.gz --workflow road_fine --mapping mapping.toml",
    )
    log.add_argument("file", type=Path)
    log.add_argument("--workflow", required=True, metavar="N[@V]")
    log.add_argument("--mapping", required=True, type=Path, metavar="MAP.toml")
    log.add_argument("--unit", metavar="CODE", help="the unit the cases belong to")
    log.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    log.add_argument("--json", action="store_true")
    _as(log)
    log.set_defaults(handler=_import_log)


def _add_conform(what: Any) -> None:
    conform = what.add_parser(
        "conform",
        help="replay an event log and count what fits; writes nothing",
        description="Example: inspect-app workflow conform road_fine --log fines.xes.gz --mapping mapping.toml --json",
    )
    conform.add_argument("name", metavar="N[@V]")
    conform.add_argument("--log", required=True, type=Path, metavar="FILE")
    conform.add_argument(
        "--mapping", type=Path, metavar="MAP.toml", help="left out, activities are triggers or their labels"
    )
    conform.add_argument("--json", action="store_true")
    conform.set_defaults(handler=_conform, needs="settings")


def _add_replay(what: Any) -> None:
    replay = what.add_parser(
        "replay",
        help="recompute every case from its events; 0 no difference, 1 some",
        description="Example: inspect-app audit replay",
    )
    replay.add_argument("--json", action="store_true")
    replay.set_defaults(handler=_replay)


def acting(house: House, args: Namespace) -> Actor:
    """The console, or the person named with `--as`."""
    if args.as_login is None:
        name = pwd.getpwuid(os.getuid()).pw_name
        return Actor(f"console:{name}", name)
    with house.db.reading() as session:
        return actor_of_login(session, args.as_login)


def print_json(value: Any) -> None:
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def _import_log(house: House, args: Namespace) -> int:
    mapping = conformance.load_mapping(args.mapping)
    shown = sys.stderr.isatty() and not args.json
    done = logs.import_log(
        house,
        acting(house, args),
        args.file,
        args.workflow,
        mapping,
        dry_run=args.dry_run,
        unit_code=args.unit,
        progress=_progress if shown else None,
    )
    if shown:
        print(file=sys.stderr)
    if args.json:
        print_json(done.as_json())
        return 0
    would = "would be " if args.dry_run else ""
    print(
        f"{done.traces} traces: {done.created} {would}created ({done.events} events), "
        f"{done.unchanged} unchanged, {done.rejected} rejected."
    )
    _print_fit(done.tally)
    for rejection in done.rejections:
        print(f"rejected {rejection.trace or '(no name)'}, row {rejection.row}: {rejection.message}")
    return 0


def _progress(done: logs.Imported) -> None:
    print(f"\r{done.traces} traces, {done.events} events", end="", file=sys.stderr, flush=True)


def _conform(settings: Settings, args: Namespace) -> int:
    mapping = conformance.load_mapping(args.mapping) if args.mapping else None
    tally = conformance.conform(load_catalogue(settings.packs), settings.timezone, args.name, args.log, mapping)
    if args.json:
        print_json({"workflow": args.name} | tally.as_json())
    else:
        _print_fit(tally)
        for trace, row, message in tally.problems:
            print(f"unreadable {trace or '(no name)'}, row {row}: {message}")
    return 0


def _print_fit(tally: conformance.Tally) -> None:
    print(f"{tally.fitting_traces} of {tally.traces} traces and {tally.fitting_events} of {tally.events} events fit.")
    for (workflow, trigger, code), n in sorted(tally.broken.items()):
        print(f"guard broken {n} times: {workflow}.{trigger} {code}")
    for misfit in tally.misfits:
        print(f"does not fit: {misfit.trace}, row {misfit.row}, {misfit.activity}: {misfit.reason}")


def _add_bundle(what: Any) -> None:
    verify = what.add_parser("verify", help="an exported bundle, offline: 0 intact, 2 altered or incomplete, 4 cannot tell",
                             description="Example: inspect-app bundle verify case.zip --checkpoint held.txt")
    verify.add_argument("file", type=Path)
    verify.add_argument("--key", help="the line of the log's key, or a file with it, as you got it by another way")
    verify.add_argument("--checkpoint", metavar="F", help="a checkpoint of the log that you hold")
    verify.add_argument("--proof", metavar="F", help="the proof of consistency between it and that of the bundle, where they differ in size")
    verify.set_defaults(handler=_verify, needs="settings")


def _verify(_: Settings, args: Namespace) -> int:
    status, said = bundle_verify.judge(args.file, args.key, args.checkpoint, args.proof)
    print(said, file=sys.stderr if status else sys.stdout)
    return status


def _export(house: House, args: Namespace) -> int:
    order = exporting.Order(Wanted(args.case, args.query), args.format, args.audience, args.facts, args.named,
                            exporting.moment(house, args.as_of), args.reason, args.language)
    taken = exporting.export(house, acting(house, args), order, args.out)
    if args.out != "-":
        print(f"{taken.events} events, {taken.bytes} bytes, SHA-256 {taken.sha256}: {args.out}")
    return 0


def _replay(house: House, args: Namespace) -> int:
    done = replaying.replay_all(house)
    if args.json:
        print_json(
            {
                "streams": done.streams,
                "events": done.events,
                "differences": done.found,
                "listed": [difference._asdict() for difference in done.differences],
            }
        )
    else:
        for where, seq, what in done.differences:
            print(f"{where}, event {seq}: {what}" if seq else f"{where}: {what}")
        print(f"{done.streams} streams, {done.events} events, {done.found} differences.")
    return 1 if done.found else 0
