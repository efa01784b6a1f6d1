"""The peer on our own stack: Flask, one shared sessionmaker, marshmallow in and out, four tuned ORM statements. No audit.

Serve it with PEER_DATABASE_URL and PEER_TOKEN set; `python -m benchmarks.peers.flask_orm N` makes its tables and N cases.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any
from uuid import uuid4

import orjson
from flask import Flask, Response, abort, request
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

engine = create_engine(os.environ["PEER_DATABASE_URL"], pool_size=10)
Sessions = sessionmaker(engine, expire_on_commit=False)
TOKENS = {os.environ.get("PEER_TOKEN", "secret"): "u-officer"}
EDGES = {("here", "go"): "there", ("there", "come"): "here"}


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map = {int: BigInteger}


class Case(Base):
    """A case of seventeen fields."""

    __tablename__ = "peer_case"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    dossier_id: Mapped[int]
    workflow: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column()
    is_open: Mapped[bool]
    unit_id: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(400))
    opened_at: Mapped[int]
    updated_at: Mapped[int]
    due_at: Mapped[int | None]
    assignee: Mapped[str | None] = mapped_column(String(36))
    origin: Mapped[str] = mapped_column(String(10))
    paused: Mapped[bool]
    rehearsal: Mapped[bool]

    __mapper_args__ = {"version_id_col": version}


class Event(Base):
    """What happened."""

    __tablename__ = "peer_event"
    __table_args__ = (UniqueConstraint("case_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("peer_case.id"))
    version: Mapped[int]
    trigger: Mapped[str] = mapped_column(String(100))
    before: Mapped[str] = mapped_column(String(60))
    after: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(200))
    at: Mapped[int]
    data: Mapped[str] = mapped_column(Text)


class Outbox(Base):
    """What is to be told."""

    __tablename__ = "peer_outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    body: Mapped[str] = mapped_column(Text)


class ActSchema(Schema):
    """An act, as it comes in."""

    class Meta:
        unknown = RAISE

    class Data(Schema):
        """What it asks for."""

        why = fields.String(required=True, validate=validate.Length(1, 20_000))

    trigger = fields.String(required=True, validate=validate.Length(1, 100))
    data = fields.Nested(Data, required=True)


class CaseSchema(Schema):
    """A case, as it goes out."""

    id = fields.Integer()
    uid = fields.String()
    number = fields.String()
    dossier_id = fields.Integer()
    workflow = fields.String()
    state = fields.String()
    version = fields.Integer()
    is_open = fields.Boolean()
    unit_id = fields.Integer()
    title = fields.String()
    opened_at = fields.Integer()
    updated_at = fields.Integer()
    due_at = fields.Integer()
    assignee = fields.String()
    origin = fields.String()
    paused = fields.Boolean()
    rehearsal = fields.Boolean()


ACT, CASE = ActSchema(), CaseSchema()
app = Flask(__name__)


def json_answer(body: Any, status: int, **headers: str) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, mimetype="application/json")


@app.post("/cases/<uid>/events")
def act(uid: str) -> Response:
    """Carry out one act on a case that has not moved since it was seen."""
    actor = TOKENS.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if actor is None:
        abort(401)
    try:
        asked: Any = ACT.load(orjson.loads(request.get_data()))
        seen = int(request.headers["If-Match"].strip('"'))
    except (ValidationError, ValueError) as error:
        return json_answer({"errors": str(error)}, 422)
    now = time.time_ns() // 1000
    try:
        with Sessions.begin() as session:
            case = session.scalars(select(Case).where(Case.uid == uid)).one_or_none()
            if case is None:
                abort(404)
            after = EDGES.get((case.state, asked["trigger"]))
            if after is None:
                return json_answer({"detail": "not possible now"}, 409)
            if case.version != seen:
                return json_answer({"detail": "the case has moved on"}, 412)
            data = orjson.dumps(asked["data"]).decode()
            session.add(Event(case_id=case.id, version=seen + 1, trigger=asked["trigger"], before=case.state, after=after, actor=actor,
                              at=now, data=data))
            session.add(Outbox(case_id=case.id, body=data))
            case.state, case.updated_at = after, now
    except StaleDataError:
        return json_answer({"detail": "the case has moved on"}, 412)
    return json_answer(CASE.dump(case), 201, ETag=f'"{case.version}"')


def prepare(cases: int) -> list[str]:
    """Make the tables and the cases; returns their identifiers."""
    Base.metadata.create_all(engine)
    uids = [str(uuid4()) for _ in range(cases)]
    with Sessions.begin() as session:
        session.add_all(Case(uid=uid, number=f"2026-{n}", dossier_id=n, workflow="there_and_back", state="here", is_open=True, unit_id=2,
                             title="A case that goes there and back", opened_at=0, updated_at=0, due_at=None, assignee="u-officer",
                             origin="act", paused=False, rehearsal=False) for n, uid in enumerate(uids, 1))
    return uids


if __name__ == "__main__":
    print("\n".join(prepare(int(sys.argv[1]))))
