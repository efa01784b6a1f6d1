"""A right that is removed works no longer from the moment its removal is answered, while many requests are under way."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread
from time import perf_counter

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.serving import make_server

from inspect_app.access.conflicts import Tied
from inspect_app.models import role_grant
from inspect_app.services import account_keeping, queries
from inspect_app.services.identity import sign_in
from inspect_app.services.sessions import Place, sign_out
from inspect_app.services.tokens import create_token
from inspect_app.services.walls import rebuild_for
from tests.access.random_houses import FIRST
from tests.services.organisation import PASSWORD, Organisation
from tests.services.random_rows import write

REQUESTS, MORE, THREADS = 100, 200, 4
"""In the suite, and with the long proofs."""


@contextmanager
def served(app: Flask) -> Iterator[tuple[str, int]]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    runner = Thread(target=server.serve_forever)
    runner.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        runner.join()


@dataclass
class Asking:
    """Threads that ask for the same path again and again, and what each answer was, with the moment at which it was asked for. Half of the
    requests at least are asked before the removal and half of them after it, however long it takes."""

    place: tuple[str, int]
    path: str
    headers: dict[str, str]
    requests: int
    answers: list[tuple[float, int, bool]] = field(default_factory=list)
    half: Event = field(default_factory=Event)
    removed: Event = field(default_factory=Event)

    def run(self, remove: Callable[[], object]) -> float:
        """Ask from several threads, remove the right when half is done; returns the moment at which the removal was answered."""
        threads = [Thread(target=self._ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        assert self.half.wait(120)
        try:
            remove()
        finally:
            removed = perf_counter()
            self.removed.set()
        for thread in threads:
            thread.join()
        return removed

    def _ask(self) -> None:
        while not self.removed.is_set():
            self.answers.append(self._one())
            if len(self.answers) >= self.requests // 2:
                self.half.set()
        for _ in range(self.requests // (2 * THREADS)):
            self.answers.append(self._one())

    def _one(self) -> tuple[float, int, bool]:
        began = perf_counter()
        connection = http.client.HTTPConnection(*self.place)
        connection.request("GET", self.path, headers=self.headers)
        answer = connection.getresponse()
        shows = b"Drug book" in answer.read()
        connection.close()
        return began, answer.status, shows


def _grant_ended(org: Organisation) -> None:
    with org.house.db.atomic() as session:
        session.execute(update(role_grant).where(role_grant.c.person_id == org["chair"].person_id)
                        .values(until_on=queries.today(org.house) - timedelta(days=1), since_on=FIRST))


def _walled(org: Organisation) -> None:
    pair = sorted((org["chair"].person_id or 0, org["head"].person_id or 0))
    with org.house.db.atomic() as session:
        write(session, [Tied(pair[0], pair[1], FIRST, None)])
        rebuild_for(session, org.house, pair)


@pytest.mark.parametrize("requests", [REQUESTS, pytest.param(MORE, marks=pytest.mark.full)])
@pytest.mark.parametrize(("who", "how"), [("chair", "grant ended"), ("one", "role withdrawn"), ("chair", "walled"), ("chair", "session ended"),
                                          ("chair", "account closed")])
def test_no_answer_asked_for_after_a_removal_shows_the_case(app: Flask, org: Organisation, who: str, how: str, requests: int) -> None:
    case = org.ordered()
    org.act("lead", case, "launch", office="head-w1", served_on="2026-01-05", rights_notice=True)
    secret = sign_in(org.house, who, PASSWORD, Place()).secret or ""
    removals: dict[str, Callable[[], object]] = {
        "grant ended": lambda: _grant_ended(org), "role withdrawn": lambda: org.act(who, case, "declare_conflict", ground="other"),
        "walled": lambda: _walled(org), "session ended": lambda: sign_out(org.house, secret),
        "account closed": lambda: account_keeping.close(org.house, org["admin"], who)}
    by_page = how in ("session ended", "walled", "account closed")
    headers = {"Cookie": f"sid={secret}"} if by_page else {"Authorization": f"Bearer {create_token(org.house, who, 'test', 'read', 30)}"}
    with served(app) as place:
        asking = Asking(place, f"/cases/{case}" if by_page else f"/api/v1/cases/{case}", headers, requests)
        removed = asking.run(removals[how])
    before = [shows for began, _, shows in asking.answers if began <= removed]
    after = [(status, shows) for began, status, shows in asking.answers if began > removed]
    assert len(before) >= requests // 2 <= len(after) + THREADS and any(before)
    assert {status for status, _ in after} <= {303, 404} and not any(shows for _, shows in after)
