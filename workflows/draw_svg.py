"""The picture as SVG: a layered layout from top to bottom in two columns, narrow enough for a phone, with one track
per destination.

Rows come from the longest path, two states a row at most; open states stand left, ends right, ordered by the
barycentre of those that lead to them. What leads straight down is a straight line; everything else leaves a state at
its side, joins a track beside the columns and enters its destination from above. Only presentation attributes and
class names are written, so that it obeys a strict content policy and a stylesheet may still change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width, normalize
from xml.sax.saxutils import escape, quoteattr

from workflows.definition import START
from workflows.words import words

if TYPE_CHECKING:
    from workflows.draw import Diagram, Edge, Node

COLUMNS = (186, 168)
LEAST, MOST = 420, 520
"""No picture is narrower, so that letters have about the same size in all."""
LETTERS, SMALL, LINE, TRACK, MARGIN, ARROW = 13, 12, 16, 7, 10, 7
INK, SOFT, GROUND = "#182433", "#49566c", "#ffffff"
FILL, VISITED, CURRENT, ACCENT = "#ffffff", "#e6eef8", "#fff4d6", "#0a3f85"
NARROW, WIDE = frozenset("iljtfrI.,:;'|!()[] /-"), frozenset("mwMW—…@%")

HERE = words(en="The case stands at: {state}.", vi="Vụ việc đang ở: {state}.")
BEEN = words(en="It has been through: {states}.", vi="Đã qua: {states}.")
NOWHERE = words(en="{states} states; ends: {ends}.", vi="{states} trạng thái; kết thúc: {ends}.")
KEEPS = words(en="{label}. Acts that keep this state: {number}.",
              vi="{label}. Số bước giữ nguyên trạng thái này: {number}.")


def width(text: str, size: int = LETTERS) -> float:
    """An estimate, rather too wide than too narrow, of how wide a text is drawn."""
    total = 0.0
    for letter in normalize("NFD", text):
        if combining(letter):
            continue
        if east_asian_width(letter) in "WF":
            total += 1.05
        elif letter in NARROW:
            total += 0.37
        else:
            total += 0.92 if letter in WIDE else 0.72 if letter.isupper() else 0.59
    return total * size


def wrap(text: str, room: float, size: int = LETTERS) -> list[str]:
    """The text in lines no wider than `room`, about equally long; alternatives (`a / b`) break between them."""
    if " / " in text and width(text, size) > room:
        *firsts, last = text.split(" / ")
        return [line for part in (*(f"{first} /" for first in firsts), last) for line in wrap(part, room, size)]
    lines = _fill(text, room, size)
    while len(lines) > 1 and len(closer := _fill(text, room - size / 2,
                                                 size)) == len(lines) and "-" not in {x[-1:] for x in closer}:
        lines, room = closer, room - size / 2
    return lines


def _fill(text: str, room: float, size: int) -> list[str]:
    """The text in lines as full as they get; a word that is too long is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if width(longer, size) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        while width(word, size) > room and len(word) > 1:
            cut = next((n for n in range(len(word) - 1, 1, -1) if width(word[:n] + "-", size) <= room), 1)
            lines.append(word[:cut] + "-")
            word = word[cut:]
        line = word
    return [*lines, line] if line or not lines else lines


@dataclass(slots=True)
class _Box:
    """A state, or the start, with its place."""

    name: str
    row: int
    column: int = 0
    lines: list[str] = field(default_factory=list)
    x: float = 0
    y: float = 0
    w: float = 0
    h: float = 0

    @property
    def middle(self) -> float:
        return self.x + self.w / 2


@dataclass(slots=True)
class _Rail:
    """Edges with one destination and one label that share a track beside the columns; side -1 is left of the
    destination."""

    channel: int
    dest: _Box
    label: str
    sources: list[_Box] = field(default_factory=list)
    track: int = 0
    lines: list[str] = field(default_factory=list)
    drop: float = 0
    above: float = 0

    @property
    def side(self) -> int:
        return -1 if self.channel == self.dest.column else 1

    @property
    def span(self) -> tuple[int, int]:
        ends = [2 * s.row for s in self.sources] + [2 * self.dest.row - 1]
        return min(ends), max(ends)


