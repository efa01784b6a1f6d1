"""What pm4py finds in an OCEL 2.0 file: run with the Python of an environment that has it. Prints counts, and ends with 1 where something is lost."""

import json
import sys
from collections import Counter
from pathlib import Path

import pm4py

file = sys.argv[1]
told = json.loads(Path(file).read_text("utf-8"))
log = pm4py.read_ocel2_json(file)
found = (len(log.events), len(log.objects), len(log.relations))
expected = (len(told["events"]), len(told["objects"]), sum(len(one["relationships"]) for one in told["events"]))
kinds = Counter(log.events["ocel:activity"])
print(f"{found[0]} events, {found[1]} objects, {found[2]} relations, {len(kinds)} activities")
same = found == expected and kinds == Counter(one["type"] for one in told["events"])
named = {attribute["name"] for kind in told["eventTypes"] for attribute in kind["attributes"]}
lost = sorted(named - set(log.events.columns))
if lost:
    print("lost:", lost)
sys.exit(0 if same and not lost else 1)
