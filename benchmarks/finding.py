"""Lists and search at ten thousand and a million cases, on both databases, each beside a plain way of asking: the pages of the work list and of the
register, their depth, and searches by name, number and topic. In the database by the statements that the services run, once more on the driver."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import event, select, text

from benchmarks.cluster import Cluster, cluster
from benchmarks.lists import MANY, ONE, fill, settle
from benchmarks.measures import Figure, Plan
from benchmarks.stage import ZONE
from inspect_app.access.parts import reach_of
from inspect_app.db import Database, Fixed, Session
from inspect_app.models import case_text, cases
from inspect_app.services import queries, searching, wording
from inspect_app.services.bulk import insert_rows
from inspect_app.services.folding import folded
from inspect_app.services.house import House
from inspect_app.services.identity import actor_of_login
from inspect_app.services.queries import Filter
from workflows.acts import Actor
from workflows.catalogue import load_catalogue

SIZES = (10_000, 1_000_000)
AT_ONCE = 20_000
START = 1_700_000_000_000_000
"""When the first case was opened (µs)."""
OPEN = 0.3
"""The share of cases that are open."""
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


@dataclass(frozen=True)
class Store:
    """A filled database, and who asks."""

    name: str
    house: House
    actors: dict[str, Actor]


def titles(number: int) -> list[str]:
    """So many titles: a topic, and the name of somebody whom the house does not know."""
    chance = random.Random(3)
    return [f"{chance.choice(TOPICS)} – {chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}" for _ in range(number)]


def run(plan: Plan) -> Iterator[Figure]:
    """Each size on each database; then growth, and ours to the plain way."""
    sizes = SIZES if plan.rounds > 1 else (SIZES[0] // 10, SIZES[0])
    told: dict[tuple[str, str, int], tuple[float, float]] = {}
    for number in sizes:
        for name, opened in (("SQLite", _on_sqlite), ("PostgreSQL", _on_postgresql)):
            with opened(number) as store:
                for what, (ours, plain) in _measured(store, 7 + 15 * plan.rounds):
                    told[name, what, number] = ours, plain
                    goal = 10.0 if what.startswith("search") else 5.0
                    yield Figure("finding", f"{name}, {number:,}: {what}", ours, "ms", "<=", goal)
                    if plain:
                        least = 50 if number == sizes[-1] else None
                    yield Figure("finding", f"{name}, {number:,}: {what}, plain to ours", plain / ours, "×", ">=", least)
    for (name, what, number), (ours, _) in told.items():
        if number == sizes[-1]:
            yield Figure("finding", f"{name}: {what}, growth", ours / told[name, what, sizes[0]][0], "×", "<=", 1.5)


@contextmanager
def _on_sqlite(number: int) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/found.db")
        yield _filled("SQLite", db, db, Path(folder), number)
        db.close()


@contextmanager
def _on_postgresql(number: int) -> Iterator[Store]:
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        owner = Database(server.create("finding"))
        db = Database(server.application("finding"))
        yield _filled("PostgreSQL", owner, db, Path(folder), number, server)
        owner.close()
        db.close()


def _filled(name: str, owner: Database, db: Database, folder: Path, number: int, server: Cluster | None = None) -> Store:
    said = titles(number)
    fill(owner, folder, number, said, OPEN)
    if server is not None:
        server.sql("finding", "DROP INDEX ix_case_text_found")
    with owner.atomic("all") as session:
        _words(session, number, said)
    if server is not None:
        server.sql("finding", "CREATE INDEX ix_case_text_found ON case_text USING gin (found) WITH (fastupdate = off)")
        settle(server, "finding")
    else:
        with owner.atomic("all") as session:
            session.execute(text("ANALYZE"))
    house = House(db, load_catalogue(), ZONE, folder)
    with db.reading() as session:
        actors = {who: actor_of_login(session, who) for who in (ONE, MANY)}
    return Store(name, house, actors)


def _words(session: Session, number: int, said: Sequence[str]) -> None:
    """The index, filled with what the background work fills it with, many at a time."""
    rows = session.execute(select(cases.c.id, cases.c.number, cases.c.unit_id).order_by(cases.c.id)).all()
    for first in range(0, number, AT_ONCE):
        some = [(id_, wording.indexed(unit_id, (told, said[id_ - 1], f"U{unit_id}", f"Unit {unit_id}")))
                for id_, told, unit_id in rows[first:first + AT_ONCE]]
        insert_rows(session, case_text, ("case_id", "words"), some)


Ask = Callable[[House, Actor, random.Random], Any]
Plain = Callable[[Actor, random.Random], tuple[str, dict[str, Any]]]


def _page(sort: str = "due", **wanted: Any) -> Ask:
    return lambda house, actor, chance: queries.register(house, actor, Filter(**wanted), sort=sort)


def _deep(sort: str, **wanted: Any) -> Ask:
    """A page somewhere in the middle of the list."""

    def ask(house: House, actor: Actor, chance: random.Random) -> Any:
        value = START + chance.randint(0, 10**14) if sort == "due" else START + chance.randint(0, SIZES[-1])
        return queries.register(house, actor, Filter(**wanted), sort=sort, cursor=queries.cursor_at(sort, value, chance.randint(1, SIZES[0])))

    return ask


def _search(asked: Callable[[random.Random], str]) -> Ask:
    return lambda house, actor, chance: searching.search(house, actor, asked(chance))


def _plain_page(where: str, order: str, deep: bool = False) -> Plain:
    """The usual way: everything of the case, the subtree by path, OFFSET."""

    def ask(actor: Actor, chance: random.Random) -> tuple[str, dict[str, Any]]:
        offset = "(SELECT COUNT(*) / 3 FROM cases WHERE is_open)" if deep else "0"
        return (f"SELECT c.* FROM cases c JOIN unit u ON u.id = c.unit_id WHERE {where} "
                f"AND EXISTS (SELECT 1 FROM role_grant g JOIN unit a ON a.id = g.unit_id "
                f"WHERE g.person_id = :person AND u.path LIKE a.path || '%') ORDER BY {order} LIMIT 51 OFFSET {offset}", {"person": actor.person_id})

    return ask


def _plain_search(asked: Callable[[random.Random], str]) -> Plain:
    """The usual way: LIKE over text without marks."""

    def ask(actor: Actor, chance: random.Random) -> tuple[str, dict[str, Any]]:
        words = {f"w{n}": f"%{word}%" for n, word in enumerate(folded(asked(chance)).split())}
        where = " AND ".join(f"s.folded LIKE :{name}" for name in words)
        return (f"SELECT c.* FROM case_search s JOIN cases c ON c.id = s.case_id WHERE {where} ORDER BY c.updated_at DESC LIMIT 51", words)

    return ask


def _name(chance: random.Random) -> str:
    return folded(f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}")


def _turned(chance: random.Random) -> str:
    family, middle, given = _name(chance).split()
    return f"{given} {family} {middle}"


def _number(chance: random.Random) -> str:
    return f"2026-{chance.randint(1, SIZES[0]):06d}"


def _topic(chance: random.Random) -> str:
    return folded(chance.choice(TOPICS))


def _nothing(chance: random.Random) -> str:
    return f"khong co gi {chance.randint(1, 9)} nhu the"


ASKS: dict[str, tuple[str, Ask, Plain]] = {
    "open by due day, first page": (ONE, _page(is_open=True), _plain_page("c.is_open", "c.due_at, c.id")),
    "open by due day, deep": (ONE, _deep("due", is_open=True), _plain_page("c.is_open", "c.due_at, c.id", True)),
    "open by due day, 20 grants": (MANY, _page(is_open=True), _plain_page("c.is_open", "c.due_at, c.id")),
    "one state by due day": (ONE, _page(state="triage"), _plain_page("c.state = 'triage'", "c.due_at, c.id")),
    "one unit by due day": (ONE, _page(unit="U700", is_open=True), _plain_page("c.is_open AND c.unit_id = 700", "c.due_at, c.id")),
    "newest first": (ONE, _page("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC")),
    "newest first, deep": (ONE, _deep("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC", True)),
    "newest first, 20 grants": (MANY, _page("-updated"), _plain_page("1 = 1", "c.updated_at DESC, c.id DESC")),
    "work list": (ONE, lambda house, actor, chance: queries.work(house, actor), _plain_page("c.is_open AND NOT c.paused", "c.due_at, c.id")),
    "search: name": (ONE, _search(_name), _plain_search(_name)),
    "search: name, turned round": (ONE, _search(_turned), _plain_search(_turned)),
    "search: name, 20 grants": (MANY, _search(_name), _plain_search(_name)),
    "search: number": (ONE, _search(_number), _plain_search(_number)),
    "search: topic": (ONE, _search(_topic), _plain_search(_topic)),
    "search: nothing": (ONE, _search(_nothing), _plain_search(_nothing)),
}
"""What is asked: by whom, how we answer it, and the plain way."""


def _measured(store: Store, times: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """What is asked, and the 95th percentile in the database, ours and the plain way, in ms."""
    for what, (who, ask, plain) in ASKS.items():
        chance = random.Random(what)
        ours = [_ours(store, store.actors[who], ask, chance) for _ in range(times)][2:]
        chance = random.Random(what)
        theirs = [_theirs(store, *plain(store.actors[who], chance)) for _ in range(max(4, times // 10))][1:]
        yield what, (quantiles(ours, n=20)[-1], median(theirs))


def _ours(store: Store, actor: Actor, ask: Ask, chance: random.Random) -> float:
    """Every statement that one question takes, once more on the driver alone: ms."""
    with _overheard(store.house.db) as said:
        ask(store.house, actor, chance)
    with store.house.db.reading(reach_of(actor)) as session:
        driver: Any = session.connection.driver_connection
        begin = time.perf_counter()
        for one, values in said:
            if isinstance(one, Fixed):
                one.run(session, values)
            else:
                driver.execute(one, values).fetchall()
        return (time.perf_counter() - begin) * 1000


def _theirs(store: Store, statement: str, values: dict[str, Any]) -> float:
    with store.house.db.reading("all") as session:
        begin = time.perf_counter()
        session.execute(text(statement), values).all()
        return (time.perf_counter() - begin) * 1000


@contextmanager
def _overheard(db: Database) -> Iterator[list[tuple[Any, Any]]]:
    """Every statement that goes to the database meanwhile, with its values."""
    said: list[tuple[Any, Any]] = []
    run_fixed = Fixed.run

    def run(self: Fixed, session: Session, values: Any) -> list[tuple[Any, ...]]:
        said.append((self, values))
        return run_fixed(self, session, values)

    def hear(_session: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            said.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", hear)
    Fixed.run = run  # type: ignore[method-assign]
    try:
        yield said
    finally:
        Fixed.run = run_fixed  # type: ignore[method-assign]
        event.remove(db.engine, "before_cursor_execute", hear)
