"""Verifying everything: the whole history, the log, and every table derived from them, in one snapshot and in flat memory.

`audit verify` proves the database against itself, and against what is held outside it: checkpoints, receipts, and what the signer saw last."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from inspect_app.audit.erased import Erased
from inspect_app.audit.replay import Table
from inspect_app.db import Fixed, Session
from inspect_app.models import definition
from inspect_app.services import beginning, mirrors
from inspect_app.services.erased import erasing_acts
from inspect_app.services.house import House
from inspect_app.services.replaying import Laws, dossiers_differ
from inspect_app.services.verified import Finding, Verified
from inspect_app.services.verifying_beside import processes_for, seen
from inspect_app.services.verifying_outside import Outside, Run, broken, hold_against, promised
from inspect_app.services.verifying_streams import Ground, Judge, portions
from inspect_app.services.verifying_tree import keys_of, verify_map, verify_tree

__all__ = ["Outside", "verify"]

_COUNTS = Fixed("""SELECT
  (SELECT COUNT(*) FROM event e WHERE NOT EXISTS (SELECT 1 FROM log_leaf l WHERE l.event_id = e.event_id)
     AND NOT EXISTS (SELECT 1 FROM log_pending p WHERE p.event_id = e.event_id)),
  (SELECT COUNT(*) FROM log_pending p WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.event_id = p.event_id)
     OR EXISTS (SELECT 1 FROM log_leaf l WHERE l.event_id = p.event_id)),
  (SELECT COUNT(*) FROM content c WHERE c.subject_id <> 0 OR NOT EXISTS (SELECT 1 FROM event e WHERE e.event_id = c.event_id)),
  (SELECT COUNT(*) FROM log_head h WHERE NOT EXISTS (SELECT 1 FROM stream s WHERE s.id = h.stream_id)),
  (SELECT COUNT(*) FROM cases c WHERE NOT EXISTS (SELECT 1 FROM stream s WHERE s.id = c.id AND s.kind = 'case')),
  (SELECT COUNT(*) FROM log_pending),
  (SELECT COUNT(*) FROM dossier d WHERE NOT EXISTS (SELECT 1 FROM cases c WHERE c.dossier_id = d.id)),
  (SELECT COUNT(*) FROM (SELECT definition AS hash FROM cases UNION SELECT ruleset FROM cases UNION SELECT calendar FROM clock
     UNION SELECT hash FROM calendar UNION SELECT hash FROM paper_law) used
   WHERE used.hash IS NOT NULL AND NOT EXISTS (SELECT 1 FROM definition d WHERE d.hash = used.hash)),
  (SELECT COUNT(*) FROM cases c WHERE c.hidden <> (c.put_away
     AND NOT EXISTS (SELECT 1 FROM cases o WHERE o.dossier_id = c.dossier_id AND o.is_open))),
  (SELECT COUNT(*) FROM calendar c WHERE c.version > (SELECT COUNT(*) FROM definition d WHERE d.kind = 'calendar' AND d.name = c.name))""")
_TOLD = ("events are neither in the log nor waiting for it", "events wait for the log that are in it, or nowhere",
         "contents belong to no event", "heads belong to no stream", "cases have no stream", "", "dossiers hold no case",
         "laws are in use and are not kept", "cases are hidden or shown against their states",
         "calendars lack an earlier version")
_NEWEST = Fixed("SELECT COALESCE(MAX(recorded_at), 0) FROM event")


def verify(house: House, outside: Outside | None = None, processes: int | None = None) -> Verified:
    """Verify everything, by so many processes (None: as many as are worth while). Reads only; raises nothing that tampering could cause, and
    tells the same, whatever the number of processes."""
    done, outside = Verified(), outside or Outside()
    with seen(house, processes_for(house) if processes is None else processes) as (session, others):
        run = Run(session, house, done)
        known = [*outside.keys]
        with done.reading("log keys"):
            known += keys_of(session, done)
        promises = promised(outside.receipts, known, house, done)
        laws, erased = _laws(run), Erased()
        with done.reading("acts of erasure"):
            erased = erasing_acts(session)
        ground = Ground(house.log_names, laws, erased, frozenset(promises))
        wanted = portions(session)
        if others is not None:
            others.ask(ground, wanted)
        with done.reading("log"):
            verify_tree(session, house, known, done)
        with done.reading("map of heads"):
            verify_map(session, done)
        rest = _beside_streams(session, house)
        own = Judge(session, house, ground)
        for part in map(own.portion, wanted) if others is None else others.parts(own):
            done.join(part.done)
            for leaf in part.kept:
                promises.pop(leaf, None)
        done.join(rest)
        with done.reading("log"):
            hold_against(run, outside, known)
        newest = int(_NEWEST.run(session, {})[0][0])
    for leaf, told in promises.items():
        broken(run, leaf, told, outside.restoring and told.at > newest)
    return done


def _laws(run: Run) -> tuple[tuple[str, str, str, bytes], ...]:
    """The laws that are kept: kind, hash, name, law. One that is not what its hash says is told, and not used."""
    good = []
    for kind, law_hash, name, law in run.session.execute(select(definition.c.kind, definition.c.hash, definition.c.name, definition.c.law)):
        with run.done.reading(f"definition {law_hash}"):
            if sha256(law).hexdigest() != law_hash:
                run.done.add(Finding("definition", 0, f"the law {law_hash} is not what its hash says"))
                continue
            read = Laws.of(run.house, [(kind, law_hash, law)])
            for workflow in read.workflows.values():
                Table.read(workflow)
            good.append((kind, law_hash, name, law))
    return tuple(good)


def _beside_streams(session: Session, house: House) -> Verified:
    """What is said of the whole: dossiers, what belongs to nothing and what is missing everywhere, beginnings of logs."""
    done = Verified()
    for difference in dossiers_differ(session):
        done.add(Finding(*difference))
    counts = _COUNTS.run(session, {})[0]
    done.waiting = counts[5]
    for count, what in zip(counts, _TOLD, strict=True):
        if what and count:
            done.add(Finding("tables", 0, f"{count} {what}"))
    for table, count in mirrors.astray(session).items():
        done.add(Finding(table, 0, f"{count} rows belong to no case"))
    with done.reading("beginnings of logs"):
        for what in beginning.faults(session, house):
            done.add(Finding("beginnings of logs", 0, what))
    return done
