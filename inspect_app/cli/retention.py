"""Keeping and letting go, from the shell: `retention due | show | find | hold | lift | propose | carry-out | decline | certificate | left | forget |
overwrite`."""

from __future__ import annotations

import sys
from argparse import ArgumentTypeError, Namespace
from dataclasses import asdict
from datetime import date
from typing import Any

import orjson

from inspect_app.cli.organisation import group
from inspect_app.cli.running import console_actor
from inspect_app.errors import Invalid, Problem
from inspect_app.schemas.acts import read_act
from inspect_app.services import casework, erasing, forgetting, queries, retention, retention_dossier
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from workflows.acts import Act, Actor

BASES = ("third_person", "period_over", "asked", "mistaken", "unlawful")


def add(commands: Any) -> None:
    what = group(commands, "retention", "what is due, held, erased and disposed of", "inspect-app retention due")
    one = what.add_parser("due", help="ended cases with the day until which each is kept, holds and proposals",
                          description="Example: inspect-app retention due --on 2027-01-31")
    one.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="as it will be on that day")
    _common(one, _due)
    one = what.add_parser("show", help="how a case is kept, and which of its fields may be erased; no words are shown",
                          description="Example: inspect-app retention show 2026-000012")
    one.add_argument("case", metavar="CASE", help="the number of the case")
    _common(one, _show)
    one = what.add_parser("find", help="the fields that hold some words, such as a name, in a case and in the others of its dossier",
                          description="Example: inspect-app retention find 2026-000012 'Nguyen Van A'")
    one.add_argument("case", metavar="CASE")
    one.add_argument("words", metavar="WORDS")
    _common(one, _find)
    for name, trigger, says in (("hold", "hold", "nothing of the case is erased until the hold is lifted"), ("lift", "lift_hold", "lift the hold")):
        one = what.add_parser(name, help=says, description=f"Example: inspect-app retention {name} 2026-000012 'proceedings in court' --as lan")
        one.add_argument("case", metavar="CASE")
        one.add_argument("reason", metavar="WHY")
        _acting(one, trigger)
    one = what.add_parser("propose", help="propose to dispose of a case, or, with fields, to erase these",
                          description="Example: inspect-app retention propose 2026-000012 --field '3 data.note' --basis third_person --as lan")
    one.add_argument("case", metavar="CASE")
    one.add_argument("--field", action="append", metavar="'EVENT NAME[=WORDS]'", help="as `retention show` lists them; WORDS stand in its place")
    one.add_argument("--everywhere", metavar="WORDS", help="erase every field that holds these words, here and in all cases of its dossier")
    one.add_argument("--instead", default="", metavar="WORDS", help="with --everywhere: these words stand in their place")
    one.add_argument("--basis", choices=BASES)
    _acting(one, "propose")
    one = what.add_parser("carry-out", help="carry out what another person proposed", description="Example: inspect-app retention carry-out "
                                                                                                  "2026-000012 --as minh")
    one.add_argument("case", metavar="CASE")
    one.add_argument("--everywhere", action="store_true", help="every proposal to erase that waits in the dossier of the case")
    _acting(one, "carry-out")
    one = what.add_parser("decline", help="decline or withdraw a proposal",
                          description="Example: inspect-app retention decline 2026-000012 --as minh")
    one.add_argument("case", metavar="CASE")
    _acting(one, "decline_proposal")
    one = what.add_parser("certificate", help="the certificate of a case that was disposed of",
                          description="Example: inspect-app retention certificate 2026-000012")
    one.add_argument("case", metavar="CASE")
    _common(one, _certificate)
    one = what.add_parser("left", help="who has left the house, and whether they can be forgotten",
                          description="Example: inspect-app retention left --as lan")
    _common(one, _left)
    one = what.add_parser("forget", help="propose to forget somebody who has left, or carry out what another person proposed: names go, and what "
                                         "the administrative history says of them", description="Example: inspect-app retention forget hoa --as lan")
    one.add_argument("person", metavar="PERSON", help="login or identifier")
    how = one.add_mutually_exclusive_group()
    how.add_argument("--carry-out", dest="step", action="store_const", const="forget", default="propose")
    how.add_argument("--decline", dest="step", action="store_const", const="decline")
    one.add_argument("--as", dest="as_login", metavar="LOGIN", required=True)
    one.set_defaults(handler=_forget)
    one = what.add_parser("overwrite", help="write the embedded database anew, so that nothing erased is left in its free pages; stop `serve` first",
                          description="Example: inspect-app retention overwrite")
    one.set_defaults(handler=_overwrite)


def _common(parser: Any, handler: Any) -> None:
    parser.add_argument("--as", dest="as_login", metavar="LOGIN", help="as this person, not as the console")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(handler=handler)


def _acting(parser: Any, trigger: str) -> None:
    parser.add_argument("--as", dest="as_login", metavar="LOGIN", required=True, help="as this person; the console itself plays no part in a case")
    parser.set_defaults(handler=_act, trigger=trigger)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError("write a day as YYYY-MM-DD") from None


def _actor(house: House, args: Namespace) -> Actor:
    if args.as_login:
        with house.db.reading() as session:
            return actor_of_login(session, args.as_login)
    name = console_actor()
    return Actor(name, name)


