"""What there is, from the shell: `unit list`, `office list | show`, `user list | show`, `organisation history`.

The numbers by which something is ended stand there."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from inspect_app.cli.running import console_actor
from inspect_app.i18n import moment
from inspect_app.services import account_keeping, organisation_views
from inspect_app.services.administering import person_named
from inspect_app.services.house import House
from workflows.acts import Actor


def add(commands: Any) -> None:
    """`commands` are the subparsers of the whole command; the groups `unit`, `office` and `user` are there already."""
    one = commands.unit.add_parser("list", help="units and bodies as a tree", description="Example: inspect-app unit list surgery")
    one.add_argument("q", nargs="?", default="", help="words of the name or code")
    one.set_defaults(handler=_units)
    one = commands.office.add_parser("list", help="the offices, of a unit where one is named", description="Example: inspect-app office list W1")
    one.add_argument("unit", nargs="?", metavar="CODE")
    one.set_defaults(handler=_offices)
    one = commands.office.add_parser("show", help="who answers for an office, its appointments and delegations with their numbers",
                                     description="Example: inspect-app office show head-w1")
    one.add_argument("code")
    one.set_defaults(handler=_office)
    one = commands.organisation.add_parser("history", help="the administrative history, newest first: number, moment, act, who, and what was noted",
                                           description="Example: inspect-app organisation history --limit 20")
    one.add_argument("--limit", type=int, default=50, metavar="N")
    one.add_argument("--json", action="store_true")
    one.set_defaults(handler=_history)
    one = commands.user.add_parser("list", help="people: identifier, account, name", description="Example: inspect-app user list lan")
    one.add_argument("q", nargs="?", default="", help="words of the name or account")
    one.set_defaults(handler=_people)
    one = commands.user.add_parser("show", help="a person: account, units, offices, and grants and absences with their numbers",
                                   description="Example: inspect-app user show mai")
    one.add_argument("login", help="an account or an identifier")
    one.set_defaults(handler=_person)


def _history(house: House, args: Namespace) -> int:
    rows = organisation_views.history(house, limit=max(args.limit, 1))
    if args.json:
        print(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return 0
    for row in rows:
        noted = " ".join(f"{name}={value}" for name, value in row["facts"].items() if value not in (None, "", []) and name != "changes")
        print(f"{row['seq']}  {moment(row['at'], house.zone, 'en')}  {row['what']}  {row['name']}  {noted}")
    return 0


def _period(row: Mapping[str, Any]) -> str:
    return f"{row['since']} to {row['until'] or '...'}"


def _units(house: House, args: Namespace) -> int:
    for row in organisation_views.tree(house, args.q):
        marks = [row["kind"] if row["kind"] == "body" else "", "outside" if row["external"] else "",
                 f"dissolved on {row['dissolved_on']}" if row["dissolved_on"] else ""]
        print(f"{'  ' * row['depth']}{row['code']}  {row['name']}{''.join(f', {mark}' for mark in marks if mark)}")
    return 0


def _offices(house: House, args: Namespace) -> int:
    for row in organisation_views.offices(house, args.unit):
        print(f"{row['code']}  {row['title']}  {row['unit']}  line of {'units' if row['line'] == 'unit' else 'bodies'}"
              f"{'  under ' + row['superior'] if row['superior'] else ''}{'  ' + str(row['seats']) + ' seats' if row['seats'] > 1 else ''}")
    return 0


def _office(house: House, args: Namespace) -> int:
    found = organisation_views.office_page(house, args.code)
    print(f"{found['office']['code']}  {found['office']['title']}, {found['office']['unit_name']}")
    for scope, answers in found["answers"].items():
        through = f", through {' and '.join(answers.through)}" if answers and answers.through else ""
        print(f"Answers today{'' if scope == '*' else f' for {scope}'}: {f'{answers.name} ({answers.how}{through})' if answers else 'nobody'}")
    _listed("appointment", ((a["id"], f"{a['name']}{', acting' if a['acting'] else ''}, {_period(a)}") for a in found["appointments"]))
    _listed("delegation", ((d["id"], f"{d['from_name']} to {d['to_name']}, {d['scope']}, {_period(d)}{', may be passed on' * d['may_pass_on']}")
                           for d in found["delegations"]))
    return 0


def _listed(what: str, rows: Iterable[tuple[int, str]]) -> None:
    for number, words in rows:
        print(f"{what} {number}: {words}")


def _people(house: House, args: Namespace) -> int:
    page, more = 1, True
    while more:
        rows, more = organisation_views.people(house, args.q, page)
        for row in rows:
            print(f"{row['uid']}  {row['login'] or '-'}  {row['full_name']}{', ' + row['unit_name'] if row['unit_name'] else ''}")
        page += 1
    return 0


def _person(house: House, args: Namespace) -> int:
    name = console_actor()
    with house.db.reading() as session:
        uid = person_named(session, Actor(name, name), args.login, "login").code
    found = organisation_views.person_page(house, uid)
    print(f"{uid}  {found['person']['full_name']}")
    account = account_keeping.kept(house, uid)
    if account is None:
        print("No account.")
    else:
        state = "closed" if not account.active else "open" if account.comes else "open, no password chosen yet"
        print(f"Account {account.login}: {state}; {'with' if account.secured else 'without'} a second factor, {account.sessions} sessions, "
              f"{account.tokens} tokens.")
    for row in found["belongings"]:
        print(f"belongs to {row['code']}, {_period(row)}")
    for row in found["appointments"]:
        print(f"{'acts in' if row['acting'] else 'holds'} {row['office']}, {_period(row)}")
    _listed("grant", ((row["id"], f"{row['role']} for {row['code']}, {_period(row)}") for row in found["grants"]))
    _listed("absence", ((row["id"], f"{row['kind']}, {_period(row)}") for row in found["absences"]))
    for row in found["ties"]:
        print(f"close tie with {row['full_name']}, {_period(row)}")
    return 0
