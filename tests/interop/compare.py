"""Run by a Python that has pm4py (AGPL: a tool in an environment of its own, never a dependency): are two XES logs the same to it?

    python compare.py ONE.xes TWO.xes

Prints what differs and ends with 1; ends with 0 where traces, events, order, variants, attributes and their types are the same."""

import sys

import pm4py


def main(one: str, two: str) -> int:
    a, b = (pm4py.read_xes(path) for path in (one, two))
    wrong = []
    if list(a["case:concept:name"]) != list(b["case:concept:name"]):
        wrong.append("the traces, or their order")
    if sorted(a.columns) != sorted(b.columns):
        wrong.append(f"the attributes: {sorted(set(a.columns) ^ set(b.columns))}")
    else:
        if dict(a.dtypes) != dict(b[list(a.columns)].dtypes):
            wrong.append("the types of attributes")
        wrong += [f"the values of {column}" for column in a.columns if not a[column].equals(b[column])]
    if not wrong and pm4py.get_variants(a) != pm4py.get_variants(b):
        wrong.append("the variants")
    for difference in wrong:
        print("differs:", difference)
    print(f"{a['case:concept:name'].nunique()} traces, {len(a)} events, {len(pm4py.get_variants(a))} variants, {len(a.columns)} columns")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
