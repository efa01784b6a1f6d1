"""Administration from the shell: `user`, `unit`, `office`, `token`."""

from __future__ import annotations

import sys
from argparse import Namespace
from getpass import getpass
from typing import Any

from inspect_app.services import identity, people
from inspect_app.services.house import House
from workflows.roles import GRANTED
from workflows.words import LANGUAGES


def add(commands: Any) -> None:
    user = commands.add_parser("user", help="people and their roles", description="Example: inspect-app user add mai --name 'Mai Lan' --unit HQ")
    what = user.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("add", help="a person with an account; the password is asked for, or read from a pipe")
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
    token = commands.add_parser(
        "token", help="bearer tokens for programs", description="Example: inspect-app token create --user mai --scope read --expires 30d"
    )
    what = token.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("create", help="print a new token, once")
    one.add_argument("--user", required=True, metavar="LOGIN")
    one.add_argument("--scope", choices=("read", "write"), default="read")
    one.add_argument("--expires", default="30d", metavar="DAYS", help="at most 90d")
    one.add_argument("--name", default="console")
    one.set_defaults(handler=_token)
    one = what.add_parser("revoke", help="end a token by its identifier, the part between _ and the first dot")
    one.add_argument("identifier")
    one.set_defaults(handler=_revoke)


def _user(house: House, args: Namespace) -> int:
    password = getpass("Password (at least 15 characters): ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    people.add_person(house, args.login, args.name, args.unit, args.language, password)
    print(f"Added {args.login}.")
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


def _token(house: House, args: Namespace) -> int:
    print(identity.create_token(house, args.user, args.name, "read write" if args.scope == "write" else "read", people.days(args.expires, 90)))
    return 0


def _revoke(house: House, args: Namespace) -> int:
    if not identity.revoke_token(house, args.identifier):
        print(f"inspect-app: there is no token {args.identifier} that is still valid", file=sys.stderr)
        return 1
    print("Revoked.")
    return 0
