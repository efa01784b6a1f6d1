"""The limit: the six statements that any durable act with an event and an outbox needs, run by pgbench, prepared."""

from __future__ import annotations

import re
import resource
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.cluster import Cluster
from benchmarks.measures import Span

DATABASE = "bare"
_SCHEMA = """
CREATE TABLE bare_case (
  id bigint PRIMARY KEY, uid varchar(36) NOT NULL, number varchar(40) NOT NULL, dossier_id bigint NOT NULL, workflow varchar(100) NOT NULL,
  state varchar(60) NOT NULL, version int NOT NULL, is_open boolean NOT NULL, unit_id bigint, title varchar(400) NOT NULL,
  opened_at bigint NOT NULL, updated_at bigint NOT NULL, due_at bigint, assignee_id bigint, origin varchar(10) NOT NULL,
  paused boolean NOT NULL, rehearsal boolean NOT NULL);
CREATE TABLE bare_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id bigint NOT NULL REFERENCES bare_case, version int NOT NULL,
  trigger varchar(100) NOT NULL, before varchar(60) NOT NULL, after varchar(60) NOT NULL, actor varchar(200) NOT NULL,
  at bigint NOT NULL, data text NOT NULL, UNIQUE (case_id, version));
CREATE TABLE bare_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id bigint NOT NULL, body text NOT NULL);
INSERT INTO bare_case SELECT n, gen_random_uuid(), '2026-' || n, n, 'there_and_back', 'here', 1, true, 2, 'A case that goes there and back',
  0, 0, NULL, 1, 'act', false, false FROM generate_series(1, {cases}) n;
ANALYZE;
"""
_SCRIPT = r"""
\set id random(1, {cases})
BEGIN;
SELECT id, uid, number, dossier_id, workflow, state, version AS v, is_open, unit_id, title, opened_at, updated_at, due_at, assignee_id, origin,
  paused, rehearsal FROM bare_case WHERE id = :id FOR UPDATE \gset
UPDATE bare_case SET state = 'there', version = version + 1, updated_at = :at WHERE id = :id AND version = :v;
INSERT INTO bare_event (case_id, version, trigger, before, after, actor, at, data)
  VALUES (:id, :v + 1, 'go', 'here', 'there', 'u-officer', :at, :data);
INSERT INTO bare_outbox (case_id, body) VALUES (:id, :data);
COMMIT;
"""
_DATA = "The stock lists of May were not kept; see the note of the store of 12 May, page 3."


class Bare:
    """A bare database beside ours, on the same server."""

    def __init__(self, cluster: Cluster, cases: int) -> None:
        self.cluster = cluster
        cluster.create(DATABASE)
        cluster.sql(DATABASE, _SCHEMA.format(cases=cases))
        self.script = _SCRIPT.format(cases=cases)

    def run(self, seconds: float, clients: int) -> Span:
        """pgbench for whole seconds; the CPU of its own side is counted as that of the application."""
        whole = max(1, round(seconds))
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "six.sql"
            script.write_text(self.script, "utf-8")
            before, before_own = self.cluster.cpu(), _children_cpu()
            said = subprocess.run(
                [self.cluster.programs / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(clients), "-T", str(whole), "-f", script,
                 "-D", f"at={1_780_000_000_000_000}", "-D", f"data={_DATA}", "-h", self.cluster.socket, "-U", self.cluster.user, DATABASE],
                check=True, capture_output=True, text=True).stdout
            time.sleep(0.1)  # until the server has waited for the processes of these clients
            own, server = _children_cpu() - before_own, self.cluster.cpu() - before
        done = int(_found(r"number of transactions actually processed: (\d+)", said))
        failed = int(_found(r"number of failed transactions: (\d+)", said))
        rate = float(_found(r"tps = ([0-9.]+)", said))
        if failed or not done:
            raise RuntimeError(f"pgbench did {done} transactions, {failed} failed: {said}")
        return Span(done, done / rate, own, server)


def _children_cpu() -> float:
    """CPU seconds of the processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"pgbench did not say what was expected: {text}")
    return match[1]
