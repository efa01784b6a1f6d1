"""Accounts from the shell: `user add`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from inspect_app.cli.organisation import group
from inspect_app.cli.running import console_actor
from inspect_app.services import links, people
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.words import LANGUAGES


def add(commands: Any) -> None:
    what = group(commands, "user", "people, where they belong, and what is granted to them", "inspect-app user add mai --name 'Mai Lan' --unit HQ")
    one = what.add_parser("add", help="a person with an account; prints the one-time link with which they set a password")
    one.add_argument("login")
    one.add_argument("--name", required=True)
    one.add_argument("--unit", required=True, metavar="CODE")
    one.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    one.set_defaults(handler=_user)


def _user(house: House, args: Namespace) -> int:
    people.add_person(house, args.login, args.name, args.unit, args.language)
    link = links.make(house, Actor(console_actor(), "console"), args.login)
    print(f"Added {args.login}. With this link, once, within a week, they set a password of their own:\n  {link}")
    return 0
