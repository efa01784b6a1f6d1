"""Calendars from the shell: `calendar list | show | add | set | remove | change | seed`, and `outage list | note`."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from datetime import date
from typing import Any

import orjson

from inspect_app.cli.organisation import group, verb
from inspect_app.services import calendars
from inspect_app.services.calendars import DayOf
from inspect_app.services.house import House


def add(commands: Any) -> None:
    what = group(commands, "calendar", "which days are off, and which are worked instead", "inspect-app calendar set vietnam 2027-02-08 --off Tết")
    one = what.add_parser("list", help="the calendars", description="Example: inspect-app calendar list")
    one.add_argument("--json", action="store_true")
    one.set_defaults(handler=_list)
    one = what.add_parser("show", help="the days of a calendar", description="Example: inspect-app calendar show vietnam --year 2027")
    one.add_argument("name")
    one.add_argument("--year", type=int)
    one.add_argument("--json", action="store_true")
    one.set_defaults(handler=_show)
    one = verb(what, "add", "a new calendar, empty or seeded from a country", "calendar add italy Italia --country IT --from 2024 --to 2030",
               lambda h, a, n: calendars.add(h, a, n.name, n.title, country=n.country, years=_years(n)), "Added {name}: {days} days.")
    one.add_argument("name")
    one.add_argument("title")
    _seeded(one)
    one = verb(what, "set", "a day is off, or worked instead of another", "calendar set vietnam 2026-08-22 --works 'in place of 31 August'",
               lambda h, a, n: calendars.change(h, a, n.name, days=[DayOf(n.day, n.works is not None, n.works or n.off or "")]),
               "Set: version {version} of {name}.")
    one.add_argument("name")
    one.add_argument("day", type=_day, metavar="YYYY-MM-DD")
    kind = one.add_mutually_exclusive_group(required=True)
    kind.add_argument("--off", metavar="WHAT")
    kind.add_argument("--works", metavar="WHAT")
    one = verb(what, "remove", "nothing is noted for a day any more", "calendar remove vietnam 2026-08-22",
               lambda h, a, n: calendars.change(h, a, n.name, remove=[n.day]), "Removed: version {version} of {name}.")
    one.add_argument("name")
    one.add_argument("day", type=_day, metavar="YYYY-MM-DD")
    one = verb(what, "change", "its title, its week, or that the house chooses it", "calendar change vietnam --choose",
               lambda h, a, n: calendars.change(h, a, n.name, title=n.title, week="" if n.week == "-" else n.week, choose=n.choose),
               "Changed {name}.")
    one.add_argument("name")
    one.add_argument("--title")
    one.add_argument("--week", metavar="1111100", help="seven marks, Monday first; “-” is the week of the ruleset")
    one.add_argument("--choose", action="store_true", help="it binds where a ruleset leaves the choice to the house")
    one = verb(what, "seed", "take in the public holidays of a country; days that are there stay", "calendar seed vietnam --from 2036 --to 2040",
               lambda h, a, n: calendars.seed(h, a, n.name, n.country, _years(n)), "Took in {days} days: version {version} of {name}.")
    one.add_argument("name")
    _seeded(one)
    what = group(commands, "outage", "days on which nobody could act", "inspect-app outage note 2026-05-04 2026-05-05 'no electricity'")
    one = what.add_parser("list", help="the days on file", description="Example: inspect-app outage list")
    one.set_defaults(handler=_outages)
    one = verb(what, "note", "what would end on these days ends on the working day after", "outage note 2026-05-04 2026-05-05 'no electricity'",
               lambda h, a, n: calendars.note_outage(h, a, n.since, n.until, n.reason), "Noted {since} to {until}.")
    one.add_argument("since", metavar="FROM", help="YYYY-MM-DD")
    one.add_argument("until", metavar="UNTIL", help="YYYY-MM-DD, included")
    one.add_argument("reason")


def _seeded(parser: Any) -> None:
    parser.add_argument("--country", metavar="XX", help="two letters; for seed that of before, unless told otherwise")
    parser.add_argument("--from", dest="from_year", type=int, metavar="YEAR", help="ten years back, unless told otherwise")
    parser.add_argument("--to", dest="to_year", type=int, metavar="YEAR", help="ten years on, unless told otherwise")


def _years(args: Namespace) -> tuple[int, int] | None:
    first, last = args.from_year or args.to_year, args.to_year or args.from_year
    return (first, last) if first else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("write a day as YYYY-MM-DD") from None


def _out(value: Any) -> int:
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode("utf-8") + "\n")
    return 0


def _list(house: House, args: Namespace) -> int:
    rows = calendars.listed(house)
    if args.json:
        return _out(rows)
    for row in rows:
        chosen = "  (chosen by the house)" if row["chosen"] else ""
        print(f"{row['name']:<16} version {row['version']}  {row['days_off']} days off, {row['made_up']} made up  {row['title']}{chosen}")
    return 0


def _show(house: House, args: Namespace) -> int:
    row = calendars.shown(house, args.name, args.year)
    if args.json:
        return _out({**row, "days": [day._asdict() for day in row["days"]]})
    print(f"{row['name']}, version {row['version']}: {row['title']}")
    for day in row["days"]:
        print(f"{day.on.isoformat()}  {'works' if day.works else 'off  '}  {day.what}")
    return 0


def _outages(house: House, args: Namespace) -> int:
    for row in calendars.outages(house):
        print(f"{row['since_on'].isoformat()}  {row['until_on'].isoformat()}  {row['reason']}")
    return 0
