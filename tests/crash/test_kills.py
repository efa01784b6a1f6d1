"""Killed with -9 in the midst of work, again and again: no acknowledged act is lost, no history has a gap, and the log never forks."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Condition, Thread

import pytest
from flask import Flask
from psycopg import sql
from sqlalchemy import text
from werkzeug.serving import make_server

from config import Settings
from inspect_app.app import create_app
from inspect_app.db import DRIVER_ERRORS, Database
from inspect_app.services import checkpoints, chronicle, keeping_log, verifying
from inspect_app.services.founding import open_house
from inspect_app.services.house import House
from inspect_app.services.tokens import create_token
from inspect_app.services.verifying import Outside
from tests import postgres
from tests.conftest import shape
from tests.services.organisation import Organisation, organise
from tests.system_packages import postgresql_programs
from workflows.acts import Actor

CLIENTS = 3
WHOLE = 25
"""Everything is verified after so many kills, and at the end."""
SQLITE = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)


@dataclass
class Acknowledged:
    """The receipts that clients got, as they come in."""

    receipts: list[bytes] = field(default_factory=list)
    more: Condition = field(default_factory=Condition)

    def add(self, answer: bytes) -> None:
        with self.more:
            self.receipts.append(answer)
            self.more.notify_all()

    def wait_for(self, count: int) -> None:
        """Until so many are there in all."""
        with self.more:
            assert self.more.wait_for(lambda: len(self.receipts) >= count, 60), "the server acknowledges nothing"


def looked_up(house: House, receipts: list[bytes]) -> None:
    """Every acknowledged event is there."""
    for raw in receipts:
        leaf = bytes.fromhex(json.loads(raw)["receipt"]["leaf"])
        with house.db.reading("all") as session:
            assert session.execute(text("SELECT COUNT(*) FROM event WHERE leaf = :leaf"), {"leaf": leaf}).scalar_one() == 1


def whole(house: House, receipts: list[bytes]) -> None:
    """The log is kept up to its end, and everything is intact."""
    keeping_log.round_of(house)
    done = verifying.verify(house, Outside(receipts=[(str(n), raw) for n, raw in enumerate(receipts)]))
    assert done.status == 0, [str(one) for one in done.findings] + done.unknown + done.older
    assert done.receipts == len(receipts) and done.waiting == done.unsigned == 0


def client(port: int, token: str, case: str, told: Acknowledged) -> None:
    """Acts on one case until nobody answers any more."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/api/v1/cases/{case}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        seen = answer.headers["ETag"]
        while True:
            body = json.dumps({"trigger": "note_for_record", "data": {"note": "under load"}})
            connection.request("POST", f"/api/v1/cases/{case}/events", body, headers | {"If-Match": seen})
            answer = connection.getresponse()
            raw = answer.read()
            if answer.status != 201:
                return
            told.add(raw)
            seen = answer.headers["ETag"]
    except (OSError, HTTPException):
        return


