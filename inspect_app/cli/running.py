"""Setting up and running: `init`, `demo`, `serve`, `work`, `sweep`, `openapi`."""

from __future__ import annotations

import getpass
import json
import os
import subprocess
import sys
from argparse import ArgumentTypeError, Namespace
from datetime import datetime
from pathlib import Path
from typing import Any

from config import Settings
from inspect_app.errors import Unreadable
from inspect_app.now import now
from inspect_app.services import beginning, clocks, export_jobs, founding, keeping_log, outbox
from inspect_app.services.demonstration import load_demonstration
from inspect_app.services.house import House
from workflows.acts import Actor
from workflows.calendar import micros

WORKER = (sys.executable, "-m", "inspect_app.jobs.worker")
"""The background door is a process of its own; the console only starts it."""


def add(commands: Any) -> None:
    init = commands.add_parser(
        "init",
        help="migrate to the newest schema, make keys, print a link for the first administrator; safe to repeat",
        description="Example: inspect-app init",
    )
    init.add_argument("--new-log", action="store_true",
                      help="begin a new log whose first leaf names the old one: for a copy that is used for tests; stop what runs on it first")
    init.set_defaults(handler=_init, needs="settings")
    demo = commands.add_parser(
        "demo", help="set up, and load a demonstration organisation and its cases", description="Example: inspect-app demo --house hospital"
    )
    demo.add_argument("--house", choices=("depot", "hospital"), default="depot", help="which organisation (default: depot)")
    demo.add_argument("--seed", type=int, default=1, metavar="N", help="another number, another organisation (default: 1)")
    demo.add_argument("--if-empty", action="store_true", help="do nothing where there are people already")
    demo.set_defaults(handler=_demo, needs="settings")
    serve = commands.add_parser("serve", help="run the application on a production server", description="Example: inspect-app serve --port 8000")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000, help="1 to 65535 (default: 8000)")
    serve.add_argument("--workers", type=int, default=1, metavar="N", help="processes; one on the embedded database")
    serve.add_argument("--with-worker", action="store_true", help="run the background work beside it")
    serve.set_defaults(handler=_serve, needs="settings")
    work = commands.add_parser("work", help="background work: clocks, reminders, mail, the log, exports, files without an event",
                               description="Example: inspect-app work --once")
    work.add_argument("--once", action="store_true", help="one round, then end")
    work.set_defaults(handler=_work)
    sweep = commands.add_parser("sweep", help="fire every clock due by an instant, once", description="Example: inspect-app sweep")
    sweep.add_argument("--now", type=_instant, metavar="ISO8601", help="the instant; one in the future only in a test or demonstration")
    sweep.set_defaults(handler=_sweep)
    document = commands.add_parser("openapi", help="print the OpenAPI 3.1 document", description="Example: inspect-app openapi > openapi.json")
    document.set_defaults(handler=_openapi, needs="settings")


def _instant(text: str) -> int:
    try:
        return micros(datetime.fromisoformat(text))
    except ValueError:
        raise ArgumentTypeError("write the instant with its zone, for example 2026-03-31T00:00:00+07:00") from None


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise ArgumentTypeError("give a port from 1 to 65535")
    return int(text)


def _set_up(settings: Settings) -> str:
    """The newest schema, the folders and the keys; returns the name of the log. Safe to repeat."""
    name = founding.set_up(settings)
    for folder in (settings.data, settings.keys):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    founding.make_keys(settings)
    return name


def _init(settings: Settings, args: Namespace) -> int:
    name = _set_up(settings)
    if args.new_log:
        name = _new_log(settings)
    print(f"Ready. The log of this installation is named {name}.")
    link = founding.first_link(settings, Actor(console_actor(), "console"))
    if link is not None:
        print(f"The first administrator, “admin”, sets a password here, once, within a week:\n  {link}")
    return 0


def _new_log(settings: Settings) -> str:
    house = founding.open_house(settings, background=True)
    begun = beginning.begin(house, Actor(console_actor(), "console"))
    print(f"A new log goes on from {begun.before.size} leaves of {begun.before.origin}, code {begun.before.code}.")
    return begun.log


def _demo(settings: Settings, args: Namespace) -> int:
    if settings.mode == "production":
        raise Unreadable("A demonstration is not loaded into a production installation; set INSPECT_MODE=demo and another database.")
    _set_up(settings)
    house = founding.open_house(settings, background=True)
    if args.if_empty and not founding.is_empty(house.db):
        return 0
    loaded = load_demonstration(house, args.house, args.seed)
    founding.remember_demonstration(house.db, loaded)
    print(f"Loaded {loaded.name}: {loaded.matters} matters, {loaded.acts} acts.")
    if not args.if_empty:
        _accounts(house)
    return 0


def _accounts(house: House) -> None:
    for login, password, what in founding.demonstration_accounts(house.db):
        print(f"  {login:<12} {password:<16} {what}")


def _serve(settings: Settings, args: Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces

    house = founding.open_house(settings)
    if not founding.is_founded(house.db):
        raise Unreadable("Nothing is set up here yet; run `inspect-app init` first.")
    founding.check_start(settings, house)
    accounts = list(founding.demonstration_accounts(house.db)) if settings.mode == "demo" else []
    address = f"http://{args.host}:{args.port}"
    print(f"inspect-app serves {address}  (API: {address}/api/docs)")
    if accounts:
        print("Demonstration accounts (name, password, who it is):")
        _accounts(house)
    sys.stdout.flush()
    embedded = house.db.is_sqlite
    house.db.close()
    child = subprocess.Popen(WORKER) if args.with_worker else None  # noqa: S603
    try:
        Granian(
            "wsgi:app",
            address=args.host,
            port=args.port,
            interface=Interfaces.WSGI,
            workers=1 if embedded else args.workers,
            blocking_threads=8 if embedded else 4,
            working_dir=Path(founding.__file__).resolve().parents[2],
            log_access=False,
        ).serve()
    finally:
        if child is not None:
            child.terminate()
            child.wait()
    return 0


def _work(house: House, args: Namespace) -> int:
    if args.once:
        fired, made, mailed = clocks.round_of(house), export_jobs.round_of(house), outbox.round_of(house).sent
        print(f"{fired} acts of clocks, {made} exports, {mailed} mails, {keeping_log.round_of(house)} events put into the log.")
        return 0
    house.db.close()
    return subprocess.call(WORKER)  # noqa: S603


def _sweep(house: House, args: Namespace) -> int:
    if args.now is not None and args.now > now() and house.mode == "production":
        raise Unreadable("An instant in the future is for tests and demonstrations; leave --now out.")
    done = clocks.sweep(house, args.now or now())
    print(json.dumps({"fired": done.fired, "refused": done.refused}))
    return 0


def _openapi(settings: Settings, args: Namespace) -> int:
    from inspect_app.app import create_app

    app = create_app(settings)
    answer = app.test_client().get("/api/v1/openapi.json")
    print(json.dumps(answer.get_json(), indent=2, ensure_ascii=False))
    return 0


def console_actor() -> str:
    """The name under which the console acts."""
    try:
        return f"console:{getpass.getuser()}"
    except (KeyError, OSError):
        return f"console:{os.getuid()}"
