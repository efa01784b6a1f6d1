"""`inspect-app`: the console door. Exit status 0 on success, 1 on a refused or failed operation with one line, 64 for wrong usage."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from config import BadSetting, Settings
from inspect_app.cli import (
    access,
    accounts,
    audit,
    backups,
    calendars,
    figures,
    history,
    law,
    looking,
    manual,
    organisation,
    registers,
    retention,
    running,
)
from inspect_app.db import DRIVER_ERRORS, out_of_use
from inspect_app.errors import Refusal
from inspect_app.imports.problems import NotReadable
from inspect_app.services.founding import is_founded, open_house
from workflows.errors import BadDefinition

USAGE = 64


class Parser(argparse.ArgumentParser):
    """A parser whose wrong usage ends with 64: the usual 2 means tampered here."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def build() -> Parser:
    """All commands."""
    parser = Parser(prog="inspect-app", description="Inspection and discipline casework whose history is evidence.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for area in (running, organisation, looking, accounts, calendars, access, law, history, registers, audit, backups, retention, figures):
        area.add(commands)
    manual.add(commands, build)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    args = build().parse_args(argv)
    try:
        settings = Settings.read()
        handler: Callable[..., int] = args.handler
        needs: str = getattr(args, "needs", "house")
        if needs == "settings":
            return handler(settings, args)
        house = open_house(settings, background=True)
        if needs == "house" and not is_founded(house.db):
            return _fail("nothing is set up here yet; run `inspect-app init` first")
        return handler(house, args)
    except (Refusal, NotReadable, BadDefinition, BadSetting) as error:
        return _fail(str(error))
    except DRIVER_ERRORS as error:
        if (told := out_of_use(error)) is None:
            raise
        return _fail(told)
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 – nobody reads any more
        return 1
    except OSError as error:
        return _fail(f"{error.filename or 'input'}: {error.strerror or error}")
    except KeyboardInterrupt:
        return _fail("stopped")


def _fail(sentence: str) -> int:
    print(f"inspect-app: {' '.join(sentence.split())}", file=sys.stderr)
    return 1


def run() -> Any:
    """Entry for `python -m inspect_app.cli.main`."""
    sys.exit(main())


if __name__ == "__main__":
    run()
