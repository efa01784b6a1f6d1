"""Accounts from the shell: `user give-account | close | link | sessions | …`, `token`, `key`. Nobody but the person ever sets a password."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from config import Settings
from inspect_app.cli.organisation import verb
from inspect_app.cli.running import console_actor
from inspect_app.i18n import moment
from inspect_app.services import account_keeping, archive, keys, links, providers, sessions, tokens
from inspect_app.services.administering import Done
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.tokens import Scope
from workflows.acts import Actor
from workflows.words import LANGUAGES


def add(commands: Any) -> None:
    """`commands` are the subparsers of the whole command; the group `user` is there already."""
    what = commands.user
    link = what.add_parser("link", help="print a one-time link with which a person sets a password of their own",
                           description="Example: inspect-app user link mai")
    link.add_argument("login")
    link.add_argument("--factor-lost", action="store_true", help="app and sheet are lost: the second factor is taken away with its use")
    link.set_defaults(handler=_link)
    places = what.add_parser("sessions", help="where a person is signed in", description="Example: inspect-app user sessions mai --end")
    places.add_argument("login")
    places.add_argument("--end", action="store_true", help="sign the person out everywhere")
    places.set_defaults(handler=_sessions)
    who = what.add_parser("identify", help="tie an identity of the provider (its subject) to a person",
                          description="Example: inspect-app user identify mai 248289761001")
    who.add_argument("login")
    who.add_argument("subject")
    who.set_defaults(handler=_identify)
    _kept(what)
    token = commands.add_parser("token", help="bearer tokens for programs",
                                description="Example: inspect-app token create --user mai --scope write --expires 30d")
    what = token.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("create", help="print a new token, once",
                          description="Example: inspect-app token create --user mai --scope write,decide --expires 30d --from 192.0.2.0/24")
    one.add_argument("--user", required=True, metavar="LOGIN")
    one.add_argument("--scope", type=_scopes, default=("read",), metavar="SCOPES",
                     help=f"{', '.join(Scope)}, with commas between them; reading is always in it, and deciding brings writing")
    one.add_argument("--expires", default="30d", metavar="DAYS", help=f"at most {tokens.LONGEST}d")
    one.add_argument("--from", dest="addresses", action="append", default=[], metavar="CIDR", help="from this network only; may be said again")
    one.add_argument("--name", default="console")
    one.set_defaults(handler=_token)
    one = what.add_parser("list", help="the tokens of a person that are still good", description="Example: inspect-app token list mai")
    one.add_argument("login")
    one.set_defaults(handler=_tokens)
    one = what.add_parser("revoke", help="end a token by its identifier, the part between _ and the first dot")
    one.add_argument("identifier")
    one.set_defaults(handler=_revoke)
    key = commands.add_parser("key", help="the keys outside the database", description="Example: inspect-app key list")
    what = key.add_subparsers(dest="what", required=True, metavar="WHAT")
    one = what.add_parser("make", help="make the key files that are missing", description="Example: inspect-app key make")
    one.set_defaults(handler=_make, needs="settings")
    one = what.add_parser("backup", help="make a key for which backups are sealed: FILE is the secret, FILE.pub what the server needs",
                          description="Example: inspect-app key backup /media/safe/backup.key")
    one.add_argument("file", type=Path, metavar="FILE")
    one.set_defaults(handler=_key_of_backups, needs="settings")
    one = what.add_parser("list", help="the names of the keys, the newest first", description="Example: inspect-app key list")
    one.set_defaults(handler=_keys, needs="settings")
    one = what.add_parser("rotate", help="put a new key before the others; what was made with those stays readable",
                          description="Example: inspect-app key rotate pepper")
    one.add_argument("name", choices=[name.removesuffix(".key") for name in (*keys.FILES, *keys.OF_LOG)])
    one.set_defaults(handler=_rotate, needs="settings")


def _kept(what: Any) -> None:
    """Giving, renaming, closing and opening accounts. `what` are the subparsers of `user`."""
    one = verb(what, "give-account", "an account for a person who has none; the one-time link is made with `user link`",
               "user give-account 6b0f… mai --language vi", lambda h, a, n: account_keeping.give(h, a, n.person, n.login, n.language),
               "{person} signs in as {login}.")
    one.add_argument("person", help="the identifier of a person, from `user list`")
    one.add_argument("login", type=str.casefold, help="the name of the account")
    one.add_argument("--language", choices=LANGUAGES, default=LANGUAGES[0])
    one = verb(what, "change-account", "another name of an account, or another language", "user change-account mai mai.lan", _changed,
               "Changed the account {login}.")
    one.add_argument("login", help="an account or an identifier")
    one.add_argument("name", nargs="?", help="its new name")
    one.add_argument("--language", choices=LANGUAGES)
    one = verb(what, "close", "close an account: nobody comes in by it from now on", "user close mai",
               lambda h, a, n: account_keeping.close(h, a, n.login), "Closed the account {login}.")
    one.add_argument("login", help="an account or an identifier")
    one = verb(what, "open", "open a closed account again", "user open mai", lambda h, a, n: account_keeping.open_again(h, a, n.login),
               "Opened the account {login} again.")
    one.add_argument("login", help="an account or an identifier")
    one = verb(what, "revoke-tokens", "end every token of a person", "user revoke-tokens mai",
               lambda h, a, n: account_keeping.revoke_tokens(h, a, n.login), "Revoked every token of {login}.")
    one.add_argument("login", help="an account or an identifier")


def _changed(house: House, actor: Actor, args: Namespace) -> Done:
    before = account_keeping.of(house, actor, args.login)
    return account_keeping.change(house, actor, args.login, args.name or before.login, args.language or before.language)


def _scopes(text: str) -> tuple[str, ...]:
    told = tuple(part.strip() for part in text.split(",") if part.strip())
    if unknown := [part for part in told if part not in set(Scope)]:
        raise ArgumentTypeError(f"there is no scope “{unknown[0]}”; there are: {', '.join(Scope)}")
    return told


def _console() -> Actor:
    return Actor(console_actor(), "console")


def _person(house: House, login: str) -> Actor:
    with house.db.reading() as session:
        return actor_of_login(session, login)


def _link(house: House, args: Namespace) -> int:
    print(links.make(house, _console(), args.login, factor_lost=args.factor_lost))
    return 0


def _sessions(house: House, args: Namespace) -> int:
    who = _person(house, args.login)
    if args.end:
        sessions.end_everywhere(house, _console(), who)
        print(f"{args.login} is signed out everywhere.")
        return 0
    for s in sessions.listed(house, who.person_id):
        print(f"{s.id}  {s.address or '-'}  {moment(s.created_at, house.zone, 'en')}  {moment(s.seen_at, house.zone, 'en')}  {s.agent}")
    return 0


def _identify(house: House, args: Namespace) -> int:
    providers.link(house, _console(), _person(house, args.login), args.subject)
    print(f"{args.login} may sign in at {providers.configured(house).issuer}.")
    return 0


def _token(house: House, args: Namespace) -> int:
    asked = tokens.wanted(args.name, args.scope, tokens.days_of(args.expires), args.addresses)
    print(tokens.create(house, _console(), _person(house, args.user), asked))
    return 0


def _tokens(house: House, args: Namespace) -> int:
    for t in tokens.listed(house, _person(house, args.login).person_id):
        print(f"{t.id}  {','.join(t.scopes)}  {','.join(t.addresses) or 'anywhere'}  until {moment(t.expires_at, house.zone, 'en')}  {t.name}")
    return 0


def _revoke(house: House, args: Namespace) -> int:
    if not tokens.revoke(house, _console(), args.identifier, own=False):
        print(f"inspect-app: there is no token {args.identifier} that is still valid", file=sys.stderr)
        return 1
    print("Revoked.")
    return 0


def _make(settings: Settings, args: Namespace) -> int:
    made = keys.make(settings.keys)
    print(f"Made in {settings.keys}: {', '.join(made)}." if made else f"Nothing is missing in {settings.keys}.")
    return 0


def _key_of_backups(_: object, args: Namespace) -> int:
    secret, public = archive.make_key()
    beside = args.file.with_name(f"{args.file.name}.pub")
    for path, line, mode in ((args.file, secret, 0o400), (beside, public, 0o444)):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="ascii") as file:
            file.write(line)
    print(f"{args.file} opens backups: keep it, and a copy, away from the server. {beside} seals them.")
    return 0


def _keys(settings: Settings, args: Namespace) -> int:
    for file, names in keys.named(settings.keys).items():
        print(f"{file.removesuffix('.key'):<8} {' '.join(names)}")
    return 0


def _rotate(settings: Settings, args: Namespace) -> int:
    print(keys.rotate(settings.keys, f"{args.name}.key"))
    return 0
