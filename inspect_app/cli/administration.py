"""Accounts from the shell: `user add`, `token`."""

from __future__ import annotations

import sys
from argparse import Namespace
from getpass import getpass
from typing import Any

from inspect_app.cli.organisation import group
from inspect_app.services import identity, people
from inspect_app.services.house import House
from workflows.words import LANGUAGES


def add(commands: Any) -> None:
    what = group(commands, "user", "people, where they belong, and what is granted to them", "inspect-app user add mai --name 'Mai Lan' --unit HQ")
    one = what.add_parser("add", help="a person with an account; the password is asked for, or read from a pipe")
    one.add_argument("login")
    one.add_argument("--name", required=True)
    one.add_argument("--unit", required=True, metavar="CODE")
    one.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    one.set_defaults(handler=_user)
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


def _token(house: House, args: Namespace) -> int:
    print(identity.create_token(house, args.user, args.name, "read write" if args.scope == "write" else "read", people.days(args.expires, 90)))
    return 0


def _revoke(house: House, args: Namespace) -> int:
    if not identity.revoke_token(house, args.identifier):
        print(f"inspect-app: there is no token {args.identifier} that is still valid", file=sys.stderr)
        return 1
    print("Revoked.")
    return 0
