"""Front-end code of others is what its manifest says, and asks the browser for nothing more."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHELVES = [ROOT / "inspect_app" / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"]
EXTERNAL = re.compile(rb"url\((?!\s*[\"']?(?:data:|#))|@import|sourceMappingURL")


def deviations(shelf: Path) -> list[str]:
    """Where a shelf and its manifest differ."""
    told: dict[str, str] = {}
    found = []
    for package in tomllib.loads((shelf / "MANIFEST.toml").read_text("utf-8"))["package"]:
        assert package["name"] and package["version"] and package["licence"]
        if "LICENSE" not in package["sha256"]:
            found.append(f"{package['name']}: without its licence")
        told |= {f"{package['folder']}/{name}": digest for name, digest in package["sha256"].items()}
    here = {file.relative_to(shelf).as_posix(): file for file in shelf.rglob("*") if file.is_file()}
    del here["MANIFEST.toml"]
    found += [f"{path}: not in the manifest" for path in sorted(here.keys() - told.keys())]
    found += [f"{path}: not here" for path in sorted(told.keys() - here.keys())]
    for path in sorted(here.keys() & told.keys()):
        if hashlib.sha256(here[path].read_bytes()).hexdigest() != told[path]:
            found.append(f"{path}: not the file of the manifest")
    return found


@pytest.mark.parametrize("shelf", SHELVES, ids=["static", "tests"])
def test_every_file_is_the_one_of_the_manifest(shelf: Path) -> None:
    assert deviations(shelf) == []


@pytest.mark.parametrize("shelf", SHELVES, ids=["static", "tests"])
def test_nothing_is_asked_of_anybody_else(shelf: Path) -> None:
    assert [file.name for file in shelf.rglob("*.css") if EXTERNAL.search(file.read_bytes())] == []
    assert [file.name for file in shelf.rglob("*.js") if b"sourceMappingURL=" in file.read_bytes()] == []


def test_a_changed_and_an_added_file_are_caught(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.js").write_text("changed")
    (tmp_path / "a" / "b.js").write_text("added")
    manifest = '[[package]]\nname="a"\nversion="1"\nlicence="MIT"\nfolder="a"\nsha256={"a.js"="0", "LICENSE"="1"}\n'
    (tmp_path / "MANIFEST.toml").write_text(manifest)
    assert deviations(tmp_path) == [
        "a/b.js: not in the manifest",
        "a/LICENSE: not here",
        "a/a.js: not the file of the manifest",
    ]


def test_a_stylesheet_that_fetches_is_caught() -> None:
    assert EXTERNAL.search(b'a{background:url("fonts/a.woff")}')
    assert EXTERNAL.search(b"@import 'b.css'")
    assert not EXTERNAL.search(b"a{background:url(\"data:image/svg+xml,<svg/>\")}")
