"""Rulesets: what binds a case, versioned, as frozen data that checks itself when it is loaded."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from workflows.criteria import Criterion, read_criteria
from workflows.errors import BadDefinition
from workflows.papers import Paper, read_papers
from workflows.ruleset_checks import at_odds, nameless
from workflows.ruleset_keys import OF_SANCTIONS, SINGLE, code_in, family_of, limit
from workflows.words import LANGUAGES, Words

PARTS = ("name", "version", "title", "sources", "keys", "clocks", "terms", "documents", "numbering", "criteria")
ENTRY = ("value", "source", "mark")
MARKS: dict[str, Words] = {
    "2": Words((("en", "two or more public sources agree"), ("vi", "từ hai nguồn công khai thống nhất"))),
    "1": Words((("en", "one public source"), ("vi", "một nguồn công khai"))),
    "M": Words((("en", "from general knowledge, not confirmed: a competent person confirms it before use"),
                ("vi", "theo hiểu biết chung, chưa kiểm chứng: người có thẩm quyền xác nhận trước khi dùng"))),
    "D": Words((("en", "a choice of this project, no rule of law"), ("vi", "lựa chọn của dự án, không phải quy định"))),
}
"""How sure a value is."""


class Source(NamedTuple):
    """Where a value comes from, and how sure it is: a mark of `MARKS`."""

    text: Words
    mark: str


@dataclass(frozen=True)
class Ruleset:
    """What binds a case: values by key, time limits by clock; beside them sources, terms and papers, which bind nobody."""

    name: str
    version: int
    title: Words
    keys: tuple[tuple[str, Any], ...]
    clocks: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, Words], ...] = ()
    cited: tuple[tuple[str, Source], ...] = ()
    papers: tuple[Paper, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    recorded: bool = False
    """It comes with a pack for histories that were lived elsewhere: no case is opened under it here."""

    @cached_property
    def values(self) -> dict[str, Any]:
        """Keys and limits as guards read them: `clock.<name>` for the limits."""
        return dict(self.keys) | {f"clock.{name}": limit for name, limit in self.clocks}

    @cached_property
    def listed(self) -> dict[str, Any]:
        """What forms may list: the values, and the codes of the criteria."""
        return self.values | {"criteria": tuple(c.code for c in self.criteria)}

    @cached_property
    def law_bytes(self) -> bytes:
        law = {"name": self.name, "version": self.version, "keys": dict(self.keys), "clocks": dict(self.clocks)}
        return json.dumps(law, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def law_hash(self) -> str:
        """SHA-256 over keys and limits, without sources and terms, hexadecimal."""
        return hashlib.sha256(self.law_bytes).hexdigest()

    @cached_property
    def term_table(self) -> dict[str, Words]:
        return dict(self.terms)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Where the value of a key or `clock.<name>` comes from; a house's own ruleset need not say it."""
        return dict(self.cited)

    @cached_property
    def papers_by_code(self) -> dict[str, Paper]:
        return {paper.code: paper for paper in self.papers}

    def term(self, part: str, code: str) -> Words:
        """What a code is called: `term("sanction", "reprimand")`; the code itself where it has no name."""
        return self.term_table.get(f"{part}.{code}") or Words(tuple((language, code) for language in sorted(LANGUAGES)))

    def codes(self, family: str) -> tuple[str, ...]:
        """The codes a family speaks of: the statuses of `ladder`, the levels of `competence`."""
        return tuple(dict.fromkeys(code_in(key) for key in self.values if key.startswith(f"{family}.") and code_in(key)))