def _uid(house: House, number: str) -> str:
    return queries.uid_of(house, number)


def _out(value: Any) -> int:
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode("utf-8") + "\n")
    return 0


def _kept(row: retention.Kept) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__ if name != "workflow"} | {"workflow": row.workflow.name}


def _due(house: House, args: Namespace) -> int:
    rows = retention.due(house, _actor(house, args), args.on)
    if args.json:
        return _out([_kept(row) for row in rows])
    for row in rows:
        stands = " ".join(([] if not row.held else ["held"]) + ([row.proposed] if row.proposed else []) + (["due"] if row.is_due else []))
        print(f"{row.number}  {row.due_on or 'never':<10}  {row.rule or '-':<24} {row.workflow.name:<18} {stands}")
    return 0


def _show(house: House, args: Namespace) -> int:
    row, pieces, _ = retention.one(house, _actor(house, args), _uid(house, args.case))
    if args.json:
        return _out(_kept(row) | {"pieces": [asdict(piece) for piece in pieces]})
    print(f"{row.number}: {row.rule or 'under way'}, kept until {row.due_on or '-'}{', held' if row.held else ''}")
    if row.proposed:
        print(f"{row.proposed} by {row.proposed_by}")
    for piece in pieces:
        print(f"{piece.seq} {piece.name}{'  (its time is over)' if piece.due else ''}")
    return 0


def _find(house: House, args: Namespace) -> int:
    found = retention_dossier.named_in(house, _actor(house, args), _uid(house, args.case), args.words)
    if args.json:
        return _out([{"case": one.kept.number, **asdict(piece)} for one in found for piece in one.pieces])
    for one in found:
        for piece in one.pieces:
            print(f"{one.kept.number}: {piece.seq} {piece.name}")
    return 0


def _everywhere(answers: list[retention_dossier.Answer]) -> int:
    """Tell what came of it in each case; 1 where a case forbade it, or nothing was there."""
    for one in answers:
        more = f"; {one.left} more fields need another proposal" if one.left else ""
        print(f"{one.number}: {f'event {one.event}' if one.refused is None else one.refused}{more}")
    return 0 if answers and all(one.refused is None for one in answers) else 1


def _act(house: House, args: Namespace) -> int:
    actor, uid = _actor(house, args), _uid(house, args.case)
    trigger = args.trigger
    if getattr(args, "everywhere", None):
        if trigger == "carry-out":
            return _everywhere(retention_dossier.carry_out(house, actor, uid, read_act))
        told = {"basis": args.basis or "third_person"}
        return _everywhere(retention_dossier.propose(house, actor, uid, args.everywhere, told, args.instead, read_act))
    data: dict[str, Any] = {}
    if trigger in ("hold", "lift_hold"):
        data = {"reason": args.reason}
    elif trigger == "propose":
        trigger = "propose_erasure" if args.field else "propose_disposal"
        data = {"basis": args.basis or "third_person", "pieces": [_piece(text) for text in args.field]} if args.field else {}
    elif trigger == "carry-out":
        proposed = retention.one(house, actor, uid)[0].proposed
        trigger = "dispose" if proposed == "propose_disposal" else "erase"
    event = casework.fire(house, uid, Act(trigger, actor, data), read=read_act)
    print(f"{event.number}: {event.trigger}, event {event.seq}, {event.leaf}")
    return 0


def _piece(text: str) -> dict[str, Any]:
    place, _, words = text.partition("=")
    seq, _, name = place.strip().partition(" ")
    if not seq.isdecimal() or not name:
        raise Invalid((Problem("/field", "invalid", f"“{text}” is no field; write the event, a blank, the name: '3 data.note'."),))
    return {"seq": int(seq), "field": name.strip()} | ({"instead": words} if words else {})


def _certificate(house: House, args: Namespace) -> int:
    found = retention.certificate(house, _actor(house, args), _uid(house, args.case))
    if args.json:
        return _out(asdict(found))
    print(f"{found.number} was disposed of on {found.disposed_on.isoformat()} under {found.rule}.")
    print(f"Content of {found.through} events went; files: {', '.join(found.files) or 'none'}.")
    if found.proposed_by:
        print(f"Proposed by {found.proposed_by}, carried out by {found.carried_out_by}.")
    print(f"Event {found.event}: {found.leaf}")
    return 0


def _left(house: House, args: Namespace) -> int:
    rows = forgetting.left(house, _actor(house, args))
    if args.json:
        return _out([asdict(row) for row in rows])
    for row in rows:
        print(f"{row.uid}  {row.name:<30}  {row.needed_by or ('proposed' if row.proposed_by else 'can be forgotten')}")
    return 0


def _forget(house: House, args: Namespace) -> int:
    step: Any = {"propose": forgetting.propose, "forget": forgetting.forget, "decline": forgetting.decline}[args.step]
    done = step(house, _actor(house, args), args.person)
    more = f", {len(done.facts['digests'])} fields of the administrative history" if "digests" in done.facts else ""
    print(f"{done.what}: {done.facts['person']}{more}")
    return 0


def _overwrite(house: House, args: Namespace) -> int:
    erasing.settle(house)
    print("Written anew." if house.db.written_anew() else "PostgreSQL does this by itself; `VACUUM FULL` does it at once.")
    return 0
