"""What a process and its children used: CPU seconds and memory, from /proc."""

from __future__ import annotations

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _family(pid: int) -> dict[int, list[str]]:
    """A process and all below it, as one sweep over /proc shows them."""
    seen: dict[int, list[str]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))) is not None:
            seen[int(entry.name)] = stat
    found = {pid: seen[pid]} if pid in seen else {}
    grew = True
    while grew:
        below = {each: stat for each, stat in seen.items() if each not in found and int(stat[1]) in found}
        found |= below
        grew = bool(below)
    return found


def cpu_of_tree(pid: int) -> float:
    """CPU seconds, user and system, of a process and all its children, those that have ended and been waited for included."""
    return sum(sum(map(int, stat[11:15])) for stat in _family(pid).values()) / TICK


def peak_memory(pid: int) -> int:
    """The most memory a process has held, in bytes; 0 once it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:")), 0)
