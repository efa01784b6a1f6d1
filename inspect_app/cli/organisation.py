"""The organisation from the shell: `unit`, `office`, `user`, `organisation`, `setup`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from inspect_app.cli.running import console_actor
from inspect_app.exports.organisation import zipped
from inspect_app.imports.organisation import read_path
from inspect_app.services import links, offices, organisation, organisation_file, organisation_import, persons, setup
from inspect_app.services.administering import Done
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from workflows.acts import Actor
from workflows.roles import GRANTED
from workflows.words import LANGUAGES

Verb = Callable[[House, Actor, Namespace], Done]


def add(commands: Any) -> None:
    """`commands` are the subparsers of the whole command; groups that are there are joined."""
    _units(group(commands, "unit", "units and bodies", "inspect-app unit add W1 'Ward 1' --under HQ"))
    _offices(group(commands, "office", "offices, who holds them, and to whom they are delegated", "inspect-app office add head-w1 'Head' --unit W1"))
    _people(group(commands, "user", "people, where they belong, and what is granted to them", "inspect-app user grant mai officer HQ"))
    _whole(group(commands, "organisation", "the whole organisation as one document", "inspect-app organisation export --format json --out all.json"))
    one = commands.add_parser(
        "setup",
        help="who decides appeals, and to whom concerns about the chair's line go; without options, what is named",
        description="Example: inspect-app setup --appeal-body BOARD --contact mai",
    )
    one.add_argument("--appeal-body", metavar="CODE", help="a body, inside or outside the house")
    one.add_argument("--contact", metavar="LOGIN", help="someone who signs in, handles no case and leads nobody")
    _as(one)
    one.set_defaults(handler=_setup)


def group(commands: Any, name: str, words: str, example: str) -> Any:
    """The subparsers of a group of commands, made when it is first asked for."""
    if not hasattr(commands, name):
        parser = commands.add_parser(name, help=words, description=f"Example: {example}")
        setattr(commands, name, parser.add_subparsers(dest="what", required=True, metavar="WHAT"))
    return getattr(commands, name)


def _as(parser: ArgumentParser) -> None:
    parser.add_argument("--as", dest="as_login", metavar="LOGIN", help="act as this person, not as the console")


def verb(what: Any, name: str, words: str, example: str, verb: Verb, said: str) -> ArgumentParser:
    """One command that carries out one administrative act; `said` is told on success, filled in from its arguments."""
    parser: ArgumentParser = what.add_parser(name, help=words, description=f"Example: inspect-app {example}")
    _as(parser)

    def handler(house: House, args: Namespace) -> int:
        done = verb(house, _actor(house, args), args)
        print(said.format_map({**done.facts, **vars(args)}))
        return 0

    parser.set_defaults(handler=handler)
    return parser


def _actor(house: House, args: Namespace) -> Actor:
    if args.as_login:
        with house.db.reading() as session:
            return actor_of_login(session, args.as_login)
    name = console_actor()
    return Actor(name, name)


def _given(args: Namespace, **names: str) -> dict[str, Any]:
    """What was given of these: the option's name by the field's; `-` stands for nothing."""
    found = {field: getattr(args, option) for field, option in names.items()}
    return {field: None if value == "-" else value for field, value in found.items() if value is not None}


def _units(what: Any) -> None:
    one = verb(
        what,
        "add",
        "a unit or a body",
        "unit add AB 'Appeal board' --kind body --external",
        lambda h, a, n: organisation.add_unit(h, a, n.code, n.name, n.under, kind=n.kind, external=n.external),
        "Added {code}.",
    )
    one.add_argument("code")
    one.add_argument("name")
    one.add_argument("--under", metavar="CODE")
    one.add_argument("--kind", choices=organisation.KINDS, default="unit")
    one.add_argument("--external", action="store_true", help="it has no accounts here")
    one = verb(
        what,
        "rename",
        "another name",
        "unit rename W1 'Ward 1, surgery'",
        lambda h, a, n: organisation.change_unit(h, a, n.code, {"name": n.name}),
        "Renamed {code}.",
    )
    one.add_argument("code")
    one.add_argument("name")
    one = verb(
        what,
        "move",
        "under another unit",
        "unit move W1 --under EAST",
        lambda h, a, n: organisation.change_unit(h, a, n.code, _given(n, under="under")),
        "Moved {code}.",
    )
    one.add_argument("code")
    one.add_argument("--under", metavar="CODE", required=True, help="“-” is the top")
    one = verb(
        what,
        "dissolve",
        "it ends with a day; its people go over to its successor",
        "unit dissolve W1 --on 2026-06-30 --successor W2",
        lambda h, a, n: organisation.change_unit(h, a, n.code, _given(n, dissolved_on="on", successor="successor")),
        "Dissolved {code}.",
    )
    one.add_argument("code")
    one.add_argument("--on", required=True, metavar="YYYY-MM-DD", help="its last day, up to today")
    one.add_argument("--successor", metavar="CODE")
    one = verb(what, "standing", "whether it stands inside the house or outside", "unit standing AB outside",
               lambda h, a, n: organisation.change_unit(h, a, n.code, {"external": n.where == "outside"}), "{code} stands {where}.")
    one.add_argument("code")
    one.add_argument("where", choices=("inside", "outside"))
    one = verb(what, "restore", "take a dissolution back; whoever went over stays there", "unit restore W1",
               lambda h, a, n: organisation.change_unit(h, a, n.code, {"dissolved_on": None, "successor": None}), "{code} goes on.")
    one.add_argument("code")


def _offices(what: Any) -> None:
    one = verb(
        what,
        "add",
        "an office of a unit",
        "office add head-w1 'Head of Ward 1' --unit W1 --superior head-hq",
        lambda h, a, n: offices.add_office(h, a, n.code, n.title, n.unit, line=n.line, superior=n.superior, seats=n.seats),
        "Added {code}.",
    )
    one.add_argument("code")
    one.add_argument("title")
    one.add_argument("--unit", required=True, metavar="CODE")
    one.add_argument("--line", choices=offices.LINES, help="that of the unit, unless told otherwise")
    one.add_argument("--superior", metavar="CODE", help="the office above it on its line")
    one.add_argument("--seats", type=int, default=1, help="how many hold it at the same time (default: 1)")
    one = verb(
        what,
        "change",
        "its title, unit, line, superior or seats",
        "office change head-w1 --superior head-hq",
        lambda h, a, n: offices.change_office(h, a, n.code, _given(n, **{name: name for name in offices.CHANGES})),
        "Changed {code}.",
    )
    one.add_argument("code")
    one.add_argument("--title")
    one.add_argument("--unit", metavar="CODE")
    one.add_argument("--line", choices=offices.LINES)
    one.add_argument("--superior", metavar="CODE", help="“-” is the top of the line")
    one.add_argument("--seats", type=int)
    one = verb(
        what,
        "appoint",
        "who holds an office, or acts in it, from a day on",
        "office appoint head-w1 mai --since 2026-09-01",
        lambda h, a, n: offices.appoint(h, a, n.code, n.login, n.since, n.until, acting=n.acting),
        "Appointed {login} to {code}: appointment {id}.",
    )
    one.add_argument("code")
    one.add_argument("login", help="an account or an identifier")
    one.add_argument("--since", metavar="YYYY-MM-DD", help="today, unless told otherwise")
    one.add_argument("--until", metavar="YYYY-MM-DD")
    one.add_argument("--acting", action="store_true")
    one = verb(
        what,
        "end",
        "an appointment ends with a day",
        "office end 12 --until 2026-08-31",
        lambda h, a, n: offices.end_appointment(h, a, n.number, n.until),
        "Ended appointment {number}.",
    )
    one.add_argument("number", type=int, help="of the appointment")
    one.add_argument("--until", metavar="YYYY-MM-DD", help="today, unless told otherwise")
    one = verb(
        what,
        "delegate",
        "another answers in an office for a time",
        "office delegate head-w1 mai lan --until 2026-08-31 --reason 'annual leave'",
        lambda h, a, n: offices.delegate(
            h, a, n.code, n.giver, n.taker, n.since, n.until, scope=" ".join(n.scope or ["*"]), may_pass_on=n.may_pass_on, reason=n.reason
        ),
        "{giver} delegates {code} to {taker}: delegation {id}.",
    )
    one.add_argument("code")
    one.add_argument("giver", metavar="FROM")
    one.add_argument("taker", metavar="TO")
    one.add_argument("--since", metavar="YYYY-MM-DD", help="today, unless told otherwise")
    one.add_argument("--until", metavar="YYYY-MM-DD", required=True)
    one.add_argument("--scope", action="append", metavar="WORKFLOW", help="only matters of this workflow; may be repeated")
    one.add_argument("--may-pass-on", action="store_true")
    one.add_argument("--reason", required=True)
    one = verb(
        what,
        "end-delegation",
        "a delegation ends with a day, and what rests on it with it",
        "office end-delegation 3",
        lambda h, a, n: offices.end_delegation(h, a, n.number, n.until),
        "Ended delegation {number}.",
    )
    one.add_argument("number", type=int, help="of the delegation")
    one.add_argument("--until", metavar="YYYY-MM-DD", help="yesterday, unless told otherwise: it is over at once")


def _people(what: Any) -> None:
    one = what.add_parser(
        "add",
        help="a person; with a login they have an account, and the one-time link is printed with which they set a password",
        description="Example: inspect-app user add mai --name 'Mai Lan' --unit HQ",
    )
    _as(one)
    one.add_argument("login", nargs="?", help="the name of their account; without it they have none")
    one.add_argument("--name", required=True)
    one.add_argument("--unit", required=True, metavar="CODE")
    one.add_argument("--called", help="how they are called; the last word of the name, unless told otherwise")
    one.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    one.add_argument("--since", metavar="YYYY-MM-DD", help="today, unless told otherwise")
    one.set_defaults(handler=_add_person)
    one = verb(
        what,
        "move",
        "they belong to another unit from a day on",
        "user move mai W2 --since 2026-09-01",
        lambda h, a, n: persons.move_person(h, a, n.login, n.unit, n.since),
        "Moved {login} to {unit}.",
    )
    one.add_argument("login", help="an account or an identifier")
    one.add_argument("unit", metavar="CODE")
    one.add_argument("--since", metavar="YYYY-MM-DD", help="today, unless told otherwise")
    one = verb(what, "rename", "another full name, or how they are called", "user rename mai --name 'Mai Lan Hoa'",
               lambda h, a, n: persons.change_person(h, a, n.login, _given(n, full_name="name", called="called")), "Changed the name of {login}.")
    one.add_argument("login", help="an account or an identifier")
    one.add_argument("--name")
    one.add_argument("--called")
    one = verb(
        what,
        "absence",
        "they are away: what they owe waits",
        "user absence mai leave --since 2026-08-01 --until 2026-08-21",
        lambda h, a, n: persons.record_absence(h, a, n.login, n.kind, n.since, n.until),
        "Recorded absence {id}.",
    )
    one.add_argument("login")
    one.add_argument("kind", choices=persons.ABSENCES)
    one.add_argument("--since", required=True, metavar="YYYY-MM-DD")
    one.add_argument("--until", required=True, metavar="YYYY-MM-DD")
    one = verb(
        what, "back", "an absence ends", "user back 4", lambda h, a, n: persons.end_absence(h, a, n.number, n.until), "Ended absence {number}."
    )
    one.add_argument("number", type=int)
    one.add_argument("--until", metavar="YYYY-MM-DD", help="yesterday, unless told otherwise")
    one = verb(
        what,
        "tie",
        "two persons have a close tie; the reason is read from standard input and sealed",
        "user tie mai lan <reason.txt",
        lambda h, a, n: persons.tie(h, a, n.login, n.other, sys.stdin.read(), n.since),
        "{login} and {other} have a close tie.",
    )
    one.add_argument("login")
    one.add_argument("other")
    one.add_argument("--since", metavar="YYYY-MM-DD")
    one = verb(
        what,
        "untie",
        "a close tie ends",
        "user untie mai lan",
        lambda h, a, n: persons.untie(h, a, n.login, n.other, n.until),
        "The tie of {login} and {other} has ended.",
    )
    one.add_argument("login")
    one.add_argument("other")
    one.add_argument("--until", metavar="YYYY-MM-DD")
    one = verb(
        what,
        "same",
        "a second record of the same person",
        "user same mai2 mai",
        lambda h, a, n: persons.mark_same(h, a, n.login, None if n.other == "-" else n.other),
        "Noted for {login}.",
    )
    one.add_argument("login")
    one.add_argument("other", help="the record that stands; “-” takes it back")
    one = verb(
        what,
        "grant",
        "a role for a unit and all below it",
        "user grant eva auditor HQ --until 2026-12-31 --reason 'engagement 4'",
        lambda h, a, n: persons.grant(h, a, n.login, n.role, n.unit, since=n.since, until=n.until, reason=n.reason),
        "{login} is {role} for {unit}: grant {id}.",
    )
    one.add_argument("login", help="an account or an identifier")
    one.add_argument("role", choices=[r.value for r in GRANTED])
    one.add_argument("unit", metavar="CODE")
    one.add_argument("--since", metavar="YYYY-MM-DD", help="today, unless told otherwise")
    one.add_argument("--until", metavar="YYYY-MM-DD", help="needed for an auditor")
    one.add_argument("--reason", help="needed for an auditor: the mandate")
    one = verb(
        what, "end-grant", "a grant ends", "user end-grant 7", lambda h, a, n: persons.end_grant(h, a, n.number, n.until), "Ended grant {number}."
    )
    one.add_argument("number", type=int)
    one.add_argument("--until", metavar="YYYY-MM-DD", help="yesterday, unless told otherwise: it is over at once")


def _add_person(house: House, args: Namespace) -> int:
    actor = _actor(house, args)
    done = persons.add_person(house, actor, args.name, args.unit, called=args.called, login=args.login, language=args.language, since=args.since)
    print(f"Added {args.name}: {done.facts['person']}.")
    if args.login:
        link = links.make(house, actor, args.login)
        print(f"With this link, once, within a week, they set a password of their own:\n  {link}")
    return 0


def _whole(what: Any) -> None:
    one = what.add_parser(
        "export",
        help="units, people, offices, who holds them, grants: all of it",
        description="Example: inspect-app organisation export --format csv --out organisation.zip",
    )
    one.add_argument("--format", choices=organisation_file.FORMATS, required=True)
    one.add_argument("--out", required=True, type=Path, metavar="X", help="a file; for CSV a .zip, or a folder")
    _as(one)
    one.set_defaults(handler=_export)
    one = what.add_parser(
        "import",
        help="take an organisation in, all rows or none; what is not in the file stays",
        description="Example: inspect-app organisation import organisation.json --dry-run",
    )
    one.add_argument("file", type=Path, help="JSON, a zip or a folder of CSV files, or one CSV file named after its kind")
    one.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    one.add_argument("--json", action="store_true")
    _as(one)
    one.set_defaults(handler=_import)


def _export(house: House, args: Namespace) -> int:
    made = organisation_file.export(house, _actor(house, args), args.format)
    if isinstance(made, bytes):
        args.out.write_bytes(made)
    elif args.out.suffix == ".zip":
        args.out.write_bytes(zipped(made))
    else:
        args.out.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (args.out / name).write_bytes(content)
    print(f"Wrote {args.out}.")
    return 0


def _import(house: House, args: Namespace) -> int:
    done = organisation_import.take_in(house, _actor(house, args), read_path(args.file, organisation_file.SHAPE), dry_run=args.dry_run)
    if args.json:
        print(orjson.dumps(done.told(), option=orjson.OPT_INDENT_2).decode())
        return 1 if done.rejected else 0
    for kind, counts in done.counts().items():
        print(f"{kind}: " + ", ".join(f"{n} {outcome}" for outcome, n in counts.items()))
    for row in done.rejected:
        for p in row.problems:
            print(f"inspect-app: {row.given.kind} row {row.given.row}, {p.pointer.lstrip('/') or 'row'}: {p.message}", file=sys.stderr)
    print("Nothing was written." if not done.written else "Written.")
    return 1 if done.rejected else 0


def _setup(house: House, args: Namespace) -> int:
    if args.appeal_body or args.contact:
        setup.name_both(house, _actor(house, args), args.appeal_body, args.contact)
    told = setup.named(house)
    print(f"Appeal body: {told['appeal_body'] or '(not named)'} {told['appeal_body_name'] or ''}".rstrip())
    print(f"Contact for concerns about the chair's line: {told['concerns_contact_name'] or '(not named)'}")
    return 0
