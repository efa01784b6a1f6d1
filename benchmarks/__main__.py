"""`python -m benchmarks`: every part, or one of them; a table of figures with their goals. Exit 1 when a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.cluster import NoServer
from benchmarks.measures import Figure, Plan, as_json, table

PARTS = {
    "acts": "benchmarks.acts",
    "http": "benchmarks.web",
    "sqlite": "benchmarks.fairness",
    "histories": "benchmarks.histories",
    "conflict": "benchmarks.conflict",
    "lists": "benchmarks.lists",
    "finding": "benchmarks.finding",
    "log": "benchmarks.log",
}


def main() -> int:
    """Run what is asked for, print it, and say by the exit code whether all goals are met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append", help="one part; may be repeated")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long one stretch of work lasts; 1 is a smoke check")
    parser.add_argument("--peer-python", default=sys.executable, help="the Python that has requirements-bench.txt installed")
    parser.add_argument("--json", action="store_true", help="print JSON")
    asked = parser.parse_args()
    plan = Plan.lasting(asked.seconds, asked.peer_python)
    figures: list[Figure] = []
    for name in asked.only or PARTS:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            for figure in importlib.import_module(PARTS[name]).run(plan):
                print(f"  {figure.name}: {figure.value:.3f} {figure.unit}", file=sys.stderr, flush=True)
                figures.append(figure)
        except NoServer as reason:
            print(f"{name}: left out. {reason}", file=sys.stderr)
    print(as_json(figures) if asked.json else table(figures))
    return 1 if any(f.met is False for f in figures) else 0


if __name__ == "__main__":
    sys.exit(main())
