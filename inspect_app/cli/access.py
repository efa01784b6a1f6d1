"""Questions of access: `access explain`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from inspect_app import i18n
from inspect_app.cli.running import console_actor
from inspect_app.services.explaining import explain, sentences
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from workflows.acts import Actor


def add(commands: Any) -> None:
    access = commands.add_parser(
        "access", help="questions of access", description="Example: inspect-app access explain mai 2026-000012 --on 2026-03-31"
    )
    what = access.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("explain", help="why someone can, cannot, or could see a case and act in it; the question is recorded")
    one.add_argument("user", metavar="USER", help="the sign-in name of the person")
    one.add_argument("case", metavar="CASE", help="the number of the case")
    one.add_argument("--on", metavar="DAY", help="YYYY-MM-DD; today where it is left out")
    one.add_argument("--as", dest="as_login", metavar="LOGIN", help="ask as this person, not as the console")
    one.set_defaults(handler=_explain)


def _explain(house: House, args: Namespace) -> int:
    name = console_actor()
    asker = Actor(name, name)
    if args.as_login:
        with house.db.reading() as session:
            asker = actor_of_login(session, args.as_login)
    found = explain(house, asker, args.user, args.case, args.on)
    rules = house.catalogue.rulesets_by_name[found.ruleset]
    said = "explain.yes" if found.sees else "explain.no"
    print(i18n.say("en", said, person=found.person, number=found.number, day=found.on.isoformat()))
    for sentence in sentences(house, found, "en"):
        print(f"  {sentence}")
    if found.parts:
        print(f"Parts: {', '.join(i18n.role_label(rules, 'en', role, found.workflow) for role in found.parts)}")
        print(f"Acts: {', '.join(found.acts) or 'none'}")
    return 0
