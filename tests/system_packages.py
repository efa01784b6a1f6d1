"""What the tests need from the system: PostgreSQL's server programs and Chromium; the long proofs LibreOffice besides.

`python -m tests.system_packages` installs what is missing where this user may (as root, or by sudo that asks for no
password) and tells the remedy where not; with `full` what the long proofs need as well.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

POSTGRESQL_AT_LEAST = 15
HEADLESS = "chromium-headless-shell"
"""Chromium without the parts that nobody sees: the same pages in a fourth of the time. Debian has it; elsewhere the whole browser does."""
CHROMIUM_NAMES = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OFFICE_NAMES = ("soffice", "libreoffice")
REMEDY = (
    f"The tests run on a real PostgreSQL ({POSTGRESQL_AT_LEAST} or newer) and in a real Chromium. On Debian or Ubuntu: "
    "sudo apt-get install postgresql chromium. Elsewhere install both from your system's packages; "
    "PG_BINDIR names the folder with initdb and postgres, CHROMIUM the browser's program, "
    "where they stand in an unusual place."
)
OFFICE_REMEDY = "The long proofs open a workbook in LibreOffice. On Debian or Ubuntu: sudo apt-get install libreoffice-calc-nogui."


def postgresql_programs() -> Path | None:
    """The folder with initdb, pg_ctl and postgres; the newest where there are several, None where none is new enough."""
    named = os.environ.get("PG_BINDIR")
    on_path = shutil.which("initdb")
    folders = [Path(named)] if named else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    folders += [Path(on_path).resolve().parent] if on_path else []
    names = ("initdb", "pg_ctl", "postgres")
    whole = (folder for folder in folders if all((folder / name).is_file() for name in names))
    return next((folder for folder in whole if postgresql_version(folder) >= POSTGRESQL_AT_LEAST), None)


def postgresql_version(folder: Path) -> int:
    """The major version of the server in this folder; 0 where it does not tell."""
    said = subprocess.run([folder / "postgres", "--version"], check=False, capture_output=True, text=True).stdout
    number = re.search(r"\) (\d+)", said)
    return int(number.group(1)) if number else 0


def chromium_program() -> Path | None:
    """The browser."""
    named = os.environ.get("CHROMIUM")
    found = named if named and Path(named).is_file() else next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return Path(found) if found else None


def office_program() -> Path | None:
    """LibreOffice."""
    found = next(filter(None, map(shutil.which, OFFICE_NAMES)), None)
    return Path(found) if found else None


def missing_packages(*, full: bool = False) -> list[str]:
    """Debian's names of what is not here."""
    here = {"postgresql": postgresql_programs(), "chromium": chromium_program()}
    return [name for name, found in (here | ({"libreoffice-calc-nogui": office_program()} if full else {})).items() if not found]


def better_packages() -> list[str]:
    """Debian's names of what could be here instead of something that does the same more slowly."""
    return [] if os.environ.get("CHROMIUM") or shutil.which(HEADLESS) else [HEADLESS]


def main(*, full: bool = False) -> int:
    """Install what is missing where that is allowed. Exit status 1, and the remedy, where something stays missing."""
    rights = _rights() if shutil.which("apt-get") else None
    if rights is not None:
        for wanted in (better_packages(), missing_packages(full=full)):
            if wanted:
                _install(rights, wanted)
    if missing := missing_packages(full=full):
        print(f"Missing: {', '.join(missing)}. {REMEDY}{f' {OFFICE_REMEDY}' if full else ''}", file=sys.stderr)
        return 1
    return 0


def _install(rights: list[str], packages: list[str]) -> None:
    print(f"Installing {' and '.join(packages)} from the system's packages", flush=True)
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        if subprocess.run([*rights, *quiet, *command], check=False, stdout=subprocess.DEVNULL).returncode:
            return


def _rights() -> list[str] | None:
    """What to put before a command that installs: nothing as root, sudo that asks nothing, None where one may not."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    may = shutil.which("sudo") and subprocess.run([*sudo, "true"], check=False, capture_output=True).returncode == 0
    return sudo if may else None


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


if __name__ == "__main__":
    sys.exit(main(full="full" in sys.argv[1:]))