def place(d: Diagram) -> dict[str, tuple[int, int]]:
    """The row and column of every state and of the start: rows by longest path, cycles entered at the first open
    state."""
    names = [n.name for n in d.nodes]
    final = {n.name for n in d.nodes if n.final}
    before: dict[str, list[str]] = {name: [] for name in names}
    for e in d.edges:
        before[e.dest].append(e.source)
    row = {START: 0}
    rows: dict[int, list[str]] = {}
    while waiting := [name for name in names if name not in row]:
        ready = [name for name in waiting if all(b in row for b in before[name])]
        begun = [name for name in waiting if any(b in row for b in before[name])]
        name = (ready or [n for n in begun if n not in final] or begun or waiting)[0]
        at = max((row[b] for b in before[name] if b in row), default=0) + 1
        while len(rows.get(at, ())) == len(COLUMNS):
            at += 1
        row[name] = at
        rows.setdefault(at, []).append(name)
    column = {START: 0}
    for at in sorted(rows):
        centre = {name: _mean([column[b] for b in before[name] if b in column]) for name in rows[at]}
        ordered = sorted((name in final, centre[name], names.index(name)) for name in rows[at])
        column |= {names[number]: i for i, (_, _, number) in enumerate(ordered)}
    used = sorted(set(row.values()))
    return {name: (used.index(row[name]), column[name]) for name in (START, *names)}


def _mean(numbers: list[int]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


class _Layout:
    """Everything with its coordinates."""

    def __init__(self, d: Diagram) -> None:
        self.boxes = {name: _Box(name, r, c) for name, (r, c) in place(d).items()}
        for n in d.nodes:
            box = self.boxes[n.name]
            box.w = COLUMNS[box.column]
            box.lines = wrap(n.label, box.w - 60)
        self.straight: dict[str, tuple[_Box, Edge, list[str]]] = {}
        self.rails: list[_Rail] = []
        for e in d.edges:
            self._sort_in(e)
        self._tracks()
        self._across()
        self._down()

    def _sort_in(self, e: Edge) -> None:
        a, b = self.boxes[e.source], self.boxes[e.dest]
        between = any(x.column == a.column and a.row < x.row < b.row for x in self.boxes.values())
        if a.column == b.column and a.row < b.row and not between and b.name not in self.straight:
            self.straight[b.name] = (a, e, wrap(e.label, b.w - 16, SMALL))
            return
        channel = 1 if a.column != b.column else 0 if a.column == 0 else 2
        for rail in self.rails:
            if (rail.channel, rail.dest.name, rail.label) == (channel, b.name, e.label):
                rail.sources.append(a)
                return
        self.rails.append(_Rail(channel, b, e.label, [a]))

    def _tracks(self) -> None:
        """Short tracks next to the column, longer ones outside; two that meet never share one."""
        self.count = [0, 0, 0]
        for channel in range(3):
            taken: list[list[tuple[int, int]]] = []
            here = [r for r in self.rails if r.channel == channel]
            for rail in sorted(here, key=lambda r: (r.span[1] - r.span[0], r.span, r.dest.name, r.label)):
                low, high = rail.span
                free = (i for i, spans in enumerate(taken) if all(high < a or low > b for a, b in spans))
                rail.track = next(free, len(taken))
                if rail.track == len(taken):
                    taken.append([])
                taken[rail.track].append((low, high))
            self.count[channel] = len(taken)

    def _across(self) -> None:
        between = sum(n + 1 for n in self.count if n)
        self.step = min(float(TRACK), (MOST - 2 * MARGIN - sum(COLUMNS)) / max(between, 1))
        room = [self.step * (n + 1) if n else 0 for n in self.count]
        room[1] = max(room[1], self.step)
        two = any(b.column for b in self.boxes.values())
        wide = MARGIN + room[0] + COLUMNS[0] + (room[1] + COLUMNS[1] + room[2] if two else 0) + MARGIN
        self.width = max(wide, LEAST)
        first = MARGIN + room[0] + (self.width - wide) / 2
        left = [first, first + COLUMNS[0] + room[1]]
        for box in self.boxes.values():
            box.x, box.w = left[box.column], COLUMNS[box.column]
        self.edge = [left[0], left[0] + COLUMNS[0], left[1] + COLUMNS[1]]

    def track_x(self, rail: _Rail) -> float:
        away = self.step * (rail.track + 1)
        return self.edge[0] - away if rail.channel == 0 else self.edge[rail.channel] + away

    def _entries(self, box: _Box) -> tuple[float, float]:
        """Sets the tracks that enter a box from above; returns the height they and the straight line's label need."""
        line = self.straight.get(box.name)
        sides = {side: [r for r in self.rails if r.dest is box and r.side == side] for side in (-1, 1)}
        half = line is not None or all(sides.values())
        tall = 0.0
        for side, rails in sides.items():
            room, above = box.w / 2 - 20 if half else box.w - 8, 14.0 if side < 0 else 20.0
            for i, rail in reversed(list(enumerate(rails))):
                reach = room * (len(rails) - i) / len(rails)
                drop = reach if half or len(rails) > 1 else box.w / 2
                rail.drop = box.x + drop if side < 0 else box.x + box.w - drop
                rail.lines = wrap(rail.label, box.w / 2 - 8 if half and len(rails) == 1 else reach - 4, SMALL)
                rail.above = above
                above += LINE * len(rail.lines) + 6
            tall = max(tall, above if rails else 0.0)
        return tall, LINE * len(line[2]) + 22 if line else 0.0

    def _down(self) -> None:
        y = float(MARGIN)
        for row in range(max(b.row for b in self.boxes.values()) + 1):
            here = [b for b in self.boxes.values() if b.row == row]
            if row:
                y += max(18.0, *(sum(self._entries(b)) for b in here))
            height = max(10 if b.name == START else LINE * len(b.lines) + 20 for b in here)
            for box in here:
                box.y, box.h = y, height
            y += height
        self.height = y + MARGIN

    def stub_y(self, box: _Box, rail: _Rail) -> float:
        """Where a track leaves the side of a box: upward ones above, so that fewest cross; facing boxes take turns."""
        slots: list[tuple[int, bool, int, _Rail]] = []
        for r in self.rails:
            for source in r.sources:
                if source.row == box.row and r.channel == rail.channel:
                    up = r.dest.row <= source.row
                    slots.append((source.column, not up, r.track if up else -r.track, r))
        slots.sort(key=lambda slot: slot[:3])
        at = next(i for i, slot in enumerate(slots) if slot[3] is rail and slot[0] == box.column)
        return box.y + box.h * (at + 1) / (len(slots) + 1)


def _rounded(points: list[tuple[float, float]], radius: float = 5) -> str:
    """A path through right angles, its corners rounded."""
    path = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (x, y), (cx, cy), (nx, ny) in zip(points, points[1:], points[2:], strict=False):
        r = min(radius, (abs(cx - x) + abs(cy - y)) / 2, (abs(nx - cx) + abs(ny - cy)) / 2)
        a = (cx - r * _sign(cx - x), cy - r * _sign(cy - y))
        b = (cx + r * _sign(nx - cx), cy + r * _sign(ny - cy))
        path.append(f"L{_n(a[0])} {_n(a[1])}Q{_n(cx)} {_n(cy)} {_n(b[0])} {_n(b[1])}")
    return "".join([*path, f"L{_n(points[-1][0])} {_n(points[-1][1])}"])


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, lines: list[str], *, size: int, fill: str, anchor: str, weight: str = "") -> str:
    """Lines of text, the first on the baseline `y`."""
    spans = "".join(f'<tspan x="{_n(x)}" y="{_n(y + i * LINE)}">{escape(line)}</tspan>' for i, line in enumerate(lines))
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text font-size="{size}" fill="{fill}" text-anchor="{anchor}"{bold}>{spans}</text>'


