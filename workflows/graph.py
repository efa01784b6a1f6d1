"""States and the ways between them, as plain mappings: what can be reached, and where a way comes back to itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

START = ""
"""Before the first event: the one start. An opening transition leads out of it."""
ANY = "*"
"""As a source: every state, final ones included only for entries. As a destination: the state stays."""

Node = TypeVar("Node", bound=Hashable)


def walk(graph: Mapping[Node, Iterable[Node]], *starts: Node) -> set[Node]:
    """Everything that can be reached from these, themselves included."""
    seen, ahead = set(starts), list(starts)
    while ahead:
        for node in graph.get(ahead.pop(), ()):
            if node not in seen:
                seen.add(node)
                ahead.append(node)
    return seen


def circle(graph: Mapping[Node, Iterable[Node]]) -> list[Node]:
    """One way that comes back to where it began, without its end; an empty list where there is none."""
    done: set[Node] = set()
    for start in graph:
        path: list[Node] = []
        ahead = [(start, iter(graph.get(start, ())))]
        while ahead:
            node, ways = ahead[-1]
            if node not in path:
                path.append(node)
            following = next((n for n in ways if n not in done), None)
            if following is None:
                done.add(node)
                path.pop()
                ahead.pop()
            elif following in path:
                return path[path.index(following):]
            else:
                ahead.append((following, iter(graph.get(following, ()))))
    return []
