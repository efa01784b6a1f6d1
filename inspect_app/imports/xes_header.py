"""What a XES log says about itself before its first trace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from inspect_app.imports.log_values import KINDS
from inspect_app.imports.names import Keys
from inspect_app.imports.problems import NotReadable
from inspect_app.imports.streams import open_log
from inspect_app.imports.xes_parser import TAGS, feed, hardened, named

DEEPEST = 32
MOST = 100_000
"""Tags in a heading."""


class Extension(NamedTuple):
    """A vocabulary the log uses: its name, the prefix of its keys, where it is defined."""

    name: str
    prefix: str
    uri: str


class Classifier(NamedTuple):
    """A way to tell classes of events (or traces) apart: its name, its scope, the keys it looks at."""

    name: str
    scope: str
    keys: str


class Said(NamedTuple):
    """An attribute of the log itself; these may be nested."""

    key: str
    kind: str
    text: str
    children: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class XesHeader:
    """Everything a log declares before its traces."""

    version: str
    extensions: tuple[Extension, ...]
    globals_trace: tuple[Said, ...]
    globals_event: tuple[Said, ...]
    classifiers: tuple[Classifier, ...]
    log_attributes: tuple[Said, ...]


def read_header(path: Path) -> XesHeader:
    """The heading of the log at `path`; what follows the first trace is not looked at."""
    heading = _Heading()
    with open_log(path) as stream:
        for _ in feed(heading.parser, stream):
            if heading.done:
                break
    return heading.header()


class _Open:
    """A tag whose end has not come."""

    __slots__ = ("attrs", "children", "tag")

    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.children: list[Said] = []


class _Heading:
    def __init__(self) -> None:
        self.parser = hardened()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.done = False
        self._keys = Keys()
        self._stack: list[_Open] = []
        self._seen = 0
        self._version = ""
        self._extensions: list[Extension] = []
        self._classifiers: list[Classifier] = []
        self._globals: dict[str, list[Said]] = {"trace": [], "event": []}
        self._said: list[Said] = []

    def header(self) -> XesHeader:
        return XesHeader(self._version, tuple(self._extensions), tuple(self._globals["trace"]),
                         tuple(self._globals["event"]), tuple(self._classifiers), tuple(self._said))

    def _start(self, name: str, attrs: list[str]) -> None:
        if self.done:
            return
        tag = TAGS.get(name)
        given = named(attrs)
        if not self._stack:
            if tag != "log":
                raise NotReadable(f"the root is <{name}>, not <log>; this is not a XES log: export it as XES",
                                  self.parser.CurrentLineNumber)
            self._version = given.get("xes.version", "")
        elif tag == "trace" and len(self._stack) == 1:
            self.done = True
            return
        self._seen += 1
        if len(self._stack) >= DEEPEST or self._seen > MOST:
            raise NotReadable("the heading of the log is too deep or too long to be honest; shorten it",
                              self.parser.CurrentLineNumber)
        self._stack.append(_Open(tag or name, given))

    def _end(self, _: str) -> None:
        if self.done:
            return
        closed = self._stack.pop()
        given = closed.attrs
        if closed.tag in KINDS or closed.tag in {"list", "container", "values"}:
            said = Said(self._keys[given.get("key", "")], closed.tag, given.get("value", ""), tuple(closed.children))
            (self._said if len(self._stack) == 1 else self._stack[-1].children).append(said)
        elif closed.tag == "extension":
            self._extensions.append(Extension(given.get("name", ""), given.get("prefix", ""), given.get("uri", "")))
        elif closed.tag == "classifier":
            self._classifiers.append(
                Classifier(given.get("name", ""), given.get("scope", "event"), given.get("keys", "")))
        elif closed.tag == "global":
            self._globals.setdefault(given.get("scope", "event"), []).extend(closed.children)
