"""What is installed is all of it: an installed copy founds a house far from any checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("inspect_app", "workflows", "migrations")
LEAVE = shutil.ignore_patterns("__pycache__", "*.pyc")


def run(command: Sequence[str | Path], folder: Path, **environ: str) -> str:
    """Run a command that is to succeed; returns what it said."""
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, cwd=folder, env=known | environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what `pip install .` installs, made from a copy of the checkout, without any network."""
    copy, built, site = (tmp_path_factory.mktemp(name) for name in ("copy", "built", "site"))
    for part in PARTS:
        shutil.copytree(ROOT / part, copy / part, ignore=LEAVE)
    for name in ("pyproject.toml", "requirements.in", "config.py", "wsgi.py", "LICENSE", "README.md"):
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, copy)
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", built, copy], copy)
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    return site


def test_every_file_of_the_application_is_installed(installed: Path) -> None:
    ours = {
        file.relative_to(ROOT).as_posix()
        for part in PARTS
        for file in (ROOT / part).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert sorted(path for path in ours if not (installed / path).is_file()) == []
    assert (installed / "config.py").is_file()


def test_an_installed_copy_founds_a_house(installed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "inspect_app.cli.main"]
    settings = {"PYTHONPATH": str(installed), "INSPECT_MODE": "demo", "INSPECT_DATABASE_URL": f"sqlite:///{tmp_path}/i.db"}
    where = run([sys.executable, "-c", "import inspect_app; print(inspect_app.__file__)"], tmp_path, **settings)
    assert where.startswith(str(installed)), "this is not the installed copy"
    run([*command, "init"], tmp_path, **settings)
    run([*command, "init"], tmp_path, **settings)
    assert (tmp_path / "i.db").is_file()
