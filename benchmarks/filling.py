"""A database with the cases of an organisation, made by itself: one statement for each table, the same on both databases but for how a random number
is had. Indexes are taken away before and made anew afterwards. It is made once for a run; what is measured in it changes nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, text
from uuid_utils import uuid4

from benchmarks.cluster import APPLICATION, Cluster
from benchmarks.stage import ZONE
from inspect_app.db import Database, Session, statistics
from inspect_app.models import account, appointment, case_role, case_search, case_text, cases, dossier, office, person, role_grant, stream, unit
from inspect_app.models.case import FAR
from inspect_app.services import wording
from inspect_app.services.bulk import insert_rows
from inspect_app.services.folding import folded
from inspect_app.services.founding import found, migrate, secure
from inspect_app.services.house import House
from inspect_app.services.units import replant
from workflows.catalogue import load_catalogue

UNITS, GRANTS = 3000, 20
"""Units of the large organisation; grants of the one who has many there."""
OPEN = 30
"""Of a hundred cases so many are open."""
DUE = 3
"""Of a hundred ended cases so many have a due day: no time limit runs for most of them any more."""
START = 1_700_000_000_000_000
"""When the first case was opened (µs)."""
SPREAD = 23_283
"""So many µs lie between two neighbouring chances: the due days are spread over 10^14 µs."""
CHANCES = 4_294_967_291
"""A prime number just under 2^32."""
ONE, MANY, LITTLE, SEATED = "unrestricted", "restricted", "leading", "seated"
BODY, DECIDES = "BODY", 40
"""The body that decides so many of a hundred cases; one person sits on it, and has no grant."""
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Đinh",
          "Đoàn", "Trịnh", "Mai")
MIDDLE = ("Văn", "Thị", "Hữu", "Đức", "Minh", "Ngọc", "Quang", "Thanh", "Xuân", "Hồng", "Kim", "Bá", "Đình", "Công", "Gia", "Anh", "Thu",
          "Phương")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Duyên", "Đạt", "Giang", "Hà", "Hải", "Hạnh", "Hiếu", "Hoa", "Hùng", "Huy", "Khánh", "Lan", "Linh",
         "Long", "Mai", "Nam", "Nga", "Nhung", "Oanh", "Phong", "Phúc", "Quân", "Quỳnh", "Sơn", "Tâm", "Thắng", "Thảo", "Trang", "Trung",
         "Tuấn", "Uyên", "Việt", "Vinh", "Yến")
TOPICS = ("sổ thuốc gây nghiện", "kiểm kê vật tư", "trực ban đêm", "bảo quản đạn dược", "chi tiêu quỹ đơn vị", "an toàn phòng cháy",
          "quản lý xăng dầu", "chế độ ăn", "sửa chữa nhà kho", "hồ sơ cán bộ", "mua sắm thiết bị", "đi lại ngoài giờ", "giao nhận hàng",
          "khám sức khỏe", "bàn giao ca", "thu gom rác thải")

RANDOM = {"sqlite": {"bytes": "randomblob(16)", "number": "substr('000000' || n, -6)",
                     "uid": "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' "
                            "|| substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"},
          "postgresql": {"bytes": "uuid_send(gen_random_uuid())", "number": "lpad('' || n, 6, '0')", "uid": "CAST(gen_random_uuid() AS text)"}}

MADE = "CREATE TEMP TABLE made (n BIGINT PRIMARY KEY, unit BIGINT, is_open INTEGER, state BIGINT, due BIGINT, t BIGINT, f BIGINT, m BIGINT, g BIGINT)"
NUMBERS = "WITH RECURSIVE series(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM series WHERE n < {number})"


@dataclass(frozen=True)
class Organisation:
    """So many cases of so many units, whose open ones so many people own, about people of these names; and somebody with so many grants."""

    cases: int
    units: int
    people: int
    grants: int
    family: Sequence[str]
    middle: Sequence[str]
    given: Sequence[str]

    def code(self, unit: int) -> int:
        """The number in the code of a unit: that of the large organisation, of which a smaller one has some."""
        return unit * (UNITS // self.units)


LARGE = Organisation(1_000_000, UNITS, 2000, GRANTS, FAMILY, MIDDLE, GIVEN)
SMALL = Organisation(10_000, 30, 20, 2, FAMILY[1::5], MIDDLE[1::4], GIVEN[4::5])
"""A hundredth of the large one, in which a unit, a person and a name have as many cases as there, and somebody with many grants has two."""
GRANTED = replace(SMALL, units=300, grants=GRANTS)
"""As small, for the growth of what somebody with many grants is shown: they have as many there, and enough cases in their units to fill a page."""

PAIRS = ("tf", "tm", "tg", "fm", "fg", "mg")
"""The parts of a title, a topic and the three words of a name, by twos: every word of the one is a pair with every word of the other."""
PARTS = "JOIN part t ON t.kind = 't' AND t.k = x.t JOIN part f ON f.kind = 'f' AND f.k = x.f JOIN part m ON m.kind = 'm' AND m.k = x.m " \
        "JOIN part g ON g.kind = 'g' AND g.k = x.g"
TOGETHER = " ".join(f"JOIN near {two} ON {two}.kind = '{two}' AND {two}.k = x.{two[0]} AND {two}.at = x.{two[1]}" for two in PAIRS)
NUMBER = "'2026-' || CASE WHEN n < 1000000 THEN {number} ELSE '' || n END"


def chance(seed: int, size: int) -> str:
    """A chance out of so many for row n: the same in both databases, and another for every seed."""
    return f"(((n * {random.Random(seed).randrange(10**9, 2 * 10**9)}) % {CHANCES}) * {size} / {CHANCES})"


def fill(owner: Database, folder: Path, org: Organisation) -> None:
    """A founded database with units, people, and so many cases that can be found by their words. On PostgreSQL `settle` follows."""
    migrate(owner)
    found(owner)
    if not owner.is_sqlite:
        secure(owner, APPLICATION)
    with owner.atomic("all") as session:
        people_and_units(session, org)
        house = House(owner, load_catalogue(), ZONE, folder)
        law = house.catalogue.by_name["inspection"]
        pins = {"flow": house.pin(session, law), "rules": house.pin(session, house.catalogue.rulesets_by_name["generic"])}
        states = [[s.name for s in law.states if law.is_final(s.name) != is_open] for is_open in (False, True)]
        _prepare(session, org, states)
        with _unhindered(session):
            for statement in _rows(session.dialect.name, org, pins):
                _say(session, statement)


def settle(server: Cluster, database: str) -> None:
    """Numbers go on after those that are there, the planner knows the tables, and nothing of them is still being written."""
    for table in ("stream", "dossier", "person", "unit"):
        server.sql(database, f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")
    server.sql(database, "VACUUM ANALYZE")
    server.sql(database, "CHECKPOINT")


def _say(session: Session, statement: str) -> None:
    session.connection.driver_connection.execute(statement)  # type: ignore[union-attr]


def people_and_units(session: Session, org: Organisation) -> None:
    """A tree of four levels, somebody with one grant at its top, somebody with twenty at its leaves and branches, somebody
    with one at a leaf, somebody on a body, and those who own cases."""
    luck = random.Random(1)
    codes = {n: org.code(n) for n in range(1, org.units + 1)}
    insert_rows(session, unit, ("id", "code", "name", "kind", "external", "parent_id", "path"),
                [(n, f"U{code}", f"Unit {code}", "unit", False, None if n == 1 else 1 if n <= 30 else 2 + n % 29 if n <= 300 else 31 + n % 270, "/")
                 for n, code in codes.items()])
    session.execute(insert(unit).values(id=org.units + 1, code=BODY, name=BODY, kind="body", external=False, parent_id=1, path="/"))
    session.execute(insert(office).values(id=1, code="seat", title="Seat", unit_id=org.units + 1, line="body"))
    replant(session)
    for n, who in [*enumerate((ONE, MANY, LITTLE), 1), (org.people + 1, SEATED)]:
        session.execute(insert(person).values(id=n, uid=str(uuid4()), full_name=who, called=who, unit_id=1))
        session.execute(insert(account).values(person_id=n, login=who, password_hash="-", language="en"))
    insert_rows(session, person, ("id", "uid", "full_name", "called", "unit_id"),
                [(n, f"owner-{n}", f"Owner {n}", f"Owner {n}", 1) for n in range(4, org.people + 1)])
    session.execute(insert(appointment).values(office_id=1, person_id=org.people + 1, acting=False, since_on=date(2020, 1, 1)))
    for of, at in ((1, 1), (3, org.units)):
        session.execute(insert(role_grant).values(person_id=of, role="chair", unit_id=at, since_on=date(2020, 1, 1)))
    for at in luck.sample(range(31 if org.units > 100 else 2, org.units), org.grants):
        session.execute(insert(role_grant).values(person_id=2, role="chair", unit_id=at, since_on=date(2020, 1, 1)))


def _prepare(session: Session, org: Organisation, states: list[list[str]]) -> None:
    """What every row is made of, drawn once."""
    _say(session, "CREATE TEMP TABLE part (kind TEXT, k BIGINT, said TEXT, plain TEXT, words TEXT, bits BIGINT)")
    _say(session, "CREATE TEMP TABLE near (kind TEXT, k BIGINT, at BIGINT, words TEXT, PRIMARY KEY (kind, k, at))")
    _say(session, "CREATE TEMP TABLE known_state (is_open INTEGER, k BIGINT, name TEXT)")
    rows: list[tuple[Any, ...]] = []
    parts = {"t": TOPICS, "f": org.family, "m": org.middle, "g": org.given}
    for kind, said in parts.items():
        rows += [(kind, k, one, folded(one), " ".join(wording.entitled("", one)), wording.bits(one)) for k, one in enumerate(said)]
    session.execute(text("INSERT INTO part VALUES (:a, :b, :c, :d, :e, :f)"), [dict(zip("abcdef", row, strict=True)) for row in rows])
    pairs = [(two, k, at, " ".join(pair for a in wording.words(one) for b in wording.words(other) for pair in wording.pairs([a, b])))
             for two in PAIRS for k, one in enumerate(parts[two[0]]) for at, other in enumerate(parts[two[1]])]
    session.execute(text("INSERT INTO near VALUES (:a, :b, :c, :d)"), [dict(zip("abcd", row, strict=True)) for row in pairs])
    told = [{"a": is_open, "b": k, "c": name} for is_open, names in enumerate(states) for k, name in enumerate(names)]
    session.execute(text("INSERT INTO known_state VALUES (:a, :b, :c)"), told)
    _say(session, MADE)
    of_state = f"CASE WHEN {chance(2, 100)} < {OPEN} THEN {chance(4, len(states[1]))} ELSE {chance(4, len(states[0]))} END"
    _say(session, f"INSERT INTO made {NUMBERS.format(number=org.cases)} SELECT n, 1 + {chance(1, org.units)}, "
                  f"CASE WHEN {chance(2, 100)} < {OPEN} THEN 1 ELSE 0 END, {of_state}, "
                  f"CASE WHEN {chance(2, 100)} < {OPEN} OR {chance(11, 100)} < {DUE} THEN {START} + ((n * 1234567891) % {CHANCES}) * {SPREAD} END, "
                  f"{', '.join(chance(seed, len(said)) for seed, said in enumerate(parts.values(), 5))} FROM series")
    for drawn in ("part", "near", "known_state", "made"):
        _say(session, f"ANALYZE {drawn}")


def _rows(dialect: str, org: Organisation, pins: dict[str, str]) -> Iterator[str]:
    """The statements that fill the tables, in their order."""
    by = RANDOM[dialect]
    told = NUMBER.format(**by)
    yield f"INSERT INTO dossier (id, uid, position, opened_at) SELECT n, {by['uid']}, 1, {START} + n FROM made ORDER BY n"
    yield (f"INSERT INTO stream (id, cid, kind, seq, head, at) SELECT n, {by['bytes']}, 'case', 1, {by['bytes']}, {START} + n "
           f"FROM made ORDER BY n")
    yield (f"INSERT INTO cases (id, uid, number, dossier_id, workflow, definition, ruleset, state, seq, is_open, unit_id, title, "
           f"title_bits, opened_at, updated_at, due_at, due_order, body_id) SELECT n, {by['uid']}, {told}, n, 'inspection', '{pins['flow']}', "
           f"'{pins['rules']}', s.name, 1, "
           f"x.is_open = 1, x.unit, t.said || ' – ' || f.said || ' ' || m.said || ' ' || g.said, t.bits | f.bits | m.bits | g.bits, "
           f"{START} + n, {START} + n, x.due, COALESCE(x.due, {FAR}), CASE WHEN {chance(10, 100)} < {DECIDES} THEN {org.units + 1} END "
           f"FROM made x JOIN known_state s ON s.is_open = x.is_open AND s.k = x.state {PARTS} ORDER BY n")
    yield (f"INSERT INTO case_search (case_id, folded) SELECT n, {told} || ' ' || t.plain || ' – ' || f.plain || ' ' || m.plain || ' ' || g.plain "
           f"FROM made x {PARTS} ORDER BY n")
    near = " || ' ' || ".join(f"{two}.words" for two in PAIRS)
    code = f"(x.unit * {org.code(1)})"
    year = "CASE WHEN CAST(n AS TEXT) < '2026' THEN n || '_2026' ELSE '2026_' || n END"
    yield (f"INSERT INTO case_text (case_id, words) SELECT n, '{wording.of_unit(0)[:-1]}' || x.unit || ' 2026 ' || n || ' ' || {year} || ' ' "
           f"|| t.words || ' ' || f.words || ' ' || m.words || ' ' || g.words || ' ' || {near} || ' _u' || {code} || ' _unit _' || {code} || ' ' "
           f"|| {code} || '_unit' FROM made x {PARTS} {TOGETHER} ORDER BY n")
    yield (f"INSERT INTO case_role (case_id, person_id, role, since_seq) SELECT n, 2 + {chance(9, org.people - 1)}, 'owner', 1 FROM made "
           f"WHERE is_open = 1")


@contextmanager
def _unhindered(session: Session) -> Iterator[None]:
    """Without indexes, triggers and checks of keys meanwhile: all of them are there again afterwards."""

    for index in _indexes():
        index.drop(session)
    if session.dialect.name == "sqlite":
        kept = [row[0] for row in session.execute(text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'case_text'"))]
        for name in ("case_text_in", "case_text_out", "case_text_anew"):
            _say(session, f"DROP TRIGGER {name}")
        yield
        for command in ("rebuild", "optimize"):
            _say(session, f"INSERT INTO case_found(case_found) VALUES ('{command}')")
        for one in kept:
            _say(session, one)
    else:
        _say(session, "SET session_replication_role = replica; SET maintenance_work_mem = '256MB'; DROP INDEX ix_case_text_found")
        yield
        _say(session, "CREATE INDEX ix_case_text_found ON case_text USING gin (found) WITH (fastupdate = off)")
        _say(session, "SET session_replication_role = DEFAULT")
    for index in _indexes():
        index.create(session)
    statistics.tell(session)  # what is known of an index goes with it


def _indexes() -> list[Any]:
    tables: tuple[Table, ...] = (dossier, stream, cases, case_search, case_text, case_role)
    return [index for table in tables for index in table.indexes]
