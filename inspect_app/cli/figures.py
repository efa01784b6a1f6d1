"""Published figures from the shell: `figures list | publish | revise | show`."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import Any

from inspect_app.cli.running import console_actor
from inspect_app.services import publishing
from inspect_app.services.house import House
from workflows.acts import Actor


def add(commands: Any) -> None:
    group = commands.add_parser("figures", help="the figures that are published each quarter", description="Example: inspect-app figures list")
    what = group.add_subparsers(dest="what", required=True, metavar="WHAT")
    listing = what.add_parser("list", help="every quarter that was published, with its editions and their hashes")
    listing.set_defaults(handler=_list)
    show = what.add_parser("show", help="what was published of a quarter, as JSON", description="Example: inspect-app figures show 2026-q3")
    show.add_argument("quarter", metavar="QUARTER")
    show.set_defaults(handler=_show)
    publish = what.add_parser("publish", help="publish a quarter that is over, before the background work does",
                              description="Example: inspect-app figures publish 2026-q3")
    publish.add_argument("quarter", metavar="QUARTER")
    publish.set_defaults(handler=_publish)
    revise = what.add_parser("revise", help="publish what has changed since, beside what was published",
                             description="Example: inspect-app figures revise 2026-q3 --reason 'papers of August came late'")
    revise.add_argument("quarter", metavar="QUARTER")
    revise.add_argument("--reason", required=True)
    revise.set_defaults(handler=_revise)


def _list(house: House, args: Namespace) -> int:
    for quarter in publishing.quarters(house):
        for one in publishing.of(house, quarter):
            print(f"{one.quarter} {one.revision} {one.sha256}{'' if one.whole else ' IS NOT WHAT WAS PUBLISHED'}")
    return 0


def _show(house: House, args: Namespace) -> int:
    print(json.dumps([one.body for one in publishing.of(house, args.quarter)], indent=2, ensure_ascii=False))
    return 0


def _publish(house: House, args: Namespace) -> int:
    return _told(publishing.publish(house, Actor(console_actor(), "console"), args.quarter))


def _revise(house: House, args: Namespace) -> int:
    return _told(publishing.revise(house, Actor(console_actor(), "console"), args.quarter, args.reason))


def _told(one: publishing.Published) -> int:
    print(f"Published {one.quarter}, edition {one.revision}, SHA-256 {one.sha256}.")
    return 0
