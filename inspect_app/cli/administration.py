"""Administration from the shell: `user`, `unit`, `office`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from inspect_app.cli.running import console_actor
from inspect_app.services import links, people
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.roles import GRANTED
from workflows.words import LANGUAGES


def add(commands: Any) -> None:
    user = commands.add_parser("user", help="people and their roles", description="Example: inspect-app user add mai --name 'Mai Lan' --unit HQ")
    what = user.add_subparsers(dest="what", required=True, metavar="WHAT")
    commands.user = what
    one = what.add_parser("add", help="a person with an account; prints the one-time link with which they set a password")
    one.add_argument("login")
    one.add_argument("--name", required=True)
    one.add_argument("--unit", required=True, metavar="CODE")
    one.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    one.set_defaults(handler=_user)
    grant = what.add_parser("grant", help="a role for a unit and all below it, from today")
    grant.add_argument("login")
    grant.add_argument("role", choices=[r.value for r in GRANTED])
    grant.add_argument("unit", metavar="CODE")
    grant.add_argument("--until", metavar="YYYY-MM-DD")
    grant.set_defaults(handler=_grant)
    unit = commands.add_parser("unit", help="units and bodies", description="Example: inspect-app unit add W1 'Ward 1' --under HQ")
    what = unit.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("add", help="a unit")
    one.add_argument("code")
    one.add_argument("name")
    one.add_argument("--under", metavar="CODE")
    one.add_argument("--external", action="store_true", help="it has no accounts here")
    one.set_defaults(handler=_unit)
    office = commands.add_parser(
        "office", help="offices and who holds them", description="Example: inspect-app office add head-w1 'Head of Ward 1' --unit W1"
    )
    what = office.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("add", help="an office")
    one.add_argument("code")
    one.add_argument("title")
    one.add_argument("--unit", required=True, metavar="CODE")
    one.set_defaults(handler=_office)
    one = what.add_parser("appoint", help="who holds an office, or acts in it, from a day on")
    one.add_argument("code")
    one.add_argument("login")
    one.add_argument("--since", metavar="YYYY-MM-DD")
    one.add_argument("--acting", action="store_true")
    one.set_defaults(handler=_appoint)


def _user(house: House, args: Namespace) -> int:
    people.add_person(house, args.login, args.name, args.unit, args.language)
    link = links.make(house, Actor(console_actor(), "console"), args.login)
    print(f"Added {args.login}. With this link, once, within a week, they set a password of their own:\n  {link}")
    return 0


def _grant(house: House, args: Namespace) -> int:
    people.grant(house, args.login, args.role, args.unit, args.until)
    print(f"{args.login} is {args.role} for {args.unit}.")
    return 0


def _unit(house: House, args: Namespace) -> int:
    people.add_unit(house, args.code, args.name, args.under, external=args.external)
    print(f"Added {args.code}.")
    return 0


def _office(house: House, args: Namespace) -> int:
    people.add_office(house, args.code, args.title, args.unit)
    print(f"Added {args.code}.")
    return 0


def _appoint(house: House, args: Namespace) -> int:
    people.appoint(house, args.code, args.login, args.since, acting=args.acting)
    print(f"{args.login} {'acts in' if args.acting else 'holds'} {args.code}.")
    return 0
