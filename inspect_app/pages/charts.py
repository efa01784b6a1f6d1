"""Charts of our own, as SVG without styles or scripts: bars over quarters. Beside each stands a table that says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

WIDE, HIGH, FOOT, HEAD = 320, 120, 18, 14


class Bar(NamedTuple):
    """One bar: how high, how much of it is filled, and what stands below and above it. None: it is not shown."""

    name: str
    whole: int | None
    part: int | None
    words: str


def bars(title: str, found: Sequence[Bar]) -> Markup:
    """Bars side by side, all on one scale: the outline is the whole, what is filled is the part. Counts, never percentages."""
    most = max((bar.whole or 0 for bar in found), default=0) or 1
    step = WIDE / max(len(found), 4)
    drawn = [_bar(bar, n, step, most) for n, bar in enumerate(found)]
    told = "; ".join(f"{bar.name}: {bar.words}" for bar in found)
    frame = Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"/></svg>')
    floor = HEAD + HIGH
    return frame.format(WIDE, floor + FOOT, f"{title}. {told}", Markup("").join(drawn), floor, WIDE, floor)


def _bar(bar: Bar, n: int, step: float, most: int) -> Markup:
    left, wide, floor = round(n * step + step * 0.2, 1), round(step * 0.6, 1), float(HEAD + HIGH)
    middle = round(n * step + step / 2, 1)
    out = Markup("")
    if bar.whole is None:
        out += Markup('<line class="gap" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(left, floor - 2, left + wide, floor - 2)
        top = floor
    else:
        high = round(HIGH * bar.whole / most, 1)
        top = round(floor - high, 1)
        out += Markup('<rect class="whole" x="{}" y="{}" width="{}" height="{}"/>').format(left, top, wide, high)
        if bar.part is not None and bar.whole:
            filled = round(high * bar.part / bar.whole, 1)
            out += Markup('<rect class="part" x="{}" y="{}" width="{}" height="{}"/>').format(left, round(floor - filled, 1), wide, filled)
    out += Markup('<text class="said" x="{}" y="{}">{}</text>').format(middle, max(top - 3, 10), bar.words)
    return out + Markup('<text class="named" x="{}" y="{}">{}</text>').format(middle, floor + 14, escape(bar.name))
