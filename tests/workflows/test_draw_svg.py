"""The picture: well-formed, obedient to a strict content policy, legible on a phone, and clear without colour."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise, product
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.samples import STATES, both, small, step
from tests.workflows.test_draw_text import WORKFLOWS, every, strange
from workflows.definition import START, State, Workflow
from workflows.draw import Diagram, Edge, Node, model, svg
from workflows.draw_svg import ACCENT, CURRENT, FILL, GROUND, INK, SOFT, VISITED, place, width, wrap
from workflows.words import LANGUAGES, words

SVG = "{http://www.w3.org/2000/svg}"
Rect = tuple[float, float, float, float]


def read(d: Diagram) -> ElementTree.Element:
    return ElementTree.fromstring(svg(d))


def groups(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [g for g in root.iter(f"{SVG}g") if name in g.get("class", "").split()]


def rect(e: ElementTree.Element) -> Rect:
    x, y, w, h = (float(e.get(k, "0")) for k in ("x", "y", "width", "height"))
    return x, y, x + w, y + h


def boxes(root: ElementTree.Element) -> dict[str, Rect]:
    return {g.get("data-state", ""): rect(g.findall(f"{SVG}rect")[0]) for g in groups(root, "state")}


def written(e: ElementTree.Element) -> list[tuple[Rect, str]]:
    """Every line of text with the room it takes at most."""
    found = []
    for text in e.findall(f"{SVG}text"):
        size = int(text.get("font-size", "0"))
        for line in text.findall(f"{SVG}tspan"):
            x, y, w = float(line.get("x", "0")), float(line.get("y", "0")), width(line.text or "", size)
            left = x - {"middle": w / 2, "end": w, "start": 0}[text.get("text-anchor", "start")]
            found.append(((left, y - size * 0.8, left + w, y + size * 0.2), line.text or ""))
    return found


def meet(a: Rect, b: Rect) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def inside(a: Rect, b: Rect) -> bool:
    return b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]


@every
def test_every_state_is_drawn_once_with_its_label_in_the_readers_language(workflow: Workflow, language: str) -> None:
    root = read(model(workflow, language))
    assert [g.get("data-state") for g in groups(root, "state")] == [s.name for s in workflow.states]
    for g, state in zip(groups(root, "state"), workflow.states, strict=True):
        said = " ".join(line for _, line in written(g) if not line.isdigit())
        assert said.replace("- ", "") == state.label.say(language)
    assert root.get("lang") == language


@every
def test_every_edge_is_drawn_once_and_every_label_is_there(workflow: Workflow, language: str) -> None:
    d = model(workflow, language)
    root = read(d)
    drawn = sorted((g.get("data-from", "?"), g.get("data-to", "?")) for g in groups(root, "edge"))
    assert drawn == sorted((e.source, e.dest) for e in d.edges)
    said = " ".join(line for _, line in written(root)).replace("- ", "")
    assert all(e.label in said for e in d.edges)


@every
def test_nothing_in_it_needs_a_looser_content_policy(workflow: Workflow, language: str) -> None:
    root = read(model(workflow, language, workflow.states[0].name))
    for e in root.iter():
        assert e.tag.removeprefix(SVG) in {"svg", "title", "desc", "g", "rect", "path", "circle", "text", "tspan"}
        for key in e.attrib:
            assert key not in ("style", "id", "href") and not key.startswith("on")


@every
def test_it_scales_and_tells_its_title_and_place_in_words(workflow: Workflow, language: str) -> None:
    current = workflow.states[-1]
    root = read(model(workflow, language, current.name, frozenset({workflow.states[0].name})))
    assert root.get("role") == "img" and root.get("viewBox") and not root.get("width")
    assert [e.tag for e in root][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert root[0].text == workflow.title.say(language)
    begins = {"en": "The case stands at: ", "vi": "Vụ việc đang ở: "}[language]
    assert (root[1].text or "").startswith(f"{begins}{current.label.say(language)}.")
    assert workflow.states[0].label.say(language) in (root[1].text or "")


@every
def test_it_is_narrow_enough_for_a_phone(workflow: Workflow, language: str) -> None:
    _, _, wide, _ = map(float, (read(model(workflow, language)).get("viewBox") or "").split())
    assert wide <= 520
    assert 11 * 390 / wide >= 8


@every
def test_text_stays_in_its_box_and_nothing_lies_upon_another(workflow: Workflow, language: str) -> None:
    root = read(model(workflow, language, workflow.states[-1].name))
    _, _, wide, tall = map(float, (root.get("viewBox") or "").split())
    places = boxes(root)
    for g in groups(root, "state"):
        for room, line in written(g):
            assert inside(room, places[g.get("data-state", "")]), line
    for one, two in combinations(places.values(), 2):
        assert not meet(one, two)
    labels = written(root)
    for room, line in labels:
        assert inside(room, (0, 0, wide, tall)), line
        assert not any(meet(room, box) for box in places.values()), line
    for (one, a), (two, b) in combinations(labels, 2):
        assert not meet(one, two), (a, b)


def segments(root: ElementTree.Element) -> list[tuple[str, Rect]]:
    """The straight parts of every edge, as thin rectangles."""
    found = []
    for g in groups(root, "edge"):
        path = g.findall(f"{SVG}path")[0].get("d", "")
        points = [tuple(map(float, p.split()[-2:])) for p in re.findall(r"[MLQ]([^MLQ]+)", path)]
        for (ax, ay), (bx, by) in pairwise(points):
            found.append((g.get("data-to", ""),
                          (min(ax, bx) - 0.1, min(ay, by) - 0.1, max(ax, bx) + 0.1, max(ay, by) + 0.1)))
    return found


@every
def test_no_line_runs_through_a_state_or_a_foreign_label(workflow: Workflow, language: str) -> None:
    root = read(model(workflow, language))
    places = boxes(root)
    for dest, line in segments(root):
        for name, (left, top, right, bottom) in places.items():
            assert not meet(line, (left + 1, top + 1, right - 1, bottom - 1)), (dest, name)


def assert_lines_are_told_apart(root: ElementTree.Element) -> None:
    """Edges to different states cross, but never run upon each other."""
    for (one, a), (two, b) in combinations(segments(root), 2):
        if one != two and meet(a, b):
            assert a[2] - a[0] > 1 or b[2] - b[0] > 1 or min(a[3], b[3]) - max(a[1], b[1]) < 1, (one, two, a, b)
            assert a[3] - a[1] > 1 or b[3] - b[1] > 1 or min(a[2], b[2]) - max(a[0], b[0]) < 1, (one, two, a, b)


@every
def test_lines_to_different_states_never_run_upon_each_other(workflow: Workflow, language: str) -> None:
    root = read(model(workflow, language))
    assert_lines_are_told_apart(root)
    for room, label in written(root):
        passing = [dest for dest, line in segments(root) if meet(room, line)]
        assert len(set(passing)) <= 1, (label, passing)


def test_the_current_state_is_marked_by_more_than_colour() -> None:
    root = read(model(small(), "en", "told", frozenset({"opened"})))
    (here,) = groups(root, "state-current")
    (been,) = groups(root, "state-visited")
    other = next(g for g in groups(root, "state") if g.get("data-state") == "heard")
    assert here.get("data-state") == "told" and been.get("data-state") == "opened"
    thick = {name: float(g.findall(f"{SVG}rect")[0].get("stroke-width", "0")) for name,
             g in (("here", here), ("other", other))}
    assert thick["here"] >= 2 * thick["other"]
    assert len(here.findall(f"{SVG}path")) == len(been.findall(f"{SVG}path")) == 1
    assert not other.findall(f"{SVG}path")
    assert here.findall(f"{SVG}text")[0].get("font-weight") == "600"


def test_an_end_has_a_double_border() -> None:
    (end,) = groups(read(model(small())), "state-final")
    assert end.get("data-state") == "decided" and len(end.findall(f"{SVG}rect")) == 2


def test_without_a_case_no_state_is_current() -> None:
    root = read(model(small()))
    assert not groups(root, "state-current") and root[1].text == "4 states; ends: decided."


def test_acts_that_keep_a_state_are_counted_in_its_corner() -> None:
    root = read(model(small(add=(step("wait", "told", "told"), step("remind", "told", "*")))))
    told = next(g for g in groups(root, "state") if g.get("data-state") == "told")
    assert [line for _, line in written(told)] == ["2", "told"]
    assert told[0].text == "told. Acts that keep this state: 2."


def luminance(colour: str) -> float:
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("text", "ground"),
                         [*product((INK, SOFT), (FILL, VISITED, CURRENT, GROUND)), (ACCENT, CURRENT), (ACCENT, GROUND)])
def test_every_text_and_mark_stands_out_from_its_ground(text: str, ground: str) -> None:
    assert contrast(text, ground) >= 4.5


def test_strange_labels_are_shown_as_they_are() -> None:
    root = read(model(strange()))
    assert "<b>&amp;</b>" in " ".join(line for _, line in written(groups(root, "state")[0]))


@every
def test_the_same_case_gives_the_same_bytes(workflow: Workflow, language: str) -> None:
    assert svg(model(workflow, language)) == svg(model(workflow, language))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_marking_a_state_moves_nothing(workflow: Workflow) -> None:
    assert boxes(read(model(workflow))) == boxes(read(model(workflow, "en", workflow.states[-1].name)))


def test_ends_stand_to_the_right_of_what_goes_on() -> None:
    w = small(states=(*STATES, State("dropped", both("dropped"), final=True)), add=(step("drop", "opened", "dropped"),))
    where = place(model(w))
    assert where["opened"][0] < where["dropped"][0] == where["told"][0]
    assert (where["told"][1], where["dropped"][1]) == (0, 1)


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=80),
       room=st.integers(60, 200))
def test_wrapping_keeps_every_letter_and_the_room(text: str, room: int) -> None:
    lines = wrap(text, room)
    assert all(width(line) <= room or len(line) <= 2 for line in lines)
    kept = "".join(lines).replace("-", "").replace(" ", "")
    assert kept == "".join(text.split()).replace("-", "").replace(" ", "")


names = [f"s{i}" for i in range(9)]
diagrams = st.builds(
    lambda size, pairs, finals: Diagram(
        "w", 1, "W", "en", tuple(Node(n, f"state {n}", final=n in finals) for n in names[:size]),
        tuple(Edge(a, b, (f"{a}{b}",), (f"go from {a} to {b}",)) for a, b in sorted(set(pairs))
              if a != b and b in names[:size] and a in (START, *names[:size]))),
    st.integers(1, 9), st.lists(st.tuples(st.sampled_from([START, *names]), st.sampled_from(names)), max_size=24),
    st.frozensets(st.sampled_from(names)))


@given(d=diagrams)
@settings(max_examples=150, deadline=None)
def test_any_diagram_is_drawn_without_a_state_upon_another(d: Diagram) -> None:
    root = read(d)
    places = boxes(root)
    assert sorted(places) == sorted(n.name for n in d.nodes)
    assert len(groups(root, "edge")) == len(d.edges)
    assert not any(meet(a, b) for a, b in combinations(places.values(), 2))
    _, _, wide, tall = map(float, (root.get("viewBox") or "").split())
    for _, (left, top, right, bottom) in segments(root):
        assert left >= 0 and top >= 0 and right <= wide and bottom <= tall
    for _, line in segments(root):
        for left, top, right, bottom in places.values():
            assert not meet(line, (left + 1, top + 1, right - 1, bottom - 1))
    assert_lines_are_told_apart(root)


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_labels_wrap_instead_of_running_out(language: str) -> None:
    long = words(en="an unreasonably long name of a state that nobody would ever say aloud",
                 vi="một tên trạng thái dài đến mức không ai đọc hết")
    w = small(states=(replace(STATES[0], label=long), *STATES[1:]), tell={"label": long})
    test_text_stays_in_its_box_and_nothing_lies_upon_another(w, language)