class _Reader:
    """Reads one TOML text over the ruleset below it, collecting defects instead of stopping at the first."""

    def __init__(self, raw: Mapping[str, Any], base: Ruleset | None) -> None:
        self.raw, self.defects = raw, [f"it has an unknown part “{part}”" for part in raw if part not in PARTS]
        self.keys: dict[str, Any] = dict(base.keys if base else ())
        self.clocks: dict[str, str] = dict(base.clocks if base else ())
        self.cited: dict[str, Source] = dict(base.cited if base else ())
        self.terms: dict[str, Words] = dict(base.terms if base else ())
        self.named = {name: made for name, texts in self.table("sources").items() if (made := self.words(name, texts))}

    def table(self, part: str) -> Mapping[str, Any]:
        found = self.raw.get(part, {})
        if isinstance(found, dict):
            return found
        self.defects.append(f"the part “{part}” is a table")
        return {}

    def words(self, name: str, texts: Any) -> Words | None:
        try:
            return Words(tuple(sorted(texts.items())))
        except (ValueError, AttributeError):
            self.defects.append(f"“{name}” needs a text in each of: {', '.join(LANGUAGES)}")
            return None

    def entry(self, what: str, key: str, written: Any) -> Any:
        """The value of an entry, whose source is kept; a plain value has none."""
        self.cited.pop(key, None)
        if not isinstance(written, dict):
            return written
        self.defects += [f"{what}: unknown “{name}”; possible: {', '.join(ENTRY)}" for name in written if name not in ENTRY]
        if "source" not in written and "mark" not in written:
            return written.get("value")
        text, mark = written.get("source"), written.get("mark")
        said = self.named.get(text) if isinstance(text, str) else self.words(f"{key}, source", text)
        if isinstance(text, str) and said is None:
            self.defects.append(f"{what}: the source “{text}” is not among the sources")
        if mark not in MARKS:
            self.defects.append(f"{what}: needs a mark, one of: {', '.join(MARKS)}")
        elif said:
            self.cited[key] = Source(said, mark)
        return written.get("value")

    def read_keys(self) -> None:
        written = dict(_flat(self.table("keys")))
        whole = {key.split(".")[0] for key in written if (family := family_of(key)) and family.whole}
        for key in [key for key in self.keys if key.split(".")[0] in whole and (family := family_of(key)) and family.whole]:
            del self.keys[key]
            self.cited.pop(key, None)
        for key, entry in written.items():
            what, family = f"the key “{key}”", family_of(key)
            if family is None:
                self.defects.append(f"{what} does not exist; keys are: {', '.join(sorted(SINGLE))}, and the families of the reference")
                continue
            value = self.entry(what, key, entry)
            try:
                self.keys[key] = family.read(value)
            except ValueError as error:
                self.defects.append(f"{what}{' ' if str(error).startswith(('takes', 'may', 'names')) else ': '}{error}")
        self.defects += [f"the key “{key}” is missing" for key in SINGLE if key not in self.keys and key not in written]
        self._drop_strange_sanctions(frozenset(written))

    def _drop_strange_sanctions(self, written: frozenset[str]) -> None:
        """What the ruleset below says of sanctions that stand on no ladder here is not taken over."""
        known = {code for key, codes in self.keys.items() if key.startswith("ladder.") for code in codes}
        for key in [key for key in self.keys if key not in written]:
            family = family_of(key)
            if family and family.name in OF_SANCTIONS and code_in(key) not in known:
                del self.keys[key]
                self.cited.pop(key, None)

    def read_clocks(self) -> None:
        for clock, entry in self.table("clocks").items():
            what = f"the clock “{clock}”"
            value = self.entry(what, f"clock.{clock}", entry)
            try:
                self.clocks[clock] = limit(str(value))
            except ValueError as error:
                self.defects.append(f"{what}: {error}")

    def read_terms(self) -> None:
        for name, texts in self.table("terms").items():
            if made := self.words(name, texts):
                self.terms[name] = made


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Keys by their full name: `[keys.vote]` with `base` in it is `vote.base`; a table with a `value` is an entry."""
    for name, written in table.items():
        if isinstance(written, dict) and not set(written) & set(ENTRY):
            yield from _flat(written, f"{above}{name}.")
        else:
            yield f"{above}{name}", written


def read_ruleset(text: str, name: str, base: Ruleset | None = None, *, shipped: bool = False) -> Ruleset:
    """A ruleset from TOML. `base` gives what the text leaves out; one that is `shipped` says of every value where it comes from and how sure
    it is. Raises `BadDefinition` naming every defect."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(name, [f"it is not TOML: {error}"]) from error
    r = _Reader(raw, base)
    r.read_keys()
    r.read_clocks()
    r.defects += at_odds(r.keys, r.clocks)
    title = r.words("title", raw.get("title"))
    r.read_terms()
    r.defects += nameless(r.keys, r.terms)
    papers, wrong = read_papers(r.table("documents"), r.table("numbering"))
    criteria, about = read_criteria(raw.get("criteria", []))
    r.defects += [*wrong, *about]
    if not isinstance(raw.get("name"), str) or not isinstance(raw.get("version"), int):
        r.defects.append("it needs a name and a version number")
    if shipped:
        limits = [f"clock.{clock}" for clock in r.clocks]
        r.defects += [f"“{key}” names no source and no mark" for key in (*r.keys, *limits) if key not in r.cited]
    if r.defects or title is None:
        raise BadDefinition(name, r.defects)
    kept = base.papers if base else ()
    return Ruleset(
        raw["name"], raw["version"], title, tuple(sorted(r.keys.items())), tuple(sorted(r.clocks.items())), tuple(sorted(r.terms.items())),
        tuple(sorted(r.cited.items())), tuple({p.code: p for p in (*kept, *papers)}.values()), criteria or (base.criteria if base else ()))


def load_ruleset(path: Path, base: Ruleset | None = None, *, shipped: bool = False) -> Ruleset:
    """A ruleset from a file."""
    return read_ruleset(path.read_text("utf-8"), path.name, base, shipped=shipped)


GENERIC = read_ruleset((files("workflows") / "rulesets" / "generic.toml").read_text("utf-8"), "generic.toml", shipped=True)
"""The ruleset that binds where no pack says otherwise."""