def _rect(x: float, y: float, w: float, h: float, **more: object) -> str:
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}"{_attributes(more)}/>'


def _line(points: list[tuple[float, float]], *, closed: bool = False, **more: object) -> str:
    """A broken line; a closed one is a filled mark."""
    d = "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points) + ("Z" if closed else "")
    return f'<path d="{d}"{_attributes(more)}/>'


def _attributes(more: dict[str, object]) -> str:
    return "".join(f' {key.replace("_", "-")}="{value}"' for key, value in more.items())


def _edge(e_from: str, e_to: str, path: str, tip: tuple[float, float]) -> str:
    x, y = tip
    head = _line([(x - 4, y - ARROW), (x + 4, y - ARROW), (x, y)], closed=True, fill=SOFT)
    return (f'<g class="edge" data-from={quoteattr(e_from)} data-to={quoteattr(e_to)}>'
            f'<path d="{path}" fill="none" stroke="{SOFT}" stroke-width="1.5"/>{head}</g>')


def _state(n: Node, box: _Box, language: str) -> str:
    marks = (("state-current", n.current), ("state-visited", n.visited), ("state-final", n.final), ("state-open", bool(n.link)),
             ("state-shut", bool(n.shut)))
    classes = " ".join(["state", *(name for name, on in marks if on)])
    x, y, w, h, middle = box.x, box.y, box.w, box.h, box.y + box.h / 2
    fill = CURRENT if n.current else VISITED if n.visited else FILL
    stroke, thick = (ACCENT, 3.5) if n.current else (ACCENT, 2.5) if n.link else (INK, 1.5)
    title = KEEPS.say(language, label=n.label, number=n.stays) if n.stays else n.label
    title = f"{title}. {n.shut}" if n.shut else title
    begin, end = ("", "")
    if n.link:
        begin, end = f'<a class="step" href={quoteattr(n.link)}><title>{escape(f"{n.act}: {n.label}")}</title>', "</a>"
    parts = [f'{begin}<g class="{classes}" data-state={quoteattr(n.name)}><title>{escape(title)}</title>',
             _rect(x, y, w, h, rx=7, fill=fill, stroke=stroke, stroke_width=thick)]
    if n.final:
        parts.append(_rect(x + 4, y + 4, w - 8, h - 8, rx=4, fill="none", stroke=stroke, stroke_width=1))
    if n.current:
        parts.append(_line([(x + 10, middle - 6), (x + 19, middle), (x + 10, middle + 6)], closed=True, fill=ACCENT))
    elif n.visited:
        parts.append(_line([(x + 9, middle), (x + 13, middle + 4), (x + 20, middle - 5)], fill="none", stroke=INK,
                           stroke_width=2))
    if n.stays:
        cx = x + w - 14 - width(str(n.stays), 10)
        turn = f"M{_n(cx + 3.5)} {_n(middle - 3.5)}A5 5 0 1 0 {_n(cx + 5)} {_n(middle + 1)}"
        parts.append(f'<path d="{turn}" fill="none" stroke="{SOFT}" stroke-width="1.3"/>')
        parts.append(_line([(cx + 5.5, middle - 6.5), (cx + 5.5, middle - 1.5), (cx + 0.5, middle - 1.5)], closed=True,
                           fill=SOFT))
        parts.append(_text(cx + 8, middle + 4, [str(n.stays)], size=10, fill=SOFT, anchor="start"))
    top, weight = middle - LINE * len(box.lines) / 2 + LINE - 4, "600" if n.current else ""
    parts.append(_text(box.middle - (5 if n.stays else 0), top, box.lines, size=LETTERS, fill=INK, anchor="middle", weight=weight))
    return "".join([*parts, f"</g>{end}"])