@contextmanager
def forked(work: Callable[[], object]) -> Iterator[None]:
    """A child that works until it is killed, with the end of this."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(1)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "the child ended by itself"


def kill_servers(app: Flask, org: Organisation, times: int) -> None:
    cases = [org.open(title=f"Case {n}").case for n in range(CLIENTS)]
    token = create_token(org.house, "officer", "load", "read write", 30)
    told = Acknowledged()
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        for n in range(1, times + 1):
            before = len(told.receipts)
            org.house.db.close()
            with forked(lambda: make_server("127.0.0.1", port, app, threaded=True, fd=listener.fileno()).serve_forever()):
                threads = [Thread(target=client, args=(port, token, case, told)) for case in cases]
                for thread in threads:
                    thread.start()
                told.wait_for(before + 2 + n % 7)
            while any(thread.is_alive() for thread in threads):
                _turn_away(listener)
                for thread in threads:
                    thread.join(0.05)
            looked_up(org.house, told.receipts[before:])
            if n % WHOLE == 0 or n == times:
                whole(org.house, told.receipts)
    assert len(told.receipts) > times


def _turn_away(listener: socket.socket) -> None:
    """Whoever still knocks at a door behind which nobody is any more."""
    listener.setblocking(False)
    try:
        while True:
            listener.accept()[0].close()
    except BlockingIOError:
        pass
    finally:
        listener.setblocking(True)


@SQLITE
def test_a_server_that_is_killed_under_load_loses_nothing_it_acknowledged(settings: Settings, org: Organisation) -> None:
    kill_servers(create_app(settings, org.house), org, 25)


@pytest.mark.full
@SQLITE
@pytest.mark.parametrize("part", range(5))
def test_five_hundred_servers_are_killed_under_load(settings: Settings, org: Organisation, part: int) -> None:
    kill_servers(create_app(settings, org.house), org, 100)


def kill_sequencers(house: House, times: int) -> None:
    for n in range(1, times + 1):
        leaves = checkpoints.standing(house).size
        house.db.close()

        def work() -> None:
            own = replace(house, db=Database(house.db.url.render_as_string(hide_password=False)))
            while True:
                keeping_log.round_of(own)

        with forked(work):
            for k in range(1 + n % 5):
                with house.db.atomic("all") as session:
                    chronicle.note(session, house, Actor("console:test", "test"), "add_unit", {"n": k})
            if n % 2:
                while checkpoints.standing(house).size == leaves:
                    pass
        if n % WHOLE == 0 or n == times:
            whole(house, [])


def test_a_sequencer_that_is_killed_forks_nothing(house: House) -> None:
    kill_sequencers(house, 5)


@pytest.mark.full
def test_two_hundred_sequencers_are_killed(house: House) -> None:
    kill_sequencers(house, 100)


@contextmanager
def crashable(folder: Path) -> Iterator[tuple[postgres.Cluster, Callable[[], None]]]:
    """A server of one's own that waits for its log with each commit, and how to crash it and start it again."""
    programs, user = postgresql_programs(), postgres._unprivileged_user()
    with postgres.cluster() as running:
        data = running.socket / "data"
        settings = " ".join(f"-c {name}={value}" for name, value in postgres.SETTINGS.items())

        def crash() -> None:
            assert programs is not None
            main = int((data / "postmaster.pid").read_text().split()[0])
            group = subprocess.run(["ps", "-o", "pid=", "--ppid", str(main)], capture_output=True, text=True, check=True).stdout.split()
            for pid in (main, *map(int, group)):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            for lock in (data / "postmaster.pid", *running.socket.glob(".s.PGSQL.*")):
                lock.unlink(missing_ok=True)
            start: list[str | Path] = ["-D", data, "-l", running.socket / "log", "-w", "-t", "60", "-o", f"-k {running.socket} {settings}", "start"]
            postgres._run(user, running.socket, [programs / "pg_ctl", *start])

        for said in ("ALTER ROLE inspect SET synchronous_commit = 'on'", "CHECKPOINT"):
            running._run(sql.Composed([sql.SQL(said)]))
        yield running, crash


def crash_postgresql(folder: Path, own_keys: Path, times: int) -> None:
    with crashable(folder) as (running, crash):
        url = running.new_database("crash")
        shape(url)
        house = open_house(Settings(database_url=url, mode="test", data=folder / "data", keys=own_keys))
        org = organise(house)
        cases = [org.open(title=f"Case {n}").case for n in range(CLIENTS)]
        told = Acknowledged()

        def act(case: str) -> None:
            try:
                while True:
                    event = org.act("officer", case, "note_for_record", note="under load")
                    told.add(json.dumps({"receipt": checkpoints.promise(house, event)}).encode())
            except DRIVER_ERRORS:
                return

        for n in range(1, times + 1):
            before = len(told.receipts)
            threads = [Thread(target=act, args=(case,)) for case in cases]
            for thread in threads:
                thread.start()
            told.wait_for(before + 20 + n)
            crash()
            for thread in threads:
                thread.join(60)
                assert not thread.is_alive()
            house.db.close()
            looked_up(house, told.receipts[before:])
        whole(house, told.receipts)
        house.db.close()


@pytest.mark.postgresql
def test_a_database_server_that_crashes_loses_nothing_that_was_acknowledged(tmp_path: Path, own_keys: Path) -> None:
    crash_postgresql(tmp_path, own_keys, 2)


@pytest.mark.full
@pytest.mark.postgresql
def test_twenty_database_servers_crash(tmp_path: Path, own_keys: Path) -> None:
    crash_postgresql(tmp_path, own_keys, 20)