def _describe(d: Diagram) -> str:
    labels = {n.name: n.label for n in d.nodes}
    said = []
    if d.current is not None:
        said.append(HERE.say(d.language, state=labels[d.current]))
    if been := [n.label for n in d.nodes if n.visited]:
        said.append(BEEN.say(d.language, states=", ".join(been)))
    said.append(NOWHERE.say(d.language, states=len(d.nodes), ends=", ".join(n.label for n in d.nodes if n.final)))
    return " ".join(said)


def svg(d: Diagram) -> str:
    """The picture as one SVG element that scales with its place; the same diagram gives the same bytes."""
    at = _Layout(d)
    lines, labels = [], []
    for a, e, said in at.straight.values():
        b = at.boxes[e.dest]
        low = b.y - max([r.above + LINE * len(r.lines) for r in at.rails if r.dest is b], default=0.0) - ARROW / 2
        high = max((x.y + x.h for x in at.boxes.values() if x.row == b.row - 1), default=a.y)
        lines.append(_edge(a.name, b.name, f"M{_n(b.middle)} {_n(a.y + a.h)}L{_n(b.middle)} {_n(b.y - ARROW + 1)}",
                           (b.middle, b.y - 1)))
        tall, wide = LINE * len(said), max(width(s, SMALL) for s in said)
        top = (high + low - tall) / 2
        labels.append(_rect(b.middle - wide / 2 - 3, top, wide + 6, tall, fill=GROUND)
                      + _text(b.middle, top + LINE - 4, said, size=SMALL, fill=SOFT, anchor="middle"))
    for rail in at.rails:
        x, b = at.track_x(rail), rail.dest
        turn = b.y - rail.above
        for a in rail.sources:
            y, out = at.stub_y(a, rail), a.x if rail.channel == a.column else a.x + a.w
            lines.append(_edge(a.name, b.name,
                               _rounded([(out, y), (x, y), (x, turn), (rail.drop, turn), (rail.drop, b.y - ARROW + 1)]),
                               (rail.drop, b.y - 1)))
        start = b.x + 2 if rail.side < 0 else b.x + b.w - 2
        labels.append(_text(start, turn - 5 - LINE * (len(rail.lines) - 1), rail.lines, size=SMALL, fill=SOFT,
                            anchor="start" if rail.side < 0 else "end"))
    start_box = at.boxes[START]
    dot = f'<circle cx="{_n(start_box.middle)}" cy="{_n(start_box.y + 5)}" r="5" fill="{INK}"/>'
    states = [_state(n, at.boxes[n.name], d.language) for n in d.nodes]
    role = "group" if any(n.link for n in d.nodes) else "img"
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="workflow" role="{role}" lang={quoteattr(d.language)} '
        f'viewBox="0 0 {_n(at.width)} {_n(at.height)}" font-family="system-ui, sans-serif">',
        f"<title>{escape(d.title)}</title>", f"<desc>{escape(_describe(d))}</desc>",
        f'<rect width="{_n(at.width)}" height="{_n(at.height)}" fill="{GROUND}"/>', *lines, dot, *labels, *states,
        "</svg>"]) + "\n"
